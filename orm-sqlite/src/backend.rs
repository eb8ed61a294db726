use std::path::PathBuf;
use std::time::{Duration, Instant};

use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection};
use orm_core::engine::DatabaseUrl;
use orm_core::value::{Format, SqlType};
use orm_core::{Error, ErrorKind, Result};
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use crate::collation;
use crate::connection::SqliteConnection;
use crate::dialect::{Formats, SqliteDialect};
use crate::error::{classify, classify_open};

/// Statements that a connection keeps prepared.
const STATEMENT_CACHE: usize = 128;

/// One SQLite database: a file, or the memory of one connection.
#[derive(Debug, Clone)]
pub struct SqliteBackend {
    location: Location,
    access: Access,
    busy_timeout: Duration,
    formats: Formats,
}

#[derive(Debug, Clone)]
enum Location {
    Memory,
    File(PathBuf),
}

/// How the file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    Create,
}

impl SqliteBackend {
    /// A database in memory. It has one connection and ends with it.
    pub fn memory() -> Self {
        Self::at(Location::Memory)
    }

    /// A database in a file, which is created at the first connection.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::at(Location::File(path.into()))
    }

    fn at(location: Location) -> Self {
        Self { location, access: Access::Create, busy_timeout: Duration::from_secs(5), formats: Formats::default() }
    }

    /// The database of a URL: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:` or `sqlite://`, with the
    /// options `mode=ro|rw|rwc`, `busy_timeout=<milliseconds>`, and the formats of columns whose fields have no `#[orm(format = "..")]`:
    /// `time_format`, `uuid_format`, `decimal_format` and `bool_format`.
    ///
    /// # Errors
    ///
    /// `Config` when the URL has another form.
    pub fn from_url(url: &DatabaseUrl) -> Result<Self> {
        if !url.authority().is_empty() {
            return Err(config(format!(
                "`{url}` has two slashes: write `sqlite:///relative/path.db` or `sqlite:////absolute/path.db`"
            )));
        }
        let mut backend = match url.path().strip_prefix('/').unwrap_or_default() {
            "" | ":memory:" => Self::memory(),
            path => Self::file(path),
        };
        for (name, value) in url.options() {
            backend.set_option(name, value)?;
        }
        Ok(backend)
    }

    fn set_option(&mut self, name: &str, value: &str) -> Result<()> {
        match (name, value) {
            ("mode", "ro") => self.access = Access::Read,
            ("mode", "rw") => self.access = Access::Write,
            ("mode", "rwc") => self.access = Access::Create,
            ("mode", _) => return Err(config(format!("`mode={value}`: write `ro`, `rw` or `rwc`"))),
            ("busy_timeout", _) => {
                let milliseconds = value.parse().ok().filter(|&time: &u64| time <= 86_400_000).ok_or_else(|| {
                    config(format!("`busy_timeout={value}`: write a number of milliseconds, at most a day"))
                })?;
                self.busy_timeout = Duration::from_millis(milliseconds);
            }
            ("time_format", _) => self.formats.times = format(name, value, SqlType::Timestamp)?,
            ("uuid_format", _) => self.formats.uuids = format(name, value, SqlType::Uuid)?,
            ("decimal_format", _) => self.formats.decimals = format(name, value, SqlType::Decimal)?,
            ("bool_format", _) => self.formats.booleans = format(name, value, SqlType::Bool)?,
            _ => {
                return Err(config(format!(
                    "SQLite URLs have the options `mode`, `busy_timeout`, `time_format`, `uuid_format`, `decimal_format` and \
                     `bool_format`, but not `{name}`"
                )));
            }
        }
        Ok(())
    }

    fn open(&self) -> Result<rusqlite::Connection> {
        let access = match self.access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        match &self.location {
            Location::Memory => rusqlite::Connection::open_in_memory().map_err(classify),
            Location::File(path) => {
                rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                    .map_err(|error| classify_open(error, path))
            }
        }
    }

    /// The settings of every connection.
    fn set_up(&self, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        connection.busy_timeout(self.busy_timeout)?;
        if matches!(self.location, Location::File(_)) && !connection.is_readonly("main")? {
            self.use_wal(connection)?;
        }
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        // Otherwise the plans of joins and limits depend on the parameters, and SQLite plans again each time that these are bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // Otherwise SQLite takes an unknown name in double quotes for a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        rusqlite::vtab::array::load_module(connection)?;
        crate::aggregate::register(connection)?;
        crate::arithmetic::register(connection)?;
        crate::function::register(connection)?;
        crate::stored::register(connection)?;
        collation::register(connection)
    }

    /// Switches to write-ahead logging, if the file system supports it. Another connection may switch at the same moment, for which SQLite does
    /// not wait, so this function does.
    fn use_wal(&self, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        let end = Instant::now() + self.busy_timeout;
        let mode: String = loop {
            match connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)) {
                Err(error)
                    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && Instant::now() < end =>
                {
                    std::thread::sleep(Duration::from_millis(2));
                }
                other => break other?,
            }
        };
        // With a write-ahead log, a crash of the program loses nothing, and a loss of power leaves the file consistent.
        if mode.eq_ignore_ascii_case("wal") { connection.pragma_update(None, "synchronous", "normal") } else { Ok(()) }
    }
}

