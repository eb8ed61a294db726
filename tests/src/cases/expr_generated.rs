//! Random expressions, computed by the database and by a few lines of Rust.

use std::fmt::Debug;

use orm::Result;
use orm::functions::*;
use orm::prelude::*;
use orm::query::scope::Of;
use orm::query::types::{Operand, Strict};
use orm::query::{Condition, Expression};
use orm_core::sql;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::TestContext;
use crate::models::OptionalTypes as Row;

cases! { expr_generated {
    any_expression_means_the_same [];
} }

/// An expression of type `V` over a row, with its form erased.
#[derive(Clone)]
struct Any<V>(sql::Expr, std::marker::PhantomData<V>);

impl<V: Strict> Expression for Any<V> {
    type Value = V;
    type Scope = Of<Row>;

    fn into_sql(self) -> sql::Expr {
        self.0
    }
}

impl<T: orm::ColumnType<Base = T>> Operand<T> for Any<Option<T>> {
    type Value = Option<T>;
    type Scope = Of<Row>;
    type With<S> = (S, Of<Row>);

    fn into_operand(self) -> sql::Expr {
        self.0
    }
}

/// Erases the form of the expression.
fn any<V>(expr: impl Expression) -> Any<V> {
    Any(expr.into_sql(), std::marker::PhantomData)
}

#[derive(Debug, Clone)]
enum Int {
    Column,
    Value(Option<i8>),
    Compute(Box<Int>, char, Box<Int>),
    Neg(Box<Int>),
    Abs(Box<Int>),
    Coalesce(Box<Int>, Box<Int>),
    NullIf(Box<Int>, Box<Int>),
    Greatest(Box<Int>, Box<Int>),
    Least(Box<Int>, Box<Int>),
    Case(Box<Bool>, Box<Int>, Box<Int>),
    Rounded(Box<Float>),
    Length(Box<Text>),
    Position(Box<Text>, Box<Text>),
}

#[derive(Debug, Clone)]
enum Float {
    Column,
    Quarters(Option<i8>),
    Compute(Box<Float>, char, Box<Float>),
    Half(Box<Float>),
    Of(Box<Int>),
    Round(Box<Float>),
    Ceil(Box<Float>),
    Floor(Box<Float>),
    Case(Box<Bool>, Box<Float>),
}

