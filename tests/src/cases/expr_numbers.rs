//! Arithmetic, functions of numbers, and casts.

use orm::functions::*;
use orm::prelude::*;
use orm::query::Select;
use orm::query::types::{Readable, Selection};
use orm::{ErrorKind, Result};
use rust_decimal::Decimal;

use crate::models::Measure;
use crate::{TestContext, expect_error};

cases! { expr_numbers {
    operators_on_integers [];
    values_stand_on_the_left [];
    null_makes_null [];
    integers_are_divided_without_a_fraction [];
    decimals_are_divided_exactly [];
    a_division_by_zero_is_an_error [];
    floats_are_computed [non_finite_floats];
    signs_are_turned [];
    numbers_are_rounded [];
    decimals_are_rounded [];
    powers_and_roots [];
    random_numbers_lie_between_0_and_1 [];
    numbers_are_cast [];
    text_is_cast [];
    casts_that_do_not_fit_are_errors [];
    expressions_filter_sort_and_group [];
    expressions_are_assigned [];
} }

/// Two rows: one with numbers and one with NULLs.
fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    session.add_all([
        Measure {
            small: 7,
            count: Some(-3),
            large: 20,
            single: 0.5,
            weight: Some(2.5),
            price: Some(Decimal::new(1050, 2)),
            flag: true,
            note: Some(" 42 ".into()),
            ..Measure::named("a")
        },
        Measure { small: 1, ..Measure::named("b") },
    ]);
    session.commit()?;
    Ok(session)
}

/// The selection, read from the row with numbers.
macro_rules! first {
    ($session:expr, $selection:expr) => {
        Measure::query().filter(Measure::name.eq("a")).select($selection).one($session)?
    };
}

/// The selection, read from the row with NULLs.
macro_rules! second {
    ($session:expr, $selection:expr) => {
        Measure::query().filter(Measure::name.eq("b")).select($selection).one($session)?
    };
}

pub fn operators_on_integers(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (n, count) = (Measure::large, Measure::count);
    assert_eq!(first!(session, (n + 1, n - 25, n * n, n / 3, n % 3)), (21, -5, 400, 6, 2));
    assert_eq!(
        first!(session, (count + 1, count * count, count / 2, count % 2)),
        (Some(-2), Some(9), Some(-1), Some(-1))
    );
    assert_eq!(first!(session, (Measure::small + 1_i16, (n + 1) * (n - 1) - n)), (8, 379));
    assert_eq!(first!(session, (n - (n - 5), n / (n / 7), n - (n + 1))), (5, 10, -1));
    Ok(())
}

pub fn values_stand_on_the_left(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let n = Measure::large;
    assert_eq!(first!(session, (5 + n, 5 - n, 5 * n, 100 / n, 50 % n)), (25, -15, 100, 5, 10));
    assert_eq!(first!(session, (1 + Measure::count, 2.0 * Measure::weight)), (Some(-2), Some(5.0)));
    let price = Decimal::new(21, 0) / Measure::price;
    assert_eq!(first!(session, price), Some(Decimal::TWO));
    assert_eq!(first!(session, (value(2) + 3, value(2.0) * 1.5)), (5, 3.0));
    assert_eq!(Measure::query().filter((10 - n).lt(0)).count(session)?, 1);
    Ok(())
}

pub fn null_makes_null(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (count, weight, price) = (Measure::count, Measure::weight, Measure::price);
    assert_eq!(second!(session, (count + 1, 1 / count, -count, abs(count))), (None, None, None, None));
    assert_eq!(second!(session, (weight / 0.0, weight * 2.0, sqrt(weight), round(weight))), (None, None, None, None));
    assert_eq!(second!(session, (price + Decimal::ONE, price % Decimal::ONE, ceil(price))), (None, None, None));
    assert_eq!(second!(session, (round_to(price, 1), round_to(weight, 1), power(weight, 2.0))), (None, None, None));
    assert_eq!(second!(session, (count.cast::<f64>(), count.cast::<String>())), (None, None));
    assert_eq!(second!(session, Measure::small + count.cast::<i16>()), None);
    Ok(())
}

