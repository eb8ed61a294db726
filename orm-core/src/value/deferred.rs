use std::fmt;

use super::{ColumnType, Mismatch, SqlType, ValueRef, Values};

/// The value of a column that is read when it is asked for, and not with its row: for wide texts, documents and bytes.
///
/// A query leaves the column out, unless it says [`undefer`](crate::query::Query::undefer). [`Session::load`](crate::session::Session::load)
/// brings it for all objects of a result, in one statement. A value that is not there is never written: an UPDATE has the column if
/// the program has set it. A new row needs it, unless the column may be NULL or has a default of the database.
///
/// In queries the column has the type `T`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "post")]
/// struct Post {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     body: Deferred<String>,
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Post])?;
/// # let mut session = engine.session();
/// session.add(Post { title: "Spring".into(), body: "It rains.".into(), ..Default::default() });
/// session.commit()?;
/// session.clear();
///
/// let post = Post::query().one(&mut session)?; // SELECT id, title
/// assert_eq!(session[post].body.get(), None);
/// assert_eq!(session.load(post, Post::body)?, "It rains."); // SELECT id, body, for all objects of the result
/// assert_eq!(session[post].body.get().map(String::len), Some(9));
///
/// session[post].body = "It pours.".into();
/// session.commit()?;
/// assert_eq!(Post::query().filter(Post::body.starts_with("It p")).count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deferred<T>(Option<T>);

impl<T> Deferred<T> {
    /// A value that is there.
    pub const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Whether the value is there.
    ///
    /// See the example of [`Deferred`].
    pub const fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// The value, if it is there. [`Session::load`](crate::session::Session::load) brings it.
    ///
    /// See the example of [`Deferred`].
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }

    /// The value, to be changed, if it is there.
    ///
    /// See the example of [`Deferred`].
    pub const fn get_mut(&mut self) -> Option<&mut T> {
        self.0.as_mut()
    }

    /// The value, if it is there.
    pub fn into_loaded(self) -> Option<T> {
        self.0
    }
}

/// A value that is not there.
impl<T> Default for Deferred<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Deferred<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("NotLoaded"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> ColumnType for Deferred<T> {
    type Base = T::Base;
    const SQL_TYPE: SqlType = T::SQL_TYPE;
    const NULLABLE: bool = T::NULLABLE;
    const VALUES: Values = T::VALUES;

    fn to_ref(&self) -> ValueRef<'_> {
        self.0.as_ref().map_or(ValueRef::Unloaded, T::to_ref)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Unloaded => Ok(Self(None)),
            value => T::from_ref(value).map(Self::new),
        }
    }
}

/// The value, or null while it is not there.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Deferred<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Null is a value that is not there.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Deferred<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(Self)
    }
}
