use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::prelude::*;

const FIXTURE: &str = include_str!("../fixture.sql");

/// Where the tables are.
pub(crate) struct Source {
    url: String,
    fixture: bool,
}

impl Source {
    /// A miniature, made in temporary tables of the `DATABASE_URL` database or of an in-memory one.
    pub(crate) fn fixture() -> Self {
        let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into());
        Self { url, fixture: true }
    }

    /// A database that exists: a URL, or the path of an SQLite file, which is opened for reading only.
    pub(crate) fn existing(place: &str) -> Self {
        let url = if place.contains("://") {
            place.to_owned()
        } else {
            let path = place.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
            format!("sqlite:///{path}?mode=ro")
        };
        Self { url, fixture: false }
    }

    /// An engine that counts its SELECT statements in `selects`. It has one connection, in which the miniature lives.
    pub(crate) fn connect(&self, echo: bool, selects: Arc<AtomicUsize>) -> orm::Result<Engine> {
        let engine = Engine::builder(&self.url)
            .pool_size(1)
            .max_overflow(0)
            .echo(echo)
            .on_statement(move |statement| {
                if statement.sql.starts_with("SELECT") {
                    selects.fetch_add(1, Ordering::Relaxed);
                }
            })
            .build()?;
        if self.fixture {
            engine.connection()?.execute_script(FIXTURE)?;
        }
        Ok(engine)
    }
}
