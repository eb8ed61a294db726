//! Values of attributes, and the Rust types that they are made of.

mod attribute;
mod collections;
mod column;
mod de;
mod epoch;
mod operand;
mod ser;
mod serde_value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use orm_core::{Error, ErrorKind};
use serde::de::{self as serde_de, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use attribute::{Attribute, KeyAttribute, Numeric, ScalarType};
pub use collections::{ListType, MapType, SetElement, SetType};
pub use column::Column;
pub use epoch::{Epoch, TimeToLive};
pub use operand::Operand;
pub use serde_value::Serde;

/// Attributes by their names: an item, a key, or a map within an item.
pub type Attributes = BTreeMap<String, AttributeValue>;

/// The value of an attribute, as DynamoDB knows it. It is an [`Attribute`] itself, for attributes of any type.
///
/// ```
/// use orm_dynamodb::{Attribute, AttributeValue};
///
/// assert_eq!(vec!["a".to_owned()].to_attribute()?, AttributeValue::L(vec![AttributeValue::S("a".into())]));
/// assert_eq!(u32::from_attribute(AttributeValue::N("31".into()))?, 31);
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeValue {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// Text.
    S(String),
    /// A number of at most 38 digits.
    N(String),
    /// Bytes.
    B(Vec<u8>),
    /// A list.
    L(Vec<AttributeValue>),
    /// A map.
    M(Attributes),
    /// A set of texts. None is empty.
    Ss(BTreeSet<String>),
    /// A set of numbers. None is empty.
    Ns(BTreeSet<String>),
    /// A set of bytes. None is empty.
    Bs(BTreeSet<Vec<u8>>),
}

impl AttributeValue {
    /// DynamoDB's name of the type.
    fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "BOOL",
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::L(_) => "L",
            Self::M(_) => "M",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// The error for a value where `expected` should be. It does not show the value.
    pub(crate) fn is_not(&self, expected: &str) -> Error {
        Error::new(ErrorKind::Decode, format!("expected {expected}, found the type {}", self.type_name()))
    }
}

/// The error for a value that DynamoDB cannot keep.
pub(crate) fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

/// Bytes in base 64.
struct Base64<B>(B);

impl<B: AsRef<[u8]>> Serialize for Base64<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64<Vec<u8>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(serde_de::Error::custom)
    }
}

impl Serialize for AttributeValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.type_name();
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Null => map.serialize_entry(name, &true)?,
            Self::Bool(value) => map.serialize_entry(name, value)?,
            Self::S(text) | Self::N(text) => map.serialize_entry(name, text)?,
            Self::B(bytes) => map.serialize_entry(name, &Base64(bytes))?,
            Self::L(values) => map.serialize_entry(name, values)?,
            Self::M(values) => map.serialize_entry(name, values)?,
            Self::Ss(texts) | Self::Ns(texts) => map.serialize_entry(name, texts)?,
            Self::Bs(values) => map.serialize_entry(name, &values.iter().map(Base64).collect::<Vec<_>>())?,
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for AttributeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TypedVisitor)
    }
}

struct TypedVisitor;

impl<'de> Visitor<'de> for TypedVisitor {
    type Value = AttributeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its type")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let name: String = map.next_key()?.ok_or_else(|| serde_de::Error::custom("a value without a type"))?;
        Ok(match name.as_str() {
            "NULL" => map.next_value::<bool>().map(|_| AttributeValue::Null)?,
            "BOOL" => AttributeValue::Bool(map.next_value()?),
            "S" => AttributeValue::S(map.next_value()?),
            "N" => AttributeValue::N(map.next_value()?),
            "B" => AttributeValue::B(map.next_value::<Base64<_>>()?.0),
            "L" => AttributeValue::L(map.next_value()?),
            "M" => AttributeValue::M(map.next_value()?),
            "SS" => AttributeValue::Ss(map.next_value()?),
            "NS" => AttributeValue::Ns(map.next_value()?),
            "BS" => {
                let values: Vec<Base64<Vec<u8>>> = map.next_value()?;
                AttributeValue::Bs(values.into_iter().map(|Base64(bytes)| bytes).collect())
            }
            other => return Err(serde_de::Error::custom(format!("a value of the unknown type {other}"))),
        })
    }
}
