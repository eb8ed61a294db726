//! An index, by its pragmas and its text.

use orm_core::catalog::{CatalogColumn, Index, IndexKey, IndexPart};

use super::Place;
use super::tokens::{Token, tokens};

const LIST: &str = "SELECT name, \"unique\", origin FROM pragma_index_list(?1, ?2)";
const KEYS: &str = "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1, ?2) WHERE key ORDER BY seqno";

/// An index in the list of a table's.
pub(super) struct Listed {
    pub(super) name: String,
    unique: bool,
    /// `c` of a CREATE INDEX, `u` of a UNIQUE constraint, `pk` of a primary key.
    pub(super) origin: String,
}

pub(super) fn list(place: &Place<'_>, table: &str) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = place.native.prepare_cached(LIST)?;
    let indexes = statement.query_map([table, place.schema], |row| {
        Ok(Listed { name: row.get(0)?, unique: row.get(1)?, origin: row.get(2)? })
    })?;
    indexes.collect()
}

/// The columns of the index of a constraint.
pub(super) fn column_names(place: &Place<'_>, index: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = place.native.prepare_cached(KEYS)?;
    statement.query_map([index, place.schema], |row| row.get(0))?.collect()
}

pub(super) fn read(place: &Place<'_>, listed: &Listed, columns: &[CatalogColumn]) -> rusqlite::Result<Index> {
    let sql = place.text("index", &listed.name)?;
    let (texts, predicate) = parse(&sql);
    let mut statement = place.native.prepare_cached(KEYS)?;
    let found = statement.query_map([&*listed.name, place.schema], |row| {
        Ok((row.get::<_, Option<String>>(0)?, row.get::<_, bool>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut keys = Vec::new();
    for (number, key) in found.enumerate() {
        let (name, descending, collation) = key?;
        let (expression, said) = texts.get(number).cloned().unwrap_or_default();
        let key = match name {
            Some(name) => {
                let usual =
                    columns.iter().find(|column| column.name == name).and_then(|column| column.collation.as_deref());
                let is_usual = collation.eq_ignore_ascii_case(usual.unwrap_or("BINARY"));
                IndexKey {
                    part: IndexPart::ColumnName(name),
                    collation: (!is_usual).then_some(collation),
                    ..IndexKey::default()
                }
            }
            None => IndexKey { part: IndexPart::Sql(expression), collation: said, ..IndexKey::default() },
        };
        keys.push(IndexKey { descending, ..key });
    }
    Ok(Index { name: listed.name.clone(), unique: listed.unique, keys, predicate, ..Index::default() })
}

/// The keys of an index by its text, each with the collation that it names, and the condition of its rows.
fn parse(sql: &str) -> (Vec<(String, Option<String>)>, Option<String>) {
    let tokens = tokens(sql);
    let Some(open) = tokens.iter().position(|token| token.is("(")) else { return (Vec::new(), None) };
    let body = &tokens[open + 1..];
    let end = body.iter().position(|token| token.depth == 0).unwrap_or(body.len());
    let items = body[..end].split(|token| token.depth == 1 && token.is(","));
    let condition = body[end..].iter().find(|token| token.depth == 0 && token.is("WHERE"));
    let keys = items.map(|item| key(sql, item)).collect();
    (keys, condition.map(|token| sql[token.range.end..].trim().to_owned()))
}

/// An expression without the collation and the direction behind it.
fn key(sql: &str, mut item: &[Token]) -> (String, Option<String>) {
    if let [rest @ .., last] = item
        && (last.is("ASC") || last.is("DESC"))
    {
        item = rest;
    }
    let mut collation = None;
    if let [rest @ .., word, name] = item
        && word.is("COLLATE")
    {
        collation = Some(name.name.clone());
        item = rest;
    }
    // `(a + b)` has its parentheses where it is written again.
    while let [open, inner @ .., close] = item
        && open.is("(")
        && close.is(")")
        && inner.iter().all(|token| token.depth > open.depth)
    {
        item = inner;
    }
    let text = match item {
        [first, .., last] => &sql[first.range.start..last.range.end],
        [only] => &sql[only.range.clone()],
        [] => "",
    };
    (text.to_owned(), collation)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn keys_and_condition() {
        let (keys, condition) =
            parse("CREATE INDEX i ON t (lower(a) COLLATE NOCASE DESC, (a + (b)), c ASC) WHERE a IS NOT NULL");
        let expected = [("lower(a)", Some("NOCASE")), ("a + (b)", None), ("c", None)];
        assert_eq!(keys, expected.map(|(text, collation)| (text.to_owned(), collation.map(str::to_owned))));
        assert_eq!(condition.as_deref(), Some("a IS NOT NULL"));
    }
}
