//! What the cells of a column are like: what a database without strict types says of a column is not what it has.

use std::collections::{BTreeMap, BTreeSet};

use orm_core::schema::TableName;
use orm_core::value::Moment;

/// What the cells of columns are like, by table and column. A column without an entry is what its type says.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    columns: BTreeMap<(TableName, String), Cells>,
}

impl Samples {
    /// The cells of a column, if they were looked at.
    pub(crate) fn of(&self, table: &TableName, column: &str) -> Option<&Cells> {
        self.columns.get(&(table.clone(), column.to_owned()))
    }

    pub(crate) fn insert(&mut self, table: &TableName, column: &str, cells: Cells) {
        self.columns.insert((table.clone(), column.to_owned()), cells);
    }
}

/// What the cells of one column are like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    pub(crate) nulls: u64,
    pub(crate) integers: u64,
    pub(crate) reals: u64,
    pub(crate) texts: u64,
    pub(crate) blobs: u64,
    /// The greatest integer, without its sign.
    pub(crate) most: u64,
    /// Reals that a decimal cannot hold.
    pub(crate) wild_reals: u64,
    /// Blobs that are no UUIDs of a known version.
    pub(crate) other_blobs: u64,
    /// The forms of the texts.
    pub(crate) shapes: BTreeSet<Shape>,
    /// Arrays with NULLs in them.
    pub(crate) holes: u64,
    /// Values that no field can hold: arrays of arrays, infinite times.
    pub(crate) unreadable: u64,
}

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// `2024-05-06`.
    Date,
    /// `07:08:09`, perhaps with six digits behind the point.
    Time,
    /// Another time of day.
    OtherTime,
    /// A date and time. Midnight could be a date.
    Moment { form: MomentForm, zone: bool, midnight: bool },
    /// A UUID with hyphens.
    Uuid { lower: bool, upper: bool },
    /// 32 small hexadecimal digits.
    Hex,
    /// `true` or `false`.
    Word,
    /// A number that a decimal can hold.
    Number,
    /// A JSON document, in a column that is declared as such.
    Json,
    /// Anything else.
    Other,
}

/// How a date and time is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MomentForm {
    /// `2024-05-06 07:08:09`.
    Seconds,
    /// `2024-05-06 07:08:09.000000`.
    Micros,
    /// `2024-05-06T07:08:09.000Z`.
    IsoMillis,
    /// `2024-05-06 07:08:09+00:00`, perhaps with six digits behind the point.
    Utc,
    /// Another spelling.
    Other,
}

/// The most digits of a number that a float holds exactly.
const EXACT_DIGITS: usize = 15;

impl Cells {
    /// Adds a cell by the name of its type and its text: the beginning of a text, the digits of a blob.
    pub(crate) fn add(&mut self, kind: &str, text: &str) {
        match kind {
            "null" => self.nulls += 1,
            "integer" => {
                self.integers += 1;
                self.most = self.most.max(text.parse::<i64>().map_or(u64::MAX, i64::unsigned_abs));
            }
            "real" => {
                self.reals += 1;
                self.wild_reals +=
                    u64::from(!is_decimal(text) || text.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS + 1);
            }
            "blob" => {
                self.blobs += 1;
                self.other_blobs += u64::from(!is_uuid_blob(text));
            }
            _ => {
                self.texts += 1;
                self.shapes.insert(Shape::of(text));
            }
        }
    }

    /// Adds a document of a column that is declared to have them.
    pub(crate) fn add_document(&mut self) {
        self.texts += 1;
        self.shapes.insert(Shape::Json);
    }

    /// How many are not NULL.
    pub(crate) fn count(&self) -> u64 {
        self.integers + self.reals + self.texts + self.blobs
    }

    /// Whether there are some, and all that are not NULL are texts.
    pub(crate) fn is_text(&self) -> bool {
        self.texts > 0 && self.texts == self.count()
    }

    /// Whether all texts have one of these forms.
    pub(crate) fn texts_are(&self, test: impl FnMut(&Shape) -> bool) -> bool {
        self.shapes.iter().all(test)
    }

