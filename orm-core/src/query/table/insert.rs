use std::borrow::Cow;
use std::sync::Arc;

use super::select::{described, is_like};
use super::{Item, ItemOperand, Table, TableQuery, TableRow};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::query::cells::FromCells;
use crate::query::{FromIter, Insert, Sealed, Statement};
use crate::render::{self, STATEMENT_BYTES};
use crate::schema::TableName;
use crate::sql::{self, Change, Expr, InsertRows, Problem, SelectItem, Write};
use crate::value::{SqlType, Value};

/// An INSERT into a [`Table`]: of one row, whose columns are set, of [many rows](ManyRows), or of those of an iterator. `C` tells whether existing rows are
/// [updated](crate::query::types::Updating).
pub type TableInsert<K = OneRow, C = ()> = Insert<Table, TableRows<K>, C>;

/// In an [`Insert`]: rows of a [`Table`], one or many.
#[derive(Debug, Clone)]
pub struct TableRows<K> {
    pub(crate) table: Table,
    pub(in crate::query) columns: Vec<Cow<'static, str>>,
    pub(in crate::query) rows: InsertRows,
    pub(crate) kind: K,
}

/// In a [`TableInsert`]: one row, whose columns are set.
#[derive(Debug, Clone, Copy)]
pub struct OneRow;

/// In a [`TableInsert`]: rows that are given as a whole.
#[derive(Debug, Clone, Copy)]
pub struct ManyRows;

/// Rows that are at hand: [`OneRow`] and [`ManyRows`].
pub trait AtHand: Sealed {}

impl Sealed for OneRow {}
impl Sealed for ManyRows {}
impl AtHand for OneRow {}
impl AtHand for ManyRows {}

