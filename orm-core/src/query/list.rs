//! What `select`, `group_by` and `order_by` take: one column or expression, or a tuple of some.

use crate::query::Sealed;
use std::borrow::Cow;
use std::marker::PhantomData;

use super::tuples::each_tuple;
use super::typed::typed;
use super::{Expression, Nullability, Shape, Within};
use crate::error::Result;
use crate::model::RowReader;
use crate::schema::Direction;
use crate::sql::{self, NullsOrder, OrderBy, OrderKey, SelectItem};
use crate::value::ColumnType;

/// An expression with a direction, for `order_by`.
pub struct Ordered<S> {
    pub(super) order: OrderBy,
    scope: PhantomData<fn() -> S>,
}

impl<S> Ordered<S> {
    pub(super) fn new(expr: sql::Expr, direction: Direction) -> Self {
        Self { order: OrderBy { expr, direction, nulls: None, key: None }, scope: PhantomData }
    }

    /// An order by values of type `V`.
    pub(super) fn of<V: ColumnType>(expr: sql::Expr, direction: Direction) -> Self {
        Self { order: OrderBy { expr, direction, nulls: None, key: key_of::<V>() }, scope: PhantomData }
    }

    /// NULLs before all values. Without this and [`nulls_last`](Self::nulls_last), each database has its own order.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.order.nulls = Some(NullsOrder::First);
        self
    }

    /// NULLs after all values.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.order.nulls = Some(NullsOrder::Last);
        self
    }
}

#[expect(clippy::unnecessary_wraps, reason = "where the type is not known there is none")]
fn key_of<V: ColumnType>() -> Option<OrderKey> {
    Some(OrderKey { sql_type: V::SQL_TYPE, nullable: V::NULLABLE })
}

typed!([S] Ordered<S> { order, scope });

/// A selected expression with the name that it has in the result.
#[derive(Debug, Clone)]
pub struct Labeled<E> {
    expr: E,
    label: Cow<'static, str>,
}

impl<E> Labeled<E> {
    pub(super) fn new(expr: E, label: Cow<'static, str>) -> Self {
        Self { expr, label }
    }
}

/// What `order_by` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to order by",
    label = "expected a column, an expression, one with `.asc()` or `.desc()`, or a tuple of those"
)]
pub trait OrderKeys {
    /// The models that are read.
    type Scope;

    /// The keys, appended to `keys`.
    fn order_keys(self, keys: &mut Vec<OrderBy>);
}

/// What `group_by` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing to group by",
    label = "expected a column, an expression, or a tuple of those"
)]
pub trait GroupKeys {
    /// The models that are read.
    type Scope;

    /// The keys, appended to `keys`.
    fn group_keys(self, keys: &mut Vec<sql::Expr>);
}

/// What `select` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be selected",
    label = "expected a column, an expression, one with a `.label(..)`, or a tuple of up to 12 of those"
)]
pub trait Selection {
    /// The selected values: a [`Pick`], or a tuple of some.
    type Picks;
    /// Whether objects are selected.
    #[doc(hidden)]
    const OBJECTS: bool = false;

    /// The selected expressions, appended to `items`.
    fn select_items(self, items: &mut Vec<SelectItem>);
}

/// A selected value of type `V` that reads the models `S`.
pub struct Pick<V, S>(PhantomData<fn() -> (V, S)>);

/// The selected values can be read in a query with scope `Q`.
pub trait Readable<Q, I>: Sealed {
    /// A value, in an `Option` where a left join may have made it NULL, or a tuple of those.
    type Row: RowType;
}

/// What a row of a result can be read as: a column type, an object, a tuple of some, or a struct with `#[derive(FromRow)]`.
#[diagnostic::on_unimplemented(
    message = "a row cannot be read as `{Self}`",
    label = "expected a column type, a `Handle`, a tuple of up to 12 of those, or a struct with `#[derive(FromRow)]`"
)]
pub trait RowType: Sized {
    /// Reads the next columns of the row.
    ///
    /// # Errors
    ///
    /// `Decode` naming the column whose cell does not fit.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;

    /// What is known of the columns before they are read, appended to `shapes`.
    fn shapes(shapes: &mut Vec<Shape>);

    /// The name of a row in messages.
    #[must_use]
    fn subject() -> &'static str {
        "row"
    }
}

#[diagnostic::do_not_recommend]
impl<E: Expression> OrderKeys for E {
    type Scope = E::Scope;

    fn order_keys(self, keys: &mut Vec<OrderBy>) {
        let key = key_of::<E::Value>();
        keys.push(OrderBy { expr: self.into_sql(), direction: Direction::Asc, nulls: None, key });
    }
}

#[diagnostic::do_not_recommend]
impl<S> OrderKeys for Ordered<S> {
    type Scope = S;

    fn order_keys(self, keys: &mut Vec<OrderBy>) {
        keys.push(self.order);
    }
}

#[diagnostic::do_not_recommend]
impl<E: Expression> GroupKeys for E {
    type Scope = E::Scope;

    fn group_keys(self, keys: &mut Vec<sql::Expr>) {
        keys.push(self.into_sql());
    }
}

#[diagnostic::do_not_recommend]
impl<E: Expression> Selection for E {
    type Picks = Pick<E::Value, E::Scope>;

    fn select_items(self, items: &mut Vec<SelectItem>) {
        items.push(self.into_sql().into());
    }
}

#[diagnostic::do_not_recommend]
impl<E: Expression> Selection for Labeled<E> {
    type Picks = Pick<E::Value, E::Scope>;

    fn select_items(self, items: &mut Vec<SelectItem>) {
        items.push(SelectItem { expr: self.expr.into_sql(), label: Some(self.label) });
    }
}

impl<V: ColumnType, S: Within<Q, I>, Q, I> Readable<Q, I> for Pick<V, S> {
    type Row = <S::Null as Nullability>::Of<V>;
}

impl<V: ColumnType> RowType for V {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.column()
    }

    fn shapes(shapes: &mut Vec<Shape>) {
        shapes.push(Shape::of::<V>());
    }
}

macro_rules! tuples {
    ($(($($name:ident $column:ident $index:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: OrderKeys),+> OrderKeys for ($($name,)+) {
            type Scope = tuples!(@scope OrderKeys $($name)+);

            fn order_keys(self, keys: &mut Vec<OrderBy>) {
                $(self.$field.order_keys(keys);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: GroupKeys),+> GroupKeys for ($($name,)+) {
            type Scope = tuples!(@scope GroupKeys $($name)+);

            fn group_keys(self, keys: &mut Vec<sql::Expr>) {
                $(self.$field.group_keys(keys);)+
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Selection),+> Selection for ($($name,)+) {
            type Picks = ($($name::Picks,)+);
            const OBJECTS: bool = false $(|| $name::OBJECTS)+;

            fn select_items(self, items: &mut Vec<SelectItem>) {
                $(self.$field.select_items(items);)+
            }
        }

        impl<Q, $($name: Readable<Q, $index>, $index),+> Readable<Q, ($($index,)+)> for ($($name,)+) {
            type Row = ($($name::Row,)+);
        }

        impl<$($name: RowType),+> RowType for ($($name,)+) {
            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                Ok(($($name::read(row)?,)+))
            }

            fn shapes(shapes: &mut Vec<Shape>) {
                $($name::shapes(shapes);)+
            }
        }
    )*};
    (@scope $keys:ident) => { () };
    (@scope $keys:ident $first:ident $($rest:ident)*) => { (<$first as $keys>::Scope, tuples!(@scope $keys $($rest)*)) };
}

each_tuple!(tuples);
