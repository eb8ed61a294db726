//! How a column converts the values that are written into it.

#[cfg(feature = "chrono")]
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::{Value, ValueRef};

/// How a column converts values. The session converts them in the same way, so that memory has the value of the row.
///
/// Times have microseconds. Smaller parts are dropped before a value is written, because each database would round them in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueForm {
    /// The years that dates and times may have.
    pub years: (i32, i32),
    /// The digits of a second to which times are rounded.
    pub second_digits: u32,
    /// The digits after the point to which decimals are rounded, and filled up. `None` if they stay as they are.
    pub scale: Option<u32>,
    /// Whether decimals become floats, which keep 15 digits, or integers.
    pub floats: bool,
    /// How texts are stored and compared.
    pub text: TextForm,
}

/// Which texts are equal to the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextForm {
    /// Only equal ones.
    Exact,
    /// Texts that differ only in spaces at the end.
    Trimmed,
    /// The same, and all texts are filled up with spaces to this length.
    Padded(usize),
    /// Texts that differ only in the case of letters.
    AnyCase,
    /// Texts that differ only in the case of ASCII letters.
    AnyAsciiCase,
}

impl ValueForm {
    /// A column that stores all values of these years, to the microsecond.
    pub const fn exact(years: (i32, i32)) -> Self {
        Self { years, second_digits: 6, scale: None, floats: false, text: TextForm::Exact }
    }

    /// Converts a value. `None` if it stays as it is.
    ///
    /// # Errors
    ///
    /// Why the column cannot hold it.
    pub(crate) fn stored(&self, value: ValueRef<'_>) -> Result<Option<Value>, String> {
        match value {
            #[cfg(feature = "chrono")]
            ValueRef::Date(date) => self.in_years(date).map(|()| None),
            #[cfg(feature = "chrono")]
            ValueRef::Time(time) => {
                let at = self.rounded(NaiveDate::default().and_time(time))?;
                if at.date() != NaiveDate::default() {
                    return Err(format!("{time} would be rounded to midnight"));
                }
                Ok((at.time() != time).then(|| Value::Time(at.time())))
            }
            #[cfg(feature = "chrono")]
            ValueRef::DateTime(at) => {
                self.in_years(at.date())?;
                let stored = self.rounded(at)?;
                Ok((stored != at).then_some(Value::DateTime(stored)))
            }
            #[cfg(feature = "chrono")]
            ValueRef::Timestamp(at) => {
                self.in_years(at.date_naive())?;
                let stored = self.rounded(at.naive_utc())?.and_utc();
                Ok((stored != at).then_some(Value::Timestamp(stored)))
            }
            #[cfg(feature = "decimal")]
            ValueRef::Decimal(decimal) => self.decimal(decimal),
            ValueRef::Made(made) => made.with(|value| self.stored(value)),
            ValueRef::Text(text) => Ok(match self.text {
                TextForm::Padded(length) => {
                    let missing = length.saturating_sub(text.chars().count());
                    (missing > 0).then(|| Value::Text(format!("{text}{}", " ".repeat(missing))))
                }
                _ => None,
            }),
            _ => Ok(None),
        }
    }

    /// Whether a value, or those of a list, can be sent at all.
    ///
    /// # Errors
    ///
    /// Why not.
    pub(crate) fn check(&self, value: ValueRef<'_>) -> Result<(), String> {
        match value {
            ValueRef::Array(values) => values.iter().try_for_each(|value| self.check(value)),
            value => self.stored(value).map(drop),
        }
    }

    #[cfg(feature = "chrono")]
    fn in_years(&self, date: NaiveDate) -> Result<(), String> {
        let (first, last) = self.years;
        if (first..=last).contains(&date.year()) {
            return Ok(());
        }
        Err(format!("{date} is not within the years {first} to {last}, which the database has"))
    }

    /// Rounds a time as the column does. Halves round away from the start of the year 2000.
    #[cfg(feature = "chrono")]
    fn rounded(&self, at: NaiveDateTime) -> Result<NaiveDateTime, String> {
        /// 2000-01-01, in microseconds since 1970.
        const EPOCH: i64 = 946_684_800_000_000;
        let nanos = at.nanosecond();
        if nanos >= 1_000_000_000 {
            return Err(format!("{at} is a leap second, which databases do not have"));
        }
        if self.second_digits >= 6 {
            return Ok(at.with_nanosecond(nanos / 1_000 * 1_000).unwrap_or(at));
        }
        let unit = 10_i64.pow(6 - self.second_digits);
        let micros = at.and_utc().timestamp_micros() - EPOCH;
        let size = (micros.abs() + unit / 2) / unit * unit;
        let rounded = DateTime::from_timestamp_micros(EPOCH + if micros < 0 { -size } else { size });
        rounded.map(|at| at.naive_utc()).ok_or_else(|| format!("{at} is out of range when it is rounded"))
    }

