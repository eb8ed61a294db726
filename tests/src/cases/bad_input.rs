//! Mistakes of users and failures of databases: the error's kind, its message, and the state of the objects afterwards.

use std::time::Duration;

use orm::driver::TransactionMode;
use orm::prelude::*;
use orm::{Engine, EngineBuilder, ErrorKind, Result};

use crate::models::{Address, Company, Country, Device, Employee, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { bad_input {
    a_foreign_key_that_was_never_set_is_refused_before_sql [];
    a_foreign_key_that_is_some_without_a_key [];
    a_primary_key_that_was_never_set_is_refused_before_sql [];
    a_relation_that_is_not_loaded [];
    a_reference_that_leads_nowhere [];
    a_key_to_an_object_that_is_not_loaded [];
    a_handle_that_went_stale [];
    a_member_carried_from_another_session [];
    indexing_panics_with_the_words_of_the_error [];
    an_object_is_not_lent_twice [];
    a_query_that_fails_leaves_the_objects_alone [];
    a_delete_that_fails_marks_nothing [];
    a_flush_that_fails_while_it_prepares_marks_nothing [];
    a_refresh_of_what_has_no_row [];
    an_error_of_the_reader_ends_the_reading [];
    a_database_that_cannot_be_reached [];
    a_database_that_is_locked [];
} }

pub fn a_foreign_key_that_was_never_set_is_refused_before_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    let home = session.add(Address::in_city("Paris"));
    let words = ["Address#new", "`user`", "never set", "BelongsTo::key", "Option"];
    expect_error(session.commit(), ErrorKind::NotNullViolation, &words);
    cx.expect_full_log(&[]);
    assert_eq!((session.state(alice), session.state(home)), (State::Pending, State::Pending));
    session[home].user = alice.into();
    session.commit()?;
    cx.expect_log(&["insert user", "insert address"]);
    Ok(())
}

pub fn a_foreign_key_that_is_some_without_a_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let acme = session.add(Company::named("Acme"));
    let ann = session.add(Employee { company: Some(BelongsTo::default()), ..Employee::named("Ann") });
    let words = ["Employee#", "`company` to Company", "assign None", "BelongsTo::key"];
    expect_error(session.commit(), ErrorKind::NotNullViolation, &words);
    session[ann].company = Some(acme.into());
    session.commit()?;
    session[ann].company = Some(BelongsTo::default());
    cx.clear_log();
    expect_error(session.commit(), ErrorKind::NotNullViolation, &words);
    cx.expect_full_log(&[]);
    session[ann].company = None;
    session.commit()?;
    cx.expect_log(&["update employee (company_id)"]);
    cx.expect_rows("SELECT company_id FROM employee", &["NULL"]);
    Ok(())
}

pub fn a_primary_key_that_was_never_set_is_refused_before_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country, Device])?;
    let mut session = cx.session();
    let nameless = session.add(Country::default());
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Country#new", "`code`", "set it"]);
    session[nameless].code = "nl".into();
    let device = session.add(Device::default());
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Device#new", "`id`", "set it"]);
    session.expunge(device)?;
    session.commit()?;
    cx.expect_log(&["insert country"]);
    Ok(())
}

pub fn a_relation_that_is_not_loaded(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.engine.transaction(|session| {
        session.add(User { addresses: [Address::in_city("Paris")].into(), ..User::named("alice") });
        Ok(())
    })?;
    let mut session = cx.session();
    let alice = User::query().one(&mut session)?;
    let id = session[alice].id;
    let words = [&format!("User#{id}"), "`addresses`", "session.load(", "User::addresses", ".include("];
    expect_error(session.related(alice, User::addresses), ErrorKind::NotLoaded, &words);
    session.load(alice, User::addresses)?;
    assert_eq!(session.related(alice, User::addresses)?.len(), 1);
    Ok(())
}

pub fn a_reference_that_leads_nowhere(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let ann = session.add(Employee { company: Some(BelongsTo::key(77)), ..Employee::named("ann") });
    let outcome = session.no_autoflush(|session| session.load(ann, Employee::company));
    expect_error(outcome, ErrorKind::NotFound, &["Employee#new", "`company`", "Company", "77"]);
    session[ann].company = None;
    assert_eq!(session.load(ann, Employee::company)?, None);
    let home = session.add(Address::in_city("Paris"));
    expect_error(session.load(home, Address::user), ErrorKind::NotLoaded, &["Address#new", "`user`", "never set"]);
    Ok(())
}

