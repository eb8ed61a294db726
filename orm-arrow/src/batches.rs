use std::cell::RefCell;
use std::fmt;
use std::iter::FusedIterator;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};
use orm_core::model::Row;
use orm_core::query::cells::ResultColumn;
use orm_core::session::{CellQuery, RowIter, Session};
use orm_core::value::{Encoded, Mismatch, SqlType, ValueRef};
use orm_core::{Error, ErrorKind, Result};

use crate::builders::{self, ColumnBuilder};
use crate::schema::{field, read_as, type_of};

/// Results as record batches: of every query, of tables without models, and of SQL written by hand.
///
/// See the example of [`InsertBatches`](crate::InsertBatches).
pub trait ReadBatches: CellQuery {
    /// An iterator over the rows in batches of `size`, which come from the database as they are asked for. The last batch may be smaller; there
    /// is none when there are no rows.
    ///
    /// The schema follows from the types of what is selected: nullability, also by left joins; decimals with the digits of their columns; points
    /// in time with their zone; lists; enums as dictionaries of their texts. Decimals that are computed have 10 digits behind the point, and
    /// more are an error. Columns of SQL written by hand that the database gives no type get that of their cells in the first batch.
    ///
    /// See the example of [`InsertBatches`](crate::InsertBatches).
    ///
    /// # Errors
    ///
    /// As those of the query's own `iter`; the iterator's, too, each of which is its last. `InvalidState` for a size of 0 and where two columns
    /// have one name, `Decode` for a cell that does not fit, with row and column.
    fn record_batches(self, session: &mut Session, size: usize) -> Result<RecordBatches<'_>> {
        let columns = self.result_columns(session)?;
        let frame = Frame::new(columns, None)?;
        RecordBatches::open(self, session, size, frame)
    }

    /// The same with the types that a schema says, in the order of the columns: integers of other widths, floats instead of decimals, texts of
    /// anything. Decimals are rounded to its digits.
    ///
    /// # Errors
    ///
    /// As those of [`record_batches`](Self::record_batches); `Schema` for a schema with other columns, `Unsupported` for a type that no cell
    /// goes into.
    fn record_batches_as(self, session: &mut Session, size: usize, schema: SchemaRef) -> Result<RecordBatches<'_>> {
        let columns = self.result_columns(session)?;
        let frame = Frame::new(columns, Some(&schema))?;
        RecordBatches::open(self, session, size, frame)
    }
}

impl<Q: CellQuery> ReadBatches for Q {}

/// The rows of a query as record batches: [`ReadBatches::record_batches`]. The session is borrowed until it is dropped, which ends the
/// reading.
#[must_use = "rows are read as they are asked for"]
pub struct RecordBatches<'s> {
    schema: SchemaRef,
    rows: Option<RowIter<'s, RecordBatch>>,
    frame: Rc<RefCell<Frame>>,
    size: usize,
    /// The first batch, where it had to be read for the schema.
    first: Option<RecordBatch>,
}

impl<'s> RecordBatches<'s> {
    fn open(query: impl CellQuery, session: &'s mut Session, size: usize, frame: Frame) -> Result<Self> {
        if size == 0 {
            return Err(Error::new(ErrorKind::InvalidState, "a batch has at least 1 row"));
        }
        let is_known = frame.is_known();
        let frame = Rc::new(RefCell::new(frame));
        let filled = Rc::clone(&frame);
        let rows = query.cells(session, move |row| {
            let mut frame = filled.borrow_mut();
            frame.push(row)?;
            if frame.pending == size { frame.finish().map(Some) } else { Ok(None) }
        })?;
        let mut batches = Self { schema: Arc::new(Schema::empty()), rows: Some(rows), frame, size, first: None };
        if !is_known {
            batches.first = batches.read()?;
        }
        batches.schema = batches.frame.borrow_mut().schema()?;
        Ok(batches)
    }

