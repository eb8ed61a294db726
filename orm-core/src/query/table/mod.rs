//! Tables without models, described at run time: for tools that do not know them when they are compiled.
//!
//! They share the statement tree and the renderer with everything else. What the compiler checks of models is checked here when a
//! statement is made: names of columns at once, and all else by the database.

mod item;
mod select;
mod write;

use std::borrow::Cow;

pub use item::{Item, ItemOperand, ItemOrder};
pub use select::{TableQuery, TableRow};
pub use write::{TableDelete, TableInsert, TableUpdate};

use super::join::column;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableName;
use crate::sql;
use crate::value::{ColumnType, SqlType};

/// A table described at run time: `Table::new("users").column::<i64>("id").column::<Option<String>>("name")`.
///
/// Names are quoted as they stand. A table that is read twice goes by another name, given by [`named`](Table::named).
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub(crate) name: TableName,
    pub(crate) columns: Vec<TableColumn>,
    alias: Option<Cow<'static, str>>,
}

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    pub(crate) name: Cow<'static, str>,
    pub(crate) sql_type: SqlType,
    pub(crate) nullable: bool,
}

impl Table {
    /// A table without columns, in the connection's own schema.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: TableName { schema: None, name: name.into() }, columns: Vec::new(), alias: None }
    }

    /// The schema.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<Cow<'static, str>>) -> Self {
        self.name.schema = Some(schema.into());
        self
    }

    /// A column with values of type `V`; an `Option` where NULL is allowed.
    #[must_use]
    pub fn column<V: ColumnType>(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.column_of(name, V::SQL_TYPE, V::NULLABLE)
    }

    /// A column whose type is known at run time only.
    #[must_use]
    pub fn column_of(mut self, name: impl Into<Cow<'static, str>>, sql_type: SqlType, nullable: bool) -> Self {
        self.columns.push(TableColumn { name: name.into(), sql_type, nullable });
        self
    }

    /// The same table under another name in queries.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.alias = Some(name.into());
        self
    }

    /// A column as an expression.
    ///
    /// # Errors
    ///
    /// `Schema` when the table was described without such a column.
    pub fn col(&self, name: &str) -> Result<Item> {
        let found = self.find(name)?;
        let expr = column(self.source_name(), &found.name);
        Ok(Item::new(expr, found.sql_type, found.nullable).label(found.name.clone()))
    }

    /// A query for rows of the table.
    pub fn query(&self) -> TableQuery {
        TableQuery::new(self)
    }

    /// An INSERT of one row.
    pub fn insert(&self) -> TableInsert {
        TableInsert::new(self)
    }

    /// An UPDATE of all rows, until it is filtered.
    pub fn update(&self) -> TableUpdate {
        TableUpdate::new(self)
    }

    /// A DELETE of all rows, until it is filtered.
    pub fn delete(&self) -> TableDelete {
        TableDelete::new(self)
    }

    fn source_name(&self) -> &Cow<'static, str> {
        self.alias.as_ref().unwrap_or(&self.name.name)
    }

    fn source(&self) -> sql::Source {
        sql::Source { alias: self.alias.clone(), ..sql::Source::table(self.name.clone()) }
    }

    fn find(&self, name: &str) -> Result<&TableColumn> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let known: Vec<String> = self.columns.iter().map(|column| format!("`{}`", column.name)).collect();
            let message = format!("table `{}` has no column `{name}`; it has {}", self.name.name, known.join(", "));
            Error::new(ErrorKind::Schema, message)
        })
    }
}
