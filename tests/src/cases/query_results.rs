//! Results of queries: objects, plain values, rows, counts; and when a query runs.

use orm::functions::count_all;
use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, Company, Employee, Measure, Post, Tag, User};
use crate::{TestContext, expect_error};

cases! { query_results {
    one_is_one [];
    first_is_the_first [];
    values_are_not_tracked [];
    each_reads_row_by_row [];
    each_ends_at_an_error [];
    a_session_works_on_after_each [];
    existence_and_number [];
    rows_have_up_to_twelve_values [];
    labels_name_the_columns [];
    queries_grow_by_conditions [];
    queries_are_values [];
    pending_objects_are_flushed_first [];
    other_tables_are_not_flushed [];
    without_autoflush_nothing_is_written [];
    a_failing_autoflush_says_so [];
    includes_load_along [];
    includes_of_nothing [];
    objects_of_the_session_stay_themselves [];
    a_reloaded_object_may_be_overwritten [];
    nothing_is_found_is_said [];
} }

fn users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all([("alice", 30), ("bob", 25), ("carol", 30)].map(|(name, age)| User { age, ..User::named(name) }));
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn one_is_one(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let bob = User::query().filter(User::age.eq(25)).one(session)?;
    assert_eq!(session[bob].name, "bob");
    assert_eq!(User::query().filter(User::age.eq(25)).one_or_none(session)?, Some(bob));
    expect_error(User::query().filter(User::age.eq(30)).one(session), ErrorKind::MultipleFound, &["User", "first()"]);
    expect_error(User::query().one_or_none(session), ErrorKind::MultipleFound, &["User"]);
    expect_error(User::query().filter(User::age.eq(1)).one(session), ErrorKind::NotFound, &["User", "one_or_none()"]);
    assert_eq!(User::query().filter(User::age.eq(1)).one_or_none(session)?, None);
    let names = || User::query().select(User::name);
    assert_eq!(names().filter(User::age.eq(25)).one(session)?, "bob");
    expect_error(names().one(session), ErrorKind::MultipleFound, &[]);
    expect_error(names().filter(User::age.eq(1)).one(session), ErrorKind::NotFound, &[]);
    assert_eq!(names().filter(User::age.eq(1)).one_or_none(session)?, None);
    Ok(())
}

pub fn first_is_the_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let first = User::query().order_by(User::name.desc()).first(session)?;
    assert_eq!(first.map(|user| session[user].name.as_str()), Some("carol"));
    assert_eq!(User::query().filter(User::age.gt(99)).first(session)?, None);
    cx.expect_log(&["select user x1", "select user x0"]);
    Ok(())
}

pub fn values_are_not_tracked(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let values = User::query().order_by(User::name).values(session)?;
    assert_eq!(values.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["alice", "bob", "carol"]);
    session.get::<User>(values[0].id)?;
    cx.expect_log(&["select user x3", "select user x1"]);
    Ok(())
}

pub fn each_reads_row_by_row(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let mut names = Vec::new();
    User::query().order_by(User::name).each(session, |user| {
        names.push(user.name);
        Ok(())
    })?;
    assert_eq!(names, ["alice", "bob", "carol"]);
    let mut years = 0;
    User::query().select(User::age).each(session, |age| {
        years += age;
        Ok(())
    })?;
    assert_eq!(years, 85);
    Ok(())
}

pub fn each_ends_at_an_error(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let mut seen = 0;
    let outcome = User::query().each(session, |_| {
        seen += 1;
        if seen == 2 { Err(Error::new(ErrorKind::InvalidState, "enough")) } else { Ok(()) }
    });
    expect_error(outcome, ErrorKind::InvalidState, &["enough"]);
    assert_eq!(seen, 2);
    assert_eq!(User::query().count(session)?, 3);
    Ok(())
}

pub fn a_session_works_on_after_each(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    User::query().each(session, |_| Ok(()))?;
    session.add(User::named("dora"));
    session.commit()?;
    assert_eq!(User::query().count(session)?, 4);
    Ok(())
}

