//! Copies of a database that answer what only reads.

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::dialect::Replication;
use crate::engine::{At, Bounds, Conn, Engine, after};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;

/// Which of several replicas is read from.
///
/// See the example of [`Sessions::replica`](crate::session::Sessions::replica).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Balance {
    /// One after the other.
    #[default]
    RoundRobin,
    /// The one that has the fewest connections in use.
    LeastLoad,
}

/// A place in the log of what a database has written, from [`Session::position`](crate::session::Session::position). As text it can be given
/// to another process, or to a client and back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position(pub(crate) String);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Position {
    type Err = Error;

    /// # Errors
    ///
    /// `Config` for a text that is no position.
    fn from_str(text: &str) -> Result<Self> {
        // Each database writes its own: `0/16B3748`, `0-1-270`, `3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5`.
        let is_part = |byte: u8| byte.is_ascii_hexdigit() || b"/-:,\n".contains(&byte);
        if text.bytes().all(is_part) && text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        let message =
            format!("{text:?} is not a position in the log of a database: `position()` of a session gives one");
        Err(Error::new(ErrorKind::Config, message))
    }
}

/// How replicas are chosen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) balance: Balance,
    /// How far one may be behind.
    pub(crate) max_lag: Option<Duration>,
    /// How long one is left out that did not answer, or was too far behind.
    pub(crate) pause: Duration,
}

impl Default for Choice {
    fn default() -> Self {
        Self { balance: Balance::default(), max_lag: None, pause: Duration::from_secs(1) }
    }
}

/// The replicas of a database.
#[derive(Debug, Default)]
pub(crate) struct Replicas {
    all: Vec<Replica>,
    choice: Choice,
    next: AtomicUsize,
}

#[derive(Debug)]
struct Replica {
    engine: Engine,
    state: Mutex<ReplicaState>,
}

#[derive(Debug, Clone, Copy, Default)]
struct ReplicaState {
    /// Until when it is left out.
    out_until: Option<Instant>,
    /// When it was last asked how far it is behind.
    asked: Option<Instant>,
}

/// What a session wants of a replica.
#[derive(Debug, Default)]
pub(crate) struct ReadAfter {
    position: Option<Position>,
    /// The replicas that have reached it.
    reached: Vec<usize>,
}

impl ReadAfter {
    pub(crate) fn set(&mut self, position: Position) {
        *self = Self { position: Some(position), reached: Vec::new() };
    }
}

impl Replicas {
    pub(crate) fn engines(&self) -> impl Iterator<Item = &Engine> {
        self.all.iter().map(|replica| &replica.engine)
    }

    pub(crate) fn choice(&self) -> Choice {
        self.choice
    }

    pub(crate) fn new(engines: impl IntoIterator<Item = Engine>, choice: Choice) -> Self {
        let all = engines.into_iter().map(|engine| Replica { engine, state: Mutex::default() });
        Self { all: all.collect(), choice, next: AtomicUsize::new(0) }
    }

    /// A connection of a replica that answers and is not too far behind, with its number; nothing when there is none.
    ///
    /// # Errors
    ///
    /// `Cancelled` and `Timeout`, and `Unsupported` where a database does not tell what is wanted of it.
    pub(crate) fn take(&self, at: At, bounds: &Bounds, wanted: &mut ReadAfter) -> Result<Option<(usize, Conn)>> {
        for index in self.order() {
            let replica = &self.all[index];
            if replica.is_out() {
                continue;
            }
            match replica.take(at, bounds.clone(), self.choice, index, wanted) {
                Ok(Some(conn)) => return Ok(Some((index, conn))),
                Ok(None) => {}
                Err(error) if is_final(error.kind()) => return Err(error),
                Err(error) => self.leave_out(index, &error),
            }
        }
        Ok(None)
    }

