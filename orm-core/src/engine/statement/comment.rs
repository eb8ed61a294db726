//! Comments that tell a database's own tools where a statement came from.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::engine::hooks::guarded;

/// What need not be encoded.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How many different comments there may be. Each makes a statement of its own, which is prepared anew.
const MOST: usize = 64;

/// What a statement's comment says: `/*application='shop',route='%2Forders'*/`, the form that sqlcommenter has described.
#[derive(Debug, Clone, Default)]
pub struct StatementTags(BTreeMap<String, String>);

impl StatementTags {
    /// Says `key='value'`. Both are percent-encoded. One that is there already is replaced.
    pub fn add(&mut self, key: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.0.insert(key.into(), value.into());
        self
    }
}

type Tag = Box<dyn Fn(&mut StatementTags) + Send + Sync>;

/// The source of what the comments say.
pub(in crate::engine) struct Comments {
    tag: Tag,
    /// The different comments so far; `None` once there were too many.
    seen: Mutex<Option<HashSet<String>>>,
}

impl Comments {
    pub(in crate::engine) fn new(tag: Tag) -> Self {
        Self { tag, seen: Mutex::new(Some(HashSet::new())) }
    }

    /// The statement with its comment. One that has a comment already, or that may be several, stays as it is.
    pub(in crate::engine) fn append<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        let end = sql.trim_end();
        if end.contains("/*") || end.contains("--") || end.ends_with(';') {
            return Cow::Borrowed(sql);
        }
        let mut tags = StatementTags::default();
        guarded("statement_tags", || (self.tag)(&mut tags));
        let comment = written(&tags);
        if comment.is_empty() {
            return Cow::Borrowed(sql);
        }
        let text = format!("{end} /*{comment}*/");
        self.count(comment);
        Cow::Owned(text)
    }

    /// Says once that there are too many of them.
    fn count(&self, comment: String) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(comments) = &mut *seen else { return };
        comments.insert(comment);
        if comments.len() <= MOST {
            return;
        }
        *seen = None;
        drop(seen);
        tracing::warn!(
            target: "orm::statement",
            "the comments of statements say more than {MOST} different things: each makes a statement that the database prepares anew. \
             Say in them what is the same for many statements"
        );
    }
}

fn written(tags: &StatementTags) -> String {
    let mut text = String::new();
    for (key, value) in &tags.0 {
        let separator = if text.is_empty() { "" } else { "," };
        let (key, value) = (utf8_percent_encode(key, PLAIN), utf8_percent_encode(value, PLAIN));
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{separator}{key}='{value}'");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_holds_nothing_that_could_end_it() {
        let comments = Comments::new(Box::new(|tags| {
            tags.add("route", "/a b").add("application", "x*/'; DROP TABLE t; --").add("é", "%");
        }));
        assert_eq!(
            comments.append("SELECT 1 "),
            "SELECT 1 /*application='x%2A%2F%27%3B%20DROP%20TABLE%20t%3B%20--',route='%2Fa%20b',%C3%A9='%25'*/"
        );
        for unchanged in ["SELECT 1 /* x */", "SELECT 1 -- x", "SELECT 1;"] {
            assert_eq!(comments.append(unchanged), unchanged);
        }
        assert_eq!(Comments::new(Box::new(|_| {})).append("SELECT 1"), "SELECT 1");
    }
}
