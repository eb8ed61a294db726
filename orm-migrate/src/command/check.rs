//! What drifted: the models from the revisions, or a database from them.

use orm_core::catalog::{Catalog, Difference};

use super::arguments::Check;
use super::{Outcome, Work};
use crate::error::Result;
use crate::history;
use crate::revision::{Revision, key};
use crate::run::Run;

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
        if self.has_database(arguments)? {
            self.in_each(&arguments.database, &arguments.tenants, |work, migrations, site| {
                found += work.check_database(&site.run(migrations), &heads)?;
                Ok(())
            })?;
        }
        if found > 0 {
            return Ok(Outcome::Differs);
        }
        self.say("nothing differs").map(|()| Outcome::Well)
    }

    /// Whether there is a database to compare with. One that the settings name by a variable which is not set is none.
    fn has_database(&mut self, arguments: &Check) -> Result<bool> {
        if arguments.database.url.is_some() || arguments.tenants.are_named() {
            return Ok(true);
        }
        match self.settings.url() {
            Ok(url) => Ok(url.is_some()),
            Err(error) => self.say(format!("no database is compared: {error}")).map(|()| false),
        }
    }

    /// How many differences a database has from the last schema.
    fn check_database(&mut self, run: &Run<'_>, heads: &[String]) -> Result<usize> {
        let current = run.current()?;
        let mut found = 0;
        if current != heads {
            self.say(format!("the database is at {}, the heads are {}", said(&current), said(heads)))?;
            found += 1;
        }
        let mut there = run.reflect()?;
        there.tables.retain(|table| table.name.name != history::TABLE && !self.settings.ignores(&table.name.name));
        there.views.retain(|view| !self.settings.ignores(&view.name.name));
        let noted = run.spelled(run.migrations.schema_after(&current, run.engine.dialect())?)?;
        Ok(found + self.differ("revisions → database", &noted.differences(&there))?)
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
