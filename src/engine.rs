use std::ops::Deref;
use std::sync::Arc;

use orm_core::driver::Backend;
use orm_core::engine::DatabaseUrl;
use orm_core::{Error, ErrorKind, Result};

/// Options of an [`Engine`] in the making, from [`Engine::builder`].
pub type EngineBuilder = orm_core::engine::EngineBuilder<Engine>;

/// One database with a pool of connections. Clones are cheap and share the pool.
///
/// Everything but the making of it is in [`orm_core::engine::Engine`], to which this dereferences.
#[derive(Debug, Clone)]
pub struct Engine(orm_core::engine::Engine);

impl Engine {
    /// An engine for the database of a URL. It connects at the first statement.
    ///
    /// | URL | Database |
    /// |---|---|
    /// | `sqlite:///cars.db` | the SQLite file `cars.db` in the working directory |
    /// | `sqlite:////var/lib/cars.db` | the SQLite file `/var/lib/cars.db` |
    /// | `sqlite:///:memory:`, `sqlite://` | a SQLite database in memory, which ends with the engine |
    /// | `postgresql://user:password@host:5432/db`, `postgres://..` | a PostgreSQL database (feature `postgres`) |
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed or names a database that is not supported by this build.
    pub fn connect(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// An engine for the database of a URL, with options.
    pub fn builder(url: &str) -> EngineBuilder {
        EngineBuilder::new(choose_backend(url))
    }

    /// An engine over a backend of your own.
    ///
    /// # Errors
    ///
    /// `Config`, as for [`connect`](Engine::connect).
    pub fn with_backend(backend: Arc<dyn Backend>) -> Result<Self> {
        EngineBuilder::new(Ok(backend)).build()
    }
}

impl Deref for Engine {
    type Target = orm_core::engine::Engine;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<orm_core::engine::Engine> for Engine {
    fn from(engine: orm_core::engine::Engine) -> Self {
        Self(engine)
    }
}

/// Databases whose URLs people have, and which this crate does not speak.
const OTHERS: &[&str] = &[
    "mysql",
    "mariadb",
    "mssql",
    "sqlserver",
    "oracle",
    "duckdb",
    "mongodb",
    "redis",
    "clickhouse",
    "snowflake",
    "bigquery",
    "db2",
    "firebird",
    "cassandra",
    "libsql",
    "rqlite",
    "sybase",
    "access",
];

fn choose_backend(url: &str) -> Result<Arc<dyn Backend>> {
    let url = DatabaseUrl::parse(url)?;
    let scheme = url.scheme();
    match scheme {
        "sqlite" => sqlite(&url),
        "postgresql" | "postgres" => postgres(&url),
        _ => Err(match scheme.split_once('+') {
            Some((base, driver)) if ["sqlite", "postgresql", "postgres"].contains(&base) => {
                config(format!("`{scheme}://` names a driver; write `{base}://`, without `+{driver}`"))
            }
            _ if OTHERS.contains(&scheme.split('+').next().unwrap_or(scheme)) => {
                config(format!("`{scheme}://` is known but not supported; write `sqlite://` or `postgresql://`"))
            }
            _ => config(format!("`{scheme}://` names no database; write `sqlite://` or `postgresql://`")),
        }),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Ok(Arc::new(orm_sqlite::SqliteBackend::from_url(url)?))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Err(missing_feature(url, "sqlite"))
}

#[cfg(feature = "postgres")]
fn postgres(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Ok(Arc::new(orm_postgres::PostgresBackend::from_url(url)?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Err(missing_feature(url, "postgres"))
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn missing_feature(url: &DatabaseUrl, feature: &str) -> Error {
    config(format!("`{}://` needs the feature `{feature}` of the crate `orm`: enable it in Cargo.toml", url.scheme()))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(url: &str, cure: &str) {
        let error = Engine::connect(url).err().map(|error| (error.kind(), error.to_string()));
        assert!(matches!(&error, Some((ErrorKind::Config, text)) if text.contains(cure)), "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }

    #[test]
    fn each_wrong_url_has_its_own_error() {
        check_refused("mysql://root:s3cret@host/db", "known but not supported");
        check_refused("mysql+pymysql://root:s3cret@host/db", "known but not supported");
        check_refused("postgresql+psycopg2://root:s3cret@host/db", "without `+psycopg2`");
        check_refused("gopher://root:s3cret@host/db", "names no database");
        check_refused("root:s3cret@host/db", "malformed");
        #[cfg(not(feature = "postgres"))]
        check_refused("postgresql://root:s3cret@host/db", "feature `postgres`");
    }
}
