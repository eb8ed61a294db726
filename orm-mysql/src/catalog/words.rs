//! Expressions in the words of the catalog, which are made into those that a statement of this connection would have.

/// An expression of MariaDB's catalog as a statement of this connection says it: texts without escapes by backslashes, and the usual names of
/// functions and operators that the server calls otherwise.
pub(super) fn own_words(told: &str) -> String {
    let mut out = String::with_capacity(told.len());
    let mut rest = told;
    while let Some(at) = rest.find(['\'', '"', '`']) {
        let (between, quoted) = rest.split_at(at);
        out.push_str(&renamed(between));
        let quote = char::from(quoted.as_bytes()[0]);
        rest = if quote == '\'' { text(quoted, &mut out) } else { name(quoted, quote, &mut out) };
    }
    out.push_str(&renamed(rest));
    out
}

/// What stands between quotes.
fn renamed(words: &str) -> String {
    words.replace("octet_length(", "length(").replace(" MOD ", " % ")
}

/// Copies a name in quotes, and returns what follows.
fn name<'t>(quoted: &'t str, quote: char, out: &mut String) -> &'t str {
    let end = quoted[1..].find(quote).map_or(quoted.len(), |at| at + 2);
    out.push_str(&quoted[..end]);
    &quoted[end..]
}

/// Copies a text in quotes with its letters instead of their escapes, and returns what follows.
fn text<'t>(quoted: &'t str, out: &mut String) -> &'t str {
    out.push('\'');
    let mut letters = quoted.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' => {
                // A doubled quote begins a text again, whose first quote is copied as the second one.
                out.push('\'');
                return &quoted[at + 1..];
            }
            '\\' => match letters.next() {
                Some((_, '\'')) => out.push_str("''"),
                Some((_, escaped)) => out.push(letter_of(escaped)),
                None => {}
            },
            letter => out.push(letter),
        }
    }
    ""
}

/// The letter of an escape.
fn letter_of(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

/// An expression without the parentheses around all of it.
pub(super) fn bare(expression: String) -> String {
    let Some(inner) = expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else { return expression };
    let (mut depth, mut quote) = (0, None);
    for letter in inner.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        // `(a) AND (b)` begins and ends with others.
        if depth < 0 {
            return expression;
        }
    }
    inner.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_no_escapes() {
        assert_eq!(own_words(r"'it\'s\\'"), r"'it''s\'");
        assert_eq!(own_words(r"'it''s\\'"), r"'it''s\'");
        assert_eq!(own_words(r"concat('q\'r','\\')"), r"concat('q''r','\')");
        assert_eq!(own_words(r#""a\" like 'x\\%' and 'a\nb'"#), "\"a\\\" like 'x\\%' and 'a\nb'");
        assert_eq!(own_words("''"), "''");
    }

    #[test]
    fn functions_have_their_usual_names() {
        assert_eq!(own_words("octet_length(\"octet_length(\") MOD 2"), "length(\"octet_length(\") % 2");
        assert_eq!(own_words("'octet_length( MOD '"), "'octet_length( MOD '");
    }

    #[test]
    fn parentheses_around_all_go() {
        assert_eq!(bare("(1 + 1)".to_owned()), "1 + 1");
        assert_eq!(bare("(a) AND (b)".to_owned()), "(a) AND (b)");
    }
}
