//! Aggregates: one value of the rows of a group.

use crate::query::{BaseOf, Condition, Expr, Expression, Known, OperandOf, OrderKeys, Strict, Text};
use crate::sql::{self, AggregateCall, Nested};
use crate::value::{ColumnType, SqlType};

/// Marks an aggregate, to which conditions, an order and a window may be added.
#[derive(Debug)]
pub enum Aggregated {}

/// An aggregate of type `V` over the models `S`: an expression that also takes conditions, an order, and a window.
pub type Aggregate<V, S> = Expr<V, S, Aggregated>;

impl<V, S> Aggregate<V, S> {
    /// Only over the rows for which the condition holds.
    pub fn filter<C: Condition>(self, condition: C) -> Aggregate<V, (S, Known<C::Scope>)> {
        self.changed(|call| call.filter.push(condition.into_sql()))
    }

    /// Equal values once.
    #[must_use]
    pub fn distinct(self) -> Self {
        self.changed(|call| call.distinct = true)
    }

    /// Takes the rows in this order, for aggregates to which it matters: [`string_agg`] and `json_agg`.
    pub fn order_by<O: OrderKeys>(self, keys: O) -> Aggregate<V, (S, Known<O::Scope>)> {
        self.changed(|call| keys.order_keys(&mut call.order_by))
    }

    pub(super) fn changed<T>(self, change: impl FnOnce(&mut AggregateCall)) -> Aggregate<V, T> {
        let mut sql = self.sql;
        if let sql::Expr::Aggregate(call) = &mut sql {
            change(call);
        }
        Expr::new(sql)
    }
}

/// The types that add up.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number",
    label = "this needs a column of integers, floats or decimals, or of a `#[derive(DbType)]` with `#[orm(arithmetic)]`"
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
    i8: i64, f64;
    i16: i64, f64;
    u8: i64, f64;
    u16: i64, f64;
    u32: i64, f64;
    u64: i64, f64;
    i32: i64, f64;
    i64: i64, f64;
    f32: f64, f64;
    f64: f64, f64;
}

#[cfg(feature = "decimal")]
numbers! { rust_decimal::Decimal: Self, Self; }

/// The number of rows whose value is not NULL.
pub fn count<E: Expression>(expr: E) -> Aggregate<i64, Known<E::Scope>> {
    aggregate(sql::Aggregate::Count, vec![expr.into_sql()], SqlType::I64)
}

/// The number of rows.
pub fn count_all() -> Aggregate<i64, ()> {
    Expr::new(sql::Expr::count_all())
}

/// The number of different values that are not NULL.
pub fn count_distinct<E: Expression>(expr: E) -> Aggregate<i64, Known<E::Scope>> {
    count(expr).distinct()
}

/// The sum; `None` when all values are NULL.
pub fn sum<E: Expression<Value: Strict<Base: Number<Sum = V>>>, V: ColumnType>(
    expr: E,
) -> Aggregate<Option<V>, E::Scope> {
    aggregate(sql::Aggregate::Sum, vec![widened(expr)], V::SQL_TYPE)
}

/// The average; `None` when all values are NULL.
pub fn avg<E: Expression<Value: Strict<Base: Number<Average = V>>>, V: ColumnType>(
    expr: E,
) -> Aggregate<Option<V>, E::Scope> {
    aggregate(sql::Aggregate::Avg, vec![widened(expr)], V::SQL_TYPE)
}

/// The least value; `None` when all values are NULL.
pub fn min<E: Expression>(expr: E) -> Aggregate<Option<BaseOf<E>>, E::Scope> {
    aggregate(sql::Aggregate::Min, vec![expr.into_sql()], E::Value::SQL_TYPE)
}

/// The greatest value; `None` when all values are NULL.
pub fn max<E: Expression>(expr: E) -> Aggregate<Option<BaseOf<E>>, E::Scope> {
    aggregate(sql::Aggregate::Max, vec![expr.into_sql()], E::Value::SQL_TYPE)
}

/// Concatenates the texts, with `separator` between them; `None` when all values are NULL. The order is the database's, unless
/// [`order_by`](Expr::order_by) says one.
pub fn string_agg<E: Expression, P: OperandOf<String>>(
    expr: E,
    separator: P,
) -> Aggregate<Option<String>, (E::Scope, P::Scope)>
where
    BaseOf<E>: Text,
{
    aggregate(sql::Aggregate::Text, vec![expr.into_sql(), separator.into_operand()], SqlType::Text)
}

/// Whether the condition holds for all rows; `None` when it is NULL for all of them.
pub fn bool_and<C: Condition>(condition: C) -> Aggregate<Option<bool>, C::Scope> {
    aggregate(sql::Aggregate::All, vec![condition.into_sql()], SqlType::Bool)
}

/// Whether the condition holds for one row or more; `None` when it is NULL for all of them.
pub fn bool_or<C: Condition>(condition: C) -> Aggregate<Option<bool>, C::Scope> {
    aggregate(sql::Aggregate::Any, vec![condition.into_sql()], SqlType::Bool)
}

/// Single floats as double ones: a database that has both would add them up in their own precision and range.
fn widened<E: Expression>(expr: E) -> sql::Expr {
    let sql = expr.into_sql();
    if E::Value::SQL_TYPE == SqlType::F32 { sql::Expr::Cast(Nested::new(sql), SqlType::F64) } else { sql }
}

pub(super) fn aggregate<V, S>(function: sql::Aggregate, arguments: Vec<sql::Expr>, result: SqlType) -> Aggregate<V, S> {
    Expr::new(sql::Expr::Aggregate(Nested::new(AggregateCall::new(function, arguments, result))))
}
