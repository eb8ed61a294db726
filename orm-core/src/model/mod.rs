//! Models: the trait that `#[derive(Model)]` implements, keys, handles and the types of relation fields.

mod belongs_to;
mod family;
mod foreign;
mod handle;
mod hooks;
mod key;
mod no_key;
mod one_of;
mod proxy;
mod read_only;
mod reader;
mod relation;
mod relation_value;
mod row;
mod rules;
#[cfg(feature = "serde")]
mod serde;

pub use belongs_to::BelongsTo;
pub(crate) use family::require_rows;
pub use family::{
    FamilyBase, FamilyMember, Inherits, SameFamily, Stores, Variants, defaults_within, first_column, handle_of,
    identity_of, keep_identity, name_of_type, read_member, same, same_mut, take_same,
};
pub use foreign::{Foreign, ForeignField};
pub use handle::{Handle, RawHandle};
pub use hooks::{Hook, Hooked, Hooks, run_hook};
pub use key::{CustomKey, IntoKey, Key};
pub(crate) use no_key::require_key;
pub use no_key::{NoKey, keyed};
pub use one_of::{Among, OneOf, OneOfField, OneOfRelation, TargetKeys, Targets, handle_at, read_target};
pub use proxy::Proxy;
pub(crate) use read_only::{require_new_rows, require_writable};
pub use reader::RowReader;
pub(crate) use reader::{LEFT_OUT, Objects};
pub use relation::{Relation, RelationType, kind};
pub use relation_value::{HasMany, HasOne, ManyToMany, Member, New};
pub use row::Row;
pub use rules::Violations;
#[cfg(feature = "serde")]
pub use serde::ReadKey;

use std::any::Any;

use crate::error::Result;
use crate::schema::{ModelRef, ModelSpec, TableDef};
use crate::value::{Mismatch, ValueRef};

/// A struct that is a table. Implement it by `#[derive(Model)]` only.
///
/// Fields are named by number: their position in the struct. A field's *parts* are its columns; a plain column has the
/// one part 0, a foreign key to a composite key has several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "expected a struct with `#[derive(Model)]`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The type of the primary key; a tuple when several fields make it up.
    type Key: Key;

    /// What a session keeps the objects as: the model itself, or the enum of its family.
    type Stored: Model<Key = Self::Key, Stored = Self::Stored> + Stores<Self>;

    /// The constant description of the struct.
    fn spec() -> &'static ModelSpec;

    /// The table, built of [`spec`](Model::spec) at the first call.
    fn table() -> &'static TableDef;

    /// An empty arena for objects of this model, for a session. Opaque elsewhere.
    #[must_use]
    fn arena() -> Box<dyn Any + Send>;

    /// The primary key, or `None` while a part of it is an unset `BelongsTo`. Of a new object it may be a key that the database is still to
    /// choose: [`Key::is_set`] tells 0, an empty text and the nil UUID from others, which a row may have all the same.
    fn key(&self) -> Option<Self::Key>;

    /// Reads an object from the columns of a row, in the order of [`TableDef::columns`].
    ///
    /// # Errors
    ///
    /// `Decode` naming the column whose cell does not fit its field.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;

    /// The value of one part of a field. NULL for a key that is not known yet and for fields without columns.
    fn value(&self, field: usize, part: usize) -> ValueRef<'_>;

    /// Sets one part of a plain column; foreign keys are set by [`set_foreign`](Model::set_foreign).
    ///
    /// # Errors
    ///
    /// When the value does not fit the field.
    fn set_value(&mut self, field: usize, value: ValueRef<'_>) -> Result<(), Mismatch>;

    /// A [`Deferred`](crate::value::Deferred) field, which is of that type.
    fn deferred(&self, field: usize) -> Option<&dyn Any> {
        let _ = field;
        None
    }

    /// Sets all fields of an embedded value, one of which has the number `field`, to those of another object.
    fn set_embedded(&mut self, field: usize, from: &Self) {
        let _ = (field, from);
    }

    /// The state of a `belongs_to` field; `Unset` for any other field.
    fn foreign(&self, field: usize) -> Foreign<'_>;

    /// Sets a `belongs_to` field; does nothing to any other field.
    fn set_foreign(&mut self, field: usize, to: Foreign<'_>);

    /// A copy of all columns; relation fields are empty in it.
    #[must_use]
    fn snapshot(&self) -> Self;

    /// Moves the new children in relation fields to `adopter`, and leaves the fields empty.
    fn hand_over<A: Adopter>(&mut self, adopter: &mut A);

    /// The number of the first relation field with new children.
    fn pending_relation(&self) -> Option<usize> {
        None
    }

    /// Sets the fields that have `on_update = expr`.
    fn touch_on_update(&mut self) {}

    /// Why there are no rows of this model itself, if it is an abstract base.
    const ABSTRACT: Option<&'static str> = None;

    /// Why no row of this model is written, if it is read-only.
    const READ_ONLY: Option<&'static str> = None;

    /// Whether its rows have a key, by which they are objects.
    const KEYED: bool = true;

    /// Whether this is the enum of a family.
    const FAMILY: bool = false;

    /// The name of the struct that the object is.
    fn type_name(&self) -> &'static str {
        Self::spec().name
    }

    /// Whether it is an object of a family of which only the columns of the base were read.
    fn is_part(&self) -> bool {
        false
    }

    /// Takes from the whole object what was not read.
    fn complete(&mut self, whole: Self) {
        let _ = whole;
    }

    /// Whether the model has `default_on_insert = expr` fields.
    const FILLS: bool = false;

    /// Sets the `default_on_insert = expr` fields that are not set yet.
    fn fill_on_insert(&mut self) {}

    /// Whether the model has hooks: `#[orm(hooks)]`.
    const HOOKS: bool = false;

    /// Runs one of the model's hooks.
    ///
    /// # Errors
    ///
    /// The hook's error.
    fn hook(&mut self, hook: Hook<'_, Self>) -> Result<()> {
        let _ = hook;
        Ok(())
    }

    /// Whether the model has rules: `validate = function` on a field, or `#[orm(garde)]`.
    const RULES: bool = false;

    /// Checks the rules.
    fn check_rules(&self, violations: &mut Violations) {
        let _ = violations;
    }

    /// Calls back with the value of every `default = expr` and `default_on_insert = expr` outside of the key, by the number of its field.
    fn defaults(each: &mut dyn FnMut(usize, ValueRef<'_>)) {
        let _ = each;
    }
}

/// Takes the new children from the relation fields of a value.
pub trait Adopter {
    /// A list was assigned to a to-many relation field, perhaps an empty one. Its children follow one by one.
    fn assigned<T: Model>(&mut self, field: usize, children: &[New<T>]) {
        let _ = (field, children);
    }

    /// Takes one child found in the relation field with number `field`.
    fn adopt<T: Model>(&mut self, field: usize, child: New<T>);
}

/// Names the model `M` without building its table.
pub const fn model_ref<M: Model>() -> ModelRef {
    ModelRef { spec: M::spec, table: M::table, arena: M::arena }
}
