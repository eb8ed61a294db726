//! Serializing relation fields: a foreign key as its key, and the other fields as the new members that they hold.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

use super::{BelongsTo, HasMany, HasOne, ManyToMany, Model, New, OneOf, TargetKeys, Targets};

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

/// A key to one of several models, as serde has an enum: `{"Team": 3}`, or null if there is none.
impl<E: Targets<Keys: Serialize>> Serialize for OneOf<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keys.serialize(serializer)
    }
}

impl<'de, E: Targets<Keys: ReadKey<'de>>> Deserialize<'de> for OneOf<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(KeyVisitor(PhantomData)).map(Self::new)
    }
}

/// Keys that are read by the name of their variant. `#[derive(OneOf)]` implements it.
pub trait ReadKey<'de>: TargetKeys {
    /// The names of the variants.
    const NAMES: &'static [&'static str];

    /// Reads the key of the variant of a name.
    ///
    /// # Errors
    ///
    /// For another name, and for a key of another type.
    fn read_key<A: VariantAccess<'de>>(name: &str, key: A) -> Result<Self, A::Error>;
}

struct KeyVisitor<K>(PhantomData<K>);

impl<'de, K: ReadKey<'de>> Visitor<'de> for KeyVisitor<K> {
    type Value = K;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "null, or the key of one of {}, as {{\"{}\": 1}}",
            K::NAMES.join(", "),
            K::NAMES.first().unwrap_or(&"")
        )
    }

    fn visit_none<X>(self) -> Result<K, X> {
        Ok(K::default())
    }

    fn visit_unit<X>(self) -> Result<K, X> {
        Ok(K::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<K, D::Error> {
        deserializer.deserialize_enum("OneOf", K::NAMES, self)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<K, A::Error> {
        let (name, key): (String, _) = data.variant()?;
        K::read_key(&name, key)
    }
}
