use std::fmt;

use chrono::DateTime;
use orm_core::{Error, ErrorKind, Result};
use serde_json::json;
use ureq::http::Method;

use crate::answer::Series;
use crate::client::Influx;
use crate::config::Version;
use crate::http::text;
use crate::point::Point;
use crate::row::{Cell, unreadable};

/// A query in Flux, the language of InfluxDB 2.
///
/// A point has one row if the query pivots its fields into columns. The column `_time` is the time.
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
/// let influx = Influx::v2("http://localhost:8086").org("home").bucket("servers").token("secret").build()?;
/// let points: Vec<Cpu> = influx
///     .flux(
///         r#"from(bucket: "servers") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "cpu")
///            |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")"#,
///     )
///     .all()?;
/// # Ok::<(), orm_influx::Error>(())
/// ```
pub struct Flux {
    influx: Influx,
    text: String,
}

impl Influx {
    /// A query in Flux.
    ///
    /// See the example of [`Flux`].
    pub fn flux(&self, text: impl Into<String>) -> Flux {
        Flux { influx: self.clone(), text: text.into() }
    }
}

impl Flux {
    /// All rows, as points by the names of their columns.
    ///
    /// See the example of [`Flux`].
    ///
    /// # Errors
    ///
    /// `Unsupported` on versions 1 and 3; what the server says; `Decode` when a row does not fit the struct.
    pub fn all<P: Point>(self) -> Result<Vec<P>> {
        self.influx.only(Version::V2, "Flux")?;
        let question = json!({
            "query": self.text,
            "type": "flux",
            "dialect": { "header": true, "delimiter": ",", "annotations": ["datatype", "group", "default"] },
        });
        let org = self.influx.settings().org.clone().unwrap_or_default();
        let question = question.to_string();
        let body = self.influx.call(
            Method::POST,
            "/api/v2/query",
            &[("org", &org)],
            "application/json",
            question.as_bytes(),
        )?;
        let answer = text(body)?;
        let mut points = Vec::new();
        parse(&answer)?.iter().try_for_each(|series| series.read(&mut points))?;
        Ok(points)
    }
}

impl fmt::Debug for Flux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Flux").field(&self.text).finish()
    }
}

/// The tables of an answer in annotated CSV. A line with `#datatype` begins a table with other columns.
fn parse(text: &str) -> Result<Vec<Series<'static>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut tables, mut types, mut defaults) = (Vec::<Series<'static>>::new(), Vec::new(), Vec::new());
    let mut expects_header = false;
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let cells: Vec<String> = record.iter().skip(1).map(str::to_owned).collect();
        match record.get(0).unwrap_or_default() {
            "#datatype" => (types, expects_header) = (cells, true),
            "#group" => {}
            "#default" => defaults = cells,
            _ if expects_header => {
                let columns = cells.into_iter().map(|name| if name == "_time" { "time".to_owned() } else { name });
                tables.push(Series { tags: Default::default(), columns: columns.collect(), values: Vec::new() });
                expects_header = false;
            }
            _ => {
                let table = tables.last_mut().ok_or_else(|| failed(&cells))?;
                if table.columns.first().is_some_and(|name| name == "error") {
                    return Err(failed(&cells));
                }
                let rows = cells.iter().enumerate().map(|(position, text)| {
                    let default = defaults.get(position).map_or("", String::as_str);
                    let text = if text.is_empty() { default } else { text };
                    cell(types.get(position).map_or("string", String::as_str), text)
                });
                table.values.push(rows.collect::<Result<_>>()?);
            }
        }
    }
    Ok(tables)
}

fn cell(kind: &str, text: &str) -> Result<Cell<'static>> {
    let wrong = || Error::new(ErrorKind::Decode, format!("the answer of InfluxDB has the text `{text}` as a `{kind}`"));
    let as_text = || Cell::Text(text.to_owned().into());
    match kind {
        "string" => Ok(as_text()),
        _ if text.is_empty() => Ok(Cell::Null),
        "boolean" => Ok(Cell::Bool(text == "true")),
        "long" => text.parse().map(Cell::Integer).map_err(|_| wrong()),
        "unsignedLong" => text.parse::<u64>().map_err(|_| wrong()).map(Cell::of_unsigned),
        "double" => text.parse().map(Cell::Float).map_err(|_| wrong()),
        kind if kind.starts_with("dateTime") => {
            let at = DateTime::parse_from_rfc3339(text).ok().and_then(|at| at.timestamp_nanos_opt());
            at.map(Cell::Integer).ok_or_else(wrong)
        }
        _ => Ok(as_text()),
    }
}

/// An error that comes within an answer.
fn failed(cells: &[String]) -> Error {
    Error::new(ErrorKind::Database, format!("InfluxDB ends the answer: {}", cells.join(" ")))
}
