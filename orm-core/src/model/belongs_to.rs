use std::any::Any;
use std::fmt;

use super::{Foreign, ForeignField, Handle, Key, Model, RowReader, model_ref};
use crate::error::Result;
use crate::schema::ModelRef;
use crate::value::ValueRef;

/// A foreign key: the field *is* the column (or columns) that reference a row of `T`.
///
/// Assign a handle (`car.model = corolla.into()`) or a key (`BelongsTo::key(3)`); `session[&car.model]` is the object.
/// `Option<BelongsTo<T>>` is a key that may be NULL.
///
/// ```text
/// Car { brand: toyota.into(), ..Default::default() }          // the handle of an object, new or not
/// Car { brand: BelongsTo::key(3), ..Default::default() }      // the key of a row
/// Car { brand: BelongsTo::default(), .. }                     // not set yet; a flush refuses it
/// ```
pub struct BelongsTo<T: Model>(Reference<T>);

enum Reference<T: Model> {
    /// Not set yet.
    Unset,
    /// The key of a row.
    Key(T::Key),
    /// An object of the session that has no key yet; a flush replaces it by the key.
    New(Handle<T>),
}

impl<T: Model> BelongsTo<T> {
    /// References the row with that key.
    pub fn key(key: impl Into<T::Key>) -> Self {
        Self(Reference::Key(key.into()))
    }

    /// The key, when it is known.
    pub fn as_key(&self) -> Option<&T::Key> {
        match &self.0 {
            Reference::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The object that was assigned, until a flush replaces it by its key.
    pub fn as_handle(&self) -> Option<Handle<T>> {
        match self.0 {
            Reference::New(handle) => Some(handle),
            _ => None,
        }
    }

    /// Whether nothing was assigned yet.
    pub fn is_unset(&self) -> bool {
        matches!(self.0, Reference::Unset)
    }
}

impl<T: Model> Default for BelongsTo<T> {
    fn default() -> Self {
        Self(Reference::Unset)
    }
}

impl<T: Model> ForeignField for BelongsTo<T> {
    type Column = T::Key;
    const NULLABLE: bool = false;
    const TARGET: ModelRef = model_ref::<T>();

    fn state(&self) -> Foreign<'_> {
        match &self.0 {
            Reference::Unset => Foreign::Unset,
            Reference::Key(key) => Foreign::Key(key),
            Reference::New(handle) => Foreign::New { slot: handle.slot(), stamp: handle.stamp() },
        }
    }

    fn set_state(&mut self, to: Foreign<'_>) {
        self.0 = match to {
            Foreign::Unset | Foreign::Null => Reference::Unset,
            Foreign::New { slot, stamp } => Reference::New(Handle::new(slot, stamp)),
            Foreign::Key(key) => match (key as &dyn Any).downcast_ref::<T::Key>() {
                Some(key) => Reference::Key(key.clone()),
                None => Reference::Unset,
            },
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_key().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        T::Key::read(row).map(Self::key)
    }
}

impl<T: Model> ForeignField for Option<BelongsTo<T>> {
    type Column = Option<T::Key>;
    const NULLABLE: bool = true;
    const TARGET: ModelRef = model_ref::<T>();

    fn state(&self) -> Foreign<'_> {
        self.as_ref().map_or(Foreign::Null, ForeignField::state)
    }

    fn set_state(&mut self, to: Foreign<'_>) {
        *self = match to {
            Foreign::Null => None,
            other => {
                let mut key = BelongsTo::default();
                key.set_state(other);
                Some(key)
            }
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(T::Key::read_nullable(row)?.map(BelongsTo::key))
    }
}

impl<T: Model> From<Handle<T>> for BelongsTo<T> {
    fn from(handle: Handle<T>) -> Self {
        Self(Reference::New(handle))
    }
}

impl<T: Model> From<Handle<T>> for Option<BelongsTo<T>> {
    fn from(handle: Handle<T>) -> Self {
        Some(handle.into())
    }
}

impl<T: Model> Clone for BelongsTo<T> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Reference::Unset => Reference::Unset,
            Reference::Key(key) => Reference::Key(key.clone()),
            Reference::New(handle) => Reference::New(*handle),
        })
    }
}

impl<T: Model> PartialEq for BelongsTo<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Reference::Unset, Reference::Unset) => true,
            (Reference::Key(a), Reference::Key(b)) => a == b,
            (Reference::New(a), Reference::New(b)) => a == b,
            _ => false,
        }
    }
}

impl<T: Model> Eq for BelongsTo<T> {}

impl<T: Model> fmt::Debug for BelongsTo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reference::Unset => f.write_str("Unset"),
            Reference::Key(key) => write!(f, "Key({key:?})"),
            Reference::New(handle) => write!(f, "New({handle:?})"),
        }
    }
}
