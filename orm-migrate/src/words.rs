//! The words of a statement.

/// The name that the words begin with, and the words behind it.
pub(crate) fn name<'w, 's>(words: &'w [&'s str]) -> Option<(String, &'w [&'s str])> {
    const FILLERS: [&str; 5] = ["if", "not", "exists", "only", "concurrently"];
    let begin = words.iter().take_while(|word| is_any(word, &FILLERS)).count();
    let mut rest = &words[begin..];
    let mut full = unquoted(rest.first()?);
    rest = &rest[1..];
    while let [".", part, ..] = rest {
        full = format!("{full}.{}", unquoted(part));
        rest = &rest[2..];
    }
    Some((full, rest))
}

/// The name of the index that a `CREATE INDEX` builds. It is in the schema of its table, and has none of its own.
pub(crate) fn index_name(words: &[&str]) -> Option<String> {
    let rest = after(words, &["create", "index"]).or_else(|| after(words, &["create", "unique", "index"]))?;
    let has_name = !rest.first().is_some_and(|word| is(word, "on"));
    has_name.then(|| name(rest).map(|(name, _)| name))?
}

pub(crate) fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}

pub(crate) fn is_any(word: &str, others: &[&str]) -> bool {
    others.iter().any(|other| is(word, other))
}

pub(crate) fn begins(words: &[&str], with: &[&str]) -> bool {
    after(words, with).is_some()
}

pub(crate) fn has(words: &[&str], sequence: &[&str]) -> bool {
    words.windows(sequence.len()).any(|window| begins(window, sequence))
}

/// The words behind those that they begin with.
pub(crate) fn after<'w, 's>(words: &'w [&'s str], with: &[&str]) -> Option<&'w [&'s str]> {
    let same = words.len() >= with.len() && words.iter().zip(with).all(|(word, other)| is(word, other));
    same.then(|| &words[with.len()..])
}

/// A name without its quotes. One that has none is in small letters, as PostgreSQL reads it.
fn unquoted(word: &str) -> String {
    match word.chars().next() {
        Some('[') => word.trim_matches(['[', ']']).to_owned(),
        Some(quote @ ('"' | '`')) => {
            let inside = word.get(1..word.len() - 1).unwrap_or_default();
            inside.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => word.to_lowercase(),
    }
}
