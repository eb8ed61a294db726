use std::borrow::Cow;

use super::select::condition;
use super::{Item, ItemOperand, Table};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::render;
use crate::schema::TableName;
use crate::sql::{Delete, Expr, Insert, InsertRows, Update, Withs, Write};
use crate::value::Value;

/// Columns and what they are set to, or what is wrong with them.
type Assigned = Result<Vec<(Cow<'static, str>, Expr)>, (ErrorKind, String)>;

/// An INSERT of one row into a [`Table`].
#[must_use = "an insert does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableInsert {
    table: Table,
    set: Assigned,
}

/// An UPDATE of rows of a [`Table`].
#[must_use = "an update does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableUpdate {
    table: Table,
    set: Assigned,
    filter: Vec<Expr>,
}

/// A DELETE of rows of a [`Table`].
#[must_use = "a delete does nothing until it is executed"]
#[derive(Debug, Clone)]
pub struct TableDelete {
    table: Table,
    filter: Vec<Expr>,
}

fn assign(table: &Table, set: &mut Assigned, name: &str, value: ItemOperand) {
    let Ok(list) = set else { return };
    if list.iter().any(|(known, _)| known == name) {
        *set = Err((ErrorKind::InvalidState, format!("column `{name}` of table `{}` is set twice", table.name.name)));
        return;
    }
    match table.find(name) {
        Ok(column) => list.push((column.name.clone(), value.into_expr(column.sql_type))),
        Err(error) => *set = Err((error.kind(), error.to_string())),
    }
}

fn assigned(set: &Assigned, table: &Table) -> Result<Vec<(Cow<'static, str>, Expr)>> {
    match set {
        Ok(list) if list.is_empty() => {
            let message = format!("no column of table `{}` is set", table.name.name);
            Err(Error::new(ErrorKind::InvalidState, message))
        }
        Ok(list) => Ok(list.clone()),
        Err((kind, message)) => Err(Error::new(*kind, message.clone())),
    }
}

impl TableInsert {
    pub(super) fn new(table: &Table) -> Self {
        Self { table: table.clone(), set: Ok(Vec::new()) }
    }

    /// Sets a column of the new row.
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        assign(&self.table, &mut self.set, column, value.into());
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `Schema` for a column that the table does not have, `InvalidState` for one that is set twice, or when none is.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        let (columns, values) = assigned(&self.set, &self.table)?.into_iter().unzip();
        let (table, rows) = (self.table.name.clone(), InsertRows::One(values));
        let insert = Insert { with: Withs::new(), table, columns, rows, conflict: None, returning: Vec::new() };
        render::write_statement(dialect, &Write::Insert(insert))
    }

    pub(crate) fn table(&self) -> &TableName {
        &self.table.name
    }
}

impl TableUpdate {
    pub(super) fn new(table: &Table) -> Self {
        Self { table: table.clone(), set: Ok(Vec::new()), filter: Vec::new() }
    }

    /// Sets a column.
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        assign(&self.table, &mut self.set, column, value.into());
        self
    }

    /// Only rows for which the condition holds.
    pub fn filter(mut self, item: Item) -> Self {
        condition(&mut self.filter, item);
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `Schema` for a column that the table does not have, `InvalidState` for one that is set twice, or when none is.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        let set = assigned(&self.set, &self.table)?;
        let (table, filter) = (self.table.name.clone(), self.filter.clone());
        let update = Update { with: Withs::new(), table, set, from: Vec::new(), filter, returning: Vec::new() };
        render::write_statement(dialect, &Write::Update(update))
    }

    pub(crate) fn table(&self) -> &TableName {
        &self.table.name
    }
}

impl TableDelete {
    pub(super) fn new(table: &Table) -> Self {
        Self { table: table.clone(), filter: Vec::new() }
    }

    /// Only rows for which the condition holds.
    pub fn filter(mut self, item: Item) -> Self {
        condition(&mut self.filter, item);
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        let (table, filter) = (self.table.name.clone(), self.filter.clone());
        let delete = Delete { with: Withs::new(), table, using: Vec::new(), filter, returning: Vec::new() };
        render::write_statement(dialect, &Write::Delete(delete))
    }

    pub(crate) fn table(&self) -> &TableName {
        &self.table.name
    }
}
