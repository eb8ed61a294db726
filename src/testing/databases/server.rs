use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use orm_core::engine::{Conn, DatabaseUrl};
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use super::{Names, Prepare};
use crate::{Engine, EngineBuilder};

/// How servers spell what is done with databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    /// MySQL and MariaDB, which copy no databases: each is prepared anew.
    MySql,
}

/// The longest part of a database's name that its copies take over; PostgreSQL's names have 63 bytes.
const LONGEST_BASE: usize = 36;

/// Databases of one server.
///
/// A lock tells others that the process lives: the server releases it when the connection is gone, however that came.
pub(super) struct Server {
    url: String,
    kind: Kind,
    prepare: Box<Prepare>,
    names: Names,
    engine: Engine,
    /// The connection that has the lock. Nobody uses it; the mutex makes it `Sync`.
    _alive: Mutex<Conn>,
}

impl Server {
    /// `engine` is for the database of `url`, by which others are created and dropped.
    pub(super) fn template(url: &DatabaseUrl, engine: Engine, prepare: Box<Prepare>) -> Result<Self> {
        let kind = Kind::of(url, &engine)?;
        let mut alive = engine.connection()?;
        let base = texts(&mut alive, kind.current(), &[])?.concat();
        let end = base.floor_char_boundary(LONGEST_BASE);
        let names = Names::new(&base[..end]);
        texts(&mut alive, &kind.lock(&names.run), &[])?;
        let url = url.as_str().to_owned();
        let server = Self { url, kind, prepare, names, engine, _alive: Mutex::new(alive) };
        server.drop_leftovers()?;
        server.make(&server.names.template())?;
        Ok(server)
    }

    pub(super) fn name(&self) -> String {
        self.names.template()
    }

    pub(super) fn copy(server: &Arc<Self>) -> Result<Copy> {
        let copy = Copy { server: Arc::clone(server), name: server.names.next() };
        match server.kind {
            Kind::Postgres => {
                let (name, template) = (quoted(&copy.name), quoted(&server.names.template()));
                server.script(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
            }
            Kind::MySql => server.make(&copy.name)?,
        }
        Ok(copy)
    }

    /// Makes a database, and prepares it.
    fn make(&self, name: &str) -> Result<()> {
        self.script(&format!("CREATE DATABASE {}", quoted(name)))?;
        (self.prepare)(&self.builder(name).build()?)
    }

    /// Drops the databases of processes that are gone.
    fn drop_leftovers(&self) -> Result<()> {
        let base = &self.names.base;
        let mut connection = self.engine.connection()?;
        let names = texts(&mut connection, self.kind.list(), &[ValueRef::Text(&Names::prefix(base))])?;
        let runs: BTreeSet<&str> = names.iter().filter_map(|name| Names::run_of(base, name)).collect();
        for run in runs {
            // Where the lock is taken, the process lives. What is taken here is released when the connection is given back.
            if texts(&mut connection, &self.kind.is_gone(run), &[])?.concat() != "gone" {
                continue;
            }
            let leftovers = names.iter().filter(|name| Names::run_of(base, name) == Some(run));
            leftovers.into_iter().try_for_each(|name| connection.execute_script(&self.kind.drop(name)))?;
        }
        Ok(())
    }

    fn builder(&self, database: &str) -> EngineBuilder {
        Engine::builder(&self.url).option("dbname", database)
    }

    fn script(&self, sql: &str) -> Result<()> {
        self.engine.connection()?.execute_script(sql)
    }

    fn drop_or_warn(&self, name: &str) {
        if let Err(error) = self.script(&self.kind.drop(name)) {
            tracing::warn!(target: "orm::testing", %error, "a database of a test is left for the next run to drop");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.drop_or_warn(&self.names.template());
    }
}

/// A database of one test.
pub(super) struct Copy {
    server: Arc<Server>,
    name: String,
}

impl Copy {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn builder(&self) -> EngineBuilder {
        self.server.builder(&self.name)
    }
}

impl std::fmt::Debug for Copy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Copy").field(&self.name).finish()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.server.drop_or_warn(&self.name);
    }
}

impl Kind {
    fn of(url: &DatabaseUrl, engine: &Engine) -> Result<Self> {
        match url.scheme() {
            scheme if scheme.starts_with("postgres") => Ok(Self::Postgres),
            scheme if scheme.starts_with("mysql") || scheme.starts_with("mariadb") => Ok(Self::MySql),
            _ => {
                let what = "databases for tests: begin a `Sandbox`, or make the tables in each test";
                Err(Error::unsupported(engine.dialect().name(), what))
            }
        }
    }

    /// The database of a connection.
    fn current(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT current_database()::text",
            Self::MySql => "SELECT coalesce(database(), 'orm')",
        }
    }

    /// Takes the lock of a run.
    fn lock(self, run: &str) -> String {
        match self {
            Self::Postgres => format!("SELECT pg_advisory_lock({})::text", key(run)),
            Self::MySql => format!("SELECT CAST(get_lock('orm test databases {run}', 0) AS CHAR)"),
        }
    }

    /// Tries to take it.
    fn is_gone(self, run: &str) -> String {
        match self {
            Self::Postgres => {
                format!("SELECT CASE WHEN pg_try_advisory_lock({}) THEN 'gone' ELSE 'alive' END", key(run))
            }
            Self::MySql => {
                format!("SELECT CASE WHEN get_lock('orm test databases {run}', 0) = 1 THEN 'gone' ELSE 'alive' END")
            }
        }
    }

    /// The databases whose names begin with the only parameter.
    fn list(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT datname::text FROM pg_catalog.pg_database WHERE starts_with(datname::text, $1) ORDER BY 1"
            }
            Self::MySql => {
                "SELECT schema_name FROM information_schema.schemata WHERE instr(schema_name, ?) = 1 ORDER BY 1"
            }
        }
    }

    /// Connections that the test has left open are ended on PostgreSQL, and are in no database on MySQL.
    fn drop(self, name: &str) -> String {
        match self {
            Self::Postgres => format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name)),
            Self::MySql => format!("DROP DATABASE IF EXISTS {}", quoted(name)),
        }
    }
}

/// The lock of a run on PostgreSQL.
fn key(run: &str) -> String {
    format!("hashtextextended('orm test databases {run}', 0)")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The first column of a query.
fn texts(connection: &mut Conn, sql: &str, params: &[ValueRef<'_>]) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    connection.query(sql, params, &mut |row| match row.get(0) {
        Ok(ValueRef::Text(text)) => {
            texts.push(text.to_owned());
            Ok(ControlFlow::Continue(()))
        }
        _ => Err(Error::new(ErrorKind::Decode, "the name of a database is not text")),
    })?;
    Ok(texts)
}
