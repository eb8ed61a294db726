//! Arithmetic: `Account::balance + 25`, `5 * User::age`.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::function::negative;
use super::{Column, Exact, Expr, Expression, Literal, Number, Operand, Strict};
use crate::model::Model;
use crate::sql::{self, ArithmeticOp, Nested};
use crate::value::ColumnType;

/// The result of an operator over a number of type `V` that reads `S` and another number. It is an `Option` if one of the two is.
pub type Computed<V, S, R> = Expr<
    <<R as Operand<<V as ColumnType>::Base>>::Value as Strict>::Result<V>,
    (S, <R as Operand<<V as ColumnType>::Base>>::Scope),
>;

fn compute<V, S>(left: sql::Expr, op: ArithmeticOp, right: sql::Expr, result: crate::value::SqlType) -> Expr<V, S> {
    Expr::new(sql::Expr::Arithmetic(Nested::new(left), op, Nested::new(right), result))
}

macro_rules! operators {
    ($($operator:ident::$method:ident for $of:ident on $([$($generic:tt)*] $ty:ty),*;)*) => {$($(
        impl<$($generic)*, V, R> $operator<R> for $ty
        where
            V: Strict<Base: $of>,
            R: Operand<V::Base>,
        {
            type Output = Computed<V, <Self as Expression>::Scope, R>;

            fn $method(self, other: R) -> Self::Output {
                compute(self.into_sql(), ArithmeticOp::$operator, other.into_operand(), V::SQL_TYPE)
            }
        }
    )*)*};
}

operators! {
    Add::add for Number on [M: Model, C] Column<M, V, C>, [S, K] Expr<V, S, K>;
    Sub::sub for Number on [M: Model, C] Column<M, V, C>, [S, K] Expr<V, S, K>;
    Mul::mul for Number on [M: Model, C] Column<M, V, C>, [S, K] Expr<V, S, K>;
    Div::div for Number on [M: Model, C] Column<M, V, C>, [S, K] Expr<V, S, K>;
    Rem::rem for Exact on [M: Model, C] Column<M, V, C>, [S, K] Expr<V, S, K>;
}

macro_rules! values {
    ($($operator:ident::$method:ident for $($number:ty),*;)*) => {$($(
        values!(@impl $operator $method $number, [M: Model, V, C] Column<M, V, C>);
        values!(@impl $operator $method $number, [V, S, K] Expr<V, S, K>);
    )*)*};
    (@impl $operator:ident $method:ident $number:ty, [$($generic:tt)*] $ty:ty) => {
        impl<$($generic)*> $operator<$ty> for $number
        where
            V: Strict<Base = $number>,
        {
            type Output = Expr<V, <$ty as Expression>::Scope>;

            fn $method(self, other: $ty) -> Self::Output {
                let value = sql::Expr::Param(Literal::<$number>::into_value(self), V::SQL_TYPE);
                compute(value, ArithmeticOp::$operator, other.into_sql(), V::SQL_TYPE)
            }
        }
    };
}

values! {
    Add::add for i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    Sub::sub for i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    Mul::mul for i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    Div::div for i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;
    Rem::rem for i8, i16, i32, i64, u8, u16, u32, u64;
}

#[cfg(feature = "decimal")]
values! {
    Add::add for rust_decimal::Decimal;
    Sub::sub for rust_decimal::Decimal;
    Mul::mul for rust_decimal::Decimal;
    Div::div for rust_decimal::Decimal;
    Rem::rem for rust_decimal::Decimal;
}

impl<M: Model, V: Strict<Base: Number>, C> Neg for Column<M, V, C> {
    type Output = Expr<V, <Self as Expression>::Scope>;

    fn neg(self) -> Self::Output {
        negative(self.into_sql())
    }
}

impl<V: Strict<Base: Number>, S, K> Neg for Expr<V, S, K> {
    type Output = Expr<V, S>;

    fn neg(self) -> Self::Output {
        negative(self.into_sql())
    }
}
