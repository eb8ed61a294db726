//! Which Arrow type a column has, and what a column of an Arrow type is read as.

use arrow_schema::{DataType, Field, TimeUnit};
use orm_core::query::cells::ResultColumn;
use orm_core::value::{SqlType, ValueRef, Values};

/// The digits of decimals whose column does not tell them.
const PRECISION: (u8, i8) = (38, 10);

/// The field of a column. That of a column whose type is not known has no type either.
pub(crate) fn field(column: &ResultColumn) -> Field {
    let data_type = match (column.sql_type, column.values) {
        (Some(SqlType::Text), Values::Texts(_) | Values::Native(_)) => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        (Some(sql_type), _) => data_type(sql_type, column.precision),
        (None, _) => DataType::Null,
    };
    let field = Field::new(column.name.clone(), data_type, column.nullable);
    match extension(column.sql_type) {
        Some(name) => field.with_metadata([(EXTENSION, name)]),
        None => field,
    }
}

/// The key under which a field has the name of its extension type.
const EXTENSION: &str = "ARROW:extension:name";

fn extension(sql_type: Option<SqlType>) -> Option<&'static str> {
    match sql_type? {
        SqlType::Uuid => Some("arrow.uuid"),
        SqlType::Json => Some("arrow.json"),
        _ => None,
    }
}

fn data_type(sql_type: SqlType, precision: Option<(u32, u32)>) -> DataType {
    match sql_type {
        SqlType::Bool => DataType::Boolean,
        SqlType::I16 => DataType::Int16,
        SqlType::I32 => DataType::Int32,
        SqlType::I64 => DataType::Int64,
        SqlType::F32 => DataType::Float32,
        SqlType::F64 => DataType::Float64,
        SqlType::Bytes => DataType::Binary,
        SqlType::Date => DataType::Date32,
        SqlType::Time => DataType::Time64(TimeUnit::Microsecond),
        SqlType::DateTime => DataType::Timestamp(TimeUnit::Microsecond, None),
        SqlType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        SqlType::Uuid => DataType::FixedSizeBinary(16),
        SqlType::Decimal => {
            let (digits, scale) = precision.map_or(PRECISION, |(digits, scale)| {
                let scale = i8::try_from(scale).unwrap_or(PRECISION.1);
                (u8::try_from(digits).unwrap_or(PRECISION.0).min(PRECISION.0), scale)
            });
            DataType::Decimal128(digits, scale)
        }
        SqlType::Array(item) => DataType::List(Field::new("item", data_type(*item, None), true).into()),
        // Texts, documents, and what a later version of the core has.
        _ => DataType::Utf8,
    }
}

/// The type by which cells are read that go into a column of an Arrow type, where the database does not tell theirs.
pub(crate) fn read_as(data_type: &DataType) -> Option<SqlType> {
    Some(match data_type {
        DataType::Boolean => SqlType::Bool,
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => SqlType::I16,
        DataType::Int32 | DataType::UInt16 => SqlType::I32,
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => SqlType::I64,
        DataType::Float32 => SqlType::F32,
        DataType::Float64 => SqlType::F64,
        DataType::Binary | DataType::LargeBinary => SqlType::Bytes,
        DataType::Date32 => SqlType::Date,
        DataType::Time64(_) => SqlType::Time,
        DataType::Timestamp(_, None) => SqlType::DateTime,
        DataType::Timestamp(_, Some(_)) => SqlType::Timestamp,
        DataType::FixedSizeBinary(16) => SqlType::Uuid,
        DataType::Decimal128(..) => SqlType::Decimal,
        _ => return None,
    })
}

/// The type of a cell of which nothing else is known.
pub(crate) fn type_of(cell: ValueRef<'_>) -> Option<SqlType> {
    Some(match cell {
        ValueRef::Bool(_) => SqlType::Bool,
        ValueRef::I64(_) => SqlType::I64,
        ValueRef::F64(_) => SqlType::F64,
        ValueRef::Text(_) => SqlType::Text,
        ValueRef::Bytes(_) => SqlType::Bytes,
        ValueRef::Date(_) => SqlType::Date,
        ValueRef::Time(_) => SqlType::Time,
        ValueRef::DateTime(_) => SqlType::DateTime,
        ValueRef::Timestamp(_) => SqlType::Timestamp,
        ValueRef::Uuid(_) => SqlType::Uuid,
        ValueRef::Decimal(_) => SqlType::Decimal,
        ValueRef::Json(_) => SqlType::Json,
        _ => return None,
    })
}
