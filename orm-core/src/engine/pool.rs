use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use r2d2::{ManageConnection, NopErrorHandler, PooledConnection};
use scheduled_thread_pool::ScheduledThreadPool;

use crate::driver::{Backend, Connection};
use crate::error::{Error, ErrorKind, Result};

/// How long a connection may lie idle before it is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(600);

/// How long a thread waits for an only connection that seems to be its own. It may have handed the session on to another thread, whose
/// first statement shows that.
const OWN_TIMEOUT: Duration = Duration::from_secs(1);

/// What the user says of the pool.
#[derive(Debug, Clone)]
pub(super) struct PoolOptions {
    pub(super) size: u32,
    pub(super) overflow: u32,
    pub(super) timeout: Duration,
    pub(super) recycle: Option<Duration>,
    pub(super) pre_ping: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { size: 5, overflow: 10, timeout: Duration::from_secs(30), recycle: None, pre_ping: false }
    }
}

/// A place in the pool, with the connection that sits in it once somebody has opened it.
///
/// The pool hands out places only: whoever takes one opens its connection. So a wrong password or a server that is down
/// is told to the caller at once and as what it is, and no thread tries again behind his back.
#[derive(Default)]
pub(super) struct Place(Option<Open>);

struct Open {
    connection: Box<dyn Connection>,
    since: Instant,
}

impl Place {
    /// The connection, until it is [closed](Place::close).
    pub(super) fn connection(&mut self) -> Result<&mut dyn Connection> {
        match &mut self.0 {
            Some(open) => Ok(&mut *open.connection),
            None => {
                Err(Error::new(ErrorKind::ConnectionLost, "the connection was closed after an error; take another"))
            }
        }
    }

    /// Whether the connection is closed, or can never be used again.
    pub(super) fn is_broken(&self) -> bool {
        self.0.as_ref().is_none_or(|open| open.connection.is_broken())
    }

    /// Closes the connection and leaves the place empty.
    pub(super) fn close(&mut self) {
        self.0 = None;
    }
}

/// The places and their number.
pub(super) struct Pool {
    places: r2d2::Pool<Places>,
    timeout: Duration,
    recycle: Option<Duration>,
    pre_ping: bool,
    /// Which thread used the connection last, where there is only one.
    last_use: Option<Mutex<ThreadId>>,
}

/// A place that its owner gives back to the pool by dropping it.
pub(super) type TakenPlace = PooledConnection<Places>;

impl Pool {
    pub(super) fn new(options: &PoolOptions, limit: Option<u32>) -> Result<Self> {
        let wanted = options.size.saturating_add(options.overflow);
        if wanted == 0 {
            return Err(Error::new(ErrorKind::Config, "a pool needs at least one connection: `pool_size` is 0"));
        }
        // A database that lives in its only connection must keep it.
        let keep = limit == Some(1);
        let size = limit.map_or(wanted, |limit| wanted.min(limit).max(1));
        let places = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .idle_timeout((!keep).then_some(IDLE_TIMEOUT))
            .max_lifetime(None)
            .error_handler(Box::new(NopErrorHandler))
            .thread_pool(Arc::clone(threads()))
            .build_unchecked(Places);
        Ok(Self {
            places,
            timeout: options.timeout,
            recycle: options.recycle.filter(|_| !keep),
            pre_ping: options.pre_ping,
            last_use: (size == 1).then(|| Mutex::new(thread::current().id())),
        })
    }

    /// Waits for a place and opens its connection where there is none.
    pub(super) fn check_out(&self, backend: &dyn Backend) -> Result<TakenPlace> {
        let mut taken = self.take()?;
        self.note_use();
        let place: &mut Place = &mut taken;
        if let Some(open) = &mut place.0
            && (self.is_too_old(open) || (self.pre_ping && open.connection.ping().is_err()))
        {
            place.close();
        }
        if place.is_broken() {
            place.0 = Some(Open { connection: backend.connect()?, since: Instant::now() });
        }
        Ok(taken)
    }

    /// This thread uses a connection.
    pub(super) fn note_use(&self) {
        if let Some(last_use) = &self.last_use {
            *last_use.lock().unwrap_or_else(PoisonError::into_inner) = thread::current().id();
        }
    }

    fn is_own(&self) -> bool {
        let last_use = self.last_use.as_ref().map(|last_use| *last_use.lock().unwrap_or_else(PoisonError::into_inner));
        last_use == Some(thread::current().id())
    }

    /// Waits for a place. A thread that waits for the connection that it holds itself would wait in vain.
    fn take(&self) -> Result<TakenPlace> {
        let first = if self.is_own() { self.timeout.min(OWN_TIMEOUT) } else { self.timeout };
        if let Ok(taken) = self.places.get_timeout(first) {
            return Ok(taken);
        }
        if self.is_own() {
            return Err(self.timed_out(first));
        }
        self.places.get_timeout(self.timeout - first).map_err(|_| self.timed_out(self.timeout))
    }

    fn is_too_old(&self, open: &Open) -> bool {
        self.recycle.is_some_and(|age| open.since.elapsed() >= age)
    }

    fn timed_out(&self, waited: Duration) -> Error {
        let message = match self.places.max_size() {
            1 if self.is_own() => format!(
                "the database's only connection stayed in use for {waited:?}, by a session of this very thread, which cannot give it \
                 back while it waits: commit, roll back or drop that session before another one runs a statement"
            ),
            1 => format!(
                "the database's only connection stayed in use for {waited:?}: finish or drop the session that holds it before another \
                 one runs a statement"
            ),
            size => format!(
                "all {size} connections of the pool stayed in use for {waited:?}: drop sessions when they are done, or raise \
                 `pool_size`, `max_overflow` or `pool_timeout`"
            ),
        };
        Error::new(ErrorKind::PoolTimeout, message)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.places.state();
        f.debug_struct("Pool")
            .field("max_size", &self.places.max_size())
            .field("open", &state.connections)
            .field("in_use", &state.connections.saturating_sub(state.idle_connections))
            .finish()
    }
}

/// Makes empty places, which cannot fail.
#[derive(Debug)]
pub(super) struct Places;

impl ManageConnection for Places {
    type Connection = Place;
    type Error = Infallible;

    fn connect(&self) -> Result<Place, Infallible> {
        Ok(Place::default())
    }

    fn is_valid(&self, _: &mut Place) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, _: &mut Place) -> bool {
        false
    }
}

/// The thread that makes places and closes idle connections, for all pools of the process.
fn threads() -> &'static Arc<ScheduledThreadPool> {
    static THREADS: OnceLock<Arc<ScheduledThreadPool>> = OnceLock::new();
    THREADS
        .get_or_init(|| Arc::new(ScheduledThreadPool::builder().num_threads(1).thread_name_pattern("orm-pool").build()))
}
