//! Violated constraints: the error's kind and message, and the state of the objects.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Company, Country, Employee, Library, Loan, Passport, Person, User};
use crate::{TestContext, expect_error};

cases! { violations {
    a_unique_violation_names_table_and_columns [];
    a_unique_violation_among_many_rows [];
    a_foreign_key_violation_on_insert [];
    a_foreign_key_violation_on_update [];
    a_foreign_key_violation_on_delete [];
    a_not_null_violation_of_the_database [];
    a_check_violation_names_the_constraint [];
    a_value_too_long_for_its_column [];
    a_row_that_somebody_else_deleted [];
} }

/// Checks that the flush failed in the database, and that `works` is saved after a rollback.
fn goes_on(session: &mut Session, works: impl FnOnce(&mut Session)) -> Result<()> {
    expect_error(session.flush(), ErrorKind::PendingRollback, &["rollback()"]);
    session.rollback()?;
    works(session);
    session.commit()
}

pub fn a_unique_violation_names_table_and_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mailed = |name: &str, email: &str| User { email: Some(email.into()), ..User::named(name) };
    let alice = session.add(mailed("alice", "a"));
    let bob = session.add(mailed("bob", "b"));
    session.commit()?;
    let carol = session.add(mailed("carol", "a"));
    session[bob].age = 5;
    let error = expect_error(session.commit(), ErrorKind::UniqueViolation, &["User#new", "`user`", "`email`"]);
    let constraint = error.constraint().unwrap();
    assert_eq!((constraint.table.as_deref(), &constraint.columns[..]), (Some("user"), &["email".to_owned()][..]));
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!((session[carol].email.as_deref(), session[carol].id, session[bob].age), (Some("a"), 0, 5));
    assert_eq!(session.state(carol), State::Pending);
    session.rollback()?;
    let id = session[bob].id;
    session[bob].email = Some("a".into());
    expect_error(session.commit(), ErrorKind::UniqueViolation, &[&format!("User#{id}"), "`email`"]);
    assert_eq!(session[bob].email.as_deref(), Some("a"));
    goes_on(&mut session, |session| session[alice].age = 9)?;
    cx.expect_rows(r#"SELECT name, age, email FROM "user" ORDER BY id"#, &["alice|9|a", "bob|0|b"]);
    Ok(())
}

pub fn a_unique_violation_among_many_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let users = session.add_all(["a", "b", "a"].map(|email| User { email: Some(email.into()), ..User::named(email) }));
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["3 rows of User", "`email`"]);
    assert!(users.iter().all(|&user| session.state(user) == State::Pending && session[user].id == 0));
    goes_on(&mut session, |session| {
        let first = session.expunge(users[0]).unwrap();
        session.add(first);
    })?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["a"]);
    Ok(())
}

pub fn a_foreign_key_violation_on_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let home = session.add(Address { user: BelongsTo::key(77), ..Address::in_city("Paris") });
    let error = expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &["Address#new"]);
    assert!(error.constraint().is_some_and(|told| told.table.as_deref().is_none_or(|table| table == "address")));
    assert_eq!(session[home].user.as_key(), Some(&77));
    goes_on(&mut session, |session| {
        session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    })?;
    cx.expect_rows("SELECT city FROM address", &["Rome"]);
    Ok(())
}

pub fn a_foreign_key_violation_on_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let ann = session.add(Employee::named("ann"));
    session.commit()?;
    let id = session[ann].id;
    session[ann].company = Some(BelongsTo::key(77));
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &[&format!("Employee#{id}")]);
    assert_eq!(session[ann].company, Some(BelongsTo::key(77)));
    goes_on(&mut session, |session| session[ann].salary = Some(1))?;
    cx.expect_rows("SELECT salary, company_id FROM employee", &["1|NULL"]);
    Ok(())
}

pub fn a_foreign_key_violation_on_delete(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let company = session.add(Company::named("a"));
    session.commit()?;
    let id = session[company].id;
    // Another program's row, which this session knows nothing of.
    cx.execute(&format!("INSERT INTO employee (name, company_id) VALUES ('ann', {id})"));
    session.delete(company)?;
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &["deleting", &format!("Company#{id}")]);
    assert_eq!((session.state(company), session.deleted().len()), (State::Persistent, 1));
    goes_on(&mut session, |session| session[company].name = "b".into())?;
    cx.expect_rows("SELECT name FROM company", &["b"]);
    Ok(())
}

pub fn a_not_null_violation_of_the_database(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    cx.execute(
        "DROP TABLE passport; CREATE TABLE passport (id INTEGER PRIMARY KEY, number TEXT, person_id BIGINT NOT NULL)",
    );
    let mut session = cx.session();
    let lost = session.add(Passport { id: 7, ..Passport::numbered("1") });
    let error = expect_error(session.commit(), ErrorKind::NotNullViolation, &["Passport", "`person_id`", "`passport`"]);
    let constraint = error.constraint().unwrap();
    assert_eq!(
        (constraint.table.as_deref(), &constraint.columns[..]),
        (Some("passport"), &["person_id".to_owned()][..])
    );
    assert_eq!(session[lost].number, "1");
    goes_on(&mut session, |session| {
        session.add(Person::named("ann"));
    })
}

pub fn a_check_violation_names_the_constraint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Library])?;
    let mut session = cx.only_writer();
    let library = session.add(Library { name: "l".into(), ..Library::default() });
    session.commit()?;
    let loan = session.push(library, Library::loans, Loan { days: 0, ..Loan::default() })?;
    let error = expect_error(session.commit(), ErrorKind::CheckViolation, &["Loan#new", "ck_loan_days"]);
    assert_eq!(error.constraint().and_then(|told| told.name.as_deref()), Some("ck_loan_days"));
    assert_eq!((session[loan].days, session.related(library, Library::loans)?), (0, vec![loan]));
    goes_on(&mut session, |session| {
        session.push(library, Library::loans, Loan::default()).unwrap();
    })?;
    cx.expect_rows("SELECT days FROM loan", &["14"]);
    Ok(())
}

/// PostgreSQL refuses it; to SQLite a length is a comment.
pub fn a_value_too_long_for_its_column(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.session();
    let long = session.add(Country { code: "too long".into(), ..Country::default() });
    match cx.backend_name() {
        "SQLite" => session.commit(),
        _ => {
            expect_error(session.commit(), ErrorKind::Database, &["Country#new(\"too long\")", "too long for "]);
            goes_on(&mut session, |session| drop(session.expunge(long)))
        }
    }
}

pub fn a_row_that_somebody_else_deleted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    let id = session[alice].id;
    cx.execute(r#"DELETE FROM "user""#);
    session[alice].age = 5;
    expect_error(session.commit(), ErrorKind::StaleData, &[&format!("User#{id}"), "somebody else"]);
    assert_eq!(session[alice].age, 5);
    goes_on(&mut session, |session| drop(session.expunge(alice)))
}
