use std::any::Any;
use std::num::NonZeroU32;

use super::{BelongsTo, Model, RowReader};
use crate::error::Result;
use crate::schema::ModelRef;
use crate::value::ValueRef;

/// The state of a `belongs_to` field, without its types.
#[derive(Debug, Clone, Copy)]
pub enum Foreign<'a> {
    /// Never set.
    Unset,
    /// `None`.
    Null,
    /// An object of the session whose key is not known yet.
    New {
        /// The slot of the object in the arena of the field's target.
        slot: u32,
        /// The stamp of its handle.
        stamp: NonZeroU32,
    },
    /// A key: the target's `Model::Key`.
    Key(&'a dyn Any),
}

impl Foreign<'_> {
    /// Whether it references something.
    pub(crate) fn is_set(self) -> bool {
        matches!(self, Self::New { .. } | Self::Key(_))
    }
}

mod sealed {
    pub trait Sealed {}
}

use sealed::Sealed;

impl<T: Model> Sealed for BelongsTo<T> {}
impl<T: Model> Sealed for Option<BelongsTo<T>> {}

/// The types that a `belongs_to` field may have: `BelongsTo<T>` and `Option<BelongsTo<T>>`.
#[diagnostic::on_unimplemented(
    message = "a `#[belongs_to]` field has type `BelongsTo<T>` or `Option<BelongsTo<T>>`, not `{Self}`",
    label = "not a `BelongsTo`"
)]
pub trait ForeignField: Clone + Sealed {
    /// The type of its column: the target's key, in an `Option` if it may be NULL.
    type Column;

    /// Whether the key may be NULL.
    const NULLABLE: bool;

    /// The model that the key references.
    const TARGET: ModelRef;

    /// The state of the field.
    fn state(&self) -> Foreign<'_>;

    /// Sets the field. `Null` for a field that is not an `Option`, and a key of another type, leave it unset.
    fn set_state(&mut self, to: Foreign<'_>);

    /// The value of one column of the key, or NULL without a key.
    fn part(&self, index: usize) -> ValueRef<'_>;

    /// Reads the key from a row.
    ///
    /// # Errors
    ///
    /// `Decode` when a cell does not fit, or is NULL where the field is no `Option`.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;
}