pub fn existence_and_number(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    assert!(User::query().exists(session)?);
    assert!(!User::query().filter(User::name.eq("zoe")).order_by(User::age).exists(session)?);
    assert_eq!(User::query().order_by(User::age).count(session)?, 3);
    assert_eq!(User::query().select((User::name, User::name)).distinct().count(session)?, 3);
    assert!(User::query().select((User::age, User::age)).distinct().exists(session)?);
    cx.expect_log(&["select user x1", "select user x0", "select user x1", "select user x1", "select user x1"]);
    Ok(())
}

pub fn rows_have_up_to_twelve_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let query = || User::query().filter(User::name.eq("bob"));
    let (n, a) = (User::name, User::age);
    assert_eq!(query().select((a,)).one(session)?, (25,));
    assert_eq!(query().select((n, a)).one(session)?, ("bob".into(), 25));
    let wide = query().select((a, a, a, a, a, a, a, a, a, a, a, n)).one(session)?;
    assert_eq!(wide, (25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, "bob".into()));
    let nested: ((i32, String), Option<String>) = query().select(((a, n), User::email)).one(session)?;
    assert_eq!(nested, ((25, "bob".into()), None));
    Ok(())
}

pub fn labels_name_the_columns(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let rows: Vec<(String, i64)> = User::query()
        .group_by(User::name)
        .order_by(User::name)
        .select((User::name.label("who"), count_all().label("how many")))
        .all(session)?;
    assert_eq!(rows[0], ("alice".into(), 1));
    let log = cx.take_log();
    assert!(log[0].sql.contains(r#" AS "who", count(*) AS "how many""#), "{}", log[0].sql);
    Ok(())
}

fn search(name: Option<&str>, least: Option<i32>, by_age: bool, limit: Option<u64>) -> orm::query::Query<User> {
    let mut query = User::query().filter_opt(name.map(|name| User::name.contains(name)));
    if let Some(least) = least {
        query = query.filter(User::age.ge(least));
    }
    query = if by_age { query.order_by(User::age) } else { query.order_by(User::name.desc()) };
    match limit {
        Some(limit) => query.limit(limit),
        None => query,
    }
}

pub fn queries_grow_by_conditions(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let mut names = |query: orm::query::Query<User>| -> Result<String> {
        Ok(query.values(session)?.into_iter().map(|user| user.name).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(names(search(None, None, false, None))?, "carol bob alice");
    assert_eq!(names(search(Some("o"), None, true, None))?, "bob carol");
    assert_eq!(names(search(Some("o"), Some(30), true, None))?, "carol");
    assert_eq!(names(search(None, Some(30), false, Some(1)))?, "carol");
    Ok(())
}

pub fn queries_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let old = User::query().filter(User::age.ge(30));
    let oldest = old.clone().filter(User::name.ne("alice"));
    assert_eq!(old.clone().count(session)?, 2);
    assert_eq!(oldest.count(session)?, 1);
    session.close()?;
    let mut other = cx.session();
    assert_eq!(old.count(&mut other)?, 2);
    Ok(())
}

pub fn pending_objects_are_flushed_first(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let dora = session.add(User { age: 40, ..User::named("dora") });
    assert_eq!(User::query().filter(User::age.eq(40)).one(session)?, dora);
    session[dora].age = 41;
    assert_eq!(User::query().filter(User::age.eq(41)).select(User::name).one(session)?, "dora");
    session.delete(dora)?;
    assert!(!User::query().filter(User::age.gt(30)).exists(session)?);
    session.add(User::named("emil"));
    assert_eq!(User::query().count(session)?, 4);
    session.add(User::named("fred"));
    assert_eq!(User::query().values(session)?.len(), 5);
    cx.expect_log(&[
        "insert user",
        "select user",
        "update user (age)",
        "select user",
        "delete user",
        "select user",
        "insert user",
        "select user",
        "insert user",
        "select user",
    ]);
    Ok(())
}

/// A pending object of a table that the query does not read waits; one of a joined table does not.
pub fn other_tables_are_not_flushed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Employee])?;
    let mut session = users(cx)?;
    session.add(Company::named("acme"));
    User::query().count(&mut session)?;
    cx.expect_log(&["select user"]);
    Employee::query().left_join(Employee::company).count(&mut session)?;
    cx.expect_log(&["insert company", "select employee"]);
    Ok(())
}

