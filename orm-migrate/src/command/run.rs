//! Revisions that are run, undone and noted.

use std::cell::RefCell;
use std::time::Duration;

use orm_core::driver::TransactionOptions;

use super::Work;
use super::arguments::{Downgrade, Stamp, Upgrade, Waiting};
use super::tenants::Site;
use crate::error::{Error, Result};
use crate::revision::Migrations;
use crate::run::Way;

impl Work<'_> {
    pub(super) fn upgrade(&mut self, arguments: &Upgrade) -> Result<()> {
        self.in_each(&arguments.database, &arguments.tenants, |work, migrations, site| {
            work.upgrade_one(arguments, migrations, site)
        })
    }

    fn upgrade_one(&mut self, arguments: &Upgrade, migrations: &Migrations, site: &Site) -> Result<()> {
        let run = site.run(migrations);
        if arguments.sql {
            let text = run.script(Way::Up, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.create && !arguments.dry_run {
            run.create_schema()?;
        }
        if arguments.dry_run {
            return self.list(&run.plan_upgrade(&arguments.target)?);
        }
        let times = RefCell::new(Vec::new());
        let (options, retries) = self.waiting(&arguments.waiting);
        let progress = self.environment.progress;
        let run = run.options(options).retries(retries).allow_destructive(arguments.allow_destructive).watch(|each| {
            progress(each);
            let line = each.statement.lines().next().unwrap_or_default();
            let said = |time: Duration| format!("  {} {:>8.1} ms  {line}", each.revision, time.as_secs_f64() * 1000.0);
            times.borrow_mut().extend(each.time.map(said));
        });
        let outcome = run.upgrade(&arguments.target);
        drop(run);
        if arguments.verbose {
            times.into_inner().into_iter().try_for_each(|line| self.say(line))?;
        }
        self.done("upgraded", migrations, &outcome?)
    }

    pub(super) fn downgrade(&mut self, arguments: &Downgrade) -> Result<()> {
        self.in_each(&arguments.database, &arguments.tenants, |work, migrations, site| {
            work.downgrade_one(arguments, migrations, site)
        })
    }

    fn downgrade_one(&mut self, arguments: &Downgrade, migrations: &Migrations, site: &Site) -> Result<()> {
        let run = site.run(migrations);
        if arguments.sql {
            let text = run.script(Way::Down, &arguments.target, arguments.from.as_deref())?;
            return self.say(text);
        }
        if arguments.dry_run {
            return self.list(&run.plan_downgrade(&arguments.target)?);
        }
        let (options, retries) = self.waiting(&arguments.waiting);
        let run = run.options(options).retries(retries).allow_destructive(arguments.allow_destructive);
        let run = run.watch(self.environment.progress);
        let done = run.downgrade(&arguments.target)?;
        self.done("undone", migrations, &done)
    }

    pub(super) fn stamp(&mut self, arguments: &Stamp) -> Result<()> {
        self.in_each(&arguments.database, &arguments.tenants, |_, migrations, site| {
            let run = site.run(migrations);
            if arguments.purge {
                return run.stamp_anew(arguments.targets.iter().map(String::as_str));
            }
            arguments.targets.iter().try_for_each(|target| run.stamp(target)).map_err(|error| match error {
                Error::Missing { of, id } => Error::Usage(format!(
                    "{of} names the revision `{id}`, which is not there: bring its folder back, or stamp with `--purge`, which forgets what was noted"
                )),
                error => error,
            })
        })
    }

    /// The limits of the arguments, else of the settings.
    fn waiting(&self, given: &Waiting) -> (TransactionOptions, u32) {
        const RETRIES: u32 = 5;
        let (own, mut options) = (self.settings.upgrade, TransactionOptions::new());
        options.lock_timeout = given.lock_timeout.or(own.lock_timeout);
        options.statement_timeout = given.statement_timeout.or(own.statement_timeout);
        (options, given.retries.or(own.retries).unwrap_or(RETRIES))
    }

    fn done(&mut self, what: &str, migrations: &Migrations, ids: &[String]) -> Result<()> {
        if ids.is_empty() {
            return self.say("nothing to do");
        }
        ids.iter()
            .filter_map(|id| migrations.find(id))
            .try_for_each(|revision| self.say(format!("{what} {} {}", revision.id(), revision.facts.message)))
    }
}
