//! Decodes cells from the server. The raw bytes of the binary form are borrowed, not copied.

use std::cell::OnceCell;
use std::error::Error as StdError;

use orm_core::model::Row;
use orm_core::value::{List, Mismatch, SqlType, ValueRef};
use postgres::types::{FromSql, Kind, Type};

use crate::array;
use crate::encode::{base, is_text};

/// A row of a result.
pub(crate) struct PostgresRow<'a> {
    row: &'a postgres::Row,
    /// The elements of its arrays that were read so far.
    arrays: OnceCell<Box<[Array<'a>]>>,
}

/// The elements of an array, or why they cannot be borrowed.
type Array<'a> = OnceCell<Result<Box<[ValueRef<'a>]>, Mismatch>>;

impl<'a> PostgresRow<'a> {
    pub(crate) fn new(row: &'a postgres::Row) -> Self {
        Self { row, arrays: OnceCell::new() }
    }

    fn array(&self, index: usize, member: &Type, raw: &'a [u8]) -> Result<ValueRef<'_>, Mismatch> {
        let arrays = self.arrays.get_or_init(|| (0..self.row.len()).map(|_| OnceCell::new()).collect());
        match arrays[index].get_or_init(|| array::read(raw, |raw| decode(base(member), raw))) {
            Ok(elements) => Ok(ValueRef::Array(List::Values(elements))),
            Err(mismatch) => Err(mismatch.clone()),
        }
    }
}

impl Row for PostgresRow<'_> {
    fn len(&self) -> usize {
        self.row.len()
    }

    fn name(&self, index: usize) -> &str {
        self.row.columns().get(index).map_or("", |column| column.name())
    }

    #[inline]
    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        match self.row.try_get(index) {
            Ok(Cell::Scalar(cell)) => cell,
            Ok(Cell::Array(raw)) => match base(self.row.columns()[index].type_()).kind() {
                Kind::Array(member) => self.array(index, member, raw),
                _ => Err(no_counterpart(self.row.columns()[index].type_())),
            },
            Err(_) => Err(Mismatch::new("one more column", "the end of the row")),
        }
    }
}

/// A cell.
enum Cell<'a> {
    /// One value, or why it cannot be borrowed.
    Scalar(Result<ValueRef<'a>, Mismatch>),
    /// Several values in binary form.
    Array(&'a [u8]),
}

impl<'a> FromSql<'a> for Cell<'a> {
    #[inline]
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        let ty = base(ty);
        Ok(if let Kind::Array(_) = ty.kind() { Self::Array(raw) } else { Self::Scalar(decode(ty, raw)) })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Scalar(Ok(ValueRef::Null)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn decode<'a>(ty: &Type, raw: &'a [u8]) -> Result<ValueRef<'a>, Mismatch> {
    match *ty {
        Type::INT8 => number(raw, |raw| ValueRef::I64(i64::from_be_bytes(raw))),
        Type::INT4 => number(raw, |raw| ValueRef::I64(i32::from_be_bytes(raw).into())),
        Type::TEXT | Type::VARCHAR => text(raw),
        Type::INT2 => number(raw, |raw| ValueRef::I64(i16::from_be_bytes(raw).into())),
        Type::OID => number(raw, |raw| ValueRef::I64(u32::from_be_bytes(raw).into())),
        Type::FLOAT8 => number(raw, |raw| ValueRef::F64(f64::from_be_bytes(raw))),
        Type::FLOAT4 => number(raw, |raw| ValueRef::F64(f32::from_be_bytes(raw).into())),
        Type::BOOL => number(raw, |[v]: [u8; 1]| ValueRef::Bool(v != 0)),
        Type::BYTEA => Ok(ValueRef::Bytes(raw)),
        Type::VOID => Ok(ValueRef::Null),
        Type::JSONB => match raw {
            [1, json @ ..] => text(json),
            _ => Err(Mismatch::new("JSONB of version 1", "another version")),
        },
        #[cfg(feature = "decimal")]
        Type::NUMERIC => match crate::numeric::read(raw) {
            Ok(v) => Ok(ValueRef::Decimal(v)),
            Err(found) => match crate::numeric::read_float(raw) {
                Some(float) => Ok(ValueRef::F64(float)),
                None => Err(Mismatch::new("a number that `Decimal` can hold", found)),
            },
        },
        #[cfg(feature = "uuid")]
        Type::UUID => number(raw, |raw| ValueRef::Uuid(uuid::Uuid::from_bytes(raw))),
        #[cfg(feature = "chrono")]
        Type::DATE | Type::TIME | Type::TIMESTAMP | Type::TIMESTAMPTZ => decode_temporal(ty, raw),
        _ if is_text(ty) => text(raw),
        _ => Err(no_counterpart(ty)),
    }
}

fn text(raw: &[u8]) -> Result<ValueRef<'_>, Mismatch> {
    match std::str::from_utf8(raw) {
        Ok(text) => Ok(ValueRef::Text(text)),
        Err(_) => Err(Mismatch::new("text in UTF-8", "text in another encoding")),
    }
}

fn number<'a, const N: usize>(
    raw: &[u8],
    make: impl FnOnce([u8; N]) -> ValueRef<'a>,
) -> Result<ValueRef<'a>, Mismatch> {
    match raw.try_into() {
        Ok(raw) => Ok(make(raw)),
        Err(_) => Err(Mismatch::new("a number in binary form", format!("{} bytes", raw.len()))),
    }
}

