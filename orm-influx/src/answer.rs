//! The answers of InfluxQL, as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use orm_core::{Error, ErrorKind, Result};
use serde::Deserialize;

use crate::point::Point;
use crate::row::{Cell, Places, Row, unreadable};

/// A whole answer, or one chunk of it.
#[derive(Debug, Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    results: Vec<Outcome<'a>>,
    error: Option<String>,
}

/// The answer to one statement.
#[derive(Debug, Deserialize)]
struct Outcome<'a> {
    #[serde(borrow, default)]
    series: Vec<Series<'a>>,
    error: Option<String>,
}

/// Rows with the same columns, and with the same tags where they are grouped by tags.
#[derive(Debug, Deserialize)]
pub(crate) struct Series<'a> {
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) columns: Vec<String>,
    #[serde(borrow, default)]
    pub(crate) values: Vec<Vec<Cell<'a>>>,
}

/// The series of an answer.
///
/// # Errors
///
/// What the server says of a statement, or when the text is no answer.
pub(crate) fn parse(text: &str) -> Result<Vec<Series<'_>>> {
    let answer: Answer<'_> = serde_json::from_str(text).map_err(unreadable)?;
    let mut series = Vec::new();
    if let Some(message) = answer.error {
        return Err(refused(message));
    }
    for outcome in answer.results {
        match outcome.error {
            Some(message) => return Err(refused(message)),
            None => series.extend(outcome.series),
        }
    }
    Ok(series)
}

/// Whether a line of an answer in chunks has anything in it.
pub(crate) fn is_chunk(line: &str) -> bool {
    !line.trim().is_empty()
}

impl Series<'_> {
    /// Appends the points of the rows.
    pub(crate) fn read<P: Point>(&self, out: &mut Vec<P>) -> Result<()> {
        let places = Places::of(P::SPEC, self);
        out.reserve(self.values.len());
        for cells in &self.values {
            out.push(P::read(&Row::new(&places, cells))?);
        }
        Ok(())
    }

    /// The texts of one column, for the answers of `SHOW`.
    pub(crate) fn texts(&self, column: &str) -> Vec<String> {
        let Some(position) = self.columns.iter().position(|name| name == column) else { return Vec::new() };
        let cells = self.values.iter().filter_map(|row| row.get(position));
        let texts = cells.filter_map(|cell| if let Cell::Text(text) = cell { Some(Cow::clone(text)) } else { None });
        texts.map(Cow::into_owned).collect()
    }
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Database, message)
}
