//! From the type of a column, and its cells, to that of a field.

use orm_core::catalog::{CatalogColumn, Enum, TypeKind};
use orm_core::schema::TableName;
use orm_core::value::Format;

use crate::cells::{Cells, MomentForm, Samples, Shape};

const BOOL: &str = "bool";
const I64: &str = "i64";
const F64: &str = "f64";
const TEXT: &str = "String";
const BYTES: &str = "Vec<u8>";
const DECIMAL: &str = "rust_decimal::Decimal";
const DATE: &str = "chrono::NaiveDate";
const TIME: &str = "chrono::NaiveTime";
const DATE_TIME: &str = "chrono::NaiveDateTime";
const TIMESTAMP: &str = "chrono::DateTime<chrono::Utc>";
const UUID: &str = "uuid::Uuid";
const JSON: &str = "serde_json::Value";

/// The type of a field that is never NULL, with the options that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldType {
    pub(crate) rust: String,
    pub(crate) options: Vec<String>,
    /// The type that reads the values without the options, if this one does not.
    pub(crate) raw: Option<&'static str>,
    /// Whether it is an enum of the file.
    choice: bool,
}

impl FieldType {
    fn new(rust: impl Into<String>) -> Self {
        Self { rust: rust.into(), options: Vec::new(), raw: None, choice: false }
    }

    fn option(mut self, option: String) -> Self {
        self.options.push(option);
        self
    }

    fn format(rust: &str, format: Format) -> Self {
        let raw = match format {
            Format::Epoch | Format::EpochMillis => Some(I64),
            Format::Simple => Some(TEXT),
            Format::Blob => Some(BYTES),
            Format::Text if rust == BOOL => Some(TEXT),
            _ => None,
        };
        let options = if format == Format::Mixed { Vec::new() } else { vec![format!("format = {:?}", format.name())] };
        Self { rust: rust.to_owned(), options, raw, choice: false }
    }

    /// Whether it is an enum whose type follows from that of Rust.
    pub(crate) fn is_native(&self) -> bool {
        self.choice && self.options.is_empty()
    }

    /// The type in a primary key, where an enum is a text.
    pub(crate) fn in_key(&self) -> &str {
        if self.choice { TEXT } else { &self.rust }
    }

    /// Whether a primary key may have it.
    pub(crate) fn may_be_key(&self) -> bool {
        let rust = &*self.rust;
        !matches!(rust, F64 | "f32" | JSON) && (!rust.starts_with("Vec<") || rust == BYTES)
    }

    /// Whether a foreign key of the other type can reference it.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let is_integer = |rust: &str| matches!(rust, "i16" | "i32" | I64);
        self.in_key() == other.in_key() || (is_integer(&self.rust) && is_integer(&other.rust))
    }
}

/// What types are made of: the names of the enums, and the cells.
pub(crate) struct Types<'a> {
    /// The enums with the names of their types.
    pub(crate) enums: Vec<(&'a Enum, String)>,
    pub(crate) samples: &'a Samples,
    /// Whether the database has strict types.
    pub(crate) strict: bool,
    /// Whether a type that is no usual one has to be named.
    pub(crate) named: bool,
}

