//! Objects among the values of rows.

use std::fmt;
use std::marker::PhantomData;

use super::join::column;
use super::source::table_of;
use super::{Has, Nullability, Readable, RowType, Selection, Shape, Source};
use crate::error::Result;
use crate::model::{Handle, Model, RowReader};
use crate::sql::SelectItem;

/// The objects of a source, to be selected beside columns and expressions: `User::object()`.
///
/// A row then holds a [`Handle`], in an `Option` where a left join may have found no row.
pub struct Object<S>(PhantomData<fn() -> S>);

impl<S> Object<S> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S> Clone for Object<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Object<S> {}

impl<S: Source> fmt::Debug for Object<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({})", S::name())
    }
}

/// A selected object.
pub struct PickObject<S>(PhantomData<fn() -> S>);

#[diagnostic::do_not_recommend]
impl<S: Source> Selection for Object<S> {
    type Picks = PickObject<S>;
    const OBJECTS: bool = true;

    fn select_items(self, items: &mut Vec<SelectItem>) {
        let name = S::name();
        items.extend(table_of::<S>().columns.iter().map(|def| SelectItem::from(column(&name, &def.name))));
    }
}

impl<S: Source, Q: Has<S, I>, I> Readable<Q, I> for PickObject<S> {
    type Row = <Q::Null as Nullability>::Object<S::Model>;
}

#[diagnostic::do_not_recommend]
impl<M: Model> RowType for Handle<M> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.object()?.ok_or_else(|| row.missing_object::<M>())
    }

    fn shapes(shapes: &mut Vec<Shape>) {
        shapes.extend(M::table().columns.iter().map(Shape::of_column));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> RowType for Option<Handle<M>> {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.object()
    }

    fn shapes(shapes: &mut Vec<Shape>) {
        shapes.extend(M::table().columns.iter().map(|column| Shape { nullable: true, ..Shape::of_column(column) }));
    }
}
