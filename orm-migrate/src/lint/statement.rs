//! A statement, as far as the rules look at it.

use crate::words::{after, begins, has, is, is_any, name};

/// A statement of a script, or a step in Rust, which has one word.
#[derive(Debug)]
pub(super) struct Statement<'s> {
    pub(super) words: Vec<&'s str>,
    pub(super) text: &'s str,
    pub(super) alone: bool,
    pub(super) allowed: &'s [String],
    pub(super) line: usize,
}

/// One of the changes of an `ALTER TABLE`.
pub(super) type Action<'s> = [&'s str];

impl<'s> Statement<'s> {
    pub(super) fn begins(&self, with: &[&str]) -> bool {
        begins(&self.words, with)
    }

    pub(super) fn has(&self, sequence: &[&str]) -> bool {
        has(&self.words, sequence)
    }

    /// The table of an `ALTER TABLE`, and its actions.
    pub(super) fn altered(&self) -> Option<(String, Vec<&Action<'s>>)> {
        let (table, rest) = name(after(&self.words, &["alter", "table"])?)?;
        Some((table, actions(rest)))
    }

    /// The table of a `CREATE TABLE`.
    pub(super) fn created(&self) -> Option<String> {
        const KINDS: [&str; 4] = ["temp", "temporary", "unlogged", "virtual"];
        let words = after(&self.words, &["create"])?;
        let kind = words.iter().take_while(|word| is_any(word, &KINDS)).count();
        Some(name(after(&words[kind..], &["table"])?)?.0)
    }

    /// The tables of a `DROP TABLE`.
    pub(super) fn dropped(&self) -> Vec<String> {
        let rest = after(&self.words, &["drop", "table"]).unwrap_or_default();
        actions(rest).into_iter().filter_map(|words| Some(name(words)?.0)).collect()
    }

    /// The table on which a `CREATE INDEX` makes an index.
    pub(super) fn indexed(&self) -> Option<String> {
        let is_index = self.begins(&["create", "index"]) || self.begins(&["create", "unique", "index"]);
        let on = self.words.iter().position(|word| is(word, "on")).filter(|_| is_index)?;
        Some(name(&self.words[on + 1..])?.0)
    }

    /// The table whose rows an `UPDATE`, a `DELETE` or an `INSERT` from a query changes.
    pub(super) fn written(&self) -> Option<String> {
        let inserts = if self.has(&["select"]) { after(&self.words, &["insert", "into"]) } else { None };
        let words = after(&self.words, &["update"]).or_else(|| after(&self.words, &["delete", "from"])).or(inserts)?;
        Some(name(words)?.0)
    }
}

/// The parts between the commas that stand in no parentheses.
fn actions<'w, 's>(words: &'w [&'s str]) -> Vec<&'w Action<'s>> {
    let mut depth = 0_usize;
    let is_comma = |word: &&str| {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        *word == "," && depth == 0
    };
    words.split(is_comma).collect()
}
