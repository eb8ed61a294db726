//! Entries and stamps in Redis, for all processes that use it.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use orm_core::{Error, ErrorKind, Result};
use redis::{Client, Connection, FromRedisValue, Pipeline, RedisError, Value, cmd, pipe};

use crate::entry::Entry;
use crate::stamps::Stamps;
use crate::tags::Tag;

/// For how long a Redis that did not answer is left alone.
const REST: Duration = Duration::from_millis(500);

/// Connections that are kept while they are not in use.
const MOST_IDLE: usize = 16;

/// Releases a lock that is still ours.
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end";

#[derive(Debug, Clone)]
pub(crate) struct RedisSettings {
    /// What all keys begin with.
    pub(crate) prefix: String,
    pub(crate) timeout: Duration,
    /// How long a loader may take before another process loads too.
    pub(crate) lock: Duration,
}

pub(crate) struct RedisStore {
    client: Client,
    settings: RedisSettings,
    idle: Mutex<Vec<Connection>>,
    /// What was changed while Redis did not answer.
    owed: Mutex<HashSet<Tag>>,
    down_until: Mutex<Option<Instant>>,
    errors: AtomicU64,
}

/// The right to load a value, among all processes.
pub(crate) struct SharedLock<'s> {
    store: &'s RedisStore,
    key: String,
    token: u64,
}

impl RedisStore {
    pub(crate) fn new(url: &str, settings: RedisSettings) -> Result<Self> {
        // Its message may show the URL, which has a password.
        let client = Client::open(url).map_err(|_| Error::new(ErrorKind::Config, "the URL of Redis is none"))?;
        let (idle, owed, down_until) = (Mutex::default(), Mutex::default(), Mutex::default());
        Ok(Self { client, settings, idle, owed, down_until, errors: AtomicU64::new(0) })
    }

    /// How many requests failed.
    pub(crate) fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    pub(crate) fn lock_time(&self) -> Duration {
        self.settings.lock
    }

    fn place(&self, tag: &Tag) -> String {
        format!("{}:stamp:{}", self.settings.prefix, tag.place())
    }

    fn key(&self, key: &str) -> String {
        format!("{}:entry:{key}", self.settings.prefix)
    }

    /// The stamps, and an entry. Redis may have lost stamps, which then get new ones, so that no entry from before is believed.
    pub(crate) fn look(&self, tags: &[Tag], key: Option<&str>) -> Result<(Stamps, Option<Entry>)> {
        self.pay()?;
        let places: Vec<String> = tags.iter().map(|tag| self.place(tag)).collect();
        let keys: Vec<String> = places.iter().cloned().chain(key.map(|key| self.key(key))).collect();
        let (mut found,): (Vec<Option<Vec<u8>>>,) = self.ask(pipe().cmd("MGET").arg(&keys))?;
        if found.iter().take(tags.len()).any(Option::is_none) {
            let mut request = pipe();
            for place in &places {
                request.cmd("SET").arg(place).arg(fresh()).arg("NX").ignore();
            }
            (found,) = self.ask(request.cmd("MGET").arg(&keys))?;
        }
        let stamp = |bytes: Option<&Option<Vec<u8>>>| {
            let text = bytes.and_then(Option::as_deref).and_then(|bytes| std::str::from_utf8(bytes).ok());
            text.and_then(|text| text.parse().ok()).ok_or_else(|| unfit("a stamp"))
        };
        let stamps = (0..tags.len()).map(|at| stamp(found.get(at))).collect::<Result<_>>()?;
        // What another program or an older version has left there is nothing.
        let entry =
            found.get(tags.len()).and_then(Option::as_deref).and_then(|bytes| rmp_serde::from_slice(bytes).ok());
        Ok((stamps, entry))
    }

