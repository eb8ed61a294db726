//! How a query is run, beside its statement.

use super::Query;
use crate::model::Model;

/// How a query is run, beside its statement.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// Whether relations of the objects that it brings are not loaded on demand.
    pub(crate) raises: bool,
    /// Whether all of its statements see one snapshot.
    pub(crate) consistent: bool,
}

impl<M: Model, Q> Query<M, Q> {
    /// Refuses to load relations on demand: a relation that the query does not include, of an object that it brings, is an error when
    /// [`load`](crate::session::Session::load) asks for it and it is not in memory. It holds for objects of included relations too, and until
    /// another query brings the object. [`Session::include`](crate::session::Session::include) loads what was forgotten.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let authors = Author::query().raise_all().all(&mut session)?;
    /// let error = session.load(authors[0], Author::books).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NotLoaded);
    /// let authors = Author::query().include(Author::books).raise_all().all(&mut session)?;
    /// assert!(session.load(authors[0], Author::books).is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn raise_all(mut self) -> Self {
        self.parts.manner.raises = true;
        self
    }
}

impl<T, Q> Query<T, Q> {
    /// Reads everything in one snapshot: the objects, what the query includes, and the number of rows of a [`page`](Query::page). Without it
    /// each statement outside a transaction sees what was committed before it, so that a parent and its members may be of two times.
    ///
    /// If no transaction is open, the statements run in one of their own that reads only, of
    /// [`RepeatableRead`](crate::driver::Isolation::RepeatableRead). Where options or listeners of the session let one begin for reads, it
    /// begins with that isolation and stays open. Several databases have a snapshot each.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let authors = Author::query().include(Author::books).consistent().all(&mut session)?;
    /// assert_eq!(authors.len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The query is `InvalidState` where several statements run in an open transaction that says no isolation with snapshots, and with a lock,
    /// because locks read rows as they are now. A database with one writer has snapshots in all transactions.
    pub fn consistent(mut self) -> Self {
        self.parts.manner.consistent = true;
        self
    }
}
