//! The end of the transactions of all shards.

use super::session::ShardedSession;
use crate::error::{Error, ErrorKind, Result};
use crate::session::{CommitMode, Link, Participants, Session, commit_in_two_phases};

impl ShardedSession {
    /// Writes all changes on all shards, at the same time, within their transactions.
    ///
    /// # Errors
    ///
    /// Those of [`Session::flush`], and `InvalidState` for an object whose shard key was changed to one of another shard: before anything is
    /// sent to its shard.
    pub fn flush(&mut self) -> Result<()> {
        let all: Vec<usize> = self.opened().map(|(number, _)| number).collect();
        self.each(&all, |_, session| session.flush()).map(drop)
    }

    /// Writes all changes and commits them, by the [`CommitMode`] of the factory if several shards were written to. What is on one shard is
    /// committed there as by a session of its own.
    ///
    /// See the example of [`Shards`](super::Shards).
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush), and the databases' refusal to commit: then nothing is committed, and `rollback()` is needed. `InvalidState`
    /// when several shards were written to and no mode says how they commit, before that of any is begun. `PartialCommit` when some shards have
    /// committed, or have yet to complete a commit in two phases.
    pub fn commit(&mut self) -> Result<()> {
        self.refuse_failed()?;
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        for (number, session) in self.opened() {
            if session.is_writer()? { writers.push(number) } else { readers.push(number) }
        }
        for number in readers {
            self.open(number).commit()?;
        }
        let committed = match (self.shards.mode, &*writers) {
            (_, []) => Ok(()),
            (_, &[only]) => self.open(only).commit().map_err(|error| error.context(self.shards.on(only))),
            (CommitMode::Single, &[first, second, ..]) => Err(self.second_writer(first, second)),
            (CommitMode::Ordered, writers) => self.commit_in_order(writers),
            (CommitMode::TwoPhase, writers) => self.commit_prepared(writers),
        };
        self.names.renew();
        if committed.is_ok() {
            self.places.forget();
        }
        committed
    }

    fn commit_in_order(&mut self, writers: &[usize]) -> Result<()> {
        self.each(writers, |_, session| session.flush_part())?;
        for (done, &number) in writers.iter().enumerate() {
            let Err(error) = self.open(number).commit_part() else { continue };
            if done == 0 {
                return Err(error.context(self.shards.on(number)));
            }
            self.partly = true;
            let (committed, lost) = (self.names(&writers[..done]), self.names(&writers[done..]));
            let message = format!("committed: {committed}; not committed: {lost}: {error}");
            return Err(Error::new(ErrorKind::PartialCommit, message).with_source(error));
        }
        Ok(())
    }

    fn commit_prepared(&mut self, writers: &[usize]) -> Result<()> {
        self.each(writers, |_, session| session.flush_part())?;
        let (names, mut parts) = (self.names.clone(), Vec::new());
        for &number in writers {
            let session = self.open(number);
            match session.link_of_part().decides_nothing() {
                true => session.commit_part()?,
                false => parts.push(number),
            }
        }
        if let &[only] = &*parts {
            return self.open(only).commit_part().map_err(|error| error.context(self.shards.on(only)));
        }
        let writers = &*parts;
        commit_in_two_phases(&mut Writers { session: self, writers }, &names).inspect_err(|_| self.partly = true)?;
        writers.iter().try_for_each(|&number| self.open(number).after_commit())
    }

    #[cold]
    fn second_writer(&self, first: usize, second: usize) -> Error {
        let message = format!(
            "the transaction writes to the shards {}, which cannot commit as one: `commit_mode` of the shards takes `CommitMode::TwoPhase` for \
             all or none, or `Ordered` for one after the other",
            self.names(&[first, second])
        );
        Error::new(ErrorKind::InvalidState, message)
    }

    fn names(&self, databases: &[usize]) -> String {
        databases.iter().map(|&number| format!("`{}`", self.shards.name(number))).collect::<Vec<_>>().join(", ")
    }

    /// Ends the transactions of all shards without their changes, in the databases and in memory; see [`Session::rollback`].
    ///
    /// # Errors
    ///
    /// The first one of the databases; memory is restored all the same.
    pub fn rollback(&mut self) -> Result<()> {
        let partly = std::mem::take(&mut self.partly);
        self.names.renew();
        self.places.forget();
        self.end_each(|session| {
            let outcome = session.rollback();
            if partly {
                // What one of the databases has committed, memory may have taken back.
                session.expire_all();
            }
            outcome
        })
    }

    /// Rolls back what is not committed, forgets all objects and gives the connections back. The session can be used again.
    ///
    /// # Errors
    ///
    /// The first one of the databases.
    pub fn close(&mut self) -> Result<()> {
        self.partly = false;
        self.names.renew();
        self.places.forget();
        self.end_each(Session::close)
    }

    /// Ends something on every shard, also after an error, and gives the first one.
    fn end_each(&mut self, mut end: impl FnMut(&mut Session) -> Result<()>) -> Result<()> {
        let mut outcome = Ok(());
        for (_, session) in self.opened() {
            let ended = end(session);
            outcome = outcome.and(ended);
        }
        outcome
    }
}

/// The shards that were written to.
struct Writers<'s> {
    session: &'s mut ShardedSession,
    writers: &'s [usize],
}

impl Participants for Writers<'_> {
    fn count(&self) -> usize {
        self.writers.len()
    }

    fn name(&self, part: usize) -> String {
        self.session.shards.name(self.writers[part]).to_owned()
    }

    fn link(&mut self, part: usize) -> &mut Link {
        self.session.open(self.writers[part]).link_of_part()
    }
}
