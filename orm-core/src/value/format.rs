use super::SqlType;

/// The spelling of stored values, in a database that has no type of its own for them.
///
/// A field sets it by `#[orm(format = "epoch")]`. The default, [`Mixed`](Self::Mixed), reads every spelling as text and compares by
/// meaning. The other formats are exact: a value is written in one spelling, and another spelling is an error when it is read. So stored
/// values can be compared and sorted as they are, and every index finds them.
///
/// A database with types for dates, times, UUIDs, decimals and booleans has one form for each of them, which needs no format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// `"mixed"`: any spelling as text, written in the usual one.
    #[default]
    Mixed,
    /// `"text"`: exactly the text that this crate writes. A boolean is `true` or `false`.
    Text,
    /// `"seconds"`: `2024-05-06 07:08:09`, as `CURRENT_TIMESTAMP` writes it.
    Seconds,
    /// `"micros"`: `2024-05-06 07:08:09.000000`.
    Micros,
    /// `"iso_millis"`: `2024-05-06T07:08:09.000Z`.
    IsoMillis,
    /// `"epoch"`: whole seconds since 1970 as an integer.
    Epoch,
    /// `"epoch_millis"`: whole milliseconds since 1970 as an integer.
    EpochMillis,
    /// `"upper"`: a UUID as text with hyphens, in capitals.
    Upper,
    /// `"simple"`: a UUID as 32 hexadecimal digits without hyphens.
    Simple,
    /// `"blob"`: a UUID as 16 bytes.
    Blob,
    /// `"number"`: a decimal as a number of the database, which has 15 digits. One with more is refused.
    Number,
}

impl Format {
    /// The formats of values of a type.
    pub const fn of(sql_type: SqlType) -> &'static [Self] {
        match sql_type {
            SqlType::Date | SqlType::Time => &[Self::Mixed, Self::Text],
            SqlType::DateTime | SqlType::Timestamp => {
                &[Self::Mixed, Self::Text, Self::Seconds, Self::Micros, Self::IsoMillis, Self::Epoch, Self::EpochMillis]
            }
            SqlType::Uuid => &[Self::Mixed, Self::Text, Self::Upper, Self::Simple, Self::Blob],
            SqlType::Decimal => &[Self::Mixed, Self::Number],
            SqlType::Bool => &[Self::Mixed, Self::Text],
            _ => &[Self::Mixed],
        }
    }

    /// The format itself, for a column of that type.
    ///
    /// # Panics
    ///
    /// When values of the type have no such format. The derive calls it at compile time.
    #[must_use]
    #[track_caller]
    pub const fn for_type(self, sql_type: SqlType) -> Self {
        let known = Self::of(sql_type);
        let mut index = 0;
        while index < known.len() {
            if known[index] as u8 == self as u8 {
                return self;
            }
            index += 1;
        }
        #[expect(clippy::panic, reason = "it is evaluated at compile time only")]
        match sql_type {
            SqlType::Date | SqlType::Time => panic!("a date or a time of day has the formats \"mixed\" and \"text\""),
            SqlType::DateTime | SqlType::Timestamp => panic!(
                "a date and time has the formats \"mixed\", \"text\", \"seconds\", \"micros\", \"iso_millis\", \"epoch\" and \
                 \"epoch_millis\""
            ),
            SqlType::Uuid => {
                panic!("a UUID has the formats \"mixed\", \"text\", \"upper\", \"simple\" and \"blob\"")
            }
            SqlType::Decimal => panic!("a decimal has the formats \"mixed\" and \"number\""),
            SqlType::Bool => panic!("a boolean has the formats \"mixed\" and \"text\""),
            _ => panic!("`format` is for dates, times, UUIDs, decimals and booleans: others have one form"),
        }
    }

    /// As `#[orm(format = "..")]` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Text => "text",
            Self::Seconds => "seconds",
            Self::Micros => "micros",
            Self::IsoMillis => "iso_millis",
            Self::Epoch => "epoch",
            Self::EpochMillis => "epoch_millis",
            Self::Upper => "upper",
            Self::Simple => "simple",
            Self::Blob => "blob",
            Self::Number => "number",
        }
    }
}
