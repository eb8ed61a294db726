//! Answers as Arrow's record batches.

use std::fmt;
use std::iter::FusedIterator;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder, TimestampNanosecondBuilder,
    UInt64Builder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{DateTime, Utc};
use orm_core::{Error, ErrorKind, Result};

use crate::answer::Series;
use crate::line::nanoseconds;
use crate::point::{Column, FieldType, Point, PointSpec, Role};
use crate::query::{InChunks, Query, Select};
use crate::row::{Places, Row};

impl<P: Point> Query<P> {
    /// The rows as record batches of at most so many, which the server sends one after the other.
    ///
    /// The schema is that of the struct in the types of InfluxDB: booleans, 64-bit integers and floats, text, times in nanoseconds of UTC; tags are
    /// dictionaries. Everything but the time may be null, as any point may lack it. Rows that are grouped by tags come in batches of one group.
    ///
    /// See the example of [`RecordBatches`].
    ///
    /// # Errors
    ///
    /// What the server says to the query. Later errors are items, of which each is the last: `Decode` for a value that does not fit.
    pub fn record_batches(self, rows: usize) -> Result<RecordBatches> {
        self.send_in_chunks(rows).map(|body| RecordBatches::new(P::SPEC, InChunks::of(body)))
    }
}

impl<P: Point> Select<P> {
    /// The points as record batches of at most so many, which the server sends one after the other.
    ///
    /// See the example of [`RecordBatches`].
    ///
    /// # Errors
    ///
    /// As [`Query::record_batches`].
    pub fn record_batches(self, rows: usize) -> Result<RecordBatches> {
        if self.is_empty() {
            return Ok(RecordBatches::new(P::SPEC, InChunks::empty()));
        }
        self.query("")?.record_batches(rows)
    }
}

/// Points as Arrow's record batches, one of which is in memory: [`Select::record_batches`] and [`Query::record_batches`].
///
/// ```no_run
/// use orm_influx::{Influx, Point, chrono::{DateTime, TimeDelta, Utc}};
///
/// #[derive(Point)]
/// struct Cpu {
///     #[point(tag)]
///     host: String,
///     usage: f64,
///     #[point(time)]
///     at: DateTime<Utc>,
/// }
///
/// # let influx = Influx::from_env()?;
/// let batches = influx.select::<Cpu>().since(Utc::now() - TimeDelta::days(1)).record_batches(8_192)?;
/// println!("{}", batches.schema());
/// for batch in batches {
///     println!("{} rows", batch?.num_rows());
/// }
/// # Ok::<(), orm_influx::Error>(())
/// ```
#[must_use = "rows are read as they are asked for"]
pub struct RecordBatches {
    spec: &'static PointSpec,
    schema: SchemaRef,
    read: InChunks<RecordBatch>,
}

impl RecordBatches {
    fn new(spec: &'static PointSpec, read: InChunks<RecordBatch>) -> Self {
        let fields: Vec<Field> = spec.columns.iter().map(field).collect();
        Self { spec, schema: Arc::new(Schema::new(fields)), read }
    }

    /// The schema, which all batches have.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

impl Iterator for RecordBatches {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { spec, schema, read } = self;
        read.next(|series, batches| {
            batches.push(batch(spec, schema, series)?);
            Ok(())
        })
    }
}

impl FusedIterator for RecordBatches {}

impl fmt::Debug for RecordBatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBatches").field("schema", &self.schema).finish_non_exhaustive()
    }
}

const ZONE: &str = "UTC";

fn field(column: &Column) -> Field {
    let (data_type, may_lack) = match column.role {
        Role::Tag => (DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), true),
        Role::Field(FieldType::Boolean) => (DataType::Boolean, true),
        Role::Field(FieldType::Integer) => (DataType::Int64, true),
        Role::Field(FieldType::Unsigned) => (DataType::UInt64, true),
        Role::Field(FieldType::Float) => (DataType::Float64, true),
        Role::Field(FieldType::Text) => (DataType::Utf8, true),
        Role::Time => (DataType::Timestamp(TimeUnit::Nanosecond, Some(ZONE.into())), false),
    };
    Field::new(column.name, data_type, may_lack)
}

fn batch(spec: &'static PointSpec, schema: &SchemaRef, series: &Series<'_>) -> Result<RecordBatch> {
    let places = Places::of(spec, series);
    let mut builders: Vec<Builder> = spec.columns.iter().map(Builder::of).collect();
    for cells in &series.values {
        let row = Row::new(&places, cells);
        builders.iter_mut().enumerate().try_for_each(|(column, builder)| builder.push(&row, column))?;
    }
    let arrays = builders.into_iter().map(Builder::finish).collect();
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|error| Error::new(ErrorKind::Decode, format!("a record batch: {error}")).with_source(error))
}

/// Builds a column.
enum Builder {
    Tag(StringDictionaryBuilder<Int32Type>),
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Unsigned(UInt64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Time(TimestampNanosecondBuilder),
}

impl Builder {
    fn of(column: &Column) -> Self {
        match column.role {
            Role::Tag => Self::Tag(StringDictionaryBuilder::new()),
            Role::Field(FieldType::Boolean) => Self::Boolean(BooleanBuilder::new()),
            Role::Field(FieldType::Integer) => Self::Integer(Int64Builder::new()),
            Role::Field(FieldType::Unsigned) => Self::Unsigned(UInt64Builder::new()),
            Role::Field(FieldType::Float) => Self::Float(Float64Builder::new()),
            Role::Field(FieldType::Text) => Self::Text(StringBuilder::new()),
            Role::Time => Self::Time(TimestampNanosecondBuilder::new().with_timezone(ZONE)),
        }
    }

    fn push(&mut self, row: &Row<'_>, column: usize) -> Result<()> {
        match self {
            Self::Tag(builder) => builder.append_option(row.text(column)?.filter(|text| !text.is_empty())),
            Self::Boolean(builder) => builder.append_option(row.value(column)?),
            Self::Integer(builder) => builder.append_option(row.value(column)?),
            Self::Unsigned(builder) => builder.append_option(row.unsigned(column)?),
            Self::Float(builder) => builder.append_option(row.value(column)?),
            Self::Text(builder) => builder.append_option(row.text(column)?),
            Self::Time(builder) => {
                let at: Option<DateTime<Utc>> = row.time(column)?;
                builder.append_option(at.map(nanoseconds).transpose()?);
            }
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Tag(mut builder) => Arc::new(builder.finish()),
            Self::Boolean(mut builder) => Arc::new(builder.finish()),
            Self::Integer(mut builder) => Arc::new(builder.finish()),
            Self::Unsigned(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish()),
        }
    }
}
