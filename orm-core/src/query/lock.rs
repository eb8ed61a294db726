//! Rows that a query locks until the end of the transaction.

use super::Query;
use crate::error::ErrorKind;
use crate::sql::{Lock, LockWait};

/// Locks are on the rows of the first source of the query, and not on those that are joined to it.
///
/// Objects get the values of their locked rows, as by any query. Their UPDATEs compare nothing, because no other transaction can change the
/// rows. If an object has a version, and the session has read it in this unit, the row must have the same version. Otherwise the query is
/// `StaleData`, unless
/// [`populate_existing`](Query::populate_existing) takes the row's values.
impl<T, Q> Query<T, Q> {
    /// Locks the rows, so that no other transaction can change or lock them.
    ///
    /// ```no_run
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// // A queue: each worker takes a book that no other has.
    /// let next = Book::query().order_by(Book::id).limit(1).for_update().skip_locked().one_or_none(&mut session)?;
    ///
    /// // Or fails at once, with `Busy`, if somebody has it.
    /// let first = Book::query().filter(Book::id.eq(1)).for_update().nowait().one(&mut session)?;
    ///
    /// // Others may read the rows, and lock them in the same way.
    /// let long = Book::query().filter(Book::pages.gt(500)).for_share().all(&mut session)?;
    /// session.commit()?; // gives the locks back
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_update(self) -> Self {
        self.locked(false)
    }

    /// Locks the rows, so that no other transaction can change them.
    ///
    /// See the example of [`for_update`](Query::for_update).
    pub fn for_share(self) -> Self {
        self.locked(true)
    }

    /// Fails if another transaction holds a lock, instead of waiting.
    ///
    /// See the example of [`for_update`](Query::for_update).
    pub fn nowait(self) -> Self {
        self.waiting(LockWait::NoWait, "nowait")
    }

    /// Leaves out rows that another transaction has locked.
    ///
    /// See the example of [`for_update`](Query::for_update).
    pub fn skip_locked(self) -> Self {
        self.waiting(LockWait::SkipLocked, "skip_locked")
    }

    fn locked(mut self, shared: bool) -> Self {
        let of = Some(self.parts.select.from.name().clone());
        self.parts.select.lock = Some(Lock { shared, wait: LockWait::Wait, of });
        self
    }

    fn waiting(mut self, wait: LockWait, method: &str) -> Self {
        match &mut self.parts.select.lock {
            Some(lock) => lock.wait = wait,
            None => {
                let message = format!(
                    "`.{method}()` says how to wait for a lock; say `.for_update()` or `.for_share()` before it"
                );
                self.parts.fail(ErrorKind::InvalidState, message);
            }
        }
        self
    }
}
