//! Results page by page: by number, and from cursor to cursor.

use orm::functions::{count_all, label};
use orm::prelude::*;
use orm::{Cursor, ErrorKind, Result, Slice};
use orm_core::query::Query;
use orm_core::query::types::OrderKeys;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::models::{Address, OptionalTypes, User};
use crate::values::any_optional_row;
use crate::{TestContext, expect_error};

cases! { query_pages {
    pages_have_totals [];
    pages_of_rows [];
    pages_are_counted_from_one [];
    slices_go_on [];
    slices_follow_changes [];
    slices_of_rows [];
    slices_of_groups [];
    slices_go_both_ways [];
    slices_of_every_type_with_nulls [];
    slices_over_left_joins [];
    slices_load_along [];
    cursors_travel_as_text [];
    hostile_cursors_are_errors [];
    slices_need_an_order [];
} }

fn town(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ages = [30, 25, 30, 41, 25, 30, 18];
    let users =
        ages.iter().zip(["a", "b", "c", "d", "e", "f", "g"]).map(|(age, name)| User { age: *age, ..User::named(name) });
    session.add_all(users);
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn pages_have_totals(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let query = || User::query().filter(User::age.gt(20)).order_by(User::name);
    let page = query().page(session, 2, 4)?;
    let names: Vec<&str> = page.items.iter().map(|user| session[*user].name.as_str()).collect();
    assert_eq!(names, ["e", "f"]);
    assert_eq!((page.total, page.number, page.size, page.pages(), page.has_next()), (6, 2, 4, 2, false));
    cx.expect_log(&["select user x1", "select user x2"]);
    let page = query().page(session, 1, 3)?;
    assert_eq!((page.items.len(), page.pages(), page.has_next()), (3, 2, true));
    let page = query().page(session, 9, 3)?;
    assert_eq!((page.items.len(), page.total, page.has_next()), (0, 6, false));
    let page = query().filter(User::age.gt(99)).page(session, 1, 3)?;
    assert_eq!((page.items.len(), page.total, page.pages()), (0, 0, 0));
    assert_eq!(query().page(session, u64::MAX, u64::MAX)?.items.len(), 0);
    Ok(())
}

pub fn pages_of_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let groups = User::query().group_by(User::age).order_by(User::age).select((User::age, count_all()));
    let page = groups.page(session, 2, 3)?;
    assert_eq!((page.items, page.total), (vec![(41, 1)], 4));
    let ages = User::query().distinct().order_by(User::age.desc()).select(User::age).page(session, 1, 2)?;
    assert_eq!((ages.items, ages.total), (vec![41, 30], 4));
    Ok(())
}

pub fn pages_are_counted_from_one(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    expect_error(User::query().page(session, 0, 5), ErrorKind::InvalidState, &["counted from 1"]);
    expect_error(User::query().page(session, 1, 0), ErrorKind::InvalidState, &["at least 1 row"]);
    expect_error(User::query().limit(3).page(session, 1, 5), ErrorKind::InvalidState, &["`limit` or `offset`"]);
    expect_error(User::query().select(User::id).offset(3).page(session, 1, 5), ErrorKind::InvalidState, &["`offset`"]);
    cx.expect_log(&[]);
    Ok(())
}

/// The names of all slices, with `|` between them.
fn walk<Q>(session: &mut Session, query: &Query<User, Q>, size: u64) -> Result<String> {
    let (mut names, mut next) = (String::new(), None);
    loop {
        let slice: Slice<Handle<User>> = query.clone().after(next).slice(session, size)?;
        names.extend(slice.items.iter().map(|user| session[*user].name.clone()));
        next = slice.next;
        if next.is_none() {
            return Ok(names);
        }
        names.push('|');
    }
}

