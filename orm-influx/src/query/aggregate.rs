use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use orm_core::value::ColumnType;
use orm_core::{Error, ErrorKind, Result};

use super::condition::TagColumn;
use super::select::{Select, Selection};
use super::{quoted, span};
use crate::answer::{self, Series};
use crate::config::Version;
use crate::point::Point;
use crate::row::{Cell, unexpected};

/// A function over the values of a field, as `Cpu::usage.mean()`.
#[derive(Debug)]
pub struct Aggregate<P, T> {
    function: &'static str,
    field: &'static str,
    types: PhantomData<fn() -> (P, T)>,
}

impl<P, T> Aggregate<P, T> {
    pub(super) fn new(function: &'static str, field: &'static str) -> Self {
        Self { function, field, types: PhantomData }
    }
}

/// What stands for a window without points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Fill {
    /// Nothing: there is no such window.
    #[default]
    None,
    /// No value.
    Null,
    /// The value of the window before.
    Previous,
    /// Between the values of the windows around it.
    Linear,
    /// A number.
    Value(f64),
}

impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Null => f.write_str("null"),
            Self::Previous => f.write_str("previous"),
            Self::Linear => f.write_str("linear"),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

/// Aggregates for windows of time.
///
/// See the example of [`Select`].
pub struct Aggregated<P, T> {
    select: Select<P>,
    aggregate: Aggregate<P, T>,
    every: Option<Duration>,
    fill: Fill,
    tags: Vec<&'static str>,
}

/// The windows of one combination of tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows<T> {
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The windows, in the order of time.
    pub windows: Vec<Window<T>>,
}

/// One window.
#[derive(Debug, Clone, PartialEq)]
pub struct Window<T> {
    /// Its beginning; without [`every`](Aggregated::every) the beginning of the range.
    pub at: DateTime<Utc>,
    /// The value, if the window has one.
    pub value: Option<T>,
}

impl<P: Point, T: ColumnType> Aggregated<P, T> {
    pub(super) fn new(select: Select<P>, aggregate: Aggregate<P, T>) -> Self {
        Self { select, aggregate, every: None, fill: Fill::default(), tags: Vec::new() }
    }

    /// One value for each window of this length.
    ///
    /// See the example of [`Select`].
    #[must_use]
    pub fn every(mut self, window: Duration) -> Self {
        self.every = Some(window);
        self
    }

    /// What stands for a window without points; it needs [`every`](Self::every).
    ///
    /// See the example of [`Select`].
    #[must_use]
    pub fn fill(mut self, fill: Fill) -> Self {
        self.fill = fill;
        self
    }

    /// Separate values for each text of a tag.
    ///
    /// See the example of [`Select`].
    #[must_use]
    pub fn by(mut self, tag: TagColumn<P>) -> Self {
        self.tags.push(tag.name);
        self
    }

    /// The values.
    ///
    /// See the example of [`Select`].
    ///
    /// # Errors
    ///
    /// What the server says, or `Decode` when a value does not fit its type.
    pub fn all(self) -> Result<Vec<Windows<T>>> {
        if self.select.is_empty() {
            return Ok(Vec::new());
        }
        let Selection { text, binds } = self.text(None)?;
        let answer = self.select.client().answer(&text, &binds)?;
        answer::parse(&answer)?.into_iter().map(windows).collect()
    }

    /// The single value, if there is one: for aggregates without windows and tags.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all).
    pub fn value(self) -> Result<Option<T>> {
        Ok(self.all()?.into_iter().flat_map(|series| series.windows).find_map(|window| window.value))
    }

    /// Writes the values as points of another measurement of the same database, with all tags: a day of seconds becomes a day of hours. The
    /// field has the name of the function. Returns how many points were written.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use orm_influx::{Influx, Point, chrono::{DateTime, TimeDelta, Utc}};
    /// # #[derive(Point, Debug)]
    /// # struct Cpu {
    /// #     #[point(tag)]
    /// #     host: String,
    /// #     usage: f64,
    /// #     #[point(time)]
    /// #     at: DateTime<Utc>,
    /// # }
    /// # let influx = Influx::from_env()?;
    /// let day = influx.select::<Cpu>().since(Utc::now() - TimeDelta::days(1)).until(Utc::now());
    /// day.aggregate(Cpu::usage.mean()).every(Duration::from_secs(3_600)).into_measurement("cpu_by_hour")?;
    /// # Ok::<(), orm_influx::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` on versions 2 and 3; what the server says.
    pub fn into_measurement(self, measurement: &str) -> Result<u64> {
        self.select.client().only(Version::V1, "downsampling by InfluxQL: it has tasks")?;
        if self.select.is_empty() {
            return Ok(0);
        }
        let Selection { text, binds } = self.text(Some(measurement))?;
        let answer = self.select.client().answer(&text, &binds)?;
        let series = answer::parse(&answer)?;
        let written = series.first().and_then(|series| series.values.first()?.last());
        match written {
            Some(Cell::Integer(written)) => Ok(written.unsigned_abs()),
            Some(other) => Err(unexpected("the number of points", other)),
            None => Ok(0),
        }
    }

    fn text(&self, into: Option<&str>) -> Result<Selection> {
        let Aggregate { function, field, .. } = self.aggregate;
        let Selection { text: conditions, binds } = self.select.conditions()?;
        let into_all = into.map(|_| "*".to_owned());
        let mut groups: Vec<String> = self.tags.iter().map(|tag| quoted(tag)).chain(into_all).collect();
        groups.extend(self.every.map(|window| format!("time({})", span(window))));
        let into = into.map_or_else(String::new, |name| format!(" INTO {}", quoted(name)));
        let mut text =
            format!("SELECT {function}({}){into} FROM {}{conditions}", quoted(field), quoted(P::SPEC.measurement));
        if !groups.is_empty() {
            text = format!("{text} GROUP BY {}", groups.join(", "));
        }
        if self.every.is_some() {
            text = format!("{text} fill({})", self.fill);
        }
        Ok(Selection { text, binds })
    }
}

impl<P, T> fmt::Debug for Aggregated<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aggregated").field("select", &self.select).field("every", &self.every).finish_non_exhaustive()
    }
}

/// The windows of a series whose rows are a time and a value.
fn windows<T: ColumnType>(series: Series<'_>) -> Result<Windows<T>> {
    let rows = series.values.iter().map(|row| match &row[..] {
        [Cell::Integer(at), value] => {
            let value = Option::<T::Base>::from_ref(value.to_ref());
            let value = value.map_err(|found| Error::new(ErrorKind::Decode, format!("an aggregate: {found}")))?;
            // `T` is no `Option`: an aggregate's type is that of its field without one.
            let value = value.map(|value| T::from_ref(value.to_ref())).transpose();
            let value = value.map_err(|found| Error::new(ErrorKind::Decode, format!("an aggregate: {found}")))?;
            Ok(Window { at: DateTime::from_timestamp_nanos(*at), value })
        }
        other => Err(unexpected("a time and a value", other.first().unwrap_or(&Cell::Null))),
    });
    let windows = rows.collect::<Result<_>>()?;
    Ok(Windows { tags: series.tags, windows })
}
