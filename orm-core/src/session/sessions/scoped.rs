use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use super::Sessions;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;

thread_local! {
    /// The sessions of the thread by their registries. One that is lent to a closure is `None`.
    static SESSIONS: RefCell<HashMap<u64, Option<Session>>> = RefCell::default();
}

/// One session for each thread, from [`Sessions::scoped`]: for programs whose functions are too many to pass a session to.
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
        let mut session = match self.lend()? {
            Some(session) => session,
            None => self.sessions.make(Location::caller()),
        };
        match catch_unwind(AssertUnwindSafe(|| work(&mut session))) {
            Ok(outcome) => {
                self.put(Some(session))?;
                outcome
            }
            Err(panic) => {
                // The thread cannot be at its end here, so that there is a place to clear.
                let _cleared = self.put(None);
                drop(session);
                resume_unwind(panic)
            }
        }
    }

    /// Rolls back what the thread's session has not committed, and forgets it. The next [`with`](ScopedSessions::with) makes another one.
    ///
    /// See the example of [`ScopedSessions`].
    ///
    /// # Errors
    ///
    /// The database's, and `InvalidState` within `with`. The session is gone all the same, but for the latter.
    pub fn remove(&self) -> Result<()> {
        let session = self.lend()?;
        self.put(None)?;
        session.map_or(Ok(()), |mut session| session.close())
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

    /// Takes the thread's session out, if it has one. It is to be [`put`](Self::put) back.
    fn lend(&self) -> Result<Option<Session>> {
        let before = SESSIONS.try_with(|sessions| sessions.borrow_mut().insert(self.id, None));
        match before {
            Ok(None) => Ok(None),
            Ok(Some(Some(session))) => Ok(Some(session)),
            Ok(Some(None)) => Err(in_use()),
            Err(_) => Err(ending()),
        }
    }

    fn put(&self, session: Option<Session>) -> Result<()> {
        let put = SESSIONS.try_with(|sessions| {
            let mut sessions = sessions.borrow_mut();
            match session {
                Some(_) => sessions.insert(self.id, session).flatten(),
                None => sessions.remove(&self.id).flatten(),
            }
        });
        // A session is dropped after the borrow: its connection tells hooks, which may come back here.
        put.map(drop).map_err(|_| ending())
    }
}

#[cold]
fn in_use() -> Error {
    let message = "the session of the thread is lent to a caller already: hand the `&mut Session` on as an argument";
    Error::new(ErrorKind::InvalidState, message)
}

#[cold]
fn ending() -> Error {
    Error::new(
        ErrorKind::InvalidState,
        "the thread ends, and its session is gone: use `sessions().session()` in destructors",
    )
}