pub fn slices_go_on(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    assert_eq!(walk(session, &User::query().order_by(User::name), 3)?, "abc|def|g");
    assert_eq!(walk(session, &User::query().order_by(User::name), 7)?, "abcdefg");
    assert_eq!(walk(session, &User::query().order_by(User::age), 2)?, "gb|ea|cf|d");
    assert_eq!(walk(session, &User::query().order_by(User::age.desc()), 2)?, "da|cf|be|g");
    assert_eq!(walk(session, &User::query().order_by((User::age.desc(), User::name.desc())), 3)?, "dfc|aeb|g");
    assert_eq!(walk(session, &User::query(), 4)?, "abcd|efg");
    assert_eq!(walk(session, &User::query().filter(User::age.gt(99)), 4)?, "");
    cx.clear_log();
    User::query().slice(session, 2)?;
    cx.expect_log(&["select user x3"]);
    Ok(())
}

/// Rows that are inserted or deleted before the cursor do not shift the page.
pub fn slices_follow_changes(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let query = || User::query().order_by(User::name);
    let first = query().slice(session, 3)?;
    session.delete(first.items[0])?;
    session.delete(first.items[2])?;
    session.add(User::named("aa"));
    session.add(User::named("cc"));
    let second = query().after(first.next).slice(session, 2)?;
    let names: Vec<&str> = second.items.iter().map(|user| session[*user].name.as_str()).collect();
    assert_eq!(names, ["cc", "d"]);
    Ok(())
}

pub fn slices_of_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let query = || User::query().order_by((User::age, User::name)).select((User::name, User::object()));
    let first = query().slice(session, 5)?;
    let names: Vec<&str> = first.items.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["g", "b", "e", "a", "c"]);
    assert_eq!(session[first.items[4].1].name, "c");
    let second = query().after(first.next).slice(session, 5)?;
    assert_eq!(second.items.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["f", "d"]);
    assert_eq!(second.next, None);
    let ages = || User::query().distinct().order_by(User::age).select(User::age);
    let first = ages().slice(session, 3)?;
    assert_eq!(first.items, [18, 25, 30]);
    assert_eq!(ages().after(first.next).slice(session, 3)?.items, [41]);
    Ok(())
}

pub fn slices_of_groups(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let groups = || {
        let groups = User::query().group_by(User::age).filter(User::age.gt(18));
        groups.order_by((count_all().desc(), User::age)).select((User::age, count_all()))
    };
    let first = groups().slice(session, 2)?;
    assert_eq!(first.items, [(30, 3), (25, 2)]);
    assert_eq!(groups().after(first.next).slice(session, 2)?.items, [(41, 1)]);
    Ok(())
}

/// Back from a cursor: in the other order, behind the same values.
pub fn slices_go_both_ways(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let forth = User::query().order_by((User::name, User::id)).slice(session, 3)?;
    let back = User::query().order_by((User::name.desc(), User::id.desc())).after(forth.next).slice(session, 3);
    expect_error(back, ErrorKind::InvalidState, &["another order"]);
    Ok(())
}

fn check_walk<O: OrderKeys<Scope = S> + Clone, S, I>(session: &mut Session, order: O) -> Result<()>
where
    S: orm_core::query::scope::Within<(orm_core::query::scope::Of<OptionalTypes>, ()), I>,
{
    let query = || OptionalTypes::query().order_by(order.clone());
    let all = query().order_by(OptionalTypes::id).all(session)?;
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let slice = query().after(next).slice(session, 3)?;
        found.extend(slice.items);
        next = match slice.next {
            Some(cursor) => Some(cursor.to_string().parse::<Cursor>()?),
            None => break,
        };
    }
    assert_eq!(found, all);
    Ok(())
}

pub fn slices_of_every_type_with_nulls(cx: &mut TestContext) -> Result<()> {
    cx.create(models![OptionalTypes])?;
    let session = &mut cx.session();
    let mut runner = TestRunner::deterministic();
    let rows = proptest::collection::vec(any_optional_row(cx.capabilities()), 12)
        .new_tree(&mut runner)
        .map(|tree| tree.current());
    let rows = rows.unwrap_or_default();
    assert_eq!(rows.len(), 12);
    // Each value twice, so that the key has to decide.
    session.add_all(rows.iter().cloned());
    session.add_all(rows);
    session.flush()?;
    macro_rules! each_column {
        ($($column:ident),+) => {$(
            check_walk(session, OptionalTypes::$column)?;
            check_walk(session, OptionalTypes::$column.desc())?;
            check_walk(session, OptionalTypes::$column.asc().nulls_first())?;
            check_walk(session, OptionalTypes::$column.desc().nulls_last())?;
            check_walk(session, (OptionalTypes::flag.desc(), OptionalTypes::$column))?;
        )+};
    }
    each_column!(
        small, medium, large, single, double, flag, text, bytes, date, time, date_time, timestamp, uuid, decimal,
        status
    );
    Ok(())
}