pub fn a_key_to_an_object_that_is_not_loaded(cx: &mut TestContext) -> Result<()> {
    let session = cx.session();
    let words = ["User#77", "not loaded", "session.load("];
    expect_error(session.try_follow(&BelongsTo::<User>::key(77)).map(|_| ()), ErrorKind::NotLoaded, &words);
    let unset = session.try_follow(&BelongsTo::<User>::default()).map(|_| ());
    expect_error(unset, ErrorKind::NotLoaded, &["BelongsTo<User>", "never set"]);
    Ok(())
}

pub fn a_handle_that_went_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let [alice, bob] = ["alice", "bob"].map(|name| session.add(User::named(name)));
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    session.expunge(bob)?;
    cx.clear_log();
    let words = ["stale", "User"];
    expect_error(session.try_get(bob).map(|_| ()), ErrorKind::Detached, &words);
    expect_error(session.delete(bob), ErrorKind::Detached, &words);
    expect_error(session.push(bob, User::addresses, home), ErrorKind::Detached, &words);
    expect_error(session.load(bob, User::addresses), ErrorKind::Detached, &words);
    let gone = session.push(alice, User::addresses, Address::in_city("Rome"))?;
    session.expunge(gone)?;
    expect_error(session.push(alice, User::addresses, gone), ErrorKind::Detached, &["stale", "Address"]);
    expect_error(session.remove(alice, User::addresses, gone), ErrorKind::Detached, &["stale", "Address"]);
    expect_error(session.set(alice, User::addresses, [gone]), ErrorKind::Detached, &["stale", "Address"]);
    assert_eq!(session.related(alice, User::addresses)?, [home]);
    session[home].user = bob.into();
    let id = session[home].id;
    expect_error(session.commit(), ErrorKind::Detached, &[&format!("Address#{id}"), "`user`", "stale handle"]);
    session[home].user = alice.into();
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn a_member_carried_from_another_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut other = cx.session();
    let stranger = other.add(Employee::named("stranger"));
    let mut session = cx.session();
    let company = session.add(Company { employees: [stranger].into(), ..Company::named("a") });
    for _ in 0..2 {
        expect_error(session.commit(), ErrorKind::Detached, &["Company::employees", "another session", "expunge"]);
    }
    session.expunge(company)?;
    session.add(Company { employees: [stranger].into(), ..Company::named("b") });
    session.rollback()?;
    session.add(Company::named("c"));
    session.commit()?;
    cx.expect_rows("SELECT name FROM company", &["c"]);
    Ok(())
}

pub fn indexing_panics_with_the_words_of_the_error(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.expunge(alice)?;
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session[alice].age));
    let message = panicked.unwrap_err().downcast::<String>().expect("a message");
    assert!(message.contains("stale handle User") && message.contains("expunged"), "{message}");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session[alice].age = 1));
    assert_eq!(panicked.unwrap_err().downcast::<String>().expect("a message"), message);
    Ok(())
}

pub fn an_object_is_not_lent_twice(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let [alice, bob] = ["alice", "bob"].map(|name| session.add(User::named(name)));
    expect_error(session.pair(alice, alice).map(|_| ()), ErrorKind::InvalidState, &["User"]);
    let (one, other) = session.pair(alice, bob)?;
    std::mem::swap(&mut one.name, &mut other.name);
    assert_eq!(session[alice].name, "bob");
    Ok(())
}

pub fn a_query_that_fails_leaves_the_objects_alone(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.flush()?;
    session[alice].age = 5;
    expect_error(Company::query().all(&mut session), ErrorKind::Database, &["company"]);
    assert_eq!((session.state(alice), session[alice].age), (State::Persistent, 5));
    session.rollback()?;
    let value = session.expunge(alice)?;
    session.add(User { age: 6, ..value });
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user""#, &["6"]);
    Ok(())
}

/// A user with one persistent and one pending address, in a session that has not inserted them itself.
fn known_family(cx: &mut TestContext) -> Result<(Session, Handle<User>, Handle<Address>)> {
    cx.create(models![User])?;
    cx.engine.transaction(|session| {
        session.add(User { addresses: [Address::in_city("Paris")].into(), ..User::named("alice") });
        Ok(())
    })?;
    let mut session = cx.session();
    let alice = User::query().one(&mut session)?;
    let pending = session.push(alice, User::addresses, Address::in_city("Rome"))?;
    session.set_autoflush(false);
    Ok((session, alice, pending))
}

pub fn a_delete_that_fails_marks_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, pending) = known_family(cx)?;
    session.delete(alice)?;
    cx.fail_next(StatementKind::Select, ErrorKind::Busy);
    expect_error(session.flush(), ErrorKind::Busy, &[]);
    // The delete took the pending member along at once; the flush that failed marked nothing more.
    assert_eq!((session.deleted(), session.new_objects()), (vec![alice.raw()], vec![]));
    session.undelete(alice)?;
    assert_eq!((session.deleted(), session.new_objects()), (vec![], vec![pending.raw()]));
    session.load(alice, User::addresses)?;
    session.delete(alice)?;
    session.undelete(alice)?;
    session.delete(alice)?;
    assert_eq!((session.deleted().len(), session.new_objects()), (2, vec![]));
    session.undelete(alice)?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["Paris", "Rome"]);
    Ok(())
}

