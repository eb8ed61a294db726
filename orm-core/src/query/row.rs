//! Several values that are compared as one.

use super::operators::not;
use super::{BaseOf, Expr, Expression, Literal, Operand, nulls};
use crate::query::Sealed;
use crate::sql::{self, BinaryOp, Nested};
use crate::value::{ColumnType, SqlType, Value};

/// A tuple of columns and expressions: `(City::country, City::name)`.
///
/// As in SQL, a comparison is neither true nor false where it depends on a NULL of the row.
pub trait RowOperators: Sized + Sealed {
    /// The types of the values, each without its `Option`.
    type Bases;
    /// The models that are read.
    type Scope;
    /// The types as the database has them.
    const TYPES: &'static [SqlType];

    /// The values in the statement tree.
    fn into_row(self) -> Vec<sql::Expr>;

    /// Whether all values equal those of the other tuple; a `None` in it equals NULL.
    fn eq<R: RowOperand<Self::Bases>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)> {
        Expr::new(nulls::equal_rows(self.into_row(), other.into_row()))
    }

    /// Whether one value differs from that of the other tuple; from a `None` in it differs what is not NULL.
    fn ne<R: RowOperand<Self::Bases>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)> {
        Expr::new(nulls::unequal_rows(self.into_row(), other.into_row()))
    }

    /// Whether the tuple comes before the other one, where a value counts when all before it are equal.
    fn lt<R: RowOperand<Self::Bases>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)> {
        compare(self.into_row(), BinaryOp::Lt, other.into_row())
    }

    /// Whether the tuple comes behind the other one, where a value counts when all before it are equal.
    fn gt<R: RowOperand<Self::Bases>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)> {
        compare(self.into_row(), BinaryOp::Gt, other.into_row())
    }

    /// Whether the tuple is one of these: false when there are none. A `None` in one of them equals NULL.
    fn in_<I: IntoIterator<Item: RowLiteral<Self::Bases>>>(self, rows: I) -> Expr<bool, Self::Scope> {
        let (row, rows) = in_rows(self.into_row(), Self::TYPES, rows);
        Expr::new(nulls::row_is_in(row, rows))
    }

    /// Whether the tuple is none of these: true when there are none. As in SQL, no row passes when that depends on a NULL.
    fn not_in<I: IntoIterator<Item: RowLiteral<Self::Bases>>>(self, rows: I) -> Expr<bool, Self::Scope> {
        let (row, rows) = in_rows(self.into_row(), Self::TYPES, rows);
        Expr::new(not(sql::Expr::InRows(row, rows)))
    }
}

/// What a tuple with these types is compared with: a tuple of values, columns and expressions.
#[diagnostic::on_unimplemented(
    message = "a tuple of `{B}` cannot be compared with `{Self}`",
    label = "expected a tuple of values, columns or expressions with the types `{B}`"
)]
pub trait RowOperand<B>: Sealed {
    /// The models that are read.
    type Scope;

    /// The values in the statement tree.
    fn into_row(self) -> Vec<sql::Expr>;
}

/// A tuple of values with these types.
#[diagnostic::on_unimplemented(
    message = "a tuple of `{B}` cannot be one of `{Self}`",
    label = "expected tuples of values with the types `{B}`"
)]
pub trait RowLiteral<B>: Sealed {
    /// The values as parameters.
    fn into_values(self) -> Vec<Value>;
}

fn compare<S>(left: Vec<sql::Expr>, op: BinaryOp, right: Vec<sql::Expr>) -> Expr<bool, S> {
    Expr::new(sql::Expr::Binary(
        Nested::new(sql::Expr::Row(left.into())),
        op,
        Nested::new(sql::Expr::Row(right.into())),
    ))
}

/// The tuple with its types, and the rows that it may be one of.
type InRows = (Vec<(Nested<sql::Expr>, SqlType)>, Vec<Vec<Value>>);

fn in_rows<B, I: IntoIterator<Item: RowLiteral<B>>>(row: Vec<sql::Expr>, types: &[SqlType], rows: I) -> InRows {
    let row = row.into_iter().map(Nested::new).zip(types.iter().copied()).collect();
    (row, rows.into_iter().map(RowLiteral::into_values).collect())
}

macro_rules! tuples {
    ($(($($name:ident $base:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Expression),+> RowOperators for ($($name,)+) {
            type Bases = ($(BaseOf<$name>,)+);
            type Scope = tuples!(@scope $($name,)+);
            const TYPES: &'static [SqlType] = &[$(<BaseOf<$name> as ColumnType>::SQL_TYPE),+];

            fn into_row(self) -> Vec<sql::Expr> {
                vec![$(self.$field.into_sql()),+]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($base, $name: Operand<$base>),+> RowOperand<($($base,)+)> for ($($name,)+) {
            type Scope = tuples!(@operands $($name $base,)+);

            fn into_row(self) -> Vec<sql::Expr> {
                vec![$(self.$field.into_operand()),+]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($base, $name: Literal<$base>),+> RowLiteral<($($base,)+)> for ($($name,)+) {
            fn into_values(self) -> Vec<Value> {
                vec![$(self.$field.into_value()),+]
            }
        }
    )*};
    (@scope) => { () };
    (@scope $first:ident, $($rest:tt)*) => { ($first::Scope, tuples!(@scope $($rest)*)) };
    (@operands) => { () };
    (@operands $first:ident $base:ident, $($rest:tt)*) => { (<$first as Operand<$base>>::Scope, tuples!(@operands $($rest)*)) };
}

tuples! {
    (A BA 0, B BB 1)
    (A BA 0, B BB 1, C BC 2)
    (A BA 0, B BB 1, C BC 2, D BD 3)
    (A BA 0, B BB 1, C BC 2, D BD 3, E BE 4)
}
