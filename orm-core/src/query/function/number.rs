//! Functions of numbers.

use super::{Number, call};
use crate::query::{BaseOf, Expr, Expression, OperandOf, Strict};
use crate::sql::{self, Function};
use crate::value::{ColumnType, Newtype, SqlType, Value};

/// The numbers that may have a fraction.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number with a fraction",
    label = "this needs a column of floats or decimals"
)]
pub trait Fractional: Number {}

/// The numbers that divide with a remainder.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number that divides with a remainder",
    label = "`%` needs integers or decimals"
)]
pub trait Exact: Number {}

macro_rules! mark {
    ($marker:ident: $($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $marker for $ty {}
    )*};
}

mark!(Fractional: f32, f64);
mark!(Exact: i8, i16, i32, i64, u8, u16, u32, u64);
#[cfg(feature = "decimal")]
mark!(Fractional: rust_decimal::Decimal);
#[cfg(feature = "decimal")]
mark!(Exact: rust_decimal::Decimal);

#[diagnostic::do_not_recommend]
impl<T: Number + Newtype<Inner: Fractional>> Fractional for T {}

#[diagnostic::do_not_recommend]
impl<T: Number + Newtype<Inner: Exact>> Exact for T {}

/// The number without its sign.
pub fn abs<E: Expression<Value: Strict<Base: Number>>>(number: E) -> Expr<E::Value, E::Scope> {
    call(Function::Abs, vec![number.into_sql()])
}

/// The nearest whole number. Halves of floats round to the even one, and halves of decimals away from zero.
pub fn round<E: Expression<Value: Strict<Base: Fractional>>>(number: E) -> Expr<E::Value, E::Scope> {
    call(Function::Round, vec![number.into_sql()])
}

/// The nearest whole number that is not less.
pub fn ceil<E: Expression<Value: Strict<Base: Fractional>>>(number: E) -> Expr<E::Value, E::Scope> {
    call(Function::Ceil, vec![number.into_sql()])
}

/// The nearest whole number that is not greater.
pub fn floor<E: Expression<Value: Strict<Base: Fractional>>>(number: E) -> Expr<E::Value, E::Scope> {
    call(Function::Floor, vec![number.into_sql()])
}

/// Rounds to a number of digits after the point. A value in the middle between two rounds away from zero.
///
/// Of a float the first 15 digits count, as a person would write it: `2.675` becomes `2.68`.
pub fn round_to<E: Expression>(number: E, digits: u8) -> Expr<E::Value, E::Scope>
where
    BaseOf<E>: Fractional,
{
    let digits = sql::Expr::Param(Value::I64(digits.into()), SqlType::I32);
    call(Function::RoundTo, vec![number.into_sql(), digits])
}

/// `base` to the power of `exponent`. A result that is not a real number is an error of the database.
pub fn power<B: OperandOf<f64>, X: OperandOf<f64>>(
    base: B,
    exponent: X,
) -> Expr<<B::Value as Strict>::Result<<X::Value as Strict>::Result<f64>>, (B::Scope, X::Scope)> {
    call(Function::Power, vec![base.into_operand(), exponent.into_operand()])
}

/// The square root. A negative number is an error of the database.
pub fn sqrt<N: OperandOf<f64>>(number: N) -> Expr<<N::Value as Strict>::Result<f64>, N::Scope> {
    call(Function::Sqrt, vec![number.into_operand()])
}

/// A random number from 0 up to but not including 1, a new one for each row.
pub fn random() -> Expr<f64, ()> {
    call(Function::Random, Vec::new())
}

/// The number with the opposite sign.
pub(in crate::query) fn negative<V: ColumnType<Base: Number> + Strict, S>(number: sql::Expr) -> Expr<V, S> {
    call(Function::Neg, vec![number])
}
