/// How the text of a statement comes apart, as far as databases differ in it: for SQL that was written by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexis {
    /// The signs that begin a placeholder of the database's own.
    pub placeholders: &'static [char],
    /// Whether `$tag$ .. $tag$` is text.
    pub dollar_quotes: bool,
    /// Whether a backslash escapes in `E'..'`.
    pub escape_strings: bool,
    /// What ends a comment that began with `--`.
    pub line_ends: &'static [char],
    /// Whether `/* .. */` nests.
    pub nested_comments: bool,
    /// Whether `[..]` and `` `..` `` quote identifiers.
    pub bracket_quotes: bool,
}
