use std::env::VarError;
use std::ops::Deref;
use std::sync::Arc;

use orm_core::driver::Backend;
use orm_core::engine::DatabaseUrl;
use orm_core::{Error, ErrorKind, Result};

/// Options of an [`Engine`] in the making, from [`Engine::builder`]. See the example of
/// [`orm_core::engine::EngineBuilder`], which has the methods.
pub type EngineBuilder = orm_core::engine::EngineBuilder<Engine>;

/// One database with a pool of connections. Clones are cheap and share the pool.
///
/// Everything but the making of it is in [`orm_core::engine::Engine`], to which this dereferences: sessions, transactions, connections,
/// the creation of tables.
///
/// ```
/// use orm::prelude::*;
///
/// # #[derive(Model, Debug, Clone, Default)]
/// # #[orm(table = "users")]
/// # struct User {
/// #     #[orm(primary_key)]
/// #     id: i64,
/// #     name: String,
/// # }
/// let engine = Engine::connect("sqlite://")?; // or Engine::builder(url) with options, or Engine::from_env()
/// engine.create_all(models![User])?;
/// let user = engine.transaction(|session| {
///     session.add(User { name: "Ann".into(), ..Default::default() });
///     session.flush()?;
///     User::query().filter(User::name.eq("Ann")).values(session)
/// })?;
/// assert_eq!(user[0].id, 1);
///
/// let mut session = engine.session();
/// assert_eq!(User::query().count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
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
    /// | `mysql://user:password@host:3306/db`, `mariadb://..` | a MySQL or MariaDB database (feature `mysql`) |
    ///
    /// See the example of [`Engine`].
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed or names a database that is not supported by this build.
    pub fn connect(url: &str) -> Result<Self> {
        Self::builder(url).build()
    }

    /// An engine for the database of a URL, with options.
    ///
    /// See the example of [`EngineBuilder`](orm_core::engine::EngineBuilder), which lists the options.
    pub fn builder(url: &str) -> EngineBuilder {
        EngineBuilder::from_url(url, choose_backend)
    }

    /// An engine for the database whose URL is in the variable `DATABASE_URL` of the environment.
    ///
    /// A file `.env` is read if the program loads it before, as with the crate `dotenvy`.
    ///
    /// ```no_run
    /// let engine = orm::Engine::from_env()?; // DATABASE_URL=sqlite:///shop.db
    /// let counting = orm::Engine::builder_from_env().metrics(true).build()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` when the variable is not set, and as for [`connect`](Engine::connect).
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env().build()
    }

    /// Like [`from_env`](Engine::from_env), with options.
    ///
    /// See the example of [`from_env`](Engine::from_env).
    pub fn builder_from_env() -> EngineBuilder {
        match url_of(std::env::var(VARIABLE)) {
            Ok(url) => Self::builder(&url),
            Err(error) => EngineBuilder::refused(error),
        }
    }

    /// An engine over a backend of your own.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use orm::driver::Backend;
    ///
    /// fn engine(backend: Arc<dyn Backend>) -> orm::Result<orm::Engine> {
    ///     orm::Engine::with_backend(backend) // or orm::EngineBuilder::new(backend), with options
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// `Config`, as for [`connect`](Engine::connect).
    pub fn with_backend(backend: Arc<dyn Backend>) -> Result<Self> {
        EngineBuilder::new(backend).build()
    }
}

