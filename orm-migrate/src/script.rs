//! The script of a revision: statements, and what lines that begin with `-- orm:` say about them.

use orm_core::dialect::Dialect;
use orm_core::render;

use crate::error::{Error, Result};
use crate::words::{after, begins, name};

const MARK: &str = "-- orm:";
const REBUILDS: &str = "rebuilds tables";
const ALONE: &str = "alone";

/// A parsed script.
#[derive(Debug, PartialEq, Eq, Default)]
pub(crate) struct Script {
    /// Whether tables are dropped or made again, so that foreign keys are looked at only at the end.
    pub(crate) rebuilds: bool,
    /// Its parts, in order.
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Sql {
        /// The statement.
        text: String,
        /// Whether it runs before the transaction of the others.
        alone: bool,
        /// What it loses, unless this was accepted.
        danger: Option<String>,
        /// What is said of it that `lint` shall not find, by `allow`.
        allowed: Vec<String>,
        /// The line of the script in which it begins, from one.
        line: usize,
    },
    /// A step in Rust.
    Call {
        /// Its name.
        step: String,
        /// The line of the script, from one.
        line: usize,
    },
}

impl Part {
    /// Whether it runs before the transaction of the others.
    pub(crate) fn is_alone(&self) -> bool {
        matches!(self, Self::Sql { alone: true, .. })
    }

    /// Whether it gives a table or a column another name.
    pub(crate) fn renames(&self, dialect: &dyn Dialect) -> orm_core::Result<bool> {
        let words = render::words(dialect, self.text())?;
        let rest = after(&words, &["alter", "table"]).and_then(name);
        Ok(rest.is_some_and(|(_, rest)| begins(rest, &["rename"])))
    }

    /// The statement, or the name of the step.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Sql { text, .. } => text,
            Self::Call { step, .. } => step,
        }
    }
}

impl Script {
    pub(crate) fn parse(text: &str, dialect: &dyn Dialect) -> Result<Self> {
        let mut script = Self::default();
        let (mut sql, mut first) = (String::new(), 0);
        for (number, line) in text.lines().enumerate() {
            let said = line.trim().strip_prefix(MARK).map(str::trim);
            match said.map(|said| (said, said.strip_prefix("call "))) {
                Some((_, Some(step))) => {
                    script.statements(&std::mem::take(&mut sql), first, dialect)?;
                    first = number + 1;
                    script.parts.push(Part::Call { step: step.trim().to_owned(), line: number + 1 });
                }
                Some((REBUILDS, _)) => {
                    script.rebuilds = true;
                    sql.push('\n');
                }
                Some((said, _)) if !is_about_a_statement(said) => {
                    let message = format!(
                        "a script says `{MARK} {said}`, which means nothing: `call NAME`, `{REBUILDS}`, `{ALONE}`, `danger: TEXT`, \
                         `accepted: TEXT` and `allow CODE` do"
                    );
                    return Err(Error::Usage(message));
                }
                _ => {
                    sql.push_str(line);
                    sql.push('\n');
                }
            }
        }
        script.statements(&sql, first, dialect)?;
        Ok(script)
    }

    /// Adds the statements of a text whose first line has the number `first`, from zero.
    fn statements(&mut self, text: &str, first: usize, dialect: &dyn Dialect) -> Result<()> {
        let mut from = 0;
        for statement in render::statements(dialect, text)? {
            let at = from + text[from..].find(statement).unwrap_or_default();
            from = at + statement.len();
            let is_above = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with("--");
            let above = statement.lines().take_while(is_above).count();
            let line = 1 + first + text[..at].matches('\n').count() + above;
            let said = |word: &'static str| {
                let lines = statement.lines().filter_map(|line| line.trim().strip_prefix(MARK));
                lines.map(str::trim).filter_map(move |said| said.strip_prefix(word).map(str::trim))
            };
            let sql: Vec<&str> = statement.lines().filter(|line| !line.trim().starts_with(MARK)).collect();
            let dangers: Vec<&str> = said("danger:").collect();
            self.parts.push(Part::Sql {
                text: sql.join("\n").trim().to_owned(),
                alone: said(ALONE).next().is_some(),
                danger: (!dangers.is_empty()).then(|| dangers.join("; ")),
                allowed: said("allow ").map(str::to_owned).collect(),
                line,
            });
        }
        Ok(())
    }

    /// Whether a statement has the name of something, in quotes or without.
    pub(crate) fn names(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_';
        let has = |text: &str| {
            text.match_indices(&name)
                .any(|(at, _)| !text[..at].ends_with(goes_on) && !text[at + name.len()..].starts_with(goes_on))
        };
        self.parts.iter().any(|part| matches!(part, Part::Sql { text, .. } if has(&text.to_ascii_lowercase())))
    }

    /// What it loses.
    pub(crate) fn dangers(&self) -> Vec<String> {
        let danger = |part: &Part| match part {
            Part::Sql { danger, .. } => danger.clone(),
            Part::Call { .. } => None,
        };
        self.parts.iter().filter_map(danger).collect()
    }
}

/// Whether a line of a script is about the statement below it.
fn is_about_a_statement(said: &str) -> bool {
    said == ALONE || ["danger:", "accepted", "allow "].iter().any(|word| said.starts_with(word))
}

/// The script of an alteration.
pub(crate) fn write(alteration: &orm_core::catalog::Alteration) -> String {
    let mut text = String::new();
    if alteration.rebuilds {
        text.push_str(&format!("{MARK} {REBUILDS}\n\n"));
    }
    for step in &alteration.steps {
        if step.alone {
            text.push_str(&format!("{MARK} {ALONE}\n"));
        }
        if let Some(danger) = &step.danger {
            text.push_str(&format!("{MARK} danger: {}\n", danger.replace('\n', " ")));
        }
        text.push_str(&step.sql);
        text.push_str(";\n\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words() {
        let sql =
            |text: &str| Part::Sql { text: text.to_owned(), alone: false, danger: None, allowed: Vec::new(), line: 1 };
        let script = Script { rebuilds: true, parts: vec![sql("DROP INDEX Ix_Old; DROP INDEX \"ix two\"")] };
        assert!(script.names("ix_old") && script.names("ix two"));
        assert!(!script.names("i") && !script.names("old"));
    }
}
