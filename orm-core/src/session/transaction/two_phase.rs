//! The first phase of a commit in two.

use super::link::{Link, Way};
use super::names::Named;
use crate::driver::TransactionOptions;
use crate::engine::{Second, check_prepared_id};
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;
use crate::session::events::Moment;
use crate::session::flush::Then;

impl Session {
    /// Writes all changes and prepares the transaction under `id`: the database keeps it, through a crash too, until
    /// [`Engine::commit_prepared`](crate::engine::Engine::commit_prepared) or
    /// [`rollback_prepared`](crate::engine::Engine::rollback_prepared), in this process or another, ends it. So several databases commit
    /// all or none: prepare in each, then commit each.
    ///
    /// The session has no part in the transaction any more, and can begin another one. Its objects are as after a commit; with
    /// [`set_expire_on_commit`](Session::set_expire_on_commit) they are marked to be read again. Until the second phase no transaction
    /// sees what was written, and should it be rolled back the session does not hear of it: [`clear`](Session::clear) it then.
    /// Listeners hear `before_commit`, and no `after_commit`.
    ///
    /// MySQL and MariaDB have to know the id as the transaction begins. Where one is open already, [`begin_prepared`](Session::begin_prepared) has to
    /// have begun it.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the database cannot prepare transactions, `Config` for an id that cannot be one, and `InvalidState` where the open
    /// transaction was not begun under this id and had to be, all before anything is flushed; those of [`flush`](Session::flush); the
    /// database's when the id is taken or it is set up without prepared transactions: then nothing is kept, and `rollback()` is needed.
    pub fn prepare(&mut self, id: &str) -> Result<()> {
        self.refuse_within_flush("prepare")?;
        self.refuse_with_savepoint("prepared")?;
        self.links.refuse_several("prepare(): `CommitMode::TwoPhase` prepares and commits them")?;
        check_prepared_id(self.links.main().dialect(), id)?;
        self.links.main().begin_named(id)?;
        self.tell(Moment::BeforeCommit)?;
        self.flush_all(Then::GoOn)?;
        let link = self.links.main();
        link.begin()?;
        link.end(|conn| conn.prepare_transaction(id))?;
        self.end_transaction();
        Ok(())
    }

    /// [`begin`](Session::begin)s a transaction that [`prepare`](Session::prepare) will end under this id. It may end otherwise too.
    ///
    /// ```no_run
    /// # use orm::prelude::*;
    /// # let engine = Engine::connect("mariadb://localhost/shop")?;
    /// let mut session = engine.session();
    /// session.begin_prepared("order-17")?;
    /// sql("DELETE FROM cart").execute(&mut session)?;
    /// session.prepare("order-17")?;
    /// engine.commit_prepared("order-17")?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`begin`](Session::begin), `Unsupported` where the database cannot prepare transactions, `Config` for an id that cannot be one, and the
    /// database's when it is taken.
    pub fn begin_prepared(&mut self, id: &str) -> Result<()> {
        self.refuse_begin()?;
        self.links.refuse_several("begin_prepared(): `CommitMode::TwoPhase` names its transactions")?;
        let link = self.links.main();
        check_prepared_id(link.dialect(), id)?;
        if link.is_named_from_begin() { link.begin_named(id) } else { link.begin() }
    }
}

impl Link {
    /// Whether the database has to know from the beginning of a transaction under which id it will be prepared.
    pub(super) fn is_named_from_begin(&self) -> bool {
        self.dialect().capabilities().prepared_from_begin
    }

    /// Begins a transaction under an id, where the database has to know it by then.
    fn begin_named(&mut self, id: &str) -> Result<()> {
        self.refuse_failed()?;
        if !self.is_named_from_begin() || self.named_id().is_some_and(|named| named == id) {
            return Ok(());
        }
        if self.in_transaction() {
            let message = format!(
                "{} has to know as a transaction begins that it will be prepared: begin it with `begin_prepared({id:?})`",
                self.dialect().name()
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.named = Some(Named { id: id.to_owned(), decides: false });
        self.begin_with(TransactionOptions::new()).inspect_err(|error| self.fail(error))
    }

    /// The id under which the open transaction was begun.
    pub(super) fn named_id(&self) -> Option<String> {
        self.named.as_ref().map(|named| named.id.clone())
    }

    /// Whether it decides over the commit of all, by the id under which it was begun.
    pub(super) fn decides(&self) -> bool {
        self.named.as_ref().is_some_and(|named| named.decides)
    }

    /// Whether it would decide, and has changed nothing: then the database may forget it when it is prepared.
    pub(crate) fn decides_nothing(&mut self) -> bool {
        match &mut self.way {
            Way::Transaction(conn) => {
                self.named.as_ref().is_some_and(|named| named.decides) && !conn.has_changed_rows()
            }
            _ => false,
        }
    }

    pub(super) fn check_id(&self, id: &str) -> Result<()> {
        check_prepared_id(self.dialect(), id)
    }

    /// Prepares the open transaction, and keeps its connection for the second phase.
    pub(super) fn prepare(&mut self, id: &str) -> Result<()> {
        self.begin()?;
        self.prepared = self.end(|conn| conn.prepare_transaction(id))?;
        Ok(())
    }

    /// The second phase.
    pub(super) fn end_prepared(&mut self, second: Second, id: &str) -> Result<()> {
        match self.prepared.take() {
            Some(mut conn) => conn.end_prepared(second, id),
            None => self.engine.end_prepared(second, id),
        }
    }
}
