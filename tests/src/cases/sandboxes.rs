//! A sandbox: sessions begin, commit and roll back inside a transaction that leaves nothing.

use std::thread;
use std::time::Duration;

use orm::prelude::*;
use orm::testing::Sandbox;
use orm::{Result, TransactionOptions};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { sandboxes {
    commits_are_taken_back [];
    a_panic_takes_back_too [];
    a_rollback_undoes_its_part_and_no_more [];
    savepoints_are_within_transactions [];
    a_failed_statement_costs_its_transaction_only [];
    a_failed_read_without_a_transaction_costs_nothing [];
    threads_take_turns [];
    two_sessions_of_one_thread_are_told [];
    tables_may_be_created_in_it [transactional_schema];
    deferred_keys_are_checked_by_a_commit [];
    isolation_is_as_far_as_the_sandbox [];
    a_read_only_transaction_refuses_to_write [];
    sql_cannot_end_it [];
    rows_may_be_streamed [];
    hooks_see_what_the_program_does [];
    clones_end_with_it [];
    a_lost_connection_ends_it [];
    two_phases_are_unsupported [];
} }

fn add(engine: &Engine, name: &str) -> Result<()> {
    engine.transaction(|session| {
        session.add(User { email: Some(format!("{name}@example.org")), ..User::named(name) });
        Ok(())
    })
}

fn names(engine: &Engine) -> Result<Vec<String>> {
    User::query().order_by(User::name).select(User::name).all(&mut engine.session())
}

fn sandbox(cx: &mut TestContext) -> Result<Sandbox> {
    cx.create(models![User, Address])?;
    Sandbox::begin(&cx.engine)
}

pub fn commits_are_taken_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    add(&cx.engine, "alice")?;
    for _ in 0..2 {
        let sandbox = Sandbox::begin(&cx.engine)?;
        add(&sandbox, "bob")?;
        let mut session = sandbox.session();
        let alice = User::query().filter(User::name.eq("alice")).one(&mut session)?;
        session.delete(alice)?;
        session.commit()?;
        assert_eq!(names(&sandbox)?, ["bob"]);
        drop(session);
        drop(sandbox);
        cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
        assert_eq!(cx.engine.pool_status().checked_out, 0);
    }
    // Nothing is locked either.
    add(&cx.engine, "carol")?;
    assert_eq!(names(&cx.engine)?, ["alice", "carol"]);
    Ok(())
}

pub fn a_panic_takes_back_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let engine = cx.engine.clone();
    let test = thread::spawn(move || {
        let sandbox = Sandbox::begin(&engine).unwrap();
        add(&sandbox, "alice").unwrap();
        let mut session = sandbox.session();
        session.begin().unwrap();
        session.add(User::named("bob"));
        session.flush().unwrap();
        panic!("the test fails");
    });
    assert!(test.join().is_err());
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn a_rollback_undoes_its_part_and_no_more(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    add(&sandbox, "alice")?;
    let mut session = sandbox.session();
    session.add(User::named("bob"));
    session.flush()?;
    session.rollback()?;
    assert_eq!(names(&sandbox)?, ["alice"]);
    session.add(User::named("carol"));
    session.flush()?;
    drop(session);
    assert_eq!(names(&sandbox)?, ["alice"]);
    let failed: Result<()> = sandbox.transaction(|session| {
        session.add(User::named("dave"));
        session.flush()?;
        Err(orm::Error::new(ErrorKind::InvalidState, "no"))
    });
    assert!(failed.is_err());
    assert_eq!(names(&sandbox)?, ["alice"]);
    Ok(())
}

pub fn savepoints_are_within_transactions(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    let mut session = sandbox.session();
    session.add(User::named("alice"));
    let mut nested = session.begin_nested()?;
    nested.add(User::named("bob"));
    nested.rollback()?;
    let mut nested = session.begin_nested()?;
    nested.add(User::named("carol"));
    nested.commit()?;
    session.commit()?;
    assert_eq!(names(&sandbox)?, ["alice", "carol"]);
    Ok(())
}

