//! Staleness of memory: values that were read in this unit are trusted, older ones are read again, and a query refreshes the objects of its rows.

use orm::prelude::*;
use orm::{ErrorKind, Result, Synchronize, models};

use crate::models::{Address, Binder, Company, Employee, Ledger, User};
use crate::{TestContext, expect_error};

cases! { units {
    u_002_get_asks_once_a_unit [];
    u_002_get_asks_for_all_objects_of_a_result_at_once [];
    u_004_a_query_refreshes_what_it_brings [];
    u_004_unsaved_changes_are_kept [];
    u_004_an_unsaved_reference_by_handle_is_kept [];
    u_004_a_refreshed_object_moves_between_lists [];
    u_004_a_new_row_enters_a_loaded_list [];
    u_004_rows_of_values_refresh_their_objects [];
    u_004_an_include_refreshes_members [];
    u_004_rows_that_share_a_key_are_told_of [];
    u_116_a_rollback_brings_back_what_was_shown [];
    u_119_a_list_is_asked_anew_in_the_next_unit [];
    u_119_lists_of_objects_born_here_are_asked_anew_too [];
    u_119_related_and_index_read_the_last_known_values [];
    u_119_memory_may_be_trusted_from_unit_to_unit [];
    u_119_a_rollback_ends_a_unit_in_any_case [];
    u_120_companions_that_are_gone_stay_readable [];
    u_128_evaluation_that_was_wrong_expires [];
    u_128_what_an_expression_computes_comes_back [];
    u_128_a_delete_that_was_evaluated_wrongly_takes_nobody [];
    u_132_to_one_loads_ask_anew_for_all_at_once [];
    u_006_a_closed_session_doubts_nothing [];
} }

/// A session, two companies, and the staff of the first.
type Companies = (Session, [Handle<Company>; 2], Vec<Handle<Employee>>);

fn companies(cx: &mut TestContext) -> Result<Companies> {
    cx.create(models![Company, Employee])?;
    let mut session = cx.session();
    let [acme, blue] = ["acme", "blue"].map(|name| session.add(Company::named(name)));
    let staff =
        ["ann", "bob", "cid"].map(|name| session.add(Employee { company: Some(acme.into()), ..Employee::named(name) }));
    session.commit()?;
    cx.clear_log();
    Ok((session, [acme, blue], staff.to_vec()))
}

pub fn u_002_get_asks_once_a_unit(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], _) = companies(cx)?;
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1");
    assert_eq!(session[acme].name, "acme");
    assert_eq!(session.get::<Company>(1)?, Some(acme));
    assert_eq!(session[acme].name, "theirs");
    assert_eq!(session.get::<Company>(1)?, Some(acme));
    cx.expect_log(&["select company x1"]);
    session.commit()?;
    session.get::<Company>(1)?;
    cx.expect_log(&["select company x1"]);
    Ok(())
}

pub fn u_002_get_asks_for_all_objects_of_a_result_at_once(cx: &mut TestContext) -> Result<()> {
    let (mut session, ..) = companies(cx)?;
    let staff = Employee::query().order_by(Employee::id.asc()).all(&mut session)?;
    session.commit()?;
    cx.execute("UPDATE employee SET name = 'x'");
    cx.clear_log();
    for id in 1..=3 {
        session.get::<Employee>(id)?;
    }
    cx.expect_log(&["select employee x3"]);
    assert!(staff.iter().all(|&employee| session[employee].name == "x"));
    Ok(())
}

pub fn u_004_a_query_refreshes_what_it_brings(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, blue], _) = companies(cx)?;
    session.get::<Company>(2)?;
    session.commit()?;
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1");
    let found = Company::query().filter(Company::name.eq("theirs")).one(&mut session)?;
    assert_eq!((found, &*session[found].name), (acme, "theirs"));
    assert_eq!(session[blue].name, "blue");
    session[found].name = "mine".into();
    session.commit()?;
    cx.expect_rows("SELECT name FROM company ORDER BY id", &["mine", "blue"]);
    Ok(())
}