impl AsRef<orm_core::engine::Engine> for Engine {
    fn as_ref(&self) -> &orm_core::engine::Engine {
        &self.0
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

impl From<Engine> for orm_core::engine::Engine {
    fn from(engine: Engine) -> Self {
        engine.0
    }
}

/// Databases whose URLs people have, and which this crate does not speak.
const OTHERS: &[&str] = &[
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

/// The drivers that SQLAlchemy names in a scheme, as in `postgresql+psycopg2://`. They mean the database.
const DRIVERS: &[(&str, &[&str])] = &[
    ("sqlite", &["pysqlite", "aiosqlite", "pysqlite_numeric"]),
    ("postgresql", &["psycopg2", "psycopg", "asyncpg", "psycopg_async", "psycopg2cffi", "pg8000", "pygresql"]),
    ("mysql", &["pymysql", "mysqldb", "mysqlconnector", "asyncmy", "aiomysql", "cymysql", "pyodbc"]),
    ("mariadb", &["pymysql", "mysqldb", "mariadbconnector", "asyncmy", "aiomysql", "cymysql", "pyodbc"]),
];

/// The variable of the environment that names the database.
const VARIABLE: &str = "DATABASE_URL";

fn url_of(variable: Result<String, VarError>) -> Result<String> {
    match variable {
        Ok(url) if !url.trim().is_empty() => Ok(url),
        Ok(_) | Err(VarError::NotPresent) => Err(config(format!(
            "the environment variable `{VARIABLE}` is not set: set it to the URL of the database, as in `export \
             {VARIABLE}=sqlite:///app.db`, or load the file that sets it first"
        ))),
        Err(VarError::NotUnicode(_)) => Err(config(format!(
            "the environment variable `{VARIABLE}` is no UTF-8 text: percent-encode its special characters"
        ))),
    }
}

fn choose_backend(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    let scheme = url.scheme();
    let (base, driver) = scheme.split_once('+').map_or((scheme, None), |(base, driver)| (base, Some(driver)));
    let base = if base == "postgres" { "postgresql" } else { base };
    if let Some((_, drivers)) = DRIVERS.iter().find(|(name, _)| *name == base)
        && let Some(driver) = driver
        && !drivers.contains(&driver)
    {
        return Err(config(format!(
            "`{scheme}://` names a driver that is not known; write `{base}://`, without `+{driver}`"
        )));
    }
    match base {
        "sqlite" => sqlite(url),
        "postgresql" => postgres(url),
        "mysql" | "mariadb" => mysql(url),
        _ if OTHERS.contains(&base) => Err(config(format!(
            "`{scheme}://` is known but not supported; write `sqlite://`, `postgresql://` or `mysql://`"
        ))),
        _ => Err(config(format!("`{scheme}://` names no database; write `sqlite://`, `postgresql://` or `mysql://`"))),
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

#[cfg(feature = "mysql")]
fn mysql(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Ok(Arc::new(orm_mysql::MysqlBackend::from_url(url)?))
}

#[cfg(not(feature = "mysql"))]
fn mysql(url: &DatabaseUrl) -> Result<Arc<dyn Backend>> {
    Err(missing_feature(url, "mysql"))
}

#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
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
        check_refused("oracle://root:s3cret@host/db", "known but not supported");
        check_refused("mssql+pyodbc://root:s3cret@host/db", "known but not supported");
        check_refused("mysql+odbc://root:s3cret@host/db", "without `+odbc`");
        check_refused("postgresql+odbc://root:s3cret@host/db", "without `+odbc`");
        check_refused("sqlite+pysqlcipher://:s3cret@/app.db", "without `+pysqlcipher`");
        check_refused("gopher://root:s3cret@host/db", "names no database");
        check_refused("root:s3cret@host/db", "malformed");
        #[cfg(not(feature = "postgres"))]
        check_refused("postgresql://root:s3cret@host/db", "feature `postgres`");
        #[cfg(not(feature = "mysql"))]
        check_refused("mariadb://root:s3cret@host/db", "feature `mysql`");
    }
    #[test]
    fn the_drivers_of_sqlalchemy_mean_their_database() {
        for (base, drivers) in DRIVERS {
            for driver in *drivers {
                let place = if *base == "sqlite" { "/:memory:" } else { "root:s3cret@host/db" };
                let outcome = Engine::connect(&format!("{base}+{driver}://{place}"));
                let has_it = match *base {
                    "sqlite" => cfg!(feature = "sqlite"),
                    "postgresql" => cfg!(feature = "postgres"),
                    _ => cfg!(feature = "mysql"),
                };
                assert_eq!(outcome.is_ok(), has_it, "{base}+{driver}: {outcome:?}");
                assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
            }
        }
    }

    #[test]
    fn a_missing_variable_says_how_to_set_it() {
        for missing in [Err(VarError::NotPresent), Ok(String::new()), Ok(" ".to_owned())] {
            let error = url_of(missing).err().map(|error| (error.kind(), error.to_string()));
            assert!(
                matches!(&error, Some((ErrorKind::Config, text)) if text.contains("export DATABASE_URL=")),
                "{error:?}"
            );
        }
        assert_eq!(url_of(Ok("sqlite://".to_owned())).ok().as_deref(), Some("sqlite://"));
    }

    #[test]
    fn options_of_the_builder_are_those_of_the_url() {
        let refused = |builder: EngineBuilder| builder.build().err().map(|error| error.to_string()).unwrap_or_default();
        if cfg!(feature = "sqlite") {
            let text = refused(Engine::builder("sqlite://").option("jurnal_mode", "wal"));
            assert!(text.contains("did you mean `journal_mode`?"), "{text}");
            assert!(Engine::builder("sqlite://").option("busy_timeout", "10").build().is_ok());
        }
        assert!(refused(Engine::builder("nonsense").option("mode", "ro")).contains("malformed"));
    }
}
