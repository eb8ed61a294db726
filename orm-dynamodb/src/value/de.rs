//! Attributes as serde's data model.

use std::fmt::Display;

use orm_core::{Error, ErrorKind};
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::AttributeValue;

/// An error of serde's.
#[derive(Debug)]
pub(super) struct Failure(String);

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(ErrorKind::Decode, failure.0)
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// Reads a value of an attribute.
pub(super) struct FromAttribute(pub(super) AttributeValue);

impl IntoDeserializer<'_, Failure> for FromAttribute {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A number as the smallest type that holds it.
fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value> {
    if let Ok(value) = text.parse() {
        return visitor.visit_u64(value);
    }
    if let Ok(value) = text.parse() {
        return visitor.visit_i64(value);
    }
    match text.parse() {
        Ok(value) => visitor.visit_f64(value),
        Err(_) => Err(de::Error::custom("a number that is none")),
    }
}

/// A number for a field that is a float, whatever its digits are.
fn visit_float<'de, V: Visitor<'de>>(value: &AttributeValue, visitor: V) -> Result<V::Value> {
    match value {
        AttributeValue::N(text) => match text.parse() {
            Ok(value) => visitor.visit_f64(value),
            Err(_) => Err(de::Error::custom("a number that is none")),
        },
        other => Err(Failure(other.is_not("a number").to_string())),
    }
}

fn visit_list<'de, V: Visitor<'de>>(
    values: impl ExactSizeIterator<Item = AttributeValue>,
    visitor: V,
) -> Result<V::Value> {
    let mut list = SeqDeserializer::new(values.map(FromAttribute));
    let out = visitor.visit_seq(&mut list)?;
    list.end()?;
    Ok(out)
}

impl<'de> Deserializer<'de> for FromAttribute {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.0 {
            AttributeValue::Null => visitor.visit_unit(),
            AttributeValue::Bool(value) => visitor.visit_bool(value),
            AttributeValue::S(text) => visitor.visit_string(text),
            AttributeValue::N(text) => visit_number(&text, visitor),
            AttributeValue::B(bytes) => visitor.visit_byte_buf(bytes),
            AttributeValue::L(values) => visit_list(values.into_iter(), visitor),
            AttributeValue::M(values) => {
                let entries = values.into_iter().map(|(key, value)| (Key(key), FromAttribute(value)));
                let mut map = MapDeserializer::new(entries);
                let out = visitor.visit_map(&mut map)?;
                map.end()?;
                Ok(out)
            }
            AttributeValue::Ss(texts) => visit_list(texts.into_iter().map(AttributeValue::S), visitor),
            AttributeValue::Ns(numbers) => visit_list(numbers.into_iter().map(AttributeValue::N), visitor),
            AttributeValue::Bs(values) => visit_list(values.into_iter().map(AttributeValue::B), visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visit_float(&self.0, visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visit_float(&self.0, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.0 == AttributeValue::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let (name, contents) = match self.0 {
            AttributeValue::S(name) => (name, None),
            AttributeValue::M(values) if values.len() == 1 => {
                let entry = values.into_iter().next();
                let (name, contents) = entry.ok_or_else(|| Failure("a map without an entry".to_owned()))?;
                (name, Some(contents))
            }
            other => return Err(Failure(other.is_not("a variant").to_string())),
        };
        visitor.visit_enum(Variant { name, contents })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// A variant of an enum.
struct Variant {
    name: String,
    contents: Option<AttributeValue>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: de::DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let name: StrDeserializer<'_, Failure> = self.name.as_str().into_deserializer();
        let value = seed.deserialize(name)?;
        Ok((value, self))
    }
}

impl Variant {
    fn contents(self) -> Result<FromAttribute> {
        let Self { name, contents } = self;
        contents.map(FromAttribute).ok_or_else(|| Failure(format!("the variant `{name}` without its contents")))
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = Failure;

    fn unit_variant(self) -> Result<()> {
        match self.contents {
            None | Some(AttributeValue::Null) => Ok(()),
            Some(_) => Err(Failure(format!("the variant `{}` with contents", self.name))),
        }
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.contents()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.contents()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.contents()?.deserialize_any(visitor)
    }
}

/// A key of a map: a text, from which numbers and truth values are read where the type wants them.
struct Key(String);

impl IntoDeserializer<'_, Failure> for Key {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed_keys {
    ($($method:ident $visit:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => visitor.visit_string(self.0),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_string(self.0)
    }

    parsed_keys!(
        deserialize_bool visit_bool, deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32,
        deserialize_u64 visit_u64
    );

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(Variant { name: self.0, contents: None })
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
