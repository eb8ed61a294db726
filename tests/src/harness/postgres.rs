use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use orm::Engine;
use xtask::postgres::{POOLER_VARIABLE, Pooler, Server, URL_VARIABLE};

use super::{Database, Harness};

/// PostgreSQL: the server that `ORM_TEST_POSTGRES_URL` names, else a private one for this process; a schema for each case.
#[derive(Debug)]
pub struct Postgres;

impl Harness for Postgres {
    fn database(_: &str) -> Database {
        let schema = schema_name();
        script(&format!("CREATE SCHEMA {schema}"));
        let base = server_url();
        let separator = if base.contains('?') { '&' } else { '?' };
        let url = format!("{base}{separator}options=-csearch_path%3D{schema}");
        Database::new(url, move || script(&format!("DROP SCHEMA {schema} CASCADE")))
    }
}

/// PostgreSQL with a database for each case: for what a database has once, as its list of prepared transactions.
#[derive(Debug)]
pub struct PostgresDatabase;

impl Harness for PostgresDatabase {
    fn database(_: &str) -> Database {
        let name = schema_name();
        script(&format!("CREATE DATABASE {name}"));
        let (server, options) =
            server_url().split_once('?').map_or((server_url(), ""), |(url, options)| (url, options));
        let (server, _) = server.rsplit_once('/').unwrap_or((server, ""));
        let url = format!("{server}/{name}?{options}");
        Database::new(url, move || script(&format!("DROP DATABASE {name} WITH (FORCE)")))
    }
}

/// PostgreSQL behind a pooler in transaction mode: the one that `ORM_TEST_POOLER_URL` names, else a private one for this process. Such a
/// pooler takes no settings of a connection, so that each case has its own database instead of a schema.
#[derive(Debug)]
pub struct Pooled;

impl Harness for Pooled {
    fn database(_: &str) -> Database {
        let name = schema_name();
        script(&format!("CREATE DATABASE {name}"));
        Database::new(format!("{}/{name}", pooler_url()), move || script(&format!("DROP DATABASE {name} WITH (FORCE)")))
    }
}

/// The pooler's URL, without a database.
fn pooler_url() -> &'static str {
    static GIVEN: OnceLock<Option<String>> = OnceLock::new();
    static PRIVATE: OnceLock<Pooler> = OnceLock::new();
    let given = GIVEN.get_or_init(|| given(POOLER_VARIABLE));
    let start = || Pooler::start(server_url()).unwrap_or_else(|error| panic!("{error}"));
    given.as_deref().unwrap_or_else(|| PRIVATE.get_or_init(start).url())
}

fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|url| !url.is_empty())
}

/// The server's URL. A private server ends with the process.
fn server_url() -> &'static str {
    static GIVEN: OnceLock<Option<String>> = OnceLock::new();
    static PRIVATE: OnceLock<Server> = OnceLock::new();
    let given = GIVEN.get_or_init(|| given(URL_VARIABLE));
    given
        .as_deref()
        .unwrap_or_else(|| PRIVATE.get_or_init(|| Server::start().unwrap_or_else(|error| panic!("{error}"))).url())
}

/// Runs statements on the server, outside any case's schema.
fn script(sql: &str) {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| Engine::connect(server_url()).unwrap());
    let outcome = engine.connection().and_then(|mut connection| connection.execute_script(sql));
    outcome.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// A name that no other process takes on a shared server.
fn schema_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("orm_test_{}_{nanos}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
