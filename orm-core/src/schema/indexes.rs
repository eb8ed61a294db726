//! The indexes of a table.

use super::{IndexDef, IndexKeyDef, IndexKeyOf, IndexKeyPart, IndexSpec, SqlPart, TableDef, naming};

/// Adds an index of the table `of` over the fields with these numbers, counted from `first`.
pub(super) fn add_index(table: &mut TableDef, index: &IndexSpec, first: usize, name: Option<String>, of: &str) {
    let columns = |field: usize| table.fields[first + field].columns.clone();
    let keys = index.keys.iter().flat_map(|key| {
        let parts: Vec<IndexKeyPart> = match key.of {
            IndexKeyOf::Field(field) => columns(field).map(IndexKeyPart::Column).collect(),
            IndexKeyOf::Sql(sql) => vec![IndexKeyPart::Sql(parts_of(table, sql, first))],
        };
        parts.into_iter().map(|of| IndexKeyDef { of, order: key.order })
    });
    let def = IndexDef {
        predicate: parts_of(table, index.predicate, first),
        include: index.include.iter().flat_map(|&field| columns(field)).collect(),
        method: index.method,
        nulls_not_distinct: index.nulls_not_distinct,
        ..index_def(table, name, keys.collect(), index.unique, of)
    };
    table.indexes.push(def);
}

/// Pieces of SQL with the indexes of the columns that they name by the numbers of their fields, counted from `first`.
pub(super) fn parts_of(table: &TableDef, parts: &[SqlPart], first: usize) -> Vec<SqlPart> {
    let of = |&part: &SqlPart| match part {
        SqlPart::Column(field) => SqlPart::Column(table.fields[first + field].columns.start),
        text @ SqlPart::Text(_) => text,
    };
    parts.iter().map(of).collect()
}

/// An index of the table `of`, under its given name or one by the naming convention.
pub(super) fn index_def(
    table: &TableDef,
    name: Option<String>,
    keys: Vec<IndexKeyDef>,
    unique: bool,
    of: &str,
) -> IndexDef {
    let name = name.unwrap_or_else(|| {
        let prefix = if unique { "uq" } else { "ix" };
        let words: Vec<String> = keys.iter().map(|key| word(table, &key.of)).collect();
        naming::constraint(prefix, of, words.iter().map(String::as_str))
    });
    let column = |key: &IndexKeyDef| match key.of {
        IndexKeyPart::Column(column) => Some(column),
        IndexKeyPart::Sql(_) => None,
    };
    let columns = keys.iter().filter_map(column).collect();
    let (predicate, include) = (Vec::new(), Vec::new());
    IndexDef { name, columns, unique, keys, predicate, include, method: None, nulls_not_distinct: false }
}

/// A key in the name of its index: `lower_email` of `lower("email")`.
fn word(table: &TableDef, of: &IndexKeyPart) -> String {
    let parts = match of {
        IndexKeyPart::Column(column) => return table.columns[*column].name.to_string(),
        IndexKeyPart::Sql(parts) => parts,
    };
    let text: String = parts
        .iter()
        .map(|part| match part {
            SqlPart::Text(text) => text,
            SqlPart::Column(column) => &*table.columns[*column].name,
        })
        .collect();
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}
