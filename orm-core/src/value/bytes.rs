//! Encodes values as bytes and back, for texts that leave the program.

use super::Value;

/// Appends a value. Lists and JSON documents are written as NULL.
pub(crate) fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Bool(v) => tagged(out, 1, &[u8::from(*v)]),
        Value::I64(v) => tagged(out, 2, &v.to_be_bytes()),
        Value::F64(v) => tagged(out, 3, &v.to_bits().to_be_bytes()),
        Value::Text(v) => sized(out, 4, v.as_bytes()),
        Value::Bytes(v) => sized(out, 5, v),
        #[cfg(feature = "chrono")]
        Value::Date(v) => sized(out, 6, v.to_string().as_bytes()),
        #[cfg(feature = "chrono")]
        Value::Time(v) => sized(out, 7, v.to_string().as_bytes()),
        #[cfg(feature = "chrono")]
        Value::DateTime(v) => sized(out, 8, format!("{v:?}").as_bytes()),
        #[cfg(feature = "chrono")]
        Value::Timestamp(v) => sized(out, 9, format!("{:?}", v.naive_utc()).as_bytes()),
        #[cfg(feature = "uuid")]
        Value::Uuid(v) => tagged(out, 10, v.as_bytes()),
        #[cfg(feature = "decimal")]
        Value::Decimal(v) => sized(out, 11, v.to_string().as_bytes()),
        #[cfg(feature = "json")]
        Value::Json(_) => out.push(0),
        Value::Null | Value::Array(_) | Value::Refused(_) | Value::Unloaded => out.push(0),
    }
}

fn tagged(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    out.extend_from_slice(content);
}

fn sized(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    tagged(out, tag, &(content.len() as u64).to_be_bytes());
    out.extend_from_slice(content);
}

/// Takes the next value. `None` if the bytes are not a value.
pub(crate) fn read(from: &mut &[u8]) -> Option<Value> {
    Some(match take::<1>(from)? {
        [0] => Value::Null,
        [1] => Value::Bool(match take::<1>(from)? {
            [0] => false,
            [1] => true,
            _ => return None,
        }),
        [2] => Value::I64(i64::from_be_bytes(take(from)?)),
        [3] => Value::F64(f64::from_bits(u64::from_be_bytes(take(from)?))),
        [4] => Value::Text(text(from)?.to_owned()),
        [5] => Value::Bytes(take_sized(from)?.to_owned()),
        #[cfg(feature = "chrono")]
        [6] => Value::Date(text(from)?.parse().ok()?),
        #[cfg(feature = "chrono")]
        [7] => Value::Time(text(from)?.parse().ok()?),
        #[cfg(feature = "chrono")]
        [8] => Value::DateTime(text(from)?.parse().ok()?),
        #[cfg(feature = "chrono")]
        [9] => Value::Timestamp(text(from)?.parse::<chrono::NaiveDateTime>().ok()?.and_utc()),
        #[cfg(feature = "uuid")]
        [10] => Value::Uuid(uuid::Uuid::from_bytes(take(from)?)),
        #[cfg(feature = "decimal")]
        [11] => Value::Decimal(text(from)?.parse().ok()?),
        _ => return None,
    })
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}

fn take_sized<'b>(from: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(u64::from_be_bytes(take(from)?)).ok()?;
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

fn text<'b>(from: &mut &'b [u8]) -> Option<&'b str> {
    std::str::from_utf8(take_sized(from)?).ok()
}
