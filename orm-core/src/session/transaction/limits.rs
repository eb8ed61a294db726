//! How long the statements of a session may take, and who may cancel them.

use std::time::Instant;

use super::link::{Link, Way};
use crate::driver::{CancelToken, Limits, TransactionOptions};
use crate::engine::{Bounds, Conn, after, sooner};
use crate::session::Session;

impl Session {
    /// A token that cancels the statements of this session, from any thread and at any moment: the one that runs, or that waits for a lock or
    /// for a connection of the pool, and the next ones. They end in `Cancelled`, and memory is as it was left. That holds until
    /// [`rollback`](Session::rollback) or [`close`](Session::close), after which the same token may cancel again.
    ///
    /// See the example of [`CancelToken`].
    pub fn cancel_token(&mut self) -> CancelToken {
        self.links.cancel_token()
    }

    /// Lets `token` cancel the statements of this session, as one of [`cancel_token`](Session::cancel_token) does. It replaces that.
    ///
    /// ```
    /// use orm::CancelToken;
    /// use orm::prelude::*;
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// let stop_all = CancelToken::default(); // one for several sessions
    /// let mut session = engine.session();
    /// session.cancel_by(stop_all.clone());
    /// stop_all.cancel();
    /// assert_eq!(sql("SELECT 1").one::<i64>(&mut session).unwrap_err().kind(), ErrorKind::Cancelled);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn cancel_by(&mut self, token: CancelToken) {
        self.links.cancel_by(&token);
    }

    /// Ends the work of this session between two statements, once `token` is cancelled: the one that runs is done, and the next one, or the commit,
    /// is an error of the kind `Cancelled`. A rollback does not change that. It costs nothing while a statement runs, unlike
    /// [`cancel_by`](Session::cancel_by).
    ///
    /// ```
    /// use orm::CancelToken;
    /// use orm::prelude::*;
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// let nobody_waits = CancelToken::default();
    /// let mut session = engine.session();
    /// session.stop_by(nobody_waits.clone());
    /// assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    /// nobody_waits.cancel();
    /// assert_eq!(session.commit().unwrap_err().kind(), ErrorKind::Cancelled);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn stop_by(&mut self, token: CancelToken) {
        self.links.stop_by(&token);
    }

    /// Ends what is not done by then: the statement that runs at that moment, and each later one, is an error of the kind `Timeout`, as is a
    /// commit. `None` takes it back. [`Unit::deadline`](crate::session::Unit::deadline) says it for a unit of work.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use orm::prelude::*;
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// let mut session = engine.session();
    /// session.set_deadline(Instant::now() + Duration::from_millis(50));
    /// let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    /// assert_eq!(sql(endless).one::<i64>(&mut session).unwrap_err().kind(), ErrorKind::Timeout);
    /// session.rollback()?;
    /// session.set_deadline(None);
    /// assert_eq!(sql("SELECT 1").one::<i64>(&mut session)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn set_deadline(&mut self, deadline: impl Into<Option<Instant>>) {
        self.links.set_deadline(deadline.into());
    }
}

impl Link {
    pub(super) fn cancel_token(&mut self) -> CancelToken {
        self.limits.cancel.get_or_insert_default().clone()
    }

    pub(super) fn cancel_by(&mut self, token: CancelToken) {
        self.limits.cancel = Some(token);
        self.limit_again();
    }

    pub(super) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.limits.deadline = deadline;
        self.limit_again();
    }

    /// What limits statements that run with `options`.
    fn bounds(&self, options: &TransactionOptions) -> Bounds {
        Bounds { whole: self.whole(), ..Bounds::of(options) }
    }

    /// What limits a connection that is to be taken, where none is in use.
    pub(super) fn bounds_if_free(&mut self) -> Bounds {
        if !matches!(self.way, Way::Free) {
            return Bounds::default();
        }
        // No transaction is open.
        self.ends = None;
        self.bounds(&self.options)
    }

    /// Limits a connection, on which a transaction with `options` begins.
    pub(super) fn limit(&mut self, conn: &mut Conn, options: &TransactionOptions) {
        self.ends = options.transaction_timeout.filter(|timeout| !timeout.is_zero()).and_then(after);
        conn.limit(self.bounds(options));
    }

    /// Tells the connection in use what has changed.
    fn limit_again(&mut self) {
        let whole = self.whole();
        match &mut self.way {
            Way::Free => {}
            Way::Snapshot(conn) | Way::Alone(conn) | Way::Transaction(conn) => conn.limit_whole(whole),
        }
    }

    /// What ends the session, or its open transaction.
    fn whole(&self) -> Limits {
        Limits { deadline: sooner(self.limits.deadline, self.ends), cancel: self.limits.cancel.clone() }
    }

    /// After a rollback, the session is no longer cancelled.
    pub(super) fn go_on(&mut self) {
        self.ends = None;
        if let Some(token) = &self.limits.cancel {
            token.reset();
        }
    }
}
