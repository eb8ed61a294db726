//! What the code of the derives refers to. Not for anybody else.

mod serialized;

pub use core::clone::Clone;
use core::fmt::Display;
use std::any::Any;
use std::time::SystemTime;

pub use crate::error::Result;
#[cfg(feature = "serde")]
pub use crate::model::ReadKey;
pub use crate::model::{
    Adopter, Among, BelongsTo, FamilyBase, FamilyMember, Foreign, ForeignField, Handle, HasMany, HasOne, Hook, Hooked,
    Hooks, Inherits, Key, ManyToMany, Model, New, NoKey, OneOfField, OneOfRelation, Proxy, Relation, RowReader, Stores,
    TargetKeys, Targets, Variants, Violations, defaults_within, first_column, handle_at, handle_of, identity_of,
    keep_identity, keyed, kind, model_ref, name_of_type, read_member, read_target, run_hook, same, same_mut, take_same,
};
pub use crate::query::function::Number;
use crate::query::scope::Closed;
use crate::query::scope::Only;
pub use crate::query::scope::{Has, Inherited, Maybe, No, Nullability, Of, Outer, Yes};
pub use crate::query::types::{FilledFrom, Literal, Operand, OperandOf, RowType, Shape, Strict, Text};
pub use crate::query::{Column, Embedded, EmbeddedColumns, FromRow, OnDemand, check};
use crate::query::{ColumnList, Condition, Expression as _, RowFor, Select};
pub use crate::schema::{
    BaseSpec, BelongsToSpec, Cascade, CheckSpec, ColumnSpec, DeferralSpec, Definition, Direction, EmbeddedSpec,
    FamilySpec, FieldKind, FieldSpec, FilterReason, FilterSpec, IndexKeyOf, IndexKeySpec, IndexSpec, KeyOrder, Load,
    ModelKind, ModelRef, ModelSpec, Nulls, OnDelete, OneOfSpec, OrderSpec, PassiveDeletes, RelationKind, RelationSpec,
    SoftDeleteSpec, SqlPart, SubtypeSpec, TableDef, TableSlot, TargetSpec, ViewSpec,
};
pub use crate::session::new_arena;
pub use crate::sql::Expr;
use crate::sql::{BinaryOp, Nested, opaque};
#[cfg(feature = "json")]
pub use crate::value::Json;
pub use crate::value::{
    ArrayItem, ColumnType, CustomType, Deferred, DeletionMark, Encoded, FieldCodec, FieldType, Format, Generated,
    Mismatch, NativeEnum, Newtype, SqlType, TextForm, Value, ValueRef, Values,
};

#[cfg(feature = "serde")]
pub use ::serde;

pub use crate::serialized_keys;

/// Whether a field with `default_on_insert` holds nothing yet: what its type begins with.
pub fn is_unset<V: ColumnType + Default>(value: &V) -> bool {
    value.to_ref() == V::default().to_ref()
}

/// The columns of an embedded value, appended to `shapes`.
pub fn embedded_shapes(spec: &'static EmbeddedSpec, shapes: &mut Vec<Shape>) {
    Shape::list_embedded(spec, false, shapes);
}

/// What `#[orm(filter = condition)]` says of a model.
pub fn filter<M: Model>(condition: impl Condition<Scope: Only<M>>) -> Box<dyn Any> {
    opaque(condition.into_sql())
}

/// What `#[orm(view = query)]` says: the values of a query for columns of `M`.
pub fn definition<M: Model, C, R, Q>(_: C, query: Select<R, Q>) -> Box<dyn Any>
where
    C: ColumnList<M, Checked: Sized>,
    R: RowFor<C::Values, Checked: Sized>,
    Q: Closed,
{
    Box::new(query.parts.plain_statement())
}

/// What `#[orm(soft_delete = column)]` says of rows that are read.
pub fn not_deleted<M: Model, V: DeletionMark + Strict>(column: Column<M, V>) -> Box<dyn Any> {
    let column = Nested::new(column.into_sql());
    opaque(match V::live().to_ref() {
        ValueRef::Null => Expr::IsNull(column),
        live => {
            let live = Expr::Param(live.to_value(), V::SQL_TYPE);
            Expr::Binary(column, BinaryOp::Eq, Nested::new(live))
        }
    })
}

/// What `#[orm(soft_delete = column)]` says of rows that are deleted.
pub const fn soft_delete<M, V: DeletionMark>(column: Column<M, V>) -> SoftDeleteSpec {
    fn deleted<V: DeletionMark>(at: SystemTime) -> Value {
        V::deleted(at).to_ref().to_value()
    }

    fn live<V: DeletionMark>() -> Value {
        V::live().to_ref().to_value()
    }

    SoftDeleteSpec { field: column.field(), deleted: deleted::<V>, live: live::<V> }
}

/// Why a struct refuses a value of its inner type.
pub fn refused(name: &'static str, value: ValueRef<'_>, reason: impl Display) -> Mismatch {
    Mismatch::new(name, format_args!("{value}: {reason}"))
}

/// The value of a field whose column type wraps it.
pub fn field_value<T: FieldType>(field: &T::Field) -> Value {
    T::lend(field).to_value()
}

/// The same as a parameter.
pub fn field_param<T: FieldType>(field: &T::Field) -> Expr {
    Expr::Param(field_value::<T>(field), T::SQL_TYPE)
}

/// Has `garde` check an object.
#[cfg(feature = "garde")]
pub fn run_garde<T: garde::Validate<Context: Default>>(object: &T, violations: &mut Violations) {
    violations.garde(object);
}

/// What stands for `garde` without its feature: nothing implements it.
#[cfg(not(feature = "garde"))]
#[diagnostic::on_unimplemented(
    message = "`#[orm(garde)]` needs the feature `garde` of `orm`",
    label = "add it to `Cargo.toml`"
)]
pub trait NeedsGarde {}

/// See [`NeedsGarde`].
#[cfg(not(feature = "garde"))]
pub fn run_garde<T: NeedsGarde>(object: &T, violations: &mut Violations) {
    let _ = (object, violations);
}
