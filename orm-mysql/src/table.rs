//! Reads the definition of a table.

use std::ops::ControlFlow;

use orm_core::driver::Connection as _;
use orm_core::model::Row;
use orm_core::schema::{ColumnFacts, Filled, TableFacts, TableName};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use crate::connection::MysqlConnection;

/// The columns of the foreign keys of a table.
const FOREIGN_KEYS: &str = "SELECT CONSTRAINT_NAME, COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE \
    WHERE TABLE_SCHEMA = coalesce(?, DATABASE()) AND TABLE_NAME = ? AND REFERENCED_TABLE_NAME IS NOT NULL \
    ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION";

/// The columns of a unique key.
const UNIQUE_KEY: &str = "SELECT COLUMN_NAME FROM information_schema.STATISTICS \
    WHERE TABLE_SCHEMA = coalesce(?, DATABASE()) AND TABLE_NAME = ? AND INDEX_NAME = ? ORDER BY SEQ_IN_INDEX";

/// The triggers that run before an INSERT.
const TRIGGERS: &str = "SELECT ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = coalesce(?, DATABASE()) \
    AND EVENT_OBJECT_TABLE = ? AND ACTION_TIMING = 'BEFORE' AND EVENT_MANIPULATION = 'INSERT'";

/// The server's errors for a table that is not there, and for a name that none can have.
const NO_TABLE: &[&str] = &["1146", "1103"];

pub(crate) fn describe(connection: &mut MysqlConnection, table: &TableName) -> Result<Option<TableFacts>> {
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    let show = format!("SHOW FULL COLUMNS FROM {}", quoted(table));
    let found = connection.query(&show, &[], &mut |row| {
        let column = column(row)?;
        if text(row, 4)?.as_deref() == Some("PRI") {
            key.push(column.name.clone());
        }
        columns.push(column);
        Ok(ControlFlow::Continue(()))
    });
    match found {
        Err(error) if error.code().is_some_and(|code| NO_TABLE.contains(&code)) => return Ok(None),
        found => found?,
    }
    let mut made = String::new();
    connection.query(&format!("SHOW CREATE TABLE {}", quoted(table)), &[], &mut |row| {
        made = text(row, 1)?.unwrap_or_default();
        Ok(ControlFlow::Continue(()))
    })?;
    let temporary = made.starts_with("CREATE TEMPORARY TABLE");
    let is_view = !temporary && !made.starts_with("CREATE TABLE");
    let rewrites_inserts = is_view || changes_keys(connection, table, &key)?;
    Ok(Some(TableFacts { columns, rewrites_inserts, reads_others: is_view, temporary }))
}

/// Whether a trigger may choose other keys than those that were sent, or that the server counts up: one that mentions a column of the key.
fn changes_keys(connection: &mut MysqlConnection, table: &TableName, key: &[String]) -> Result<bool> {
    let mut found = false;
    connection.query(TRIGGERS, &name(table), &mut |row| {
        let body = text(row, 0)?.unwrap_or_default();
        found |= key.iter().any(|column| mentions(&body, column));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Whether a name may be one of those in a text, in any case. Where it is not a plain word, it is if it is a part of the text.
fn mentions(body: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    match name.chars().all(is_word) {
        true => body.split(|letter| !is_word(letter)).any(|word| word.to_lowercase() == name.to_lowercase()),
        false => body.to_lowercase().contains(&name.to_lowercase()),
    }
}

/// Whether a table has the foreign key of these columns.
pub(crate) fn has_foreign_key(connection: &mut MysqlConnection, table: &TableName, columns: &[&str]) -> Result<bool> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    connection.query(FOREIGN_KEYS, &name(table), &mut |row| {
        let (key, column) = (text(row, 0)?.unwrap_or_default(), text(row, 1)?.unwrap_or_default());
        match keys.last_mut().filter(|(known, _)| *known == key) {
            Some((_, columns)) => columns.push(column),
            None => keys.push((key, vec![column])),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(keys.iter().any(|(_, key)| key.iter().map(String::as_str).eq(columns.iter().copied())))
}

/// The columns of a unique key, which the server's error does not name.
pub(crate) fn unique_columns(connection: &mut MysqlConnection, table: &TableName, key: &str) -> Result<Vec<String>> {
    let [schema, table] = name(table);
    let mut columns = Vec::new();
    connection.query(UNIQUE_KEY, &[schema, table, ValueRef::Text(key)], &mut |row| {
        columns.extend(text(row, 0)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(columns)
}

fn name(table: &TableName) -> [ValueRef<'_>; 2] {
    [table.schema.as_deref().map_or(ValueRef::Null, ValueRef::Text), ValueRef::Text(&table.name)]
}

fn quoted(table: &TableName) -> String {
    let quote = |name: &str| format!("`{}`", name.replace('`', "``"));
    match &table.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
        None => quote(&table.name),
    }
}

/// A name as this connection's statements quote it.
pub(crate) fn ansi_quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Field, Type, Collation, Null, Key, Default, Extra.
fn column(row: &dyn Row) -> Result<ColumnFacts> {
    let full_type = text(row, 1)?.unwrap_or_default();
    let extra = text(row, 6)?.unwrap_or_default();
    Ok(ColumnFacts {
        name: text(row, 0)?.unwrap_or_default(),
        type_name: full_type.split('(').next().unwrap_or_default().to_owned(),
        full_type,
        is_array: false,
        nullable: text(row, 3)?.as_deref() == Some("YES"),
        filled: match text(row, 5)? {
            _ if extra.contains("auto_increment") => Filled::RowId,
            _ if extra.contains("GENERATED") && !extra.contains("DEFAULT_GENERATED") => Filled::Computed,
            Some(default) => Filled::Default(default),
            None => Filled::Nothing,
        },
        sequence: None,
        collation: text(row, 2)?,
    })
}

fn text(row: &dyn Row, index: usize) -> Result<Option<String>> {
    match row.get(index) {
        Ok(ValueRef::Text(text)) => Ok(Some(text.to_owned())),
        // MySQL gives some texts of its catalog as bytes.
        Ok(ValueRef::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
        Ok(_) => Ok(None),
        Err(mismatch) => Err(Error::new(ErrorKind::Decode, format!("the description of a table: {mismatch}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn a_trigger_mentions_a_column() {
        assert!(mentions("SET NEW.id = 1", "ID") && mentions("SET NEW.`a b` = 1", "a B"));
        assert!(!mentions("SET NEW.idea = NEW.side", "id"));
    }
}
