//! Tables without models, described at run time: for tools that do not know them when they are compiled.
//!
//! They share the statement tree and the renderer with models. The names of columns and the types of values, which the compiler checks for
//! models, are checked here when a statement is built. The database checks the rest.

mod change;
mod condition;
mod conflict;
mod insert;
mod item;
mod reflected;
mod returning;
mod row;
mod select;

use std::borrow::Cow;

pub use change::{TableChange, TableDelete, TableUpdate};
pub(crate) use insert::statements;
pub use insert::{AtHand, ManyRows, OneRow, TableInsert, TableRows};
pub use item::{Item, ItemOperand, ItemOrder};
pub use returning::TableReturning;
pub use row::TableRow;
pub use select::TableQuery;

use crate::error::{Error, ErrorKind, Result};
use crate::query::cells::{CellSource, FromCells};
use crate::query::{BulkItem, FromIter};
use crate::schema::TableName;
use crate::sql::{self, Body, ColumnRef, Origin, Problem, SetList};
use crate::value::{ColumnType, Format, SqlType};

/// A table described at run time: `Table::new("users").column::<i64>("id").column::<Option<String>>("name")`.
///
/// All names are quoted. To read a table twice, give it another name by [`named`](Table::named).
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    source: sql::Source,
    columns: Vec<TableColumn>,
}

/// A column of a [`Table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::query) struct TableColumn {
    pub(in crate::query) name: Cow<'static, str>,
    pub(in crate::query) sql_type: SqlType,
    pub(in crate::query) nullable: bool,
    pub(in crate::query) precision: Option<(u32, u32)>,
}