pub fn a_flush_that_fails_while_it_prepares_marks_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, pending) = known_family(cx)?;
    session.load(alice, User::addresses)?;
    session.delete(alice)?;
    session[pending].city = "Oslo".into();
    let homeless = session.add(Address::in_city("nowhere"));
    let late = session.push(alice, User::addresses, Address::in_city("late"))?;
    expect_error(session.commit(), ErrorKind::NotNullViolation, &["Address#new", "`user`"]);
    assert_eq!((session.state(homeless), session.state(late)), (State::Pending, State::Pending));
    session.undelete(alice)?;
    session.expunge(homeless)?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["Paris", "Oslo", "late"]);
    Ok(())
}

pub fn a_refresh_of_what_has_no_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    expect_error(session.refresh(alice), ErrorKind::InvalidState, &["User#new", "Pending"]);
    expect_error(session.expire(alice), ErrorKind::InvalidState, &["User#new", "Pending"]);
    session.commit()?;
    session.delete(alice)?;
    session.flush()?;
    expect_error(session.refresh(alice), ErrorKind::InvalidState, &["Deleted"]);
    Ok(())
}

pub fn an_error_of_the_reader_ends_the_reading(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all(["a", "b", "c"].map(User::named));
    let mut seen = 0;
    let outcome = User::query().each(&mut session, |_| -> Result<()> {
        seen += 1;
        Err(orm::Error::new(ErrorKind::NotFound, "the reader's own"))
    });
    expect_error(outcome, ErrorKind::NotFound, &["the reader's own"]);
    assert_eq!((seen, User::query().count(&mut session)?), (1, 3));
    session.commit()
}

pub fn a_database_that_cannot_be_reached(cx: &mut TestContext) -> Result<()> {
    let (url, kind) = cx.spelled_by([
        ("sqlite:////no/such/folder/app.db", ErrorKind::Config),
        ("postgresql://postgres:s3cret@127.0.0.1:1/postgres", ErrorKind::ConnectionLost),
        ("mariadb://root:s3cret@127.0.0.1:1/test", ErrorKind::ConnectionLost),
    ]);
    let mut session = Engine::connect(url)?.session();
    let alice = session.add(User::named("alice"));
    for _ in 0..2 {
        let error = expect_error(session.commit(), kind, &[]);
        assert!(!format!("{error:?}").contains("s3cret"));
    }
    assert_eq!((session.state(alice), &*session[alice].name), (State::Pending, "alice"));
    expect_error(User::query().populate_existing().values(&mut session), kind, &["autoflush"]);
    session.rollback()
}

/// Somebody else holds a lock that a flush needs: the writers' lock, the only connection, a table.
pub fn a_database_that_is_locked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let (kind, lock) = match cx.url() {
        url if url.contains(":memory:") => (ErrorKind::PoolTimeout, None),
        url if url.starts_with("sqlite") => (ErrorKind::Busy, None),
        url if url.starts_with("postgres") => (ErrorKind::Busy, Some(r#"LOCK TABLE "user" IN ACCESS EXCLUSIVE MODE"#)),
        _ => (ErrorKind::Busy, Some(r#"LOCK TABLES "user" WRITE"#)),
    };
    let engine = impatient(cx).build()?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    let alice = session.add(User::named("alice"));
    let mut holder = if kind == ErrorKind::Busy { cx.engine.connection()? } else { engine.connection()? };
    holder.begin(TransactionMode::Write)?;
    lock.map_or(Ok(()), |lock| holder.execute_script(lock))?;
    expect_error(session.commit(), kind, &[]);
    assert_eq!((session.state(alice), &*session[alice].name), (State::Pending, "alice"));
    drop(holder);
    session.rollback()?;
    let value = session.expunge(alice)?;
    session.add(value);
    session.commit()?;
    assert_eq!(User::query().count(&mut session)?, 1);
    Ok(())
}

/// An engine that does not wait for long.
fn impatient(cx: &TestContext) -> EngineBuilder {
    let url = match cx.url() {
        url if url.starts_with("sqlite") => format!("{url}{}busy_timeout=50", cx.separator()),
        url if url.starts_with("postgres") => format!("{url}%20-clock_timeout%3D50ms"),
        url => format!("{url}{}lock_timeout=50", cx.separator()),
    };
    Engine::builder(&url).pool_timeout(Duration::from_millis(50))
}
