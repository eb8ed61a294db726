//! Commits of sessions over several databases.

use super::link::Link;
use super::links::Links;
use super::prepared::{Participants, commit_in_two_phases};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TableDef;
use crate::session::databases::{CommitMode, Database};
use crate::value::SqlType;

impl Links {
    /// Commits on all links that are in a transaction, those that have only read first.
    pub(crate) fn commit(&mut self) -> Result<()> {
        let Some(mode) = self.mode() else { return self.main().commit() };
        self.share_failure();
        let read = self.all_mut().try_for_each(|(_, link)| match link.has_written() && !link.decides_nothing() {
            true => Ok(()),
            false => link.commit(),
        });
        read.inspect_err(|error| self.fail(error))?;
        let writers: Vec<Database> = self.writers().collect();
        let committed = match (mode, &*writers) {
            (_, []) => Ok(()),
            (_, [only]) => self.at(*only).commit(),
            (CommitMode::Ordered, _) => self.commit_in_order(&writers),
            (CommitMode::TwoPhase, _) => self.commit_in_two_phases(&writers),
            (CommitMode::Single, [first, second, ..]) => Err(self.second_writer(*first, *second)),
        };
        self.renew_names();
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

    fn commit_in_two_phases(&mut self, writers: &[Database]) -> Result<()> {
        let names = self.commit_names().unwrap_or_default();
        let outcome = commit_in_two_phases(&mut Writers { links: self, writers }, &names);
        if let (Err(error), Some(bound)) = (&outcome, self.bound()) {
            bound.partly |= error.kind() == ErrorKind::PartialCommit;
        }
        outcome
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

/// The databases that were written to.
struct Writers<'l> {
    links: &'l mut Links,
    writers: &'l [Database],
}

impl Participants for Writers<'_> {
    fn count(&self) -> usize {
        self.writers.len()
    }

    fn name(&self, part: usize) -> String {
        self.links.name(self.writers[part]).to_owned()
    }

    fn link(&mut self, part: usize) -> &mut Link {
        self.links.at_unshared(self.writers[part])
    }
}