impl Types<'_> {
    /// The type of the field for a column.
    ///
    /// # Errors
    ///
    /// Why no field can hold its values, as the end of a sentence.
    pub(crate) fn field(&self, table: &TableName, column: &CatalogColumn) -> Result<FieldType, String> {
        let cells = self.samples.of(table, &column.name);
        let declared = &column.data_type;
        if !self.strict {
            return untyped(&declared.kind, &declared.spelling, cells.unwrap_or(&Cells::default()));
        }
        let spelling = &declared.spelling;
        if let Some(cells) = cells.filter(|cells| cells.unreadable > 0) {
            return Err(format!("{spelling}: {} of its values are infinite, or arrays of arrays", cells.unreadable));
        }
        let (field, natural) =
            self.typed(&declared.kind, cells).ok_or_else(|| format!("{spelling}: no field can hold its values"))?;
        Ok(if natural || !self.named { field } else { field.option(format!("pg_type = {:?}", declared.spelling)) })
    }

    /// The type of a field, and whether `create_all` chooses the same type for it.
    fn typed(&self, kind: &TypeKind, cells: Option<&Cells>) -> Option<(FieldType, bool)> {
        let natural = |rust: &str| Some((FieldType::new(rust), true));
        let declared = |rust: &str| Some((FieldType::new(rust), false));
        match kind {
            TypeKind::Bool => natural(BOOL),
            TypeKind::SmallInt => natural("i16"),
            TypeKind::Integer => natural("i32"),
            TypeKind::BigInt => natural(I64),
            TypeKind::Real => natural("f32"),
            TypeKind::Double => natural(F64),
            TypeKind::Numeric(None) => natural(DECIMAL),
            TypeKind::Numeric(Some((digits, scale))) => match u32::try_from(*scale) {
                Ok(scale) => Some((FieldType::new(DECIMAL).option(format!("precision({digits}, {scale})")), true)),
                Err(_) => declared(DECIMAL),
            },
            TypeKind::Text => natural(TEXT),
            TypeKind::VarChar(Some(length)) => Some((FieldType::new(TEXT).option(format!("length = {length}")), true)),
            TypeKind::VarChar(None) | TypeKind::Char(_) => declared(TEXT),
            TypeKind::Bytes => natural(BYTES),
            TypeKind::Date => natural(DATE),
            TypeKind::Time(digits) => Some((FieldType::new(TIME), digits.is_none())),
            TypeKind::DateTime(digits) => Some((FieldType::new(DATE_TIME), digits.is_none())),
            TypeKind::Timestamp(digits) => Some((FieldType::new(TIMESTAMP), digits.is_none())),
            TypeKind::Uuid => natural(UUID),
            TypeKind::Jsonb => natural(JSON),
            TypeKind::Json => declared(JSON),
            TypeKind::Enum(name) => match self.enums.iter().find(|(known, _)| known.name == *name) {
                Some((_, rust)) => Some((FieldType { choice: true, ..FieldType::new(rust) }, name.schema.is_none())),
                None => declared(TEXT),
            },
            TypeKind::OneOf(_) => natural(TEXT),
            TypeKind::Domain { base, .. } => {
                self.typed(base, cells).map(|(field, _)| (FieldType { options: Vec::new(), ..field }, false))
            }
            TypeKind::Array(item) => {
                let (item, natural) = self.typed(item, None)?;
                let rust = if cells.is_some_and(|cells| cells.holes > 0) {
                    format!("Option<{}>", item.rust)
                } else {
                    item.rust
                };
                let is_item = rust != BYTES && !rust.contains("Vec<");
                is_item.then(|| (FieldType::new(format!("Vec<{rust}>")), natural && item.options.is_empty()))
            }
            TypeKind::Other(name) => match &**name {
                "citext" | "name" | "xml" => declared(TEXT),
                "oid" => declared(I64),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The type of a column of a database in which a column's type is a hint.
fn untyped(kind: &TypeKind, spelling: &str, cells: &Cells) -> Result<FieldType, String> {
    let found = match kind {
        _ if cells.count() == 0 => return empty(kind, spelling),
        TypeKind::Bool => boolean(cells),
        TypeKind::Numeric(bounds) => decimal(*bounds, cells),
        TypeKind::Date | TypeKind::Time(_) | TypeKind::DateTime(_) | TypeKind::Timestamp(_) => moment(kind, cells),
        TypeKind::Uuid => uuid(cells),
        TypeKind::Json | TypeKind::Jsonb => {
            (cells.is_text() && cells.texts_are(|shape| *shape == Shape::Json)).then(|| FieldType::new(JSON))
        }
        TypeKind::Text | TypeKind::VarChar(_) | TypeKind::Char(_) if cells.is_text() => date_in_text(cells),
        TypeKind::Bytes if cells.blobs >= 3 => uuid(cells),
        TypeKind::Double if cells.texts + cells.blobs == 0 => Some(FieldType::new(F64)),
        _ => None,
    };
    let found = found.or_else(|| by_cells(cells)).ok_or_else(|| {
        let declared = if spelling.is_empty() { "declared without a type" } else { spelling };
        format!("{declared}: its cells are {}", cells.kinds())
    })?;
    Ok(bounded(found, kind))
}

/// With the length that is declared.
fn bounded(field: FieldType, kind: &TypeKind) -> FieldType {
    match kind {
        TypeKind::VarChar(Some(length)) | TypeKind::Char(Some(length)) if field.rust == TEXT => {
            field.option(format!("length = {length}"))
        }
        _ => field,
    }
}

/// By what the column is declared as, since there are no cells.
fn empty(kind: &TypeKind, spelling: &str) -> Result<FieldType, String> {
    let rust = match kind {
        TypeKind::Bool => BOOL,
        TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt => I64,
        TypeKind::Real | TypeKind::Double => F64,
        TypeKind::Numeric(Some((digits, scale))) if *scale >= 0 => {
            return Ok(FieldType::new(DECIMAL).option(format!("precision({digits}, {scale})")));
        }
        TypeKind::Numeric(_) => DECIMAL,
        TypeKind::Text | TypeKind::VarChar(_) | TypeKind::Char(_) => TEXT,
        TypeKind::Bytes => BYTES,
        TypeKind::Date => DATE,
        TypeKind::Time(_) => TIME,
        TypeKind::DateTime(_) => DATE_TIME,
        TypeKind::Timestamp(_) => TIMESTAMP,
        TypeKind::Uuid => UUID,
        TypeKind::Json | TypeKind::Jsonb => JSON,
        _ => by_affinity(spelling).ok_or_else(|| match spelling {
            "" => "declared without a type: there are no cells that tell one".to_owned(),
            _ => format!("{spelling}: no field is known for it, and there are no cells that tell one"),
        })?,
    };
    Ok(bounded(FieldType::new(rust), kind))
}

/// As SQLite chooses how to store values by words in the declared type.
fn by_affinity(spelling: &str) -> Option<&'static str> {
    let spelling = spelling.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| spelling.contains(word));
    match () {
        () if has(&["INT"]) => Some(I64),
        () if has(&["CHAR", "CLOB", "TEXT"]) => Some(TEXT),
        () if has(&["BLOB"]) => Some(BYTES),
        () if has(&["REAL", "FLOA", "DOUB"]) => Some(F64),
        () => None,
    }
}

/// The type that reads all cells, whatever was declared.
fn by_cells(cells: &Cells) -> Option<FieldType> {
    /// Greater integers are no floats.
    const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
    let all = cells.count();
    let rust = match () {
        () if cells.integers == all => I64,
        () if cells.integers + cells.reals == all && cells.most <= EXACT => F64,
        () if cells.texts == all => TEXT,
        () if cells.blobs == all => BYTES,
        () => return None,
    };
    Some(FieldType::new(rust))
}

fn boolean(cells: &Cells) -> Option<FieldType> {
    if cells.integers == cells.count() && cells.most <= 1 && cells.integers > 0 {
        return Some(FieldType::new(BOOL));
    }
    (cells.is_text() && cells.texts_are(|shape| *shape == Shape::Word)).then(|| FieldType::format(BOOL, Format::Text))
}

fn decimal(bounds: Option<(u32, i32)>, cells: &Cells) -> Option<FieldType> {
    const EXACT: u64 = 1_000_000_000_000_000;
    if cells.blobs > 0 || cells.wild_reals > 0 || !cells.texts_are(|shape| *shape == Shape::Number) {
        return None;
    }
    let as_numbers = cells.texts == 0 && cells.most < EXACT;
    let field = FieldType::format(DECIMAL, if as_numbers { Format::Number } else { Format::Mixed });
    Some(match bounds.map(|(digits, scale)| (digits, u32::try_from(scale))) {
        Some((digits, Ok(scale))) => field.option(format!("precision({digits}, {scale})")),
        _ => field,
    })
}

/// A date, a time, or both, as the column is declared, or as its cells are.
fn moment(kind: &TypeKind, cells: &Cells) -> Option<FieldType> {
    if cells.integers == cells.count() {
        // Seconds up to the year 5138; smaller numbers of milliseconds are before March 1973.
        let format = if cells.most < 100_000_000_000 { Format::Epoch } else { Format::EpochMillis };
        return Some(FieldType::format(TIMESTAMP, format));
    }
    if !cells.is_text() {
        return None;
    }
    match kind {
        TypeKind::Time(_) if cells.texts_are(|shape| *shape == Shape::Time) => {
            return Some(FieldType::format(TIME, Format::Text));
        }
        TypeKind::Time(_) if cells.texts_are(|shape| matches!(shape, Shape::Time | Shape::OtherTime)) => {
            return Some(FieldType::new(TIME));
        }
        TypeKind::Date if cells.texts_are(|shape| *shape == Shape::Date) => {
            return Some(FieldType::format(DATE, Format::Text));
        }
        TypeKind::Date
            if cells.texts_are(|shape| matches!(shape, Shape::Date | Shape::Moment { midnight: true, .. })) =>
        {
            return Some(FieldType::new(DATE));
        }
        _ => {}
    }
    let is_moment = |shape: &Shape| matches!(shape, Shape::Date | Shape::Moment { .. });
    let has_zone = |shape: &Shape| matches!(shape, Shape::Moment { zone: true, .. });
    if !cells.texts_are(is_moment) {
        return None;
    }
    let rust =
        if matches!(kind, TypeKind::Timestamp(_)) || cells.shapes.iter().any(has_zone) { TIMESTAMP } else { DATE_TIME };
    let format = format_of(cells);
    // An offset is only kept where all cells have one: without, a cell is in UTC.
    Some(FieldType::format(rust, format))
}

/// The format that all cells have.
fn format_of(cells: &Cells) -> Format {
    let all =
        |wanted: MomentForm| cells.texts_are(|shape| matches!(shape, Shape::Moment { form, .. } if *form == wanted));
    match () {
        () if all(MomentForm::Seconds) => Format::Seconds,
        () if all(MomentForm::Micros) => Format::Micros,
        () if all(MomentForm::IsoMillis) => Format::IsoMillis,
        () if all(MomentForm::Utc) => Format::Text,
        () => Format::Mixed,
    }
}

fn uuid(cells: &Cells) -> Option<FieldType> {
    if cells.blobs == cells.count() {
        return (cells.other_blobs == 0).then(|| FieldType::format(UUID, Format::Blob));
    }
    let is_text = cells.is_text();
    if is_text && cells.texts_are(|shape| *shape == Shape::Hex) {
        return Some(FieldType::format(UUID, Format::Simple));
    }
    if !is_text || !cells.texts_are(|shape| matches!(shape, Shape::Uuid { lower, upper } if !(*lower && *upper))) {
        return None;
    }
    let has = |test: fn(&Shape) -> bool| cells.shapes.iter().any(test);
    let (lower, upper) = (
        has(|shape| matches!(shape, Shape::Uuid { lower: true, .. })),
        has(|shape| matches!(shape, Shape::Uuid { upper: true, .. })),
    );
    let format = match (lower, upper) {
        (true, true) => Format::Mixed,
        (false, true) => Format::Upper,
        _ => Format::Text,
    };
    Some(FieldType::format(UUID, format))
}

/// What is in a column of texts, if all of them are dates, dates with times, or UUIDs.
fn date_in_text(cells: &Cells) -> Option<FieldType> {
    if cells.texts_are(|shape| matches!(shape, Shape::Uuid { .. })) {
        return uuid(cells);
    }
    match cells.texts_are(|shape| *shape == Shape::Date) {
        true => moment(&TypeKind::Date, cells),
        false if cells.texts_are(|shape| matches!(shape, Shape::Moment { .. })) => {
            moment(&TypeKind::DateTime(None), cells)
        }
        false => None,
    }
}
