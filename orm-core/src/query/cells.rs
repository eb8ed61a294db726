//! Rows as cells under the names of columns: what files and frames are made of, beside objects and tuples.
//!
//! It is for crates that read results or write rows in forms of their own, as `orm-files` and `orm-arrow` do. A query tells its
//! [`ResultColumn`]s and streams its rows by [`CellQuery`](crate::session::CellQuery); a [`CellSource`] is inserted by
//! [`insert_cells`](super::ModelQuery::insert_cells).

use std::borrow::Cow;

use super::table::{Table, TableColumn, TableInsert, TableRows};
use super::{Insert, Sealed, Shape};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Model;
use crate::schema::ColumnDef;
use crate::value::{Encoded, Mismatch, SqlType, ValueRef, Values, encoded_as};

/// A column of a result, as far as it is known before the first row.
#[derive(Debug, Clone)]
pub struct ResultColumn {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its type. `None` where only the cells tell it.
    pub sql_type: Option<SqlType>,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its values, where they are fewer than those of the type.
    pub values: Values,
    /// Digits in all and digits after the point, of a decimal.
    pub precision: Option<(u32, u32)>,
}

impl ResultColumn {
    /// A column of which nothing is known but the name, and perhaps the type.
    pub fn named(name: impl Into<Cow<'static, str>>, sql_type: Option<SqlType>) -> Self {
        Self { name: name.into(), sql_type, nullable: true, values: Values::All, precision: None }
    }

    pub(crate) fn of_shape(name: Cow<'static, str>, shape: &Shape, precision: Option<(u32, u32)>) -> Self {
        let Shape { sql_type, nullable, values } = *shape;
        Self { name, sql_type: Some(sql_type), nullable, values, precision }
    }

    /// A cell as a value of the column's type, in whatever form the database keeps it.
    ///
    /// # Errors
    ///
    /// When it is not such a value, or is NULL in a column without NULL.
    #[inline]
    pub fn read<'v>(&self, cell: ValueRef<'v>) -> Result<Encoded<'v>, Mismatch> {
        match self.sql_type {
            _ if cell.is_null() && !self.nullable => Err(Mismatch::new("a value", cell)),
            Some(sql_type) => encoded_as(sql_type, cell),
            None => Ok(Encoded::Borrowed(cell)),
        }
    }
}

/// A table that cells are written into.
#[derive(Debug, Clone)]
pub struct Target {
    /// The model, or the table where there is none.
    pub subject: Cow<'static, str>,
    /// Its columns.
    pub columns: Vec<TargetColumn>,
}

/// A column that cells are written into.
#[derive(Debug, Clone)]
pub struct TargetColumn {
    /// Its name in the database.
    pub name: Cow<'static, str>,
    /// Its field, as the model calls it.
    pub field: Cow<'static, str>,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Its values, where they are fewer than those of the type.
    pub values: Values,
    /// Digits in all and digits after the point, of a decimal.
    pub precision: Option<(u32, u32)>,
    /// Whether something else than NULL stands there where it is left out.
    pub filled: bool,
    /// Whether it is a key that the database chooses where it is left out.
    pub generated: bool,
    /// Whether the database computes it, so that it is never written.
    pub computed: bool,
}

impl Target {
    /// The table of a model.
    pub fn of_model<M: Model>() -> Self {
        let table = M::table();
        let mut filled: Vec<usize> = Vec::new();
        M::defaults(&mut |field, _| filled.push(table.fields[field].columns.start));
        let column = |(index, def): (usize, &ColumnDef)| TargetColumn {
            name: def.name.clone(),
            field: table.fields[def.field].name.into(),
            sql_type: def.sql_type,
            nullable: def.nullable,
            values: def.values,
            precision: def.precision,
            filled: def.server_default.is_some() || filled.contains(&index),
            generated: table.generated_key && table.primary_key == [index],
            computed: def.computed.is_some(),
        };
        Self { subject: table.model.into(), columns: table.columns.iter().enumerate().map(column).collect() }
    }

    /// A table that was described at run time.
    pub fn of_table(table: &Table) -> Self {
        let column = |column: &TableColumn| TargetColumn {
            name: column.name.clone(),
            field: column.name.clone(),
            sql_type: column.sql_type,
            nullable: column.nullable,
            values: Values::All,
            precision: column.precision,
            filled: false,
            generated: false,
            computed: false,
        };
        Self { subject: table.name().clone(), columns: table.columns().iter().map(column).collect() }
    }

    /// The column of that name, or of the field of that name.
    ///
    /// # Errors
    ///
    /// `Schema` where there is none.
    pub fn find(&self, name: &str) -> Result<usize> {
        let by = |of: fn(&TargetColumn) -> &str| self.columns.iter().position(|column| of(column) == name);
        by(|column| &column.name).or_else(|| by(|column| &column.field)).ok_or_else(|| {
            let known: Vec<&str> = self.columns.iter().map(|column| &*column.name).collect();
            let message = format!("{} has no column `{name}`; it has `{}`", self.subject, known.join("`, `"));
            Error::new(ErrorKind::Schema, message)
        })
    }

    /// The columns of these names, each once.
    ///
    /// # Errors
    ///
    /// `Schema` for a name that is no column, `InvalidState` for a column that is named twice or that the database computes.
    pub fn find_all<N: AsRef<str>>(&self, names: impl IntoIterator<Item = N>) -> Result<Vec<usize>> {
        let mut found = Vec::new();
        for name in names {
            let index = self.find(name.as_ref())?;
            let problem = match &self.columns[index] {
                column if column.computed => format!("the database computes `{}`: leave it out", column.name),
                column if found.contains(&index) => format!("`{}` is there twice", column.name),
                _ => {
                    found.push(index);
                    continue;
                }
            };
            return Err(Error::new(ErrorKind::InvalidState, format!("{}: {problem}", self.subject)));
        }
        Ok(found)
    }
}