pub fn a_failed_statement_costs_its_transaction_only(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    add(&sandbox, "alice")?;
    expect_error(add(&sandbox, "alice"), ErrorKind::UniqueViolation, &["email"]);
    let mut session = sandbox.session();
    session.add_all(["bob", "carol"].map(User::named));
    session.flush()?;
    session.add(User { email: Some("alice@example.org".into()), ..User::named("dave") });
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["email"]);
    expect_error(User::query().all(&mut session), ErrorKind::PendingRollback, &["rollback()"]);
    session.rollback()?;
    session.add(User::named("eve"));
    session.commit()?;
    assert_eq!(names(&sandbox)?, ["alice", "eve"]);
    Ok(())
}

pub fn a_failed_read_without_a_transaction_costs_nothing(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    add(&sandbox, "alice")?;
    let mut session = sandbox.session();
    let failed = sql("SELECT nothing FROM nowhere").all::<i64>(&mut session);
    assert!(failed.is_err());
    drop(session);
    expect_error(sandbox.connection()?.execute("DELETE FROM nowhere", &[]), ErrorKind::Database, &["nowhere"]);
    assert_eq!(names(&sandbox)?, ["alice"]);
    Ok(())
}

pub fn threads_take_turns(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    let inside: &Engine = &sandbox;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..6)
            .map(|thread| {
                scope.spawn(move || (0..5).try_for_each(|number| add(inside, &format!("user {thread} {number}"))))
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap())
    })?;
    assert_eq!(names(&sandbox)?.len(), 30);
    drop(sandbox);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn two_sessions_of_one_thread_are_told(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    // A database in memory has the context's connection only.
    let engine = cx.builder().pool_timeout(Duration::from_millis(50)).build()?;
    engine.create_all(models![User, Address])?;
    let sandbox = Sandbox::begin(&engine)?;
    let mut first = sandbox.session();
    first.add(User::named("alice"));
    first.flush()?;
    let error = expect_error(
        User::query().all(&mut sandbox.session()),
        ErrorKind::PoolTimeout,
        &["another session of this very thread", "commit, roll back or drop the session"],
    );
    assert!(error.to_string().contains(file!()), "{error}");
    first.commit()?;
    assert_eq!(names(&sandbox)?, ["alice"]);
    Ok(())
}

pub fn tables_may_be_created_in_it(cx: &mut TestContext) -> Result<()> {
    let sandbox = Sandbox::begin(&cx.engine)?;
    sandbox.create_all(models![User, Address])?;
    add(&sandbox, "alice")?;
    sandbox.drop_all(models![User, Address])?;
    assert!(names(&sandbox).is_err());
    sandbox.create_all(models![User, Address])?;
    assert!(names(&sandbox)?.is_empty());
    drop(sandbox);
    assert!(names(&cx.engine).is_err());
    Ok(())
}

pub fn deferred_keys_are_checked_by_a_commit(cx: &mut TestContext) -> Result<()> {
    if !cx.capabilities().deferrable_keys {
        // There are no such keys.
        return Ok(());
    }
    cx.execute(
        "CREATE TABLE parent (id BIGINT PRIMARY KEY); \
         CREATE TABLE child (id BIGINT PRIMARY KEY, parent_id BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    let sandbox = Sandbox::begin(&cx.engine)?;
    let orphan = "INSERT INTO child VALUES (1, 7)";
    let mut session = sandbox.session();
    sql(orphan).execute(&mut session)?;
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &[]);
    session.rollback()?;
    // In order by the end, twice: what was checked is deferred again.
    for id in [7, 8] {
        sql(format!("INSERT INTO child VALUES ({id}, {id})")).execute(&mut session)?;
        sql(format!("INSERT INTO parent VALUES ({id})")).execute(&mut session)?;
        session.commit()?;
    }
    // A statement by itself is checked at its end.
    let error = sandbox.connection()?.execute("INSERT INTO child VALUES (3, 3)", &[]);
    expect_error(error, ErrorKind::ForeignKeyViolation, &[]);
    let count = sql("SELECT count(*) FROM child").one::<i64>(&mut session)?;
    assert_eq!(count, 2);
    Ok(())
}

pub fn isolation_is_as_far_as_the_sandbox(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    sandbox.session().begin_with(Isolation::ReadCommitted)?;
    let serializable = sandbox.session().begin_with(Isolation::Serializable);
    if cx.capabilities().one_writer {
        serializable?;
    } else {
        expect_error(serializable, ErrorKind::Unsupported, &["Sandbox::begin_with(&engine, Isolation::Serializable)"]);
    }
    drop(sandbox);
    let sandbox = Sandbox::begin_with(&cx.engine, Isolation::Serializable)?;
    sandbox.session().begin_with(Isolation::Serializable)?;
    sandbox.session().begin_with(Isolation::RepeatableRead)
}

