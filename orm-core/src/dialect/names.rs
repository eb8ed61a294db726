//! Refuses names that a database would cut off or confuse, before anything is sent.

use super::{Capabilities, Dialect, NameLength, SqlWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{TableDef, TableName};

/// Whether two names are the same to the database.
pub(crate) fn is_same(facts: &Capabilities, a: &str, b: &str) -> bool {
    if facts.names_ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// The name as the database quotes it.
pub(crate) fn quoted(dialect: &'static dyn Dialect, name: &str) -> String {
    let mut out = SqlWriter::new(dialect);
    out.ident(name);
    out.into_text()
}

/// Whether two table names are the same to the database.
pub(crate) fn is_same_table(facts: &Capabilities, a: &TableName, b: &TableName) -> bool {
    a.schema == b.schema && is_same(facts, &a.name, &b.name)
}

/// Checks that the database does not cut off a name of a table.
///
/// # Errors
///
/// `Schema` for a name that is too long, with the cure.
pub(crate) fn check_lengths(dialect: &'static dyn Dialect, table: &TableDef) -> Result<()> {
    let longest = dialect.capabilities().longest_name;
    let refuse = |what: &dyn Fn() -> String, name: &str, cure: &str| match longest.takes(name) {
        true => Ok(()),
        false => Err(too_long(dialect, &what(), name, cure)),
    };
    let model = table.model;
    if let Some(schema) = &table.name.schema {
        refuse(
            &|| format!("the schema of `{model}`"),
            schema,
            "`#[orm(schema = \"..\")]` names one with a shorter name",
        )?;
    }
    refuse(
        &|| format!("the table of `{model}`"),
        &table.name.name,
        "`#[orm(table = \"..\")]` gives it a shorter name",
    )?;
    for column in &table.columns {
        let field = || format!("the column of `{model}::{}`", table.fields[column.field].name);
        refuse(&field, &column.name, column_cure(table, column.field))?;
    }
    let cure = "`name = \"..\"` gives it a shorter name";
    table.indexes.iter().try_for_each(|index| refuse(&|| format!("an index of `{model}`"), &index.name, cure))?;
    table.checks.iter().try_for_each(|check| refuse(&|| format!("a check of `{model}`"), &check.name, cure))?;
    let exclusions = &table.exclusions;
    exclusions.iter().try_for_each(|known| refuse(&|| format!("an exclusion of `{model}`"), &known.name, cure))
}

/// Checks that the columns of a table, and the indexes of all tables, have different names to the database.
///
/// # Errors
///
/// `Schema` for two that have one name.
pub(crate) fn check_distinct(dialect: &'static dyn Dialect, tables: &[&'static TableDef]) -> Result<()> {
    let facts = dialect.capabilities();
    for table in tables {
        for (index, column) in table.columns.iter().enumerate() {
            let Some(other) = table.columns[..index].iter().find(|other| is_same(facts, &other.name, &column.name))
            else {
                continue;
            };
            let fields =
                [other, column].map(|column| format!("`{}::{}`", table.model, table.fields[column.field].name));
            let cure = column_cure(table, column.field);
            return Err(clash(dialect, "column", &fields, &column.name, cure));
        }
    }
    let indexes: Vec<_> =
        tables.iter().flat_map(|table| table.indexes.iter().map(move |index| (table, &index.name))).collect();
    for (at, (table, name)) in indexes.iter().enumerate() {
        let same = |(other, known): &&(&&TableDef, &String)| {
            other.name.schema == table.name.schema && is_same(facts, known, name)
        };
        if let Some((other, _)) = indexes[..at].iter().find(same) {
            let models = [other.model, table.model].map(|model| format!("an index of `{model}`"));
            return Err(clash(dialect, "name", &models, name, "give one of them another `name = \"..\"`"));
        }
    }
    Ok(())
}

fn column_cure(table: &TableDef, field: usize) -> &'static str {
    match table.fields[field].foreign_key {
        None if table.fields[field].name.contains('.') => "`prefix = \"..\"` beside `embed` gives it another name",
        None => "`#[orm(column = \"..\")]` gives it another name",
        Some(_) => "`column = \"..\"` on the relation gives it another name",
    }
}

#[cold]
pub(crate) fn too_long(dialect: &'static dyn Dialect, what: &str, name: &str, cure: &str) -> Error {
    let most = dialect.capabilities().longest_name;
    let length = match most {
        NameLength::Characters(_) => NameLength::Characters(name.chars().count()),
        NameLength::Bytes(_) | NameLength::Unlimited => NameLength::Bytes(name.len()),
    };
    let message = format!("{what} is called `{name}`: that has {length}, and {} takes {most}; {cure}", dialect.name());
    Error::new(ErrorKind::Schema, message)
}

#[cold]
fn clash(dialect: &'static dyn Dialect, kind: &str, both: &[String; 2], name: &str, cure: &str) -> Error {
    let [first, second] = both;
    let message = format!("{first} and {second} have one {kind} in {}, `{name}`; {cure}", dialect.name());
    Error::new(ErrorKind::Schema, message)
}
