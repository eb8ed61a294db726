use std::fmt::{Display, Formatter, Result};

/// A word of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name without quotes, in small letters.
    Word(String),
    /// A name in quotes, without them.
    Name(String),
    /// A literal in quotes, with its content.
    Text(String),
    /// A number.
    Number(String),
    /// An operator, `::` too.
    Operator(String),
    /// A parenthesis, a bracket, a comma, a dot, a semicolon.
    Sign(char),
}

impl Token {
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own == word)
    }
}

impl Display for Token {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Word(text) | Self::Name(text) | Self::Number(text) | Self::Operator(text) => f.write_str(text),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Sign(sign) => write!(f, "{sign}"),
        }
    }
}

/// The words of a text, without comments.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(letter) = rest.chars().next() {
        let (token, length) = match letter {
            _ if letter.is_whitespace() => (None, letter.len_utf8()),
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            '\'' => {
                let (text, length) = quoted(rest, '\'');
                (Some(Token::Text(text)), length)
            }
            '"' | '`' => {
                let (name, length) = quoted(rest, letter);
                (Some(Token::Name(name)), length)
            }
            _ if letter.is_ascii_digit() => {
                let length = while_is(rest, |c| c.is_ascii_alphanumeric() || c == '.');
                (Some(Token::Number(rest[..length].to_ascii_lowercase())), length)
            }
            _ if letter.is_alphanumeric() || letter == '_' => {
                let length = while_is(rest, |c| c.is_alphanumeric() || c == '_' || c == '$');
                (Some(Token::Word(rest[..length].to_lowercase())), length)
            }
            _ if is_operator(letter) => {
                let length = while_is(rest, is_operator);
                // `a -'1'` and `=-1`: a sign behind an operator is a word of its own.
                let length = if length > 1 && rest[..length].ends_with('-') && !rest.starts_with("::") {
                    length - 1
                } else {
                    length
                };
                (Some(Token::Operator(rest[..length].to_owned())), length)
            }
            _ => (Some(Token::Sign(letter)), letter.len_utf8()),
        };
        tokens.extend(token);
        rest = &rest[length..];
    }
    tokens
}

fn is_operator(letter: char) -> bool {
    "+-*/<>=~!@#%^&|?:".contains(letter)
}

fn while_is(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !is(letter)).unwrap_or(text.len())
}

/// The content of the quotes that the text begins with, and their length.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let mut content = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != quote {
            content.push(letter);
            continue;
        }
        if letters.next_if(|(_, next)| *next == quote).is_none() {
            return (content, at + letter.len_utf8());
        }
        content.push(quote);
    }
    (content, text.len())
}