pub fn u_004_unsaved_changes_are_kept(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], _) = companies(cx)?;
    session.set_autoflush(false);
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1");
    session[acme].name = "mine".into();
    Company::query().all(&mut session)?;
    assert_eq!(session[acme].name, "mine");
    expect_error(session.commit(), ErrorKind::StaleData, &["\"acme\"", "\"theirs\""]);
    session.rollback()?;
    session[acme].name = "mine".into();
    Company::query().populate_existing().all(&mut session)?;
    assert_eq!(session[acme].name, "theirs");
    assert!(!session.is_modified(acme));
    Ok(())
}

pub fn u_004_an_unsaved_reference_by_handle_is_kept(cx: &mut TestContext) -> Result<()> {
    let (mut session, _, _) = companies(cx)?;
    let dan = session.add(Employee::named("dan"));
    session.commit()?;
    session.set_autoflush(false);
    let cyan = session.add(Company::named("cyan"));
    session[dan].company = Some(cyan.into());
    Employee::query().all(&mut session)?;
    assert!(session.is_modified(dan));
    session.commit()?;
    cx.expect_rows("SELECT company_id FROM employee WHERE name = 'dan'", &["3"]);
    Ok(())
}

pub fn u_004_a_refreshed_object_moves_between_lists(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, blue], staff) = companies(cx)?;
    assert_eq!(session.load(acme, Company::employees)?.len(), 3);
    assert_eq!(session.load(blue, Company::employees)?.len(), 0);
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = 2 WHERE id = 1");
    Employee::query().filter(Employee::id.eq(1)).one(&mut session)?;
    assert_eq!(session.related(acme, Company::employees)?, staff[1..]);
    assert_eq!(session.related(blue, Company::employees)?, staff[..1]);
    assert_eq!(session.dirty().len(), 0);
    Ok(())
}

pub fn u_004_a_new_row_enters_a_loaded_list(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], _) = companies(cx)?;
    assert_eq!(session.load(acme, Company::employees)?.len(), 3);
    session.commit()?;
    cx.execute("INSERT INTO employee (id, name, company_id) VALUES (9, 'new', 1)");
    let new = session.get::<Employee>(9)?.unwrap();
    assert_eq!(session.related(acme, Company::employees)?.last(), Some(&new));
    Ok(())
}

pub fn u_004_rows_of_values_refresh_their_objects(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], staff) = companies(cx)?;
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1; UPDATE employee SET name = 'theirs' WHERE id = 1");
    let rows = Employee::query().join(Employee::company).select((Employee::object(), Company::object()));
    let rows: Vec<(Handle<Employee>, Handle<Company>)> = rows.order_by(Employee::id.asc()).all(&mut session)?;
    assert_eq!(rows[0], (staff[0], acme));
    assert_eq!((&*session[staff[0]].name, &*session[acme].name), ("theirs", "theirs"));
    Ok(())
}

pub fn u_004_an_include_refreshes_members(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], staff) = companies(cx)?;
    cx.execute("UPDATE employee SET name = 'theirs'; UPDATE employee SET company_id = 2 WHERE id = 3");
    Company::query().include(Company::employees).all(&mut session)?;
    cx.expect_log(&["select company x2", "select employee x3"]);
    assert!(staff.iter().all(|&employee| session[employee].name == "theirs"));
    assert_eq!(session.related(acme, Company::employees)?, staff[..2]);
    Ok(())
}

pub fn u_004_rows_that_share_a_key_are_told_of(cx: &mut TestContext) -> Result<()> {
    cx.execute(
        "CREATE VIEW company AS SELECT CAST(1 AS BIGINT) AS id, CAST('a' AS TEXT) AS name UNION ALL SELECT 1, 'b'",
    );
    let mut session = cx.session();
    expect_error(Company::query().all(&mut session), ErrorKind::MultipleFound, &["company", "Company#1", "not unique"]);
    assert_eq!(Company::query().values(&mut session)?.len(), 2);
    session.rollback()?;
    cx.execute("DROP VIEW company");
    Ok(())
}

