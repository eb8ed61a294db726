//! Databases for tests: each is a copy of a template, and goes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use orm::Result;
use orm::prelude::*;
use orm::testing::{Factory, Recorder, TestDatabases};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { test_databases {
    each_test_has_a_copy_of_its_own [];
    copies_go_and_so_does_the_template [];
    what_the_dead_left_is_dropped_and_nothing_of_the_living [];
    threads_make_copies_at_once [];
    options_are_those_of_the_engine [];
    a_failed_template_leaves_nothing [];
    factories_number_what_they_make [];
    factories_complete_what_they_make [];
} }

/// The URL of the case's database; on PostgreSQL without the schema of the case.
fn url(cx: &TestContext) -> String {
    cx.url().split("options=").next().unwrap().trim_end_matches(['?', '&']).to_owned()
}

fn prepare(engine: &Engine) -> Result<()> {
    engine.create_all(models![User, Address])?;
    engine.transaction(|session| {
        session.add(User::named("alice"));
        Ok(())
    })
}

fn names(engine: &Engine) -> Result<Vec<String>> {
    User::query().order_by(User::name).select(User::name).all(&mut engine.session())
}

fn add(engine: &Engine, name: &str) -> Result<()> {
    engine.transaction(|session| {
        session.add(User::named(name));
        Ok(())
    })
}

fn is_server(cx: &TestContext) -> bool {
    !cx.backend_name().starts_with("SQLite")
}

/// The databases beside that of the case whose names begin with `prefix`.
fn existing(cx: &TestContext, prefix: &str) -> usize {
    if cx.backend_name() == "PostgreSQL" {
        return cx
            .rows(&format!("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, '{prefix}')"))
            .len();
    }
    if cx.backend_name() == "MariaDB" {
        let names =
            format!("SELECT schema_name FROM information_schema.schemata WHERE instr(schema_name, '{prefix}') = 1");
        return cx.rows(&names).len();
    }
    let path = std::path::Path::new(prefix);
    let Some(directory) = path.parent().filter(|directory| directory.is_dir()) else { return 0 };
    let start = path.file_name().unwrap().to_str().unwrap();
    let entries = std::fs::read_dir(directory).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with(start)).count()
}

/// What the names of the databases of one template begin with.
fn run_of(name: &str) -> &str {
    name.rsplit_once('_').map_or(name, |(run, _)| run)
}

pub fn each_test_has_a_copy_of_its_own(cx: &mut TestContext) -> Result<()> {
    let databases = TestDatabases::template(&url(cx), prepare)?;
    let (one, other) = (databases.database()?, databases.database()?);
    add(&one, "bob")?;
    assert_eq!(names(&one)?, ["alice", "bob"]);
    assert_eq!(names(&other)?, ["alice"]);
    assert_eq!(names(&*databases.database()?)?, ["alice"]);
    // Keys go on behind those of the template.
    let (mut first, mut second) = (one.session(), other.session());
    let (carol, dave) = (first.add(User::named("carol")), second.add(User::named("dave")));
    first.flush()?;
    second.flush()?;
    assert_eq!((first[carol].id, second[dave].id), (3, 2));
    Ok(())
}

pub fn copies_go_and_so_does_the_template(cx: &mut TestContext) -> Result<()> {
    let databases = TestDatabases::template(&url(cx), prepare)?;
    let kept = databases.database()?;
    let name = kept.name();
    let is_in_memory = name.is_empty();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let database = databases.database().unwrap();
        let mut session = database.session();
        session.begin().unwrap();
        session.add(User::named("bob"));
        session.flush().unwrap();
        panic!("the test fails in a transaction");
    }));
    assert!(outcome.is_err());
    drop(databases);
    // The template, its lock, and the copy that is kept.
    assert_eq!(names(&kept)?, ["alice"]);
    if !is_in_memory {
        assert!(existing(cx, run_of(&name)) >= 2, "{name}");
    }
    drop(kept);
    if !is_in_memory {
        assert_eq!(existing(cx, run_of(&name)), 0, "{name}");
    }
    Ok(())
}

