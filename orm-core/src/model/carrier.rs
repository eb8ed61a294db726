//! The types of relation fields whose key is elsewhere. They declare the relation and carry the new members of a
//! literal until the session adopts them; who belongs to whom afterwards is asked of the session.

use std::fmt;

use super::{Handle, Model};

/// A member on its way into a session: a new value, or an object that is there already.
#[derive(Clone)]
pub enum New<T> {
    /// A value that the session is to add.
    Value(T),
    /// An object of the session.
    Handle(Handle<T>),
}

impl<T> From<T> for New<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Model> From<Handle<T>> for New<T> {
    fn from(handle: Handle<T>) -> Self {
        Self::Handle(handle)
    }
}

impl<T> fmt::Debug for New<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(_) => "new",
            Self::Handle(_) => "handle",
        })
    }
}

macro_rules! to_many {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name<T>(Option<Box<Vec<New<T>>>>);

        impl<T> $name<T> {
            /// What the field carries, and the field is empty afterwards. `None` when nothing was ever assigned.
            pub fn take(&mut self) -> Option<Vec<New<T>>> {
                self.0.take().map(|members| *members)
            }

            /// How many members the field carries into the session. After `add` it is 0: ask the session then.
            pub fn carried(&self) -> usize {
                self.0.as_ref().map_or(0, |members| members.len())
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self(None)
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} carried)"), self.carried())
            }
        }

        /// Two values are compared by their columns: what a relation field carries does not count.
        impl<T> PartialEq for $name<T> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T, N: Into<New<T>>> From<Vec<N>> for $name<T> {
            fn from(members: Vec<N>) -> Self {
                members.into_iter().collect()
            }
        }

        impl<T, N: Into<New<T>>, const COUNT: usize> From<[N; COUNT]> for $name<T> {
            fn from(members: [N; COUNT]) -> Self {
                members.into_iter().collect()
            }
        }

        impl<T, N: Into<New<T>>> FromIterator<N> for $name<T> {
            fn from_iter<I: IntoIterator<Item = N>>(members: I) -> Self {
                Self(Some(Box::new(members.into_iter().map(Into::into).collect())))
            }
        }
    };
}

to_many! {
    /// Many other rows hold this row's key: `#[has_many(back_populates = ..)]`.
    HasMany
}

to_many! {
    /// A table of pairs stands between: `#[many_to_many(table = "..", back_populates = ..)]`.
    ManyToMany
}

/// At most one other row holds this row's key: `#[has_one(back_populates = ..)]`.
#[derive(Clone)]
pub struct HasOne<T>(Option<Box<New<T>>>);

impl<T> HasOne<T> {
    /// What the field carries, and the field is empty afterwards.
    pub fn take(&mut self) -> Option<New<T>> {
        self.0.take().map(|member| *member)
    }
}

impl<T> Default for HasOne<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> fmt::Debug for HasOne<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HasOne({} carried)", u8::from(self.0.is_some()))
    }
}

/// Two values are compared by their columns: what a relation field carries does not count.
impl<T> PartialEq for HasOne<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for HasOne<T> {}

impl<T> From<T> for HasOne<T> {
    fn from(value: T) -> Self {
        Self(Some(Box::new(New::Value(value))))
    }
}

impl<T: Model> From<Handle<T>> for HasOne<T> {
    fn from(handle: Handle<T>) -> Self {
        Self(Some(Box::new(New::Handle(handle))))
    }
}