pub fn integers_are_divided_without_a_fraction(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(first!(session, (value(7) / 2, value(-7) / 2, value(7) % -2, value(-7) % 2)), (3, -3, 1, -1));
    assert_eq!(first!(session, Measure::small.cast::<f64>() / 2.0), 3.5);
    Ok(())
}

pub fn decimals_are_divided_exactly(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let price = Measure::price;
    let two = Decimal::TWO;
    assert_eq!(
        first!(session, (price / two, price * two, price - two, price % two, -price)),
        (
            Some(Decimal::new(525, 2)),
            Some(Decimal::new(21, 0)),
            Some(Decimal::new(85, 1)),
            Some(Decimal::new(5, 1)),
            Some(Decimal::new(-105, 1))
        )
    );
    // Compared as numbers and not as text.
    assert_eq!(Measure::query().filter((price / two).lt(Decimal::TEN)).count(session)?, 1);
    assert_eq!(Measure::query().filter(price.gt(two * price / Decimal::TEN)).count(session)?, 1);
    Ok(())
}

pub fn a_division_by_zero_is_an_error(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let n = Measure::large;
    let zero = || Measure::query().filter(Measure::large.eq(0));
    if !cx.capabilities().arithmetic_errors {
        // It is NULL, which the row says that it is not.
        expect_error(zero().select(1 / n).all(session), ErrorKind::Decode, &["NULL"]);
        expect_error(zero().select(n % n).all(session), ErrorKind::Decode, &["NULL"]);
        return Ok(());
    }
    expect_error(zero().select(1 / n).all(session), ErrorKind::Database, &["division by zero"]);
    session.rollback()?;
    expect_error(zero().select(n % n).all(session), ErrorKind::Database, &["division by zero"]);
    session.rollback()?;
    expect_error(zero().select(value(1.5) / n.cast::<f64>()).all(session), ErrorKind::Database, &["division by zero"]);
    session.rollback()?;
    let decimal = value(Decimal::ONE) / n.cast::<Decimal>();
    expect_error(zero().select(decimal).all(session), ErrorKind::Database, &["division by zero"]);
    session.rollback()?;
    assert_eq!(zero().select(1 / nullif(n, 0)).all(session)?, [None]);
    Ok(())
}

pub fn floats_are_computed(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let weight = Measure::weight;
    assert_eq!(first!(session, (weight / 4.0, weight - 0.5, -weight)), (Some(0.625), Some(2.0), Some(-2.5)));
    assert_eq!(first!(session, (Measure::single / 2.0_f32, 1.0_f32 - Measure::single)), (0.25, 0.5));
    session.add(Measure { weight: Some(f64::NAN), ..Measure::named("n") });
    let nan =
        Measure::query().filter(Measure::name.eq("n")).select((weight / 0.0, -weight, abs(weight), round(weight)));
    let (a, b, c, d) = nan.one(session)?;
    assert!([a, b, c, d].iter().all(|value| value.is_some_and(f64::is_nan)), "{a:?} {b:?} {c:?} {d:?}");
    Ok(())
}

pub fn signs_are_turned(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let (n, count, price) = (Measure::large, Measure::count, Measure::price);
    assert_eq!(first!(session, (-n, -(-n), -count, abs(count), abs(-n))), (-20, 20, Some(3), Some(3), 20));
    assert_eq!(first!(session, (abs(-price), abs(-Measure::weight))), (Some(Decimal::new(105, 1)), Some(2.5)));
    assert_eq!(first!(session, n - -n), 40);
    assert_eq!(Measure::query().order_by(-Measure::small).select(Measure::name).all(session)?, ["a", "b"]);
    Ok(())
}

