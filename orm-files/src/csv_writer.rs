use std::fmt;
use std::io::Write;

use csv::WriterBuilder;
use orm_core::model::Row;
use orm_core::query::cells::ResultColumn;
use orm_core::session::{CellQuery, Session};
use orm_core::value::{Encoded, Mismatch, ValueRef, text};
use orm_core::{Error, ErrorKind, Result};

/// A CSV file to be written, and its form. Every writer is one by itself, with a line of names, commas and quotes.
///
/// See the example of [`WriteFiles`](crate::WriteFiles).
#[must_use = "a file is written when a query is"]
pub struct CsvWriter<W> {
    writer: W,
    builder: WriterBuilder,
    headers: bool,
    null: String,
}

impl<W: Write> CsvWriter<W> {
    /// A file of the usual form.
    pub fn new(writer: W) -> Self {
        Self { writer, builder: WriterBuilder::new(), headers: true, null: String::new() }
    }

    /// What stands between two fields, where it is no comma: `b';'`, `b'\t'`.
    pub fn delimiter(mut self, byte: u8) -> Self {
        self.builder.delimiter(byte);
        self
    }

    /// Writes no line of names.
    pub fn without_headers(mut self) -> Self {
        self.headers = false;
        self
    }

    /// The field that means NULL, where it is not the empty one, which an empty text is as well: `\N`.
    pub fn null(mut self, field: impl Into<String>) -> Self {
        self.null = field.into();
        self
    }

    /// Writes the rows of a query, and tells how many there were.
    pub(crate) fn write(self, query: impl CellQuery, session: &mut Session) -> Result<u64> {
        let Self { writer, builder, headers, null } = self;
        let mut columns = query.result_columns(session)?;
        let mut writer = builder.from_writer(writer);
        let (mut text, mut count) = (String::new(), 0_u64);
        if headers && !columns.is_empty() {
            writer.write_record(columns.iter().map(|column| &*column.name)).map_err(failed)?;
        }
        let rows = query.cells(session, |row| {
            if columns.is_empty() {
                columns = columns_of(row);
                if headers {
                    writer.write_record(columns.iter().map(|column| &*column.name)).map_err(failed)?;
                }
            }
            count += 1;
            for (index, column) in columns.iter().enumerate() {
                let written = row.get(index).and_then(|cell| {
                    text.clear();
                    field(column.read(cell)?, &null, &mut text)
                });
                written.map_err(|mismatch| wrong(count, column, &mismatch))?;
                writer.write_field(&text).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
            Ok(None)
        })?;
        rows.collect::<Result<()>>()?;
        writer.flush().map_err(unwritten)?;
        Ok(count)
    }
}

fn field(value: Encoded<'_>, null: &str, out: &mut String) -> Result<(), Mismatch> {
    match value {
        Encoded::Borrowed(ValueRef::Null) => out.push_str(null),
        Encoded::Borrowed(value) => text::write_text(value, out)?,
        Encoded::Made(value) => text::write_text(value.to_ref(), out)?,
        Encoded::Refused(reason) => return Err(Mismatch::new("a value that has a text", reason)),
    }
    Ok(())
}

impl<W: Write> From<W> for CsvWriter<W> {
    fn from(writer: W) -> Self {
        Self::new(writer)
    }
}

impl<W> fmt::Debug for CsvWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("headers", &self.headers).field("null", &self.null).finish_non_exhaustive()
    }
}

/// The columns of a row, of which only the names are known.
pub(crate) fn columns_of(row: &dyn Row) -> Vec<ResultColumn> {
    (0..row.len()).map(|index| ResultColumn::named(row.name(index).to_owned(), None)).collect()
}

/// The error of a cell that cannot be written.
pub(crate) fn wrong(row: u64, column: &ResultColumn, mismatch: &Mismatch) -> Error {
    Error::new(ErrorKind::Decode, format!("row {row}, column `{}`: {mismatch}", column.name)).with_row(row)
}

fn failed(error: csv::Error) -> Error {
    Error::new(ErrorKind::Io, format!("writing CSV: {error}")).with_source(error)
}

/// The error of a file.
pub(crate) fn unwritten(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("writing a file: {error}")).with_source(error)
}
