use std::fmt;
use std::ops::{Deref, DerefMut};

use super::{ColumnType, Mismatch, SqlType, ValueRef, Values};

/// The value of a column that is not NULL and that the database fills in when the program does not: `#[orm(server_default = "now()")]`.
///
/// It is either set or not, whatever the value is, so a value that equals the default is written like any other. While it is not set,
/// an INSERT leaves the column out, and the value comes back with the row. From then on the field is set, and reads as its value. Before
/// that it reads as `T::default()`, as a key reads as 0 before the database has chosen it; [`is_unset`](Self::is_unset) tells the two apart.
///
/// In queries the column has the type `T`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "parcel")]
/// struct Parcel {
///     #[orm(primary_key)]
///     id: i64,
///     #[orm(server_default = "'ready'")]
///     state: Generated<String>,
///     #[orm(server_default = "3")]
///     priority: Generated<i32>,
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Parcel])?;
/// # let mut session = engine.session();
/// let parcel = session.add(Parcel { priority: 0.into(), ..Default::default() });
/// assert!(session[parcel].state.is_unset());
/// session.commit()?; // INSERT INTO parcel (priority) VALUES (0) RETURNING id, state
/// assert_eq!(session[parcel].state.as_str(), "ready");
/// assert_eq!(*session[parcel].priority, 0);
///
/// *session[parcel].priority += 1;
/// session.commit()?;
/// assert_eq!(Parcel::query().filter(Parcel::priority.eq(1)).count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Generated<T> {
    set: bool,
    value: T,
}

impl<T> Generated<T> {
    /// A value that is set.
    pub const fn new(value: T) -> Self {
        Self { set: true, value }
    }

    /// Whether the value is left to the database.
    ///
    /// See the example of [`Generated`].
    pub const fn is_unset(&self) -> bool {
        !self.set
    }

    /// The value, if it is set.
    pub const fn as_set(&self) -> Option<&T> {
        if self.set { Some(&self.value) } else { None }
    }

    /// The value, if it is set.
    pub fn into_set(self) -> Option<T> {
        self.set.then_some(self.value)
    }
}

/// A value that is not set reads as `T::default()`.
impl<T> Deref for Generated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// What is written to is set from then on.
impl<T> DerefMut for Generated<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.set = true;
        &mut self.value
    }
}

impl<T> From<T> for Generated<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Generated<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

/// Whether the value is set, and equals the other.
impl<T: PartialEq> PartialEq<T> for Generated<T> {
    fn eq(&self, other: &T) -> bool {
        self.as_set() == Some(other)
    }
}

impl PartialEq<str> for Generated<String> {
    fn eq(&self, other: &str) -> bool {
        self.as_set().is_some_and(|value| value == other)
    }
}

impl PartialEq<&str> for Generated<String> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl<T: fmt::Debug> fmt::Debug for Generated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_set() {
            Some(value) => value.fmt(f),
            None => f.write_str("Unset"),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Generated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// Not set is NULL, which the column cannot hold: whoever writes a row leaves such a column out.
#[diagnostic::do_not_recommend]
impl<T: ColumnType<Base = T>> ColumnType for Generated<T> {
    type Base = T;
    const SQL_TYPE: SqlType = T::SQL_TYPE;
    const VALUES: Values = T::VALUES;

    fn to_ref(&self) -> ValueRef<'_> {
        self.as_set().map_or(ValueRef::Null, T::to_ref)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        T::from_ref(value).map(Self::new)
    }
}

/// The value, or null while it is not set.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Generated<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_set().serialize(serializer)
    }
}

/// Null is a value that is not set.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de> + Default> serde::Deserialize<'de> for Generated<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or_else(Self::default, Self::new))
    }
}
