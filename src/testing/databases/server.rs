use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use orm_core::engine::Conn;
use orm_core::value::ValueRef;
use orm_core::{Error, ErrorKind, Result};

use super::{Names, Prepare};
use crate::{Engine, EngineBuilder};

/// The longest part of a database's name that its copies take over; PostgreSQL's names have 63 bytes.
const LONGEST_BASE: usize = 36;

/// Databases of one server.
///
/// A lock tells others that the process lives: the server releases it when the connection is gone, however that came.
pub(super) struct Server {
    url: String,
    names: Names,
    engine: Engine,
    /// The connection that has the lock. Nobody uses it; the mutex makes it `Sync`.
    _alive: Mutex<Conn>,
}

impl Server {
    /// `engine` is for the database of `url`, by which others are created and dropped.
    pub(super) fn template(url: &str, engine: Engine, prepare: &Prepare) -> Result<Self> {
        if !engine.dialect().capabilities().copied_databases {
            let what =
                "test databases that are copied from a template: begin a `Sandbox`, or make the tables in each test";
            return Err(Error::unsupported(engine.dialect().name(), what));
        }
        let mut alive = engine.connection()?;
        let base = texts(&mut alive, "SELECT current_database()::text", &[])?.concat();
        let end = base.floor_char_boundary(LONGEST_BASE);
        let names = Names::new(&base[..end]);
        alive.execute_script(&format!("SELECT pg_advisory_lock({})", key(&names.run)))?;
        let server = Self { url: url.to_owned(), names, engine, _alive: Mutex::new(alive) };
        server.drop_leftovers()?;
        server.script(&format!("CREATE DATABASE {}", quoted(&server.names.template())))?;
        let template: Engine = server.builder(&server.names.template()).build()?;
        prepare(&template)?;
        Ok(server)
    }

    pub(super) fn name(&self) -> String {
        self.names.template()
    }

    pub(super) fn copy(server: &Arc<Self>) -> Result<Copy> {
        let name = server.names.next();
        let template = quoted(&server.names.template());
        server.script(&format!("CREATE DATABASE {} TEMPLATE {template}", quoted(&name)))?;
        Ok(Copy { server: Arc::clone(server), name })
    }

    /// Drops the databases of processes that are gone.
    fn drop_leftovers(&self) -> Result<()> {
        let base = &self.names.base;
        let list = "SELECT datname::text FROM pg_catalog.pg_database WHERE starts_with(datname::text, $1) ORDER BY 1";
        let mut connection = self.engine.connection()?;
        let names = texts(&mut connection, list, &[ValueRef::Text(&Names::prefix(base))])?;
        let runs: BTreeSet<&str> = names.iter().filter_map(|name| Names::run_of(base, name)).collect();
        for run in runs {
            // Where the lock is taken, the process lives. What is taken here is released when the connection is given back.
            let is_gone = format!("SELECT CASE WHEN pg_try_advisory_lock({}) THEN 'gone' ELSE 'alive' END", key(run));
            if texts(&mut connection, &is_gone, &[])?.concat() != "gone" {
                continue;
            }
            let leftovers = names.iter().filter(|name| Names::run_of(base, name) == Some(run));
            leftovers.into_iter().try_for_each(|name| connection.execute_script(&drop_database(name)))?;
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
        if let Err(error) = self.script(&drop_database(name)) {
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

/// Connections that the test has left open are ended.
fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name))
}

/// The lock of a run.
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
