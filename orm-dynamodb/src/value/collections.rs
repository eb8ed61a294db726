use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use orm_core::Result;

use super::attribute::number;
use super::{Attribute, AttributeValue, KeyAttribute, ScalarType, invalid};

#[diagnostic::do_not_recommend]
impl<T: Attribute> Attribute for Option<T> {
    type Compared = T::Compared;

    fn to_attribute(&self) -> Result<AttributeValue> {
        let Some(value) = self else { return Ok(AttributeValue::Null) };
        match value.to_attribute()? {
            AttributeValue::Null => Err(invalid("`Some` of nothing, as of an empty set, would come back as `None`")),
            value => Ok(value),
        }
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        if value == AttributeValue::Null { Ok(None) } else { T::from_attribute(value).map(Some) }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Attribute> Attribute for Vec<T> {
    type Compared = Self;

    fn to_attribute(&self) -> Result<AttributeValue> {
        T::list_to_attribute(self)
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        T::list_from_attribute(value)
    }
}

#[diagnostic::do_not_recommend]
impl KeyAttribute for Vec<u8> {
    const TYPE: ScalarType = ScalarType::B;
}

/// A list.
#[diagnostic::on_unimplemented(message = "`{Self}` is no list", label = "no list")]
pub trait ListType: Attribute {
    /// The type of its elements.
    type Element: Attribute;
}

impl<T: Attribute> ListType for Vec<T> {
    type Element = T;
}

/// A map.
#[diagnostic::on_unimplemented(message = "`{Self}` is no map", label = "no map")]
pub trait MapType: Attribute {
    /// The type of its values.
    type Value: Attribute;
}

/// A type whose values are elements of sets: text, integers or bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type for a set",
    label = "no element of sets",
    note = "the sets of DynamoDB have texts, integers or bytes"
)]
pub trait SetElement: Attribute {
    /// The value of a set.
    #[doc(hidden)]
    fn set<'a>(elements: impl Iterator<Item = &'a Self>) -> AttributeValue
    where
        Self: 'a;

    /// The elements of a set.
    ///
    /// # Errors
    ///
    /// When the value is no such set.
    #[doc(hidden)]
    fn elements(value: AttributeValue) -> Result<Vec<Self>>;
}

impl SetElement for String {
    fn set<'a>(elements: impl Iterator<Item = &'a Self>) -> AttributeValue {
        AttributeValue::Ss(elements.cloned().collect())
    }

    fn elements(value: AttributeValue) -> Result<Vec<Self>> {
        match value {
            AttributeValue::Ss(texts) => Ok(texts.into_iter().collect()),
            other => Err(other.is_not("a set of texts")),
        }
    }
}

impl SetElement for Vec<u8> {
    fn set<'a>(elements: impl Iterator<Item = &'a Self>) -> AttributeValue {
        AttributeValue::Bs(elements.cloned().collect())
    }

    fn elements(value: AttributeValue) -> Result<Vec<Self>> {
        match value {
            AttributeValue::Bs(values) => Ok(values.into_iter().collect()),
            other => Err(other.is_not("a set of bytes")),
        }
    }
}

macro_rules! integer_sets {
    ($($ty:ty),*) => {$(
        impl SetElement for $ty {
            fn set<'a>(elements: impl Iterator<Item = &'a Self>) -> AttributeValue {
                AttributeValue::Ns(elements.map(ToString::to_string).collect())
            }

            fn elements(value: AttributeValue) -> Result<Vec<Self>> {
                match value {
                    AttributeValue::Ns(numbers) => numbers
                        .into_iter()
                        .map(|text| number(&AttributeValue::N(text), concat!("a `", stringify!($ty), "`")))
                        .collect(),
                    other => Err(other.is_not("a set of numbers")),
                }
            }
        }
    )*};
}

integer_sets!(i8, i16, i32, i64, u8, u16, u32, u64);

/// A set.
#[diagnostic::on_unimplemented(message = "`{Self}` is no set", label = "no set")]
pub trait SetType: Attribute {
    /// The type of its elements.
    type Element: SetElement;
}

macro_rules! sets {
    ($($set:ident: $($bound:ident)*),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: SetElement $(+ $bound)*> Attribute for $set<T> {
            type Compared = Self;

            /// DynamoDB has no empty sets.
            fn to_attribute(&self) -> Result<AttributeValue> {
                Ok(if self.is_empty() { AttributeValue::Null } else { T::set(self.iter()) })
            }

            fn from_attribute(value: AttributeValue) -> Result<Self> {
                match value {
                    AttributeValue::Null => Ok(Self::default()),
                    value => Ok(T::elements(value)?.into_iter().collect()),
                }
            }
        }

        impl<T: SetElement $(+ $bound)*> SetType for $set<T> {
            type Element = T;
        }
    )*};
}

sets!(BTreeSet: Ord, HashSet: Eq Hash);

macro_rules! maps {
    ($($map:ident),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Attribute> Attribute for $map<String, T> {
            type Compared = Self;

            fn to_attribute(&self) -> Result<AttributeValue> {
                let entries = self.iter().map(|(key, value)| {
                    if key.is_empty() {
                        return Err(invalid("DynamoDB has no empty keys in maps"));
                    }
                    let value = value.to_attribute().map_err(|error| error.context(format!("at the key {key:?}")))?;
                    Ok((key.clone(), value))
                });
                Ok(AttributeValue::M(entries.collect::<Result<_>>()?))
            }

            fn from_attribute(value: AttributeValue) -> Result<Self> {
                let AttributeValue::M(entries) = value else { return Err(value.is_not("a map")) };
                entries.into_iter().map(|(key, value)| Ok((key, T::from_attribute(value)?))).collect()
            }
        }

        impl<T: Attribute> MapType for $map<String, T> {
            type Value = T;
        }
    )*};
}

maps!(BTreeMap, HashMap);
