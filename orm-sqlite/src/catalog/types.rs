//! What a declared type means. SQLite itself only looks for some words in it.

use orm_core::catalog::{DataType, TypeKind};

/// The type of a column, by its declaration.
pub(crate) fn data_type(spelling: &str) -> DataType {
    let kind = kind(spelling).unwrap_or_else(|| TypeKind::Other(spelling.to_ascii_lowercase()));
    DataType::new(kind, spelling)
}

fn kind(spelling: &str) -> Option<TypeKind> {
    let (name, bounds) = match spelling.split_once('(') {
        Some((name, rest)) => (name, rest.split_once(')')?.0),
        None => (spelling, ""),
    };
    let bounds: Vec<u32> = bounds.split(',').filter_map(|bound| bound.trim().parse().ok()).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
    let length = bounds.first().copied();
    Some(match &*name {
        "" => TypeKind::Any,
        "BOOL" | "BOOLEAN" => TypeKind::Bool,
        "INT" | "INTEGER" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "BIGINT" | "INT2" | "INT4" | "INT8"
        | "UNSIGNED BIG INT" => TypeKind::BigInt,
        "REAL" | "FLOAT" | "DOUBLE" | "DOUBLE PRECISION" => TypeKind::Double,
        "NUMERIC" | "DECIMAL" => TypeKind::Numeric(precision(&bounds)),
        "TEXT" | "CLOB" => TypeKind::Text,
        "VARCHAR" | "NVARCHAR" | "CHARACTER VARYING" | "VARYING CHARACTER" => TypeKind::VarChar(length),
        "CHAR" | "NCHAR" | "CHARACTER" | "NATIVE CHARACTER" => TypeKind::Char(length),
        "BLOB" => TypeKind::Bytes,
        "DATE" => TypeKind::Date,
        "TIME" => TypeKind::Time(None),
        "DATETIME" => TypeKind::DateTime(None),
        "TIMESTAMP" => TypeKind::Timestamp(None),
        "UUID" => TypeKind::Uuid,
        "JSON" => TypeKind::Json,
        "JSONB" => TypeKind::Jsonb,
        _ => return None,
    })
}

fn precision(bounds: &[u32]) -> Option<(u32, i32)> {
    let digits = *bounds.first()?;
    Some((digits, bounds.get(1).and_then(|&scale| scale.try_into().ok()).unwrap_or(0)))
}
