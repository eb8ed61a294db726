//! Keys, conditions and indexes.

use orm_core::Result;
use orm_core::catalog::{
    Action, CatalogTable, Check, DataType, ForeignKey, Index, IndexKey, IndexPart, TypeKind, Unique,
};

use super::cells::Cells;
use super::words::{bare, own_words};
use super::{Found, of_schema, queries};
use crate::connection::MysqlConnection;
use crate::table::ansi_quoted;

pub(super) fn read(connection: &mut MysqlConnection, found: &mut Found<'_>) -> Result<()> {
    of_schema(connection, queries::KEYS, found, key)?;
    of_schema(connection, queries::RULES, found, |found, cells| {
        let Some(table) = found.tables.get_mut(&cells.text(0)?) else { return Ok(()) };
        let name = cells.text(1)?;
        if let Some(key) = table.foreign_keys.iter_mut().find(|key| key.name.as_ref() == Some(&name)) {
            key.on_delete = action(&cells.text(2)?);
            key.on_update = action(&cells.text(3)?);
        }
        Ok(())
    })?;
    let server = connection.server;
    of_schema(connection, queries::checks(server), found, check)?;
    of_schema(connection, queries::indexes(server), found, index)?;
    for table in found.tables.values_mut() {
        drop_indexes_of_keys(table);
    }
    Ok(())
}

/// One column of a key. The rows of a key follow each other.
fn key(found: &mut Found<'_>, cells: &Cells<'_>) -> Result<()> {
    let (table, name, column) = (cells.text(0)?, cells.text(1)?, cells.text(2)?);
    let target = match cells.option(4)? {
        Some(target) => Some(found.named(&cells.text(3)?, &target)),
        None => None,
    };
    let Some(table) = found.tables.get_mut(&table) else { return Ok(()) };
    if let Some(target) = target {
        if table.foreign_keys.last().is_none_or(|last| last.name.as_ref() != Some(&name)) {
            table.foreign_keys.push(ForeignKey { name: Some(name), target, ..ForeignKey::default() });
        }
        if let Some(key) = table.foreign_keys.last_mut() {
            key.columns.push(column);
            key.target_columns.push(cells.text(5)?);
        }
    } else if name == "PRIMARY" {
        table.primary_key.get_or_insert_default().columns.push(column);
    } else {
        if table.uniques.last().is_none_or(|last| last.name.as_ref() != Some(&name)) {
            table.uniques.push(Unique { name: Some(name), ..Unique::default() });
        }
        if let Some(key) = table.uniques.last_mut() {
            key.columns.push(column);
        }
    }
    Ok(())
}

/// What these servers do without being told anything is RESTRICT, which is the same as NO ACTION.
fn action(rule: &str) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull(Vec::new()),
        "SET DEFAULT" => Action::SetDefault(Vec::new()),
        _ => Action::NoAction,
    }
}

/// A condition. MariaDB keeps JSON as text with a condition.
fn check(found: &mut Found<'_>, cells: &Cells<'_>) -> Result<()> {
    let Some(table) = found.tables.get_mut(&cells.text(0)?) else { return Ok(()) };
    let (name, expression) = (cells.text(1)?, cells.text(3)?);
    let of_column = cells.text(2)? == "Column";
    if of_column && expression.eq_ignore_ascii_case(&format!("json_valid({})", ansi_quoted(&name))) {
        if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
            column.data_type = DataType::new(TypeKind::Json, "json");
        }
        return Ok(());
    }
    let name = (!of_column).then_some(name);
    table.checks.push(Check { name, expression: bare(own_words(&expression)), ..Check::default() });
    Ok(())
}

/// One key of an index. The rows of an index follow each other.
fn index(found: &mut Found<'_>, cells: &Cells<'_>) -> Result<()> {
    let Some(table) = found.tables.get_mut(&cells.text(0)?) else { return Ok(()) };
    let name = cells.text(1)?;
    if table.indexes.last().is_none_or(|last| last.name != name) {
        let method = Some(cells.text(6)?).filter(|method| method != "BTREE");
        let unique = cells.text(2)? == "0";
        table.indexes.push(Index { name, unique, method, comment: cells.told(7)?, ..Index::default() });
    }
    let part = match (cells.option(3)?, cells.option(4)?) {
        (Some(column), None) => IndexPart::ColumnName(column),
        (Some(column), Some(length)) => IndexPart::Sql(format!("{}({length})", ansi_quoted(&column))),
        (None, _) => IndexPart::Sql(cells.text(8)?),
    };
    if let Some(index) = table.indexes.last_mut() {
        let descending = cells.option(5)?.as_deref() == Some("D");
        index.keys.push(IndexKey { part, descending, ..IndexKey::default() });
    }
    Ok(())
}

/// Leaves out the indexes of constraints: of keys, and those that the server has made for a foreign key.
fn drop_indexes_of_keys(table: &mut CatalogTable) {
    let CatalogTable { indexes, uniques, foreign_keys, .. } = table;
    let is_plain =
        |index: &Index| index.keys.iter().all(|key| !key.descending && matches!(key.part, IndexPart::ColumnName(_)));
    uniques.retain(|unique| {
        indexes
            .iter()
            .any(|index| Some(&index.name) == unique.name.as_ref() && is_plain(index) && index.method.is_none())
    });
    let serves = |index: &Index| {
        let columns = index.keys.iter().map(|key| match &key.part {
            IndexPart::ColumnName(name) => Some(name),
            IndexPart::Sql(_) => None,
        });
        let columns: Vec<_> = columns.collect();
        foreign_keys.iter().any(|key| {
            // One without a name is called after the first column.
            let is_named = key.name.as_ref() == Some(&index.name) || key.columns.first() == Some(&index.name);
            is_named && key.columns.iter().map(Some).eq(columns.iter().copied())
        })
    };
    indexes.retain(|index| {
        let of_unique = uniques.iter().any(|unique| unique.name.as_ref() == Some(&index.name));
        index.name != "PRIMARY" && !of_unique && !(is_plain(index) && serves(index))
    });
}
