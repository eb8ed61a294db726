use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use orm_core::value::{ColumnType, ValueRef};
use orm_core::{Error, Result};
use serde_json::{Map, Number, Value};
use ureq::Body;

use super::chunks::Chunks;
use crate::answer;
use crate::client::Influx;
use crate::http::text;
use crate::line::nanoseconds;
use crate::point::Point;
use crate::row::unreadable;

/// A query in InfluxQL whose rows become points, by the names of their columns.
///
/// ```no_run
/// use orm_influx::{Influx, Point, chrono::{DateTime, Utc}};
///
/// #[derive(Point, Debug)]
/// struct Cpu {
///     #[point(tag)]
///     host: String,
///     usage: f64,
///     #[point(time)]
///     at: DateTime<Utc>,
/// }
///
/// # let influx = Influx::from_env()?;
/// let query = influx.query::<Cpu>("SELECT host, usage FROM cpu WHERE host = $host AND usage > $least");
/// for cpu in query.bind("host", "server01".to_owned()).bind("least", 0.5).all()? {
///     println!("{cpu:?}");
/// }
/// # Ok::<(), orm_influx::Error>(())
/// ```
pub struct Query<P> {
    influx: Influx,
    text: String,
    binds: Map<String, Value>,
    /// A value that cannot be bound, which is told when the query is sent.
    error: Option<Error>,
    point: PhantomData<fn() -> P>,
}

/// The points of one series of a query that is grouped by tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<P> {
    /// The tags that it is grouped by.
    pub tags: BTreeMap<String, String>,
    /// The points.
    pub points: Vec<P>,
}

impl<P: Point> Query<P> {
    pub(crate) fn new(influx: Influx, text: String) -> Self {
        Self::with_binds(influx, text, Map::new())
    }

    pub(super) fn with_binds(influx: Influx, text: String, binds: Map<String, Value>) -> Self {
        Self { influx, text, binds, error: None, point: PhantomData }
    }

    /// The value of `$name` in the text. Values travel beside the text, so they need no quotes and do no harm. A time is compared with `time`.
    ///
    /// See the example of [`Query`].
    #[must_use]
    pub fn bind(mut self, name: &str, value: impl ColumnType) -> Self {
        match json(value.to_ref()) {
            Ok(value) => drop(self.binds.insert(name.to_owned(), value)),
            Err(error) => {
                self.error.get_or_insert(error.context(format!("bind `{name}`")));
            }
        }
        self
    }

    /// All points.
    ///
    /// See the example of [`Query`].
    ///
    /// # Errors
    ///
    /// What the server says, or `Decode` when a row does not fit the struct.
    pub fn all(self) -> Result<Vec<P>> {
        let answer = self.send()?;
        let mut points = Vec::new();
        answer::parse(&answer)?.iter().try_for_each(|series| series.read(&mut points))?;
        Ok(points)
    }

    /// The first point, if there is one.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn first(self) -> Result<Option<P>> {
        Ok(self.all()?.into_iter().next())
    }

    /// The points by the tags that the query groups them by.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn groups(self) -> Result<Vec<Group<P>>> {
        let answer = self.send()?;
        let read = answer::parse(&answer)?.into_iter().map(|series| {
            let mut points = Vec::new();
            series.read(&mut points)?;
            Ok(Group { tags: series.tags, points })
        });
        read.collect()
    }

    /// The points one by one, of which the server sends so many at a time: for answers that shall not be in memory as a whole.
    ///
    /// # Errors
    ///
    /// What the server says to the query. Later errors are items.
    pub fn chunks(self, size: usize) -> Result<Chunks<P>> {
        self.send_in_chunks(size).map(Chunks::new)
    }

    /// Sends it, and gives the answer as lines of so many rows.
    pub(crate) fn send_in_chunks(mut self, size: usize) -> Result<Body> {
        let size = size.max(1).to_string();
        let binds = self.binds_text()?;
        self.influx.influxql(&self.text, &[("chunked", "true"), ("chunk_size", &size), ("params", &binds)])
    }

    fn send(mut self) -> Result<String> {
        let binds = self.binds_text()?;
        text(self.influx.influxql(&self.text, &[("params", &binds)])?)
    }

    fn binds_text(&mut self) -> Result<String> {
        match self.error.take() {
            Some(error) => Err(error),
            None => serde_json::to_string(&self.binds).map_err(unreadable),
        }
    }
}

/// The text alone: binds may be personal.
impl<P> fmt::Debug for Query<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Query").field(&self.text).finish()
    }
}

/// A value as the server reads it.
pub(super) fn json(value: ValueRef<'_>) -> Result<Value> {
    match value {
        ValueRef::Bool(value) => Ok(value.into()),
        ValueRef::I64(value) => Ok(value.into()),
        ValueRef::F64(value) => Number::from_f64(value).map(Value::Number).ok_or_else(unbound),
        ValueRef::Text(text) => Ok(text.into()),
        ValueRef::Timestamp(at) => Ok(nanoseconds(at)?.into()),
        ValueRef::Made(made) => made.with(json),
        _ => Err(unbound()),
    }
}

fn unbound() -> Error {
    Error::unsupported("InfluxDB", "values of this type in a query: it knows numbers, truth values, text and times")
}
