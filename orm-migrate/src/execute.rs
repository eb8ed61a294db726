//! Running scripts: the statements of a revision and its row in one transaction, and before it what runs alone.

use std::time::{Duration, Instant};

use orm_core::catalog::Reflect;
use orm_core::engine::Conn;
use orm_core::{Error as DatabaseError, ErrorKind};

use crate::error::{Error, Result};
use crate::history::Unfinished;
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
        self.refuse_unfinished(way, plan)?;
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

    /// Refuses to go on while another revision, or the same in the other direction, was left in the middle.
    fn refuse_unfinished(&self, way: Way, plan: &[&Revision]) -> Result<()> {
        for (id, entry) in self.entries()? {
            if let Some(Unfinished { way: begun, statements, .. }) = entry.unfinished
                && (begun != way || (!plan.is_empty() && plan.iter().all(|revision| revision.id() != id)))
            {
                return Err(Error::Unfinished { id, way: begun.name(), statements });
            }
        }
        Ok(())
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
pub(crate) struct Step<'s> {
    pub(crate) run: &'s Run<'s>,
    pub(crate) way: Way,
    pub(crate) revision: &'s Revision,
    pub(crate) script: &'s Script,
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
        // Until the end: the next turn sees what was done in this one.
        let _turn = alone::turn(self.run.engine)?;
        self.run_alone()?;
        self.run_together()
    }

    fn parts(&self, alone: bool) -> impl Iterator<Item = (usize, &'s Part)> {
        self.script.parts.iter().enumerate().filter(move |(_, part)| part.is_alone() == alone)
    }

    fn is_done(&self, connection: &mut Conn) -> Result<bool> {
        let entry = history::entries(connection)?.remove(self.revision.id());
        Ok(entry.is_some_and(|entry| entry.is_applied()) == (self.way == Way::Up))
    }

    fn run_alone(&self) -> Result<()> {
        let mut connection = self.run.connection()?;
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
                Err((source, Some((at, part)))) => {
                    let state = if self.counts() { COMMITTED } else { ROLLED_BACK };
                    return Err(self.failed(at, part, state, source));
                }
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
        let mut failed = None;
        let outcome = self.run.change_schema(self.script.rebuilds, self.run.options, |connection| {
            connection.execute_script(history::CREATE)?;
            if self.is_done(connection)? {
                return Ok(false);
            }
            let counted = self.counts().then(|| self.begin_count(connection)).transpose()?;
            let first = counted.as_ref().map_or(0, |done| done.statements);
            let mut before = None;
            for (at, part) in self.parts(false).filter(|&(at, _)| at >= first) {
                // Behind the renames, which the database follows in indexes and triggers.
                if self.script.rebuilds && before.is_none() && !part.renames(connection.dialect())? {
                    before = Some(connection.reflect(&Reflect::new())?);
                }
                let ran = match &counted {
                    Some(done) => self.run_counted(connection, at, part, done.in_doubt && at == first),
                    None => self.run_part(connection, at, part),
                };
                ran.inspect_err(|_| failed = Some((at, part)))?;
            }
            if let Some(before) = before {
                kept::restore(connection, &before, self.script)?;
            }
            match self.way {
                Way::Up if counted.is_some() => {
                    history::finish(connection, self.revision.id(), &self.revision.digest())?;
                }
                Way::Up => history::add(connection, self.revision.id(), &self.revision.digest())?,
                Way::Down => history::remove(connection, self.revision.id())?,
            }
            Ok(true)
        });
        outcome.map_err(|error| (error, failed))
    }

    pub(crate) fn run_part(&self, connection: &mut Conn, at: usize, part: &Part) -> orm_core::Result<()> {
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
            let schema = self.run.schema.as_deref();
            watch(&Progress { schema, revision, statement, number, of: self.of, time });
        }
    }

    fn failed(&self, at: usize, part: &Part, state: &'static str, source: DatabaseError) -> Error {
        let statement = part.text().lines().next().unwrap_or_default().to_owned();
        Error::Statement { id: self.revision.id().to_owned(), number: at + 1, statement, state, source }
    }
}

const ROLLED_BACK: &str = "nothing of this revision remains but what runs alone, and the revisions before it are done: correct the cause, and upgrade again";

const COMMITTED: &str = "each statement of the schema commits on this database: those before this one stay done, and the next upgrade or downgrade goes on \
     with this one: correct the cause, and run it again";

const ALONE: &str = "this statement runs in a transaction of its own, and those before it stay done; an index that it has built in part is built \
     anew by the next upgrade: correct the cause, and upgrade again";
