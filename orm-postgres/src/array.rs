//! Arrays: reading their binary form, and writing their text form.

use bytes::{BufMut, BytesMut};
use orm_core::value::{List, Mismatch, ValueRef};

/// The elements of an array of one dimension.
pub(crate) fn read<'a>(
    raw: &'a [u8],
    element: impl Fn(&'a [u8]) -> Result<ValueRef<'a>, Mismatch>,
) -> Result<Box<[ValueRef<'a>]>, Mismatch> {
    let broken = || Mismatch::new("an array in binary form", "something else");
    let mut rest = raw;
    let mut number = || -> Option<i32> {
        let (first, after) = rest.split_first_chunk()?;
        rest = after;
        Some(i32::from_be_bytes(*first))
    };
    // Dimensions, whether there are NULLs, the type of the elements.
    let (Some(dimensions), Some(_), Some(_)) = (number(), number(), number()) else { return Err(broken()) };
    let count = match dimensions {
        0 => 0,
        // With the index of the first element.
        1 => number().zip(number()).and_then(|(count, _)| usize::try_from(count).ok()).ok_or_else(broken)?,
        more => return Err(Mismatch::new("an array of one dimension", format!("one of {more}"))),
    };
    (0..count)
        .map(|_| {
            let (length, after) = rest.split_first_chunk().ok_or_else(broken)?;
            rest = after;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else { return Ok(ValueRef::Null) };
            let (cell, after) = rest.split_at_checked(length).ok_or_else(broken)?;
            rest = after;
            element(cell)
        })
        .collect()
}

/// Appends the text of an array.
pub(crate) fn write(out: &mut BytesMut, items: List<'_>) {
    out.put_u8(b'{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        match item {
            ValueRef::Null => out.put_slice(b"NULL"),
            ValueRef::Text(text) => quoted(out, text),
            ValueRef::Made(made) => made.with(|value| match value {
                ValueRef::Text(text) => quoted(out, text),
                other => quoted(out, &text(other)),
            }),
            other => quoted(out, &text(other)),
        }
    }
    out.put_u8(b'}');
}

fn quoted(out: &mut BytesMut, text: &str) {
    out.put_u8(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.put_u8(b'\\');
        }
        out.put_u8(byte);
    }
    out.put_u8(b'"');
}

/// The text of a value that is not text itself, as the server parses it.
fn text(value: ValueRef<'_>) -> String {
    match value {
        // With enough digits to identify the float.
        ValueRef::F64(v) => format!("{v:e}"),
        #[cfg(feature = "chrono")]
        ValueRef::DateTime(v) => v.format("%Y-%m-%d %H:%M:%S%.6f").to_string(),
        #[cfg(feature = "chrono")]
        ValueRef::Timestamp(v) => v.format("%Y-%m-%d %H:%M:%S%.6f+00:00").to_string(),
        other => other.to_string(),
    }
}
