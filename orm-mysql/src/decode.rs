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

/// The names of a result's columns, for all of its rows.
pub(crate) fn names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name_str().into_owned()).collect()
}

/// A row of a result.
pub(crate) struct MysqlRow<'a> {
    names: &'a [String],
    cells: Vec<Cell>,
    row: &'a mysql::Row,
}

/// What a cell is, where that is not plain from the driver's value.
enum Cell {
    /// The driver's value.
    Plain,
    /// Another text: a date and time, which has no zone.
    #[cfg(feature = "chrono")]
    Text(String),
    #[cfg(feature = "decimal")]
    Decimal(rust_decimal::Decimal),
}

impl<'a> MysqlRow<'a> {
    pub(crate) fn new(names: &'a [String], row: &'a mysql::Row) -> Self {
        let columns = row.columns_ref();
        let cells = columns.iter().enumerate().map(|(index, column)| cell(column, row.as_ref(index))).collect();
        Self { names, cells, row }
    }
}

/// Fields of both kinds of date and time read a DATETIME and a TIMESTAMP: with a zone, which is UTC, as the connection is, and without.
fn cell(column: &Column, value: Option<&Value>) -> Cell {
    match (column.column_type(), value) {
        #[cfg(feature = "chrono")]
        (ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_TIMESTAMP, Some(value @ Value::Date(..))) => {
            match crate::temporal::read_date_time(value) {
                Some(at) => Cell::Text(at.format("%Y-%m-%d %H:%M:%S%.6f").to_string()),
                None => Cell::Plain,
            }
        }
        #[cfg(feature = "decimal")]
        (ColumnType::MYSQL_TYPE_NEWDECIMAL | ColumnType::MYSQL_TYPE_DECIMAL, Some(Value::Bytes(digits))) => {
            let number = std::str::from_utf8(digits).ok().and_then(|digits| decimal(digits, column.decimals()));
            number.map_or(Cell::Plain, Cell::Decimal)
        }
        _ => Cell::Plain,
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
        self.row.len()
    }

    fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        let (Some(value), Some(cell)) = (self.row.as_ref(index), self.cells.get(index)) else {
            return Err(Mismatch::new("one more column", "the end of the row"));
        };
        match cell {
            #[cfg(feature = "chrono")]
            Cell::Text(text) => Ok(ValueRef::Text(text)),
            #[cfg(feature = "decimal")]
            Cell::Decimal(number) => Ok(ValueRef::Decimal(*number)),
            Cell::Plain => plain(&self.row.columns_ref()[index], value),
        }
    }
}

fn plain<'v>(column: &Column, value: &'v Value) -> Result<ValueRef<'v>, Mismatch> {
    match value {
        Value::NULL => Ok(ValueRef::Null),
        Value::Int(v) => Ok(ValueRef::I64(*v)),
        Value::UInt(v) => match i64::try_from(*v) {
            Ok(v) => Ok(ValueRef::I64(v)),
            Err(_) => Err(Mismatch::new("a 64-bit integer with a sign", format!("the integer {v}"))),
        },
        Value::Float(v) => Ok(ValueRef::F64(f64::from(*v))),
        Value::Double(v) => Ok(ValueRef::F64(*v)),
        Value::Bytes(bytes) if is_binary(column) => Ok(ValueRef::Bytes(bytes)),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(ValueRef::Text(text)),
            Err(_) => Err(Mismatch::new("text in UTF-8", "text in another encoding")),
        },
        value => temporal(column, value),
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
fn temporal<'v>(column: &Column, value: &Value) -> Result<ValueRef<'v>, Mismatch> {
    use crate::temporal::{read_date_time, read_time};

    let found = match column.column_type() {
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => {
            read_date_time(value).map(|at| ValueRef::Date(at.date()))
        }
        ColumnType::MYSQL_TYPE_TIME => read_time(value).map(ValueRef::Time),
        _ => None,
    };
    found.ok_or_else(|| Mismatch::new("a date or a time of day", "a zero date, or a length of time"))
}

#[cfg(not(feature = "chrono"))]
fn temporal<'v>(_: &Column, _: &Value) -> Result<ValueRef<'v>, Mismatch> {
    let found = "a date or time, for which `orm` has the feature `chrono`; or cast the column in SQL";
    Err(Mismatch::new("a type that this build reads", found))
}