pub fn what_the_dead_left_is_dropped_and_nothing_of_the_living(cx: &mut TestContext) -> Result<()> {
    let living = TestDatabases::template(&url(cx), prepare)?;
    let kept = living.database()?;
    let name = kept.name();
    if name.is_empty() {
        return Ok(());
    }
    let (base, _) = run_of(&name).rsplit_once('_').unwrap();
    let dead = format!("{base}_{:016x}", std::process::id());
    let (left, foreign) = (format!("{dead}_1"), format!("{base}_data_{}", std::process::id()));
    for name in [&left, &foreign] {
        if is_server(cx) {
            cx.execute(&format!("CREATE DATABASE \"{name}\""));
        } else {
            std::fs::write(name, "left behind").unwrap();
        }
    }
    let another = TestDatabases::template(&url(cx), prepare)?;
    assert_eq!(existing(cx, &left), 0);
    assert_eq!(existing(cx, &foreign), 1);
    assert_eq!(names(&kept)?, ["alice"]);
    assert_eq!(names(&*living.database()?)?, ["alice"]);
    assert_eq!(names(&*another.database()?)?, ["alice"]);
    if is_server(cx) {
        cx.execute(&format!("DROP DATABASE \"{foreign}\""));
    } else {
        std::fs::remove_file(foreign).unwrap();
    }
    Ok(())
}

pub fn threads_make_copies_at_once(cx: &mut TestContext) -> Result<()> {
    let databases = TestDatabases::template(&url(cx), prepare)?;
    thread::scope(|scope| {
        let tests: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let database = databases.database()?;
                    add(&database, "bob")?;
                    names(&database)
                })
            })
            .collect();
        for test in tests {
            assert_eq!(test.join().unwrap()?, ["alice", "bob"]);
        }
        Ok(())
    })
}

pub fn options_are_those_of_the_engine(cx: &mut TestContext) -> Result<()> {
    let databases = TestDatabases::template(&url(cx), prepare)?;
    let recorder = Recorder::new();
    let wrap = recorder.wrapper();
    let database = databases.database_with(move |builder| builder.wrap_backend(wrap).metrics(true))?;
    recorder.take();
    assert_eq!(names(&database)?, ["alice"]);
    assert!(recorder.take()[0].matches("select user x1"));
    assert!(database.metrics().is_some());
    expect_error(
        databases.database_with(|builder| builder.pool_size(0).max_overflow(0)),
        ErrorKind::Config,
        &["pool_size"],
    );
    Ok(())
}

pub fn a_failed_template_leaves_nothing(cx: &mut TestContext) -> Result<()> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let before = TestDatabases::template(&url(cx), prepare)?;
    let name = before.database()?.name();
    let (base, _) = run_of(&name).rsplit_once('_').unwrap_or_default();
    let failing = TestDatabases::template(&url(cx), move |engine| {
        counted.fetch_add(1, Ordering::Relaxed);
        add(engine, "bob")
    });
    // In memory each database is prepared by itself.
    let outcome = failing.and_then(|databases| databases.database().map(drop));
    expect_error(outcome, ErrorKind::Database, &["user"]);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    drop(before);
    if !name.is_empty() {
        assert_eq!(existing(cx, run_of(&name)), 0, "{base}");
    }
    Ok(())
}

pub fn factories_number_what_they_make(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let users = Factory::new(|n| User { email: Some(format!("user{n}@example.org")), ..User::named("somebody") });
    let adults = users.with(|user| user.age = 18).with(|user| user.age += 1);
    let mut session = cx.session();
    cx.clear_log();
    let first = users.create(&mut session)?;
    let more = adults.create_many(&mut session, 3)?;
    assert_eq!(session[first].email.as_deref(), Some("user1@example.org"));
    assert_eq!((session[first].age, session[more[0]].age), (0, 19));
    assert_eq!(session[more[2]].email.as_deref(), Some("user4@example.org"));
    assert_eq!(users.build().email.as_deref(), Some("user5@example.org"));
    // Written, one flush each, and not committed.
    assert!(session[more[2]].id > 0 && session.in_transaction());
    let written: Vec<usize> = cx.take_log().iter().map(|recorded| recorded.rows).collect();
    assert_eq!(written, [1, 3]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn factories_complete_what_they_make(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let users = Factory::new(|n| User::named(&format!("user {n}")));
    let owners = users.clone();
    let addresses = Factory::new(|n| Address { city: format!("city {n}"), ..Default::default() }).complete(
        move |address, session| {
            if address.user.is_unset() {
                address.user = owners.create(session)?.into();
            }
            Ok(())
        },
    );
    let mut session = cx.session();
    let alice = users.create(&mut session)?;
    let own = addresses.with(move |address| address.user = alice.into());
    own.create_many(&mut session, 2)?;
    addresses.create(&mut session)?;
    session.commit()?;
    cx.expect_rows(
        r#"SELECT u.name, a.city FROM address a JOIN "user" u ON u.id = a.user_id ORDER BY a.id"#,
        &["user 1|city 1", "user 1|city 2", "user 2|city 3"],
    );
    let failing = users.clone().complete(|_, _| Err(orm::Error::new(ErrorKind::InvalidState, "no")));
    expect_error(failing.create(&mut session), ErrorKind::InvalidState, &["no"]);
    Ok(())
}
