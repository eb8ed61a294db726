use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use orm_core::{Error, ErrorKind, Result};

use super::items::Read;
use crate::Dynamo;
use crate::request::{Effect, Request};
use crate::value::{Attributes, invalid};

/// Items that DynamoDB gave in one answer.
#[derive(Debug, Clone)]
pub struct Page<O> {
    /// The items, of which there may be none although others follow.
    pub items: Vec<O>,
    /// Where the next page begins, if there may be one.
    pub next: Option<PageKey>,
}

/// The place where a page ended. It becomes a text and is read from one, so that a web page may hold it. The text has the key of an item in it,
/// readable for anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey(pub(super) Attributes);

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for PageKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let key = json.and_then(|json| serde_json::from_slice(&json).ok());
        key.map(Self).ok_or_else(|| invalid("the text is no place between pages"))
    }
}

/// The pages of a query or scan; see [`Items::pages`](super::Items::pages).
pub struct Pages<'a, O> {
    db: &'a Dynamo,
    /// What asks for the next page. None after the last.
    next: Option<Asked<O>>,
    failed: Option<Error>,
}

struct Asked<O> {
    operation: &'static str,
    request: Request,
    read: Read<O>,
    left: Option<u64>,
}

impl<'a, O> Pages<'a, O> {
    pub(super) fn new(
        db: &'a Dynamo,
        operation: &'static str,
        request: Request,
        read: Read<O>,
        left: Option<u64>,
    ) -> Self {
        Self { db, next: Some(Asked { operation, request, read, left }), failed: None }
    }

    pub(super) fn failed(db: &'a Dynamo, error: Error) -> Self {
        Self { db, next: None, failed: Some(error) }
    }

    fn ask(&mut self, mut asked: Asked<O>) -> Result<Page<O>> {
        let answer = asked.request.send(self.db, asked.operation, Effect::Repeatable)?;
        let wanted = asked.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let cut = answer.items.len() > wanted;
        let read = answer.items.into_iter().take(wanted).map(|mut attributes| (asked.read)(&mut attributes));
        let items = read.collect::<Result<Vec<O>>>()?;
        asked.left = asked.left.map(|left| left.saturating_sub(items.len() as u64));
        asked.request.exclusive_start_key.clone_from(&answer.last_evaluated_key);
        // A page that was cut ends within what DynamoDB gave, whose key nobody knows here.
        let next = answer.last_evaluated_key.filter(|_| !cut).map(PageKey);
        if next.is_some() && asked.left != Some(0) {
            self.next = Some(asked);
        }
        Ok(Page { items, next })
    }
}

impl<O> Iterator for Pages<'_, O> {
    type Item = Result<Page<O>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let asked = self.next.take()?;
        Some(self.ask(asked))
    }
}

impl<O> fmt::Debug for Pages<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("ended", &self.next.is_none()).finish_non_exhaustive()
    }
}

/// The items of a query or scan, page by page.
pub struct Iter<'a, O> {
    pages: Pages<'a, O>,
    page: std::vec::IntoIter<O>,
}

impl<'a, O> Iter<'a, O> {
    pub(super) fn new(pages: Pages<'a, O>) -> Self {
        Self { pages, page: Vec::new().into_iter() }
    }
}

impl<O> Iterator for Iter<'_, O> {
    type Item = Result<O>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(page) => self.page = page.items.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<O> fmt::Debug for Iter<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// The error for a thread that panicked while it read.
pub(super) fn panicked() -> Error {
    Error::new(ErrorKind::InvalidState, "a thread of the parallel scan panicked")
}