    #[cfg(feature = "decimal")]
    fn decimal(&self, decimal: rust_decimal::Decimal) -> Result<Option<Value>, String> {
        use rust_decimal::RoundingStrategy::MidpointAwayFromZero;

        let mut stored = decimal;
        if let Some(scale) = self.scale {
            stored = stored.round_dp_with_strategy(scale, MidpointAwayFromZero);
            stored.rescale(scale);
        }
        if self.floats {
            stored = stored.normalize();
            let is_kept = match stored.scale() {
                0 => i64::try_from(stored).is_ok(),
                _ => stored.mantissa().unsigned_abs() < 1_000_000_000_000_000,
            };
            if !is_kept {
                return Err(format!(
                    "{decimal} has more than the 15 digits that the database keeps in a column of its type of numbers; declare the \
                     column as text, or give the value fewer digits"
                ));
            }
        }
        Ok((stored != decimal || stored.scale() != decimal.scale()).then_some(Value::Decimal(stored)))
    }
}

impl TextForm {
    /// The normal form of a text, which is the same for all texts that are equal to the column. `None` if the text has it already.
    pub(crate) fn folded(self, text: &str) -> Option<String> {
        let folded = match self {
            Self::Exact => return None,
            Self::Trimmed | Self::Padded(_) => text.trim_end_matches(' ').to_owned(),
            Self::AnyCase => text.to_lowercase(),
            Self::AnyAsciiCase => text.to_ascii_lowercase(),
        };
        (folded != text).then_some(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEARS: (i32, i32) = (0, 9999);

    #[cfg(feature = "decimal")]
    #[test]
    fn decimals_are_rounded_as_the_column_does() {
        let money = ValueForm { scale: Some(2), ..ValueForm::exact(YEARS) };
        let number = ValueForm { floats: true, ..ValueForm::exact(YEARS) };
        let stored = |form: ValueForm, text: &str| {
            let decimal = text.parse().unwrap_or_default();
            form.stored(ValueRef::Decimal(decimal)).map(|value| match value {
                Some(Value::Decimal(value)) => value.to_string(),
                _ => text.to_owned(),
            })
        };
        for (sent, kept) in [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.004", "1.00"), ("2", "2.00"), ("1.50", "1.50")]
        {
            assert_eq!(stored(money, sent).as_deref(), Ok(kept), "{sent}");
        }
        for (sent, kept) in
            [("1.50", "1.5"), ("9007199254740993", "9007199254740993"), ("0.123456789012345", "0.123456789012345")]
        {
            assert_eq!(stored(number, sent).as_deref(), Ok(kept), "{sent}");
        }
        for sent in ["12345678901234567.8901", "0.1234567890123456", "99999999999999999999"] {
            assert!(stored(number, sent).is_err(), "{sent}");
        }
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_are_rounded_as_the_column_does() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap_or_default();
        let stored = |digits, text: &str| {
            let form = ValueForm { second_digits: digits, ..ValueForm::exact(YEARS) };
            form.stored(ValueRef::DateTime(at(text))).map(|value| match value {
                Some(Value::DateTime(value)) => value,
                _ => at(text),
            })
        };
        let cases = [
            (6, "2024-01-01T01:02:03.123456789", "2024-01-01T01:02:03.123456"),
            (0, "2024-12-31T23:59:59.500000", "2025-01-01T00:00:00"),
            (0, "1999-12-31T23:59:58.500000", "1999-12-31T23:59:58"),
            (3, "1969-01-01T00:00:00.123400999", "1969-01-01T00:00:00.123"),
        ];
        for (digits, sent, kept) in cases {
            assert_eq!(stored(digits, sent), Ok(at(kept)), "{sent}");
        }
        assert!(stored(6, "2024-06-30T23:59:60").is_err());
        assert!(ValueForm::exact(YEARS).stored(ValueRef::Date(NaiveDate::MAX)).is_err());
        let late = chrono::NaiveTime::from_hms_micro_opt(23, 59, 59, 600_000).unwrap_or_default();
        assert!(ValueForm { second_digits: 0, ..ValueForm::exact(YEARS) }.stored(ValueRef::Time(late)).is_err());
    }

    #[test]
    fn texts_of_one_key_fold_to_one() {
        assert_eq!(TextForm::Exact.folded("De "), None);
        assert_eq!(TextForm::Padded(3).folded("CM ").as_deref(), Some("CM"));
        assert_eq!(TextForm::AnyAsciiCase.folded("DÉ").as_deref(), Some("dÉ"));
        assert_eq!(TextForm::AnyCase.folded("DÉ").as_deref(), Some("dé"));
        assert_eq!(TextForm::AnyCase.folded("dé"), None);
    }
}
