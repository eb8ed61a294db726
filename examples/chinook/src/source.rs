//! Where the shop is: a database that exists, or a miniature.

use std::env;

use orm::StatementEvent;
use orm::prelude::*;

const FIXTURE: &str = include_str!("../fixture.sql");

/// Where the tables are.
pub struct Source {
    url: String,
    fixture: bool,
}

impl Source {
    /// A miniature, made in temporary tables of the `DATABASE_URL` database or of an in-memory one.
    pub fn fixture() -> Self {
        let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
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

    /// An engine that tells `on_statement` of each statement. It has one connection, in which the miniature lives.
    ///
    /// # Errors
    ///
    /// When there is no such database.
    pub fn connect(
        &self,
        echo: bool,
        on_statement: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static,
    ) -> orm::Result<Engine> {
        let engine =
            Engine::builder(&self.url).pool_size(1).max_overflow(0).echo(echo).on_statement(on_statement).build()?;
        if self.fixture {
            engine.connection()?.execute_script(FIXTURE)?;
        }
        Ok(engine)
    }
}
