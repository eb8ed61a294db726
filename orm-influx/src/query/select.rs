use std::fmt;

use chrono::{DateTime, Utc};
use orm_core::value::ColumnType;
use orm_core::{ErrorKind, Result};
use serde_json::{Map, Value};

use super::aggregate::{Aggregate, Aggregated};
use super::condition::{Condition, TagColumn};
use super::quoted;
use super::text::{Group, Query, json};
use crate::client::Influx;
use crate::config::Version;
use crate::point::{Point, Role};

/// The usual questions, typed: points in a range of time, with tags and values, the latest ones, and aggregates over windows of time.
///
/// ```no_run
/// use std::time::Duration;
/// use orm_influx::{Fill, Influx, Point, chrono::{DateTime, TimeDelta, Utc}};
///
/// #[derive(Point, Debug)]
/// #[point(measurement = "cpu")]
/// struct Cpu {
///     #[point(tag)]
///     host: String,
///     usage: f64,
///     #[point(time)]
///     at: DateTime<Utc>,
/// }
///
/// # let influx = Influx::from_env()?;
/// let day_ago = Utc::now() - TimeDelta::days(1);
/// let busy = influx.select::<Cpu>().since(day_ago).filter(Cpu::host.eq("server01")).filter(Cpu::usage.gt(0.9)).all()?;
/// let latest = influx.select::<Cpu>().last_by(Cpu::host)?;
/// for series in influx
///     .select::<Cpu>()
///     .since(day_ago)
///     .aggregate(Cpu::usage.mean())
///     .every(Duration::from_secs(3_600))
///     .fill(Fill::Null)
///     .by(Cpu::host)
///     .all()?
/// {
///     println!("{:?}: {} hours", series.tags, series.windows.len());
/// }
/// # Ok::<(), orm_influx::Error>(())
/// ```
pub struct Select<P> {
    influx: Influx,
    conditions: Vec<Condition<P>>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    newest_first: bool,
    limit: Option<usize>,
    offset: Option<usize>,
}

impl Influx {
    /// Asks for points of one type.
    ///
    /// See the example of [`Select`].
    pub fn select<P: Point>(&self) -> Select<P> {
        Select {
            influx: self.clone(),
            conditions: Vec::new(),
            since: None,
            until: None,
            newest_first: false,
            limit: None,
            offset: None,
        }
    }
}

impl<P: Point> Select<P> {
    /// Points at this time or later.
    ///
    /// See the example of [`Select`].
    #[must_use]
    pub fn since(mut self, at: DateTime<Utc>) -> Self {
        self.since = Some(at);
        self
    }

    /// Points before this time.
    #[must_use]
    pub fn until(mut self, at: DateTime<Utc>) -> Self {
        self.until = Some(at);
        self
    }

    /// Points that meet a condition, besides those that were given before.
    ///
    /// See the example of [`Select`].
    #[must_use]
    pub fn filter(mut self, condition: Condition<P>) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The latest points first, instead of the earliest.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// At most so many points.
    #[must_use]
    pub fn limit(mut self, points: usize) -> Self {
        self.limit = Some(points);
        self
    }

    /// Without the first so many points.
    #[must_use]
    pub fn offset(mut self, points: usize) -> Self {
        self.offset = Some(points);
        self
    }

    /// The points.
    ///
    /// See the example of [`Select`].
    ///
    /// # Errors
    ///
    /// As [`Query::all`].
    pub fn all(self) -> Result<Vec<P>> {
        if self.is_empty() { Ok(Vec::new()) } else { self.query("")?.all() }
    }

    /// The latest point, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Query::all`].
    pub fn last(self) -> Result<Option<P>> {
        Ok(self.newest_first().limit(1).all()?.into_iter().next())
    }

    /// The latest point for each text of a tag.
    ///
    /// See the example of [`Select`].
    ///
    /// # Errors
    ///
    /// As [`Query::all`].
    pub fn last_by(self, tag: TagColumn<P>) -> Result<Vec<P>> {
        let select = self.newest_first().limit(1);
        if select.is_empty() {
            return Ok(Vec::new());
        }
        let mut groups: Vec<Group<P>> = select.query(&format!(" GROUP BY {}", quoted(tag.name)))?.groups()?;
        // The server gives groups in the order of the points.
        groups.sort_by(|a, b| a.tags.cmp(&b.tags));
        Ok(groups.into_iter().flat_map(|group| group.points).collect())
    }

