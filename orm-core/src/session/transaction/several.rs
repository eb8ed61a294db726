//! Commits of sessions over several databases.

use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::link::Link;
use super::links::Links;
use crate::error::{Error, ErrorKind, Result};
use crate::render::{TwoPhase, two_phase};
use crate::schema::TableDef;
use crate::session::databases::{CommitMode, Database};
use crate::value::SqlType;

impl Links {
    /// Commits on all links that are in a transaction, those that have only read first.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let Some(mode) = self.mode() else { return self.main().commit() };
        self.share_failure();
        let writers: Vec<Database> = self.writers().collect();
        let readers = self.all_mut().filter(|(_, link)| !link.has_written());
        let read = readers.map(|(_, link)| link).try_for_each(Link::commit);
        read.inspect_err(|error| self.fail(error))?;
        let committed = match (mode, &*writers) {
            (_, []) => Ok(()),
            (_, [only]) => self.at(*only).commit(),
            (CommitMode::Ordered, _) => self.commit_in_order(&writers),
            (CommitMode::TwoPhase, _) => self.commit_in_two_phases(&writers),
            (CommitMode::Single, [first, second, ..]) => Err(self.second_writer(*first, *second)),
        };
        committed.inspect_err(|error| self.fail(error))
    }

    fn commit_in_order(&mut self, writers: &[Database]) -> Result<()> {
        for (done, &database) in writers.iter().enumerate() {
            let Err(error) = self.at(database).commit() else { continue };
            if done == 0 {
                return Err(error);
            }
            if let Some(bound) = self.bound() {
                bound.partly = true;
            }
            let (committed, lost) = (self.names(&writers[..done]), self.names(&writers[done..]));
            let message = format!("committed: {committed}; not committed: {lost}: {error}");
            return Err(Error::new(ErrorKind::PartialCommit, message).with_source(error));
        }
        Ok(())
    }

    /// Prepares the transaction on all of `writers`, and then commits it on each.
    ///
    /// The last one is the witness of the decision. It is prepared after all others and committed after all others, so that a crash
    /// leaves either a transaction that is not prepared there, which is to be rolled back, or one that is, which is to be committed.
    fn commit_in_two_phases(&mut self, writers: &[Database]) -> Result<()> {
        let name = PreparedName::new(writers.len());
        let sql = |step, part: usize, database: Database| two_phase(self.dialect(database), step, &name.of(part));
        let parts: Vec<(usize, Database)> = writers.iter().copied().enumerate().collect();
        let prepare: Vec<String> =
            parts.iter().map(|&(part, database)| sql(TwoPhase::Prepare, part, database)).collect::<Result<_>>()?;
        for (&(part, database), sql) in parts.iter().zip(&prepare) {
            if let Err(error) = self.at_unshared(database).prepare(sql) {
                let error = error.context(format!("preparing the commit on `{}`", self.name(database)));
                return Err(self.undo_prepared(&parts[..part], &name, error));
            }
        }
        let mut left = Vec::new();
        for &(part, database) in &parts {
            // The witness stays for as long as others have to be committed.
            let is_witness = part + 1 == parts.len();
            let outcome = match is_witness && !left.is_empty() {
                true => Ok(false),
                false => self.at_unshared(database).engine.commit_prepared(&name.of(part)).map(|()| true),
            };
            match outcome {
                Ok(true) => {}
                Ok(false) => left.push(format!("`{}`", self.name(database))),
                Err(error) => left.push(format!("`{}` ({error})", self.name(database))),
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        if let Some(bound) = self.bound() {
            bound.partly = true;
        }
        let message = format!(
            "the commit is decided, and prepared but not done on {}; `resolve_prepared` of the sessions' factory completes it: `{name}`",
            left.join(", ")
        );
        Err(Error::new(ErrorKind::PartialCommit, message))
    }

    /// Rolls back what was prepared.
    fn undo_prepared(&mut self, prepared: &[(usize, Database)], name: &PreparedName, error: Error) -> Error {
        prepared.iter().rev().fold(error, |error, &(part, database)| {
            match self.at_unshared(database).engine.rollback_prepared(&name.of(part)) {
                Ok(()) => error,
                Err(second) => error.context(format!(
                    "what was prepared on `{}` could not be rolled back ({second}): `resolve_prepared` of the sessions' factory does so",
                    self.name(database)
                )),
            }
        })
    }

    /// Refuses to write to a database when the transaction has written to another one and the commit is to be of one.
    pub(super) fn refuse_another_writer(&self, database: Database) -> Result<()> {
        self.refuse_other_writers(database, &[])
    }

    /// Refuses to write to several databases, with those that were written to, when the commit is to be of one.
    ///
    /// # Errors
    ///
    /// `InvalidState`, before anything is sent.
    fn refuse_other_writers(&self, first: Database, others: &[Database]) -> Result<()> {
        if self.mode() != Some(CommitMode::Single) {
            return Ok(());
        }
        let mut writers = self.writers().chain(others.iter().copied());
        writers.find(|other| *other != first).map_or(Ok(()), |other| Err(self.second_writer(first, other)))
    }

    #[cold]
    fn second_writer(&self, first: Database, second: Database) -> Error {
        let (first, second) = (self.name(first), self.name(second));
        let message = format!(
            "the transaction writes to the database `{first}` and to `{second}`, which cannot commit as one: `commit_mode` of the sessions' \
             factory takes `CommitMode::TwoPhase` for all or none, or `Ordered` for one after the other"
        );
        Error::new(ErrorKind::InvalidState, message)
    }

    /// Refuses what a session over several databases cannot do.
    pub(super) fn refuse_several(&self, what: &str) -> Result<()> {
        match self.mode() {
            None => Ok(()),
            Some(_) => {
                let message = format!("a session over several databases has no {what}");
                Err(Error::new(ErrorKind::InvalidState, message))
            }
        }
    }

    /// Begins a transaction on each database that has one of `tables`, to write there. `alone` says that there is one statement, which may be a
    /// transaction by itself.
    pub(crate) fn begin_writing<'t>(&mut self, tables: impl Iterator<Item = &'t TableDef>, alone: bool) -> Result<()> {
        if self.mode().is_none() {
            let link = self.main();
            return if alone && link.begin_alone()? { Ok(()) } else { link.begin() };
        }
        let mut databases: Vec<Database> = tables.map(|table| self.database_of(&table.name)).collect();
        databases.sort_unstable();
        databases.dedup();
        let Some((&first, others)) = databases.split_first() else { return Ok(()) };
        self.refuse_other_writers(first, others)?;
        let alone = alone && self.writers().all(|writer| writer == first);
        if alone && self.at(first).begin_alone()? {
            return Ok(());
        }
        databases.into_iter().try_for_each(|database| self.at(database).begin())
    }

    /// Whether what columns of the type make of values depends on how they were declared, in any of the databases.
    pub(crate) fn depend_on_column(&self, sql_type: SqlType) -> bool {
        self.all().any(|(_, link)| link.dialect().depends_on_column(sql_type))
    }

    /// Whether a commit has reached some of the databases only, since this was last asked.
    pub(crate) fn take_partly(&mut self) -> bool {
        self.bound().is_some_and(|bound| std::mem::take(&mut bound.partly))
    }

    fn names(&self, databases: &[Database]) -> String {
        let names: Vec<String> = databases.iter().map(|&database| format!("`{}`", self.name(database))).collect();
        names.join(", ")
    }
}

