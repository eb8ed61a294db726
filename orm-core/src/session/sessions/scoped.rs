use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Sessions;
use super::place::{Place, in_use, lend, remove};
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;

thread_local! {
    /// The sessions of the thread by their registries. One that is lent to a closure is `None`.
    static SESSIONS: RefCell<HashMap<u64, Option<Session>>> = RefCell::default();
}

/// One session for each thread, from [`Sessions::scoped`]: for programs whose functions are too many to pass a session to. For scopes that are
/// no threads, as requests or tenants are, there are [`KeyedSessions`](super::KeyedSessions).
///
/// A thread's session is made when it is first wanted, and stays until [`remove`](ScopedSessions::remove), or until the thread ends. Then what
/// it has not committed is rolled back, and its connection goes back to the pool. Where a thread serves one request after the other, remove it
/// after each.
///
/// ```
/// use std::sync::LazyLock;
///
/// use orm::ScopedSessions;
/// use orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// static SESSIONS: LazyLock<ScopedSessions> = LazyLock::new(|| {
///     let engine = Engine::connect("sqlite://").expect("the URL is right");
///     engine.create_all(models![User]).expect("the tables are created");
///     engine.sessions().scoped()
/// });
///
/// fn register(name: &str) -> orm::Result<()> {
///     SESSIONS.with(|session| {
///         session.add(User { name: name.into(), ..Default::default() });
///         Ok(())
///     })
/// }
///
/// register("Ann")?;
/// register("Bob")?;
/// SESSIONS.with(|session| session.commit())?; // both, for it is the same session
/// assert!(SESSIONS.has_session());
/// SESSIONS.remove()?;
/// assert!(!SESSIONS.has_session());
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug)]
pub struct ScopedSessions {
    sessions: Sessions,
    id: u64,
}

impl ScopedSessions {
    pub(super) fn new(sessions: Sessions) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { sessions, id: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// Lends the thread's session to `work`. After a panic of `work` the session is dropped, and with it what it has not committed.
    ///
    /// See the example of [`ScopedSessions`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and `InvalidState` within another `work` on the same thread, and while the thread ends.
    #[track_caller]
    pub fn with<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        lend(&Thread(self.id), &self.sessions, Location::caller(), work)
    }

    /// Rolls back what the thread's session has not committed, and forgets it. The next [`with`](ScopedSessions::with) makes another one.
    ///
    /// See the example of [`ScopedSessions`].
    ///
    /// # Errors
    ///
    /// The database's, and `InvalidState` within `with`. The session is gone all the same, but for the latter.
    pub fn remove(&self) -> Result<()> {
        remove(&Thread(self.id))
    }

    /// Whether the thread has a session.
    ///
    /// See the example of [`ScopedSessions`].
    pub fn has_session(&self) -> bool {
        SESSIONS.try_with(|sessions| sessions.borrow().contains_key(&self.id)).unwrap_or(false)
    }

    /// The factory of the sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }
}

/// The place of this thread's session of a registry.
struct Thread(u64);

impl Place for Thread {
    fn take(&self) -> Result<Option<Session>> {
        let before = SESSIONS.try_with(|sessions| sessions.borrow_mut().insert(self.0, None));
        match before {
            Ok(None) => Ok(None),
            Ok(Some(Some(session))) => Ok(Some(session)),
            Ok(Some(None)) => Err(in_use("the thread")),
            Err(_) => Err(ending()),
        }
    }

    fn put(&self, session: Option<Session>) -> Result<()> {
        let put = SESSIONS.try_with(|sessions| {
            let mut sessions = sessions.borrow_mut();
            match session {
                Some(_) => sessions.insert(self.0, session).flatten(),
                None => sessions.remove(&self.0).flatten(),
            }
        });
        // A session is dropped after the borrow: its connection tells hooks, which may come back here.
        put.map(drop).map_err(|_| ending())
    }
}

#[cold]
fn ending() -> Error {
    Error::new(
        ErrorKind::InvalidState,
        "the thread ends, and its session is gone: use `sessions().session()` in destructors",
    )
}
