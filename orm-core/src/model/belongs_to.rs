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
#[derive(Default)]
pub enum BelongsTo<T: Model> {
    /// Not set yet; a flush refuses it.
    #[default]
    Unset,
    /// The key of a row.
    Key(T::Key),
    /// An object of the session that has no key yet; a flush replaces it by the key.
    New(Handle<T>),
}

impl<T: Model> BelongsTo<T> {
    /// References the row with that key.
    pub fn key(key: impl Into<T::Key>) -> Self {
        Self::Key(key.into())
    }

    /// The key, when it is known.
    pub fn as_key(&self) -> Option<&T::Key> {
        match self {
            Self::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether nothing was assigned yet.
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }
}

impl<T: Model> ForeignField for BelongsTo<T> {
    type Column = T::Key;
    const NULLABLE: bool = false;
    const TARGET: ModelRef = model_ref::<T>();

    fn state(&self) -> Foreign<'_> {
        match self {
            Self::Unset => Foreign::Unset,
            Self::Key(key) => Foreign::Key(key),
            Self::New(handle) => Foreign::New { slot: handle.slot(), stamp: handle.stamp() },
        }
    }

    fn set_state(&mut self, to: Foreign<'_>) {
        *self = match to {
            Foreign::Unset | Foreign::Null => Self::Unset,
            Foreign::New { slot, stamp } => Self::New(Handle::new(slot, stamp)),
            Foreign::Key(key) => match (key as &dyn Any).downcast_ref::<T::Key>() {
                Some(key) => Self::Key(key.clone()),
                None => Self::Unset,
            },
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_key().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        T::Key::read(row).map(Self::Key)
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
                let mut key = BelongsTo::Unset;
                key.set_state(other);
                Some(key)
            }
        };
    }

    fn part(&self, index: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |key| key.part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        Ok(T::Key::read_nullable(row)?.map(BelongsTo::Key))
    }
}

impl<T: Model> From<Handle<T>> for BelongsTo<T> {
    fn from(handle: Handle<T>) -> Self {
        Self::New(handle)
    }
}

impl<T: Model> From<Handle<T>> for Option<BelongsTo<T>> {
    fn from(handle: Handle<T>) -> Self {
        Some(BelongsTo::New(handle))
    }
}

impl<T: Model> Clone for BelongsTo<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Unset => Self::Unset,
            Self::Key(key) => Self::Key(key.clone()),
            Self::New(handle) => Self::New(*handle),
        }
    }
}

impl<T: Model> PartialEq for BelongsTo<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unset, Self::Unset) => true,
            (Self::Key(a), Self::Key(b)) => a == b,
            (Self::New(a), Self::New(b)) => a == b,
            _ => false,
        }
    }
}

impl<T: Model> Eq for BelongsTo<T> {}

impl<T: Model> fmt::Debug for BelongsTo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("Unset"),
            Self::Key(key) => write!(f, "Key({key:?})"),
            Self::New(handle) => write!(f, "New({handle:?})"),
        }
    }
}
