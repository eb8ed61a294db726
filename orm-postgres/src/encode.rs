//! Encodes values for the server, in the binary form of the type that it expects.

use std::error::Error as StdError;
use std::fmt;

use bytes::{BufMut, BytesMut};
use orm_core::value::{List, SqlType, ValueRef};
use postgres::types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked};

/// The largest statement that the server takes, with room for its head.
const LARGEST: usize = (1 << 30) - (1 << 16);

/// A parameter.
#[derive(Debug)]
pub(crate) struct Param<'a> {
    pub(crate) value: ValueRef<'a>,
    /// Its index in the statement, from 0.
    pub(crate) index: usize,
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        encode(self.value, ty, out).map_err(|error| error.at(self.index).into())
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, ty: &Type) -> Format {
        format(self.value, ty)
    }

    to_sql_checked!();
}

/// A value that the server's type cannot hold.
#[derive(Debug)]
pub(crate) struct EncodeError {
    value: String,
    expected: String,
    reason: &'static str,
    problem: Problem,
    /// The index of the parameter, from 0.
    index: usize,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy)]
enum Problem {
    Type,
    Nul,
    Refused,
}

impl EncodeError {
    fn new(value: ValueRef<'_>, expected: &Type, reason: &'static str) -> Self {
        Self { value: value.to_string(), expected: expected.to_string(), reason, problem: Problem::Type, index: 0 }
    }

    /// Text with a NUL, which no type of the server holds; a document of the type `json` may spell it.
    fn nul(value: ValueRef<'_>, expected: &Type) -> Self {
        Self { problem: Problem::Nul, ..Self::new(value, expected, "it holds the character NUL") }
    }

    /// A value that is longer than a length can say.
    pub(crate) fn too_long(value: ValueRef<'_>, expected: &Type) -> Self {
        Self::new(value, expected, "it is too long")
    }

    /// A value that its type could not encode.
    fn refused(reason: &str, expected: &Type) -> Self {
        Self {
            value: reason.to_owned(),
            problem: Problem::Refused,
            ..Self::new(ValueRef::Null, expected, "it cannot be encoded")
        }
    }

    /// The same error for the parameter with that index.
    pub(crate) fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The error for it.
    pub(crate) fn classify(&self) -> orm_core::Error {
        match self.problem {
            Problem::Nul => {
                let message = format!("PostgreSQL does not support the character NUL in text: {}", self.value);
                orm_core::Error::new(orm_core::ErrorKind::Unsupported, message)
            }
            Problem::Refused => orm_core::Error::not_encoded(&self.value),
            Problem::Type => {
                orm_core::Error::new(orm_core::ErrorKind::Database, self.to_string()).with_parameter(self.index)
            }
        }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the parameter {} cannot be sent as the database's type `{}`: {}",
            self.value, self.expected, self.reason
        )
    }
}

impl StdError for EncodeError {}

/// Text is sent as text, and the server converts it to its type: an enum, a JSON document, a network address. The same goes for a list of
/// texts if the binary form of the type is not text.
pub(crate) fn format(value: ValueRef<'_>, ty: &Type) -> Format {
    match value {
        ValueRef::Text(_) => Format::Text,
        ValueRef::Made(made) if made.sql_type() == SqlType::Text => Format::Text,
        ValueRef::Array(items) if are_texts(items, ty) => Format::Text,
        _ => Format::Binary,
    }
}

/// Whether the list is sent as text, for the server to parse.
fn are_texts(items: List<'_>, ty: &Type) -> bool {
    let Kind::Array(member) = base(ty).kind() else { return false };
    let member = base(member);
    let first = items.iter().find(|item| !item.is_null());
    first.is_some_and(is_made_of_text) && !is_text(member) && ![Type::JSONB, Type::BYTEA].contains(member)
}

fn is_made_of_text(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Text(_) => true,
        ValueRef::Made(made) => made.sql_type() == SqlType::Text,
        _ => false,
    }
}

