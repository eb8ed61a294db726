use std::fmt;
use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};
use orm_core::query::cells::{CellError, CellSource, TakeCell, Target, TargetColumn};
use orm_core::value::{Mismatch, SqlType, ValueRef, text};
use orm_core::{Error, ErrorKind, Result};

use crate::BadLine;
use crate::bad_line::BadLines;
use crate::cells::{BYTES, Cell, LINES};

/// A CSV file, and how it is read. Every reader is one by itself, with a line of names, commas and quotes.
///
/// The names in its first line are those of columns or of fields. Values are read by the types of their columns: numbers, `true` and `false`,
/// dates and times as ISO 8601, bytes as hexadecimal digits, lists and documents as JSON. An empty field is NULL where the column allows it.
///
/// See the example of [`ReadFiles`](crate::ReadFiles).
#[must_use = "a file is read when it is inserted"]
pub struct Csv<'b, R> {
    reader: R,
    builder: ReaderBuilder,
    headers: Option<Vec<String>>,
    renamed: Vec<(String, String)>,
    skips_unknown: bool,
    null: String,
    bad: BadLines<'b>,
}

impl<'b, R: Read> Csv<'b, R> {
    /// A file with the usual form.
    pub fn new(reader: R) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true);
        let (headers, renamed, null) = (None, Vec::new(), String::new());
        Self { reader, builder, headers, renamed, skips_unknown: false, null, bad: BadLines::refused() }
    }

    /// What stands between two fields, where it is no comma: `b';'`, `b'\t'`.
    pub fn delimiter(mut self, byte: u8) -> Self {
        self.builder.delimiter(byte);
        self
    }

    /// What quotes a field, where it is no `"`.
    pub fn quote(mut self, byte: u8) -> Self {
        self.builder.quote(byte);
        self
    }

    /// What escapes a quote within a quoted field, where it is not doubled: `b'\\'`.
    pub fn escape(mut self, byte: u8) -> Self {
        self.builder.double_quote(false).escape(Some(byte));
        self
    }

    /// Lines that begin so are not read.
    pub fn comment(mut self, byte: u8) -> Self {
        self.builder.comment(Some(byte));
        self
    }

    /// The names of the columns, of a file without a line of them.
    pub fn headers<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.headers = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The column that is called otherwise in the file.
    pub fn rename(mut self, header: impl Into<String>, column: impl Into<String>) -> Self {
        self.renamed.push((header.into(), column.into()));
        self
    }

    /// Passes over the columns that the table does not have. They are an error otherwise.
    pub fn skip_unknown_columns(mut self) -> Self {
        self.skips_unknown = true;
        self
    }

    /// The field that means NULL, where it is not the empty one: `\N`. An empty field is then an empty text.
    pub fn null(mut self, field: impl Into<String>) -> Self {
        self.null = field.into();
        self
    }

    /// Passes over the lines that are no rows of the table, and keeps what is wrong with them. The first one is an error otherwise.
    pub fn collect_bad_lines(self, into: &'b mut Vec<BadLine>) -> Self {
        self.on_bad_line(|line| {
            into.push(line);
            Ok(())
        })
    }

    /// Calls `handle` with the lines that are no rows of the table. They are passed over, unless it returns an error, which ends the reading.
    pub fn on_bad_line(mut self, handle: impl FnMut(BadLine) -> Result<()> + 'b) -> Self {
        self.bad = BadLines::handled(handle);
        self
    }

    /// The rows, for an insert.
    pub fn rows(self) -> CsvRows<'b, R> {
        let Self { reader, builder, headers, renamed, skips_unknown, null, bad } = self;
        CsvRows {
            reader: builder.from_reader(reader),
            headers,
            renamed,
            skips_unknown,
            null,
            bad,
            fields: None,
            columns: Vec::new(),
            lines: Vec::new(),
            count: 0,
            cells: Vec::new(),
        }
    }
}

impl<R: Read> From<R> for Csv<'_, R> {
    fn from(reader: R) -> Self {
        Self::new(reader)
    }
}

impl<R> fmt::Debug for Csv<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Csv").field("headers", &self.headers).field("bad", &self.bad).finish_non_exhaustive()
    }
}

/// The rows of a CSV file: [`Csv::rows`].
pub struct CsvRows<'b, R> {
    reader: Reader<R>,
    headers: Option<Vec<String>>,
    renamed: Vec<(String, String)>,
    skips_unknown: bool,
    null: String,
    bad: BadLines<'b>,
    /// The fields of a line that are read, in the order of `columns`, and how many fields there are. Known with the first line.
    fields: Option<(Vec<usize>, usize)>,
    columns: Vec<usize>,
    /// The lines at hand, of which `count` are rows.
    lines: Vec<StringRecord>,
    count: usize,
    cells: Vec<Cell>,
}

