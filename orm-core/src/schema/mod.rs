//! The definition of tables: the constant data that a derive writes ([`ModelSpec`]), and the tables that are built from it ([`TableDef`]).

mod association;
mod build;
mod cascade;
mod components;
mod create;
mod embed;
mod facts;
mod family;
mod indexes;
pub(crate) mod naming;
mod one_of;
pub(crate) mod secrets;
mod spec;
mod table;

pub use association::AssociationDef;
pub(crate) use association::RelationRank;
pub use cascade::{Cascade, PassiveDeletes};
pub(crate) use components::{Component, components};
pub(crate) use create::is_deferred;
pub use create::{CreationOrder, with_related};
pub use facts::{ColumnFacts, Filled, TableFacts};
pub use family::{FamilyDef, PartDef, TypeDef};
pub(crate) use one_of::TYPE_PART;
pub use spec::{
    BaseSpec, BelongsToSpec, CheckSpec, ColumnSpec, DeferralSpec, Definition, Direction, EmbeddedSpec, FamilySpec,
    FieldKind, FieldSpec, FilterReason, FilterSpec, IndexKeyOf, IndexKeySpec, IndexSpec, KeyOrder, Load, ModelKind,
    ModelRef, ModelSpec, Nulls, OnDelete, OneOfSpec, OrderSpec, RelationKind, RelationSpec, SoftDeleteSpec, SqlPart,
    SubtypeSpec, TargetSpec, ViewSpec,
};
pub use table::{
    CheckDef, ColumnDef, FieldDef, ForeignKeyDef, IndexDef, IndexKeyDef, IndexKeyPart, ModelId, OneOfDef, RelationDef,
    SoftDelete, TableDef, TableName, TableSlot,
};