    /// `3 of type integer, 2 of type text`.
    pub(crate) fn kinds(&self) -> String {
        let kinds = [("integer", self.integers), ("real", self.reals), ("text", self.texts), ("blob", self.blobs)];
        let found: Vec<String> = kinds
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| format!("{count} of type {kind}"))
            .collect();
        found.join(", ")
    }
}

impl Shape {
    fn of(text: &str) -> Self {
        if text == "true" || text == "false" {
            return Self::Word;
        }
        if is_decimal(text) {
            return Self::Number;
        }
        Self::uuid(text).or_else(|| Self::moment(text)).unwrap_or(Self::Other)
    }

    fn uuid(text: &str) -> Option<Self> {
        let has = |test: fn(&u8) -> bool| text.bytes().any(|byte| test(&byte));
        let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
        if text.len() == 32 && !upper && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(Self::Hex);
        }
        let parts: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        let is_hex = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()));
        (lengths == [8, 4, 4, 4, 12] && is_hex).then_some(Self::Uuid { lower, upper })
    }

    fn moment(text: &str) -> Option<Self> {
        let moment = Moment::parse(text)?;
        let (Some(_), time) = (moment.date, moment.time) else {
            let is_usual = moment.offset.is_none() && matches!(text.len(), 8 | 15);
            return moment.offset.is_none().then_some(if is_usual { Self::Time } else { Self::OtherTime });
        };
        let Some(time) = time else { return Some(Self::Date) };
        let zone = moment.offset.is_some();
        let blank = text.as_bytes().get(10) == Some(&b' ');
        let form = match text.len() {
            19 if blank && !zone => MomentForm::Seconds,
            26 if blank && !zone => MomentForm::Micros,
            24 if !blank && text.ends_with('Z') && text.as_bytes().get(19) == Some(&b'.') => MomentForm::IsoMillis,
            25 | 32 if blank && text.ends_with("+00:00") => MomentForm::Utc,
            _ => MomentForm::Other,
        };
        Some(Self::Moment { form, zone, midnight: time == 0 && !zone })
    }
}

/// Whether it is a number in digits that a decimal can hold.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(fraction) && whole.len() + fraction.len() <= 28
}

/// Whether it is 16 bytes, in hexadecimal digits, with the version and the variant of a UUID.
fn is_uuid_blob(hex: &str) -> bool {
    let digit = |at: usize| hex.as_bytes().get(at).copied().unwrap_or_default();
    hex.len() == 32 && matches!(digit(12), b'1'..=b'8') && matches!(digit(16), b'8' | b'9' | b'A' | b'B')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_forms() {
        let moment = |form, zone, midnight| Shape::Moment { form, zone, midnight };
        let cases = [
            ("2024-05-06", Shape::Date),
            ("07:08:09", Shape::Time),
            ("07:08", Shape::OtherTime),
            ("2024-05-06 07:08:09", moment(MomentForm::Seconds, false, false)),
            ("2024-05-06 00:00:00", moment(MomentForm::Seconds, false, true)),
            ("2024-05-06 07:08:09.000001", moment(MomentForm::Micros, false, false)),
            ("2024-05-06T07:08:09.000Z", moment(MomentForm::IsoMillis, true, false)),
            ("2024-05-06 07:08:09+00:00", moment(MomentForm::Utc, true, false)),
            ("2024-05-06T07:08:09+02:00", moment(MomentForm::Other, true, false)),
            ("9f0c6b5e-0d0c-4c35-9d55-000000000001", Shape::Uuid { lower: true, upper: false }),
            ("9f0c6b5e0d0c4c359d55000000000001", Shape::Hex),
            ("2024", Shape::Number),
            ("-1.50", Shape::Number),
            ("1e5", Shape::Other),
            ("true", Shape::Word),
            ("2024-13-06", Shape::Other),
            ("", Shape::Other),
        ];
        for (text, expected) in cases {
            assert_eq!(Shape::of(text), expected, "{text}");
        }
    }
}
