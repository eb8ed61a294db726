//! What the spelling of a type means.

use orm_core::catalog::{DataType, TypeKind};

/// The type of that spelling, which becomes the server's own, without the width in which a number is shown and without the character set,
/// which the collation names.
pub(crate) fn data_type(spelling: &str) -> DataType {
    let spelling = spelling.split_once(" CHARACTER SET ").map_or(spelling, |(spelling, _)| spelling);
    let (name, bounds, rest) = match spelling.split_once('(') {
        Some((name, after)) => match after.rsplit_once(')') {
            Some((bounds, rest)) => (name, Some(bounds), rest),
            None => return DataType::other(spelling),
        },
        None => match spelling.split_once(' ') {
            Some((name, rest)) => (name, None, rest),
            None => (spelling, None, ""),
        },
    };
    let (name, rest) = (name.trim().to_ascii_lowercase(), rest.trim().to_ascii_lowercase());
    let name = synonym(&name);
    match kind(name, bounds, &rest) {
        Some(kind) => {
            let spelling = spell(name, &kind, bounds, &rest);
            DataType::new(kind, spelling)
        }
        None => DataType::other(spelling),
    }
}

fn synonym(name: &str) -> &str {
    match name {
        "bool" | "boolean" => "boolean",
        "integer" | "int4" => "int",
        "int2" => "smallint",
        "int8" => "bigint",
        "double precision" | "real" | "float8" => "double",
        "float4" => "float",
        "numeric" | "dec" | "fixed" => "decimal",
        "character varying" => "varchar",
        "character" => "char",
        "long" | "long varchar" => "mediumtext",
        other => other,
    }
}

fn kind(name: &str, bounds: Option<&str>, rest: &str) -> Option<TypeKind> {
    let unsigned = rest.contains("unsigned");
    let numbers: Vec<i32> =
        bounds.unwrap_or_default().split(',').filter_map(|bound| bound.trim().parse().ok()).collect();
    let first = numbers.first().and_then(|&bound| u32::try_from(bound).ok());
    Some(match name {
        "boolean" => TypeKind::Bool,
        "tinyint" if bounds == Some("1") && !unsigned => TypeKind::Bool,
        "tinyint" => TypeKind::SmallInt,
        "smallint" if !unsigned => TypeKind::SmallInt,
        "smallint" | "mediumint" => TypeKind::Integer,
        "int" if !unsigned => TypeKind::Integer,
        "int" => TypeKind::BigInt,
        "bigint" if !unsigned => TypeKind::BigInt,
        "float" => TypeKind::Real,
        "double" => TypeKind::Double,
        "decimal" => TypeKind::Numeric(Some((first.unwrap_or(10), numbers.get(1).copied().unwrap_or(0)))),
        "tinytext" | "text" | "mediumtext" | "longtext" => TypeKind::Text,
        "varchar" => TypeKind::VarChar(first),
        "enum" => TypeKind::OneOf(texts(bounds.unwrap_or_default())),
        // Its values are texts, and known to this column only.
        "set" => TypeKind::VarChar(None),
        "char" => TypeKind::Char(first.or(Some(1))),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => TypeKind::Bytes,
        "date" => TypeKind::Date,
        "time" => TypeKind::Time(first),
        "datetime" => TypeKind::DateTime(first),
        "timestamp" => TypeKind::Timestamp(first),
        "uuid" => TypeKind::Uuid,
        "json" => TypeKind::Json,
        _ => return None,
    })
}

/// `'a','it''s'`.
fn texts(list: &str) -> Vec<String> {
    let (mut texts, mut text) = (Vec::new(), None::<String>);
    let mut letters = list.chars().peekable();
    while let Some(letter) = letters.next() {
        match (&mut text, letter) {
            (None, '\'') => text = Some(String::new()),
            (None, _) => {}
            (Some(open), '\'') if letters.next_if_eq(&'\'').is_some() => open.push('\''),
            (Some(_), '\'') => texts.extend(text.take()),
            (Some(open), letter) => open.push(letter),
        }
    }
    texts
}

fn spell(name: &str, kind: &TypeKind, bounds: Option<&str>, rest: &str) -> String {
    let bounds = match (name, kind, bounds) {
        (_, TypeKind::Bool, _) => return "boolean".to_owned(),
        (_, TypeKind::SmallInt | TypeKind::Integer | TypeKind::BigInt, _) => String::new(),
        (_, TypeKind::Numeric(Some((digits, scale))), _) => format!("({digits},{scale})"),
        (_, TypeKind::Char(Some(length)), _) => format!("({length})"),
        (_, _, Some(bounds)) => format!("({bounds})"),
        (_, _, None) => String::new(),
    };
    if rest.is_empty() { format!("{name}{bounds}") } else { format!("{name}{bounds} {rest}") }
}

#[cfg(test)]
mod tests {
    use super::{TypeKind, data_type};

    #[test]
    fn an_enum_tells_its_values() {
        let expected = TypeKind::OneOf(["a", "it's", "b(c), d"].map(str::to_owned).to_vec());
        assert_eq!(data_type("ENUM('a','it''s', 'b(c), d')").kind, expected);
    }

    #[test]
    fn synonyms_have_the_servers_spelling() {
        let spelled = [
            ("VARCHAR(20) CHARACTER SET utf8mb4", "varchar(20)"),
            ("NUMERIC(10, 2)", "decimal(10,2)"),
            ("BOOLEAN", "boolean"),
            ("tinyint(1)", "boolean"),
            ("tinyint(4)", "tinyint"),
            ("bigint(20)", "bigint"),
            ("int(10) unsigned", "int unsigned"),
            ("datetime(6)", "datetime(6)"),
            ("char", "char(1)"),
            ("enum('a','b(c)')", "enum('a','b(c)')"),
            ("point", "point"),
        ];
        for (given, expected) in spelled {
            assert_eq!(data_type(given).spelling, expected);
            assert_eq!(data_type(expected), data_type(given));
        }
    }
}