pub fn u_116_a_rollback_brings_back_what_was_shown(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], _) = companies(cx)?;
    sql("UPDATE company SET name = 'never' WHERE id = 1").execute(&mut session)?;
    session.refresh(acme)?;
    assert_eq!(session[acme].name, "never");
    session.rollback()?;
    assert_eq!(session[acme].name, "acme");
    session[acme].name = "never".into();
    session.commit()?;
    cx.expect_rows("SELECT name FROM company ORDER BY id", &["never", "blue"]);
    Ok(())
}

pub fn u_119_a_list_is_asked_anew_in_the_next_unit(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, blue], staff) = companies(cx)?;
    let companies = Company::query().order_by(Company::id.asc()).include(Company::employees).all(&mut session)?;
    assert_eq!(companies, [acme, blue]);
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = 2 WHERE id = 1; DELETE FROM employee WHERE id = 2");
    cx.clear_log();
    assert!(!session.is_loaded(acme, Company::employees)?);
    assert_eq!(session.related(acme, Company::employees)?, staff);
    assert_eq!(session.load(acme, Company::employees)?, staff[2..]);
    assert_eq!(session.load(blue, Company::employees)?, staff[..1]);
    cx.expect_log(&["select employee x2"]);
    Ok(())
}

pub fn u_119_lists_of_objects_born_here_are_asked_anew_too(cx: &mut TestContext) -> Result<()> {
    let (mut session, [_, blue], _) = companies(cx)?;
    assert_eq!(session.related(blue, Company::employees)?, []);
    cx.execute("INSERT INTO employee (id, name, company_id) VALUES (9, 'new', 2)");
    assert_eq!(session.load(blue, Company::employees)?.len(), 1);
    Ok(())
}

pub fn u_119_related_and_index_read_the_last_known_values(cx: &mut TestContext) -> Result<()> {
    let (session, [acme, blue], staff) = companies(cx)?;
    assert_eq!((&*session[acme].name, &*session[staff[0]].name), ("acme", "ann"));
    assert_eq!(session.related(acme, Company::employees)?, staff);
    assert_eq!(session.related(staff[0], Employee::company)?, Some(acme));
    assert_eq!(session.related(blue, Company::employees)?, []);
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_119_memory_may_be_trusted_from_unit_to_unit(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], staff) = companies(cx)?;
    session.set_expire_on_commit(false);
    session.get::<Company>(1)?;
    session.load(staff[0], Employee::company)?;
    session.load(acme, Company::employees)?;
    session.commit()?;
    cx.clear_log();
    session.get::<Company>(1)?;
    session.load(staff[0], Employee::company)?;
    assert_eq!(session.load(acme, Company::employees)?, staff);
    cx.expect_log(&[]);
    // Values that others wrote are still not overwritten.
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1");
    session[acme].name = "mine".into();
    expect_error(session.commit(), ErrorKind::StaleData, &["Company#1"]);
    session.rollback()
}

pub fn u_119_a_rollback_ends_a_unit_in_any_case(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], _) = companies(cx)?;
    session.set_expire_on_commit(false);
    session.rollback()?;
    cx.execute("UPDATE company SET name = 'theirs' WHERE id = 1");
    session.get::<Company>(1)?;
    assert_eq!(session[acme].name, "theirs");
    Ok(())
}

pub fn u_120_companions_that_are_gone_stay_readable(cx: &mut TestContext) -> Result<()> {
    let (mut session, ..) = companies(cx)?;
    let staff = Employee::query().order_by(Employee::id.asc()).all(&mut session)?;
    session.commit()?;
    cx.execute("DELETE FROM employee WHERE id = 2");
    assert_eq!(session.get::<Employee>(1)?, Some(staff[0]));
    assert_eq!(session[staff[1]].name, "bob");
    assert_eq!(session.get::<Employee>(2)?, None);
    assert_eq!(session.state(staff[1]), State::Detached);
    Ok(())
}

