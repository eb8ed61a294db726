//! Listeners of an engine.

use std::any::Any;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::StatementEvent;
use crate::driver::Connection;
use crate::error::{Error, ErrorKind, Result};

/// Observes an engine: its connections and their statements. A transaction is observed by its statements, which are of the kinds `Begin`, `Commit`,
/// `Rollback` and `Savepoint`.
///
/// Each method does nothing unless it is written. They are called on the thread that does the work, which waits for them. A panic of
/// theirs is logged at level ERROR under the target `orm::hook`, and the work goes on; one of [`connect`](EngineHooks::connect) is an
/// error.
///
/// ```
/// use orm_core::driver::Connection;
/// use orm_core::engine::{EngineHooks, Opening, StatementEvent};
///
/// struct Application;
///
/// impl EngineHooks for Application {
///     fn connect(&self, connection: &mut dyn Connection, _: Opening) -> orm_core::Result<()> {
///         connection.execute_script("SET statement_timeout = '5s'")
///     }
///
///     fn after_statement(&self, statement: &StatementEvent<'_>) {
///         println!("{:?} {:?} {}", statement.kind(), statement.elapsed, statement.rows);
///     }
/// }
///
/// let builder = orm::Engine::builder("postgresql://localhost/shop").hooks(Application);
/// ```
pub trait EngineHooks: Send + Sync + 'static {
    /// Makes a connection ready, before anybody has it: one that was opened, and one that was reset after SQL of the user's, which takes
    /// settings back.
    ///
    /// # Errors
    ///
    /// Whatever it returns: the connection is then closed, and the caller that wanted it gets the error.
    fn connect(&self, connection: &mut dyn Connection, opening: Opening) -> Result<()> {
        let _ = (connection, opening);
        Ok(())
    }

    /// Whether the events of a flush's statements are to name their rows. It is asked once, when the engine is built.
    fn wants_rows(&self) -> bool {
        false
    }

    /// Called when somebody has got a connection.
    fn check_out(&self, event: &ConnectionEvent) {
        let _ = event;
    }

    /// Called when somebody got none: `PoolTimeout`, or why it could not be opened.
    fn check_out_failed(&self, error: &Error, waited: Duration) {
        let _ = (error, waited);
    }

    /// Called when somebody gives back what he got.
    fn check_in(&self, event: &ConnectionEvent) {
        let _ = event;
    }

    /// Called when a connection closes.
    fn close(&self, event: &ConnectionEvent) {
        let _ = event;
    }

    /// Called before a statement is sent.
    fn before_statement(&self, statement: &StatementEvent<'_>) {
        let _ = statement;
    }

    /// Called when the statement has run or failed.
    fn after_statement(&self, statement: &StatementEvent<'_>) {
        let _ = statement;
    }
}

/// Why a connection is made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opening {
    /// It is the first one of the engine.
    First,
    /// Another one was opened.
    Another,
    /// It was reset.
    Reset,
}

/// What happens to a connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectionEvent {
    /// The connection, by its number within the engine.
    pub id: u64,
    /// Where in the program it was taken; of a session, where that was made. `None` when it closes.
    pub taken_at: Option<&'static Location<'static>>,
    /// How long it was waited for, at a check-out.
    pub waited: Duration,
}

/// The hooks of an engine, in the order in which they were given.
#[derive(Clone, Default)]
pub(super) struct Hooks {
    all: Arc<[Arc<dyn EngineHooks>]>,
    /// Whether connections come ready, so that `connect` is not called.
    come_ready: bool,
    /// Whether one of them wants to know the rows of a flush.
    pub(super) want_rows: bool,
}

impl Hooks {
    pub(super) fn new(hooks: Vec<Arc<dyn EngineHooks>>) -> Self {
        let want_rows = hooks.iter().any(|hooks| hooks.wants_rows());
        Self { all: hooks.into(), come_ready: false, want_rows }
    }

    /// The same hooks for connections that were made ready elsewhere.
    pub(super) fn for_ready_connections(&self) -> Self {
        Self { all: Arc::clone(&self.all), come_ready: true, want_rows: self.want_rows }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Calls each by `call`. Nothing that one does keeps the others, or the caller, from going on.
    pub(super) fn tell(&self, moment: &'static str, call: impl Fn(&dyn EngineHooks)) {
        for hooks in &*self.all {
            guarded(moment, || call(&**hooks));
        }
    }

    /// Makes a connection ready.
    ///
    /// # Errors
    ///
    /// The first one of a hook, and `InvalidState` for a panic.
    pub(super) fn connect(&self, connection: &mut dyn Connection, opening: Opening) -> Result<()> {
        let hooks = if self.come_ready { &[] } else { &*self.all };
        hooks.iter().try_for_each(|hooks| {
            let outcome = catch_unwind(AssertUnwindSafe(|| hooks.connect(connection, opening)));
            outcome
                .unwrap_or_else(|panic| {
                    let message = format!("it panicked: {}", text(&*panic));
                    Err(Error::new(ErrorKind::InvalidState, message))
                })
                .map_err(|error| error.context("a hook of connect"))
        })
    }
}

/// Runs code of the user's. A panic is logged.
pub(super) fn guarded(moment: &'static str, call: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(call)) {
        tracing::error!(target: "orm::hook", moment, panic = text(&*panic), "a hook panicked");
    }
}

/// What a panic says.
fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}

/// A closure that is called after each statement.
pub(super) struct AfterStatement<F>(pub(super) F);

impl<F: Fn(&StatementEvent<'_>) + Send + Sync + 'static> EngineHooks for AfterStatement<F> {
    fn after_statement(&self, statement: &StatementEvent<'_>) {
        (self.0)(statement);
    }
}

/// A closure that makes connections ready.
pub(super) struct OnConnect<F>(pub(super) F);

impl<F: Fn(&mut dyn Connection) -> Result<()> + Send + Sync + 'static> EngineHooks for OnConnect<F> {
    fn connect(&self, connection: &mut dyn Connection, _: Opening) -> Result<()> {
        (self.0)(connection)
    }
}