pub fn slices_over_left_joins(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    for (name, city) in [("a", "Ulm"), ("c", "Bonn"), ("c", "Aachen")] {
        let user = User::query().filter(User::name.eq(name)).one(session)?;
        session.push(user, User::addresses, Address::in_city(city))?;
    }
    let query = || {
        let joined = User::query().left_join(User::addresses).order_by((Address::city.desc(), User::name, User::id));
        joined.select((User::name, Address::city))
    };
    let all = query().all(session)?;
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let slice = query().after(next).slice(session, 2)?;
        found.extend(slice.items);
        next = slice.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(found, all);
    assert_eq!(found.len(), 8);
    Ok(())
}

pub fn slices_load_along(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let slice = User::query().include(User::addresses).slice(session, 2)?;
    cx.expect_log(&["select user x3", "select address"]);
    assert_eq!(session.related(slice.items[1], User::addresses)?.len(), 0);
    Ok(())
}

pub fn cursors_travel_as_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let hostile = ["it's", "\"; DROP TABLE \"user\"; --", "100%_\\", "ünïcödé \u{1f600}", "a b&c=d?e#f/"];
    session.add_all(hostile.map(User::named));
    let query = || User::query().filter(User::age.eq(0)).order_by(User::name);
    let (mut found, mut next) = (0, None::<String>);
    loop {
        let cursor = next.map(|text| text.parse::<Cursor>()).transpose()?;
        let slice = query().after(cursor).slice(session, 1)?;
        found += slice.items.len();
        next = slice.next.map(|cursor| cursor.to_string());
        match &next {
            Some(text) => assert!(text.bytes().all(|sign| sign.is_ascii_alphanumeric())),
            None => break,
        }
    }
    assert_eq!(found, hostile.len());
    Ok(())
}

/// A changed cursor text is an error. It never causes a panic, and never reaches a statement.
pub fn hostile_cursors_are_errors(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let cursor = User::query().order_by(User::name).slice(session, 2)?.next;
    let text = cursor.map(|cursor| cursor.to_string()).unwrap_or_default();
    cx.clear_log();
    let mut runner = TestRunner::deterministic();
    for _ in 0..2_000 {
        let (at, sign) = match (0..text.len(), any::<char>()).new_tree(&mut runner) {
            Ok(tree) => tree.current(),
            Err(_) => continue,
        };
        let changed = format!("{}{sign}{}", &text[..at], &text[at + 1..]);
        if !changed.eq_ignore_ascii_case(&text) {
            assert_eq!(changed.parse::<Cursor>().map_err(|error| error.kind()), Err(ErrorKind::Decode), "{changed:?}");
        }
    }
    for text in ["", "00", "'; DROP TABLE \"user\"; --", "\0", &"f".repeat(100_000), "zz", "é", "0x"] {
        assert_eq!(text.parse::<Cursor>().map_err(|error| error.kind()), Err(ErrorKind::Decode), "{text:?}");
    }
    cx.expect_log(&[]);
    Ok(())
}

pub fn slices_need_an_order(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = || User::query().select(User::name);
    expect_error(rows().slice(session, 2), ErrorKind::InvalidState, &["no order"]);
    expect_error(rows().order_by(User::name).slice(session, 0), ErrorKind::InvalidState, &["at least 1 row"]);
    expect_error(User::query().limit(2).slice(session, 2), ErrorKind::InvalidState, &["`limit` or `offset`"]);
    let labeled = User::query().select(User::name.label("n")).order_by(label("n"));
    expect_error(labeled.slice(session, 2), ErrorKind::InvalidState, &["a label"]);
    let united = rows().union(rows()).order_by(label("name"));
    expect_error(united.slice(session, 2), ErrorKind::InvalidState, &[]);
    cx.expect_log(&[]);
    Ok(())
}
