//! Streams: results that are read row by row, however many rows they have.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, AllTypes, User};
use crate::{TestContext, expect_error};

cases! { query_streams {
    rows_come_one_by_one [];
    reading_may_end_early [];
    an_iterator_is_an_iterator [];
    an_error_is_the_last_item [];
    sets_are_streamed [];
    rows_of_raw_sql_are_streamed [];
    streamed_objects_load_together [];
    rows_come_in_batches [];
    a_failing_batch_ends_the_reading [];
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
    for age in User::query().order_by(User::age).select(User::age).iter(session)? {
        seen += 1;
        if age? == 4 {
            break;
        }
    }
    assert_eq!(seen, 5);
    cx.expect_log(&["select user x5"]);
    assert_eq!(User::query().count(session)?, 1000);
    let failed = User::query().each(session, |_| Err(Error::new(ErrorKind::InvalidState, "enough")));
    expect_error(failed, ErrorKind::InvalidState, &["enough"]);
    assert_eq!(User::query().count(session)?, 1000);
    drop(User::query().iter(session)?);
    assert_eq!(User::query().count(session)?, 1000);
    Ok(())
}

pub fn an_iterator_is_an_iterator(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 30)?;
    let query = || User::query().order_by(User::age);
    let ages = query().iter(session)?.skip(3).step_by(10).map(|user| Ok(user?.age)).collect::<Result<Vec<i32>>>()?;
    assert_eq!(ages, [3, 13, 23]);
    let mut users = query().limit(2).iter(session)?;
    let (first, second) = (users.next().transpose()?, users.next().transpose()?);
    assert_eq!((first.map(|user| user.age), second.map(|user| user.age)), (Some(0), Some(1)));
    assert!(users.next().is_none());
    assert!(users.next().is_none(), "an iterator that has ended begins anew");
    drop(users);
    // Two streams of one statement are independent.
    for _ in 0..2 {
        assert_eq!(query().iter(session)?.take(4).count(), 4);
    }
    assert_eq!(User::query().filter(User::age.lt(0)).iter(session)?.count(), 0);
    cx.expect_log(&["select user x30", "select user x2", "select user x4", "select user x4", "select user x0"]);
    Ok(())
}

/// Reading a row may fail, or the database may fail between rows.
pub fn an_error_is_the_last_item(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 10)?;
    let parts = sql_expr::<i32>("100 / (:age - 5)").with("age", User::age);
    let mut rows = User::query().select(parts).iter(session)?;
    // PostgreSQL refuses to divide by zero; SQLite gives NULL, which is no i32.
    assert!(rows.by_ref().take_while(Result::is_ok).count() < 10);
    assert!(rows.next().is_none());
    drop(rows);
    cx.expect_log(&["failed select user"]);
    session.rollback()?;
    assert_eq!(User::query().count(session)?, 10);
    Ok(())
}

pub fn sets_are_streamed(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 100)?;
    let both = || {
        let old = User::query().filter(User::age.ge(90)).select((User::age, User::name));
        User::query().filter(User::age.lt(10)).select((User::age, User::name)).union_all(old)
    };
    let ages = both().iter(session)?.map(|row| Ok(row?.0)).collect::<Result<Vec<i32>>>()?;
    assert_eq!(ages.len(), 20);
    assert_eq!(both().iter(session)?.take(3).count(), 3);
    let users = User::query().filter(User::age.lt(5)).union(User::query().filter(User::age.lt(7)));
    assert_eq!(users.iter(session)?.count(), 7);
    cx.expect_log(&["select user x20", "select user x3", "select user x7"]);
    Ok(())
}

pub fn rows_of_raw_sql_are_streamed(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 100)?;
    let rows = || sql(r#"SELECT name, age FROM "user" WHERE age >= :least ORDER BY age"#).bind("least", 50);
    let mut ages = Vec::new();
    for row in rows().iter::<(String, i32)>(session)?.take(3) {
        ages.push(row?.1);
    }
    rows().each(session, |(_, age): (String, i32)| {
        ages.push(age);
        Ok(())
    })?;
    assert_eq!((ages.len(), ages[2], ages[3]), (53, 52, 50));
    cx.expect_log(&["select user x3", "select user x50"]);
    let narrow = rows().iter::<i32>(session)?.next().transpose();
    expect_error(narrow, ErrorKind::Decode, &["2 columns", "1 are read"]);
    Ok(())
}

/// As those of any other result do.
pub fn streamed_objects_load_together(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    for name in ["ada", "bob"] {
        let user = session.add(User::named(name));
        session.push(user, User::addresses, Address { city: name.to_owned(), ..Address::default() })?;
    }
    session.commit()?;
    cx.clear_log();
    let session = &mut cx.session();
    let users = User::query().order_by(User::name).select((User::object(), User::name)).iter(session)?;
    let users = users.collect::<Result<Vec<_>>>()?;
    for (user, name) in users {
        assert_eq!(session[user].name, name);
        assert_eq!(session.load(user, User::addresses)?.len(), 1);
    }
    cx.expect_log(&["select user x2", "select address x2"]);
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
    User::query().filter(User::age.lt(0)).batches(session, 10, |_| unreachable!("there are no rows"))?;
    Ok(())
}

/// No row behind the last batch that was taken is read.
pub fn a_failing_batch_ends_the_reading(cx: &mut TestContext) -> Result<()> {
    let session = &mut crowd(cx, 1000)?;
    let mut batches = 0;
    let outcome = User::query().batches(session, 7, |_| {
        batches += 1;
        if batches == 3 { Err(Error::new(ErrorKind::InvalidState, "enough")) } else { Ok(()) }
    });
    expect_error(outcome, ErrorKind::InvalidState, &["enough"]);
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
        cx.execute("CREATE SEQUENCE made CACHE 1");
        cx.execute("CREATE TABLE wide AS SELECT g AS id, repeat('x', 2000) AS text FROM generate_series(1, 60000) g");
        cx.execute(cx.spelled_by([
                "",
                r#"CREATE VIEW "user" AS SELECT nextval('made') AS id, text AS name, 1 AS age, NULL::text AS email FROM wide"#,
                r#"CREATE VIEW "user" AS SELECT nextval(made) AS id, text AS name, 1 AS age, NULL AS email FROM wide"#,
        ]));
        let mut seen = 0_i64;
        let mut most_ahead = 0;
        User::query().each(session, |user| {
            assert_eq!(user.name.len(), 2000);
            seen += 1;
            if seen % 10_000 == 1 {
                std::thread::sleep(std::time::Duration::from_millis(50));
                let made: i64 = cx.rows(cx.spelled_by([
                    "",
                    "SELECT last_value FROM made",
                    "SELECT next_not_cached_value FROM made",
                ]))[0][0]
                    .parse()
                    .unwrap_or(i64::MAX);
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
        assert_eq!(User::query().iter(session)?.take(10).count(), 10);
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
