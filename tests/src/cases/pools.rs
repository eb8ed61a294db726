//! The pool: how many connections there are, who waits for them, and when they are closed.

use std::time::Duration;

use orm::prelude::*;
use orm::{ErrorKind, PoolKind, PoolStatus, Result};

use crate::models::User;
use crate::{TestContext, expect_error, logged};

cases! { pools {
    a_status_counts_connections [];
    a_status_counts_those_who_wait [];
    a_pool_of_kind_none_keeps_nothing [];
    a_pool_of_kind_none_has_no_limit [];
    a_single_connection_serves_all [];
    options_that_go_together_ill_are_refused [];
    an_old_connection_is_replaced [];
    a_timeout_tells_who_has_the_connections [];
    a_connection_held_for_long_is_told_of_once [];
    a_connection_held_for_long_is_told_of_when_it_comes_back [];
    a_connection_held_shortly_is_not_told_of [];
    a_restart_costs_nothing_and_leaves_a_whole_pool [];
    a_failed_opening_leaves_its_place [];
} }

fn is_memory(cx: &TestContext) -> bool {
    cx.url().contains(":memory:")
}

/// The numbers of connections that are idle, in use, and above the size of the pool.
fn counted(status: PoolStatus) -> (u32, u32, u32) {
    (status.idle, status.checked_out, status.overflow)
}

pub fn a_status_counts_connections(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(2).max_overflow(2).build()?;
    assert_eq!(counted(engine.pool_status()), (0, 0, 0));
    if is_memory(cx) {
        let held = engine.connection()?;
        assert_eq!((engine.pool_status().size, counted(engine.pool_status())), (1, (0, 1, 0)));
        drop(held);
        assert_eq!(counted(engine.pool_status()), (1, 0, 0));
        return Ok(());
    }
    let held = (0..3).map(|_| engine.connection()).collect::<Result<Vec<_>>>()?;
    assert_eq!((engine.pool_status().size, counted(engine.pool_status())), (2, (0, 3, 1)));
    drop(held);
    assert_eq!(counted(engine.pool_status()), (2, 0, 0));
    let session = engine.session();
    assert_eq!(counted(engine.pool_status()), (2, 0, 0), "a session takes a connection when it needs one");
    drop(session);
    engine.transaction(|session| {
        session.begin()?;
        assert_eq!(counted(engine.pool_status()), (1, 1, 0));
        Ok(())
    })
}

pub fn a_status_counts_those_who_wait(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let held = engine.connection()?;
    std::thread::scope(|scope| {
        let waiting = [0, 1].map(|_| scope.spawn(|| engine.connection().map(drop)));
        while engine.pool_status().waiting < 2 {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(held);
        waiting.into_iter().try_for_each(|thread| thread.join().unwrap())
    })?;
    assert_eq!((engine.pool_status().waiting, counted(engine.pool_status())), (0, (1, 0, 0)));
    Ok(())
}

pub fn a_pool_of_kind_none_keeps_nothing(cx: &mut TestContext) -> Result<()> {
    let builder = cx.builder().pool(PoolKind::None);
    if is_memory(cx) {
        expect_error(builder.build(), ErrorKind::Config, &["in memory"]);
        return Ok(());
    }
    let engine = builder.build()?;
    engine.create_all(models![User])?;
    let mut session = engine.session();
    session.add(User::named("alice"));
    session.commit()?;
    assert_eq!(User::query().count(&mut session)?, 1);
    assert_eq!((engine.pool_status().size, counted(engine.pool_status())), (0, (0, 0, 0)));
    Ok(())
}

pub fn a_pool_of_kind_none_has_no_limit(cx: &mut TestContext) -> Result<()> {
    if is_memory(cx) {
        return Ok(());
    }
    let engine = cx.builder().pool(PoolKind::None).pool_timeout(Duration::from_millis(1)).build()?;
    let held = (0..20).map(|_| engine.connection()).collect::<Result<Vec<_>>>()?;
    assert_eq!(counted(engine.pool_status()), (0, 20, 20));
    drop(held);
    assert_eq!(counted(engine.pool_status()), (0, 0, 0));
    Ok(())
}

pub fn a_single_connection_serves_all(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool(PoolKind::Single).pool_timeout(Duration::from_millis(30)).metrics(true).build()?;
    engine.create_all(models![User])?;
    let held = engine.connection()?;
    expect_error(User::query().count(&mut engine.session()), ErrorKind::PoolTimeout, &["only connection"]);
    drop(held);
    for _ in 0..3 {
        assert_eq!(User::query().count(&mut engine.session())?, 0);
    }
    assert_eq!(counted(engine.pool_status()), (1, 0, 0));
    assert_eq!(engine.metrics().unwrap().opened, 1);
    Ok(())
}

pub fn options_that_go_together_ill_are_refused(cx: &mut TestContext) -> Result<()> {
    expect_error(cx.builder().pool_size(0).max_overflow(0).build(), ErrorKind::Config, &["`pool_size`"]);
    expect_error(cx.builder().pool(PoolKind::Single).pool_size(2).build(), ErrorKind::Config, &["`PoolKind::Queue`"]);
    expect_error(cx.builder().pool(PoolKind::None).max_overflow(2).build(), ErrorKind::Config, &["`PoolKind::Queue`"]);
    Ok(())
}

pub fn an_old_connection_is_replaced(cx: &mut TestContext) -> Result<()> {
    for (age, old) in [(Duration::from_millis(2), true), (Duration::from_secs(24 * 60 * 60), false)] {
        let engine = cx.builder().pool_size(1).pool_recycle(age).metrics(true).build()?;
        drop(engine.connection()?);
        std::thread::sleep(Duration::from_millis(3));
        drop(engine.connection()?);
        let metrics = engine.metrics().unwrap();
        // A database in memory would be gone.
        let replaced = u64::from(old && !is_memory(cx));
        assert_eq!((metrics.opened, metrics.closed), (1 + replaced, replaced));
    }
    Ok(())
}

pub fn a_timeout_tells_who_has_the_connections(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(30)).build()?;
    let line = line!() + 1;
    let mut session = engine.session();
    session.begin()?;
    let place = format!("{}:{line}:", file!());
    expect_error(engine.connection(), ErrorKind::PoolTimeout, &["taken at", &place]);
    Ok(())
}

