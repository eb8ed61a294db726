//! Runs cases on a database: a fresh one for each.

mod mariadb;
mod postgres;
mod sqlite;

use orm::{ErrorKind, Result};
use orm_core::dialect::Capabilities;

pub use mariadb::MariaDb;
pub use postgres::{Pooled, Postgres, PostgresDatabase};
pub use sqlite::{SqliteFile, SqliteMemory};

use crate::TestContext;

/// Where the databases of one backend come from.
pub trait Harness {
    /// A fresh, empty database for the case of that name.
    fn database(case: &str) -> Database;
}

/// The database of one case; it goes when this is dropped.
pub struct Database {
    url: String,
    remove: Option<Box<dyn FnOnce() + Send>>,
}

impl Database {
    /// The database at `url`, with what removes it afterwards.
    pub fn new(url: String, remove: impl FnOnce() + Send + 'static) -> Self {
        Self { url, remove: Some(Box::new(remove)) }
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(remove) = self.remove.take() {
            remove();
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.url)
    }
}

/// A fact about a database that a case builds on: a field of [`Capabilities`] by its name.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The field's name.
    pub name: &'static str,
    /// Its value.
    pub met: fn(&Capabilities) -> bool,
}

/// Runs one case. When a need is unmet, the case must end in `Unsupported`; there is no skip.
///
/// # Panics
///
/// When the case does not end as it must.
pub fn run<H: Harness>(name: &str, needs: &[Need], case: fn(&mut TestContext) -> Result<()>) {
    let mut cx = TestContext::new(H::database(name)).unwrap();
    let unmet: Vec<&str> = needs.iter().filter(|need| !(need.met)(cx.capabilities())).map(|need| need.name).collect();
    match (case(&mut cx), unmet.is_empty()) {
        (Ok(()), true) => {}
        (Err(error), false) if error.kind() == ErrorKind::Unsupported => {}
        (Ok(()), false) => panic!("passes although {} lacks {unmet:?}: take the need away", cx.backend_name()),
        (Err(error), _) => {
            let sql: Vec<String> = cx.take_log().into_iter().map(|recorded| recorded.sql).collect();
            panic!("{error:?}\nlast statements:\n  {}", sql.join("\n  "))
        }
    }
}
