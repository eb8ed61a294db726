use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use moka::sync::Cache as Memory;
use orm_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Cache;
use crate::entry::{Bytes, Entry, Lifetime, Worth};
use crate::flights::{Flights, Loader, Part};
use crate::stamps::Stamps;
use crate::statistics::{Counters, Statistics};
use crate::store::Shared;
use crate::tags::Tag;

const SIZE: u64 = 10_000;

/// How long a caller that waits for the loader of another process sleeps between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// Values of one kind, with one time to live. Clones share them.
///
/// ```
/// use std::time::Duration;
///
/// use orm_cache::Cache;
///
/// let cache = Cache::in_memory();
/// let profiles = cache.region("profiles").ttl(Duration::from_secs(60)).stale(Duration::from_secs(10)).size(1_000).build();
///
/// let load = || Ok::<_, orm_cache::Error>("Ann".to_owned()); // asks somebody
/// assert_eq!(profiles.get_or_load("profile:7", load)?, "Ann");
/// assert_eq!(profiles.get_or_load::<String, orm_cache::Error>("profile:7", || unreachable!())?, "Ann");
///
/// profiles.remove("profile:7");
/// assert_eq!(profiles.statistics().loads, 1);
/// # Ok::<(), orm_cache::Error>(())
/// ```
#[derive(Clone)]
pub struct Region(Arc<Inner>);

struct Inner {
    cache: Cache,
    name: String,
    lifetime: Lifetime,
    memory: Option<Memory<String, Arc<Entry>>>,
    flights: Flights,
    counters: Counters,
}

/// What a region is made of; see [`Cache::region`].
#[derive(Debug, Clone)]
pub struct RegionBuilder {
    cache: Cache,
    name: String,
    lifetime: Lifetime,
    size: Option<u64>,
}

impl RegionBuilder {
    pub(crate) fn new(cache: Cache, name: String) -> Self {
        let lifetime =
            Lifetime { ttl: Duration::from_secs(300), negative: Duration::from_secs(30), stale: Duration::ZERO };
        let size = matches!(cache.0.shared, Shared::Local(_)).then_some(SIZE);
        Self { cache, name, lifetime, size }
    }

    /// The time to live of a value: five minutes by default. A commit that changes what the value was made of ends it earlier.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.lifetime.ttl = ttl;
        self
    }

    /// The time to live of a miss, a key without a value: 30 seconds by default.
    #[must_use]
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.lifetime.negative = ttl;
        self
    }

    /// How long after its time to live a value still serves the other callers while the first one loads it again, and all of them if loading fails. Zero by
    /// default. A value that a commit has changed is never served.
    #[must_use]
    pub fn stale(mut self, stale: Duration) -> Self {
        self.lifetime.stale = stale;
        self
    }

    /// The number of values that are kept in memory. By default 10,000 for a cache in memory, and none for a cache in Redis.
    #[must_use]
    pub fn size(mut self, values: u64) -> Self {
        self.size = Some(values);
        self
    }

    /// The region.
    #[must_use]
    pub fn build(self) -> Region {
        let Self { cache, name, lifetime, size } = self;
        let lasts = (lifetime.ttl + lifetime.stale).max(lifetime.negative);
        let memory =
            size.filter(|size| *size > 0).map(|size| Memory::builder().max_capacity(size).time_to_live(lasts).build());
        Region(Arc::new(Inner {
            cache,
            name,
            lifetime,
            memory,
            flights: Flights::default(),
            counters: Counters::default(),
        }))
    }
}

/// What was looked for, as it is.
enum Found {
    Fresh(Arc<Entry>),
    Stale(Arc<Entry>),
    Nothing,
}

/// What a value is made of.
pub(crate) struct MadeOf {
    tags: Vec<Tag>,
    /// The number of tags that invalidate a value. The others invalidate a cached miss only.
    lasting: usize,
}

impl MadeOf {
    pub(crate) fn new(region: &Region, tags: impl IntoIterator<Item = Tag>) -> Self {
        let all = [Tag::everything(), Tag::region(&region.0.name)];
        let tags: Vec<Tag> = all.into_iter().chain(tags).collect();
        Self { lasting: tags.len(), tags }
    }