#[derive(Debug, Clone)]
enum Text {
    Column,
    Value(Option<&'static str>),
    Concat(Box<Text>, Box<Text>),
    Upper(Box<Text>),
    Lower(Box<Text>),
    Trim(Box<Text>),
    Substr(Box<Text>, i32, i32),
    Replace(Box<Text>, &'static str, &'static str),
    Of(Box<Int>),
    Coalesce(Box<Text>, Box<Text>),
}

#[derive(Debug, Clone)]
enum Bool {
    Column,
    IsNull(Box<Int>),
    Ints(Box<Int>, u8, Box<Int>),
    Floats(Box<Float>, u8, Box<Float>),
    Texts(Box<Text>, bool, Box<Text>),
    Distinct(Box<Int>, bool, Box<Int>),
    Between(Box<Int>, i8, i8),
    In(Box<Int>, bool, Vec<i8>),
    StartsWith(Box<Text>, &'static str),
    Not(Box<Bool>),
    All(Vec<Bool>),
    Some(Vec<Bool>),
}

impl Int {
    fn expr(&self) -> Any<Option<i64>> {
        // What stands on the left of an operator must be an expression of ours.
        let left = |int: &Self| int.expr().cast::<i64>();
        match self {
            Self::Column => any(Row::large),
            Self::Value(number) => any(value(number.map(i64::from))),
            Self::Compute(a, '+', b) => any(left(a) + b.expr()),
            Self::Compute(a, '-', b) => any(left(a) - b.expr()),
            Self::Compute(a, '*', b) => any(left(a) * b.expr()),
            Self::Compute(a, '/', b) => any(left(a) / nullif(b.expr(), 0)),
            Self::Compute(a, _, b) => any(left(a) % nullif(b.expr(), 0)),
            Self::Neg(a) => any(-left(a)),
            Self::Abs(a) => any(abs(a.expr())),
            Self::Coalesce(a, b) => any(coalesce(a.expr(), b.expr())),
            Self::NullIf(a, b) => any(nullif(a.expr(), b.expr())),
            Self::Greatest(a, b) => any(greatest(a.expr(), b.expr())),
            Self::Least(a, b) => any(least(a.expr(), b.expr())),
            Self::Case(condition, a, b) => any(case().when(condition.expr(), a.expr()).otherwise(b.expr())),
            Self::Rounded(a) => any(a.expr().cast::<i64>()),
            Self::Length(a) => any(length(a.expr()).cast::<i64>()),
            Self::Position(a, b) => any(position(a.expr(), b.expr()).cast::<i64>()),
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the numbers are small")]
    fn eval(&self, row: &Row) -> Option<i64> {
        let both = |a: &Self, b: &Self| Some((a.eval(row)?, b.eval(row)?));
        match self {
            Self::Column => row.large,
            Self::Value(number) => number.map(i64::from),
            Self::Compute(a, op, b) => both(a, b).and_then(|(a, b)| match op {
                '+' => Some(a + b),
                '-' => Some(a - b),
                '*' => Some(a * b),
                '/' => a.checked_div(b),
                _ => a.checked_rem(b),
            }),
            Self::Neg(a) => a.eval(row).map(|a| -a),
            Self::Abs(a) => a.eval(row).map(i64::abs),
            Self::Coalesce(a, b) => a.eval(row).or_else(|| b.eval(row)),
            Self::NullIf(a, b) => a.eval(row).filter(|a| b.eval(row) != Some(*a)),
            Self::Greatest(a, b) => both(a, b).map(|(a, b)| a.max(b)),
            Self::Least(a, b) => both(a, b).map(|(a, b)| a.min(b)),
            Self::Case(condition, a, b) => if condition.eval(row) == Some(true) { a } else { b }.eval(row),
            Self::Rounded(a) => a.eval(row).map(|a| a.round_ties_even() as i64),
            Self::Length(a) => a.eval(row).map(|a| a.chars().count() as i64),
            Self::Position(a, b) => {
                let (a, b) = (a.eval(row)?, b.eval(row)?);
                Some(a.find(&b).map_or(0, |at| a[..at].chars().count() as i64 + 1))
            }
        }
    }
}

impl Float {
    fn expr(&self) -> Any<Option<f64>> {
        let left = |float: &Self| float.expr().cast::<f64>();
        match self {
            Self::Column => any(Row::double),
            Self::Quarters(number) => any(value(number.map(|number| f64::from(number) / 4.0))),
            Self::Compute(a, '+', b) => any(left(a) + b.expr()),
            Self::Compute(a, '-', b) => any(left(a) - b.expr()),
            Self::Compute(a, _, b) => any(left(a) * b.expr()),
            Self::Half(a) => any(left(a) / 2.0),
            Self::Of(a) => any(a.expr().cast::<f64>()),
            Self::Round(a) => any(round(a.expr())),
            Self::Ceil(a) => any(ceil(a.expr())),
            Self::Floor(a) => any(floor(a.expr())),
            Self::Case(condition, a) => any(case().when(condition.expr(), a.expr()).end()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
    fn eval(&self, row: &Row) -> Option<f64> {
        match self {
            Self::Column => row.double,
            Self::Quarters(number) => number.map(|number| f64::from(number) / 4.0),
            Self::Compute(a, op, b) => {
                let (a, b) = (a.eval(row)?, b.eval(row)?);
                Some(match op {
                    '+' => a + b,
                    '-' => a - b,
                    _ => a * b,
                })
            }
            Self::Half(a) => a.eval(row).map(|a| a / 2.0),
            Self::Of(a) => a.eval(row).map(|a| a as f64),
            Self::Round(a) => a.eval(row).map(f64::round_ties_even),
            Self::Ceil(a) => a.eval(row).map(f64::ceil),
            Self::Floor(a) => a.eval(row).map(f64::floor),
            Self::Case(condition, a) => condition.eval(row).filter(|holds| *holds).and_then(|_| a.eval(row)),
        }
    }
}

impl Text {
    fn expr(&self) -> Any<Option<String>> {
        match self {
            Self::Column => any(Row::text),
            Self::Value(text) => any(value(*text)),
            Self::Concat(a, b) => any(a.expr().concat(b.expr())),
            Self::Upper(a) => any(upper(a.expr())),
            Self::Lower(a) => any(lower(a.expr())),
            Self::Trim(a) => any(trim(a.expr())),
            Self::Substr(a, from, count) => any(substr(a.expr(), *from, *count)),
            Self::Replace(a, from, to) => any(replace(a.expr(), *from, *to)),
            Self::Of(a) => any(a.expr().cast::<String>()),
            Self::Coalesce(a, b) => any(coalesce(a.expr(), b.expr())),
        }
    }

    fn eval(&self, row: &Row) -> Option<String> {
        match self {
            Self::Column => row.text.clone(),
            Self::Value(text) => text.map(str::to_owned),
            Self::Concat(a, b) => Some(a.eval(row)? + &b.eval(row)?),
            Self::Upper(a) => a.eval(row).map(|a| a.to_uppercase()),
            Self::Lower(a) => a.eval(row).map(|a| a.to_lowercase()),
            Self::Trim(a) => a.eval(row).map(|a| a.trim_matches(' ').to_owned()),
            Self::Substr(a, from, count) => a.eval(row).map(|a| {
                let place = |(index, _): &(usize, char)| i32::try_from(*index).unwrap_or(i32::MAX) + 1;
                let letters = a.chars().enumerate().filter(|letter| (*from..from + count).contains(&place(letter)));
                letters.map(|(_, letter)| letter).collect()
            }),
            Self::Replace(a, from, to) => a.eval(row).map(|a| a.replace(from, to)),
            Self::Of(a) => a.eval(row).map(|a| a.to_string()),
            Self::Coalesce(a, b) => a.eval(row).or_else(|| b.eval(row)),
        }
    }
}

impl Bool {
    fn expr(&self) -> Any<Option<bool>> {
        match self {
            Self::Column => any(Row::flag),
            Self::IsNull(a) => any(a.expr().is_null()),
            Self::Ints(a, op, b) => compared(a.expr(), *op, b.expr()),
            Self::Floats(a, op, b) => compared(a.expr(), *op, b.expr()),
            Self::Texts(a, true, b) => any(a.expr().eq(b.expr())),
            Self::Texts(a, false, b) => any(a.expr().ne(b.expr())),
            Self::Distinct(a, true, b) => any(a.expr().is_distinct_from(b.expr())),
            Self::Distinct(a, false, b) => any(a.expr().is_not_distinct_from(b.expr())),
            Self::Between(a, low, high) => any(a.expr().between(i64::from(*low), i64::from(*high))),
            Self::In(a, true, list) => any(a.expr().in_(list.iter().map(|&number| i64::from(number)))),
            Self::In(a, false, list) => any(a.expr().not_in(list.iter().map(|&number| i64::from(number)))),
            Self::StartsWith(a, start) => any(a.expr().starts_with(start)),
            Self::Not(a) => any(a.expr().not()),
            Self::All(all) => any(all_of(all.iter().map(Self::expr))),
            Self::Some(all) => any(any_of(all.iter().map(Self::expr))),
        }
    }

    fn eval(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Column => row.flag,
            Self::IsNull(a) => Some(a.eval(row).is_none()),
            // An empty comparison matches nothing.
            Self::Ints(a, op @ 0..2, b) if matches!(**b, Int::Value(None)) => Some(a.eval(row).is_none() == (*op == 0)),
            Self::Floats(a, op @ 0..2, b) if matches!(**b, Float::Quarters(None)) => {
                Some(a.eval(row).is_none() == (*op == 0))
            }
            Self::Texts(a, equal, b) if matches!(**b, Text::Value(None)) => Some(a.eval(row).is_none() == *equal),
            Self::Ints(a, op, b) => Some(holds(&a.eval(row)?, *op, &b.eval(row)?)),
            Self::Floats(a, op, b) => Some(holds(&a.eval(row)?, *op, &b.eval(row)?)),
            Self::Texts(a, equal, b) => Some((a.eval(row)? == b.eval(row)?) == *equal),
            Self::Distinct(a, distinct, b) => Some((a.eval(row) != b.eval(row)) == *distinct),
            Self::Between(a, low, high) => {
                let a = a.eval(row)?;
                Some(i64::from(*low) <= a && a <= i64::from(*high))
            }
            Self::In(_, within, list) if list.is_empty() => Some(!within),
            Self::In(a, within, list) => {
                let a = a.eval(row)?;
                Some(list.iter().any(|&number| i64::from(number) == a) == *within)
            }
            Self::StartsWith(a, start) => Some(a.eval(row)?.starts_with(start)),
            Self::Not(a) => a.eval(row).map(|a| !a),
            Self::All(all) => decided(all.iter().map(|a| a.eval(row)), false),
            Self::Some(all) => decided(all.iter().map(|a| a.eval(row)), true),
        }
    }
}

/// `decisive` where one is, unknown where one is unknown.
fn decided(all: impl Iterator<Item = Option<bool>>, decisive: bool) -> Option<bool> {
    let all: Vec<_> = all.collect();
    if all.contains(&Some(decisive)) {
        Some(decisive)
    } else if all.contains(&None) {
        None
    } else {
        Some(!decisive)
    }
}

fn compared<T>(a: Any<Option<T>>, op: u8, b: Any<Option<T>>) -> Any<Option<bool>>
where
    T: orm::ColumnType<Base = T>,
{
    match op {
        0 => any(a.eq(b)),
        1 => any(a.ne(b)),
        2 => any(a.lt(b)),
        3 => any(a.le(b)),
        4 => any(a.gt(b)),
        _ => any(a.ge(b)),
    }
}

fn holds<T: PartialOrd>(a: &T, op: u8, b: &T) -> bool {
    match op {
        0 => a == b,
        1 => a != b,
        2 => a < b,
        3 => a <= b,
        4 => a > b,
        _ => a >= b,
    }
}

const TEXTS: &[&str] = &["", "a", "B", " ab ", "éA", "aa", "%", "*", "1"];
const PARTS: &[&str] = &["a", "B", "é", " ", "%", "*"];

fn texts() -> impl Strategy<Value = &'static str> {
    prop::sample::select(TEXTS)
}

fn ints(depth: u32) -> BoxedStrategy<Int> {
    let leaf = prop_oneof![Just(Int::Column), prop::option::weighted(0.9, -9_i8..10).prop_map(Int::Value)];
    if depth == 0 {
        return leaf.boxed();
    }
    let int = || ints(depth - 1).prop_map(Box::new);
    let text = || strings(depth - 1).prop_map(Box::new);
    prop_oneof![
        2 => leaf,
        4 => (int(), prop::sample::select(&['+', '-', '*', '/', '%']), int()).prop_map(|(a, op, b)| Int::Compute(a, op, b)),
        1 => int().prop_map(Int::Neg),
        1 => int().prop_map(Int::Abs),
        1 => (int(), int()).prop_map(|(a, b)| Int::Coalesce(a, b)),
        1 => (int(), int()).prop_map(|(a, b)| Int::NullIf(a, b)),
        1 => (int(), int()).prop_map(|(a, b)| Int::Greatest(a, b)),
        1 => (int(), int()).prop_map(|(a, b)| Int::Least(a, b)),
        2 => (bools(depth - 1).prop_map(Box::new), int(), int()).prop_map(|(c, a, b)| Int::Case(c, a, b)),
        1 => floats(depth - 1).prop_map(|a| Int::Rounded(Box::new(a))),
        1 => text().prop_map(Int::Length),
        1 => (text(), text()).prop_map(|(a, b)| Int::Position(a, b)),
    ]
    .boxed()
}

fn floats(depth: u32) -> BoxedStrategy<Float> {
    let leaf = prop_oneof![Just(Float::Column), prop::option::weighted(0.9, -9_i8..10).prop_map(Float::Quarters)];
    if depth == 0 {
        return leaf.boxed();
    }
    let float = || floats(depth - 1).prop_map(Box::new);
    prop_oneof![
        2 => leaf,
        4 => (float(), prop::sample::select(&['+', '-', '*']), float()).prop_map(|(a, op, b)| Float::Compute(a, op, b)),
        1 => float().prop_map(Float::Half),
        1 => ints(depth - 1).prop_map(|a| Float::Of(Box::new(a))),
        1 => float().prop_map(Float::Round),
        1 => float().prop_map(Float::Ceil),
        1 => float().prop_map(Float::Floor),
        1 => (bools(depth - 1).prop_map(Box::new), float()).prop_map(|(c, a)| Float::Case(c, a)),
    ]
    .boxed()
}

fn strings(depth: u32) -> BoxedStrategy<Text> {
    let leaf = prop_oneof![Just(Text::Column), prop::option::weighted(0.9, texts()).prop_map(Text::Value)];
    if depth == 0 {
        return leaf.boxed();
    }
    let text = || strings(depth - 1).prop_map(Box::new);
    let part = || prop::sample::select(PARTS);
    prop_oneof![
        2 => leaf,
        2 => (text(), text()).prop_map(|(a, b)| Text::Concat(a, b)),
        1 => text().prop_map(Text::Upper),
        1 => text().prop_map(Text::Lower),
        1 => text().prop_map(Text::Trim),
        1 => (text(), -2_i32..5, 0_i32..4).prop_map(|(a, from, count)| Text::Substr(a, from, count)),
        1 => (text(), part(), texts()).prop_map(|(a, from, to)| Text::Replace(a, from, to)),
        1 => ints(depth - 1).prop_map(|a| Text::Of(Box::new(a))),
        1 => (text(), text()).prop_map(|(a, b)| Text::Coalesce(a, b)),
    ]
    .boxed()
}

fn bools(depth: u32) -> BoxedStrategy<Bool> {
    if depth == 0 {
        return Just(Bool::Column).boxed();
    }
    let int = || ints(depth - 1).prop_map(Box::new);
    let float = || floats(depth - 1).prop_map(Box::new);
    let text = || strings(depth - 1).prop_map(Box::new);
    let list = || prop::collection::vec(bools(depth - 1), 0..3);
    prop_oneof![
        1 => Just(Bool::Column),
        1 => int().prop_map(Bool::IsNull),
        3 => (int(), 0_u8..6, int()).prop_map(|(a, op, b)| Bool::Ints(a, op, b)),
        2 => (float(), 0_u8..6, float()).prop_map(|(a, op, b)| Bool::Floats(a, op, b)),
        1 => (text(), any_bool(), text()).prop_map(|(a, equal, b)| Bool::Texts(a, equal, b)),
        1 => (int(), any_bool(), int()).prop_map(|(a, distinct, b)| Bool::Distinct(a, distinct, b)),
        1 => (int(), -9_i8..10, -9_i8..10).prop_map(|(a, low, high)| Bool::Between(a, low, high)),
        1 => (int(), any_bool(), prop::collection::vec(-9_i8..10, 0..4)).prop_map(|(a, within, list)| Bool::In(a, within, list)),
        1 => (text(), prop::sample::select(PARTS)).prop_map(|(a, start)| Bool::StartsWith(a, start)),
        2 => bools(depth - 1).prop_map(|a| Bool::Not(Box::new(a))),
        1 => list().prop_map(Bool::All),
        1 => list().prop_map(Bool::Some),
    ]
    .boxed()
}

fn any_bool() -> impl Strategy<Value = bool> {
    prop::bool::ANY
}

fn rows() -> Vec<Row> {
    let row = |large, double, text: Option<&str>, flag| Row {
        large,
        double,
        text: text.map(Into::into),
        flag,
        ..Row::default()
    };
    vec![
        row(Some(0), Some(0.0), Some(""), Some(true)),
        row(Some(7), Some(2.5), Some("aBa"), Some(false)),
        row(Some(-3), Some(-1.5), Some(" é %"), None),
        row(None, None, None, None),
        row(Some(100), None, Some("B*"), Some(true)),
    ]
}

#[track_caller]
fn check<T: PartialEq + Debug>(found: impl Iterator<Item = T>, expected: impl Iterator<Item = T>, what: &dyn Debug) {
    let (found, expected): (Vec<T>, Vec<T>) = (found.collect(), expected.collect());
    assert_eq!(found, expected, "{what:?}");
}

/// Each tree is selected and filtered by. Numbers stay small and divisors are not zero, because it is up to a database which part of an expression it computes first, and so
/// which error it finds.
pub fn any_expression_means_the_same(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Row])?;
    let mut session = cx.session();
    let rows = rows();
    session.add_all(rows.clone());
    session.commit()?;

    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let trees = (ints(3), floats(3), strings(3), bools(3));
    for _ in 0..256 {
        let tree = trees.new_tree(&mut runner).unwrap();
        let (int, float, text, truth) = tree.current();
        let query = Row::query().order_by(Row::id).select((int.expr(), float.expr(), text.expr(), truth.expr()));
        let found = query.all(&mut session)?;
        check(found.iter().map(|row| row.0), rows.iter().map(|row| int.eval(row)), &int);
        check(found.iter().map(|row| row.1), rows.iter().map(|row| float.eval(row)), &float);
        check(found.iter().map(|row| row.2.clone()), rows.iter().map(|row| text.eval(row)), &text);
        check(found.iter().map(|row| row.3), rows.iter().map(|row| truth.eval(row)), &truth);
        let passing = Row::query().filter(truth.expr()).count(&mut session)?;
        let expected = rows.iter().filter(|row| truth.eval(row) == Some(true)).count();
        assert_eq!(passing, expected as u64, "{truth:?}");
    }
    Ok(())
}
