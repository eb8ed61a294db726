//! Watching lazy loads: relations that are loaded one by one are counted, reported and refused; statements are counted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use orm::prelude::*;
use orm::testing::assert_statements;
use orm::{ErrorKind, LazyLoads, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error, logged, spans};

cases! { lazy_loads {
    loads_one_by_one_are_counted_by_relation_and_place [];
    loads_of_a_result_are_one [];
    loads_of_what_is_there_are_none [];
    a_unit_of_work_is_counted_by_itself [];
    too_many_loads_are_warned_of_once [];
    too_many_loads_fail [];
    a_session_has_its_own_limit [];
    changes_that_load_are_counted [];
    statements_are_counted [];
    a_wrong_number_of_statements_shows_them [];
    a_unit_of_work_has_a_span [];
} }

/// Three users with an address each, and their keys.
fn people(cx: &mut TestContext) -> Result<Vec<i64>> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let people = ["alice", "bob", "carol"]
        .map(|name| session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named(name) }));
    session.commit()?;
    let keys = people.map(|handle| session[handle].id).to_vec();
    cx.clear_log();
    Ok(keys)
}

/// Loads each relation by itself, as `watch_lazy_loads` reports it.
fn one_by_one(session: &mut Session, keys: &[i64]) -> Result<usize> {
    let mut found = 0;
    for &key in keys {
        let user = User::query().filter(User::id.eq(key)).one(session)?;
        found += session.load(user, User::addresses)?.len();
    }
    Ok(found)
}

pub fn loads_one_by_one_are_counted_by_relation_and_place(cx: &mut TestContext) -> Result<()> {
    let keys = people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Count);
    assert_eq!(one_by_one(&mut session, &keys[..2])?, 2);
    let line = line!() + 2;
    let one = User::query().filter(User::id.eq(keys[2])).one(&mut session)?;
    session.load(one, User::addresses)?;
    let loads = session.lazy_loads();
    assert_eq!((loads.len(), &*loads[0].relation, loads[0].count), (2, "User::addresses", 2));
    assert_eq!((loads[1].count, loads[1].at.file(), loads[1].at.line()), (1, file!(), line));
    session.watch_lazy_loads(None);
    assert_eq!(session.lazy_loads(), []);
    Ok(())
}

pub fn loads_of_a_result_are_one(cx: &mut TestContext) -> Result<()> {
    people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Fail(1));
    for user in User::query().all(&mut session)? {
        assert_eq!(session.load(user, User::addresses)?.len(), 1);
    }
    assert_eq!(session.lazy_loads()[0].count, 1);
    Ok(())
}

pub fn loads_of_what_is_there_are_none(cx: &mut TestContext) -> Result<()> {
    people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Fail(0));
    for user in User::query().include(User::addresses).all(&mut session)? {
        assert_eq!(session.load(user, User::addresses)?.len(), 1);
    }
    Ok(())
}

pub fn a_unit_of_work_is_counted_by_itself(cx: &mut TestContext) -> Result<()> {
    let keys = people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Fail(3));
    for _ in 0..2 {
        one_by_one(&mut session, &keys)?;
        session.commit()?;
        assert_eq!(session.lazy_loads(), []);
        one_by_one(&mut session, &keys)?;
        session.rollback()?;
    }
    Ok(())
}

pub fn too_many_loads_are_warned_of_once(cx: &mut TestContext) -> Result<()> {
    let keys = people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Warn(1));
    let log = logged(|| one_by_one(&mut session, &keys).map(drop))?;
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 1, "{log}");
    for word in ["WARN orm::lazy", "relation=User::addresses", file!(), "count=2", ".include(User::addresses)"] {
        assert!(log.contains(word), "{word} in {log}");
    }
    Ok(())
}

pub fn too_many_loads_fail(cx: &mut TestContext) -> Result<()> {
    let keys = people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Fail(2));
    let words = ["`User::addresses`", file!(), "for the 3. time", ".include(User::addresses)"];
    expect_error(one_by_one(&mut session, &keys), ErrorKind::RepeatedLoad, &words);
    cx.expect_log(&["select user", "select address", "select user", "select address", "select user"]);
    // Nothing has failed but the load.
    assert_eq!(User::query().count(&mut session)?, 3);
    Ok(())
}

pub fn a_session_has_its_own_limit(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().watch_lazy_loads(LazyLoads::Fail(1)).build()?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    let people = ["alice", "bob"]
        .map(|name| session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named(name) }));
    session.commit()?;
    let keys = people.map(|handle| session[handle].id);
    drop(session);
    let mut session = engine.session();
    expect_error(one_by_one(&mut session, &keys), ErrorKind::RepeatedLoad, &[]);
    let mut session = engine.session();
    session.watch_lazy_loads(LazyLoads::Fail(2));
    assert_eq!(one_by_one(&mut session, &keys)?, 2);
    Ok(())
}

pub fn changes_that_load_are_counted(cx: &mut TestContext) -> Result<()> {
    let keys = people(cx)?;
    let mut session = cx.session();
    session.watch_lazy_loads(LazyLoads::Count);
    let user = User::query().filter(User::id.eq(keys[0])).one(&mut session)?;
    let line = line!() + 1;
    session.set(user, User::addresses, [Address::in_city("Oslo")])?;
    let loads = session.lazy_loads();
    assert_eq!((loads.len(), loads[0].at.file(), loads[0].at.line()), (1, file!(), line));
    session.commit()
}

pub fn statements_are_counted(cx: &mut TestContext) -> Result<()> {
    people(cx)?;
    let mut session = cx.session();
    let users = assert_statements!(session, == 2, {
        User::query().include(User::addresses).all(&mut session)?
    });
    assert_eq!(users.len(), 3);
    session[users[0]].name = "alicia".into();
    assert_statements!(session, <= 1, { session.commit()? });
    assert_statements!(session, 0, { session.commit()? });
    assert_statements!(session, >= 1, { User::query().iter(&mut session)?.count() });
    assert_statements!(session, < 1, {});
    let borrowed = &mut session;
    assert_statements!(borrowed, 1, { User::query().count(borrowed)? });
    // Savepoints do not count as statements.
    assert_statements!(session, 1, {
        session.nested(|session| {
            session.add(User::named("dave"));
            Ok(())
        })?;
    });
    Ok(())
}

pub fn a_wrong_number_of_statements_shows_them(cx: &mut TestContext) -> Result<()> {
    people(cx)?;
    let mut session = cx.session();
    let outcome = catch_unwind(AssertUnwindSafe(
        || assert_statements!(session, <= 1, { User::query().include(User::addresses).all(&mut session).unwrap() }),
    ));
    let panic = outcome.unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("expected <= 1 statements, and 2 were sent"), "{message}");
    assert!(message.contains("FROM \"user\"") && message.contains("FROM \"address\""), "{message}");
    Ok(())
}

pub fn a_unit_of_work_has_a_span(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let found = spans(|| {
        cx.engine.transaction(|session| {
            session.add(User::named("alice"));
            Ok(())
        })
    })?;
    let at = |text: &str| found.iter().position(|span| span.starts_with(text));
    let (unit, commit) = (at("orm::session otel.name=transaction;"), at("orm::session otel.name=commit;"));
    assert!(unit.is_some() && unit < commit && commit < at("orm::statement otel.name=INSERT user;"), "{found:#?}");
    Ok(())
}