    pub(crate) fn keep(&self, key: &str, entry: &Entry, lasts: Duration) -> Result<()> {
        let bytes = rmp_serde::to_vec(entry).map_err(|error| unfit("an entry").with_source(error))?;
        let lasts = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX).max(1);
        self.ask(pipe().cmd("SET").arg(self.key(key)).arg(bytes).arg("PX").arg(lasts).ignore())
    }

    /// Gives the tags new stamps, with those that are owed.
    pub(crate) fn change(&self, tags: Vec<Tag>) -> Result<()> {
        self.owed().extend(tags);
        self.pay()
    }

    fn owed(&self) -> MutexGuard<'_, HashSet<Tag>> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is owed. Until that is done nothing that Redis has can be believed.
    fn pay(&self) -> Result<()> {
        // The lock stays: a caller that comes meanwhile reads after the change.
        let mut owed = self.owed();
        if owed.is_empty() {
            return Ok(());
        }
        let mut request = cmd("MSET");
        for tag in owed.iter() {
            request.arg(self.place(tag)).arg(fresh());
        }
        self.ask::<()>(pipe().add_command(request).ignore())?;
        owed.clear();
        Ok(())
    }

    /// The right to load the value of a key, if it is free.
    pub(crate) fn lock(&self, key: &str) -> Result<Option<SharedLock<'_>>> {
        let (key, token) = (format!("{}:lock:{key}", self.settings.prefix), fresh());
        let time = u64::try_from(self.settings.lock.as_millis()).unwrap_or(u64::MAX).max(1);
        let request = ["NX", "PX"];
        let mut set = cmd("SET");
        set.arg(&key).arg(token).arg(&request).arg(time);
        let (taken,): (Option<String>,) = self.ask(pipe().add_command(set))?;
        Ok(taken.map(|_| SharedLock { store: self, key, token }))
    }

    /// Sends a request on a connection that is free, or on a new one.
    fn ask<T: FromRedisValue>(&self, request: &Pipeline) -> Result<T> {
        if let Some(until) = *self.down_until.lock().unwrap_or_else(PoisonError::into_inner)
            && Instant::now() < until
        {
            return Err(self.failed("it did not answer just now", None));
        }
        let idle = self.idle().pop();
        let was_idle = idle.is_some();
        match self.ask_on(idle, request) {
            // Redis was restarted since, or closed an idle connection.
            Err(error) if was_idle && !error.is_timeout() => {
                self.idle().clear();
                self.ask_on(None, request).map_err(|error| self.down(error))
            }
            outcome => outcome.map_err(|error| self.down(error)),
        }
    }

    fn ask_on<T: FromRedisValue>(&self, idle: Option<Connection>, request: &Pipeline) -> Result<T, RedisError> {
        let mut connection = match idle {
            Some(connection) => connection,
            None => {
                let connection = self.client.get_connection_with_timeout(self.settings.timeout)?;
                connection.set_read_timeout(Some(self.settings.timeout))?;
                connection.set_write_timeout(Some(self.settings.timeout))?;
                connection
            }
        };
        let answer: Value = request.query(&mut connection)?;
        let mut idle = self.idle();
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
        drop(idle);
        Ok(redis::from_redis_value(answer)?)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cold]
    fn down(&self, error: RedisError) -> Error {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
        tracing::warn!(target: "orm::cache", %error, "Redis does not answer: what is read comes from the database");
        self.failed("it does not answer", Some(error))
    }

    fn failed(&self, why: &str, source: Option<RedisError>) -> Error {
        self.errors.fetch_add(1, Ordering::Relaxed);
        let error = Error::new(ErrorKind::ConnectionLost, format!("Redis: {why}"));
        match source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

fn unfit(what: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("Redis has {what} that is none of ours"))
}

impl Drop for SharedLock<'_> {
    fn drop(&mut self) {
        let mut release = cmd("EVAL");
        release.arg(RELEASE).arg(1).arg(&self.key).arg(self.token);
        if let Err(error) = self.store.ask::<()>(pipe().add_command(release).ignore()) {
            tracing::debug!(target: "orm::cache", %error, "a lock stays until its time is over");
        }
    }
}

/// A number that was not there before, as good as hashes are spread.
fn fresh() -> u64 {
    RandomState::new().build_hasher().finish() | 1
}