    /// One value for all points, or for each window of time.
    ///
    /// See the example of [`Select`].
    pub fn aggregate<T: ColumnType>(self, aggregate: Aggregate<P, T>) -> Aggregated<P, T> {
        Aggregated::new(self, aggregate)
    }

    /// Deletes the points in the range, of which only tags may be asked.
    ///
    /// ```no_run
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
    /// influx.select::<Cpu>().until(Utc::now() - TimeDelta::days(30)).filter(Cpu::host.eq("retired")).delete()?;
    /// # Ok::<(), orm_influx::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unsupported` on version 3; what the server says.
    pub fn delete(self) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        match self.influx.settings().version {
            Version::V1 => {
                let Selection { text, binds } = self.conditions()?;
                let text = format!("DELETE FROM {}{text}", quoted(P::SPEC.measurement));
                self.influx.run(&text, &binds)
            }
            Version::V2 => self.influx.delete_range(P::SPEC.measurement, self.since, self.until, &self.tags()?),
            Version::V3 => self.influx.only(Version::V1, "deletes of points"),
        }
    }

    /// Whether a condition is met by no point.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.iter().any(|condition| condition.parts.is_empty())
    }

    pub(super) fn client(&self) -> &Influx {
        &self.influx
    }

    pub(crate) fn query(self, group: &str) -> Result<Query<P>> {
        let names = P::SPEC.columns.iter().filter(|column| column.role != Role::Time).map(|column| quoted(column.name));
        let names: Vec<String> = names.collect();
        let Selection { text, binds } = self.conditions()?;
        let mut text = format!("SELECT {} FROM {}{text}{group}", names.join(", "), quoted(P::SPEC.measurement));
        if self.newest_first {
            text.push_str(" ORDER BY time DESC");
        }
        text.extend(self.limit.map(|limit| format!(" LIMIT {limit}")));
        text.extend(self.offset.map(|offset| format!(" OFFSET {offset}")));
        Ok(Query::with_binds(self.influx, text, binds))
    }

    /// `WHERE`, and the values in it.
    pub(super) fn conditions(&self) -> Result<Selection> {
        let mut binds = Map::new();
        let mut parts = Vec::new();
        let mut bound = |value: Value| {
            let name = format!("v{}", binds.len());
            let text = format!("${name}");
            binds.insert(name, value);
            text
        };
        for (operator, at) in [(">=", self.since), ("<", self.until)] {
            if let Some(at) = at {
                parts.push(format!("time {operator} {}", bound(json(at.to_ref())?)));
            }
        }
        for condition in &self.conditions {
            let mut any = Vec::new();
            for (left, value) in &condition.parts {
                match value {
                    Ok(value) => any.push(format!("{left} {}", bound(value.clone()))),
                    Err(error) => return Err(orm_core::Error::new(ErrorKind::Unsupported, error.to_string())),
                }
            }
            parts.push(if any.len() == 1 { any.remove(0) } else { format!("({})", any.join(" OR ")) });
        }
        let text = if parts.is_empty() { String::new() } else { format!(" WHERE {}", parts.join(" AND ")) };
        Ok(Selection { text, binds })
    }

    /// The conditions in the words of version 2, which knows equal tags only.
    fn tags(&self) -> Result<Vec<String>> {
        let mut out = Vec::new();
        for condition in &self.conditions {
            match &condition.parts[..] {
                [(left, Ok(Value::String(text)))] if left.ends_with("\" =") => {
                    out.push(format!("{}={}", left.trim_end_matches(" ="), Value::from(text.as_str())));
                }
                _ => return Err(orm_core::Error::unsupported("InfluxDB 2", "deletes by anything but equal tags")),
            }
        }
        Ok(out)
    }
}

/// Conditions as text, with the values that are bound.
pub(super) struct Selection {
    pub(super) text: String,
    pub(super) binds: Map<String, Value>,
}

impl<P> fmt::Debug for Select<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("since", &self.since).field("until", &self.until).finish_non_exhaustive()
    }
}