impl Table {
    /// A table without columns, in the connection's own schema.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        let name = TableName { schema: None, name: name.into() };
        Self { source: sql::Source::table(name), columns: Vec::new() }
    }

    /// The rows of a query under a name.
    fn subquery(body: Body, name: Cow<'static, str>) -> Self {
        Self { source: sql::Source::of(Origin::Query(body)).named(name), columns: Vec::new() }
    }

    /// The schema. The rows of a query have none.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<Cow<'static, str>>) -> Self {
        if let Origin::Table(name) = &mut self.source.origin {
            name.schema = Some(schema.into());
        }
        self
    }

    /// A column with values of type `V`. It is an `Option` if NULL is allowed.
    #[must_use]
    pub fn column<V: ColumnType>(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.column_of(name, V::SQL_TYPE, V::NULLABLE)
    }

    /// A column whose type is known at run time only.
    #[must_use]
    pub fn column_of(mut self, name: impl Into<Cow<'static, str>>, sql_type: SqlType, nullable: bool) -> Self {
        self.columns.push(TableColumn { name: name.into(), sql_type, nullable, precision: None });
        self
    }

    /// The digits of the last column, which has decimals: in all, and behind the point. Only what is made of results needs them.
    #[must_use]
    pub fn precision(mut self, digits: u32, scale: u32) -> Self {
        if let Some(last) = self.columns.last_mut() {
            last.precision = Some((digits, scale));
        }
        self
    }

    /// The same rows under another name in queries.
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.source.alias = Some(name.into());
        self
    }

    /// A column as an expression.
    ///
    /// # Errors
    ///
    /// `Schema` when the table was described without such a column.
    pub fn col(&self, name: &str) -> Result<Item> {
        Ok(self.item(self.find(name)?))
    }

    /// All columns, in their order.
    pub fn cols(&self) -> Vec<Item> {
        self.columns.iter().map(|column| self.item(column)).collect()
    }

    /// A column of the new row, in what an insert into this table sets on conflict.
    ///
    /// # Errors
    ///
    /// `Schema` when the table was described without such a column.
    pub fn excluded(&self, name: &str) -> Result<Item> {
        let found = self.find(name)?;
        let expr = typed(Cow::Borrowed("excluded"), found);
        Ok(Item::new(expr, found.sql_type, found.nullable).label(found.name.clone()))
    }

    /// A query for rows of the table.
    pub fn query(&self) -> TableQuery {
        TableQuery::new(self)
    }

    /// An INSERT of one row, whose columns are [`set`](TableInsert::set).
    pub fn insert(&self) -> TableInsert {
        TableInsert::row(self)
    }

    /// An INSERT of rows, all with the same columns, in any order.
    pub fn insert_all(&self, rows: impl IntoIterator<Item = TableRow>) -> TableInsert<ManyRows> {
        TableInsert::rows(self, rows)
    }

    /// An INSERT of the rows of an iterator, all with the same columns, in memory that does not grow with their number. An item is a row, or a
    /// `Result` of making one.
    ///
    /// ```
    /// use orm::query::table::{Table, TableRow};
    ///
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = orm::Engine::connect("sqlite://")?.session();
    /// session.script("CREATE TABLE point (x INTEGER, y INTEGER)")?;
    /// let point = Table::new("point").column::<i64>("x").column::<Option<i64>>("y");
    /// let rows = (0..10_000).map(|x| TableRow::new().set("x", x).set("y", x * x));
    /// assert_eq!(point.bulk_insert(rows).execute(&mut session)?, 10_000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn bulk_insert<I: IntoIterator<Item: BulkItem<TableRow>>>(
        &self,
        rows: I,
    ) -> TableInsert<FromIter<I::IntoIter>> {
        TableInsert::iter(self, rows.into_iter())
    }

    /// An INSERT of rows of cells, in memory that does not grow with their number: of a file or a frame. Each of its columns is found by its name.
    pub fn insert_cells<S: CellSource>(&self, source: S) -> TableInsert<FromCells<S>> {
        TableInsert::cells(self, source)
    }

    /// An INSERT of the rows of a query, which selects a value for each of the columns, in their order.
    pub fn insert_from<N: AsRef<str>>(
        &self,
        columns: impl IntoIterator<Item = N>,
        query: TableQuery,
    ) -> TableInsert<ManyRows> {
        TableInsert::query(self, columns, query)
    }

    /// An UPDATE of all rows, if it is not filtered.
    pub fn update(&self) -> TableUpdate {
        TableChange::new(self, SetList::new())
    }

    /// A DELETE of all rows, if it is not filtered.
    pub fn delete(&self) -> TableDelete {
        TableChange::new(self, ())
    }

    fn item(&self, def: &TableColumn) -> Item {
        let item = Item::new(typed(self.name().clone(), def), def.sql_type, def.nullable).label(def.name.clone());
        Item { precision: def.precision, ..item }
    }

    pub(in crate::query) fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// What the table is called in a query.
    pub(in crate::query) fn name(&self) -> &Cow<'static, str> {
        self.source.name()
    }

    /// The table that rows are written to.
    fn target(&self) -> Result<TableName> {
        match &self.source {
            sql::Source { origin: Origin::Table(name), alias: None, .. } => Ok(name.clone()),
            source => {
                let message = format!(
                    "`{}` is a name within queries, and rows are written to a table by its own name: leave out `named`",
                    source.name()
                );
                Err(Error::new(ErrorKind::InvalidState, message))
            }
        }
    }

    fn find(&self, name: &str) -> Result<&TableColumn> {
        self.columns.iter().find(|column| column.name == name).ok_or_else(|| {
            let known: Vec<String> = self.columns.iter().map(|column| format!("`{}`", column.name)).collect();
            let message = format!("table `{}` has no column `{name}`; it has {}", self.name(), known.join(", "));
            Error::new(ErrorKind::Schema, message)
        })
    }

    /// A column that is not named yet.
    fn unset_column<'n>(
        &self,
        mut known: impl Iterator<Item = &'n Cow<'static, str>>,
        name: &str,
    ) -> Result<&TableColumn, Problem> {
        let column = self.find(name).map_err(|error| (error.kind(), error.to_string()))?;
        if known.any(|known| *known == column.name) {
            let message = format!("column `{name}` of table `{}` is set twice", self.name());
            return Err((ErrorKind::InvalidState, message));
        }
        Ok(column)
    }

    /// A column that is not set already, and what it is set to.
    fn assigned<'n>(
        &self,
        known: impl Iterator<Item = &'n Cow<'static, str>>,
        name: &str,
        value: ItemOperand,
    ) -> Result<(Cow<'static, str>, sql::Expr), Problem> {
        let column = self.unset_column(known, name)?;
        let value = value.into_expr(&self.item(column))?;
        Ok((column.name.clone(), value.stored(column.sql_type, Format::Mixed)))
    }

    /// In which form a column stores values: the database's usual one.
    fn form(&self, name: &str) -> (SqlType, Format) {
        let found = self.columns.iter().find(|column| column.name == name);
        (found.map_or(SqlType::Text, |column| column.sql_type), Format::Mixed)
    }

    /// The error of a statement that sets nothing.
    fn unset(&self, what: &str) -> Error {
        Error::new(ErrorKind::InvalidState, format!("{what} of table `{}`", self.name()))
    }
}

/// A column of the source of that name.
fn typed(source: Cow<'static, str>, column: &TableColumn) -> sql::Expr {
    let (qualifier, name) = (Some(source), column.name.clone());
    sql::Expr::Column(ColumnRef { qualifier, name, sql_type: Some(column.sql_type), format: Some(Format::Mixed) })
}
