//! Where the shop is: a database that exists, or a miniature.

use std::env;

use orm::StatementEvent;
use orm::prelude::*;

const FIXTURE: &str = include_str!("../fixture.sql");

/// Makes room for the miniature on PostgreSQL.
const FIXTURE_SCHEMA: &str = "DROP SCHEMA IF EXISTS chinook_miniature CASCADE; CREATE SCHEMA chinook_miniature";

/// Makes room for it in a MySQL or MariaDB database.
const NO_TABLES: &str = "SET foreign_key_checks = 0; DROP TABLE IF EXISTS artist, genre, playlist, album, track, playlist_track, employee, \
    customer, invoice, invoice_line; SET foreign_key_checks = 1";

/// Has PostgreSQL look for tables in the miniature only.
const IN_FIXTURE_SCHEMA: &str = "options=-csearch_path%3Dchinook_miniature";

/// Where the tables are.
pub struct Source {
    url: String,
    fixture: bool,
}

impl Source {
    /// A miniature, made anew in memory; where `DATABASE_URL` is a PostgreSQL database, in the schema `chinook_miniature` there; where it is a MySQL
    /// or MariaDB database, in that.
    pub fn fixture() -> Self {
        let url = match env::var("DATABASE_URL") {
            Ok(url) if url.starts_with("postgres") => {
                format!("{url}{}{IN_FIXTURE_SCHEMA}", if url.contains('?') { '&' } else { '?' })
            }
            Ok(url) if is_mysql(&url) => url,
            _ => "sqlite:///:memory:".into(),
        };
        Self { url, fixture: true }
    }

    /// A database that exists: a URL, or the path of an SQLite file, which is opened for reading only.
    pub fn existing(place: &str) -> Self {
        Self::place(place, "?mode=ro")
    }

    /// A database that exists and is written to: a URL, or the path of an SQLite file.
    pub fn writable(place: &str) -> Self {
        Self::place(place, "?mode=rw")
    }

    fn place(place: &str, mode: &str) -> Self {
        let url = if place.contains("://") {
            place.to_owned()
        } else {
            let path = place.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            format!("sqlite:///{path}{mode}")
        };
        Self { url, fixture: false }
    }

    /// An engine that tells `on_statement` of each statement.
    ///
    /// # Errors
    ///
    /// When there is no such database.
    pub fn connect(
        &self,
        echo: bool,
        on_statement: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static,
    ) -> orm::Result<Engine> {
        let engine = Engine::builder(&self.url).echo(echo).on_statement(on_statement).build()?;
        if self.fixture {
            let mut connection = engine.connection()?;
            if self.url.starts_with("postgres") {
                connection.execute_script(FIXTURE_SCHEMA)?;
            }
            if is_mysql(&self.url) {
                connection.execute_script(NO_TABLES)?;
            }
            connection.execute_script(FIXTURE)?;
        }
        Ok(engine)
    }
}

fn is_mysql(url: &str) -> bool {
    url.starts_with("mysql") || url.starts_with("mariadb")
}
