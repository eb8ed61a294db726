//! Caches, databases and servers of the tests.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "test code, of which each program uses a part")]

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

/// A database of one test, gone with this.
pub struct Place {
    url: String,
    kind: Kind,
    /// The path of the file, or the statement that drops the database. Nothing for one that another process drops.
    dropped_by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    fn scheme(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite:",
            Self::Postgres => "postgresql:",
            Self::MariaDb => "mariadb:",
        }
    }

    /// The server that the environment names, or a private one of this process.
    fn server(self) -> &'static str {
        static POSTGRES: OnceLock<xtask::postgres::Server> = OnceLock::new();
        static MARIA_DB: OnceLock<xtask::mariadb::Server> = OnceLock::new();
        static GIVEN: [OnceLock<Option<String>>; 2] = [const { OnceLock::new() }; 2];
        let given = |at: usize, variable: &str| {
            GIVEN[at].get_or_init(|| std::env::var(variable).ok().filter(|url| !url.is_empty())).as_deref()
        };
        match self {
            Self::Sqlite => "sqlite://",
            Self::Postgres => given(0, xtask::postgres::URL_VARIABLE)
                .unwrap_or_else(|| POSTGRES.get_or_init(|| xtask::postgres::Server::start_or_install().unwrap()).url()),
            Self::MariaDb => given(1, xtask::mariadb::URL_VARIABLE)
                .unwrap_or_else(|| MARIA_DB.get_or_init(|| xtask::mariadb::Server::start_or_install().unwrap()).url()),
        }
    }

    fn script(self, sql: &str) {
        Engine::connect(self.server()).unwrap().connection().unwrap().execute_script(sql).unwrap();
    }
}

impl Place {
    pub fn new(kind: Kind) -> Self {
        let name = name().replace('-', "_");
        let server = kind.server();
        match kind {
            Kind::Sqlite => {
                let path = std::env::temp_dir().join(format!("orm-cache-{name}.db")).display().to_string();
                Self { url: format!("sqlite:///{path}"), kind, dropped_by: Some(path) }
            }
            // A database, since the list of prepared transactions is one of a database.
            Kind::Postgres => {
                kind.script(&format!("CREATE DATABASE {name}"));
                let (base, options) = server.split_once('?').unwrap_or((server, ""));
                let (base, _) = base.rsplit_once('/').unwrap();
                let drop = format!("DROP DATABASE {name} WITH (FORCE)");
                Self { url: format!("{base}/{name}?{options}"), kind, dropped_by: Some(drop) }
            }
            Kind::MariaDb => {
                kind.script(&format!("CREATE DATABASE {name}"));
                Self { url: format!("{server}/{name}"), kind, dropped_by: Some(format!("DROP DATABASE {name}")) }
            }
        }
    }

    /// The database of another process, which goes with that.
    pub fn at(url: &str) -> Self {
        let kind = Kind::ALL.into_iter().find(|kind| url.starts_with(kind.scheme())).unwrap();
        Self { url: url.to_owned(), kind, dropped_by: None }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// An engine that tells a cache of its writes.
    pub fn engine(&self, cache: &Cache) -> Engine {
        Engine::builder(&self.url).hooks(cache.hooks()).build().unwrap()
    }

    /// An engine that tells nobody.
    pub fn apart(&self) -> Engine {
        Engine::connect(&self.url).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match (&self.dropped_by, self.kind) {
            (Some(path), Kind::Sqlite) => {
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{path}{end}"));
                }
            }
            (Some(script), kind) => kind.script(script),
            (None, _) => {}
        }
    }
}

/// Three cars in a file.
pub fn garage(cache: &Cache) -> (Place, Engine) {
    garage_in(Kind::Sqlite, cache)
}

/// Three cars in each database, for each kind of cache.
pub fn garages() -> impl Iterator<Item = (Cache, Place, Engine)> {
    Kind::ALL.into_iter().flat_map(|kind| {
        caches().map(|cache| {
            let (place, engine) = garage_in(kind, &cache);
            (cache, place, engine)
        })
    })
}

pub fn garage_in(kind: Kind, cache: &Cache) -> (Place, Engine) {
    let place = Place::new(kind);
    let engine = place.engine(cache);
    fill(&engine);
    (place, engine)
}

pub fn fill(engine: &Engine) {
    engine.create_all(models![Car]).unwrap();
    let mut session = engine.session();
    session.add_all([1, 2, 3].map(|id| Car { id, name: format!("car {id}"), price: 100 * id }));
    session.commit().unwrap();
}

pub fn region(cache: &Cache) -> Region {
    cache.region("cars").ttl(Duration::from_secs(60)).size(1_000).build()
}
