//! `case`, `coalesce`, `nullif`, `greatest`, `least`, comparisons of NULLs, and lists of conditions.

use orm::Result;
use orm::functions::*;
use orm::prelude::*;
use orm::query::Expr;
use orm::query::scope::Of;
use rust_decimal::Decimal;

use crate::TestContext;
use crate::models::{Measure, Status};

cases! { expr_choices {
    the_first_condition_that_holds_counts [];
    without_a_condition_that_holds_there_is_null [];
    a_condition_that_is_null_does_not_hold [];
    cases_are_of_any_type [];
    cases_sort_and_group [];
    the_first_value_that_is_there [];
    a_value_that_means_nothing [];
    the_greatest_and_the_least [];
    decimals_are_chosen_by_their_value [];
    null_is_a_value_like_others [];
    lists_of_conditions_are_combined [];
    no_condition_at_all [];
} }

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    for (name, count, price, checked) in
        [("a", Some(1), Some(95), Some(true)), ("b", Some(5), Some(100), Some(false)), ("c", None, None, None)]
    {
        let price = price.map(|price| Decimal::new(price, 1));
        session.add(Measure { count, price, checked, large: 3, small: 2, ..Measure::named(name) });
    }
    session.commit()?;
    Ok(session)
}

macro_rules! all {
    ($session:expr, $selection:expr) => {
        Measure::query().order_by(Measure::name).select($selection).all($session)?
    };
}

pub fn the_first_condition_that_holds_counts(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let size = case().when(Measure::count.lt(3), "few").when(Measure::count.lt(9), "some").otherwise("unknown");
    assert_eq!(all!(session, size), ["few", "some", "unknown"]);
    let twice = case().when(Measure::count.ge(1), 1).when(Measure::count.ge(5), 2).otherwise(3);
    assert_eq!(all!(session, twice), [1, 1, 3]);
    Ok(())
}

pub fn without_a_condition_that_holds_there_is_null(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, case().when(Measure::count.gt(1), Measure::name).end()), [None, Some("b".into()), None]);
    let maybe = case().when(Measure::count.gt(1), Measure::count).otherwise(0);
    assert_eq!(all!(session, maybe), [Some(0), Some(5), Some(0)]);
    Ok(())
}

pub fn a_condition_that_is_null_does_not_hold(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, case().when(Measure::checked, "yes").otherwise("no")), ["yes", "no", "no"]);
    assert_eq!(all!(session, case().when(!Measure::checked, "yes").otherwise("no")), ["no", "yes", "no"]);
    Ok(())
}

pub fn cases_are_of_any_type(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let first = || Measure::name.eq("a");
    let row = all!(
        session,
        (
            case().when(first(), 1.5).otherwise(2.5),
            case().when(first(), true).otherwise(false),
            case().when(first(), Decimal::new(15, 1)).otherwise(Measure::price),
            case().when(first(), Status::Done).otherwise(Measure::status),
        )
    );
    assert_eq!(row[0], (1.5, true, Some(Decimal::new(15, 1)), Status::Done));
    assert_eq!(row[1], (2.5, false, Some(Decimal::TEN), Status::Open));
    Ok(())
}

pub fn cases_sort_and_group(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let known = || case().when(Measure::count.is_null(), "unknown").otherwise("known");
    let rows: Vec<(String, i64)> =
        Measure::query().group_by(known()).order_by(known()).select((known(), count_all())).all(session)?;
    assert_eq!(rows, [("known".into(), 2), ("unknown".into(), 1)]);
    let rank = case().when(Measure::name.eq("b"), 0).otherwise(1);
    assert_eq!(Measure::query().order_by((rank, Measure::name)).select(Measure::name).all(session)?.concat(), "bac");
    let ones = sum(case().when(Measure::checked, 1).otherwise(0));
    assert_eq!(Measure::query().select(ones).one(session)?, Some(1_i64));
    Ok(())
}

pub fn the_first_value_that_is_there(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, coalesce(Measure::count, 9)), [1, 5, 9]);
    assert_eq!(all!(session, coalesce(Measure::note, Measure::name)), ["a", "b", "c"]);
    let three = coalesce(coalesce(nullif(Measure::count, 1), nullif(Measure::count, 5)), -1);
    assert_eq!(all!(session, three), [1, 5, -1]);
    assert_eq!(all!(session, coalesce(Measure::note, None::<String>)), [None, None, None]);
    Ok(())
}