/// The columns of an INSERT, and its rows.
type Content = Result<(Vec<Cow<'static, str>>, InsertRows), Problem>;

impl TableInsert {
    pub(super) fn row(table: &Table) -> Self {
        Self::of(table, Ok((Vec::new(), InsertRows::Values(vec![Vec::new()]))), OneRow)
    }

    /// Sets a column of the new row.
    pub fn set(mut self, column: &str, value: impl Into<ItemOperand>) -> Self {
        let TableRows { table, columns, rows, .. } = &mut self.source;
        match table.assigned(columns.iter(), column, value.into()) {
            Ok((column, value)) => {
                columns.push(column);
                if let InsertRows::Values(rows) = rows {
                    rows.iter_mut().for_each(|row| row.push(value.clone()));
                }
            }
            Err(problem) => self.fail(problem),
        }
        self
    }
}

impl TableInsert<ManyRows> {
    pub(super) fn rows(table: &Table, rows: impl IntoIterator<Item = TableRow>) -> Self {
        Self::of(table, values(table, rows), ManyRows)
    }

    pub(super) fn query<N: AsRef<str>>(table: &Table, columns: impl IntoIterator<Item = N>, query: TableQuery) -> Self {
        Self::of(table, selected(table, columns, query), ManyRows)
    }
}

impl<K> TableInsert<K> {
    fn of(table: &Table, content: Content, kind: K) -> Self {
        let (content, problem) = match content {
            Ok(content) => (content, None),
            Err(problem) => ((Vec::new(), InsertRows::Values(Vec::new())), Some(problem)),
        };
        let (columns, rows) = content;
        Self::new(TableRows { table: table.clone(), columns, rows, kind }, problem)
    }
}

impl<I> TableInsert<FromIter<I>> {
    pub(super) fn iter(table: &Table, rows: I) -> Self {
        Self::of(table, Ok((Vec::new(), InsertRows::Values(Vec::new()))), FromIter { rows, progress: None })
    }
}

impl<S> TableInsert<FromCells<S>> {
    pub(super) fn cells(table: &Table, source: S) -> Self {
        Self::of(table, Ok((Vec::new(), InsertRows::Values(Vec::new()))), FromCells::new(source))
    }
}

impl<K, C> TableInsert<K, C> {
    /// The table that rows are written to.
    pub(crate) fn target(&self) -> Result<TableName> {
        self.source.table.target()
    }
}

impl<I, P, C> TableInsert<FromIter<I, P>, C> {
    /// Calls `progress` with the number of rows that have been sent, each time after some thousand of them.
    pub fn on_progress<F: FnMut(u64)>(self, progress: F) -> TableInsert<FromIter<I, F>, C> {
        let TableRows { table, columns, rows, kind } = self.source;
        let kind = FromIter { rows: kind.rows, progress: Some(progress) };
        Insert::of_source(TableRows { table, columns, rows, kind }, self.conflict, self.problem)
    }

    /// The columns that rows like this one are written into.
    pub(crate) fn fitting(&self, row: &TableRow) -> Result<Fitting> {
        Fitting::new(&self.source.table, Arc::clone(&row.names)).map_err(|(kind, message)| Error::new(kind, message))
    }
}

impl<K: AtHand, C> Statement for TableInsert<K, C> {
    fn into_write(self, returning: Vec<SelectItem>) -> Result<Write> {
        self.check()?;
        let TableRows { table: described, columns, rows, .. } = self.source;
        let table = described.target()?;
        let updates = self.conflict.as_ref().and_then(|conflict| conflict.update.as_ref());
        if updates.is_some_and(|update| update.set.is_empty()) {
            return Err(described.unset("`do_update` sets no column"));
        }
        if columns.is_empty() && !matches!(&rows, InsertRows::Values(rows) if rows.is_empty()) {
            return Err(described.unset("an insert sets no column"));
        }
        let forms = columns.iter().map(|name| described.form(name)).collect();
        let change = Change::Insert(sql::Insert { columns, forms, rows, conflict: self.conflict });
        Ok(Write::table(table, change, returning))
    }
}

/// Rows with the same columns, of values that fit them.
fn values(table: &Table, rows: impl IntoIterator<Item = TableRow>) -> Content {
    let mut rows = rows.into_iter().peekable();
    let fitting = Fitting::new(table, rows.peek().map(|row| Arc::clone(&row.names)).unwrap_or_default())?;
    let values = (1..).zip(rows).map(|(number, row)| {
        let values = fitting.values(&row).map_err(|(kind, message)| (kind, format!("row {number}: {message}")))?;
        Ok(values.into_iter().zip(&fitting.items).map(|(value, item)| Expr::Param(value, item.sql_type)).collect())
    });
    let rows = InsertRows::Values(values.collect::<Result<_, Problem>>()?);
    Ok((fitting.columns, rows))
}

/// The columns of rows that have the same names.
#[derive(Debug)]
pub(crate) struct Fitting {
    names: Arc<Vec<String>>,
    items: Vec<Item>,
    pub(crate) columns: Vec<Cow<'static, str>>,
}

impl Fitting {
    fn new(table: &Table, names: Arc<Vec<String>>) -> Result<Self, Problem> {
        let (columns, items) = columns(table, names.iter())?;
        Ok(Self { names, items, columns })
    }

    /// The types of the columns.
    pub(crate) fn types(&self) -> impl Iterator<Item = SqlType> {
        self.items.iter().map(|item| item.sql_type)
    }

    /// The values of a row, in the order of the columns.
    pub(crate) fn values(&self, row: &TableRow) -> Result<Vec<Value>, Problem> {
        let Self { names, items, .. } = self;
        let other = || {
            let list = |names: &[String]| names.join("`, `");
            let message = format!("it has `{}`, and the first row has `{}`", list(&row.names), list(names));
            (ErrorKind::InvalidState, message)
        };
        if row.names.len() != names.len() {
            return Err(other());
        }
        let same = row.names == *names;
        let value = |(index, item): (usize, &Item)| {
            let value = if same { row.values.get(index) } else { row.get(&names[index]) };
            item.value(value.ok_or_else(other)?)
        };
        items.iter().enumerate().map(value).collect()
    }
}

/// The rows of a query that selects what fits the columns.
fn selected<N: AsRef<str>>(table: &Table, names: impl IntoIterator<Item = N>, query: TableQuery) -> Content {
    let (columns, items) = columns(table, names)?;
    let mismatch = |message| Err((ErrorKind::InvalidState, message));
    if items.len() != query.items().len() {
        let (wanted, found) = (items.len(), query.items().len());
        return mismatch(format!("table `{}`: {wanted} columns, and rows of {found} values", table.name()));
    }
    if let Some((item, value)) =
        items.iter().zip(query.items()).find(|(item, value)| !is_like(item.sql_type, value.sql_type))
    {
        return mismatch(format!("{} cannot be set to {}", described(item), described(value)));
    }
    Ok((columns, InsertRows::Query(query.into_body())))
}

/// Columns by their names, each once.
fn columns<N: AsRef<str>>(
    table: &Table,
    names: impl IntoIterator<Item = N>,
) -> Result<(Vec<Cow<'static, str>>, Vec<Item>), Problem> {
    let (mut columns, mut items) = (Vec::new(), Vec::new());
    for name in names {
        let column = table.unset_column(columns.iter(), name.as_ref())?;
        columns.push(column.name.clone());
        items.push(table.item(column));
    }
    Ok((columns, items))
}

/// The statements that change the rows. An INSERT has as many rows in each as the database takes parameters and bytes; and one in each where
/// something comes back of them, because no order of RETURNING is relied on.
///
/// # Errors
///
/// `Unsupported` for what the database cannot do.
pub(crate) fn statements(dialect: &'static dyn Dialect, mut write: Write) -> Result<Vec<Write>> {
    let (all, width) = match &mut write.change {
        Change::Insert(sql::Insert { rows: InsertRows::Values(rows), columns, .. }) if rows.len() != 1 => {
            (std::mem::take(rows), columns.len())
        }
        _ => return Ok(vec![write]),
    };
    let of = |part: Vec<Vec<Expr>>| {
        let mut write = write.clone();
        if let Change::Insert(insert) = &mut write.change {
            insert.rows = InsertRows::Values(part);
        }
        write
    };
    let Some(first) = all.first() else { return Ok(Vec::new()) };
    let size = if write.returning.is_empty() {
        let (_, params) = render::write_statement(dialect, &of(vec![first.clone()]))?;
        let besides = params.len() - width;
        (dialect.capabilities().max_parameters.saturating_sub(besides) / width).max(1)
    } else {
        1
    };
    let mut rows = all.into_iter().peekable();
    let mut statements = Vec::new();
    while rows.peek().is_some() {
        let mut bytes = 0;
        let mut chunk = Vec::new();
        while chunk.len() < size
            && let Some(row) = rows.next_if(|row| chunk.is_empty() || bytes + weight(row) <= STATEMENT_BYTES)
        {
            bytes += weight(&row);
            chunk.push(row);
        }
        statements.push(of(chunk));
    }
    Ok(statements)
}

/// The bytes of a row's values.
fn weight(row: &[Expr]) -> usize {
    let of = |value: &Expr| if let Expr::Param(value, _) = value { value.to_ref().bytes() } else { 0 };
    row.iter().map(of).sum()
}
