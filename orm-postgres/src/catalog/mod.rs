//! Reads the schema of a database from the server's catalog: a few statements, however many tables there are.

mod cells;
mod constraints;
mod data_type;
mod indexes;
mod queries;
mod relations;
mod sequences;
mod types;

use std::collections::HashMap;

use orm_core::Result;
use orm_core::catalog::{Catalog, CatalogTable, Reflect, View};
use orm_core::value::{List, ValueRef};

use crate::connection::PostgresConnection;
use cells::{Cells, rows};
pub(crate) use data_type::data_type;

/// What has been read so far.
struct Found {
    catalog: Catalog,
    /// Where the tables and views are, by the number that the server has given them.
    places: HashMap<i64, Place>,
    /// The numbers of all of them.
    relations: Vec<i64>,
}

#[derive(Clone, Copy)]
enum Place {
    Table(usize),
    View(usize),
}

impl Found {
    fn table(&mut self, relation: i64) -> Option<&mut CatalogTable> {
        match self.places.get(&relation) {
            Some(&Place::Table(index)) => self.catalog.tables.get_mut(index),
            _ => None,
        }
    }

    fn view(&mut self, relation: i64) -> Option<&mut View> {
        match self.places.get(&relation) {
            Some(&Place::View(index)) => self.catalog.views.get_mut(index),
            _ => None,
        }
    }
}

/// See [`Connection::reflect`](orm_core::driver::Connection::reflect).
pub(crate) fn read(connection: &mut PostgresConnection, options: &Reflect) -> Result<Catalog> {
    let mut found = Found { catalog: Catalog::default(), places: HashMap::new(), relations: Vec::new() };
    let schemas = read_schemas(connection, options, &mut found.catalog)?;
    let types = types::read(connection, &schemas, &mut found.catalog)?;
    relations::read(connection, &schemas, options, &mut found)?;
    relations::parents(connection, &mut found)?;
    relations::columns(connection, &types, &mut found)?;
    relations::triggers(connection, &mut found)?;
    constraints::read(connection, &mut found)?;
    indexes::read(connection, &mut found)?;
    sequences::read(connection, &schemas, &mut found)?;
    Ok(found.catalog)
}

/// The names of the schemas that exist.
fn read_schemas(connection: &mut PostgresConnection, options: &Reflect, catalog: &mut Catalog) -> Result<Vec<String>> {
    let mut schemas = Vec::new();
    with_texts(&options.schemas, |wanted| {
        rows(connection, queries::SCHEMAS, &[wanted], |cells| {
            let name = cells.text(0)?;
            if !cells.flag(1)? {
                catalog.schemas.push(name.clone());
            }
            schemas.push(name);
            Ok(())
        })
    })?;
    Ok(schemas)
}

/// Calls `run` with the texts as one parameter.
fn with_texts<T>(texts: &[String], run: impl FnOnce(ValueRef<'_>) -> Result<T>) -> Result<T> {
    let texts: Vec<ValueRef<'_>> = texts.iter().map(|text| ValueRef::Text(text)).collect();
    run(ValueRef::Array(List::Values(&texts)))
}

/// Reads rows about the tables and views that were found.
fn of_relations(
    connection: &mut PostgresConnection,
    sql: &str,
    found: &mut Found,
    mut each: impl FnMut(&mut Found, &Cells<'_>) -> Result<()>,
) -> Result<()> {
    let relations: Vec<ValueRef<'_>> = found.relations.iter().map(|&number| ValueRef::I64(number)).collect();
    rows(connection, sql, &[ValueRef::Array(List::Values(&relations))], |cells| each(found, cells))
}

/// An expression without the parentheses that the server puts around it.
fn bare(expression: String) -> String {
    let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expression };
    let (mut depth, mut quote) = (0, None);
    for letter in inner.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        // `(a) AND (b)` begins and ends with others.
        if depth < 0 {
            return expression;
        }
    }
    inner.to_owned()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn outer_parentheses_are_left_out() {
        assert_eq!(bare("((a > 0) AND (b = ')'))".into()), "(a > 0) AND (b = ')')");
        assert_eq!(bare("(a > 0) AND (b > 0)".into()), "(a > 0) AND (b > 0)");
        assert_eq!(bare("lower(a)".into()), "lower(a)");
    }
}
