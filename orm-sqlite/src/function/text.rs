use rusqlite::{Connection, Result};

use super::{FLAGS, failed, text};

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("orm_lower", 1, FLAGS, |context| {
        Ok(text(context, 0)?
            .map(|text| text.chars().map(|letter| single(letter, letter.to_lowercase())).collect::<String>()))
    })?;
    connection.create_scalar_function("orm_upper", 1, FLAGS, |context| {
        Ok(text(context, 0)?
            .map(|text| text.chars().map(|letter| single(letter, letter.to_uppercase())).collect::<String>()))
    })?;
    connection.create_scalar_function("orm_substr", 2, FLAGS, |context| {
        let (Some(text), Some(from)) = (text(context, 0)?, context.get::<Option<i64>>(1)?) else { return Ok(None) };
        Ok(Some(part(text, from, i64::MAX)))
    })?;
    connection.create_scalar_function("orm_substr", 3, FLAGS, |context| {
        let (Some(text), Some(from), Some(count)) =
            (text(context, 0)?, context.get::<Option<i64>>(1)?, context.get::<Option<i64>>(2)?)
        else {
            return Ok(None);
        };
        if count < 0 {
            return Err(failed("the length of a part of text is negative"));
        }
        Ok(Some(part(text, from, count)))
    })
}

/// The letter in the other case, if that is a single letter.
fn single(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

/// `count` characters from position `from` on. Positions before the first count, and are empty.
fn part(text: &str, from: i64, count: i64) -> String {
    let end = from.saturating_add(count).max(1);
    let (start, end) = (from.max(1), end);
    let clamp = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
    text.chars().skip(clamp(start - 1)).take(clamp((end - start).max(0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_text() {
        let cases =
            [(1, 2, "hé"), (0, 2, "h"), (-5, 3, ""), (-5, 8, "hé"), (3, i64::MAX, "llo"), (9, 1, ""), (2, 0, "")];
        for (from, count, expected) in cases {
            assert_eq!(part("héllo", from, count), expected, "{from} {count}");
        }
    }
}
