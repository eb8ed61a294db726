//! What drifted: the models from the revisions, or a database from them.

use orm_core::catalog::{Catalog, Difference};
use orm_core::engine::Engine;

use super::arguments::{Check, Database};
use super::{Outcome, Work};
use crate::error::Result;
use crate::history;
use crate::revision::{Revision, key};

impl Work<'_> {
    pub(super) fn check(&mut self, arguments: &Check) -> Result<Outcome> {
        let migrations = self.load(&arguments.database.place)?;
        let heads: Vec<String> = migrations.heads().into_iter().map(Revision::id).map(str::to_owned).collect();
        let mut found = 0;
        if let Some(models) = self.environment.models.clone() {
            for dialect in self.dialects(&arguments.dialect)? {
                let after = migrations.schema_after(&heads, dialect)?;
                let wanted = Catalog::of(models.iter().copied(), dialect)?;
                found += self.differ(&format!("revisions → models ({})", key(dialect)), &after.differences(&wanted))?;
            }
        }
        if let Some(engine) = self.checked_database(&arguments.database)? {
            let current = migrations.on(&engine).current()?;
            if current != heads {
                self.say(format!("the database is at {}, the heads are {}", said(&current), said(&heads)))?;
                found += 1;
            }
            let mut there = engine.reflect()?;
            there.tables.retain(|table| table.name.name != history::TABLE && !self.settings.ignores(&table.name.name));
            let noted = migrations.schema_after(&current, engine.dialect())?;
            found += self.differ("revisions → database", &noted.differences(&there))?;
        }
        if found > 0 {
            return Ok(Outcome::Differs);
        }
        self.say("nothing differs").map(|()| Outcome::Well)
    }

    /// The database to compare with. One that the settings name by a variable which is not set is none.
    fn checked_database(&mut self, database: &Database) -> Result<Option<Engine>> {
        if database.url.is_none() {
            match self.settings.url() {
                Ok(None) => return Ok(None),
                Err(error) => return self.say(format!("no database is compared: {error}")).map(|()| None),
                Ok(Some(_)) => {}
            }
        }
        self.connect(database).map(Some)
    }

    fn differ(&mut self, title: &str, differences: &[Difference<'_>]) -> Result<usize> {
        if !differences.is_empty() {
            self.say(format!("{title}:"))?;
            differences.iter().try_for_each(|difference| self.say(format!("  {difference}")))?;
        }
        Ok(differences.len())
    }
}

fn said(ids: &[String]) -> String {
    if ids.is_empty() { "base".to_owned() } else { ids.join(", ") }
}