impl<R: Read> CsvRows<'_, R> {
    /// Finds the columns by the names in the first line.
    fn begin(&mut self, target: &Target) -> Result<()> {
        let headers = match self.headers.take() {
            Some(headers) => headers,
            None => {
                let mut line = StringRecord::new();
                self.reader.read_record(&mut line).map_err(broken)?;
                line.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_owned()).collect()
            }
        };
        let column_of = |header: &String| {
            let renamed = self.renamed.iter().find(|(known, _)| known == header);
            renamed.map_or_else(|| header.clone(), |(_, column)| column.clone())
        };
        let named: Vec<(usize, String)> = headers.iter().map(column_of).enumerate().collect();
        let read: Vec<_> =
            named.into_iter().filter(|(_, name)| !self.skips_unknown || target.find(name).is_ok()).collect();
        let names = read.iter().map(|(_, name)| name);
        self.columns = target.find_all(names).map_err(|error| error.context("the first line"))?;
        self.fields = Some((read.into_iter().map(|(field, _)| field).collect(), headers.len()));
        Ok(())
    }

    /// Reads the next line into place `count`. `None` behind the last.
    fn next_line(&mut self) -> Result<Option<Result<u64, BadLine>>> {
        if self.lines.len() == self.count {
            self.lines.push(StringRecord::new());
        }
        let mut bytes: ByteRecord = std::mem::take(&mut self.lines[self.count]).into_byte_record();
        if !self.reader.read_byte_record(&mut bytes).map_err(broken)? {
            return Ok(None);
        }
        let line = bytes.position().map_or(0, csv::Position::line);
        Ok(Some(match StringRecord::from_byte_record(bytes) {
            Ok(record) => {
                self.lines[self.count] = record;
                Ok(line)
            }
            Err(_) => Err(BadLine::whole(line, "it is not encoded in UTF-8")),
        }))
    }

    /// Reads the cells of the line at place `count`.
    fn read_cells(&mut self, target: &Target, line: u64) -> Result<(), BadLine> {
        let Self { fields, columns, lines, count, cells, null, .. } = self;
        let (fields, width) = fields.as_ref().map_or((&[][..], 0), |(fields, width)| (fields, *width));
        let record = &lines[*count];
        if record.len() != width {
            let message = format!("{} fields, and the first line has {width}", record.len());
            return Err(BadLine::whole(line, message));
        }
        for (&field, &column) in fields.iter().zip(&*columns) {
            let column = &target.columns[column];
            let text = record.get(field).unwrap_or_default();
            let cell =
                read(column, text, null).map_err(|mismatch| BadLine::cell(line, &target.subject, column, &mismatch));
            cells.push(cell?);
        }
        Ok(())
    }
}

fn read(column: &TargetColumn, text: &str, null: &str) -> Result<Cell, Mismatch> {
    let is_null = text == null && (column.nullable || column.sql_type != SqlType::Text || !null.is_empty());
    let cell = if is_null {
        Cell::of(orm_core::value::Encoded::Borrowed(ValueRef::Null))
    } else {
        Cell::of(text::parse(column.sql_type, text)?)
    };
    column.check(cell.to_ref(text))?;
    Ok(cell)
}

impl<R: Read> CellSource for CsvRows<'_, R> {
    fn advance(&mut self, target: &Target) -> Result<bool> {
        if self.fields.is_none() {
            self.begin(target)?;
        }
        self.count = 0;
        self.cells.clear();
        let mut bytes = 0;
        while self.count < LINES && bytes < BYTES {
            let read = match self.next_line()? {
                None => break,
                Some(Ok(line)) => self.read_cells(target, line),
                Some(Err(bad)) => Err(bad),
            };
            match read {
                Ok(()) => {
                    bytes += self.lines[self.count].as_slice().len();
                    self.count += 1;
                }
                Err(bad) => {
                    self.cells.truncate(self.count * self.columns.len());
                    self.bad.meet(bad)?;
                }
            }
        }
        Ok(self.count > 0)
    }

    fn columns(&self) -> &[usize] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.count
    }

    fn cell(&self, row: usize, column: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        let field = self.fields.as_ref().and_then(|(fields, _)| fields.get(column));
        let text = field.and_then(|&field| self.lines.get(row)?.get(field)).unwrap_or_default();
        match self.cells.get(row * self.columns.len() + column) {
            Some(cell) => take(cell.to_ref(text)),
            None => Err(Mismatch::new("one more field", "the end of the line").into()),
        }
    }

    fn place(&self, row: usize) -> Option<String> {
        Some(format!("line {}", self.lines.get(row)?.position()?.line()))
    }
}

impl<R> fmt::Debug for CsvRows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRows").field("bad", &self.bad).finish_non_exhaustive()
    }
}

/// The file as such cannot be read.
fn broken(error: csv::Error) -> Error {
    let kind = if error.is_io_error() { ErrorKind::Io } else { ErrorKind::Decode };
    Error::new(kind, format!("reading CSV: {error}")).with_source(error)
}
