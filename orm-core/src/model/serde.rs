//! Serializing relation fields: a foreign key as its key, and the other fields as the new members that they hold.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};

use super::{BelongsTo, HasMany, HasOne, ManyToMany, Model, New};

/// The key, or null if there is none. A new parent has a key after the flush.
impl<T: Model<Key: Serialize>> Serialize for BelongsTo<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_key().serialize(serializer)
    }
}

impl<'de, T: Model<Key: Deserialize<'de>>> Deserialize<'de> for BelongsTo<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key: Option<T::Key> = Option::deserialize(deserializer)?;
        Ok(key.map_or_else(Self::default, Self::key))
    }
}

/// A member as its value. A handle cannot be serialized, because only its session knows the object.
fn value<T, S: Serializer>(member: &New<T>) -> Result<&T, S::Error> {
    match member {
        New::Value(value) => Ok(value),
        New::Handle(_) => Err(S::Error::custom(
            "a relation field carries a handle, which means nothing outside its session; serialize what was read from one",
        )),
    }
}

macro_rules! to_many {
    ($($name:ident)*) => {$(
        /// The new members of the field.
        impl<T: Model + Serialize> Serialize for $name<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let values = self.members().iter().map(value::<T, S>).collect::<Result<Vec<&T>, _>>()?;
                values.serialize(serializer)
            }
        }

        /// An empty list is a field to which nothing was assigned, as it is in an object that was read.
        impl<'de, T: Model + Deserialize<'de>> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let values: Vec<T> = Deserialize::deserialize(deserializer)?;
                Ok(if values.is_empty() { Self::default() } else { values.into() })
            }
        }
    )*};
}

to_many!(HasMany ManyToMany);

/// The new member of the field, or null.
impl<T: Model + Serialize> Serialize for HasOne<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.members().first().map(value::<T, S>).transpose()?.serialize(serializer)
    }
}

impl<'de, T: Model + Deserialize<'de>> Deserialize<'de> for HasOne<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or_else(Self::default, Self::from))
    }
}
