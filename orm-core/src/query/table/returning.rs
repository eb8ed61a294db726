use super::select::names;
use super::{AtHand, Item, TableChange, TableDelete, TableInsert, TableUpdate};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};
use crate::query::Statement;
use crate::render;
use crate::sql::{Problem, Write};
use crate::value::{SqlType, Value};

/// An INSERT, UPDATE or DELETE of rows of a [`Table`](super::Table) that returns values.
#[must_use = "a statement does nothing until it is run"]
#[derive(Debug, Clone)]
pub struct TableReturning {
    write: Result<Write, Problem>,
    items: Vec<Item>,
}

impl TableReturning {
    fn new(write: Result<Write>, items: impl IntoIterator<Item = Item>) -> Self {
        Self { write: write.map_err(|error| (error.kind(), error.to_string())), items: items.into_iter().collect() }
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::write_statement(dialect, &self.clone().into_write()?)
    }

    pub(crate) fn row_names(&self) -> Vec<String> {
        names(&self.items)
    }

    pub(crate) fn types(&self) -> Vec<SqlType> {
        self.items.iter().map(|item| item.sql_type).collect()
    }

    pub(crate) fn into_write(self) -> Result<Write> {
        let error = |(kind, message)| Error::new(kind, message);
        let mut write = self.write.map_err(error)?;
        if self.items.is_empty() {
            let message = format!("`returning` of table `{}` names no column or expression", write.table);
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        distinct_names(&self.items).map_err(error)?;
        let items = self.items.into_iter().map(|item| item.into_select().map_err(error));
        write.returning = items.collect::<Result<_>>()?;
        Ok(write)
    }
}

/// # Errors
///
/// `InvalidState` for a name that two values have.
pub(super) fn distinct_names(items: &[Item]) -> Result<(), Problem> {
    let names = names(items);
    match (1..names.len()).find(|&index| names[..index].contains(&names[index])) {
        Some(twice) => {
            let message = format!("two values are called `{}`; give one of them a label", names[twice]);
            Err((ErrorKind::InvalidState, message))
        }
        None => Ok(()),
    }
}

macro_rules! statements {
    ($([$($generic:tt)*] $ty:ty),+) => {$(
        impl<$($generic)*> $ty {
            /// Returns these values, each by its label, of every row that was inserted, updated or deleted. They are those after the
            /// statement, or before a delete, in the order in which the rows were given.
            pub fn returning(self, items: impl IntoIterator<Item = Item>) -> TableReturning {
                TableReturning::new(self.into_write(Vec::new()), items)
            }
        }
    )+};
}

statements!([K: AtHand, C] TableInsert<K, C>, [] TableUpdate, [] TableDelete);

impl<S> TableChange<S> {
    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `Schema` for a column that the table does not have; `InvalidState` for one that is set twice, when none is, and for other
    /// mistakes; and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)>
    where
        Self: Statement + Clone,
    {
        render::write_statement(dialect, &self.clone().into_write(Vec::new())?)
    }
}
