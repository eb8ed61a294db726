//! Functions over windows.

use orm::functions::*;
use orm::prelude::*;
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::{Address, Measure, User};
use crate::{TestContext, expect_error};

cases! { expr_windows {
    rows_are_numbered_and_ranked [];
    ranks_as_parts [];
    buckets [];
    neighbours [];
    ends_of_frames [];
    aggregates_run_along [];
    frames_of_rows [];
    frames_of_values_and_groups [frame_groups];
    rows_are_left_out_of_frames [frame_groups];
    every_aggregate_has_a_window [list_windows];
    floats_leave_a_window_without_a_trace [non_finite_floats];
    conditions_in_a_window [];
    a_window_is_shared [];
    windows_over_groups [];
    windows_over_nothing [];
    windows_sort_rows [];
    windows_of_a_left_join [];
    a_window_is_no_condition [];
} }

/// `name`, `count` and `price` of rows in the order of their keys.
fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    for (name, large, count) in
        [("a", 1, Some(1)), ("a", 2, Some(2)), ("b", 2, None), ("b", 5, Some(4)), ("b", 6, Some(8))]
    {
        let (price, weight) = (count.map(|count| Decimal::new(count.into(), 1)), count.map(f64::from));
        session.add(Measure {
            large,
            count,
            price,
            weight,
            checked: count.map(|count| count > 1),
            ..Measure::named(name)
        });
    }
    session.commit()?;
    Ok(session)
}

macro_rules! all {
    ($session:expr, $selection:expr) => {
        Measure::query().order_by(Measure::id).select($selection).all($session)?
    };
}

pub fn rows_are_numbered_and_ranked(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let by_large = window().order_by(Measure::large);
    let rows = all!(
        session,
        (
            row_number().over(window().order_by(Measure::id.desc())),
            rank().over(by_large.clone()),
            dense_rank().over(by_large)
        )
    );
    assert_eq!(rows, [(5, 1, 1), (4, 2, 2), (3, 2, 2), (2, 4, 3), (1, 5, 4)]);
    let in_name = row_number().over(window().partition_by(Measure::name).order_by(Measure::id));
    assert_eq!(all!(session, in_name), [1, 2, 1, 2, 3]);
    Ok(())
}

pub fn ranks_as_parts(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let by_large = window().order_by(Measure::large);
    let rows = all!(session, (percent_rank().over(by_large.clone()), cume_dist().over(by_large)));
    assert_eq!(rows, [(0.0, 0.2), (0.25, 0.6), (0.25, 0.6), (0.75, 0.8), (1.0, 1.0)]);
    Ok(())
}

pub fn buckets(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, ntile(2).over(window().order_by(Measure::id))), [1, 1, 1, 2, 2]);
    Ok(())
}

pub fn neighbours(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let by_id = window().order_by(Measure::id);
    let rows = all!(session, (lag(Measure::large, 1).over(by_id.clone()), lead(Measure::count, 2).over(by_id.clone())));
    assert_eq!(rows, [(None, None), (Some(1), Some(4)), (Some(2), Some(8)), (Some(2), None), (Some(5), None)]);
    let growth = Measure::large - coalesce(lag(Measure::large, 1).over(by_id.clone()), 0);
    assert_eq!(all!(session, growth), [1, 1, 0, 3, 1]);
    let price = lag(Measure::price, 1).over(by_id);
    assert_eq!(all!(session, price)[1], Some(Decimal::new(1, 1)));
    Ok(())
}

pub fn ends_of_frames(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let whole = || {
        window()
            .partition_by(Measure::name)
            .order_by(Measure::id)
            .rows(Bound::UnboundedPreceding, Bound::UnboundedFollowing)
    };
    let (first, last) = (first_value(Measure::large).over(whole()), last_value(Measure::large).over(whole()));
    let rows = all!(session, (first, last, nth_value(Measure::large, 3).over(whole())));
    assert_eq!(rows[0], (Some(1), Some(2), None));
    assert_eq!(rows[4], (Some(2), Some(6), Some(6)));
    let empty = window().order_by(Measure::id).rows(Bound::Preceding(2), Bound::Preceding(1));
    assert_eq!(all!(session, first_value(Measure::name).over(empty))[0], None);
    Ok(())
}

