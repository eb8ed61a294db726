//! An engine over one transaction, which is rolled back at its end.

mod connection;
mod part;

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection, TransactionMode, TransactionOptions};
use orm_core::engine::Conn;
use orm_core::{Error, ErrorKind, Result};

use crate::Engine;
use connection::SandboxConnection;

/// A thread that waits longer for the only connection waits for itself.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// An engine whose sessions all run inside one transaction, which is rolled back when the sandbox is dropped: also what they have committed,
/// and also when the test panics.
///
/// It dereferences to an [`Engine`] with the options of the one that it was begun on, and clones of that work in it too, on any thread. What
/// sessions begin, commit and roll back are parts of the transaction, by savepoints. A commit still checks what was deferred.
///
/// ```
/// # #[cfg(all(feature = "sqlite", feature = "derive"))]
/// # fn main() -> orm::Result<()> {
/// use orm::prelude::*;
/// use orm::testing::Sandbox;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "town")]
/// # struct Town {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let engine = Engine::connect("sqlite://")?; // for all tests
/// engine.create_all(models![Town])?;
///
/// let sandbox = Sandbox::begin(&engine)?; // for each test
/// sandbox.transaction(|session| {
///     session.add(Town { name: "Oslo".into(), ..Default::default() });
///     Ok(())
/// })?;
/// assert_eq!(Town::query().count(&mut sandbox.session())?, 1);
/// drop(sandbox);
///
/// assert_eq!(Town::query().count(&mut engine.session())?, 0);
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
/// # fn main() {}
/// ```
///
/// # What differs
///
/// * There is one connection. A session that wants it waits until the session that has it commits, rolls back or is dropped. A thread that has one session in a
///   transaction, and wants a second one, gets `PoolTimeout` after five seconds, or the engine's `pool_timeout` if that is shorter.
/// * Sessions cannot be isolated further than the sandbox: `Unsupported`, unless it was [begun](Sandbox::begin_with) with that isolation. A transaction
///   that is read-only refuses statements that write, by their text.
/// * A commit in two phases is `Unsupported`, and so is SQL of your own that begins or ends transactions.
/// * The database sees one transaction: its current time stands still, notifications are not sent, locks are kept until the end. Numbers that
///   sequences have given out stay given out. Settings that SQL of your own makes stay until the end.
/// * A database with one writer has its lock from the beginning: sandboxes on one file wait for each other, for as long as `busy_timeout` says.
#[derive(Debug)]
pub struct Sandbox {
    engine: Engine,
    backend: Arc<SandboxBackend>,
}

impl Sandbox {
    /// Takes a connection of `engine`, and begins the transaction.
    ///
    /// See the example of [`Sandbox`].
    ///
    /// # Errors
    ///
    /// Those of [`connection`](orm_core::engine::Engine::connection), and the database's.
    #[track_caller]
    pub fn begin(engine: &Engine) -> Result<Self> {
        Self::begin_with(engine, TransactionOptions::new())
    }

    /// [`begin`](Sandbox::begin)s with options: an isolation, or [`TransactionOptions`]. What they leave open is as the engine has it.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # fn main() -> orm::Result<()> {
    /// # use orm::{Engine, Isolation};
    /// # use orm::testing::Sandbox;
    /// # let engine = Engine::connect("sqlite://")?;
    /// let sandbox = Sandbox::begin_with(&engine, Isolation::Serializable)?;
    /// sandbox.session().begin_with(Isolation::RepeatableRead)?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "sqlite"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`begin`](Sandbox::begin), and `Unsupported` for options that the database does not have.
    #[track_caller]
    pub fn begin_with(engine: &Engine, options: impl Into<TransactionOptions>) -> Result<Self> {
        let options = options.into().or(engine.transaction_options());
        let mut conn = engine.connection()?;
        conn.begin(if options.is_default() { TransactionMode::Write } else { TransactionMode::With(options) })?;
        let (conn, ended) = (Mutex::new(Some(conn)), Arc::new(AtomicBool::new(false)));
        let backend = Arc::new(SandboxBackend { conn, dialect: engine.dialect(), options, ended });
        let inside = engine.over(Arc::clone(&backend) as Arc<dyn Backend>, LONGEST_WAIT)?;
        Ok(Self { engine: inside.into(), backend })
    }
}

impl Deref for Sandbox {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for Sandbox {
    /// The connection rolls back as it goes to its engine. A session that has it meanwhile gives it back as broken, with the same effect.
    fn drop(&mut self) {
        self.backend.ended.store(true, Ordering::Release);
        if self.backend.take().is_some() {
            return;
        }
        match self.engine.connection() {
            Err(error) if error.kind() == ErrorKind::PoolTimeout => {
                tracing::warn!(target: "orm::testing", %error, "a session has outlived its sandbox, and is rolled back when it is dropped");
            }
            // What has ended is refused, and closed by that.
            Ok(_) | Err(_) => {}
        }
    }
}

/// The database as the sandbox's sessions see it.
#[derive(Debug)]
struct SandboxBackend {
    /// The connection, until it is first used.
    conn: Mutex<Option<Conn>>,
    dialect: &'static dyn Dialect,
    options: TransactionOptions,
    ended: Arc<AtomicBool>,
}

impl SandboxBackend {
    fn take(&self) -> Option<Conn> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Backend for SandboxBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        let conn = self.take().ok_or_else(ended)?;
        Ok(Box::new(SandboxConnection::new(conn, self.dialect, self.options, Arc::clone(&self.ended))))
    }

    fn max_connections(&self) -> Option<u32> {
        Some(1)
    }
}

fn ended() -> Error {
    let message = "the sandbox has ended: it was dropped, or its transaction was lost by an error before this one; nothing of it is left";
    Error::new(ErrorKind::InvalidState, message)
}
