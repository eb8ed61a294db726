//! The operands of comparisons.

use super::{Column, Expr, Expression, Strict};
use crate::model::Model;
use crate::sql;
use crate::value::{ColumnType, Value};

/// Something to compare with a column or expression of type `B` (or `Option<B>`): a value, a borrowed value, an `Option` of
/// one, another column or expression.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with `{Self}`",
    label = "expected a value, an `Option`, a column or an expression of type `{B}`"
)]
pub trait Operand<B> {
    /// The type, with its `Option`.
    type Value: Strict;
    /// The models that it reads.
    type Scope;
    /// The scope of a comparison with something that reads `S`. It is `S` alone if this is a value.
    type With<S>;

    /// The operand in the statement tree.
    fn into_operand(self) -> sql::Expr;
}

/// An [`Operand`], as the bounds of methods and functions name it, see the module `sealed`.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with `{Self}`",
    label = "expected a value, an `Option`, a column or an expression of type `{B}`"
)]
pub trait OperandOf<B>: Operand<B> {}

#[diagnostic::do_not_recommend]
impl<T: Operand<B>, B> OperandOf<B> for T {}

/// A value of type `B` (or `Option<B>`), owned or borrowed.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with `{Self}`",
    label = "expected a list of values of type `{B}`"
)]
pub trait Literal<B>: Operand<B> {
    /// The value as a parameter.
    fn into_value(self) -> Value;
}

macro_rules! literals {
    ($([$($generic:tt)*] $ty:ty => $base:ty, $value:ty, |$literal:ident| $into:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Literal<$base> for $ty {
            fn into_value(self) -> Value {
                let $literal = self;
                $into
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Operand<$base> for $ty {
            type Value = $value;
            type Scope = ();
            type With<S> = S;

            fn into_operand(self) -> sql::Expr {
                sql::Expr::Param(Literal::<$base>::into_value(self), <$base as ColumnType>::SQL_TYPE)
            }
        }
    )*};
}

literals! {
    [T: ColumnType<Base = T>] T => T, T, |value| value.to_ref().to_value();
    [T: ColumnType<Base = T>] &T => T, T, |value| value.to_ref().to_value();
    [T: ColumnType<Base = T>] Option<T> => T, Option<T>, |value| value.to_ref().to_value();
    [T: ColumnType<Base = T>] &Option<T> => T, Option<T>, |value| value.to_ref().to_value();
    [] &str => String, String, |value| Value::Text(value.to_owned());
    [] &&str => String, String, |value| Value::Text((*value).to_owned());
    [] Option<&str> => String, Option<String>, |value| value.map_or(Value::Null, |text| Value::Text(text.to_owned()));
    [] &[u8] => Vec<u8>, Vec<u8>, |value| Value::Bytes(value.to_owned());
    [const N: usize] &[u8; N] => Vec<u8>, Vec<u8>, |value| Value::Bytes(value.to_vec());
}

/// `Self` and `B` are one type.
#[diagnostic::on_unimplemented(
    message = "a column of type `{B}` cannot be compared with one of type `{Self}`",
    label = "expected `{B}`, or `{B}` in an `Option`"
)]
pub trait Same<B> {}

impl<T> Same<T> for T {}

#[diagnostic::do_not_recommend]
impl<M: Model, V: Strict<Base = B>, B, K> Operand<B> for Column<M, V, K> {
    type Value = V;
    type Scope = <Self as Expression>::Scope;
    type With<S> = (S, <Self as Expression>::Scope);

    fn into_operand(self) -> sql::Expr {
        self.into_sql()
    }
}

#[diagnostic::do_not_recommend]
impl<V: Strict<Base = B>, S, K, B> Operand<B> for Expr<V, S, K> {
    type Value = V;
    type Scope = S;
    type With<T> = (T, S);

    fn into_operand(self) -> sql::Expr {
        self.into_sql()
    }
}
