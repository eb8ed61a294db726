//! Splits SQL text into tokens, enough to distinguish names of values from text, identifiers and comments.

use crate::dialect::LexicalRules;
use crate::error::{Error, ErrorKind, Result};

/// A part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
}

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `:name`.
    Name,
    /// A placeholder of the database's own: `?`, `$1`.
    Placeholder,
    /// A word or a number.
    Word,
    /// Text, or a quoted identifier.
    Quoted,
    /// Blanks.
    Space,
    /// A comment up to the end of the line.
    LineComment,
    /// Another comment.
    Comment,
    /// `;`.
    Semicolon,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// Any other sign.
    Sign,
}

impl Token<'_> {
    /// Whether the token has no meaning: blanks and comments.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::LineComment | Kind::Comment)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

/// All parts of a text, which together are the text.
///
/// # Errors
///
/// `InvalidState` when something is quoted and does not end, or the text holds a NUL, at which a database may take it to end.
pub(super) fn tokens<'t>(text: &'t str, lexical_rules: &LexicalRules) -> Result<Vec<Token<'t>>> {
    if text.contains('\0') {
        return Err(Error::new(ErrorKind::InvalidState, "raw SQL holds the character NUL"));
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = token(rest, first, lexical_rules)?;
        let (text, after) = rest.split_at(length);
        tokens.push(Token { kind, text });
        rest = after;
    }
    Ok(tokens)
}

/// The kind and the length of what `rest` begins with.
fn token(rest: &str, first: char, lexical_rules: &LexicalRules) -> Result<(Kind, usize)> {
    let second = rest[first.len_utf8()..].chars().next();
    Ok(match (first, second) {
        ('-', Some('-')) => (Kind::LineComment, rest.find(lexical_rules.line_ends).unwrap_or(rest.len())),
        ('/', Some('*')) => (Kind::Comment, comment(rest, lexical_rules.nested_comments)?),
        ('\'' | '"', _) => (Kind::Quoted, quoted(rest, first, false)?),
        ('#', _) if lexical_rules.hash_comments => {
            (Kind::LineComment, rest.find(lexical_rules.line_ends).unwrap_or(rest.len()))
        }
        ('`', _) if lexical_rules.backtick_quotes => (Kind::Quoted, quoted(rest, first, false)?),
        ('[', _) if lexical_rules.bracket_quotes => {
            (Kind::Quoted, rest.find(']').map(|end| end + 1).ok_or_else(|| unended(rest))?)
        }
        ('e' | 'E', Some('\'')) if lexical_rules.escape_strings => (Kind::Quoted, 1 + quoted(&rest[1..], '\'', true)?),
        ('$', _) if lexical_rules.dollar_quotes && dollar_tag(rest).is_some() => (Kind::Quoted, dollar_quoted(rest)?),
        (':', Some(':')) => (Kind::Sign, 2),
        (':', Some(second)) if is_start(second) => (Kind::Name, 1 + run(&rest[1..], is_name)),
        (sign, second) if is_placeholder(sign, second, lexical_rules) => {
            (Kind::Placeholder, 1 + run(&rest[1..], is_name))
        }
        (';', _) => (Kind::Semicolon, 1),
        ('(', _) => (Kind::Open, 1),
        (')', _) => (Kind::Close, 1),
        (blank, _) if is_blank(blank) => (Kind::Space, run(rest, is_blank)),
        (start, _) if is_start(start) || start.is_numeric() => (Kind::Word, run(rest, |c| is_name(c) || c == '$')),
        (other, _) => (Kind::Sign, other.len_utf8()),
    })
}

/// `?` stands for itself, `$` and `@` only before a name or number.
fn is_placeholder(sign: char, second: Option<char>, lexical_rules: &LexicalRules) -> bool {
    lexical_rules.placeholders.contains(&sign) && (sign == '?' || second.is_some_and(is_name))
}

/// A byte order mark is skipped everywhere.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the longest prefix whose characters all pass.
fn run(text: &str, like: impl Fn(char) -> bool) -> usize {
    text.find(|c| !like(c)).unwrap_or(text.len())
}

/// The length of a quoted part. The quote itself is doubled within it.
fn quoted(rest: &str, quote: char, escapes: bool) -> Result<usize> {
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((at, sign)) = signs.next() {
        if escapes && sign == '\\' {
            signs.next();
        } else if sign == quote && signs.next_if(|(_, next)| *next == quote).is_none() {
            return Ok(at + 1);
        }
    }
    Err(unended(rest))
}

fn comment(rest: &str, nests: bool) -> Result<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        if rest[at..].starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Ok(at);
            }
        } else {
            at += 1;
        }
    }
    Err(unended(rest))
}

/// `$tag$`, if the text begins with one.
fn dollar_tag(rest: &str) -> Option<&str> {
    let end = 1 + rest[1..].find('$')?;
    let tag = &rest[1..end];
    let is_tag = tag.chars().all(is_name) && !tag.starts_with(|first: char| first.is_numeric());
    is_tag.then(|| &rest[..=end])
}

fn dollar_quoted(rest: &str) -> Result<usize> {
    let tag = dollar_tag(rest).unwrap_or_default();
    let end = rest[tag.len()..].find(tag).ok_or_else(|| unended(rest))?;
    Ok(tag.len() + end + tag.len())
}

#[cold]
fn unended(rest: &str) -> Error {
    let beginning: String = rest.chars().take(20).collect();
    Error::new(ErrorKind::InvalidState, format!("raw SQL: the quote or comment {beginning:?} does not end"))
}
