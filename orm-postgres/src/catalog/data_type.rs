//! What the spelling of a type means.

use orm_core::catalog::{DataType, TypeKind};

/// The type of that spelling, which becomes the server's own.
pub(crate) fn data_type(spelling: &str) -> DataType {
    match kind(spelling) {
        Some(kind) => {
            let spelling = spell(&kind);
            DataType::new(kind, spelling)
        }
        None => DataType::other(spelling),
    }
}

fn kind(spelling: &str) -> Option<TypeKind> {
    if let Some(item) = spelling.trim().strip_suffix("[]") {
        return kind(item).map(|item| TypeKind::Array(Box::new(item)));
    }
    // `timestamp(3) with time zone` has its bounds in the middle.
    let (name, bounds) = match spelling.split_once('(') {
        Some((before, rest)) => {
            let (bounds, after) = rest.split_once(')')?;
            (format!("{before} {after}"), Some(bounds))
        }
        None => (spelling.to_owned(), None),
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let bounds: Vec<i32> =
        bounds.unwrap_or_default().split(',').filter_map(|bound| bound.trim().parse().ok()).collect();
    let length = bounds.first().and_then(|&bound| u32::try_from(bound).ok());
    Some(match &*name {
        "boolean" | "bool" => TypeKind::Bool,
        "smallint" | "int2" => TypeKind::SmallInt,
        "integer" | "int" | "int4" => TypeKind::Integer,
        "bigint" | "int8" => TypeKind::BigInt,
        "real" | "float4" => TypeKind::Real,
        "double precision" | "float8" | "float" => TypeKind::Double,
        "numeric" | "decimal" => TypeKind::Numeric(length.map(|digits| (digits, bounds.get(1).copied().unwrap_or(0)))),
        "text" => TypeKind::Text,
        "character varying" | "varchar" => TypeKind::VarChar(length),
        // Without a length `character` has one, and `bpchar` has none.
        "character" | "char" => TypeKind::Char(length.or(Some(1))),
        "bpchar" => TypeKind::Char(length),
        "bytea" => TypeKind::Bytes,
        "date" => TypeKind::Date,
        "time" | "time without time zone" => TypeKind::Time(length),
        "timetz" | "time with time zone" => TypeKind::TimeTz(length),
        "timestamp" | "timestamp without time zone" => TypeKind::DateTime(length),
        "timestamptz" | "timestamp with time zone" => TypeKind::Timestamp(length),
        "interval" if length.is_none() => TypeKind::Interval,
        "uuid" => TypeKind::Uuid,
        "json" => TypeKind::Json,
        "jsonb" => TypeKind::Jsonb,
        _ => return None,
    })
}

/// The server's spelling.
fn spell(kind: &TypeKind) -> String {
    let bound = |name: &str, bound: &Option<u32>, rest: &str| match bound {
        Some(bound) => format!("{name}({bound}){rest}"),
        None => format!("{name}{rest}"),
    };
    match kind {
        TypeKind::Bool => "boolean".to_owned(),
        TypeKind::SmallInt => "smallint".to_owned(),
        TypeKind::Integer => "integer".to_owned(),
        TypeKind::BigInt => "bigint".to_owned(),
        TypeKind::Real => "real".to_owned(),
        TypeKind::Double => "double precision".to_owned(),
        TypeKind::Numeric(Some((digits, scale))) => format!("numeric({digits},{scale})"),
        TypeKind::Numeric(None) => "numeric".to_owned(),
        TypeKind::Text => "text".to_owned(),
        TypeKind::VarChar(length) => bound("character varying", length, ""),
        TypeKind::Char(None) => "bpchar".to_owned(),
        TypeKind::Char(length) => bound("character", length, ""),
        TypeKind::Bytes => "bytea".to_owned(),
        TypeKind::Date => "date".to_owned(),
        TypeKind::Time(digits) => bound("time", digits, " without time zone"),
        TypeKind::TimeTz(digits) => bound("time", digits, " with time zone"),
        TypeKind::DateTime(digits) => bound("timestamp", digits, " without time zone"),
        TypeKind::Timestamp(digits) => bound("timestamp", digits, " with time zone"),
        TypeKind::Interval => "interval".to_owned(),
        TypeKind::Uuid => "uuid".to_owned(),
        TypeKind::Json => "json".to_owned(),
        TypeKind::Jsonb => "jsonb".to_owned(),
        TypeKind::Array(item) => format!("{}[]", spell(item)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::data_type;

    #[test]
    fn synonyms_have_the_servers_spelling() {
        let spelled = [
            ("VARCHAR(20)", "character varying(20)"),
            ("NUMERIC(10, 2)", "numeric(10,2)"),
            ("TIMESTAMPTZ", "timestamp with time zone"),
            ("timestamp(3) without time zone", "timestamp(3) without time zone"),
            ("char", "character(1)"),
            ("INT8[]", "bigint[]"),
            ("tsvector", "tsvector"),
        ];
        for (given, expected) in spelled {
            assert_eq!(data_type(given).spelling, expected);
            assert_eq!(data_type(expected), data_type(given));
        }
    }
}
