use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::vec;

use orm_core::{Error, ErrorKind, Result};
use ureq::{Body, BodyReader};

use crate::answer::{self, Series};
use crate::point::Point;

/// The points of a query in chunks, one by one. It ends after an error.
pub struct Chunks<P> {
    read: InChunks<P>,
}

impl<P> Chunks<P> {
    pub(super) fn new(body: Body) -> Self {
        Self { read: InChunks::of(body) }
    }
}

impl<P: Point> Iterator for Chunks<P> {
    type Item = Result<P>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read.next(|series, points| series.read(points))
    }
}

impl<P> fmt::Debug for Chunks<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").finish_non_exhaustive()
    }
}

/// An answer in chunks, of which one is in memory: each is a line.
pub(crate) struct InChunks<T> {
    lines: BufReader<BodyReader<'static>>,
    line: String,
    /// What was read of the line and not asked for yet.
    items: vec::IntoIter<T>,
}

impl<T> InChunks<T> {
    pub(crate) fn of(body: Body) -> Self {
        Self { lines: BufReader::new(body.into_reader()), line: String::new(), items: Vec::new().into_iter() }
    }

    /// An answer without anything in it.
    pub(crate) fn empty() -> Self {
        Self::of(Body::builder().data(Vec::new()))
    }

    /// The next of what `read` makes of the series. It ends after an error.
    pub(crate) fn next(&mut self, read: impl Fn(&Series<'_>, &mut Vec<T>) -> Result<()>) -> Option<Result<T>> {
        loop {
            if let Some(item) = self.items.next() {
                return Some(Ok(item));
            }
            match self.advance(&read) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    *self = Self::empty();
                    return Some(Err(error));
                }
            }
        }
    }

    /// Reads the next chunk; `false` at the end of the answer.
    fn advance(&mut self, read: impl Fn(&Series<'_>, &mut Vec<T>) -> Result<()>) -> Result<bool> {
        loop {
            self.line.clear();
            let length = self.lines.read_line(&mut self.line);
            let length = length.map_err(|error| {
                Error::new(ErrorKind::ConnectionLost, format!("the answer of InfluxDB broke off: {error}"))
                    .with_source(error)
            })?;
            if length == 0 {
                return Ok(false);
            }
            if answer::is_chunk(&self.line) {
                let mut items = Vec::new();
                answer::parse(&self.line)?.iter().try_for_each(|series| read(series, &mut items))?;
                self.items = items.into_iter();
                return Ok(true);
            }
        }
    }
}
