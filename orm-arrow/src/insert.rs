use std::fmt;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use orm_core::model::Model;
use orm_core::query::ModelQuery;
use orm_core::query::cells::{CellError, CellInsert, CellSource, FromCells, TakeCell, Target};
use orm_core::query::table::{Table, TableInsert};
use orm_core::value::Mismatch;
use orm_core::{Error, ErrorKind, Result};

use crate::cells::Input;

/// Record batches into the table of a model.
///
/// What comes back is an insert like that of [`bulk_insert`](ModelQuery::bulk_insert): it handles conflicts, tells its progress, and is
/// executed. The columns are found by their names, and the cells are checked by the types of their fields; they are lent from the batches, and
/// travel by `COPY` where the database has it.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow_array::{Float64Array, RecordBatch, StringArray};
/// use orm::arrow::{InsertBatches as _, ReadBatches as _};
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// #[orm(table = "reading")]
/// struct Reading {
///     #[orm(primary_key)]
///     id: i64,
///     sensor: String,
///     celsius: Option<f64>,
/// }
///
/// let engine = Engine::connect("sqlite://")?;
/// engine.create_all(models![Reading])?;
/// let mut session = engine.session();
///
/// let sensors = Arc::new(StringArray::from(vec!["a", "b"])) as _;
/// let celsius = Arc::new(Float64Array::from(vec![Some(20.5), None])) as _;
/// let batch = RecordBatch::try_from_iter([("sensor", sensors), ("celsius", celsius)]).unwrap();
/// assert_eq!(Reading::insert_batches([batch]).execute(&mut session)?, 2);
/// session.commit()?;
///
/// let batches = Reading::query().order_by(Reading::id).record_batches(&mut session, 8_192)?;
/// let names: Vec<String> = batches.schema().fields().iter().map(|field| field.name().clone()).collect();
/// assert_eq!(names, ["id", "sensor", "celsius"]);
/// let batches = batches.collect::<orm::Result<Vec<RecordBatch>>>()?;
/// assert_eq!((batches.len(), batches[0].num_rows(), batches[0].column(2).null_count()), (1, 2, 1));
/// # Ok::<(), orm::Error>(())
/// ```
pub trait InsertBatches: Model {
    /// Inserts the rows of batches: `RecordBatch`es, or the results of reading them.
    ///
    /// See the example of [`InsertBatches`].
    fn insert_batches<I: IntoIterator<Item: IntoBatch>>(batches: I) -> CellInsert<Self, Batches<I::IntoIter>> {
        Self::insert_cells(Batches::new(batches.into_iter()))
    }
}

impl<M: Model> InsertBatches for M {}

/// Record batches into a table that is described at run time.
///
/// See the example of [`InsertBatches`], whose method this is.
pub trait InsertTableBatches {
    /// Inserts the rows of batches: `RecordBatch`es, or the results of reading them.
    fn insert_batches<I: IntoIterator<Item: IntoBatch>>(
        &self,
        batches: I,
    ) -> TableInsert<FromCells<Batches<I::IntoIter>>>;
}

impl InsertTableBatches for Table {
    fn insert_batches<I: IntoIterator<Item: IntoBatch>>(
        &self,
        batches: I,
    ) -> TableInsert<FromCells<Batches<I::IntoIter>>> {
        self.insert_cells(Batches::new(batches.into_iter()))
    }
}

/// A batch, or the result of reading one, whose error ends the insert.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record batch",
    label = "expected an iterator over `RecordBatch`es, or over results of reading them"
)]
pub trait IntoBatch {
    /// The batch.
    ///
    /// # Errors
    ///
    /// Why it could not be read.
    fn into_batch(self) -> Result<RecordBatch>;
}

impl IntoBatch for RecordBatch {
    fn into_batch(self) -> Result<RecordBatch> {
        Ok(self)
    }
}

impl IntoBatch for Result<RecordBatch> {
    fn into_batch(self) -> Result<RecordBatch> {
        self
    }
}

impl IntoBatch for Result<RecordBatch, ArrowError> {
    fn into_batch(self) -> Result<RecordBatch> {
        self.map_err(|error| Error::new(ErrorKind::Io, format!("reading a record batch: {error}")).with_source(error))
    }
}

/// The rows of batches, for an insert.
pub struct Batches<I> {
    batches: I,
    /// How many rows the batches before have had.
    before: usize,
    rows: usize,
    columns: Vec<usize>,
    inputs: Vec<Input>,
}

impl<I> Batches<I> {
    fn new(batches: I) -> Self {
        Self { batches, before: 0, rows: 0, columns: Vec::new(), inputs: Vec::new() }
    }
}

impl<I: Iterator<Item: IntoBatch>> CellSource for Batches<I> {
    fn advance(&mut self, target: &Target) -> Result<bool> {
        self.before += std::mem::take(&mut self.rows);
        loop {
            let Some(batch) = self.batches.next() else { return Ok(false) };
            let batch = batch.into_batch().map_err(|error| error.context(format!("after row {}", self.before)))?;
            let schema = batch.schema_ref();
            self.columns = target.find_all(schema.fields().iter().map(|field| field.name()))?;
            self.inputs.clear();
            for ((array, field), &column) in batch.columns().iter().zip(schema.fields()).zip(&self.columns) {
                let column = &target.columns[column];
                self.inputs.push(Input::new(array, column.sql_type).ok_or_else(|| {
                    let message = format!(
                        "{}, column `{}`: the type {} of the batch does not go into {:?}",
                        target.subject,
                        column.name,
                        field.data_type(),
                        column.sql_type
                    );
                    Error::new(ErrorKind::Schema, message)
                })?);
            }
            if batch.num_rows() > 0 {
                self.rows = batch.num_rows();
                return Ok(true);
            }
        }
    }

    fn columns(&self) -> &[usize] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.rows
    }

    #[inline]
    fn cell(&self, row: usize, column: usize, take: &mut TakeCell<'_>) -> Result<(), CellError> {
        match self.inputs.get(column) {
            Some(input) => input.cell(row, take),
            None => Err(Mismatch::new("one more column", "the end of the batch").into()),
        }
    }
}

impl<I> fmt::Debug for Batches<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").field("before", &self.before).field("rows", &self.rows).finish_non_exhaustive()
    }
}
