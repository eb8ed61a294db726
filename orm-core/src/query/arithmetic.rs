//! Numbers made of numbers: `Account::balance + 25`.

use std::ops::{Add, Mul, Sub};

use super::{Column, Expr, Expression, Number, Operand};
use crate::model::Model;
use crate::sql::{self, ArithmeticOp};
use crate::value::ColumnType;

/// The type of what is made of two numbers: an `Option` when one of the two is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{B}` are no numbers to compute with",
    label = "both must be numbers of one type; whether one may be NULL makes no difference"
)]
pub trait Joined<B>: ColumnType {
    /// That type.
    type Value: ColumnType;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> Joined<T> for T {
    type Value = T;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> Joined<Option<T>> for T {
    type Value = Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>, B: ColumnType<Base = T>> Joined<B> for Option<T> {
    type Value = Self;
}

/// What an operator makes of a number and another one.
pub type Computed<E, R, B> = Expr<
    <<E as Expression>::Value as Joined<<R as Operand<B>>::Value>>::Value,
    (<E as Expression>::Scope, <R as Operand<B>>::Scope),
>;

macro_rules! operators {
    ($($operator:ident::$method:ident on $([$($generic:tt)*] $ty:ty),*;)*) => {$($(
        impl<$($generic)*, V, R> $operator<R> for $ty
        where
            V: ColumnType<Base: Number> + Joined<<R as Operand<<V as ColumnType>::Base>>::Value>,
            R: Operand<<V as ColumnType>::Base>,
        {
            type Output = Computed<Self, R, <V as ColumnType>::Base>;

            fn $method(self, other: R) -> Self::Output {
                let (left, right) = (Box::new(self.into_sql()), Box::new(other.into_operand()));
                Expr::new(sql::Expr::Arithmetic(left, ArithmeticOp::$operator, right, V::SQL_TYPE))
            }
        }
    )*)*};
}

operators! {
    Add::add on [M: Model] Column<M, V>, [S] Expr<V, S>;
    Sub::sub on [M: Model] Column<M, V>, [S] Expr<V, S>;
    Mul::mul on [M: Model] Column<M, V>, [S] Expr<V, S>;
}