pub fn aggregates_run_along(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let along = window().order_by(Measure::id);
    let rows = all!(
        session,
        (sum(Measure::count).over(along.clone()), count(Measure::count).over(along), count_all().over(window()))
    );
    assert_eq!(rows, [(Some(1), 1, 5), (Some(3), 2, 5), (Some(3), 2, 5), (Some(7), 3, 5), (Some(15), 4, 5)]);
    let peers = all!(session, sum(Measure::large).over(window().order_by(Measure::large)));
    assert_eq!(peers, [Some(1), Some(5), Some(5), Some(10), Some(16)]);
    Ok(())
}

pub fn frames_of_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let around = || window().order_by(Measure::id).rows(Bound::Preceding(1), Bound::Following(1));
    let rows = all!(
        session,
        (sum(Measure::large).over(around()), avg(Measure::count).over(around()), max(Measure::price).over(around()))
    );
    let decimal = |tenths| Some(Decimal::new(tenths, 1));
    assert_eq!(rows[0], (Some(3), Some(1.5), decimal(2)));
    assert_eq!(rows[2], (Some(9), Some(3.0), decimal(4)));
    assert_eq!(rows[4], (Some(11), Some(6.0), decimal(8)));
    let rest = window().order_by(Measure::id).rows(Bound::CurrentRow, Bound::UnboundedFollowing);
    assert_eq!(all!(session, sum(Measure::large).over(rest)), [Some(16), Some(15), Some(13), Some(11), Some(6)]);
    Ok(())
}

pub fn frames_of_values_and_groups(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let near = window().order_by(Measure::large).range(Bound::Preceding(1), Bound::Following(1));
    assert_eq!(all!(session, count_all().over(near)), [3, 3, 3, 2, 2]);
    let groups = window().order_by(Measure::large).groups(Bound::Preceding(1), Bound::CurrentRow);
    assert_eq!(all!(session, count_all().over(groups)), [1, 3, 3, 3, 2]);
    Ok(())
}

pub fn rows_are_left_out_of_frames(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let all = || window().order_by(Measure::large).rows(Bound::UnboundedPreceding, Bound::UnboundedFollowing);
    let total = |exclude| sum(Measure::large).over(all().exclude(exclude));
    let rows = all!(session, (total(Exclude::CurrentRow), total(Exclude::Group), total(Exclude::Ties)));
    assert_eq!(rows[0], (Some(15), Some(15), Some(16)));
    assert_eq!(rows[1], (Some(14), Some(12), Some(14)));
    let without_a_frame = count_all().over(window().order_by(Measure::large).exclude(Exclude::CurrentRow));
    assert_eq!(all!(session, without_a_frame), [0, 2, 2, 3, 4]);
    Ok(())
}

pub fn every_aggregate_has_a_window(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let along = || window().partition_by(Measure::name).order_by(Measure::id);
    let rows = all!(
        session,
        (
            sum(Measure::price).over(along()),
            avg(Measure::price).over(along()),
            sum(Measure::weight).over(along()),
            avg(Measure::count).over(along()),
            min(Measure::price).over(along()),
            string_agg(Measure::name, "+").over(along()),
            bool_or(Measure::checked).over(along()),
            json_agg(Measure::large).over(along()),
        )
    );
    let decimal = |number, scale| Some(Decimal::new(number, scale));
    assert_eq!(
        rows[1],
        (
            decimal(3, 1),
            decimal(15, 2),
            Some(3.0),
            Some(1.5),
            decimal(1, 1),
            Some("a+a".into()),
            Some(true),
            Some(serde_json::json!([1, 2]))
        )
    );
    assert_eq!((rows[2].0, rows[2].6, rows[4].0), (None, None, decimal(12, 1)));
    Ok(())
}