pub fn without_autoflush_nothing_is_written(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let count = session.no_autoflush(|session| {
        session.add(User::named("dora"));
        User::query().count(session)
    })?;
    assert_eq!(count, 3);
    cx.expect_log(&["select user"]);
    assert_eq!(User::query().count(&mut session)?, 4);
    Ok(())
}

pub fn a_failing_autoflush_says_so(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    session.add_all([1, 2].map(|_| User { email: Some("same".into()), ..User::named("twin") }));
    expect_error(User::query().count(session), ErrorKind::UniqueViolation, &["autoflush"]);
    session.rollback()?;
    assert_eq!(User::query().count(session)?, 3);
    Ok(())
}

pub fn includes_load_along(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Post])?;
    let mut session = cx.session();
    for name in ["alice", "bob"] {
        session.add(User { addresses: ["Rome", "Paris"].map(Address::in_city).into(), ..User::named(name) });
    }
    let tag = session.add(Tag::labelled("new"));
    session.add_all(["one", "two"].map(|title| Post { tags: [tag].into(), ..Post::titled(title) }));
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let users = User::query().include(User::addresses).order_by(User::name).all(&mut session)?;
    assert_eq!(users.len(), 2);
    for user in users {
        let cities: Vec<_> = session.related(user, User::addresses)?.iter().map(|&it| &session[it].city).collect();
        assert_eq!(cities, ["Rome", "Paris"]);
    }
    cx.expect_log(&["select user x2", "select address x4"]);
    let posts = Post::query().include(Post::tags.then(Tag::posts)).all(&mut session)?;
    let tags = session.related(posts[0], Post::tags)?;
    assert_eq!(session.related(tags[0], Tag::posts)?, posts);
    assert!(cx.take_log().len() <= 3);
    session.close()?;
    let addresses =
        Address::query().include(Address::user).include(Address::user.then(User::addresses)).all(&mut session)?;
    assert_eq!(session[&session[addresses[0]].user].name, "alice");
    assert_eq!(cx.take_log().len(), 3);
    Ok(())
}

pub fn includes_of_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    assert_eq!(User::query().filter(User::age.gt(99)).include(User::addresses).all(session)?, []);
    cx.expect_log(&["select user x0"]);
    let users = User::query().include(User::addresses).all(session)?;
    assert_eq!(session.related(users[0], User::addresses)?, []);
    Ok(())
}

pub fn objects_of_the_session_stay_themselves(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let alice = User::query().filter(User::name.eq("alice")).one(&mut session)?;
    session.commit()?;
    cx.execute(r#"UPDATE "user" SET age = 31 WHERE name = 'alice'"#);
    assert_eq!(User::query().filter(User::age.eq(31)).one(&mut session)?, alice);
    assert_eq!(session[alice].age, 31);
    let fresh = User::query().filter(User::name.eq("alice")).values(&mut session)?;
    assert_eq!(fresh[0].age, 31);
    Ok(())
}

pub fn a_reloaded_object_may_be_overwritten(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let alice = User::query().filter(User::name.eq("alice")).one(&mut session)?;
    session.commit()?;
    cx.execute(r#"UPDATE "user" SET age = 31 WHERE name = 'alice'"#);
    assert_eq!(User::query().filter(User::name.eq("alice")).populate_existing().one(&mut session)?, alice);
    assert_eq!(session[alice].age, 31);
    Ok(())
}

pub fn nothing_is_found_is_said(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    assert_eq!(Measure::query().all(&mut session)?, []);
    assert_eq!(Measure::query().values(&mut session)?, []);
    assert_eq!(Measure::query().count(&mut session)?, 0);
    assert!(!Measure::query().exists(&mut session)?);
    expect_error(Measure::query().one(&mut session), ErrorKind::NotFound, &["Measure"]);
    Ok(())
}