/// The name of a commit in two phases. The ids of its prepared transactions are made of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PreparedName {
    /// Seconds since 1970, by the clock of the program.
    at: u64,
    random: u64,
    /// How many databases prepare it.
    parts: usize,
}

impl PreparedName {
    fn new(parts: usize) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self { at: now.as_secs(), random: RandomState::new().hash_one(now.as_nanos()), parts }
    }

    /// The id of the transaction on the database that prepares it as number `part`, from 0.
    pub(crate) fn of(&self, part: usize) -> String {
        format!("{self}_{}", part + 1)
    }

    /// The name and the part of an id.
    pub(crate) fn parse(id: &str) -> Option<(Self, usize)> {
        let mut words = id.strip_prefix("orm_")?.split('_');
        let mut word = || words.next();
        let at = word()?.parse().ok()?;
        let random = u64::from_str_radix(word()?, 16).ok()?;
        let (parts, part) = (word()?.parse().ok()?, word()?.parse::<usize>().ok()?.checked_sub(1)?);
        words.next().is_none().then_some((Self { at, random, parts }, part))
    }

    /// Whether the part is the one that is prepared and committed last.
    pub(crate) fn is_witness(&self, part: usize) -> bool {
        part + 1 == self.parts
    }

    /// How long ago it was prepared.
    pub(crate) fn age(&self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        now.saturating_sub(Duration::from_secs(self.at))
    }
}

impl Display for PreparedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "orm_{}_{:x}_{}", self.at, self.random, self.parts)
    }
}
