//! Revisions that are printed.

use orm_core::catalog::Catalog;

use super::arguments::{Current, Place};
use super::revise::ids;
use super::{Outcome, Work};
use crate::error::{Error, Result, file};
use crate::revision::{Migrations, Revision};
use crate::snapshot;

impl Work<'_> {
    pub(super) fn list(&mut self, revisions: &[&Revision]) -> Result<()> {
        revisions.iter().try_for_each(|revision| self.say(line(revision)))
    }

    /// The schema of the models, for programs that draw it.
    pub(super) fn print_models(&mut self, dialect: &[String]) -> Result<()> {
        let models = self.models()?;
        let Some(&dialect) = self.dialects(dialect)?.first() else {
            return Err(Error::Usage("this program speaks to no kind of database".to_owned()));
        };
        let text = snapshot::write(&Catalog::of(models, dialect)?).map_err(|error| file("output", error))?;
        self.say(text.trim_end())
    }

    pub(super) fn current(&mut self, arguments: &Current) -> Result<Outcome> {
        let mut outcome = Outcome::Well;
        self.in_each(&arguments.database, &arguments.tenants, |work, migrations, site| {
            let current = site.run(migrations).current()?;
            let heads: Vec<&str> = migrations.heads().into_iter().map(Revision::id).collect();
            if arguments.check_heads && heads.iter().any(|head| !current.iter().any(|id| id == head)) {
                outcome = Outcome::Differs;
            }
            if current.is_empty() {
                return work.say("base");
            }
            current.iter().filter_map(|id| migrations.find(id)).try_for_each(|revision| {
                let mark = if heads.contains(&revision.id()) { " (head)" } else { "" };
                work.say(format!("{}{mark}", line(revision)))
            })
        })?;
        Ok(outcome)
    }

    pub(super) fn heads(&mut self, place: &Place) -> Result<()> {
        let migrations = self.load(place)?;
        self.list(&migrations.heads())
    }

    pub(super) fn branches(&mut self, place: &Place) -> Result<()> {
        let migrations = self.load(place)?;
        for revision in migrations.revisions() {
            let children = children(&migrations, revision);
            if children.len() > 1 {
                self.say(line(revision))?;
                children.iter().try_for_each(|child| self.say(format!("  → {}", line(child))))?;
            }
        }
        Ok(())
    }

    pub(super) fn history(&mut self, verbose: bool, range: Option<&str>, place: &Place) -> Result<()> {
        let migrations = self.load(place)?;
        let (first, last) = match range {
            None => ("", ""),
            Some(range) => range
                .split_once(':')
                .ok_or_else(|| Error::Usage(format!("`--range {range}`: write `first:last`, `first:` or `:last`")))?,
        };
        let known = match first {
            "" => Vec::new(),
            first => migrations.with_ancestors(&ids(&migrations, first)?),
        };
        let wanted = migrations.with_ancestors(&ids(&migrations, if last.is_empty() { "heads" } else { last })?);
        for revision in wanted.into_iter().rev().filter(|revision| !known.contains(revision)) {
            self.say(line(revision))?;
            if verbose {
                self.facts(revision)?;
            }
        }
        Ok(())
    }

    fn facts(&mut self, revision: &Revision) -> Result<()> {
        let facts = &revision.facts;
        let lists = [("parents", &facts.parents), ("depends on", &facts.depends_on), ("labels", &facts.labels)];
        for (what, names) in lists {
            if !names.is_empty() {
                self.say(format!("    {what}: {}", names.join(", ")))?;
            }
        }
        self.say(format!("    folder: {}", revision.folder))
    }

    pub(super) fn show(&mut self, id: &str, place: &Place) -> Result<()> {
        let migrations = self.load(place)?;
        for revision in ids(&migrations, id)?.iter().filter_map(|id| migrations.find(id)) {
            self.say(line(revision))?;
            self.facts(revision)?;
            for (name, text) in revision.files.iter().filter(|(name, _)| name.ends_with(".sql")) {
                self.say(format!("\n-- {name}\n{}", text.trim_end()))?;
            }
        }
        Ok(())
    }
}

fn children<'m>(migrations: &'m Migrations, of: &Revision) -> Vec<&'m Revision> {
    let follows = |revision: &&Revision| revision.facts.parents.contains(&of.facts.id);
    migrations.revisions().iter().filter(follows).collect()
}

fn line(revision: &Revision) -> String {
    let labels = &revision.facts.labels;
    let labels = if labels.is_empty() { String::new() } else { format!(" [{}]", labels.join(", ")) };
    format!("{} {}{labels}", revision.id(), revision.facts.message)
}