/// Appends a parameter.
pub(crate) fn encode(value: ValueRef<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    let null = match value {
        ValueRef::Text(_) if *ty == Type::BYTEA => {
            return Err(EncodeError::new(value, ty, "it is text, and the type is bytes"));
        }
        ValueRef::Text(_) if value.holds_nul() => return Err(EncodeError::nul(value, ty)),
        ValueRef::Text(text) => {
            out.put_slice(text.as_bytes());
            IsNull::No
        }
        ValueRef::Array(items) => array(items, ty, out)?,
        ValueRef::Made(made) if made.sql_type() == SqlType::Text => return made.with(|value| encode(value, ty, out)),
        scalar => encode_scalar(scalar, ty, out)?,
    };
    // `out` has all parameters of the statement so far. The server would close the connection.
    if out.len() > LARGEST {
        return Err(EncodeError::new(value, ty, "the statement is larger than the gigabyte that the server takes"));
    }
    Ok(null)
}

/// Appends a value in binary form, whatever it is. Lists of text go to arrays of text only.
pub(crate) fn encode_binary(value: ValueRef<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    match value {
        ValueRef::Array(items) if matches!(base(ty).kind(), Kind::Array(_)) => array(items, ty, out),
        ValueRef::Made(made) => made.with(|value| encode_binary(value, ty, out)),
        scalar => encode_scalar(scalar, ty, out),
    }
}

