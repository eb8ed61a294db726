//! Caches, databases and servers of the tests.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test code, of which each program uses a part")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use orm::prelude::*;
use orm_cache::{Cache, Region};

static SERVER: OnceLock<xtask::redis::Server> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "car")]
pub struct Car {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub price: i64,
}

/// The Redis that the environment names, or a private one of this process.
pub fn redis_url() -> String {
    match std::env::var(xtask::redis::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => SERVER.get_or_init(|| xtask::redis::Server::start_or_install().unwrap()).url().to_owned(),
    }
}

/// A name that no other test has.
pub fn name() -> String {
    format!("test-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A cache in memory, and one in Redis.
pub fn caches() -> [Cache; 2] {
    [Cache::in_memory(), Cache::redis(redis_url()).prefix(name()).build().unwrap()]
}

/// A file with a database, gone with this.
pub struct File(PathBuf);

impl File {
    pub fn new() -> Self {
        Self(std::env::temp_dir().join(format!("orm-cache-{}.db", name())))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn engine(&self, cache: &Cache) -> Engine {
        open(&self.0, Some(cache))
    }
}

/// An engine over a file, told to a cache or to nobody.
pub fn open(path: &Path, cache: Option<&Cache>) -> Engine {
    let builder = Engine::builder(&format!("sqlite:///{}", path.display()));
    let builder = match cache {
        Some(cache) => builder.hooks(cache.hooks()),
        None => builder,
    };
    builder.build().unwrap()
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

/// Three cars.
pub fn garage(cache: &Cache) -> (File, Engine) {
    let file = File::new();
    let engine = file.engine(cache);
    engine.create_all(models![Car]).unwrap();
    let mut session = engine.session();
    session.add_all([1, 2, 3].map(|id| Car { id, name: format!("car {id}"), price: 100 * id }));
    session.commit().unwrap();
    (file, engine)
}

pub fn region(cache: &Cache) -> Region {
    cache.region("cars").ttl(Duration::from_secs(60)).size(1_000).build()
}