impl Backend for SqliteBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        SqliteDialect::with(self.formats)
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        let connection = self.open()?;
        self.set_up(&connection).map_err(|error| match &self.location {
            Location::Memory => classify(error),
            Location::File(path) => classify_open(error, path),
        })?;
        Ok(Box::new(SqliteConnection::new(connection)))
    }

    fn max_connections(&self) -> Option<u32> {
        matches!(self.location, Location::Memory).then_some(1)
    }
}

/// A format of values of a type, by its name.
fn format(option: &str, value: &str, sql_type: SqlType) -> Result<Format> {
    let known = Format::of(sql_type);
    known.iter().copied().find(|format| format.name() == value).ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|format| format!("`{}`", format.name())).collect();
        config(format!("`{option}={value}`: write one of {}", names.join(", ")))
    })
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(url: &str) -> Result<SqliteBackend> {
        SqliteBackend::from_url(&DatabaseUrl::parse(url)?)
    }

    /// Whatever the statement: a statement cache binds all parameters anew each time.
    #[test]
    fn a_plan_is_made_once() -> Result<()> {
        let connection = rusqlite::Connection::open_in_memory().map_err(classify)?;
        SqliteBackend::memory().set_up(&connection).map_err(classify)?;
        let join = "SELECT 1 FROM sqlite_schema a JOIN sqlite_schema b ON a.rowid = b.rowid WHERE a.name = ?1 LIMIT ?2";
        for limit in 1..4 {
            let mut statement = connection.prepare_cached(join).map_err(classify)?;
            assert!(!statement.exists(("x", limit)).map_err(classify)?);
        }
        let statement = connection.prepare_cached(join).map_err(classify)?;
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
        Ok(())
    }

    #[test]
    fn every_form_of_url_names_its_place() -> Result<()> {
        for (url, place) in [
            ("sqlite://", "Memory"),
            ("sqlite:///", "Memory"),
            ("sqlite:///:memory:", "Memory"),
            ("sqlite:///cars.db", "File(\"cars.db\")"),
            ("sqlite:///data/my%20cars.db?mode=ro", "File(\"data/my cars.db\")"),
            ("sqlite:////tmp/cars.db?busy_timeout=10", "File(\"/tmp/cars.db\")"),
        ] {
            assert_eq!(format!("{:?}", backend(url)?.location), place, "{url}");
        }
        Ok(())
    }

    #[test]
    fn other_forms_say_how_to_write_it() {
        for (url, cure) in [
            ("sqlite://cars.db", "sqlite:///relative/path.db"),
            ("sqlite:///cars.db?mode=x", "`ro`, `rw` or `rwc`"),
            ("sqlite:///cars.db?busy_timeout=soon", "milliseconds"),
            ("sqlite:///cars.db?cache=shared", "not `cache`"),
            ("sqlite:///cars.db?uuid_format=epoch", "`blob`"),
        ] {
            let error = backend(url).err().map(|error| (error.kind(), error.to_string()));
            assert!(matches!(&error, Some((ErrorKind::Config, text)) if text.contains(cure)), "{url}: {error:?}");
        }
    }
}
