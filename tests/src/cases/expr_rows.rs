//! Row values: several values that are compared as one.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::Measure;
use crate::{TestContext, expect_error};

cases! { expr_rows {
    rows_are_compared_with_values_and_columns [];
    rows_are_ordered_from_left_to_right [];
    rows_are_in_lists [];
    rows_are_in_long_lists [];
    rows_are_in_no_empty_list [];
    rows_with_none_find_nulls [];
    the_next_page_begins_behind_a_row [];
} }

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    for (name, large, count) in [("a", 1, Some(1)), ("a", 2, Some(2)), ("b", 1, Some(3)), ("b", 2, None)] {
        session.add(Measure { large, count, note: Some(name.into()), ..Measure::named(name) });
    }
    session.commit()?;
    Ok(session)
}

const PAIR: (orm::query::Column<Measure, String>, orm::query::Column<Measure, i64>) = (Measure::name, Measure::large);

/// How many values a row of [`PAIR`] has.
const PARTS: usize = 2;

pub fn rows_are_compared_with_values_and_columns(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().filter(PAIR.eq(("a", 2))).count(session)?, 1);
    assert_eq!(Measure::query().filter(PAIR.ne(("a", 2))).count(session)?, 3);
    assert_eq!(Measure::query().filter(PAIR.eq((Measure::note, 1))).count(session)?, 2);
    assert_eq!(Measure::query().filter((Measure::large + 1, Measure::name).eq((3, "b"))).count(session)?, 1);
    assert_eq!(
        Measure::query()
            .filter((Measure::name, Measure::large, Measure::count).eq((String::from("a"), 1, 1)))
            .count(session)?,
        1
    );
    Ok(())
}

pub fn rows_are_ordered_from_left_to_right(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().filter(PAIR.gt(("a", 1))).count(session)?, 3);
    assert_eq!(Measure::query().filter(PAIR.lt(("b", 2))).count(session)?, 3);
    assert_eq!(Measure::query().filter(!PAIR.lt(("b", 1))).count(session)?, 2);
    Ok(())
}

pub fn rows_are_in_lists(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().filter(PAIR.in_([("a", 1), ("b", 2), ("c", 3)])).count(session)?, 2);
    assert_eq!(Measure::query().filter(PAIR.not_in(vec![("a", 1)])).count(session)?, 3);
    assert_eq!(Measure::query().filter(!PAIR.in_([("a".to_owned(), 1)])).count(session)?, 3);
    Ok(())
}

pub fn rows_are_in_long_lists(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let most = cx.capabilities().max_parameters / PARTS;
    let rows =
        |count: usize| (0..count).map(|index| (if index + 1 == count { "a" } else { "c" }, 2)).collect::<Vec<_>>();
    for count in [1000, 1001, 15_000] {
        assert_eq!(Measure::query().filter(PAIR.in_(rows(count))).count(session)?, 1);
        let others =
            Measure::query().filter(PAIR.not_in(rows(count)).and(Measure::name.ne("c")).or(Measure::count.eq(2)));
        assert_eq!(others.count(session)?, 4);
    }
    session.commit()?;
    cx.clear_log();
    let words = ["parameters", &cx.capabilities().max_parameters.to_string(), "in parts"];
    let different = (0..=most).map(|number| (number.to_string(), number as i64));
    expect_error(Measure::query().filter(PAIR.in_(different)).count(session), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    Ok(())
}

pub fn rows_are_in_no_empty_list(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let none: [(&str, i64); 0] = [];
    assert_eq!(Measure::query().filter(PAIR.in_(none)).count(session)?, 0);
    assert_eq!(Measure::query().filter(PAIR.not_in(none)).count(session)?, 4);
    Ok(())
}

pub fn rows_with_none_find_nulls(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let pair = (Measure::name, Measure::count);
    assert_eq!(Measure::query().filter(pair.eq(("b", 3)).or(pair.ne(("b", 3)))).count(session)?, 3);
    assert_eq!(
        Measure::query().filter(pair.ne(("a", 1))).count(session)?,
        3,
        "what differs in the name differs, NULL or not"
    );
    let count = |session: &mut Session, filter: Filter<Measure>| Measure::query().filter(filter).count(session);
    let missing = Measure::query().filter(Measure::count.is_null()).select(Measure::name).one(session)?;
    assert_eq!(count(session, pair.eq((&missing, None::<i32>)).of())?, 1);
    assert_eq!(count(session, pair.ne((&missing, None::<i32>)).of())?, 3);
    assert_eq!(count(session, pair.in_([("b", None), ("b", Some(3))]).of())?, 2, "the name with a count, and without");
    assert_eq!(count(session, pair.in_([(&*missing, None), ("b", Some(3)), ("x", None)]).of())?, 2);
    assert_eq!(count(session, pair.in_([(&*missing, None)]).of())?, 1);
    assert_eq!(count(session, pair.not_in([("b", None), ("x", Some(3))]).of())?, 2, "as SQL has it");
    Ok(())
}

pub fn the_next_page_begins_behind_a_row(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let page = |after: Option<(String, i64)>| {
        Measure::query().filter_opt(after.map(|after| PAIR.gt(after))).order_by(PAIR).limit(2).select(PAIR)
    };
    let first = page(None).all(session)?;
    let second = page(first.last().cloned()).all(session)?;
    assert_eq!(second, [("b".to_owned(), 1), ("b".to_owned(), 2)]);
    assert_eq!(page(second.last().cloned()).all(session)?, []);
    Ok(())
}