pub fn floats_leave_a_window_without_a_trace(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Measure])?;
    let session = &mut cx.session();
    for weight in [1e100, 0.1, f64::INFINITY, 0.2, f64::NAN, 0.3, 0.4] {
        session.add(Measure { weight: Some(weight), ..Measure::named("x") });
    }
    let moving = window().order_by(Measure::id).rows(Bound::Preceding(1), Bound::CurrentRow);
    let sums = all!(session, coalesce(sum(Measure::weight).over(moving), 0.0));
    assert_eq!(sums[..4], [1e100, 1e100, f64::INFINITY, f64::INFINITY]);
    assert!(sums[4].is_nan() && sums[5].is_nan(), "{sums:?}");
    assert_eq!(sums[6], 0.7);
    Ok(())
}

pub fn conditions_in_a_window(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let odd = sum(Measure::large).filter(Measure::name.eq("b")).over(window().order_by(Measure::id));
    assert_eq!(all!(session, odd), [None, None, Some(2), Some(7), Some(13)]);
    Ok(())
}

pub fn a_window_is_shared(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let shared =
        window().partition_by((Measure::name, Measure::large % 2)).order_by((Measure::large.desc(), Measure::id));
    let rows = all!(session, (row_number().over(shared.clone()), first_value(Measure::large).over(shared)));
    assert_eq!(rows, [(1, Some(1)), (1, Some(2)), (2, Some(6)), (1, Some(5)), (1, Some(6))]);
    Ok(())
}

pub fn windows_over_groups(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let total = sum(coalesce(sum(Measure::large), 0)).over(window());
    let rows: Vec<(String, i64, Option<i64>)> = Measure::query()
        .group_by(Measure::name)
        .order_by(Measure::name)
        .select((Measure::name, rank().over(window().order_by(count_all().desc())), total))
        .all(session)?;
    assert_eq!(rows, [("a".into(), 2, Some(16)), ("b".into(), 1, Some(16))]);
    Ok(())
}

pub fn windows_over_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let none = Measure::query()
        .filter(Measure::id.lt(0))
        .select((row_number().over(window()), sum(Measure::large).over(window())));
    assert_eq!(none.all(session)?, []);
    let numbered = Measure::query().select(row_number().over(window().order_by(Measure::id)));
    assert_eq!(numbered.count(session)?, 5, "a window makes no group");
    Ok(())
}

pub fn windows_sort_rows(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let in_name = row_number().over(window().partition_by(Measure::name).order_by(Measure::id.desc()));
    let rows = Measure::query().order_by((in_name, Measure::name)).select(Measure::large).all(session)?;
    assert_eq!(rows, [2, 6, 1, 5, 2]);
    Ok(())
}

pub fn windows_of_a_left_join(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let session = &mut cx.session();
    session.add(User {
        addresses: [Address::in_city("Oslo"), Address::in_city("Rome")].into_iter().collect(),
        ..User::named("ann")
    });
    session.add(User::named("bob"));
    let by_city = window().partition_by(User::id).order_by(Address::city);
    let rows: Vec<(String, Option<String>, i64)> = User::query()
        .left_join(User::addresses)
        .order_by((User::id, Address::city))
        .select((User::name, lead(Address::city, 1).over(by_city.clone()), row_number().over(by_city)))
        .all(session)?;
    assert_eq!(rows, [("ann".into(), Some("Rome".into()), 1), ("ann".into(), None, 2), ("bob".into(), None, 1)]);
    Ok(())
}

pub fn a_window_is_no_condition(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let first = || row_number().over(window().order_by(Measure::id)).eq(1);
    expect_error(Measure::query().filter(first()).all(session), ErrorKind::InvalidState, &["WHERE", "subquery"]);
    expect_error(
        Measure::query().filter(Measure::flag.or(first())).count(session),
        ErrorKind::InvalidState,
        &["WHERE"],
    );
    expect_error(Measure::query().filter(first()).delete().execute(session), ErrorKind::InvalidState, &["WHERE"]);
    let grouped = Measure::query()
        .group_by(Measure::name)
        .having(row_number().over(window().order_by(Measure::name)).eq(1))
        .select(Measure::name);
    expect_error(grouped.all(session), ErrorKind::InvalidState, &["HAVING"]);
    Ok(())
}