pub fn a_read_only_transaction_refuses_to_write(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    let mut session = sandbox.session();
    session.begin_with(TransactionOptions::new().read_only(true))?;
    assert_eq!(User::query().count(&mut session)?, 0);
    session.add(User::named("alice"));
    expect_error(session.flush(), ErrorKind::ReadOnly, &["read-only"]);
    session.rollback()?;
    session.begin()?;
    session.add(User::named("bob"));
    session.commit()?;
    assert_eq!(names(&sandbox)?, ["bob"]);
    Ok(())
}

pub fn sql_cannot_end_it(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    add(&sandbox, "alice")?;
    let mut connection = sandbox.connection()?;
    for sql in ["COMMIT", "rollback", "BEGIN", "END"] {
        expect_error(connection.execute_script(sql), ErrorKind::Unsupported, &["in a sandbox"]);
        expect_error(connection.execute(sql, &[]), ErrorKind::Unsupported, &["in a sandbox"]);
    }
    let script = r#"DELETE FROM "user"; COMMIT; BEGIN"#;
    expect_error(connection.execute_script(script), ErrorKind::InvalidState, &["COMMIT"]);
    connection.execute_script(r#"UPDATE "user" SET age = 7; UPDATE "user" SET age = age + 1"#)?;
    drop(connection);
    assert_eq!(User::query().select(User::age).all(&mut sandbox.session())?, [8]);
    drop(sandbox);
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn rows_may_be_streamed(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    ["alice", "bob", "carol"].iter().try_for_each(|name| add(&sandbox, name))?;
    let mut session = sandbox.session();
    let query = || User::query().order_by(User::name).select(User::name);
    // To the end, not to the end, and within a transaction.
    assert_eq!(query().iter(&mut session)?.collect::<Result<Vec<_>>>()?.len(), 3);
    assert_eq!(query().iter(&mut session)?.take(1).collect::<Result<Vec<_>>>()?, ["alice"]);
    session.add(User::named("dave"));
    session.flush()?;
    assert_eq!(query().iter(&mut session)?.collect::<Result<Vec<_>>>()?.len(), 4);
    session.rollback()?;
    assert_eq!(names(&sandbox)?.len(), 3);
    Ok(())
}

pub fn hooks_see_what_the_program_does(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let engine = cx.builder().metrics(true).build()?;
    engine.create_all(models![User, Address])?;
    let sandbox = Sandbox::begin(&engine)?;
    let before = engine.metrics().unwrap().statements_of(orm::StatementKind::Insert);
    add(&sandbox, "alice")?;
    assert_eq!(sandbox.metrics().unwrap().statements_of(orm::StatementKind::Insert), before + 1);
    assert_eq!(engine.metrics().unwrap().statements_of(orm::StatementKind::Savepoint), 0);
    Ok(())
}

pub fn clones_end_with_it(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    let clone = Engine::clone(&sandbox);
    let unused = Engine::clone(&sandbox);
    add(&clone, "alice")?;
    let mut session = clone.session();
    User::query().all(&mut session)?;
    drop(sandbox);
    expect_error(User::query().all(&mut session), ErrorKind::InvalidState, &["the sandbox has ended"]);
    expect_error(names(&unused), ErrorKind::InvalidState, &["the sandbox has ended"]);
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn a_lost_connection_ends_it(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    add(&sandbox, "alice")?;
    cx.fail_next(orm::StatementKind::Select, ErrorKind::ConnectionLost);
    expect_error(names(&sandbox), ErrorKind::ConnectionLost, &["a fault that the test asked for"]);
    expect_error(names(&sandbox), ErrorKind::InvalidState, &["the sandbox has ended", "lost by an error before"]);
    drop(sandbox);
    assert_eq!(cx.engine.pool_status().checked_out, 0);
    // A database in memory has gone with its connection.
    if cx.engine.backend().max_connections() != Some(1) {
        cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    }
    Ok(())
}

pub fn two_phases_are_unsupported(cx: &mut TestContext) -> Result<()> {
    let sandbox = sandbox(cx)?;
    let mut session = sandbox.session();
    session.add(User::named("alice"));
    expect_error(session.prepare("a"), ErrorKind::Unsupported, &[]);
    Ok(())
}