pub fn numbers_are_rounded(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    for (given, nearest, above, below) in [
        (2.5, 2.0, 3.0, 2.0),
        (3.5, 4.0, 4.0, 3.0),
        (-2.5, -2.0, -2.0, -3.0),
        (-0.2, 0.0, 0.0, -1.0),
        (1e300, 1e300, 1e300, 1e300),
    ] {
        let found = first!(session, (round(value(given)), ceil(value(given)), floor(value(given))));
        assert_eq!(found, (nearest, above, below), "{given}");
    }
    for (given, digits, expected) in
        [(2.675, 2, 2.68), (-2.675, 2, -2.68), (0.05, 1, 0.1), (1234.5, 0, 1235.0), (0.1, 20, 0.1), (1e-20, 5, 0.0)]
    {
        assert_eq!(first!(session, round_to(value(given), digits)), expected, "{given} {digits}");
    }
    assert_eq!(
        first!(session, (round(Measure::single), ceil(Measure::single), round_to(Measure::single, 1))),
        (0.0, 1.0, 0.5)
    );
    assert_eq!(first!(session, round_to(Measure::weight, 0)), Some(3.0));
    Ok(())
}

pub fn decimals_are_rounded(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let price = Measure::price;
    let found = first!(session, (round(price), round(-price), ceil(price), floor(price), floor(-price)));
    let whole = |number: i64| Some(Decimal::new(number, 0));
    assert_eq!(found, (whole(11), whole(-11), whole(11), whole(10), whole(-11)));
    let text = first!(session, (round_to(price, 1).cast::<String>(), round_to(price, 3).cast::<String>()));
    assert_eq!(text, (Some("10.5".into()), Some("10.500".into())));
    Ok(())
}

pub fn powers_and_roots(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(first!(session, (power(Measure::weight, 2.0), power(2.0, -1.0), sqrt(6.25))), (Some(6.25), 0.5, 2.5));
    if !cx.capabilities().arithmetic_errors {
        expect_error(Measure::query().select(sqrt(-1.0)).all(session), ErrorKind::Decode, &["NULL"]);
        return Ok(());
    }
    expect_error(Measure::query().select(sqrt(-1.0)).all(session), ErrorKind::Database, &["square root"]);
    session.rollback()?;
    expect_error(Measure::query().select(power(-8.0, 0.5)).all(session), ErrorKind::Database, &["power"]);
    session.rollback()?;
    expect_error(Measure::query().select(power(0.0, -1.0)).all(session), ErrorKind::Database, &["power"]);
    Ok(())
}

pub fn random_numbers_lie_between_0_and_1(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let rows: Vec<f64> = Measure::query().select(random()).all(session)?;
    assert!(rows.len() == 2 && rows[0] != rows[1] && rows.iter().all(|number| (0.0..1.0).contains(number)), "{rows:?}");
    assert_eq!(Measure::query().order_by(random()).limit(1).all(session)?.len(), 1);
    Ok(())
}

pub fn numbers_are_cast(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(first!(session, (Measure::small.cast::<i64>() + Measure::large, Measure::flag.cast::<i32>())), (27, 1));
    for (given, expected) in [(2.5, 2), (3.5, 4), (-2.5, -2), (0.49, 0)] {
        assert_eq!(first!(session, value(given).cast::<i64>()), expected, "{given}");
    }
    let (half, minus) = (value(Decimal::new(25, 1)), value(Decimal::new(-25, 1)));
    assert_eq!(first!(session, (half.cast::<i32>(), minus.cast::<i16>())), (3, -3));
    assert_eq!(
        first!(session, (Measure::price.cast::<f64>(), value(0.1).cast::<Decimal>())),
        (Some(10.5), Decimal::new(1, 1))
    );
    assert_eq!(
        first!(session, (value(0.1).cast::<f32>(), value(0.1_f32).cast::<f64>())),
        (0.1_f32, f64::from(0.1_f32))
    );
    let [large, small] = cx.spelled_by([["1e+20", "-1.5e-07"], ["1e+20", "-1.5e-07"], ["1e20", "-0.00000015"]]);
    for (given, expected) in [(1.0, "1"), (0.1, "0.1"), (1e20, large), (-1.5e-7, small), (123_456.75, "123456.75")] {
        assert_eq!(first!(session, value(given).cast::<String>()), expected);
    }
    assert_eq!(
        first!(session, (Measure::large.cast::<String>(), Measure::price.cast::<String>())),
        ("20".into(), Some(if cx.capabilities().decimal_zeros { "10.50" } else { "10.5" }.into()))
    );
    Ok(())
}

