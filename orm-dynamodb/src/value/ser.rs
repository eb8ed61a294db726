//! Serde's data model as attributes.

use std::fmt::Display;

use orm_core::Error;
use serde::ser::{self, Serialize};

use super::attribute::float;
use super::{AttributeValue, Attributes, invalid};

/// An error of serde's.
#[derive(Debug)]
pub(super) struct Failure(String);

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl ser::Error for Failure {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        invalid(failure.0)
    }
}

type Result<T = AttributeValue> = std::result::Result<T, Failure>;

/// Makes attributes of values.
pub(super) struct ToAttribute;

fn number(value: impl Display) -> Result {
    Ok(AttributeValue::N(value.to_string()))
}

/// A map with one entry, as a variant with contents is written.
fn variant(name: &str, contents: AttributeValue) -> AttributeValue {
    AttributeValue::M(Attributes::from([(name.to_owned(), contents)]))
}

impl ser::Serializer for ToAttribute {
    type Ok = AttributeValue;
    type Error = Failure;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    fn serialize_bool(self, v: bool) -> Result {
        Ok(AttributeValue::Bool(v))
    }

    fn serialize_i8(self, v: i8) -> Result {
        number(v)
    }

    fn serialize_i16(self, v: i16) -> Result {
        number(v)
    }

    fn serialize_i32(self, v: i32) -> Result {
        number(v)
    }

    fn serialize_i64(self, v: i64) -> Result {
        number(v)
    }

    fn serialize_u8(self, v: u8) -> Result {
        number(v)
    }

    fn serialize_u16(self, v: u16) -> Result {
        number(v)
    }

    fn serialize_u32(self, v: u32) -> Result {
        number(v)
    }

    fn serialize_u64(self, v: u64) -> Result {
        number(v)
    }

    fn serialize_f32(self, v: f32) -> Result {
        float(v.into(), format!("{v:e}")).map_err(|error| Failure(error.to_string()))
    }

    fn serialize_f64(self, v: f64) -> Result {
        float(v, format!("{v:e}")).map_err(|error| Failure(error.to_string()))
    }

    fn serialize_char(self, v: char) -> Result {
        Ok(AttributeValue::S(v.to_string()))
    }

    fn serialize_str(self, v: &str) -> Result {
        Ok(AttributeValue::S(v.to_owned()))
    }

    fn serialize_bytes(self, v: &[u8]) -> Result {
        Ok(AttributeValue::B(v.to_vec()))
    }

    fn serialize_none(self) -> Result {
        Ok(AttributeValue::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        Ok(AttributeValue::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result {
        Ok(AttributeValue::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result {
        Ok(AttributeValue::S(name.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result {
        Ok(variant(name, value.serialize(self)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List> {
        Ok(List { values: Vec::with_capacity(length.unwrap_or(0)), variant: None })
    }

    fn serialize_tuple(self, length: usize) -> Result<List> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, name: &'static str, length: usize) -> Result<List> {
        Ok(List { values: Vec::with_capacity(length), variant: Some(name) })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map> {
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map> {
        Ok(Map::default())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, name: &'static str, _: usize) -> Result<Map> {
        Ok(Map { variant: Some(name), ..Map::default() })
    }
}

/// A list that is being written.
pub(super) struct List {
    values: Vec<AttributeValue>,
    variant: Option<&'static str>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.values.push(value.serialize(ToAttribute)?);
        Ok(())
    }

    fn done(self) -> Result {
        let list = AttributeValue::L(self.values);
        Ok(match self.variant {
            Some(name) => variant(name, list),
            None => list,
        })
    }
}

macro_rules! lists {
    ($($name:ident $push:ident),*) => {$(
        impl ser::$name for List {
            type Ok = AttributeValue;
            type Error = Failure;

            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.push(value)
            }

            fn end(self) -> Result {
                self.done()
            }
        }
    )*};
}

lists!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field);

/// A map that is being written.
#[derive(Default)]
pub(super) struct Map {
    values: Attributes,
    key: Option<String>,
    variant: Option<&'static str>,
}

impl Map {
    fn done(self) -> Result {
        let map = AttributeValue::M(self.values);
        Ok(match self.variant {
            Some(name) => variant(name, map),
            None => map,
        })
    }
}

impl ser::SerializeMap for Map {
    type Ok = AttributeValue;
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(match key.serialize(ToAttribute)? {
            AttributeValue::S(text) if text.is_empty() => {
                return Err(Failure("DynamoDB has no empty keys in maps".to_owned()));
            }
            AttributeValue::S(text) | AttributeValue::N(text) => text,
            AttributeValue::Bool(value) => value.to_string(),
            _ => return Err(Failure("a key of a map is a text, a number or a truth value".to_owned())),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or_else(|| Failure("a value of a map without its key".to_owned()))?;
        self.values.insert(key, value.serialize(ToAttribute)?);
        Ok(())
    }

    fn end(self) -> Result {
        self.done()
    }
}

macro_rules! structs {
    ($($name:ident),*) => {$(
        impl ser::$name for Map {
            type Ok = AttributeValue;
            type Error = Failure;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
                self.values.insert(key.to_owned(), value.serialize(ToAttribute)?);
                Ok(())
            }

            fn end(self) -> Result {
                self.done()
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);