fn ledgers(cx: &mut TestContext) -> Result<(Session, Handle<Ledger>)> {
    cx.create(models![Binder, Ledger])?;
    let mut session = cx.session();
    let ledger = session.add(Ledger::with(1));
    session.commit()?;
    Ok((session, ledger))
}

pub fn u_128_evaluation_that_was_wrong_expires(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledger) = ledgers(cx)?;
    for how in [Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch] {
        cx.execute("UPDATE ledger SET amount = 100, note = NULL");
        let update = Ledger::query().filter(Ledger::amount.eq(1)).update(Ledger::note.set("bulk"));
        assert_eq!(update.synchronize(how).execute(&mut session)?, 0);
        assert_eq!(session[ledger].note, None, "{how:?}");
        session.commit()?;
        cx.execute("UPDATE ledger SET amount = 1");
        let update = Ledger::query().filter(Ledger::amount.eq(1)).update(Ledger::note.set("bulk"));
        assert_eq!(update.synchronize(how).execute(&mut session)?, 1);
        assert_eq!(session[ledger].note.as_deref(), Some("bulk"), "{how:?}");
        session.rollback()?;
        assert_eq!(session[ledger].note, None, "{how:?}");
        session.refresh(ledger)?;
        session.commit()?;
    }
    Ok(())
}

pub fn u_128_what_an_expression_computes_comes_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledger) = ledgers(cx)?;
    let update = Ledger::query().filter(Ledger::amount.lt(9)).update(Ledger::amount.set(Ledger::amount + 10));
    update.synchronize(Synchronize::Evaluate).execute(&mut session)?;
    assert_eq!(session[ledger].amount, 11);
    Ledger::query().all(&mut session)?;
    session.rollback()?;
    assert_eq!(session[ledger].amount, 1);
    Ok(())
}

pub fn u_128_a_delete_that_was_evaluated_wrongly_takes_nobody(cx: &mut TestContext) -> Result<()> {
    let (mut session, ledger) = ledgers(cx)?;
    cx.execute("UPDATE ledger SET amount = 100");
    for how in [Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch] {
        let delete = Ledger::query().filter(Ledger::amount.eq(1)).delete();
        assert_eq!(delete.synchronize(how).execute(&mut session)?, 0);
        assert_eq!(session.state(ledger), State::Persistent, "{how:?}");
        session.rollback()?;
    }
    Ok(())
}

pub fn u_132_to_one_loads_ask_anew_for_all_at_once(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, blue], _) = companies(cx)?;
    let staff = Employee::query().order_by(Employee::id.asc()).all(&mut session)?;
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = 2 WHERE id = 2; UPDATE company SET name = name || '!'");
    cx.clear_log();
    let employers: Vec<_> =
        staff.iter().map(|&employee| session.load(employee, Employee::company)).collect::<Result<_>>()?;
    assert_eq!(employers, [Some(acme), Some(blue), Some(acme)]);
    assert_eq!((&*session[acme].name, &*session[blue].name), ("acme!", "blue!"));
    cx.expect_log(&["select employee x3", "select company x2"]);
    Ok(())
}

pub fn u_006_a_closed_session_doubts_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    session.push(ann, User::addresses, Address::in_city("Ulm"))?;
    session.commit()?;
    session.script(r#"UPDATE "user" SET age = 1"#)?;
    session.close()?;
    let ann = session.get::<User>(1)?.unwrap();
    assert_eq!(session[ann].age, 0);
    let addresses = session.load(ann, User::addresses)?;
    session.rollback()?;
    assert_eq!(session.related(ann, User::addresses)?, addresses);
    Ok(())
}
