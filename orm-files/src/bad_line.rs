use std::fmt;

use orm_core::query::cells::TargetColumn;
use orm_core::value::Mismatch;
use orm_core::{Error, ErrorKind, Result};

/// A line that is no row of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The column with the cell that does not fit. `None` where the line as a whole is wrong.
    pub column: Option<String>,
    /// What is wrong, with the names of model, column and field.
    pub message: String,
}

impl BadLine {
    /// A line that is wrong as a whole.
    pub(crate) fn whole(line: u64, message: impl fmt::Display) -> Self {
        Self { line, column: None, message: message.to_string() }
    }

    /// A line with a cell that does not fit its column.
    pub(crate) fn cell(line: u64, subject: &str, column: &TargetColumn, mismatch: &Mismatch) -> Self {
        let field = if column.field == column.name { String::new() } else { format!(" (field `{}`)", column.field) };
        let message = format!("{subject}, column `{}`{field}: {mismatch}", column.name);
        Self { line, column: Some(column.name.to_string()), message }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl From<BadLine> for Error {
    fn from(line: BadLine) -> Self {
        Self::new(ErrorKind::Decode, line.to_string())
    }
}

/// What becomes of bad lines: by default the first one ends the reading.
pub(crate) struct BadLines<'b>(Option<Box<dyn FnMut(BadLine) -> Result<()> + 'b>>);

impl<'b> BadLines<'b> {
    pub(crate) const fn refused() -> Self {
        Self(None)
    }

    pub(crate) fn handled(handle: impl FnMut(BadLine) -> Result<()> + 'b) -> Self {
        Self(Some(Box::new(handle)))
    }

    /// Passes over a line, unless it ends the reading.
    pub(crate) fn meet(&mut self, line: BadLine) -> Result<()> {
        match &mut self.0 {
            Some(handle) => handle(line),
            None => Err(line.into()),
        }
    }
}

impl fmt::Debug for BadLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Handled" } else { "Refused" })
    }
}
