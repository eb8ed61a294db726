/// The lexical rules in which databases differ, for parsing SQL that was written by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LexicalRules {
    /// The signs that begin a placeholder of the database's own.
    pub placeholders: &'static [char],
    /// Whether `$tag$ .. $tag$` is text.
    pub dollar_quotes: bool,
    /// Whether a backslash escapes in `E'..'`.
    pub escape_strings: bool,
    /// The characters that end a `--` comment.
    pub line_ends: &'static [char],
    /// Whether `/* .. */` nests.
    pub nested_comments: bool,
    /// Whether `[..]` quotes identifiers.
    pub bracket_quotes: bool,
    /// Whether `` `..` `` quotes identifiers.
    pub backtick_quotes: bool,
    /// Whether `#` begins a comment up to the end of the line.
    pub hash_comments: bool,
}