    /// Adds a tag that invalidates a cached miss.
    pub(crate) fn or_nothing_until(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }
}

/// What a loader found.
pub(crate) enum Loaded {
    Value(Bytes),
    Nothing,
    /// Something that cannot be kept.
    Passing,
}

pub(crate) type Load<'l, E> = &'l mut dyn FnMut() -> Result<Loaded, E>;

impl Region {
    /// The value of a key, or what `load` returns. In a process one loader runs at a time for each key, and the others wait for it; with Redis, in all processes.
    ///
    /// The value is kept in MessagePack, with the names of its fields. A value that cannot be read as a `T` is loaded again: another version of the program
    /// may have kept it. Use another key when the fields stay and their meaning changes.
    ///
    /// # Errors
    ///
    /// That of the loader.
    pub fn get_or_load<T: Serialize + DeserializeOwned, E: From<Error>>(
        &self,
        key: impl AsRef<str>,
        load: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut load = Some(load);
        let value = self.get_or_try_load(key, || load.take().map(|load| load()).transpose())?;
        value.ok_or_else(|| {
            Error::new(ErrorKind::Decode, "there is nothing of this key: it is used by `get_or_try_load` too").into()
        })
    }

    /// The same for what may not be there. That there is nothing is kept too.
    ///
    /// # Errors
    ///
    /// As [`get_or_load`](Self::get_or_load).
    pub fn get_or_try_load<T: Serialize + DeserializeOwned, E: From<Error>>(
        &self,
        key: impl AsRef<str>,
        load: impl FnOnce() -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        let key = format!("value:{}", key.as_ref());
        let made_of = MadeOf::new(self, [self.tag_of(&key)]);
        let (mut load, mut own) = (Some(load), None);
        let found = self.fetch(&key, &made_of, unpacked::<T>, &mut || -> Result<Loaded, E> {
            let Some(load) = load.take() else { return Ok(Loaded::Nothing) };
            let value = load()?;
            let bytes = value.as_ref().map(packed).transpose()?;
            own = value;
            Ok(bytes.map_or(Loaded::Nothing, Loaded::Value))
        })?;
        Ok(own.or(found))
    }

    /// Forgets the value of a key.
    pub fn remove(&self, key: impl AsRef<str>) {
        self.0.cache.change(vec![self.tag_of(&format!("value:{}", key.as_ref()))]);
    }

    /// Forgets all values.
    pub fn clear(&self) {
        self.0.cache.change(vec![Tag::region(&self.0.name)]);
    }