impl TargetColumn {
    /// Refuses a value that the column cannot hold.
    ///
    /// # Errors
    ///
    /// What was expected.
    #[inline]
    pub fn check(&self, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match (self.sql_type, value) {
            // What most cells are.
            (SqlType::Text, ValueRef::Text(_))
            | (SqlType::F64, ValueRef::F64(_))
            | (SqlType::I64, ValueRef::I64(1..))
                if matches!(self.values, Values::All) =>
            {
                Ok(())
            }
            (_, value) => self.check_any(value),
        }
    }

    fn check_any(&self, value: ValueRef<'_>) -> Result<(), Mismatch> {
        match value {
            ValueRef::Null if self.generated => {
                Err(Mismatch::new("a key (leave the column out, and the database chooses the keys)", value))
            }
            ValueRef::Null if self.nullable => Ok(()),
            ValueRef::Null => Err(Mismatch::new("a value", value)),
            ValueRef::I64(0) if self.generated => Err(Mismatch::new(
                "a key other than 0, which means that it is not set (leave the column out, and the database chooses the keys)",
                value,
            )),
            value => {
                fits(self.sql_type, value)?;
                self.values.check(value)
            }
        }
    }
}

/// Refuses a value of another type.
#[inline]
fn fits(sql_type: SqlType, value: ValueRef<'_>) -> Result<(), Mismatch> {
    let within = |fits: bool, expected: &'static str| if fits { Ok(()) } else { Err(Mismatch::new(expected, value)) };
    match (sql_type, value) {
        (SqlType::I16, ValueRef::I64(number)) => within(i16::try_from(number).is_ok(), "a 16-bit integer"),
        (SqlType::I32, ValueRef::I64(number)) => within(i32::try_from(number).is_ok(), "a 32-bit integer"),
        (SqlType::I64, ValueRef::I64(_))
        | (SqlType::Text, ValueRef::Text(_))
        | (SqlType::F64 | SqlType::F32, ValueRef::F64(_))
        | (SqlType::Bool, ValueRef::Bool(_)) => Ok(()),
        // What is read as the type is a value of it, in one of its spellings.
        (sql_type, value) => match encoded_as(sql_type, value)? {
            Encoded::Borrowed(_) => Ok(()),
            _ => Err(Mismatch::new(format!("a value of the type {sql_type:?}"), value)),
        },
    }
}

/// Rows of cells, some at a time: a file, a frame.
pub trait CellSource {
    /// Brings the next rows, and tells whether there are any.
    ///
    /// # Errors
    ///
    /// What is wrong with them. A [row](Error::row) in the error is that among all rows, from 1.
    fn advance(&mut self, target: &Target) -> Result<bool>;

    /// The columns of these rows, by their numbers in the target.
    fn columns(&self) -> &[usize];

    /// How many rows these are.
    fn rows(&self) -> usize;

    /// Hands a cell of these rows to `take`, as a value of the type of its column.
    ///
    /// # Errors
    ///
    /// When it cannot be such a value, and the error of `take`.
    fn cell(&self, row: usize, column: usize, take: &mut TakeCell<'_>) -> Result<(), CellError>;

    /// What one of these rows is called in messages, `line 7`, where it is not its number.
    fn place(&self, row: usize) -> Option<String> {
        let _ = row;
        None
    }
}

/// Takes a cell.
pub type TakeCell<'t> = dyn FnMut(ValueRef<'_>) -> Result<(), CellError> + 't;

/// Why a cell was not written.
#[derive(Debug)]
pub enum CellError {
    /// It does not fit its column.
    Mismatch(Mismatch),
    /// Anything else.
    Other(Error),
}

impl From<Mismatch> for CellError {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

impl From<Error> for CellError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// In an [`Insert`]: rows of cells, and what is called for the progress.
#[derive(Debug, Clone)]
pub struct FromCells<S, P = fn(u64)> {
    pub(crate) source: S,
    pub(crate) progress: Option<P>,
}

/// An INSERT of rows of cells into the table of a model, in memory that does not grow with their number.
pub type CellInsert<M, S, C = ()> = Insert<M, FromCells<S>, C>;

impl<S, P> Sealed for FromCells<S, P> {}

impl<S> FromCells<S> {
    pub(in crate::query) fn new(source: S) -> Self {
        Self { source, progress: None }
    }
}

impl<S, P> FromCells<S, P> {
    fn telling<F>(self, progress: F) -> FromCells<S, F> {
        FromCells { source: self.source, progress: Some(progress) }
    }
}

impl<M: Model, S> Insert<M, FromCells<S>> {
    pub(in crate::query) fn of_cells(source: S) -> Self {
        Self::new(FromCells::new(source), None)
    }
}

impl<M, S, P, C> Insert<M, FromCells<S, P>, C> {
    /// Calls `progress` with the number of rows that have been sent, each time after some thousand of them.
    pub fn on_progress<F: FnMut(u64)>(self, progress: F) -> Insert<M, FromCells<S, F>, C> {
        Insert::of_source(self.source.telling(progress), self.conflict, self.problem)
    }
}

impl<S, P, C> TableInsert<FromCells<S, P>, C> {
    /// Calls `progress` with the number of rows that have been sent, each time after some thousand of them.
    pub fn on_progress<F: FnMut(u64)>(self, progress: F) -> TableInsert<FromCells<S, F>, C> {
        let TableRows { table, columns, rows, kind } = self.source;
        let source = TableRows { table, columns, rows, kind: kind.telling(progress) };
        Insert::of_source(source, self.conflict, self.problem)
    }
}
