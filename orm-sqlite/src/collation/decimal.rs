//! The collation of decimal columns. SQLite has no exact decimals, so they are stored as text and compared as numbers.

use std::cmp::Ordering;

/// Compares two decimals by value: `9.5 < 10`, `1.0 = 1.00`. Other text sorts after all decimals.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (Decimal::parse(a), Decimal::parse(b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}

/// The digits of a decimal, without leading and trailing zeros. There may be more of them than the type of Rust holds: sorting a table does
/// not choose its texts, and a collation cannot fail.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let numeric = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
        if digits.len() < 1 + usize::from(digits.contains('.')) || !numeric(whole) || !numeric(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: text.starts_with('-') && !zero, whole, fraction })
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
            (a, b) => b.cmp(&a),
        }
    }

    fn compare_size(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
        whole.then_with(|| self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_ordered_by_value() {
        let ordered =
            ["-10", "-9.5", "-9.49", "-0.1", "0", "0.0001", "0.1", "0.12", "1.0", "9.5", "10", "10.01", "", "x"];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a} and {b}");
            }
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for (a, b) in [("1.0", "1"), ("-0", "0.00"), ("007", "7"), ("+2", "2"), (".5", "0.50"), ("3.", "3")] {
            assert_eq!(compare(a, b), Ordering::Equal, "{a} and {b}");
        }
    }
}
