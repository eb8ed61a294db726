//! Savepoints: a part of a transaction that can be rolled back by itself, in the database and in memory.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::error::{Error, Result};
use crate::session::Session;
use crate::session::flush::Then;

/// A part of a transaction, begun by [`Session::begin_nested`]. It is used as the session is: `nested[handle]`,
/// `nested.add(..)`.
///
/// [`commit`](Nested::commit) keeps what was done in it, as a part of the transaction around; [`rollback`](Nested::rollback), and
/// dropping it, undo that and nothing else.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = empty_library()?;
/// let mut nested = session.begin_nested()?;
/// nested.add(Author { name: "Ann".into(), ..Default::default() });
/// nested.commit()?; // her row is written, and stays if the transaction is committed
///
/// let mut nested = session.begin_nested()?;
/// nested.add(Author { name: "Bob".into(), ..Default::default() });
/// nested.rollback()?; // Bob is gone, Ann is not
/// session.commit()?;
/// assert_eq!(Author::query().count(&mut session)?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping a nested transaction rolls it back"]
pub struct Nested<'s> {
    session: &'s mut Session,
    /// How many savepoints there are, this one included.
    depth: usize,
    /// Whether it is still to be ended.
    open: bool,
}

impl Session {
    /// Flushes, and begins a savepoint. Savepoints may be begun within each other, to any depth.
    ///
    /// See the example of [`Nested`].
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Session::flush), and the database's.
    pub fn begin_nested(&mut self) -> Result<Nested<'_>> {
        self.flush()?;
        let depth = self.links.savepoint()?;
        self.store.begin_level();
        Ok(Nested { session: self, depth, open: true })
    }

    /// Runs `work` within a savepoint, which is kept when it returns `Ok` and rolled back when it returns `Err` or panics.
    ///
    /// The error of `work` is [`orm::Error`](Error). Work that fails with errors of the application too runs in
    /// [`try_nested`](Session::try_nested).
    ///
    /// See the example of [`Session`].
    ///
    /// # Errors
    ///
    /// Those of `work`, of the savepoint, and of the flush at its end.
    pub fn nested<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.run_nested(work, |error, second| {
            error.context(format!("and the rollback to the savepoint failed ({second})"))
        })
    }

    /// [`nested`](Session::nested) for work that may fail with an error of the application, as
    /// [`try_transaction`](crate::engine::Engine::try_transaction) runs it.
    ///
    /// See the example of [`try_transaction`](crate::engine::Engine::try_transaction).
    ///
    /// # Errors
    ///
    /// As [`nested`](Session::nested).
    pub fn try_nested<R, E: From<Error>>(&mut self, work: impl FnOnce(&mut Self) -> Result<R, E>) -> Result<R, E> {
        self.run_nested(work, |error, second| {
            tracing::warn!(error = %second, "rolling back to a savepoint failed");
            error
        })
    }

    fn run_nested<R, E: From<Error>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, E>,
        both: impl FnOnce(E, Error) -> E,
    ) -> Result<R, E> {
        let mut nested = self.begin_nested()?;
        match work(&mut nested) {
            Ok(value) => {
                nested.commit()?;
                Ok(value)
            }
            Err(error) => match nested.rollback() {
                Ok(()) => Err(error),
                Err(second) => Err(both(error, second)),
            },
        }
    }

    /// Undoes everything since the savepoint, in memory and in the database.
    fn rollback_nested(&mut self, depth: usize) -> Result<()> {
        self.store.sync();
        let restored = self.store.restore_to(depth - 1);
        self.note_conflicts(restored);
        let outcome = self.links.rollback_to(depth);
        self.learn();
        self.tell_states();
        outcome
    }
}

impl Nested<'_> {
    /// Flushes, and keeps what was done since the savepoint as a part of the transaction around. After an error it is
    /// rolled back.
    ///
    /// See the example of [`Nested`].
    ///
    /// # Errors
    ///
    /// Those of [`flush`](Session::flush), and the database's.
    pub fn commit(mut self) -> Result<()> {
        self.session.flush_all(Then::GoOn)?;
        self.session.links.release(self.depth)?;
        self.session.store.merge_level();
        self.open = false;
        Ok(())
    }

    /// Undoes what was done since the savepoint. Objects added in it become transient, the others have the values and
    /// collections that they had when it began.
    ///
    /// See the example of [`Nested`].
    ///
    /// # Errors
    ///
    /// The database's; memory is restored all the same.
    pub fn rollback(mut self) -> Result<()> {
        self.open = false;
        self.session.rollback_nested(self.depth)
    }
}

impl Drop for Nested<'_> {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        if let Err(error) = self.session.rollback_nested(self.depth) {
            tracing::warn!(%error, "rolling back to a savepoint failed");
        }
    }
}

impl Deref for Nested<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Nested<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl fmt::Debug for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nested").field("depth", &self.depth).field("session", &self.session).finish()
    }
}
