use std::fmt;
use std::io::BufRead;

use orm_core::query::cells::{CellError, CellSource, TakeCell, Target, TargetColumn};
use orm_core::value::{Mismatch, Value, json_text};
use orm_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value as Json};

use crate::BadLine;
use crate::bad_line::BadLines;
use crate::cells::{BYTES, LINES};

/// A file with a JSON object in each line, and how it is read. Every buffered reader is one by itself.
///
/// The names in the objects are those of columns or of fields. Values are read by the types of their columns: numbers, booleans, lists and
/// documents as such, all others as texts in the form of [`Csv`](crate::Csv). A name that a line leaves out is NULL, or is filled by the model
/// or the database.
///
/// See the example of [`ReadFiles`](crate::ReadFiles).
#[must_use = "a file is read when it is inserted"]
pub struct JsonLines<'b, R> {
    reader: R,
    renamed: Vec<(String, String)>,
    skips_unknown: bool,
    bad: BadLines<'b>,
}

impl<'b, R: BufRead> JsonLines<'b, R> {
    /// A file that is read as it is.
    pub fn new(reader: R) -> Self {
        Self { reader, renamed: Vec::new(), skips_unknown: false, bad: BadLines::refused() }
    }

    /// The column that is called otherwise in the file.
    pub fn rename(mut self, name: impl Into<String>, column: impl Into<String>) -> Self {
        self.renamed.push((name.into(), column.into()));
        self
    }

    /// Passes over the names that the table does not have. They are an error otherwise.
    pub fn skip_unknown_columns(mut self) -> Self {
        self.skips_unknown = true;
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
    pub fn rows(self) -> JsonRows<'b, R> {
        let Self { reader, renamed, skips_unknown, bad } = self;
        JsonRows {
            reader,
            renamed,
            skips_unknown,
            bad,
            line: 0,
            text: String::new(),
            seen: Vec::new(),
            held: None,
            columns: Vec::new(),
            lines: Vec::new(),
            cells: Vec::new(),
        }
    }
}

impl<R: BufRead> From<R> for JsonLines<'_, R> {
    fn from(reader: R) -> Self {
        Self::new(reader)
    }
}

impl<R> fmt::Debug for JsonLines<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").field("bad", &self.bad).finish_non_exhaustive()
    }
}

/// The values of a line, by their columns, in the order of these.
type Cells = Vec<(usize, Value)>;

/// The rows of a file of JSON lines: [`JsonLines::rows`]. Lines with the same columns come together.
pub struct JsonRows<'b, R> {
    reader: R,
    renamed: Vec<(String, String)>,
    skips_unknown: bool,
    bad: BadLines<'b>,
    /// The number of the line that was read last, and its text.
    line: u64,
    text: String,
    /// The columns that lines may leave out, and that some line had.
    seen: Vec<usize>,
    /// A row that was read, and has other columns than those before it.
    held: Option<(u64, Cells)>,
    columns: Vec<usize>,
    /// The numbers of the lines at hand, and their cells.
    lines: Vec<u64>,
    cells: Vec<Value>,
}

impl<R: BufRead> JsonRows<'_, R> {
    /// The next line that is a row.
    fn next_row(&mut self, target: &Target) -> Result<Option<(u64, Cells)>> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        loop {
            self.text.clear();
            self.line += 1;
            match self.reader.read_line(&mut self.text) {
                Ok(0) => return Ok(None),
                Ok(_) if self.text.trim().is_empty() => continue,
                Ok(_) => {}
                Err(error) => {
                    let message = format!("reading JSON lines, line {}: {error}", self.line);
                    return Err(Error::new(ErrorKind::Io, message).with_source(error));
                }
            }
            match self.read_line(target) {
                Ok(cells) => return Ok(Some((self.line, cells))),
                Err(bad) => self.bad.meet(bad)?,
            }
        }
    }

    fn read_line(&mut self, target: &Target) -> Result<Cells, BadLine> {
        let whole = |message: &dyn fmt::Display| BadLine::whole(self.line, message);
        let object: Map<String, Json> = serde_json::from_str(self.text.trim_end()).map_err(|error| {
            let told = error.to_string();
            // The position is that in the line.
            let reason = told.split_once(" at line ").map_or(&*told, |(reason, _)| reason);
            whole(&format!("column {}: it is no JSON object: {reason}", error.column()))
        })?;
        let mut cells = Cells::with_capacity(object.len());
        for (name, json) in object {
            let renamed = self.renamed.iter().find(|(known, _)| *known == name);
            let index = match target.find_all([renamed.map_or(&name, |(_, column)| column)]) {
                Ok(found) => found[0],
                Err(error) if self.skips_unknown && error.kind() == ErrorKind::Schema => continue,
                Err(error) => return Err(whole(&error)),
            };
            let column = &target.columns[index];
            let value = json_text::read(column.sql_type, json).and_then(|value| {
                column.check(value.to_ref())?;
                Ok(value)
            });
            let value = value.map_err(|mismatch| BadLine::cell(self.line, &target.subject, column, &mismatch))?;
            if cells.iter().any(|(known, _)| *known == index) {
                return Err(whole(&format!("{}: `{}` is there twice", target.subject, column.name)));
            }
            if may_be_left_out(column) && !self.seen.contains(&index) {
                self.seen.push(index);
            }
            cells.push((index, value));
        }
        for &index in &self.seen {
            if cells.iter().all(|(known, _)| *known != index) {
                cells.push((index, Value::Null));
            }
        }
        cells.sort_by_key(|(index, _)| *index);
        Ok(cells)
    }
}

/// Whether a line without the column means NULL.
fn may_be_left_out(column: &TargetColumn) -> bool {
    column.nullable && !column.filled
}

impl<R: BufRead> CellSource for JsonRows<'_, R> {
    fn advance(&mut self, target: &Target) -> Result<bool> {
        self.lines.clear();
        self.cells.clear();
        let mut bytes = 0;
        while self.lines.len() < LINES && bytes < BYTES {
            let Some((line, cells)) = self.next_row(target)? else { break };
            let columns = cells.iter().map(|(index, _)| index);
            if self.lines.is_empty() {
                self.columns = columns.copied().collect();
            } else if !columns.eq(&self.columns) {
                self.held = Some((line, cells));
                break;
            }
            bytes += self.text.len();
            self.lines.push(line);
            self.cells.extend(cells.into_iter().map(|(_, value)| value));
        }
        Ok(!self.lines.is_empty())
    }

    fn columns(&self) -> &[usize] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.lines.len()
    }

    fn cell(&self, row: usize, column: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match self.cells.get(row * self.columns.len() + column) {
            Some(cell) => take(cell.to_ref()),
            None => Err(Mismatch::new("one more value", "the end of the line").into()),
        }
    }

    fn place(&self, row: usize) -> Option<String> {
        self.lines.get(row).map(|line| format!("line {line}"))
    }
}

impl<R> fmt::Debug for JsonRows<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonRows").field("line", &self.line).field("bad", &self.bad).finish_non_exhaustive()
    }
}
