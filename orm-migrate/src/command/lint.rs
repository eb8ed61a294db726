//! `lint`.

use std::collections::BTreeSet;

use super::arguments::{Format, Lint};
use super::revise::ids;
use super::{Outcome, Work};
use crate::error::{Error, Result, file};
use crate::lint::{Finding, rules};

impl Work<'_> {
    pub(super) fn lint(&mut self, arguments: &Lint) -> Result<Outcome> {
        if arguments.rules {
            for rule in rules() {
                self.say(format!("{}\n    {}", rule.code, rule.cure))?;
            }
            return Ok(Outcome::Well);
        }
        let allowed: Vec<String> = self.settings.lint.allow.iter().chain(&arguments.allow).cloned().collect();
        if let Some(code) = allowed.iter().find(|code| rules().all(|rule| rule.code != **code)) {
            return Err(Error::Usage(format!("`{code}` is no rule: `lint --rules` lists them")));
        }
        let migrations = self.load(&arguments.place)?;
        let mut wanted: BTreeSet<String> = migrations.revisions().iter().map(|each| each.id().to_owned()).collect();
        if let Some(since) = &arguments.since {
            for known in migrations.with_ancestors(&ids(&migrations, since)?) {
                wanted.remove(known.id());
            }
        }
        let mut found = migrations.lint(&self.dialects(&arguments.dialect)?)?;
        found.retain(|finding| wanted.contains(&finding.revision) && !allowed.iter().any(|code| code == finding.code));
        match arguments.format {
            Format::Json => {
                let text = serde_json::to_string_pretty(&found).map_err(|error| file("output", error))?;
                self.say(text)?;
            }
            Format::Text => found.iter().try_for_each(|finding| self.say(text(finding)))?,
        }
        Ok(if found.is_empty() { Outcome::Well } else { Outcome::Differs })
    }
}

fn text(finding: &Finding) -> String {
    let Finding { file, line, code, message, cure, statement, .. } = finding;
    let statement = if statement.is_empty() { String::new() } else { format!("    {statement}\n") };
    format!("{file}:{line}: {code}: {message}\n{statement}    instead: {cure}")
}
