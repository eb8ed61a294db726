use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Item, ItemOrder, Table};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::render;
use crate::sql::{self, Group, Join, JoinKind, Select};
use crate::value::{ColumnType, SqlType, Value};

/// A query for rows of [`Table`]s.
#[must_use = "a query does nothing until it is run"]
#[derive(Clone)]
pub struct TableQuery {
    select: Select,
    tables: Vec<Table>,
    items: Vec<Item>,
}

impl TableQuery {
    pub(super) fn new(table: &Table) -> Self {
        Self { select: Select::from_source(table.source(), Vec::new()), tables: vec![table.clone()], items: Vec::new() }
    }

    /// Only rows for which the condition holds. Several filters must all hold.
    pub fn filter(mut self, condition: Item) -> Self {
        self.select.filter.push(condition.expr);
        self
    }

    /// Joins the rows of another table for which the condition holds.
    pub fn join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Inner, table, on)
    }

    /// Joins the rows of another table for which the condition holds, where there are some: all rows stay.
    pub fn left_join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Left, table, on)
    }

    fn joined(mut self, kind: JoinKind, table: &Table, on: Item) -> Self {
        let taken = self.select.sources().any(|source| source.name().eq_ignore_ascii_case(table.source_name()));
        if taken {
            let name = table.source_name();
            let message = format!("`{name}` is in this query already; `Table::named` gives a table another name");
            self.select.problem.get_or_insert((ErrorKind::InvalidState, message));
        }
        self.select.joins.push(Join { kind, source: table.source(), on: on.expr });
        self.tables.push(table.clone());
        self
    }

    /// Selects these, each by its label, instead of all columns.
    pub fn select(mut self, items: impl IntoIterator<Item = Item>) -> Self {
        self.items.extend(items);
        self
    }

    /// One row per group of rows that are equal in this.
    pub fn group_by(mut self, key: Item) -> Self {
        self.select.group_by.push(Group::Key(key.expr));
        self
    }

    /// Only groups for which the condition holds.
    pub fn having(mut self, condition: Item) -> Self {
        self.select.having.push(condition.expr);
        self
    }

    /// Sorts by this. A second call sorts rows that are equal by the first.
    pub fn order_by(mut self, key: impl Into<ItemOrder>) -> Self {
        self.select.order_by.push(key.into().0);
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(rows);
        self
    }

    /// Not the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.select.offset = Some(rows);
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `InvalidState` for two values of one name, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::select(dialect, &self.statement()?.0)
    }

    /// The statement, and the names and types of its columns.
    pub(crate) fn statement(&self) -> Result<(Select, Arc<[String]>, Vec<SqlType>)> {
        let items = if self.items.is_empty() { self.all_columns() } else { self.items.clone() };
        let names: Vec<String> = (1..)
            .zip(&items)
            .map(|(number, item)| item.label.as_ref().map_or_else(|| format!("column{number}"), ToString::to_string))
            .collect();
        if let Some(twice) = (1..names.len()).find(|&index| names[..index].contains(&names[index])) {
            let message = format!("two values are called `{}`; give one of them a label", names[twice]);
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let types = items.iter().map(|item| item.sql_type).collect();
        let items = items.into_iter().map(Item::into_select).collect();
        Ok((Select { items, ..self.select.clone() }, names.into(), types))
    }

    /// Those of the first table by their names, and those of joined ones with the table's name before it.
    fn all_columns(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            for def in &table.columns {
                let name = table.source_name();
                let label = if index == 0 { def.name.clone() } else { Cow::Owned(format!("{name}.{}", def.name)) };
                let expr = crate::query::join::column(name, &def.name);
                items.push(Item::new(expr, def.sql_type, def.nullable).label(label));
            }
        }
        items
    }
}

/// As SQL, in no database's spelling, with its parameters.
impl fmt::Debug for TableQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement() {
            Ok((select, ..)) => render::show(f, &select),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}

/// A row of a [`TableQuery`]: values by name.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

impl TableRow {
    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.names.iter().position(|known| known == name).and_then(|index| self.values.get(index))
    }

    /// The value of that name as a `V`.
    ///
    /// # Errors
    ///
    /// `Decode` when there is none, or it is no `V`.
    pub fn read<V: ColumnType>(&self, name: &str) -> Result<V> {
        let value = self.get(name).ok_or_else(|| {
            let message = format!("the row has no value `{name}`; it has `{}`", self.names.join("`, `"));
            Error::new(ErrorKind::Decode, message)
        })?;
        let read = V::from_ref(value.to_ref());
        read.map_err(|mismatch| Error::new(ErrorKind::Decode, format!("row, column `{name}`: {mismatch}")))
    }

    /// Names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }
}

/// A condition of a statement on one table.
pub(super) fn condition(filter: &mut Vec<sql::Expr>, condition: Item) {
    filter.push(condition.expr);
}
