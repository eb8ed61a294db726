use std::path::PathBuf;
use std::time::{Duration, Instant};

use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection};
use orm_core::engine::{DatabaseUrl, UrlOption};
use orm_core::{Error, ErrorKind, Result};
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;

use crate::collation;
use crate::connection::SqliteConnection;
use crate::dialect::SqliteDialect;
use crate::error::{classify, classify_open};
use crate::options::{Access, OPTIONS, Options};

/// Statements that a connection keeps prepared.
const STATEMENT_CACHE: usize = 128;

/// One SQLite database: a file, or the memory of one connection.
#[derive(Debug, Clone)]
pub struct SqliteBackend {
    location: Location,
    options: Options,
}

#[derive(Debug, Clone)]
enum Location {
    Memory,
    File(PathBuf),
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
        Self { location, options: Options::default() }
    }

    /// The database of a URL: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:` or `sqlite://`, with the options
    /// that the guide lists.
    ///
    /// # Errors
    ///
    /// `Config` when the URL has another form, an option that is not known, or one with a wrong value.
    pub fn from_url(url: &DatabaseUrl) -> Result<Self> {
        if !url.authority().is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                format!("`{url}` has two slashes: write `sqlite:///relative/path.db` or `sqlite:////absolute/path.db`"),
            ));
        }
        let mut options = Options::default();
        for (name, value) in url.options() {
            UrlOption::apply(OPTIONS, &mut options, name, value)?;
        }
        let location = match url.path().strip_prefix('/').unwrap_or_default() {
            "" | ":memory:" => Location::Memory,
            _ if options.access == Access::Memory => Location::Memory,
            path => Location::File(path.into()),
        };
        Ok(Self { location, options })
    }

    fn open(&self) -> Result<rusqlite::Connection> {
        match &self.location {
            Location::Memory => rusqlite::Connection::open_in_memory().map_err(classify),
            Location::File(path) => {
                let flags = self.options.access.flags() | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                rusqlite::Connection::open_with_flags(path, flags).map_err(|error| classify_open(error, path))
            }
        }
    }

    /// The settings of every connection.
    fn set_up(&self, connection: &rusqlite::Connection) -> rusqlite::Result<()> {
        connection.pragma_update(None, "foreign_keys", self.options.foreign_keys)?;
        if let Some(synchronous) = self.options.synchronous {
            connection.pragma_update(None, "synchronous", synchronous)?;
        }
        if let Some(size) = self.options.cache_size {
            connection.pragma_update(None, "cache_size", size)?;
        }
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

    /// Sets the journal mode that is wanted, or that of a new file. A file that others have made keeps its own.
    fn set_journal(&self, connection: &rusqlite::Connection) -> rusqlite::Result<Result<()>> {
        let is_new =
            || connection.pragma_query_value(None, "page_count", |row| row.get(0)).map(|pages: i64| pages == 0);
        match self.options.journal_mode {
            None if matches!(self.location, Location::Memory) || self.options.access == Access::Read || !is_new()? => {
                Ok(Ok(()))
            }
            // Some file systems cannot do it.
            None => self.switch_journal(connection, "wal").map(|_| Ok(())),
            Some(wanted) => {
                let mode: String = match self.options.access {
                    Access::Read => connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
                    _ => self.switch_journal(connection, wanted)?,
                };
                Ok(if mode.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(refused_journal(wanted, &mode)) })
            }
        }
    }

    /// Switches the journal mode and tells which one holds now. SQLite does not wait for others that switch at the same moment, so this
    /// does.
    fn switch_journal(&self, connection: &rusqlite::Connection, wanted: &str) -> rusqlite::Result<String> {
        let end = Instant::now() + self.options.busy_timeout;
        loop {
            match connection.pragma_update_and_check(None, "journal_mode", wanted, |row| row.get(0)) {
                Err(error)
                    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && Instant::now() < end =>
                {
                    std::thread::sleep(Duration::from_millis(2));
                }
                other => return other,
            }
        }
    }
}

impl Backend for SqliteBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        SqliteDialect::with(self.options.formats)
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        let connection = self.open()?;
        let classify = |error| match &self.location {
            Location::Memory => classify(error),
            Location::File(path) => classify_open(error, path),
        };
        connection.busy_timeout(self.options.busy_timeout).map_err(classify)?;
        self.set_journal(&connection).map_err(classify)??;
        self.set_up(&connection).map_err(classify)?;
        Ok(Box::new(SqliteConnection::new(connection, self.options.busy_timeout)))
    }

    fn max_connections(&self) -> Option<u32> {
        matches!(self.location, Location::Memory).then_some(1)
    }

    /// The whole path, whether the file is there or will be made.
    fn location(&self) -> Option<String> {
        let Location::File(path) = &self.location else { return None };
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let folder = absolute.parent().and_then(|folder| folder.canonicalize().ok());
        let whole = folder.zip(absolute.file_name()).map(|(folder, name)| folder.join(name));
        Some(whole.unwrap_or(absolute).display().to_string())
    }
}

#[cold]
fn refused_journal(wanted: &str, found: &str) -> Error {
    let message = format!(
        "`journal_mode={wanted}`: the database stays at `{found}`; one in memory, one that is opened for reading and some file systems do \
         not take every mode"
    );
    Error::new(ErrorKind::Unsupported, message)
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
            ("sqlite:///cars.db?mode=memory", "Memory"),
        ] {
            assert_eq!(format!("{:?}", backend(url)?.location), place, "{url}");
        }
        Ok(())
    }

    #[test]
    fn other_forms_say_how_to_write_it() {
        for (url, cure) in [
            ("sqlite://cars.db", "sqlite:///relative/path.db"),
            ("sqlite:///cars.db?mode=x", "`ro`"),
            ("sqlite:///cars.db?busy_timeout=soon", "milliseconds"),
            ("sqlite:///cars.db?cache=shared", "no option `cache`"),
            ("sqlite:///cars.db?foreign_key=on", "did you mean `foreign_keys`?"),
            ("sqlite:///cars.db?foreign_keys=maybe", "`on` or `off`"),
            ("sqlite:///cars.db?journal_mode=log", "`wal`"),
            ("sqlite:///cars.db?synchronous=2", "`full`"),
            ("sqlite:///cars.db?cache_size=big", "KiB"),
            ("sqlite:///cars.db?uuid_format=epoch", "`blob`"),
        ] {
            let error = backend(url).err().map(|error| (error.kind(), error.to_string()));
            assert!(matches!(&error, Some((ErrorKind::Config, text)) if text.contains(cure)), "{url}: {error:?}");
        }
    }
}
