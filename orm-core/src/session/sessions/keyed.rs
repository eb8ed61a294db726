use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Sessions;
use super::place::{Place, in_use, lend, remove};
use crate::error::Result;
use crate::session::Session;

/// One session for each key, from [`Sessions::scoped_by`]: as [`ScopedSessions`](super::ScopedSessions), for scopes that are no threads.
///
/// The key is asked for anew with each call: the number of a request, a tenant, whatever tells the program's scopes apart. The session of a
/// key is made when it is first wanted, on whatever thread, and stays until [`remove`](KeyedSessions::remove), or until the registry is dropped:
/// the end of a thread changes nothing. So remove it where the scope ends. What was not committed is rolled back then.
///
/// ```
/// use std::cell::Cell;
///
/// use orm::KeyedSessions;
/// use orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// thread_local!(static REQUEST: Cell<u64> = const { Cell::new(0) });
///
/// fn register(sessions: &KeyedSessions<u64>, name: &str) -> orm::Result<()> {
///     sessions.with(|session| {
///         session.add(User { name: name.into(), ..Default::default() });
///         Ok(())
///     })
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![User])?;
/// let sessions = engine.sessions().scoped_by(|| REQUEST.get());
/// register(&sessions, "Ann")?;
/// REQUEST.set(1);
/// assert!(!sessions.has_session());
/// register(&sessions, "Bob")?;
/// sessions.with(|session| session.commit())?; // Bob
/// sessions.remove()?;
/// REQUEST.set(0);
/// sessions.remove()?; // Ann is rolled back
/// assert_eq!(User::query().count(&mut engine.session())?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct KeyedSessions<K> {
    sessions: Sessions,
    key: Box<dyn Fn() -> K + Send + Sync>,
    /// One that is lent to a closure is `None`.
    kept: Mutex<HashMap<K, Option<Session>>>,
}

impl<K: Eq + Hash + Clone> KeyedSessions<K> {
    pub(super) fn new(sessions: Sessions, key: impl Fn() -> K + Send + Sync + 'static) -> Self {
        Self { sessions, key: Box::new(key), kept: Mutex::default() }
    }

    /// Lends the session of the key to `work`. After a panic of `work` the session is dropped, and with it what it has not committed.
    ///
    /// See the example of [`KeyedSessions`].
    ///
    /// # Errors
    ///
    /// Those of `work`, and `InvalidState` within another `work` for the same key, on whatever thread.
    #[track_caller]
    pub fn with<R>(&self, work: impl FnOnce(&mut Session) -> Result<R>) -> Result<R> {
        lend(&self.place(), &self.sessions, Location::caller(), work)
    }

    /// Rolls back what the session of the key has not committed, and forgets it. The next [`with`](KeyedSessions::with) makes another one.
    ///
    /// See the example of [`KeyedSessions`].
    ///
    /// # Errors
    ///
    /// The database's, and `InvalidState` within `with`. The session is gone all the same, but for the latter.
    pub fn remove(&self) -> Result<()> {
        remove(&self.place())
    }

    /// Whether the key has a session.
    ///
    /// See the example of [`KeyedSessions`].
    pub fn has_session(&self) -> bool {
        let Keyed { kept, key } = self.place();
        lock(kept).contains_key(&key)
    }

    /// The factory of the sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn place(&self) -> Keyed<'_, K> {
        Keyed { kept: &self.kept, key: (self.key)() }
    }
}

impl<K> fmt::Debug for KeyedSessions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = lock(&self.kept).len();
        f.debug_struct("KeyedSessions").field("sessions", &self.sessions).field("kept", &kept).finish()
    }
}

/// The place of the session of one key.
struct Keyed<'k, K> {
    kept: &'k Mutex<HashMap<K, Option<Session>>>,
    key: K,
}

impl<K: Eq + Hash + Clone> Place for Keyed<'_, K> {
    fn take(&self) -> Result<Option<Session>> {
        match lock(self.kept).insert(self.key.clone(), None) {
            None => Ok(None),
            Some(Some(session)) => Ok(Some(session)),
            Some(None) => Err(in_use("the key")),
        }
    }

    fn put(&self, session: Option<Session>) -> Result<()> {
        let mut kept = lock(self.kept);
        match session {
            Some(_) => kept.insert(self.key.clone(), session),
            None => kept.remove(&self.key),
        };
        Ok(())
    }
}

/// Nothing is done with a session while the map is locked, so that a panic leaves it whole.
fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