#[cfg(feature = "chrono")]
fn decode_temporal<'a>(ty: &Type, raw: &'a [u8]) -> Result<ValueRef<'a>, Mismatch> {
    use crate::temporal::{date, time, timestamp};

    let read = |raw: &[u8]| -> Option<ValueRef<'a>> {
        if *ty == Type::DATE {
            return date(i32::from_be_bytes(raw.try_into().ok()?)).map(ValueRef::Date);
        }
        let micros = i64::from_be_bytes(raw.try_into().ok()?);
        match *ty {
            Type::TIME => time(micros).map(ValueRef::Time),
            Type::TIMESTAMP => timestamp(micros).map(|at| ValueRef::DateTime(at.naive_utc())),
            _ => timestamp(micros).map(ValueRef::Timestamp),
        }
    };
    read(raw).ok_or_else(|| Mismatch::new("a time that chrono can hold", "`infinity`, or a time too far away"))
}

/// The type of the values of a column, if a field can hold them.
pub(crate) fn sql_type(ty: &Type) -> Option<SqlType> {
    let ty = base(ty);
    if let Kind::Array(member) = ty.kind() {
        return Some(SqlType::Array(lasting(sql_type(member)?)?));
    }
    Some(match *ty {
        Type::INT8 | Type::OID => SqlType::I64,
        Type::INT4 => SqlType::I32,
        Type::INT2 => SqlType::I16,
        Type::FLOAT8 => SqlType::F64,
        Type::FLOAT4 => SqlType::F32,
        Type::BOOL => SqlType::Bool,
        Type::BYTEA => SqlType::Bytes,
        Type::JSON | Type::JSONB => SqlType::Json,
        Type::NUMERIC => SqlType::Decimal,
        Type::UUID => SqlType::Uuid,
        Type::DATE => SqlType::Date,
        Type::TIME => SqlType::Time,
        Type::TIMESTAMP => SqlType::DateTime,
        Type::TIMESTAMPTZ => SqlType::Timestamp,
        _ if is_text(ty) => SqlType::Text,
        _ => return None,
    })
}

/// The same type as a constant. Arrays of arrays have none.
fn lasting(item: SqlType) -> Option<&'static SqlType> {
    const ITEMS: &[SqlType] = &[
        SqlType::I64,
        SqlType::I32,
        SqlType::I16,
        SqlType::F64,
        SqlType::F32,
        SqlType::Bool,
        SqlType::Bytes,
        SqlType::Json,
        SqlType::Decimal,
        SqlType::Uuid,
        SqlType::Date,
        SqlType::Time,
        SqlType::DateTime,
        SqlType::Timestamp,
        SqlType::Text,
    ];
    ITEMS.iter().find(|known| **known == item)
}

/// The feature of the crate `orm` that reads a type.
const FEATURES: &[(Type, &str)] = &[
    (Type::NUMERIC, "decimal"),
    (Type::UUID, "uuid"),
    (Type::DATE, "chrono"),
    (Type::TIME, "chrono"),
    (Type::TIMESTAMP, "chrono"),
    (Type::TIMESTAMPTZ, "chrono"),
];

#[cold]
fn no_counterpart(ty: &Type) -> Mismatch {
    match FEATURES.iter().find(|(known, _)| known == ty) {
        Some((_, feature)) => Mismatch::new(
            "a type that this build reads",
            format!("`{ty}`, for which `orm` has the feature `{feature}`; or cast the column in SQL"),
        ),
        None => Mismatch::new("a type that orm reads", format!("`{ty}`; cast the column to text in SQL")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: &Type, raw: &[u8], expected: Result<ValueRef<'_>, &str>) {
        let found = decode(ty, raw).map_err(|mismatch| mismatch.to_string());
        match expected {
            Ok(expected) => assert_eq!(found, Ok(expected)),
            Err(expected) => assert!(matches!(&found, Err(found) if found.contains(expected)), "{found:?}"),
        }
    }

    #[test]
    fn cells_are_read_by_their_type() {
        check(&Type::INT2, &[0xff, 0xfe], Ok(ValueRef::I64(-2)));
        check(&Type::FLOAT4, &1.5f32.to_be_bytes(), Ok(ValueRef::F64(1.5)));
        check(&Type::BOOL, &[1], Ok(ValueRef::Bool(true)));
        check(&Type::JSONB, b"\x01{}", Ok(ValueRef::Text("{}")));
        check(&Type::JSONB, b"\x02{}", Err("another version"));
        check(&Type::TEXT, &[0xff], Err("UTF-8"));
        check(&Type::INT4, &[0], Err("1 bytes"));
        check(&Type::INET, &[0], Err("`inet`; cast the column to text"));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn infinite_times_are_refused() {
        check(&Type::TIMESTAMPTZ, &i64::MAX.to_be_bytes(), Err("infinity"));
        check(&Type::DATE, &i32::MIN.to_be_bytes(), Err("infinity"));
    }

    #[cfg(not(feature = "chrono"))]
    #[test]
    fn a_missing_feature_is_named() {
        check(&Type::DATE, &[0, 0, 0, 0], Err("feature `chrono`"));
    }
}
