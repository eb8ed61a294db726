//! Results that are read as they come, however many rows they have.

use std::ops::ControlFlow;

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{AllTypes, User};
use crate::{TestContext, expect_error};

cases! { query_streams {
    rows_come_one_by_one [];
    reading_may_end_early [];
    rows_come_in_batches [];
    batches_end_early_too [];
    batches_have_rows [];
    the_last_batch_may_fail [];
    the_session_works_on [];
    the_server_waits_for_the_reader [];
    a_failing_stream_says_so [];
} }

fn crowd(cx: &mut TestContext, size: i32) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::insert_all((0..size).map(|age| User { age, ..User::named("x") })).execute(&mut session)?;
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn rows_come_one_by_one(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 1000)?;
    let mut next = 0;
    User::query().order_by(User::age).each(session, |user| {
        assert_eq!(user.age, next);
        next += 1;
        Ok(())
    })?;
    let mut sum = 0;
    User::query().select((User::age, User::name)).each(session, |(age, _)| {
        sum += age;
        Ok(())
    })?;
    assert_eq!((next, sum), (1000, 499_500));
    cx.expect_log(&["select user x1000", "select user x1000"]);
    Ok(())
}

/// No more rows are handed over than were asked for.
pub fn reading_may_end_early(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 1000)?;
    let mut seen = 0;
    User::query().order_by(User::age).select(User::age).each(session, |age| {
        seen += 1;
        Ok(if age < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    assert_eq!(seen, 5);
    cx.expect_log(&["select user x5"]);
    assert_eq!(User::query().count(session)?, 1000);
    let failed = User::query().each(session, |_| -> Result<()> { Err(Error::new(ErrorKind::InvalidState, "enough")) });
    expect_error(failed, ErrorKind::InvalidState, &["enough"]);
    assert_eq!(User::query().count(session)?, 1000);
    Ok(())
}

pub fn rows_come_in_batches(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 25)?;
    let mut sizes = Vec::new();
    User::query().order_by(User::age).batches(session, 10, |users| {
        assert!(users.iter().all(|user| user.age / 10 == i32::try_from(sizes.len()).unwrap_or_default()));
        sizes.push(users.len());
        Ok(())
    })?;
    assert_eq!(sizes, [10, 10, 5]);
    sizes.clear();
    User::query().filter(User::age.lt(20)).select(User::age).batches(session, 10, |ages| {
        sizes.push(ages.len());
        Ok(())
    })?;
    assert_eq!(sizes, [10, 10]);
    User::query()
        .filter(User::age.lt(0))
        .batches(session, 10, |_| -> Result<()> { unreachable!("there are no rows") })?;
    Ok(())
}

/// No row behind the last batch that was taken is read.
pub fn batches_end_early_too(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 1000)?;
    let mut batches = 0;
    User::query().batches(session, 7, |_| {
        batches += 1;
        Ok(if batches == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    assert_eq!(batches, 3);
    cx.expect_log(&["select user x21"]);
    Ok(())
}

pub fn batches_have_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 3)?;
    expect_error(User::query().batches(session, 0, |_| Ok(())), ErrorKind::InvalidState, &["at least 1 row"]);
    expect_error(User::query().select(User::id).batches(session, 0, |_| Ok(())), ErrorKind::InvalidState, &["1 row"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn the_last_batch_may_fail(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 5)?;
    let outcome = User::query().batches(session, 3, |users| {
        if users.len() < 3 { Err(Error::new(ErrorKind::InvalidState, "too few")) } else { Ok(()) }
    });
    expect_error(outcome, ErrorKind::InvalidState, &["too few"]);
    Ok(())
}

pub fn the_session_works_on(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 50)?;
    let dora = session.add(User { age: 99, ..User::named("dora") });
    let mut oldest = 0;
    User::query().select(User::age).each(session, |age| {
        oldest = oldest.max(age);
        Ok(())
    })?;
    assert_eq!(oldest, 99);
    session[dora].age = 100;
    session.commit()?;
    let mut objects = Vec::new();
    User::query().order_by(User::age.desc()).limit(2).select((User::object(), User::age)).each(session, |row| {
        objects.push(row);
        Ok(())
    })?;
    assert_eq!(objects[0], (dora, 100));
    assert_eq!(session[objects[1].0].age, 49);
    Ok(())
}

/// A server counts the rows that it makes. While one row is looked at, it has made some that fit into the buffers between, but not all.
pub fn the_server_waits_for_the_reader(cx: &mut TestContext) -> Result<()> {
    const ROWS: i64 = 60_000;
    let session = &mut cx.session();
    if cx.capabilities().row_locks {
        cx.execute("CREATE SEQUENCE made");
        cx.execute("CREATE TABLE wide AS SELECT g AS id, repeat('x', 2000) AS text FROM generate_series(1, 60000) g");
        cx.execute(r#"CREATE VIEW "user" AS SELECT nextval('made') AS id, text AS name, 1 AS age, NULL::text AS email FROM wide"#);
        let mut seen = 0_i64;
        let mut most_ahead = 0;
        User::query().each(session, |user| {
            assert_eq!(user.name.len(), 2000);
            seen += 1;
            if seen % 10_000 == 1 {
                std::thread::sleep(std::time::Duration::from_millis(50));
                let made: i64 = cx.rows("SELECT last_value FROM made")[0][0].parse().unwrap_or(i64::MAX);
                most_ahead = most_ahead.max(made - seen);
            }
            Ok(())
        })?;
        assert_eq!(seen, ROWS);
        // 120 MB in all, of which buffers hold a few.
        assert!(most_ahead < ROWS / 3, "the server was {most_ahead} rows ahead");
    } else {
        cx.create(models![User])?;
        User::insert_all((0..5_000).map(|age| User { age, ..User::named("x") })).execute(session)?;
        session.commit()?;
        cx.clear_log();
        let mut seen = 0;
        User::query().each(session, |_| {
            seen += 1;
            Ok(if seen == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        cx.expect_log(&["select user x10"]);
    }
    Ok(())
}

pub fn a_failing_stream_says_so(cx: &mut TestContext) -> Result<()> {
    let session = &mut cx.session();
    expect_error(AllTypes::query().each(session, |_| Ok(())), ErrorKind::Database, &["all_types"]);
    session.rollback()?;
    cx.create(models![AllTypes])?;
    AllTypes::query().each(session, |_| Ok(()))?;
    Ok(())
}
