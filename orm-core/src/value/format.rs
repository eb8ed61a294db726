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
        match Self::known(sql_type) {
            Some((_, formats)) => formats,
            None => &[Self::Mixed],
        }
    }

    /// The types whose values have several spellings: what a value is called, and the formats.
    const fn known(sql_type: SqlType) -> Option<(&'static str, &'static [Self])> {
        Some(match sql_type {
            SqlType::Date | SqlType::Time => ("a date or a time of day", &[Self::Mixed, Self::Text]),
            SqlType::DateTime | SqlType::Timestamp => (
                "a date and time",
                &[
                    Self::Mixed,
                    Self::Text,
                    Self::Seconds,
                    Self::Micros,
                    Self::IsoMillis,
                    Self::Epoch,
                    Self::EpochMillis,
                ],
            ),
            SqlType::Uuid => ("a UUID", &[Self::Mixed, Self::Text, Self::Upper, Self::Simple, Self::Blob]),
            SqlType::Decimal => ("a decimal", &[Self::Mixed, Self::Number]),
            SqlType::Bool => ("a boolean", &[Self::Mixed, Self::Text]),
            _ => return None,
        })
    }

    /// The format itself, for a column of that type.
    ///
    /// # Panics
    ///
    /// When values of the type have no such format. The derive calls it at compile time.
    #[must_use]
    #[track_caller]
    pub const fn for_type(self, sql_type: SqlType) -> Self {
        let formats = Self::of(sql_type);
        let mut index = 0;
        while index < formats.len() {
            if formats[index] as u8 == self as u8 {
                return self;
            }
            index += 1;
        }
        #[expect(clippy::panic, reason = "it is evaluated at compile time only")]
        match Self::known(sql_type) {
            Some((what, formats)) => panic!("{}", Sentence::of(what, formats).text()),
            None => panic!("`format` is for dates, times, UUIDs, decimals and booleans: others have one form"),
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

/// A text that is put together at compile time.
struct Sentence {
    bytes: [u8; 160],
    length: usize,
}

impl Sentence {
    /// `a boolean has the formats "mixed", "text"`.
    const fn of(what: &str, formats: &[Format]) -> Self {
        let mut sentence = Self { bytes: [0; 160], length: 0 };
        sentence.push(what);
        sentence.push(" has the formats ");
        let mut index = 0;
        while index < formats.len() {
            sentence.push(if index == 0 { "\"" } else { "\", \"" });
            sentence.push(formats[index].name());
            index += 1;
        }
        sentence.push("\"");
        sentence
    }

    const fn push(&mut self, text: &str) {
        let mut index = 0;
        while index < text.len() {
            self.bytes[self.length] = text.as_bytes()[index];
            self.length += 1;
            index += 1;
        }
    }

    const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_the_formats_of_a_type() {
        let types = [SqlType::Date, SqlType::Timestamp, SqlType::Uuid, SqlType::Decimal, SqlType::Bool];
        for (what, formats) in types.into_iter().filter_map(Format::known) {
            let names: Vec<String> = formats.iter().map(|format| format!("{:?}", format.name())).collect();
            assert_eq!(Sentence::of(what, formats).text(), format!("{what} has the formats {}", names.join(", ")));
        }
    }
}
