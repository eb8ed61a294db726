//! What the code of the derives refers to. Not for anybody else.

pub use core::clone::Clone;

pub use crate::error::Result;
pub use crate::model::{
    Adopter, BelongsTo, Foreign, ForeignField, HasMany, HasOne, Hook, Hooked, Hooks, Key, ManyToMany, Model, New,
    Relation, RowReader, kind, model_ref, run_hook,
};
pub use crate::query::{Column, FilledFrom, FromRow, RowType, check};
pub use crate::schema::{
    BelongsToSpec, Cascade, CheckSpec, ColumnSpec, Direction, FieldKind, FieldSpec, IndexSpec, ModelRef, ModelSpec,
    OnDelete, OrderSpec, PassiveDeletes, RelationKind, RelationSpec, TableDef, TableSlot,
};
pub use crate::session::new_arena;
pub use crate::value::{ArrayItem, ColumnType, Format, Generated, Mismatch, SqlType, ValueRef};

/// Whether a field with `default_on_insert` holds nothing yet: what its type begins with.
pub fn is_unset<V: ColumnType + Default>(value: &V) -> bool {
    value.to_ref() == V::default().to_ref()
}
