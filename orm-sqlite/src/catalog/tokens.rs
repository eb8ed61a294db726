//! The words of a CREATE statement.

use std::ops::Range;

/// A word, a name in quotes, a literal or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Its place in the text.
    pub(super) range: Range<usize>,
    /// The word in capitals, or the sign. Empty for what is in quotes.
    pub(super) word: String,
    /// The name, without its quotes.
    pub(super) name: String,
    /// How many parentheses are open around it.
    pub(super) depth: usize,
}

impl Token {
    pub(super) fn is(&self, word: &str) -> bool {
        self.word == word
    }
}

/// The tokens of a statement that SQLite has accepted. Comments are left out.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let rest = &sql[start..];
        match byte {
            _ if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if rest.starts_with("--") => {
                at = rest.find('\n').map_or(sql.len(), |end| start + end);
                continue;
            }
            b'/' if rest.starts_with("/*") => {
                at = rest.find("*/").map_or(sql.len(), |end| start + end + 2);
                continue;
            }
            b'\'' | b'"' | b'`' => at = end_of_quotes(bytes, start, byte),
            b'[' => at = rest.find(']').map_or(sql.len(), |end| start + end + 1),
            _ if is_word(byte) => at += bytes[start..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => at += 1,
        }
        if byte == b')' {
            depth = depth.saturating_sub(1);
        }
        tokens.push(token(&sql[start..at], start..at, depth));
        if byte == b'(' {
            depth += 1;
        }
    }
    tokens
}

/// Letters of other alphabets are letters of names.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn end_of_quotes(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte == quote {
            if bytes.get(at) != Some(&quote) {
                return at;
            }
            at += 1;
        }
    }
    bytes.len()
}

fn token(text: &str, range: Range<usize>, depth: usize) -> Token {
    let inner = |quote: char| {
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        inner.replace(&format!("{quote}{quote}"), &quote.to_string())
    };
    let (word, name) = match text.chars().next() {
        Some(quote @ ('\'' | '"' | '`')) => (String::new(), inner(quote)),
        Some('[') => (String::new(), inner(']')),
        _ => (text.to_ascii_uppercase(), text.to_owned()),
    };
    Token { range, word, name, depth }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn quotes_comments_and_depth() {
        let found = tokens("CREATE /* a ( */ TABLE \"a\"\"b\" ([c d] 'it''s', -- (\n é)");
        let names: Vec<&str> = found.iter().map(|token| &*token.name).collect();
        assert_eq!(names, ["CREATE", "TABLE", "a\"b", "(", "c d", "it's", ",", "é", ")"]);
        let depths: Vec<usize> = found.iter().map(|token| token.depth).collect();
        assert_eq!(depths, [0, 0, 0, 0, 1, 1, 1, 1, 0]);
    }
}