    /// The schema, which all batches have.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Reads the next batch.
    fn read(&mut self) -> Result<Option<RecordBatch>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        match rows.next() {
            Some(Ok(batch)) => return Ok(Some(batch)),
            Some(Err(error)) => {
                self.rows = None;
                return Err(error);
            }
            None => self.rows = None,
        }
        let mut frame = self.frame.borrow_mut();
        if frame.pending == 0 { Ok(None) } else { frame.finish().map(Some) }
    }
}

impl Iterator for RecordBatches<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => self.read().transpose(),
        }
    }
}

impl FusedIterator for RecordBatches<'_> {}

impl fmt::Debug for RecordBatches<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBatches").field("schema", &self.schema).field("size", &self.size).finish_non_exhaustive()
    }
}

/// The columns that rows are read into.
struct Frame {
    columns: Vec<Column>,
    schema: Option<SchemaRef>,
    /// How many rows were read, and how many of them are in no batch yet.
    rows: u64,
    pending: usize,
}

struct Column {
    column: ResultColumn,
    field: Field,
    /// `None` while no cell has told the type; so many NULLs came so far.
    builder: Option<ColumnBuilder>,
    /// Whether the cells of its type are values of the builder's as they stand.
    plain: bool,
    nulls: usize,
}

impl Frame {
    fn new(columns: Vec<ResultColumn>, schema: Option<&SchemaRef>) -> Result<Self> {
        let columns = match schema {
            None => columns.into_iter().map(Column::new).collect::<Result<_>>()?,
            Some(schema) => fitted(columns, schema)?,
        };
        Ok(Self { columns, schema: schema.cloned(), rows: 0, pending: 0 })
    }

    /// Whether the schema is known before the first row.
    fn is_known(&self) -> bool {
        !self.columns.is_empty() && self.columns.iter().all(|column| column.builder.is_some())
    }

    fn push(&mut self, row: &dyn Row) -> Result<()> {
        if self.columns.is_empty() {
            let named = |index| Column::new(ResultColumn::named(row.name(index).to_owned(), None));
            self.columns = (0..row.len()).map(named).collect::<Result<_>>()?;
        }
        self.rows += 1;
        self.pending += 1;
        for (index, column) in self.columns.iter_mut().enumerate() {
            let cell = match row.get(index) {
                Ok(cell) => cell,
                Err(mismatch) => return Err(Problem::from(mismatch).at(self.rows, &column.column)),
            };
            if !column.take(cell) {
                column.push(cell).map_err(|problem| problem.at(self.rows, &column.column))?;
            }
        }
        Ok(())
    }

    fn schema(&mut self) -> Result<SchemaRef> {
        if let Some(schema) = &self.schema {
            return Ok(Arc::clone(schema));
        }
        for column in &mut self.columns {
            column.begin()?;
        }
        let fields: Vec<Field> = self.columns.iter().map(|column| column.field.clone()).collect();
        Ok(Arc::clone(self.schema.insert(Arc::new(Schema::new(fields)))))
    }

    fn finish(&mut self) -> Result<RecordBatch> {
        let (schema, rows) = (self.schema()?, std::mem::take(&mut self.pending));
        let finish = |column: &mut Column| column.builder.as_mut().map(|builder| builder.finish());
        let arrays = self.columns.iter_mut().filter_map(finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(schema, arrays, &options)
            .map_err(|error| Error::new(ErrorKind::Decode, format!("a record batch: {error}")).with_source(error))
    }
}

/// The columns as a schema has them.
fn fitted(columns: Vec<ResultColumn>, schema: &SchemaRef) -> Result<Vec<Column>> {
    let fields = schema.fields();
    let named = |field: &Field| ResultColumn::named(field.name().clone(), None);
    let columns = if columns.is_empty() { fields.iter().map(|field| named(field)).collect() } else { columns };
    let same = columns.len() == fields.len() && columns.iter().zip(fields).all(|(one, two)| one.name == *two.name());
    if !same {
        let names = |names: Vec<&str>| names.join("`, `");
        let message = format!(
            "the query has the columns `{}`, and the schema `{}`",
            names(columns.iter().map(|column| &*column.name).collect()),
            names(fields.iter().map(|field| field.name().as_str()).collect())
        );
        return Err(Error::new(ErrorKind::Schema, message));
    }
    let fit = |(column, field): (ResultColumn, &Arc<Field>)| {
        let sql_type = column.sql_type.or_else(|| read_as(field.data_type()));
        let column = ResultColumn { sql_type, nullable: field.is_nullable(), ..column };
        let builder = builders::of(field, &column, true)?;
        Ok(Column::with(column, Field::clone(field), Some(builder)))
    };
    columns.into_iter().zip(fields).map(fit).collect()
}

impl Column {
    fn new(column: ResultColumn) -> Result<Self> {
        let field = field(&column);
        let builder = column.sql_type.map(|_| builders::of(&field, &column, false)).transpose()?;
        Ok(Self::with(column, field, builder))
    }

