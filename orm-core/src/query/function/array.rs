//! Functions of arrays, on databases that have them.

use super::{Aggregate, Over, call};
use crate::query::{BaseOf, Expr, Expression, OperandOf};
use crate::sql::{self, Function, Nested};
use crate::value::{ArrayItem, ColumnType, SqlType, Value};

/// The type of arrays.
#[diagnostic::on_unimplemented(message = "`{Self}` is no array", label = "this needs a column of type `Vec<..>`")]
pub trait Array: ColumnType {
    /// The type of the elements.
    type Item: ArrayItem;
}

#[diagnostic::do_not_recommend]
impl<T: ArrayItem> Array for Vec<Option<T>> {
    type Item = T;
}

#[diagnostic::do_not_recommend]
impl<T: ArrayItem> Array for Vec<T> {
    type Item = T;
}

/// The type of the elements of an array expression.
type ItemOf<E> = <BaseOf<E> as Array>::Item;

/// The values of the group as an array; `None` when all values are NULL.
pub fn array_agg<E: Expression>(expr: E) -> Aggregate<Option<Vec<BaseOf<E>>>, E::Scope>
where
    BaseOf<E>: ArrayItem,
{
    let item = expr.into_sql();
    let is_null = sql::Expr::IsNull(Nested::new(item.clone()));
    let array = super::aggregate::aggregate(sql::Aggregate::Array, vec![item], Vec::<BaseOf<E>>::SQL_TYPE);
    if E::Value::NULLABLE {
        array.changed(|call| call.filter.push(sql::Expr::Not(Nested::new(is_null))))
    } else {
        array
    }
}

/// The operators of arrays. Elements are compared by their own type, and are never NULL.
pub trait ArrayOperators: Expression {
    /// Whether one of the elements equals a value.
    fn array_has<R: OperandOf<ItemOf<Self>>>(self, element: R) -> Expr<bool, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayHas, vec![self.into_sql(), element.into_operand()])
    }

    /// Whether every element of the other array is among the elements, in any order and number.
    fn array_contains<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayContains, vec![self.into_sql(), other.into_operand()])
    }

    /// Whether some element of the other array is among the elements.
    fn array_overlaps<R: OperandOf<BaseOf<Self>>>(self, other: R) -> Expr<bool, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayOverlaps, vec![self.into_sql(), other.into_operand()])
    }

    /// The number of elements.
    fn array_length(self) -> Over<i32, Self>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayLength, vec![self.into_sql()])
    }

    /// The element at an index, counted from 0. `None` if there is none.
    fn array_at(self, index: u32) -> Expr<Option<ItemOf<Self>>, Self::Scope>
    where
        BaseOf<Self>: Array,
    {
        // Databases count from 1.
        let place = i32::try_from(index).map_or(i32::MAX, |index| index.saturating_add(1));
        let place = sql::Expr::Param(Value::I64(place.into()), SqlType::I32);
        call(Function::ArrayAt, vec![self.into_sql(), place])
    }

    /// The array with one more element at its end.
    fn array_append<R: OperandOf<ItemOf<Self>, Value = ItemOf<Self>>>(
        self,
        element: R,
    ) -> Expr<Self::Value, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayAppend, vec![self.into_sql(), element.into_operand()])
    }

    /// The array without the elements that equal a value.
    fn array_remove<R: OperandOf<ItemOf<Self>, Value = ItemOf<Self>>>(
        self,
        element: R,
    ) -> Expr<Self::Value, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayRemove, vec![self.into_sql(), element.into_operand()])
    }

    /// The elements of the array and, behind them, those of the other one.
    fn array_concat<R: OperandOf<BaseOf<Self>, Value = BaseOf<Self>>>(
        self,
        other: R,
    ) -> Expr<Self::Value, (Self::Scope, R::Scope)>
    where
        BaseOf<Self>: Array,
    {
        call(Function::ArrayConcat, vec![self.into_sql(), other.into_operand()])
    }
}

impl<E: Expression> ArrayOperators for E {}