fn array(items: List<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    let Kind::Array(member) = base(ty).kind() else {
        return Err(EncodeError::new(ValueRef::Array(items), ty, "it is a list, and the type is not an array"));
    };
    if are_texts(items, ty) {
        if ValueRef::Array(items).holds_nul() {
            return Err(EncodeError::nul(ValueRef::Array(items), ty));
        }
        crate::array::write(out, items);
        return Ok(IsNull::No);
    }
    let long = |_| EncodeError::new(ValueRef::Array(items), ty, "it is too long");
    out.put_i32(i32::from(!items.is_empty()));
    out.put_i32(items.iter().any(|item| item.is_null()).into());
    out.put_u32(member.oid());
    if items.is_empty() {
        return Ok(IsNull::No);
    }
    out.put_i32(items.len().try_into().map_err(long)?);
    out.put_i32(1);
    for item in items.iter() {
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = encode_scalar(item, member, out)? {
            let length = i32::try_from(out.len() - start - size_of::<i32>()).map_err(long)?;
            out[start..start + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(IsNull::No)
}

fn encode_scalar(value: ValueRef<'_>, ty: &Type, out: &mut BytesMut) -> Result<IsNull, EncodeError> {
    let ty = base(ty);
    match value {
        ValueRef::Null => return Ok(IsNull::Yes),
        ValueRef::Bool(v) if *ty == Type::BOOL => out.put_u8(v.into()),
        ValueRef::I64(v) => integer(v, ty, out)?,
        ValueRef::F64(v) => float(v, ty, out)?,
        ValueRef::Text(_) if value.holds_nul() => return Err(EncodeError::nul(value, ty)),
        ValueRef::Text(v) => text(v, ty, out)?,
        ValueRef::Bytes(v) if *ty == Type::BYTEA => out.put_slice(v),
        ValueRef::Made(made) => return made.with(|value| encode_scalar(value, ty, out)),
        ValueRef::Refused(reason) => return Err(EncodeError::refused(reason, ty)),
        ValueRef::Unloaded => return Err(EncodeError::refused(&value.to_string(), ty)),
        ValueRef::Array(_) if value.holds_nul() => return Err(EncodeError::nul(value, ty)),
        ValueRef::Array(items) if *ty == Type::TEXT => crate::array::write(out, items),
        ValueRef::Array(_) => return Err(EncodeError::new(value, ty, "a list cannot be within a list")),
        #[cfg(feature = "chrono")]
        ValueRef::Date(v) if *ty == Type::DATE => out.put_i32(crate::temporal::days(v)),
        #[cfg(feature = "chrono")]
        ValueRef::Time(v) if *ty == Type::TIME => out.put_i64(crate::temporal::micros_of_day(v)),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(v) if *ty == Type::TIMESTAMP => out.put_i64(crate::temporal::micros(v)),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(v) if *ty == Type::TIMESTAMPTZ => out.put_i64(crate::temporal::micros(v.naive_utc())),
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(v) if *ty == Type::UUID => out.put_slice(v.as_bytes()),
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(v) if *ty == Type::NUMERIC => crate::numeric::write(out, &v.to_string()),
        #[cfg(feature = "json")]
        ValueRef::Json(_) if *ty == Type::JSONB && value.holds_nul() => return Err(EncodeError::nul(value, ty)),
        #[cfg(feature = "json")]
        ValueRef::Json(v) if *ty == Type::JSONB || is_text(ty) => {
            if *ty == Type::JSONB {
                out.put_u8(1);
            }
            serde_json::to_writer(out.writer(), v)
                .map_err(|_| EncodeError::new(value, ty, "it cannot be written as JSON"))?;
        }
        _ => return Err(EncodeError::new(value, ty, what(value))),
    }
    Ok(IsNull::No)
}

/// Describes a value that the type does not take.
#[cold]
fn what(value: ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::Bool(_) => "it is a truth value (`boolean`)",
        ValueRef::Bytes(_) => "it is bytes (`bytea`)",
        #[cfg(feature = "chrono")]
        ValueRef::Date(_) => "it is a date without time (`date`)",
        #[cfg(feature = "chrono")]
        ValueRef::Time(_) => "it is a time of day (`time`)",
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(_) => "it is a date and time without a time zone (`timestamp`)",
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(_) => "it is a point in time (`timestamptz`)",
        #[cfg(feature = "uuid")]
        ValueRef::Uuid(_) => "it is a UUID (`uuid`)",
        #[cfg(feature = "decimal")]
        ValueRef::Decimal(_) => "it is a decimal (`numeric`)",
        #[cfg(feature = "json")]
        ValueRef::Json(_) => "it is a document (`jsonb`)",
        _ => "the types differ",
    }
}

fn integer(v: i64, ty: &Type, out: &mut BytesMut) -> Result<(), EncodeError> {
    let too_large = |_| EncodeError::new(ValueRef::I64(v), ty, "it is out of range");
    match *ty {
        Type::INT8 => out.put_i64(v),
        Type::INT4 => out.put_i32(v.try_into().map_err(too_large)?),
        Type::INT2 => out.put_i16(v.try_into().map_err(too_large)?),
        Type::OID => out.put_u32(v.try_into().map_err(too_large)?),
        // Without the feature, a NUMERIC could not be read back.
        #[cfg(feature = "decimal")]
        Type::NUMERIC => crate::numeric::write(out, &v.to_string()),
        #[expect(clippy::cast_precision_loss, reason = "checked to lose nothing")]
        Type::FLOAT8 | Type::FLOAT4 if v.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS => {
            return float(v as f64, ty, out);
        }
        _ => return Err(EncodeError::new(ValueRef::I64(v), ty, "it is an integer")),
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "checked to lose nothing but precision")]
fn float(v: f64, ty: &Type, out: &mut BytesMut) -> Result<(), EncodeError> {
    match *ty {
        Type::FLOAT8 => out.put_f64(v),
        Type::FLOAT4 if v.is_finite() && (v as f32).is_infinite() => {
            return Err(EncodeError::new(ValueRef::F64(v), ty, "it is out of range"));
        }
        Type::FLOAT4 => out.put_f32(v as f32),
        #[cfg(feature = "decimal")]
        Type::NUMERIC => crate::numeric::write_float(out, v),
        _ => return Err(EncodeError::new(ValueRef::F64(v), ty, "it is a float")),
    }
    Ok(())
}

/// Text within an array. An array is binary as a whole.
fn text(v: &str, ty: &Type, out: &mut BytesMut) -> Result<(), EncodeError> {
    if *ty == Type::JSONB {
        out.put_u8(1);
    } else if !is_text(ty) {
        return Err(EncodeError::new(ValueRef::Text(v), ty, "it is text"));
    }
    out.put_slice(v.as_bytes());
    Ok(())
}

/// Whether the binary form of the type is its text.
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON | Type::XML | Type::CHAR
    ) || matches!(ty.kind(), Kind::Enum(_))
        || ty.name() == "citext"
}