    fn with(column: ResultColumn, field: Field, builder: Option<ColumnBuilder>) -> Self {
        let plain = builder.as_ref().is_some_and(|builder| is_plain(column.sql_type, builder));
        Self { column, field, builder, plain, nulls: 0 }
    }

    /// Appends a cell that needs no look.
    #[inline]
    fn take(&mut self, cell: ValueRef<'_>) -> bool {
        self.plain && self.builder.as_mut().is_some_and(|builder| builder.take(cell, self.column.nullable))
    }

    fn push(&mut self, cell: ValueRef<'_>) -> Result<(), Problem> {
        if let Some(builder) = &mut self.builder {
            match self.column.read(cell)? {
                Encoded::Borrowed(value) => builder.push(value)?,
                Encoded::Made(value) => builder.push(value.to_ref())?,
                Encoded::Refused(reason) => return Err(Mismatch::new("a value", reason).into()),
            }
            return Ok(());
        }
        if cell.is_null() {
            self.nulls += 1;
            return Ok(());
        }
        self.column.sql_type = type_of(cell);
        if self.column.sql_type.is_none() {
            return Err(Mismatch::new(
                "a value whose type the cell tells (cast it in SQL, or use `record_batches_as`)",
                cell,
            )
            .into());
        }
        self.field = field(&self.column);
        self.begin()?;
        self.push(cell)
    }

    /// Makes the builder of a column whose type is known now, or that has none.
    fn begin(&mut self) -> Result<()> {
        if self.builder.is_none() {
            let builder = self.builder.insert(builders::of(&self.field, &self.column, false)?);
            self.plain = is_plain(self.column.sql_type, builder);
            for _ in 0..std::mem::take(&mut self.nulls) {
                builder.push(ValueRef::Null).map_err(|mismatch| Problem::from(mismatch).at(0, &self.column))?;
            }
        }
        Ok(())
    }
}

/// Whether cells of the type of a column, as a database keeps them, are values of the type of a builder.
fn is_plain(sql_type: Option<SqlType>, builder: &ColumnBuilder) -> bool {
    use ColumnBuilder::{Bool, Float, Integer, Narrow, Text};
    matches!(
        (sql_type, builder),
        (Some(SqlType::I64), Integer(_))
            | (Some(SqlType::I32), Narrow(_))
            | (Some(SqlType::F64), Float(_))
            | (Some(SqlType::Text), Text(_))
            | (Some(SqlType::Bool), Bool(_))
    )
}

/// Why a cell was not taken.
enum Problem {
    Mismatch(Mismatch),
    Other(Error),
}

impl Problem {
    fn at(self, row: u64, column: &ResultColumn) -> Error {
        match self {
            Self::Other(error) => error,
            Self::Mismatch(mismatch) => {
                let message = format!("row {row}, column `{}`: {mismatch}", column.name);
                Error::new(ErrorKind::Decode, message).with_row(row)
            }
        }
    }
}

impl From<Mismatch> for Problem {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}