pub fn text_is_cast(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = Measure::note;
    assert_eq!(
        first!(session, (note.cast::<i32>(), note.cast::<f64>(), trim(note).cast::<Decimal>())),
        (Some(42), Some(42.0), Some(Decimal::new(42, 0)))
    );
    assert_eq!(
        first!(session, (value("-1.5e3").cast::<f64>(), value("1.50").cast::<Decimal>())),
        (-1500.0, Decimal::new(15, 1))
    );
    let decimal_as_text = Measure::price.cast::<String>().lt("9");
    assert_eq!(Measure::query().filter(decimal_as_text).count(session)?, 1, "text is compared as text");
    Ok(())
}

pub fn casts_that_do_not_fit_are_errors(cx: &mut TestContext) -> Result<()> {
    fn refused<S, I>(session: &mut Session, selection: S) -> Result<()>
    where
        S: Selection,
        S::Picks: Readable<(orm::query::scope::Of<Measure>, ()), I>,
        <S::Picks as Readable<(orm::query::scope::Of<Measure>, ()), I>>::Row: std::fmt::Debug,
    {
        let query: Select<_, _> = Measure::query().select(selection);
        // Where it is no error of the database's, the row has no such value.
        let error = query.all(session).expect_err("a value that does not fit");
        assert!(matches!(error.kind(), ErrorKind::Database | ErrorKind::Decode), "{error}");
        session.rollback()
    }
    let session = &mut measures(cx)?;
    refused(session, value(100_000).cast::<i16>())?;
    refused(session, value(1e10).cast::<i32>())?;
    if cx.capabilities().non_finite_floats {
        refused(session, value(f64::NAN).cast::<i64>())?;
    }
    refused(session, value(1e300).cast::<f32>())?;
    refused(session, value("seven").cast::<i32>())?;
    refused(session, value("1.5").cast::<i32>())?;
    refused(session, value("x").cast::<f64>())?;
    refused(session, value("").cast::<Decimal>())
}

pub fn expressions_filter_sort_and_group(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let parity = || Measure::large % 2;
    let rows: Vec<(i64, i64)> = Measure::query()
        .group_by(parity())
        .having(max(Measure::large / 2).ge(0))
        .select((parity(), count_all()))
        .all(session)?;
    assert_eq!(rows, [(0, 2)]);
    let order = Measure::query().order_by((100 - Measure::large).desc()).select(Measure::name).all(session)?;
    assert_eq!(order, ["b", "a"]);
    assert_eq!(Measure::query().select(sum(Measure::large * 2 + 1)).one(session)?, Some(42));
    let average =
        Measure::query().select(sum(Measure::large).cast::<f64>() / count_all().cast::<f64>()).one(session)?;
    assert_eq!(average, Some(10.0));
    Ok(())
}

pub fn expressions_are_assigned(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let all = Measure::query().order_by(Measure::name).all(session)?;
    let large = case().when(Measure::flag, Measure::large / 3).otherwise(100 - Measure::large);
    Measure::query().update((Measure::large.set(large), Measure::weight.set(-Measure::weight))).execute(session)?;
    assert_eq!((session[all[0]].large, session[all[0]].weight), (6, Some(-2.5)));
    assert_eq!((session[all[1]].large, session[all[1]].weight), (100, None));
    session.set_expr(all[0], Measure::name, upper(Measure::name).concat("!"))?;
    session.commit()?;
    assert_eq!(session[all[0]].name, "A!");
    Ok(())
}
