use super::Row;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{ColumnType, Mismatch, ValueRef};

/// Reads the cells of a row one after the other.
pub struct RowReader<'r> {
    row: &'r dyn Row,
    next: usize,
    /// What the row is read as, for messages: the name of the model.
    subject: &'static str,
}

impl<'r> RowReader<'r> {
    /// Starts at column `first` of `row`, reading a `subject`.
    pub fn new(row: &'r dyn Row, first: usize, subject: &'static str) -> Self {
        Self { row, next: first, subject }
    }

    /// The next cell.
    ///
    /// # Errors
    ///
    /// `Decode` naming subject, column, expected and found.
    #[inline]
    pub fn column<T: ColumnType>(&mut self) -> Result<T> {
        self.cell(T::from_ref)
    }

    /// The next cell, as what `decode` makes of it.
    ///
    /// # Errors
    ///
    /// `Decode` naming subject, column, expected and found.
    #[inline]
    pub fn cell<T>(&mut self, decode: impl FnOnce(ValueRef<'_>) -> Result<T, Mismatch>) -> Result<T> {
        let index = self.next;
        self.next += 1;
        match self.row.get(index).and_then(decode) {
            Ok(value) => Ok(value),
            Err(mismatch) => Err(self.decode_error(index, &mismatch)),
        }
    }

    /// Whether the next `width` cells are all NULL: a left join that found no row. Reads nothing.
    pub fn all_null(&self, width: usize) -> bool {
        (self.next..self.next + width).all(|index| matches!(self.row.get(index), Ok(value) if value.is_null()))
    }

    /// Passes over `width` cells.
    pub fn skip(&mut self, width: usize) {
        self.next += width;
    }

    /// The index of the next cell.
    pub fn position(&self) -> usize {
        self.next
    }

    #[cold]
    fn decode_error(&self, index: usize, mismatch: &Mismatch) -> Error {
        let column = if index < self.row.len() { self.row.name(index) } else { "(missing)" };
        Error::new(ErrorKind::Decode, format!("{}, column `{column}`: {mismatch}", self.subject))
    }
}