    /// What the region did so far, in this process.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.0.counters.read()
    }

    /// The tag of a single key.
    fn tag_of(&self, key: &str) -> Tag {
        Tag::row(&format!("region {}", self.0.name), &[orm_core::value::Value::Bytes(key.as_bytes().to_vec())])
    }

    pub(crate) fn note_bypass(&self) {
        self.0.counters.bypasses.add();
    }

    /// The value of a key, if it was found. Otherwise `load` has been called, once and not while another caller loads it, or there is no value. A value that
    /// `read` cannot make sense of is loaded again.
    pub(crate) fn fetch<T, E: From<Error>>(
        &self,
        key: &str,
        made_of: &MadeOf,
        read: impl FnOnce(&Bytes) -> Result<T>,
        load: Load<'_, E>,
    ) -> Result<Option<T>, E> {
        let key = format!("{}:{key}", self.0.name);
        let mut loaded = None;
        let found = self.find_or_load(&key, made_of, &mut || {
            let outcome = load();
            loaded = Some(outcome.is_ok());
            outcome
        })?;
        let Some(bytes) = found.filter(|_| loaded != Some(true)) else { return Ok(None) };
        match read(&bytes) {
            Ok(value) => Ok(Some(value)),
            // A stale value in place of what could not be loaded.
            Err(error) if loaded.is_some() => Err(error.into()),
            Err(error) => {
                tracing::debug!(target: "orm::cache", %error, "an unreadable value is loaded again");
                self.replace(&key, made_of, load)?;
                Ok(None)
            }
        }
    }

    fn find_or_load<E: From<Error>>(&self, key: &str, made_of: &MadeOf, load: Load<'_, E>) -> Result<Option<Bytes>, E> {
        let counters = &self.0.counters;
        loop {
            let Ok((stamps, found)) = self.look(key, made_of) else {
                // Nothing can be believed, and nothing kept.
                counters.misses.add();
                return Ok(self.load(load)?.0);
            };
            let stale = match found {
                Found::Fresh(entry) => return Ok(self.hit(&entry)),
                Found::Stale(entry) => Some(entry),
                Found::Nothing => None,
            };
            match self.0.flights.join(key, &stamps) {
                Part::Waiter(flight) => {
                    if let Some(entry) = stale {
                        counters.stale_hits.add();
                        return Ok(self.hit(&entry));
                    }
                    counters.waits.add();
                    if let Some(entry) = flight.wait() {
                        return Ok(self.hit(&entry));
                    }
                }
                Part::Loader(loader) => return self.fly(key, made_of, stamps, stale, loader, load),
            }
        }
    }

    /// Loads a value for all callers that wait for it, unless another process has done so.
    fn fly<E: From<Error>>(
        &self,
        key: &str,
        made_of: &MadeOf,
        stamps: Stamps,
        stale: Option<Arc<Entry>>,
        loader: Loader<'_>,
        load: Load<'_, E>,
    ) -> Result<Option<Bytes>, E> {
        let counters = &self.0.counters;
        // Held on until the value is kept.
        let _lock = match self.turn(key, made_of, &stamps) {
            Turn::Ours(lock) => lock,
            Turn::Loaded(entry) => {
                loader.land(Arc::clone(&entry));
                return Ok(self.hit(&entry));
            }
        };
        counters.misses.add();
        let value = match (self.load(load), stale) {
            (Ok((value, true)), _) => value,
            (Ok((value, false)), _) => return Ok(value),
            (Err(_), Some(entry)) => {
                counters.stale_hits.add();
                loader.land(Arc::clone(&entry));
                return Ok(self.hit(&entry));
            }
            (Err(error), None) => return Err(error),
        };
        let entry = self.keep_if_newest(key, made_of, stamps, value);
        let value = entry.value.clone();
        loader.land(entry);
        Ok(value)
    }

    /// Loads a value and keeps it in place of another.
    fn replace<E>(&self, key: &str, made_of: &MadeOf, load: Load<'_, E>) -> Result<(), E> {
        let stamps = self.look(key, made_of).ok().map(|(stamps, _)| stamps);
        let (value, may_be_kept) = self.load(load)?;
        if let Some(stamps) = stamps.filter(|_| may_be_kept) {
            self.keep_if_newest(key, made_of, stamps, value);
        }
        Ok(())
    }

    /// Keeps a value that was loaded after these stamps were read, unless they have changed.
    fn keep_if_newest(&self, key: &str, made_of: &MadeOf, stamps: Stamps, value: Option<Bytes>) -> Arc<Entry> {
        let is_newest = self.0.cache.0.shared.look(&made_of.tags, None).is_ok_and(|(now, _)| now == stamps);
        let entry = Arc::new(Entry::new(stamps, value));
        if is_newest {
            self.keep(key, &entry);
        }
        entry
    }

    /// Loads a value, and tells whether it may be kept.
    fn load<E>(&self, load: Load<'_, E>) -> Result<(Option<Bytes>, bool), E> {
        self.0.counters.loads.add();
        Ok(match load().inspect_err(|_| self.0.counters.failed_loads.add())? {
            Loaded::Value(bytes) => (Some(bytes), true),
            Loaded::Nothing => (None, true),
            Loaded::Passing => (None, false),
        })
    }

    fn hit(&self, entry: &Entry) -> Option<Bytes> {
        self.0.counters.hits.add();
        if entry.value.is_none() {
            self.0.counters.negative_hits.add();
        }
        entry.value.clone()
    }

    /// The stamps of now, and what is kept under a key that is worth something by them.
    fn look(&self, key: &str, made_of: &MadeOf) -> Result<(Stamps, Found)> {
        let shared = &self.0.cache.0.shared;
        let near = self.0.memory.as_ref().and_then(|memory| memory.get(key));
        let asks = if near.is_none() { Some(key) } else { None };
        let looked = shared.look(&made_of.tags, asks).inspect_err(|_| self.0.counters.store_errors.add());
        let (stamps, far) = looked?;
        let entry = near.or_else(|| far.map(Arc::new));
        let found = match entry {
            Some(entry) => match entry.worth(&stamps, made_of.lasting, &self.0.lifetime) {
                Worth::Fresh => {
                    if let (Some(memory), Some(_)) = (&self.0.memory, asks) {
                        memory.insert(key.to_owned(), Arc::clone(&entry));
                    }
                    Found::Fresh(entry)
                }
                // Memory may be behind Redis.
                _ if asks.is_none() && !matches!(shared, Shared::Local(_)) => {
                    if let Some(memory) = &self.0.memory {
                        memory.invalidate(key);
                    }
                    return self.look(key, made_of);
                }
                Worth::Stale => Found::Stale(entry),
                Worth::Nothing => Found::Nothing,
            },
            None => Found::Nothing,
        };
        Ok((stamps, found))
    }

    fn keep(&self, key: &str, entry: &Arc<Entry>) {
        if let Some(memory) = &self.0.memory {
            memory.insert(key.to_owned(), Arc::clone(entry));
        }
        let kept = self.0.cache.0.shared.keep(key, entry, entry.lasts(&self.0.lifetime));
        if kept.is_err() {
            self.0.counters.store_errors.add();
        }
    }
}

