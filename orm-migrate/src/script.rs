//! The script of a revision: statements, and what lines that begin with `-- orm:` say about them.

use orm_core::dialect::Dialect;
use orm_core::render;

use crate::error::{Error, Result};

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
    },
    /// The step in Rust of that name.
    Call(String),
}

impl Script {
    pub(crate) fn parse(text: &str, dialect: &dyn Dialect) -> Result<Self> {
        let mut script = Self::default();
        let mut sql = String::new();
        for line in text.lines() {
            let said = line.trim().strip_prefix(MARK).map(str::trim);
            match said.map(|said| (said, said.strip_prefix("call "))) {
                Some((_, Some(step))) => {
                    script.statements(&std::mem::take(&mut sql), dialect)?;
                    script.parts.push(Part::Call(step.trim().to_owned()));
                }
                Some((REBUILDS, _)) => script.rebuilds = true,
                Some((said, _)) if !is_about_a_statement(said) => {
                    let message = format!(
                        "a script says `{MARK} {said}`, which means nothing: `call NAME`, `{REBUILDS}`, `{ALONE}`, `danger: TEXT` and \
                         `accepted: TEXT` do"
                    );
                    return Err(Error::Usage(message));
                }
                _ => {
                    sql.push_str(line);
                    sql.push('\n');
                }
            }
        }
        script.statements(&sql, dialect)?;
        Ok(script)
    }

    fn statements(&mut self, text: &str, dialect: &dyn Dialect) -> Result<()> {
        for statement in render::statements(dialect, text)? {
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
            Part::Call(_) => None,
        };
        self.parts.iter().filter_map(danger).collect()
    }
}

/// Whether a line of a script is about the statement below it.
fn is_about_a_statement(said: &str) -> bool {
    said == ALONE || said.starts_with("danger:") || said.starts_with("accepted")
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
        let sql = |text: &str| Part::Sql { text: text.to_owned(), alone: false, danger: None };
        let script = Script { rebuilds: true, parts: vec![sql("DROP INDEX Ix_Old; DROP INDEX \"ix two\"")] };
        assert!(script.names("ix_old") && script.names("ix two"));
        assert!(!script.names("i") && !script.names("old"));
    }
}
