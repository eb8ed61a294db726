use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use orm::Engine;
use xtask::mariadb::{Server, URL_VARIABLE};

use super::{Database, Harness};

/// MariaDB: the server that `ORM_TEST_MARIADB_URL` names, else a private one for this process; a database for each case.
#[derive(Debug)]
pub struct MariaDb;

impl Harness for MariaDb {
    fn database(_: &str) -> Database {
        let name = database_name();
        script(&format!("CREATE DATABASE {name}"));
        Database::new(format!("{}/{name}", server_url()), move || script(&format!("DROP DATABASE {name}")))
    }
}

/// The server's URL. A private server ends with the process.
fn server_url() -> &'static str {
    static GIVEN: OnceLock<Option<String>> = OnceLock::new();
    static PRIVATE: OnceLock<Server> = OnceLock::new();
    let given = GIVEN.get_or_init(|| std::env::var(URL_VARIABLE).ok().filter(|url| !url.is_empty()));
    given
        .as_deref()
        .unwrap_or_else(|| PRIVATE.get_or_init(|| Server::start().unwrap_or_else(|error| panic!("{error}"))).url())
}

/// Runs statements on the server, outside any case's database.
fn script(sql: &str) {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| Engine::connect(server_url()).unwrap());
    let outcome = engine.connection().and_then(|mut connection| connection.execute_script(sql));
    outcome.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

/// A name that no other process takes on a shared server.
fn database_name() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    format!("orm_test_{}_{nanos}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
