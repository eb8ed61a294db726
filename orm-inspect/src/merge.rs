//! A second run: what the user has edited stays.
//!
//! Each item of the file follows a line with what it was written for and a digest of its text. An item whose text still has the digest was not
//! edited, and is replaced. An edited item stays as it is. If the database has changed meanwhile, the lines that would be new stand above it as
//! comments. Text between items is the user's. A marker without an item says that the item was deleted on purpose.

use crate::{Item, Models};

/// The beginning of a file.
pub(crate) const HEAD: &str = "\
// Models of the tables of a database, written by `orm inspect`. Edit them: another run keeps what was edited.

use orm::prelude::*;
";

const MARKER: &str = "// inspected: ";
const NEWS: &str = "// The database has now: ";

/// A file that was written before, with what is new. See [`merge`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The whole file.
    pub text: String,
    /// The edited items that the database has changed since.
    pub warnings: Vec<String>,
}

/// Puts models into a file that [`models`](crate::models) has written before and somebody has edited since.
///
/// ```
/// # use orm::Engine;
/// # use orm_inspect::{Options, Samples, merge, models};
/// # let engine = Engine::connect("sqlite://")?;
/// # let write = || -> orm::Result<_> {
/// #     Ok(models(&engine.reflect()?, &Samples::default(), engine.dialect(), &Options::default()))
/// # };
/// engine.connection()?.execute_script("CREATE TABLE album (id INTEGER PRIMARY KEY, title TEXT)")?;
/// let edited = write()?.text().replace("title", "name");
///
/// engine.connection()?.execute_script("CREATE TABLE song (id INTEGER PRIMARY KEY)")?;
/// let merged = merge(&edited, &write()?);
/// assert!(merged.text.contains("pub name: Option<String>") && merged.text.contains("pub struct Song"));
/// # Ok::<(), orm::Error>(())
/// ```
pub fn merge(old: &str, new: &Models) -> Merged {
    let mut merged = Merged { text: String::new(), warnings: Vec::new() };
    let mut seen: Vec<&str> = Vec::new();
    let mut rest = old;
    while let Some(block) = Block::first(rest) {
        merged.text.push_str(block.before);
        rest = block.after;
        seen.push(block.of);
        match new.items.iter().find(|item| item.of == block.of) {
            Some(_) if block.text.is_empty() => merged.text.push_str(block.whole),
            Some(item) if !block.is_edited() => merged.text.push_str(&marked(item)),
            Some(item) if block.digest == digest(&item.text) => merged.text.push_str(block.whole),
            Some(item) => {
                merged.warnings.push(format!(
                    "{}: it was edited, and the database has changed; see the comments above it",
                    block.of
                ));
                merged.text.push_str(&news(item, block.text));
            }
            None if block.is_edited() && !block.text.is_empty() => {
                merged.warnings.push(format!("{}: it was edited, and the database has it no more", block.of));
                merged.text.push_str(block.whole);
            }
            None => {
                let kept = merged.text.trim_end_matches('\n').len();
                merged.text.truncate(kept);
                merged.text.push('\n');
            }
        }
    }
    merged.text.push_str(rest);
    let added = new.items.iter().filter(|item| !seen.contains(&&*item.of));
    added.for_each(|item| merged.text.push_str(&format!("\n{}", marked(item))));
    merged
}

/// The edited text, under comments with the lines that it does not have, and marked as written for what the database has now.
fn news(item: &Item, edited: &str) -> String {
    let missing = item.text.lines().filter(|line| !edited.lines().any(|known| known.trim() == line.trim()));
    let lines: String = missing.map(|line| format!("{NEWS}{}\n", line.trim())).collect();
    format!("{}{lines}{edited}", marker(&item.of, &digest(&item.text)))
}

pub(crate) fn marked(item: &Item) -> String {
    format!("{}{}", marker(&item.of, &digest(&item.text)), item.text)
}

fn marker(of: &str, digest: &str) -> String {
    format!("{MARKER}{of} {digest}\n")
}

/// FNV-1a of the text without white space, so that its layout is no edit.
fn digest(text: &str) -> String {
    let bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// A marker, and the item below it.
struct Block<'t> {
    before: &'t str,
    of: &'t str,
    digest: &'t str,
    /// The item.
    text: &'t str,
    /// The marker too.
    whole: &'t str,
    after: &'t str,
}

impl<'t> Block<'t> {
    fn first(text: &'t str) -> Option<Self> {
        let start = line_start(text, MARKER)?;
        let (before, rest) = text.split_at(start);
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        let (of, digest) = line[MARKER.len()..].trim_end().rsplit_once(' ')?;
        // An item ends with the first brace at the beginning of a line, and before the next marker.
        let next = line_start(below, MARKER).unwrap_or(below.len());
        let end = match (line_start(below, "}"), below.starts_with('\n') || below.is_empty()) {
            (Some(end), false) if end < next => below[end..].find('\n').map_or(below.len(), |at| end + at + 1),
            _ => 0,
        };
        let (item, after) = below.split_at(end);
        Some(Self { before, of, digest, text: item, whole: &rest[..rest.len() - after.len()], after })
    }

    fn is_edited(&self) -> bool {
        digest(self.text) != self.digest
    }
}

/// Where the first line begins that begins with `start`.
fn line_start(text: &str, start: &str) -> Option<usize> {
    if text.starts_with(start) { Some(0) } else { text.find(&format!("\n{start}")).map(|at| at + 1) }
}
