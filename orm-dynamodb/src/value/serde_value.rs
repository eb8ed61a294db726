use orm_core::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Attribute, AttributeValue, de, ser};

/// A value in the form of `#[item(serde)]`: structs and maps are maps, lists and tuples are lists, an enum's variant is its name or a map with one
/// entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serde<T>(pub T);

impl<T: Serialize> Serde<T> {
    /// The attribute's value.
    ///
    /// # Errors
    ///
    /// `Invalid` when the type cannot be written, or DynamoDB cannot keep the value.
    #[doc(hidden)]
    pub fn write(value: &T) -> Result<AttributeValue> {
        Ok(value.serialize(ser::ToAttribute)?)
    }
}

impl<T: DeserializeOwned> Serde<T> {
    /// Reads the attribute's value.
    ///
    /// # Errors
    ///
    /// `Decode` when it does not fit the type.
    #[doc(hidden)]
    pub fn read(value: AttributeValue) -> Result<T> {
        Ok(T::deserialize(de::FromAttribute(value))?)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Attribute for Serde<T> {
    type Compared = Self;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Self::write(&self.0)
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        Self::read(value).map(Self)
    }
}
