//! Running scripts: the statements of a revision and its row in one transaction, and before it what runs alone.

use std::time::{Duration, Instant};

use orm_core::catalog::Reflect;
use orm_core::engine::Conn;
use orm_core::{Error as DatabaseError, ErrorKind};

use crate::error::{Error, Result};
use crate::revision::Revision;
use crate::run::{Progress, Run, Way};
use crate::script::{Part, Script};
use crate::{alone, history, kept};

impl Run<'_> {
    pub(crate) fn go(&self, way: Way, plan: &[&Revision]) -> Result<Vec<String>> {
        let mut scripts = Vec::new();
        for revision in plan {
            let script = self.checked_script(way, revision)?;
            scripts.push((*revision, script));
        }
        let mut done = Vec::new();
        let of = scripts.iter().map(|(_, script)| script.parts.len()).sum();
        let mut before = 0;
        for (revision, script) in &scripts {
            if (Step { run: self, way, revision, script, before, of }).run()? {
                done.push(revision.id().to_owned());
            }
            before += script.parts.len();
        }
        Ok(done)
    }

    fn checked_script(&self, way: Way, revision: &Revision) -> Result<Script> {
        let dialect = self.engine.dialect();
        let script = Script::parse(revision.script(way.name(), dialect)?, dialect)?;
        let id = || revision.id().to_owned();
        if !self.allow_destructive && !script.dangers().is_empty() {
            return Err(Error::Destructive { id: id(), dangers: script.dangers() });
        }
        let missing = script.parts.iter().find_map(|part| match part {
            Part::Call { step, .. } if !self.migrations.steps.contains_key(step) => Some(step.clone()),
            _ => None,
        });
        match missing {
            Some(step) => Err(Error::NoStep { id: id(), step }),
            None => Ok(script),
        }
    }
}

/// A revision that is run or undone.
struct Step<'s> {
    run: &'s Run<'s>,
    way: Way,
    revision: &'s Revision,
    script: &'s Script,
    /// How many statements the revisions before it have.
    before: usize,
    /// How many all revisions have.
    of: usize,
}

/// A failure in the transaction, with the part of the script that failed, if one did.
type Failure<'s> = (DatabaseError, Option<(usize, &'s Part)>);

impl<'s> Step<'s> {
    /// Runs it, unless another program did it meanwhile. Returns whether it ran here.
    fn run(&self) -> Result<bool> {
        if self.parts(true).next().is_none() {
            return self.run_together();
        }
        // Until the end: who takes the next turn sees what was done in this one.
        let _turn = alone::turn(self.run.engine)?;
        self.run_alone()?;
        self.run_together()
    }

    fn parts(&self, alone: bool) -> impl Iterator<Item = (usize, &'s Part)> {
        self.script.parts.iter().enumerate().filter(move |(_, part)| part.is_alone() == alone)
    }

    fn is_done(&self, connection: &mut Conn) -> Result<bool> {
        Ok(history::applied(connection)?.contains_key(self.revision.id()) == (self.way == Way::Up))
    }

    fn run_alone(&self) -> Result<()> {
        let mut connection = self.run.engine.connection()?;
        if self.is_done(&mut connection)? {
            return Ok(());
        }
        for (at, part) in self.parts(true) {
            let prepared = alone::drop_broken(&mut connection, part);
            if let Err(source) = prepared.and_then(|()| self.run_part(&mut connection, at, part)) {
                return Err(self.failed(at, part, ALONE, source));
            }
        }
        Ok(())
    }

    /// Runs what is in the transaction. A wait for a lock that was too long is tried again.
    fn run_together(&self) -> Result<bool> {
        let mut left = self.run.retries;
        loop {
            match self.try_together() {
                Ok(ran) => return Ok(ran),
                Err((source, failed))
                    if source.kind() == ErrorKind::Busy && (left > 0 || self.waits_for_others(failed)) =>
                {
                    // Another program that changes the schema may take its time.
                    left -= u32::from(!self.waits_for_others(failed));
                    std::thread::sleep(self.pause());
                }
                Err((source, Some((at, part)))) => return Err(self.failed(at, part, ROLLED_BACK, source)),
                Err((source, None)) => return Err(source.into()),
            }
        }
    }

    /// Whether a wait was for the lock behind which programs change the schema.
    fn waits_for_others(&self, failed: Option<(usize, &Part)>) -> bool {
        failed.is_none() && self.run.engine.dialect().lock_schema().is_some()
    }

    fn pause(&self) -> Duration {
        const SHORT: Duration = Duration::from_millis(100);
        self.run.options.lock_timeout.unwrap_or(SHORT).max(SHORT)
    }

    fn try_together(&self) -> std::result::Result<bool, Failure<'s>> {
        let mut connection = self.run.engine.connection().map_err(|error| (error, None))?;
        let mut failed = None;
        let outcome = connection.change_schema(self.script.rebuilds, self.run.options, |connection| {
            connection.execute_script(history::CREATE)?;
            if self.is_done(connection)? {
                return Ok(false);
            }
            let mut before = None;
            for (at, part) in self.parts(false) {
                // Behind the renames, which the database follows in indexes and triggers.
                if self.script.rebuilds && before.is_none() && !part.renames(connection.dialect())? {
                    before = Some(connection.reflect(&Reflect::new())?);
                }
                self.run_part(connection, at, part).inspect_err(|_| failed = Some((at, part)))?;
            }
            if let Some(before) = before {
                kept::restore(connection, &before, self.script)?;
            }
            match self.way {
                Way::Up => history::add(connection, self.revision.id(), &self.revision.digest())?,
                Way::Down => history::remove(connection, self.revision.id())?,
            }
            Ok(true)
        });
        outcome.map_err(|error| (error, failed))
    }

    fn run_part(&self, connection: &mut Conn, at: usize, part: &Part) -> orm_core::Result<()> {
        let begin = Instant::now();
        self.watched(at, part, None);
        match part {
            Part::Sql { text, .. } => connection.execute_script(text)?,
            Part::Call { step, .. } => {
                if let Some(step) = self.run.migrations.steps.get(step) {
                    step(connection)?;
                }
            }
        }
        self.watched(at, part, Some(begin.elapsed()));
        Ok(())
    }

    fn watched(&self, at: usize, part: &Part, time: Option<Duration>) {
        if let Some(watch) = &self.run.watch {
            let (revision, statement, number) = (self.revision.id(), part.text(), self.before + at + 1);
            watch(&Progress { revision, statement, number, of: self.of, time });
        }
    }

    fn failed(&self, at: usize, part: &Part, state: &'static str, source: DatabaseError) -> Error {
        let statement = part.text().lines().next().unwrap_or_default().to_owned();
        Error::Statement { id: self.revision.id().to_owned(), number: at + 1, statement, state, source }
    }
}

const ROLLED_BACK: &str = "nothing of this revision remains but what runs alone, and the revisions before it are done: correct the cause, and upgrade again";

const ALONE: &str = "this statement runs in a transaction of its own, and those before it stay done; an index that it has built in part is built \
     anew by the next upgrade: correct the cause, and upgrade again";
