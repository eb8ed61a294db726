//! Noting where a database is.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::graph::Target;
use crate::history;
use crate::revision::Revision;
use crate::run::Run;

impl Run<'_> {
    /// Notes that the database is at the target, without running anything: it has the revisions up to it, and none behind it. Branches that the target
    /// says nothing of stay as they are noted.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::from_files([("1_a1/revision.toml", "id = \"a1\"")])?;
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// migrations.on(&engine).stamp("heads")?;
    /// assert_eq!(migrations.on(&engine).current()?, ["a1"]);
    /// migrations.on(&engine).stamp_anew(["base"])?;
    /// assert!(migrations.on(&engine).current()?.is_empty());
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous` for the target, `Missing` if the database has a revision that is not in the folder, and the database's error.
    pub fn stamp(&self, target: &str) -> Result<()> {
        // Also where scripts are others now, which it is the cure for.
        let noted: BTreeSet<String> = self.entries()?.into_keys().collect();
        if let Some(id) = noted.iter().find(|id| self.migrations.find(id).is_none()) {
            return Err(Error::Missing { of: "the database".to_owned(), id: id.clone() });
        }
        let all = self.migrations;
        let (wanted, gone) = match all.resolve(target, &noted)? {
            Target::Base => (Vec::new(), all.revisions.iter().collect()),
            Target::Before(id) => {
                (Vec::new(), with_descendants(all.find(&id), all.descendants(std::slice::from_ref(&id))))
            }
            Target::Revisions(ids) => (all.with_ancestors(&ids), all.descendants(&ids)),
        };
        self.note(&wanted, &gone.into_iter().chain(wanted.iter().copied()).map(Revision::id).collect::<Vec<_>>())
    }

    /// Notes that the database is at the targets and has nothing else, whatever was noted before: also revisions that are in no folder any more.
    ///
    /// See the example of [`stamp`](Run::stamp).
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous` for the targets, and the database's error.
    pub fn stamp_anew<'t>(&self, targets: impl IntoIterator<Item = &'t str>) -> Result<()> {
        let mut ids = Vec::new();
        for target in targets {
            ids.extend(self.migrations.ids(self.migrations.resolve(target, &BTreeSet::new())?));
        }
        let noted: Vec<String> = self.entries()?.into_keys().collect();
        let noted: Vec<&str> = noted.iter().map(String::as_str).collect();
        self.note(&self.migrations.with_ancestors(&ids), &noted)
    }

    /// Makes the table in which the database keeps the revisions that it has, if there is none: for a program that upgrades and may not create tables itself.
    ///
    /// ```
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// orm::migrate::Migrations::default().on(&engine).ensure_version()?;
    /// assert!(engine.reflect()?.find("orm_revision").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The database's error.
    pub fn ensure_version(&self) -> Result<()> {
        self.note(&[], &[])
    }

    /// Forgets revisions, and notes others.
    fn note(&self, wanted: &[&Revision], gone: &[&str]) -> Result<()> {
        let options = self.options;
        Ok(self.change_schema(false, options, |connection| {
            connection.execute_script(history::CREATE)?;
            gone.iter().try_for_each(|id| history::remove(connection, id))?;
            wanted.iter().try_for_each(|revision| history::add(connection, revision.id(), &revision.digest()))
        })?)
    }
}

fn with_descendants<'m>(own: Option<&'m Revision>, others: Vec<&'m Revision>) -> Vec<&'m Revision> {
    own.into_iter().chain(others).collect()
}