/// Whose turn it is to load.
enum Turn<'s> {
    /// This caller loads. It holds the lock, if the cache has locks.
    Ours(Lock<'s>),
    /// Another process has loaded it.
    Loaded(Arc<Entry>),
}

#[cfg(feature = "redis")]
type Lock<'s> = Option<crate::store::SharedLock<'s>>;
#[cfg(not(feature = "redis"))]
type Lock<'s> = Option<&'s ()>;

impl Region {
    /// Waits for a loader of the same value in another process, as of the same stamps. The value is looked up again after the lock was taken, because the
    /// previous holder may have stored it.
    fn turn(&self, key: &str, made_of: &MadeOf, stamps: &Stamps) -> Turn<'_> {
        let since = Instant::now();
        loop {
            let lock = self.lock(key, stamps, since);
            match (self.look(key, made_of), lock) {
                (Ok((_, Found::Fresh(entry))), _)
                    if entry.worth(stamps, made_of.lasting, &self.0.lifetime) == Worth::Fresh =>
                {
                    return Turn::Loaded(entry);
                }
                (Ok((now, _)), None) if now == *stamps => thread::sleep(LOOK),
                // Ours; or what it was made of has changed since, and the loader that was found is of no use.
                (_, lock) => return Turn::Ours(lock.flatten()),
            }
        }
    }

    /// The lock, `None` while another process has it.
    #[cfg(feature = "redis")]
    fn lock(&self, key: &str, stamps: &Stamps, since: Instant) -> Option<Lock<'_>> {
        let Shared::Redis(store) = &self.0.cache.0.shared else { return Some(None) };
        match store.lock(&format!("{key}:{stamps:?}")) {
            Ok(None) if since.elapsed() < store.lock_time() => None,
            Ok(lock) => Some(lock),
            Err(_) => {
                self.0.counters.store_errors.add();
                Some(None)
            }
        }
    }

    #[cfg(not(feature = "redis"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "it is as with Redis")]
    fn lock(&self, _: &str, _: &Stamps, _: Instant) -> Option<Lock<'_>> {
        Some(None)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Region")
            .field("name", &self.0.name)
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}

pub(crate) fn packed<T: Serialize>(value: &T) -> Result<Bytes> {
    rmp_serde::to_vec_named(value).map(Bytes).map_err(|error| {
        Error::new(ErrorKind::Invalid, format!("a value cannot be kept in a cache: {error}")).with_source(error)
    })
}

pub(crate) fn unpacked<T: DeserializeOwned>(bytes: &Bytes) -> Result<T> {
    rmp_serde::from_slice(&bytes.0).map_err(|error| {
        Error::new(ErrorKind::Decode, format!("a value of a cache is of another type: {error}")).with_source(error)
    })
}
