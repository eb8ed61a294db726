//! How long a statement runs, and how long it waits for the lock of another connection.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use orm_core::driver::Limits;
use rusqlite::{Connection, Result};

/// How many steps of its machine SQLite takes between two looks at the limits: some tens of microseconds.
const STEPS: i32 = 1_000;
/// How long to sleep before trying a lock again, as SQLite itself does it.
const NAPS: [u64; 12] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];

/// The limits of a connection's statements. Without any, SQLite waits for locks by itself, and runs statements to their end.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    terms: Arc<Mutex<Terms>>,
    /// Whether SQLite asks here.
    is_asked: bool,
}

/// What a statement has to keep to.
#[derive(Debug, Default)]
struct Terms {
    limits: Limits,
    /// How long a lock is waited for: what SQLite does by itself, and what the transaction says.
    usual: Duration,
    lock_timeout: Option<Duration>,
    /// How long the running statement has waited before SQLite began with it.
    waited: Duration,
    /// When the running wait began.
    since: Option<Instant>,
}

impl Terms {
    /// A nap that the limits let one take.
    fn shorten(&self, nap: Duration) -> Duration {
        if self.limits.is_empty() { nap } else { nap.min(self.limits.nap()) }
    }
}

impl Patience {
    fn terms(&self) -> MutexGuard<'_, Terms> {
        lock(&self.terms)
    }

    /// Limits the statements from now on.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(crate) fn set_limits(&mut self, native: &mut Connection, limits: &Limits) -> Result<()> {
        self.terms().limits = limits.clone();
        self.be_asked(native)
    }

    /// How long statements wait for a lock from now on; `None` is as the connection has it. Zero is without end.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(crate) fn set_lock_timeout(&mut self, native: &mut Connection, timeout: Option<Duration>) -> Result<()> {
        self.terms().lock_timeout = timeout.map(|timeout| if timeout.is_zero() { Duration::MAX } else { timeout });
        self.be_asked(native)
    }

    /// How long a statement waits for a lock, where SQLite waits for as long as `usual` by itself.
    pub(crate) fn of_locks(&self, usual: Duration) -> Duration {
        self.terms().lock_timeout.unwrap_or(usual)
    }

    /// How long to sleep before looking again, for a writer that has waited for a lock for so long, of the time that is allowed.
    pub(crate) fn nap(&self, waited: Duration, allowed: Duration) -> Option<Duration> {
        let (terms, left) = (self.terms(), allowed.saturating_sub(waited));
        (!left.is_zero() && !terms.limits.is_reached()).then(|| terms.shorten(left))
    }

    /// The next statement has waited already, of the time that is allowed.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub(crate) fn count_wait(&self, native: &Connection, waited: Duration, allowed: Duration) -> Result<()> {
        self.terms().waited = waited;
        if self.is_asked { Ok(()) } else { native.busy_timeout(allowed.saturating_sub(waited)) }
    }

    /// Has SQLite ask here while there is something to say.
    fn be_asked(&mut self, native: &mut Connection) -> Result<()> {
        let terms = self.terms();
        let wanted = !terms.limits.is_empty() || terms.lock_timeout.is_some();
        let usual = terms.usual;
        drop(terms);
        match (self.is_asked, wanted) {
            (false, true) => {
                let usual: u32 = native.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
                self.terms().usual = Duration::from_millis(usual.into());
                let [running, waiting] = [Arc::clone(&self.terms), Arc::clone(&self.terms)];
                native.progress_handler(STEPS, Some(move || lock(&running).limits.is_reached()))?;
                native.busy_handler(Some(move |tried| waits(&waiting, tried)))?;
            }
            (true, false) => {
                native.progress_handler(0, None::<fn() -> bool>)?;
                native.busy_timeout(usual)?;
            }
            _ => {}
        }
        self.is_asked = wanted;
        Ok(())
    }
}

fn lock(terms: &Mutex<Terms>) -> MutexGuard<'_, Terms> {
    terms.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sleeps before a lock is tried once more. Tells whether it is.
fn waits(terms: &Mutex<Terms>, tried: i32) -> bool {
    let mut terms = lock(terms);
    if tried == 0 {
        terms.since = Some(Instant::now());
    }
    let waited = terms.waited + terms.since.map_or(Duration::ZERO, |since| since.elapsed());
    let left = terms.lock_timeout.unwrap_or(terms.usual).saturating_sub(waited);
    if left.is_zero() || terms.limits.is_reached() {
        return false;
    }
    let nap = NAPS[usize::try_from(tried).unwrap_or(0).min(NAPS.len() - 1)];
    let nap = terms.shorten(Duration::from_millis(nap).min(left));
    drop(terms);
    thread::sleep(nap);
    true
}
