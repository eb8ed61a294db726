//! Aggregates and scalar functions.

use super::operators::{BaseOf, Text};
use super::{Expr, Expression, Known, Operand};
use crate::sql::{self, Aggregate, Function};
use crate::value::{ColumnType, SqlType};

/// The types that add up.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "`sum` and `avg` need a column of integers, floats or decimals"
)]
pub trait Number: ColumnType {
    /// The type of a sum.
    type Sum: ColumnType<Base = Self::Sum>;
    /// The type of an average.
    type Average: ColumnType<Base = Self::Average>;
}

macro_rules! numbers {
    ($($ty:ty: $sum:ty, $average:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $ty {
            type Sum = $sum;
            type Average = $average;
        }
    )*};
}

numbers! {
    i16: i64, f64;
    i32: i64, f64;
    i64: i64, f64;
    f32: f64, f64;
    f64: f64, f64;
}

#[cfg(feature = "decimal")]
numbers! { rust_decimal::Decimal: Self, Self; }

/// `count(expr)`: the rows whose value is not NULL.
pub fn count<E: Expression>(expr: E) -> Expr<i64, Known<E::Scope>> {
    aggregate(Aggregate::Count, Some(expr.into_sql()), SqlType::I64)
}

/// `count(*)`: the rows.
pub fn count_all() -> Expr<i64, ()> {
    aggregate(Aggregate::Count, None, SqlType::I64)
}

/// `count(DISTINCT expr)`: the different values that are not NULL.
pub fn count_distinct<E: Expression>(expr: E) -> Expr<i64, Known<E::Scope>> {
    let argument = Some(Box::new(expr.into_sql()));
    Expr::new(sql::Expr::Aggregate { function: Aggregate::Count, argument, distinct: true, result: SqlType::I64 })
}

/// `sum(expr)`: `None` when no value is not NULL.
pub fn sum<E: Expression>(expr: E) -> Expr<Option<<BaseOf<E> as Number>::Sum>, E::Scope>
where
    BaseOf<E>: Number,
{
    aggregate(Aggregate::Sum, Some(widened(expr)), <BaseOf<E> as Number>::Sum::SQL_TYPE)
}

/// `avg(expr)`: `None` when no value is not NULL.
pub fn avg<E: Expression>(expr: E) -> Expr<Option<<BaseOf<E> as Number>::Average>, E::Scope>
where
    BaseOf<E>: Number,
{
    aggregate(Aggregate::Avg, Some(widened(expr)), <BaseOf<E> as Number>::Average::SQL_TYPE)
}

/// `min(expr)`: `None` when no value is not NULL.
pub fn min<E: Expression>(expr: E) -> Expr<Option<BaseOf<E>>, E::Scope> {
    aggregate(Aggregate::Min, Some(expr.into_sql()), E::Value::SQL_TYPE)
}

/// `max(expr)`: `None` when no value is not NULL.
pub fn max<E: Expression>(expr: E) -> Expr<Option<BaseOf<E>>, E::Scope> {
    aggregate(Aggregate::Max, Some(expr.into_sql()), E::Value::SQL_TYPE)
}

/// `lower(expr)`.
pub fn lower<E: Expression>(expr: E) -> Expr<E::Value, E::Scope>
where
    BaseOf<E>: Text,
{
    function(Function::Lower, vec![expr.into_sql()], SqlType::Text)
}

/// `upper(expr)`.
pub fn upper<E: Expression>(expr: E) -> Expr<E::Value, E::Scope>
where
    BaseOf<E>: Text,
{
    function(Function::Upper, vec![expr.into_sql()], SqlType::Text)
}

/// An expression that is NULL only where `R` is.
pub type Otherwise<E, R, B = BaseOf<E>> =
    Expr<<R as Operand<B>>::Value, (Known<<E as Expression>::Scope>, <R as Operand<B>>::Scope)>;

/// `coalesce(expr, otherwise)`: the second where the first is NULL.
pub fn coalesce<E: Expression, R: Operand<BaseOf<E>>>(expr: E, otherwise: R) -> Otherwise<E, R> {
    function(Function::Coalesce, vec![expr.into_sql(), otherwise.into_operand()], E::Value::SQL_TYPE)
}

fn function<V, S>(function: Function, arguments: Vec<sql::Expr>, result: SqlType) -> Expr<V, S> {
    Expr::new(sql::Expr::Function(function, arguments, result))
}

/// Single floats as double ones: a database that has both would add them up in their own precision and range.
fn widened<E: Expression>(expr: E) -> sql::Expr {
    let sql = expr.into_sql();
    if E::Value::SQL_TYPE == SqlType::F32 { sql::Expr::Cast(Box::new(sql), SqlType::F64) } else { sql }
}

fn aggregate<V, S>(function: Aggregate, argument: Option<sql::Expr>, result: SqlType) -> Expr<V, S> {
    Expr::new(sql::Expr::Aggregate { function, argument: argument.map(Box::new), distinct: false, result })
}
