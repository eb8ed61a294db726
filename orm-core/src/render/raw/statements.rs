//! The statements of a handwritten text.

use super::lexer::{Kind, Token, tokens};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Result};

/// One statement of a text, as far as it was parsed.
#[derive(Debug, Default)]
struct Statement {
    /// Its words in lower case.
    words: Vec<String>,
    /// How many blocks of its body are open.
    depth: usize,
    /// Whether it has any token.
    begun: bool,
}

/// Whether a text of one statement writes or locks rows.
///
/// # Errors
///
/// `InvalidState` when there is no statement, when there are several, and when it would end the transaction.
pub(crate) fn single_statement_writes(dialect: &dyn Dialect, text: &str) -> Result<bool> {
    let tokens = tokens(text, &dialect.capabilities().lexical_rules)?;
    let mut statements = split(&tokens)?;
    match (statements.pop(), statements.len()) {
        (Some(only), 0) => Ok(only.writes()),
        (None, _) => Err(misuse("`sql(..)`: there is no statement in the text")),
        (Some(_), more) => Err(misuse(&format!(
            "`sql(..)` runs one statement, and the text has {}; `session.script(..)` runs several",
            more + 1
        ))),
    }
}

/// Refuses scripts that would end the transaction, or that have placeholders.
///
/// # Errors
///
/// `InvalidState` for those.
pub fn check_script(dialect: &dyn Dialect, text: &str) -> Result<()> {
    let tokens = tokens(text, &dialect.capabilities().lexical_rules)?;
    if let Some(name) = tokens.iter().find(|token| matches!(token.kind, Kind::Name | Kind::Placeholder)) {
        return Err(misuse(&format!(
            "a script takes no values, and `{}` asks for one; run that statement by `sql(..)`",
            name.text
        )));
    }
    split(&tokens).map(drop)
}

/// The statements of a script, each without its semicolon and the space around it. Comments before a statement belong to it.
///
/// # Errors
///
/// `InvalidState` for a text that does not end, as a string without its closing quote, and for statements that end the transaction.
pub fn statements<'t>(dialect: &dyn Dialect, text: &'t str) -> Result<Vec<&'t str>> {
    let tokens = tokens(text, &dialect.capabilities().lexical_rules)?;
    let mut found = Vec::new();
    let mut statement = Statement::default();
    let (mut start, mut at) = (0, 0);
    for token in &tokens {
        let length = token.text.len();
        match token.kind {
            Kind::Semicolon if statement.depth == 0 => {
                found.extend(std::mem::take(&mut statement).begun.then(|| text[start..at].trim()));
                start = at + length;
            }
            Kind::Word => statement.word(token.text)?,
            _ => statement.begun |= !token.is_blank(),
        }
        at += length;
    }
    found.extend(statement.begun.then(|| text[start..].trim()));
    Ok(found)
}

fn split(tokens: &[Token<'_>]) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    let mut statement = Statement::default();
    for token in tokens {
        match token.kind {
            Kind::Semicolon if statement.depth == 0 => statements.push(std::mem::take(&mut statement)),
            Kind::Word => statement.word(token.text)?,
            _ => statement.begun |= !token.is_blank(),
        }
    }
    statements.push(statement);
    statements.retain(|statement| statement.begun);
    Ok(statements)
}

impl Statement {
    fn word(&mut self, word: &str) -> Result<()> {
        const TRANSACTION: [&str; 8] = ["begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"];
        let word = word.to_ascii_lowercase();
        let first = !self.begun;
        self.begun = true;
        let prepares = word == "transaction" && self.words == ["prepare"];
        if (first && TRANSACTION.contains(&&*word)) || prepares {
            return Err(misuse(&format!(
                "`{}` in raw SQL: the session begins and ends its transactions; call `commit`, `rollback` or `begin_nested` of it",
                word.to_ascii_uppercase()
            )));
        }
        if self.has_body() {
            match &*word {
                "begin" | "case" => self.depth += 1,
                "end" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        self.words.push(word);
        Ok(())
    }

    /// Whether statements may stand within this one: `CREATE TRIGGER .. BEGIN .. END`.
    fn has_body(&self) -> bool {
        const BEFORE: [&str; 5] = ["or", "replace", "temp", "temporary", "constraint"];
        const ROUTINES: [&str; 3] = ["trigger", "function", "procedure"];
        let mut words = self.words.iter().map(String::as_str);
        words.next() == Some("create")
            && words.find(|word| !BEFORE.contains(word)).is_some_and(|word| ROUTINES.contains(&word))
    }

    fn writes(&self) -> bool {
        const READS: [&str; 7] = ["select", "with", "values", "table", "explain", "show", "pragma"];
        const WRITES: [&str; 4] = ["insert", "update", "delete", "merge"];
        let reads = self.words.first().is_none_or(|first| READS.contains(&&**first));
        let locks = |pair: &[String]| pair[0] == "for" && ["share", "key"].contains(&&*pair[1]);
        !reads || self.words.iter().any(|word| WRITES.contains(&&**word)) || self.words.windows(2).any(locks)
    }
}

fn misuse(message: &str) -> Error {
    Error::new(ErrorKind::InvalidState, message.to_owned())
}
