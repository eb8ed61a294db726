//! When a transaction begins, and what runs without one: U-021 and U-022.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::prelude::*;
use orm::{ErrorKind, Result, TransactionOptions};

use crate::cases::transaction_options::shown_isolation;
use crate::models::{Address, Counter, Course, Price, Student, Token, User, Wallet};
use crate::{TestContext, expect_error};

cases! { transactions {
    u_021_reads_run_without_a_transaction [];
    u_021_what_needs_a_transaction_begins_one [];
    u_021_a_lock_begins_a_transaction [row_locks];
    u_022_a_flush_of_nothing_begins_none [];
    two_sessions_read_over_one_connection [];
    a_stream_gives_its_connection_back [];
    a_failed_read_leaves_nothing_behind [];
    what_was_read_before_does_not_make_a_write_fail [];
    one_call_sees_one_snapshot [];
    a_write_within_a_snapshot_ends_it [];
    a_commit_of_one_row_is_one_statement [];
    a_statement_that_may_fail_halfway_has_a_transaction [];
    a_statement_that_others_hear_of_has_a_transaction [];
    a_transaction_is_isolated_so_far [];
    repeatable_reads_are_repeatable [];
    a_session_may_isolate_all_of_its_transactions [];
    listeners_of_a_begin_are_heard_for_reads [];
    row_level_security_holds_for_every_statement [];
    a_transaction_scope_waits_for_its_turn_first [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let home = Address::in_city("Leeds");
    let alice = session.add(User { age: 30, addresses: [home].into(), ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_021_reads_run_without_a_transaction(cx: &mut TestContext) -> Result<()> {
    alice(cx)?;
    let session = &mut cx.session();
    let alice = User::query().one(session)?;
    session.load(alice, User::addresses)?;
    session.refresh(alice)?;
    assert_eq!(session.get::<User>(99)?, None);
    assert_eq!(User::query().count(session)?, 1);
    assert!(User::query().exists(session)?);
    assert_eq!(User::query().select(User::age).all(session)?, [30]);
    assert_eq!(User::query().values(session)?.len(), 1);
    for user in User::query().iter(session)? {
        assert_eq!(user?.name, "alice");
    }
    assert!(!session.in_transaction());
    session.commit()?;
    session.rollback()?;
    let reads = ["user", "address", "user", "user", "user", "user", "user", "user", "user"];
    cx.expect_full_log(&reads.map(|table| if table == "user" { "select user" } else { "select address" }));
    Ok(())
}

pub fn u_021_what_needs_a_transaction_begins_one(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let mut begins = |work: &dyn Fn(&mut Session) -> Result<()>, statements: &[&str]| {
        assert!(!session.in_transaction());
        work(&mut session)?;
        assert!(session.in_transaction(), "{statements:?}");
        session.rollback()?;
        let all: Vec<&str> = ["begin"].iter().chain(statements).chain(&["rollback"]).copied().collect();
        cx.expect_full_log(&all);
        Ok::<(), orm::Error>(())
    };
    begins(
        &|session| {
            session[alice].age = 31;
            session.flush()
        },
        &["update user (age)"],
    )?;
    begins(
        &|session| User::query().update(User::age.set(1)).execute(session).map(drop),
        &["without update_returning: select user", "update user (age)"],
    )?;
    begins(&|session| User::insert_all([User::named("bob")]).execute(session).map(drop), &["insert user"])?;
    begins(&|session| sql(r#"SELECT count(*) FROM "user""#).one::<i64>(session).map(drop), &["select user"])?;
    begins(&|session| session.script(r#"DELETE FROM address"#), &["delete address x0"])?;
    begins(&|session| session.begin(), &[])?;
    begins(&|session| session.begin_nested()?.commit(), &["savepoint", "release"])?;
    session.begin()?;
    expect_error(session.begin(), ErrorKind::InvalidState, &["open already"]);
    expect_error(session.begin_with(Isolation::Serializable), ErrorKind::InvalidState, &["open already"]);
    session.commit()
}

pub fn u_021_a_lock_begins_a_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    User::query().for_update().all(&mut session)?;
    session.rollback()?;
    session.refresh_for_update(alice)?;
    session.rollback()?;
    for user in User::query().for_share().iter(&mut session)? {
        user?;
    }
    session.rollback()?;
    let once = ["begin", "select user", "rollback"];
    cx.expect_full_log(&[once, once, once].concat());
    Ok(())
}

pub fn u_022_a_flush_of_nothing_begins_none(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.refresh(alice)?;
    cx.clear_log();
    session[alice].age = 31;
    session[alice].age = 30;
    session.flush()?;
    assert!(!session.in_transaction());
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn two_sessions_read_over_one_connection(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(50)).build()?;
    engine.create_all(models![User])?;
    let (mut first, mut second) = (engine.session(), engine.session());
    first.add(User::named("alice"));
    first.commit()?;
    for _ in 0..2 {
        let alice = User::query().one(&mut first)?;
        first.load(alice, User::addresses)?;
        assert_eq!(User::query().count(&mut second)?, 1);
    }
    second.add(User::named("bob"));
    second.commit()?;
    assert_eq!(User::query().count(&mut first)?, 2);
    Ok(())
}

pub fn a_stream_gives_its_connection_back(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(50)).build()?;
    engine.create_all(models![User])?;
    let (mut first, mut second) = (engine.session(), engine.session());
    first.add_all(["alice", "bob"].map(User::named));
    first.commit()?;
    let mut names = User::query().order_by(User::id).select(User::name).iter(&mut first)?;
    assert_eq!(names.next().transpose()?.as_deref(), Some("alice"));
    expect_error(User::query().count(&mut second), ErrorKind::PoolTimeout, &["in use"]);
    assert_eq!(names.next().transpose()?.as_deref(), Some("bob"));
    assert!(names.next().is_none());
    assert_eq!(User::query().count(&mut second)?, 2);
    assert!(names.next().is_none());
    drop(names);
    let mut dropped = User::query().iter(&mut first)?;
    assert!(dropped.next().is_some());
    drop(dropped);
    assert_eq!(User::query().count(&mut second)?, 2);
    let mut failing = User::query().select(sql_expr::<i64>("'no number'")).iter(&mut first)?;
    expect_error(failing.next().unwrap(), ErrorKind::Decode, &[]);
    assert_eq!(User::query().count(&mut second)?, 2);
    Ok(())
}

pub fn a_failed_read_leaves_nothing_behind(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.no_autoflush(|session| {
        session[alice].age = 31;
        let failed = User::query().filter(sql_expr::<bool>("nothing = 1")).all(session);
        expect_error(failed, ErrorKind::Database, &["nothing"]);
        assert_eq!(User::query().count(session)?, 1);
        let unfit = User::query().select(sql_expr::<i64>("'no number'")).all(session);
        expect_error(unfit, ErrorKind::Decode, &[]);
        session.commit()
    })?;
    cx.expect_rows(r#"SELECT age FROM "user""#, &["31"]);
    Ok(())
}

/// A transaction could not write on a snapshot that is older than somebody else's write.
pub fn what_was_read_before_does_not_make_a_write_fail(cx: &mut TestContext) -> Result<()> {
    let (mut first, alice) = alice(cx)?;
    User::query().all(&mut first)?;
    let mut second = cx.session();
    second.add(User::named("bob"));
    second.commit()?;
    first[alice].age = 31;
    first.add(User::named("carol"));
    first.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY id"#, &["alice|31", "bob|0", "carol|0"]);
    Ok(())
}

pub fn one_call_sees_one_snapshot(cx: &mut TestContext) -> Result<()> {
    alice(cx)?;
    let session = &mut cx.session();
    let (user, address) = (["select user"], ["select address"]);
    let framed = |statements: &[&'static str]| match cx.capabilities().snapshot_reads {
        true => [&["begin"], statements, &["commit"]].concat(),
        false => statements.to_vec(),
    };
    let (both, twice) = (framed(&[user, address].concat()), framed(&[user, user].concat()));
    let alone = framed(&address);
    let alice = User::query().include(User::addresses).one(session)?;
    cx.expect_full_log(&both);
    assert!(!session.in_transaction());
    User::query().order_by(User::id).page(session, 1, 10)?;
    cx.expect_full_log(&twice);
    session.clear();
    User::query().order_by(User::id).include(User::addresses).slice(session, 10)?;
    cx.expect_full_log(&both);
    session.clear();
    let again = User::query().one(session)?;
    cx.expect_full_log(&user);
    expect_error(session.include([alice], User::addresses), ErrorKind::Detached, &[]);
    session.include([again], User::addresses)?;
    cx.expect_full_log(&alone);
    // In a transaction there is nothing to begin.
    session.begin()?;
    session.clear();
    User::query().include(User::addresses).one(session)?;
    session.commit()?;
    cx.expect_full_log(&["begin", "select user", "select address", "commit"]);
    Ok(())
}

/// What is loaded may have to be flushed first.
pub fn a_write_within_a_snapshot_ends_it(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    session.clear();
    let homes = Address::query().values(&mut session)?;
    let home = session.attach(homes.into_iter().next().unwrap())?;
    cx.clear_log();
    session[home].city = "York".into();
    let alice = User::query().include(User::addresses).one(&mut session)?;
    assert_eq!(session.related(alice, User::addresses)?, [home]);
    assert!(session.in_transaction());
    session.commit()?;
    let mut expected = vec!["select user", "begin", "update address (city)", "select address", "commit"];
    if cx.capabilities().snapshot_reads {
        expected.splice(0..1, ["begin", "select user", "commit"]);
    }
    cx.expect_full_log(&expected);
    cx.expect_rows("SELECT city FROM address", &["York"]);
    Ok(())
}

pub fn a_commit_of_one_row_is_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Student, Course])?;
    let mut session = cx.only_writer();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    cx.expect_full_log(&["insert user"]);
    assert!(session[alice].id > 0);
    session[alice].age = 31;
    session.commit()?;
    cx.expect_full_log(&["update user (age)"]);
    cx.expect_rows(r#"SELECT age FROM "user""#, &["31"]);
    session.add(Student { name: "ann".into(), ..Student::default() });
    session.commit()?;
    let course = session.add(Course { title: "Rust".into(), ..Course::default() });
    session.commit()?;
    cx.expect_full_log(&["insert student", "insert course"]);
    let ann = Student::query().one(&mut session)?;
    // Nobody else writes, so a student that this session inserted is known to have no courses.
    session.push(ann, Student::courses, course)?;
    session.commit()?;
    cx.expect_full_log(&["select student", "insert student_course"]);
    session.load(alice, User::addresses)?;
    cx.clear_log();
    session.delete(alice)?;
    session.commit()?;
    cx.expect_full_log(&["delete user"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    // Statements are refused as after any failed flush.
    let (first, second) = (User { email: Some("a@b".into()), ..User::named("x") }, Some("a@b".to_owned()));
    session.add(first);
    session.commit()?;
    let twin = session.add(User { email: second, ..User::named("y") });
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["email"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
    session.rollback()?;
    assert_eq!(session.state(twin), State::Transient);
    cx.expect_full_log(&["insert user", "failed insert user"]);
    Ok(())
}

/// The returned rows, or their number, may show that the statement must be rolled back.
pub fn a_statement_that_may_fail_halfway_has_a_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Wallet, Token])?;
    let mut session = cx.session();
    let users = session.add_all(["alice", "bob"].map(User::named));
    session.commit()?;
    cx.expect_full_log(&["begin", "insert user x2", "commit"]);
    users.iter().for_each(|&user| session[user].age = 1);
    session.commit()?;
    cx.expect_full_log(&["begin", "update user (age) x2", "commit"]);
    // Values of the server's come back, which need not fit, and so does a key that is narrower than the database's.
    let wallet = session.add(Wallet { grade: None, ..Wallet::with("ann", 1) });
    session.commit()?;
    cx.expect_full_log(&["begin", "insert wallet", "commit"]);
    session.add(Token::default());
    session.commit()?;
    cx.expect_full_log(&["begin", "insert token", "commit"]);
    session.set_expr(wallet, Wallet::balance, Wallet::balance + 1)?;
    session.commit()?;
    cx.expect_full_log(&["begin", "update wallet (balance)", "without update_returning: select wallet", "commit"]);
    Ok(())
}

pub fn a_statement_that_others_hear_of_has_a_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let listen: [fn(&mut Session); 3] = [
        |session| session.on_after_flush(|_| Ok(())),
        |session| session.on_after_flush_postexec(|_| Ok(())),
        |session| session.on_state_change(|_, _| {}),
    ];
    for listen in listen {
        let mut session = cx.session();
        listen(&mut session);
        session.add(User::named("alice"));
        session.commit()?;
        cx.expect_full_log(&["begin", "insert user", "commit"]);
    }
    let mut session = cx.session();
    session.on_before_commit(|_| Ok(()));
    session.on_after_commit(|_| {});
    session.on_before_flush(|_| Ok(()));
    session.add(User::named("alice"));
    session.commit()?;
    cx.expect_full_log(&["insert user"]);
    Ok(())
}

pub fn a_transaction_is_isolated_so_far(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    for isolation in [Isolation::ReadCommitted, Isolation::RepeatableRead, Isolation::Serializable] {
        let mut session = cx.session();
        session.begin_with(isolation)?;
        assert!(session.in_transaction());
        if let Some(show) = shown_isolation(cx) {
            let shown = sql(show).one::<String>(&mut session)?;
            assert_eq!(shown.replace(' ', ""), format!("{isolation:?}").to_lowercase());
        }
        session.add(User::named("alice"));
        session.commit()?;
    }
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["3"]);
    Ok(())
}

pub fn repeatable_reads_are_repeatable(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.begin_with(Isolation::RepeatableRead)?;
    assert_eq!(User::query().select(User::age).all(&mut session)?, [30]);
    if cx.capabilities().one_writer {
        // Nobody else writes until the end.
        session[alice].age += 1;
        return session.commit();
    }
    cx.execute(r#"UPDATE "user" SET age = 50"#);
    assert_eq!(User::query().select(User::age).all(&mut session)?, [30]);
    session[alice].age = 31;
    expect_error(session.commit(), ErrorKind::Serialization, &[]);
    session.rollback()?;
    // The same again, from the first read on.
    session.begin_with(Isolation::RepeatableRead)?;
    let id = session[alice].id;
    assert_eq!(session.get::<User>(id)?, Some(alice));
    session[alice].age += 1;
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user""#, &["51"]);
    Ok(())
}

pub fn a_session_may_isolate_all_of_its_transactions(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.set_transaction_options(Isolation::RepeatableRead);
    for _ in 0..2 {
        User::query().count(&mut session)?;
        assert!(session.in_transaction());
        session.commit()?;
        cx.expect_full_log(&["begin", "select user", "commit"]);
    }
    session[alice].age += 1;
    session.commit()?;
    cx.expect_full_log(&["begin", "update user (age)", "commit"]);
    session.set_transaction_options(TransactionOptions::new());
    User::query().count(&mut session)?;
    cx.expect_full_log(&["select user"]);
    Ok(())
}

pub fn listeners_of_a_begin_are_heard_for_reads(cx: &mut TestContext) -> Result<()> {
    let (_, alice) = alice(cx)?;
    let mut session = cx.session();
    let begun = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&begun);
    session.on_after_begin(move |_| {
        *counter.lock().unwrap() += 1;
        Ok(())
    });
    let found = User::query().include(User::addresses).one(&mut session)?;
    assert_ne!(found, alice);
    session.load(found, User::addresses)?;
    assert!(session.in_transaction());
    session.commit()?;
    session.refresh(found)?;
    session.commit()?;
    session[found].age = 31;
    session.commit()?;
    assert_eq!(*begun.lock().unwrap(), 3);
    cx.expect_full_log(&[
        "begin",
        "select user",
        "select address",
        "commit",
        "begin",
        "select user",
        "commit",
        "begin",
        "update user (age)",
        "commit",
    ]);
    Ok(())
}

/// Settings of an `after_begin` listener apply to all statements of the transaction.
pub fn row_level_security_holds_for_every_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.execute(
        r#"INSERT INTO "user" (id, name, age) VALUES (101, 'mine', 1), (102, 'theirs', 2);
           INSERT INTO address (id, city, user_id) VALUES (101, 'here', 101), (102, 'there', 102)"#,
    );
    let mut session = cx.session();
    if cx.backend_name() != "PostgreSQL" {
        // There are no policies: each statement must at least be in a transaction that was listened to.
        session.on_after_begin(|_| Ok(()));
        let mine = User::query().filter(User::age.eq(1)).one(&mut session)?;
        session.commit()?;
        session.load(mine, User::addresses)?;
        session.commit()?;
        let once = |table| ["begin", table, "commit"];
        cx.expect_full_log(&[once("select user"), once("select address")].concat());
        return Ok(());
    }
    let schema = &cx.rows("SELECT current_schema()")[0][0];
    let role = format!("{schema}_tenant");
    cx.execute(&format!(
        r#"CREATE ROLE {role};
           GRANT USAGE ON SCHEMA {schema} TO {role};
           GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role};
           GRANT ALL ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
           ALTER TABLE "user" ENABLE ROW LEVEL SECURITY;
           CREATE POLICY mine ON "user" USING (age = current_setting('app.tenant')::int);"#
    ));
    let listened = role.clone();
    session.on_after_begin(move |connection| {
        connection.execute_script(&format!("SET LOCAL ROLE {listened}; SET LOCAL app.tenant = '1'"))
    });
    let outcome = sees_its_own_rows_only(&mut session);
    drop(session);
    cx.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    outcome
}

fn sees_its_own_rows_only(session: &mut Session) -> Result<()> {
    let mine = User::query().one(session)?;
    assert_eq!(session[mine].name, "mine");
    session.commit()?;
    // Each of these begins the transaction.
    session.refresh(mine)?;
    session.rollback()?;
    assert_eq!(session.get::<User>(102)?, None);
    session.rollback()?;
    assert_eq!(User::query().count(session)?, 1);
    session.rollback()?;
    assert_eq!(User::query().select(User::name).iter(session)?.count(), 1);
    session.rollback()?;
    assert_eq!(User::query().include(User::addresses).all(session)?, [mine]);
    session.rollback()?;
    assert_eq!(User::query().update(User::name.set("ours")).execute(session)?, 1);
    session.rollback()?;
    assert_eq!(sql(r#"SELECT count(*) FROM "user""#).one::<i64>(session)?, 1);
    session.rollback()?;
    session[mine].name = "still mine".into();
    session.commit()?;
    session.add(User { age: 2, ..User::named("smuggled") });
    expect_error(session.commit(), ErrorKind::Database, &["row-level security"]);
    session.rollback()
}

/// If writers take turns, no unit that reads and then writes fails.
pub fn a_transaction_scope_waits_for_its_turn_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter, Price])?;
    cx.engine.transaction(|session| {
        session.add(Counter { id: 1, ..Counter::default() });
        Ok(())
    })?;
    cx.clear_log();
    let hit = |session: &mut Session| {
        let counter = Counter::query().one(session)?;
        session[counter].hits += 1;
        Ok(())
    };
    cx.engine.transaction(hit)?;
    if !cx.capabilities().one_writer {
        cx.expect_full_log(&["select counter", "update counter (hits, mark, version)"]);
        return Ok(());
    }
    cx.expect_full_log(&["begin", "select counter", "update counter (hits, mark, version)", "commit"]);
    // A unit that writes one row only, and one that does nothing, do not wait.
    cx.engine.transaction(|session| {
        session.add(Price::default());
        Ok(())
    })?;
    cx.engine.transaction(|_| Ok(()))?;
    cx.expect_full_log(&["insert price"]);
    let engine = &cx.engine;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(move || (0..25).try_for_each(|_| engine.transaction(hit)))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    cx.expect_rows("SELECT hits FROM counter", &["101"]);
    Ok(())
}