pub fn a_value_that_means_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, nullif(Measure::count, 1)), [None, Some(5), None]);
    assert_eq!(all!(session, nullif(Measure::name, "c")), [Some("a".into()), Some("b".into()), None]);
    assert_eq!(all!(session, nullif(Measure::price, Decimal::TEN))[1], None, "10.0 is 10");
    Ok(())
}

pub fn the_greatest_and_the_least(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let count = Measure::count;
    assert_eq!(
        all!(session, (greatest(count, 3), least(count, 3))),
        [(Some(3), Some(1)), (Some(5), Some(3)), (None, None)]
    );
    assert_eq!(all!(session, greatest(greatest(Measure::large, 2), 4)), [4, 4, 4]);
    assert_eq!(all!(session, least(value(9), count)), [Some(1), Some(5), None]);
    assert_eq!(all!(session, greatest(Measure::name, "b")), ["b", "b", "c"]);
    assert_eq!(all!(session, greatest(value(1.5), 2.5).label("x")), [2.5, 2.5, 2.5]);
    Ok(())
}

pub fn decimals_are_chosen_by_their_value(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let nine = Decimal::new(97, 1);
    assert_eq!(all!(session, greatest(Measure::price, nine)), [Some(nine), Some(Decimal::TEN), None]);
    assert_eq!(all!(session, least(value(nine), Measure::price)), [Some(Decimal::new(95, 1)), Some(nine), None]);
    let chosen = case().when(Measure::large.gt(1), Measure::price).end();
    assert_eq!(Measure::query().filter(chosen.gt(nine)).select(Measure::name).all(session)?, ["b"]);
    Ok(())
}

pub fn null_is_a_value_like_others(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let count = Measure::count;
    let names = |query: orm::query::Query<Measure>, session: &mut Session| -> Result<String> {
        Ok(query.order_by(Measure::name).select(Measure::name).all(session)?.concat())
    };
    assert_eq!(names(Measure::query().filter(count.is_distinct_from(1)), session)?, "bc");
    assert_eq!(names(Measure::query().filter(count.is_distinct_from(None)), session)?, "ab");
    assert_eq!(names(Measure::query().filter(count.is_not_distinct_from(5)), session)?, "b");
    assert_eq!(names(Measure::query().filter(count.is_not_distinct_from(None)), session)?, "c");
    assert_eq!(names(Measure::query().filter(!count.is_distinct_from(count)), session)?, "abc");
    assert_eq!(all!(session, count.is_distinct_from(1)), [false, true, true]);
    let changed = Measure::query().filter(count.is_not_distinct_from(None)).update(Measure::large.set(0));
    assert_eq!(changed.execute(session)?, 1);
    Ok(())
}

pub fn lists_of_conditions_are_combined(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let mut conditions: Vec<Expr<bool, Of<Measure>>> = Vec::new();
    for name in ["a", "c", "x"] {
        conditions.push(Measure::name.starts_with(name));
    }
    assert_eq!(Measure::query().filter(any_of(conditions.clone())).count(session)?, 2);
    assert_eq!(Measure::query().filter(all_of(conditions.clone())).count(session)?, 0);
    assert_eq!(Measure::query().filter(!any_of(conditions)).count(session)?, 1);
    let ranges = [(1, 1), (4, 6)].map(|(low, high)| Measure::count.ge(low).and(Measure::count.le(high)));
    assert_eq!(Measure::query().filter(any_of(ranges).and(Measure::price.gt(Decimal::ONE))).count(session)?, 2);
    Ok(())
}

pub fn no_condition_at_all(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let none = Vec::<Expr<bool, Of<Measure>>>::new;
    assert_eq!(Measure::query().filter(any_of(none())).count(session)?, 0);
    assert_eq!(Measure::query().filter(all_of(none())).count(session)?, 3);
    assert_eq!(Measure::query().filter(!any_of(none())).count(session)?, 3);
    assert_eq!(Measure::query().filter(all_of(none()).and(Measure::count.is_null())).count(session)?, 1);
    assert_eq!(all!(session, (any_of(none()), all_of(none()))), [(false, true); 3]);
    Ok(())
}
