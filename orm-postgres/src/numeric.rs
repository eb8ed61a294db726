//! NUMERIC on the wire: groups of four decimal digits.

use bytes::{BufMut, BytesMut};

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITE: u16 = 0xD000;
const NEGATIVE_INFINITE: u16 = 0xF000;
/// The digits of a group.
const GROUP: usize = 4;

/// Writes a number given in plain decimal digits: `-12.340`.
pub(crate) fn write(out: &mut BytesMut, text: &str) {
    let digits = text.trim_start_matches('-');
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padding = (GROUP - whole.len() % GROUP) % GROUP;
    let digit = |index: usize| -> u16 {
        let letter = index.checked_sub(padding).and_then(|index| match index.checked_sub(whole.len()) {
            None => whole.as_bytes().get(index),
            Some(index) => fraction.as_bytes().get(index),
        });
        letter.map_or(0, |letter| u16::from(letter - b'0'))
    };
    let group = |index: usize| (0..GROUP).fold(0, |sum, offset| sum * 10 + digit(index * GROUP + offset));
    let whole_groups = (padding + whole.len()) / GROUP;
    let all = whole_groups + fraction.len().div_ceil(GROUP);
    // Groups of zeros at either end are left out.
    let first = (0..all).find(|&index| group(index) != 0).unwrap_or(all);
    let end = (first..all).rev().find(|&index| group(index) != 0).map_or(first, |last| last + 1);
    let weight = if first == end { 0 } else { signed(whole_groups) - signed(first) - 1 };
    out.put_i16(signed(end - first));
    out.put_i16(weight);
    out.put_u16(if text.starts_with('-') && first != end { NEGATIVE } else { 0 });
    out.put_i16(signed(fraction.len()));
    for index in first..end {
        out.put_u16(group(index));
    }
}

/// Writes a float as the shortest number that reads back as the same float.
pub(crate) fn write_float(out: &mut BytesMut, value: f64) {
    let special = match value {
        v if v.is_nan() => NAN,
        f64::INFINITY => INFINITE,
        f64::NEG_INFINITY => NEGATIVE_INFINITE,
        v => return write(out, &v.to_string()),
    };
    out.put_slice(&[0; 4]);
    out.put_u16(special);
    out.put_i16(0);
}

/// PostgreSQL takes fewer than 2^15 digits.
fn signed(count: usize) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

/// Reads a number with all its digits, or says why `Decimal` cannot hold it.
pub(crate) fn read(raw: &[u8]) -> Result<rust_decimal::Decimal, &'static str> {
    const TOO_LONG: &str = "a number of more than 28 digits";
    let word = |index: usize| -> Option<[u8; 2]> { raw.get(index * 2..index * 2 + 2)?.try_into().ok() };
    let header = |index: usize| word(index).map(i16::from_be_bytes).ok_or("a broken NUMERIC");
    let (groups, weight, scale) = (header(0)?, i32::from(header(1)?), header(3)?);
    let negative = match header(2)?.cast_unsigned() {
        0 => false,
        NEGATIVE => true,
        NAN => return Err("NaN"),
        _ => return Err("an infinite number"),
    };
    let group = |index: i32| -> i128 {
        let index = usize::try_from(index).ok().filter(|&index| index < usize::from(groups.unsigned_abs()));
        index.and_then(|index| word(index + GROUP)).map_or(0, |digits| u16::from_be_bytes(digits).into())
    };
    let fraction_groups = i32::from(scale).div_euclid(4) + i32::from(scale % 4 != 0);
    let mut mantissa: i128 = 0;
    // The group with index `weight` is the one before the point.
    for index in weight.min(0)..=weight + fraction_groups {
        let shifted = mantissa.checked_mul(10_000).ok_or(TOO_LONG)?;
        mantissa = shifted.checked_add(group(index)).ok_or(TOO_LONG)?;
    }
    let mut scale = fraction_groups.unsigned_abs() * 4;
    let wanted = u32::from(header(3)?.unsigned_abs());
    // Zeros at the end are dropped if they are padding, or if the number does not fit with them.
    let fits = |mantissa: i128, scale: u32| rust_decimal::Decimal::try_from_i128_with_scale(mantissa, scale).ok();
    loop {
        if scale <= wanted
            && let Some(mut found) = fits(mantissa, scale)
        {
            found.set_sign_negative(negative && mantissa != 0);
            return Ok(found);
        }
        if scale == 0 || mantissa % 10 != 0 {
            return Err(TOO_LONG);
        }
        (mantissa, scale) = (mantissa / 10, scale - 1);
    }
}

/// Reads a number that `Decimal` cannot hold as a float, if the float is written with the same digits.
pub(crate) fn read_float(raw: &[u8]) -> Option<f64> {
    let word =
        |index: usize| -> Option<u16> { Some(u16::from_be_bytes(raw.get(index * 2..index * 2 + 2)?.try_into().ok()?)) };
    let (groups, weight) = (i32::from(word(0)?.cast_signed()), i32::from(word(1)?.cast_signed()));
    let sign = match word(2)? {
        0 => "",
        NEGATIVE => "-",
        NAN => return Some(f64::NAN),
        INFINITE => return Some(f64::INFINITY),
        NEGATIVE_INFINITE => return Some(f64::NEG_INFINITY),
        _ => return None,
    };
    let digits: Option<String> =
        (0..usize::try_from(groups).ok()?).map(|index| Some(format!("{:04}", word(index + GROUP)?))).collect();
    let found: f64 = format!("{sign}{}e{}", digits?, (weight + 1 - groups) * 4).parse().ok()?;
    let mut again = BytesMut::new();
    write_float(&mut again, found);
    // The fourth word is the number of digits after the point.
    (again.len() == raw.len() && again[..6] == raw[..6] && again[8..] == raw[8..]).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<i16> {
        let mut out = BytesMut::new();
        write(&mut out, text);
        out.chunks_exact(2).map(|word| i16::from_be_bytes([word[0], word[1]])).collect()
    }

    #[test]
    fn numbers_are_groups_of_four_digits() {
        assert_eq!(written("0"), [0, 0, 0, 0]);
        assert_eq!(written("0.00"), [0, 0, 0, 2]);
        assert_eq!(written("1"), [1, 0, 0, 0, 1]);
        assert_eq!(written("-12345.678"), [3, 1, 0x4000, 3, 1, 2345, 6780]);
        assert_eq!(written("10000"), [1, 1, 0, 0, 1]);
        assert_eq!(written("0.00001"), [1, -2, 0, 5, 1000]);
    }

    #[test]
    fn numbers_are_read_as_they_were_written() {
        for text in [
            "0",
            "0.00",
            "1",
            "1.0",
            "-1.50",
            "12345.678",
            "10000",
            "0.00001",
            "0.0001",
            "99999999.9999",
            "-0.10",
            "100000000",
            "79228162514264337593543950335",
            "0.0000000000000000000000000001",
            "1.2345678901234567890123456789",
        ] {
            let mut out = BytesMut::new();
            write(&mut out, text);
            assert_eq!(read(&out).map(|number| number.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn only_zeros_are_dropped() {
        let read_text = |text: &str| {
            let mut out = BytesMut::new();
            write(&mut out, text);
            read(&out).map(|number| number.to_string())
        };
        assert_eq!(read_text("1.000000000000000000000000000000"), Ok("1.0000000000000000000000000000".to_owned()));
        assert!(read_text("0.000000000000000000000000000001").is_err());
        assert!(read_text("79228162514264337593543950336").is_err());
        assert!(read_text(&"9".repeat(60)).is_err());
    }
}
