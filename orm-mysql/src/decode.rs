//! From the driver's rows to ours.

use mysql::consts::ColumnType;
use mysql::{Column, Value};
use orm_core::model::Row;
use orm_core::value::{Mismatch, ValueRef};

/// The character set of bytes.
const BINARY: u16 = 63;
/// The digits behind the point of a decimal without bounds, see the dialect.
#[cfg(feature = "decimal")]
const UNBOUNDED_SCALE: u8 = 30;

/// The columns of a result, for all of its rows.
pub(crate) struct Columns {
    names: Vec<String>,
    kinds: Vec<Kind>,
    /// Whether cells of some columns are something else than the driver's values.
    converts: bool,
}

/// What the cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What the driver says.
    Plain,
    Bytes,
    #[cfg(feature = "chrono")]
    Date,
    #[cfg(feature = "chrono")]
    Time,
    /// A text: fields of both kinds of date and time read it, with a zone, which is UTC, as the connection is, and without.
    #[cfg(feature = "chrono")]
    DateTime,
    /// With so many digits behind the point.
    #[cfg(feature = "decimal")]
    Decimal(u8),
}

impl Columns {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let kinds: Vec<Kind> = columns.iter().map(kind).collect();
        let converts = kinds.iter().any(|kind| match kind {
            #[cfg(feature = "chrono")]
            Kind::DateTime => true,
            #[cfg(feature = "decimal")]
            Kind::Decimal(_) => true,
            _ => false,
        });
        Self { names: columns.iter().map(|column| column.name_str().into_owned()).collect(), kinds, converts }
    }
}

fn kind(column: &Column) -> Kind {
    match column.column_type() {
        #[cfg(feature = "chrono")]
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_TIMESTAMP => Kind::DateTime,
        #[cfg(feature = "chrono")]
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Kind::Date,
        #[cfg(feature = "chrono")]
        ColumnType::MYSQL_TYPE_TIME => Kind::Time,
        #[cfg(feature = "decimal")]
        ColumnType::MYSQL_TYPE_NEWDECIMAL | ColumnType::MYSQL_TYPE_DECIMAL => Kind::Decimal(column.decimals()),
        _ if is_binary(column) => Kind::Bytes,
        _ => Kind::Plain,
    }
}

/// A row of a result.
pub(crate) struct MysqlRow<'a> {
    columns: &'a Columns,
    /// What cells are that are not the driver's values, where there are such columns.
    converted: Vec<Converted>,
    row: &'a mysql::Row,
}

/// What a cell is.
enum Converted {
    /// The driver's value.
    Not,
    #[cfg(feature = "chrono")]
    Text(String),
    #[cfg(feature = "decimal")]
    Decimal(rust_decimal::Decimal),
}

impl<'a> MysqlRow<'a> {
    pub(crate) fn new(columns: &'a Columns, row: &'a mysql::Row) -> Self {
        let converted = match columns.converts {
            true => columns.kinds.iter().enumerate().map(|(index, kind)| convert(*kind, row.as_ref(index))).collect(),
            false => Vec::new(),
        };
        Self { columns, converted, row }
    }
}

fn convert(kind: Kind, value: Option<&Value>) -> Converted {
    match (kind, value) {
        #[cfg(feature = "chrono")]
        (Kind::DateTime, Some(value @ Value::Date(..))) => match crate::temporal::read_date_time(value) {
            Some(at) => Converted::Text(at.format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
            None => Converted::Not,
        },
        #[cfg(feature = "decimal")]
        (Kind::Decimal(scale), Some(Value::Bytes(digits))) => {
            let number = std::str::from_utf8(digits).ok().and_then(|digits| decimal(digits, scale));
            number.map_or(Converted::Not, Converted::Decimal)
        }
        _ => Converted::Not,
    }
}

/// A number with all digits of its column, but for the zeros with which a column without bounds fills it up.
#[cfg(feature = "decimal")]
fn decimal(digits: &str, scale: u8) -> Option<rust_decimal::Decimal> {
    if scale < UNBOUNDED_SCALE {
        return digits.parse().ok();
    }
    let short = digits.trim_end_matches('0').trim_end_matches('.');
    short.parse().ok()
}

impl Row for MysqlRow<'_> {
    fn len(&self) -> usize {
        self.columns.names.len()
    }

    fn name(&self, index: usize) -> &str {
        self.columns.names.get(index).map_or("", String::as_str)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        let (Some(value), Some(kind)) = (self.row.as_ref(index), self.columns.kinds.get(index)) else {
            return Err(Mismatch::new("one more column", "the end of the row"));
        };
        match self.converted.get(index) {
            #[cfg(feature = "chrono")]
            Some(Converted::Text(text)) => Ok(ValueRef::Text(text)),
            #[cfg(feature = "decimal")]
            Some(Converted::Decimal(number)) => Ok(ValueRef::Decimal(*number)),
            Some(Converted::Not) | None => plain(*kind, value),
        }
    }
}

fn plain(kind: Kind, value: &Value) -> Result<ValueRef<'_>, Mismatch> {
    match value {
        Value::NULL => Ok(ValueRef::Null),
        Value::Int(v) => Ok(ValueRef::I64(*v)),
        Value::UInt(v) => match i64::try_from(*v) {
            Ok(v) => Ok(ValueRef::I64(v)),
            Err(_) => Err(Mismatch::new("a 64-bit integer with a sign", format!("the integer {v}"))),
        },
        Value::Float(v) => Ok(ValueRef::F64(f64::from(*v))),
        Value::Double(v) => Ok(ValueRef::F64(*v)),
        Value::Bytes(bytes) if kind == Kind::Bytes => Ok(ValueRef::Bytes(bytes)),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(ValueRef::Text(text)),
            Err(_) => Err(Mismatch::new("text in UTF-8", "text in another encoding")),
        },
        value => temporal(kind, value),
    }
}

/// Whether the cells of a column are bytes. Numbers and dates say so too, but come as something else.
fn is_binary(column: &Column) -> bool {
    use ColumnType::{
        MYSQL_TYPE_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_STRING, MYSQL_TYPE_TINY_BLOB,
        MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_VARCHAR,
    };
    let has_characters = matches!(
        column.column_type(),
        MYSQL_TYPE_BLOB
            | MYSQL_TYPE_LONG_BLOB
            | MYSQL_TYPE_MEDIUM_BLOB
            | MYSQL_TYPE_TINY_BLOB
            | MYSQL_TYPE_STRING
            | MYSQL_TYPE_VAR_STRING
            | MYSQL_TYPE_VARCHAR
    );
    has_characters && column.character_set() == BINARY
}

#[cfg(feature = "chrono")]
fn temporal(kind: Kind, value: &Value) -> Result<ValueRef<'static>, Mismatch> {
    use crate::temporal::{read_date_time, read_time};

    let found = match kind {
        Kind::Date => read_date_time(value).map(|at| ValueRef::Date(at.date())),
        Kind::Time => read_time(value).map(ValueRef::Time),
        _ => None,
    };
    found.ok_or_else(|| Mismatch::new("a date or a time of day", "a zero date, or a length of time"))
}

#[cfg(not(feature = "chrono"))]
fn temporal(_: Kind, _: &Value) -> Result<ValueRef<'static>, Mismatch> {
    let found = "a date or time, for which `orm` has the feature `chrono`; or cast the column in SQL";
    Err(Mismatch::new("a type that this build reads", found))
}