pub fn a_connection_held_for_long_is_told_of_once(cx: &mut TestContext) -> Result<()> {
    let limit = Duration::from_millis(20);
    let timeout = Duration::from_millis(200);
    let builder = cx.builder().pool_size(1).max_overflow(0).pool_timeout(timeout).warn_held_longer_than(limit);
    let engine = builder.build()?;
    let mut line = 0;
    let log = logged(|| {
        line = line!() + 1;
        let held = engine.connection()?;
        // A waiting caller gets the error.
        for _ in 0..2 {
            expect_error(engine.connection(), ErrorKind::PoolTimeout, &[]);
        }
        drop(held);
        Ok(())
    })?;
    let place = format!("at={}:{line}:", file!());
    let told: Vec<&str> = log.lines().filter(|line| line.contains("held for long")).collect();
    assert!(told.len() == 1 && told[0].contains(&place) && told[0].contains("WARN orm::pool"), "{log}");
    Ok(())
}

pub fn a_connection_held_for_long_is_told_of_when_it_comes_back(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().warn_held_longer_than(Duration::from_millis(20)).build()?;
    let log = logged(|| {
        engine.transaction(|session| {
            session.begin()?;
            std::thread::sleep(Duration::from_millis(30));
            Ok(())
        })
    })?;
    assert!(log.matches("held for long").count() == 1 && log.contains(file!()), "{log}");
    Ok(())
}

pub fn a_connection_held_shortly_is_not_told_of(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().warn_held_longer_than(Duration::from_secs(60)).build()?;
    let log = logged(|| engine.transaction(|session| session.begin()))?;
    assert_eq!(log, "");
    Ok(())
}

/// Four connections die while nobody uses them.
pub fn a_restart_costs_nothing_and_leaves_a_whole_pool(cx: &mut TestContext) -> Result<()> {
    if cx.backend_name() == "SQLite" {
        // A connection to a file cannot die.
        return Ok(());
    }
    let engine = cx.builder().pool_size(4).max_overflow(0).build()?;
    let mut sessions: Vec<_> = (0..4).map(|_| engine.session()).collect();
    let mut pids = Vec::new();
    for session in &mut sessions {
        pids.push(sql(cx.own_process()).one::<i64>(session)?);
    }
    drop(sessions);
    cx.end_connections(&pids);
    if cx.backend_name() == "MariaDB" {
        // Its driver sees that only by the next statement, and the pool is whole again behind it.
        for mut connection in (0..4).map(|_| engine.connection()).collect::<Result<Vec<_>>>()? {
            expect_error(connection.execute_script("SELECT 1"), ErrorKind::ConnectionLost, &[]);
        }
    }
    // Whoever takes a connection sees that its server has ended it.
    for _ in 0..3 {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(sql("SELECT 1").one::<i32>(&mut engine.session()).unwrap(), 1));
            }
        });
    }
    assert_eq!(engine.pool_status().checked_out, 0);
    let held = (0..4).map(|_| engine.connection()).collect::<Result<Vec<_>>>()?;
    assert_eq!(held.len(), 4);
    Ok(())
}

pub fn a_failed_opening_leaves_its_place(cx: &mut TestContext) -> Result<()> {
    let url = cx.spelled_by([
        "sqlite:////no/such/folder/app.db",
        "postgresql://nobody@127.0.0.1:1/db",
        "mariadb://nobody@127.0.0.1:1/db",
    ]);
    let engine = Engine::builder(url).pool_size(1).max_overflow(0).metrics(true).build()?;
    for _ in 0..3 {
        let error = engine.connection().map(drop).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::PoolTimeout, "{error}");
    }
    assert_eq!(counted(engine.pool_status()), (0, 0, 0));
    let metrics = engine.metrics().unwrap();
    assert_eq!(metrics.errors.iter().map(|(_, count)| count).sum::<u64>(), 3);
    assert_eq!((metrics.opened, metrics.closed), (0, 0));
    Ok(())
}