/// The base type of a domain.
pub(crate) fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: ValueRef<'_>, ty: &Type, expected: Result<&[u8], &str>) {
        let mut out = BytesMut::new();
        let found = encode(value, ty, &mut out).map(|_| &out[..]).map_err(|error| error.to_string());
        match expected {
            Ok(expected) => assert_eq!(found, Ok(expected)),
            Err(expected) => assert!(matches!(&found, Err(found) if found.contains(expected)), "{found:?}"),
        }
    }

    #[test]
    fn integers_take_the_width_of_the_column() {
        check(ValueRef::I64(-2), &Type::INT2, Ok(&[0xff, 0xfe]));
        check(ValueRef::I64(-2), &Type::INT4, Ok(&[0xff, 0xff, 0xff, 0xfe]));
        check(ValueRef::I64(1), &Type::INT8, Ok(&[0, 0, 0, 0, 0, 0, 0, 1]));
        check(ValueRef::I64(1), &Type::FLOAT4, Ok(&1f32.to_be_bytes()));
        check(ValueRef::I64(1 << 31), &Type::INT4, Err("out of range"));
        check(ValueRef::I64(1 << 60), &Type::FLOAT8, Err("`float8`: it is an integer"));
        check(ValueRef::I64(1), &Type::TEXT, Err("`text`: it is an integer"));
    }

    #[test]
    fn floats_narrow_to_their_column() {
        check(ValueRef::F64(1.5), &Type::FLOAT4, Ok(&1.5f32.to_be_bytes()));
        check(ValueRef::F64(f64::INFINITY), &Type::FLOAT4, Ok(&f32::INFINITY.to_be_bytes()));
        check(ValueRef::F64(1e300), &Type::FLOAT4, Err("out of range"));
        #[cfg(feature = "decimal")]
        check(ValueRef::F64(0.5), &Type::NUMERIC, Ok(&[0, 1, 0xff, 0xff, 0, 0, 0, 1, 0x13, 0x88]));
        #[cfg(feature = "decimal")]
        check(ValueRef::F64(f64::NAN), &Type::NUMERIC, Ok(&[0, 0, 0, 0, 0xC0, 0, 0, 0]));
    }

    #[test]
    fn text_goes_as_text() {
        let texts = ValueRef::Array(List::Values(&[ValueRef::Null, ValueRef::Text("::1")]));
        assert!(matches!(format(ValueRef::Text("x"), &Type::INT4), Format::Text));
        assert!(matches!(format(texts, &Type::TEXT_ARRAY), Format::Binary));
        assert!(matches!(format(texts, &Type::INET_ARRAY), Format::Text));
        check(ValueRef::Text("{}"), &Type::JSONB, Ok(b"{}"));
        check(ValueRef::Text("::1"), &Type::INET, Ok(b"::1"));
        check(ValueRef::Text("x"), &Type::BYTEA, Err("it is text"));
        check(texts, &Type::INET_ARRAY, Ok(br#"{NULL,"::1"}"#));
        check(texts, &Type::BYTEA_ARRAY, Err("it is text"));
    }

    #[test]
    fn lists_are_arrays() {
        let list = [ValueRef::I64(7), ValueRef::Null];
        let expected = [
            [0, 0, 0, 1], // dimensions
            [0, 0, 0, 1], // with NULLs
            [0, 0, 0, 21],
            [0, 0, 0, 2], // length
            [0, 0, 0, 1], // first index
            [0, 0, 0, 2],
            [0, 7, 255, 255],
            [255, 255, 0, 0],
        ];
        check(ValueRef::Array(List::Values(&list)), &Type::INT2_ARRAY, Ok(&expected.as_flattened()[..30]));
        check(ValueRef::Array(List::Values(&[])), &Type::INT2_ARRAY, Ok(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 21]));
        check(ValueRef::Array(List::Values(&list)), &Type::INT2, Err("not an array"));
        check(
            ValueRef::Array(List::Values(&[ValueRef::Array(List::Values(&list))])),
            &Type::INT2_ARRAY,
            Err("within a list"),
        );
    }
}