    /// The replicas in the order in which they are tried.
    fn order(&self) -> impl Iterator<Item = usize> {
        let count = self.all.len();
        let first = match self.choice.balance {
            Balance::RoundRobin => self.next.fetch_add(1, Ordering::Relaxed),
            Balance::LeastLoad => {
                let load = |index: &usize| self.all[*index].engine.pool_status().checked_out;
                (0..count).min_by_key(load).unwrap_or_default()
            }
        };
        (0..count).map(move |step| (first % count + step) % count)
    }

    /// Reads from others for a while.
    pub(crate) fn leave_out(&self, index: usize, why: &Error) {
        tracing::warn!(replica = index, error = %why, "a replica is left out");
        self.all[index].set(|state| state.out_until = after(self.choice.pause));
    }
}

impl Replica {
    fn set(&self, change: impl FnOnce(&mut ReplicaState)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn state(&self) -> ReplicaState {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_out(&self) -> bool {
        self.state().out_until.is_some_and(|until| until > Instant::now())
    }

    /// A connection, if the replica is as far as is wanted.
    fn take(
        &self,
        at: At,
        bounds: Bounds,
        choice: Choice,
        index: usize,
        wanted: &mut ReadAfter,
    ) -> Result<Option<Conn>> {
        let mut conn = self.engine.take_limited(at, bounds)?;
        if let Some(longest) = choice.max_lag.filter(|_| self.is_to_be_asked(choice.pause)) {
            self.set(|state| state.asked = Some(Instant::now()));
            let behind = lag(&mut conn)?;
            if behind > longest {
                tracing::warn!(replica = index, ?behind, "a replica is too far behind, and is left out");
                self.set(|state| state.out_until = after(choice.pause));
                return Ok(None);
            }
        }
        if let Some(position) = wanted.position.as_ref().filter(|_| !wanted.reached.contains(&index)) {
            if !has_reached(&mut conn, position)? {
                return Ok(None);
            }
            wanted.reached.push(index);
        }
        Ok(Some(conn))
    }

    fn is_to_be_asked(&self, pause: Duration) -> bool {
        self.state().asked.is_none_or(|asked| asked.elapsed() >= pause)
    }
}

/// Whether an error has nothing to do with the replica that it came from.
fn is_final(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Cancelled | ErrorKind::Timeout | ErrorKind::Unsupported)
}

fn replication(conn: &Conn) -> Result<&'static Replication> {
    let dialect = conn.dialect();
    dialect.replication().ok_or_else(|| Error::unsupported(dialect.name(), "positions in a log of what was written"))
}

/// How far a replica is behind.
fn lag(conn: &mut Conn) -> Result<Duration> {
    let (replication, mut seconds) = (replication(conn)?, 0.0);
    conn.query(replication.lag, &[], &mut |row| {
        let column = (0..row.len()).find(|&column| row.name(column) == replication.lag_column);
        seconds = match column.map(|column| row.get(column)) {
            Some(Ok(ValueRef::F64(found))) => found,
            Some(Ok(ValueRef::I64(found))) => found as f64,
            _ => f64::INFINITY,
        };
        Ok(ControlFlow::Break(()))
    })?;
    Ok(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

fn has_reached(conn: &mut Conn, position: &Position) -> Result<bool> {
    let mut reached = false;
    conn.query(replication(conn)?.reached, &[ValueRef::Text(&position.0)], &mut |row| {
        reached = matches!(row.get(0), Ok(ValueRef::Bool(true) | ValueRef::I64(1)));
        Ok(ControlFlow::Break(()))
    })?;
    Ok(reached)
}

/// Where a database is in its log.
pub(crate) fn position(conn: &mut Conn) -> Result<Position> {
    let mut found = None;
    conn.query(replication(conn)?.position, &[], &mut |row| {
        if let Ok(ValueRef::Text(text)) = row.get(0) {
            found = Some(Position(text.to_owned()));
        }
        Ok(ControlFlow::Break(()))
    })?;
    found.ok_or_else(|| {
        let message =
            "the database keeps no log of what was written, which its replicas would read: it has no position";
        Error::new(ErrorKind::Unsupported, message)
    })
}
