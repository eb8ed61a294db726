use std::fmt;
use std::time::Duration;

use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection};
use orm_core::engine::DatabaseUrl;
use orm_core::{Error, ErrorKind, Result};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::connect::connect;
use crate::connection::PostgresConnection;
use crate::dialect::PostgresDialect;
use crate::error::classify_connect;

/// How long to wait for a server, where the URL does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One PostgreSQL database. `Debug` shows where it is and nothing secret.
pub struct PostgresBackend {
    config: Config,
    place: String,
}

impl PostgresBackend {
    /// The database of a URL: `postgresql://user:password@host:port/database?option=value`, with the options of libpq as far as
    /// the crate `tokio-postgres` knows them. Connections are not encrypted.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed or has an unknown option, `Unsupported` when it demands an encrypted connection.
    pub fn from_url(url: &DatabaseUrl) -> Result<Self> {
        if let Some((_, mode)) = url.options().find(|option| is_encrypted(*option)) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("`sslmode={mode}`: encrypted connections are not supported; use `sslmode=prefer` or `disable`"),
            ));
        }
        check_signs(url)?;
        let mut config: Config = url.as_str().parse().map_err(|error: postgres::Error| {
            let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            Error::new(ErrorKind::Config, format!("the database URL `{url}` is malformed: {reason}")).with_source(error)
        })?;
        if config.get_application_name().is_none() {
            config.application_name("orm");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        let place = describe(&config);
        Ok(Self { config, place })
    }
}

impl Backend for PostgresBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        &PostgresDialect
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        match connect(&self.config) {
            Ok(client) => Ok(Box::new(PostgresConnection::new(client))),
            Err(failure) => Err(classify_connect(failure, &self.place)),
        }
    }
}

impl fmt::Debug for PostgresBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresBackend({})", self.place)
    }
}

/// Refuses a password that is not encoded: its tail would be taken for the host, and shown.
fn check_signs(url: &DatabaseUrl) -> Result<()> {
    let (all, in_place) = (url.as_str().matches('@').count(), url.authority().matches('@').count());
    if all <= 1 && all == in_place {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Config,
        format!(
            "the database URL `{url}` is malformed: an `@` may stand between the login and the host only; within a password write `@` as \
             `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23` and `%` as `%25`"
        ),
    ))
}

fn is_encrypted((name, value): (&str, &str)) -> bool {
    name == "sslmode" && ["require", "verify-ca", "verify-full"].contains(&value)
}

/// `database "test" on 127.0.0.1:5432 as user "alice"`
fn describe(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map_or_else(|| "an unnamed host".to_owned(), ToString::to_string),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().map(|user| format!(" as user \"{user}\"")).unwrap_or_default();
    match config.get_dbname() {
        Some(database) => format!("database \"{database}\" on {host}:{port}{user}"),
        None => format!("the user's database on {host}:{port}{user}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(url: &str) -> Result<PostgresBackend> {
        PostgresBackend::from_url(&DatabaseUrl::parse(url)?)
    }

    #[test]
    fn debug_shows_the_place_without_the_password() -> Result<()> {
        for url in [
            "postgresql://alice:s3cret@db.example:5433/cars",
            "Postgres://alice:s3cret@db.example:5433/cars?sslmode=prefer",
        ] {
            let text = format!("{:?}", backend(url)?);
            assert_eq!(text, "PostgresBackend(database \"cars\" on db.example:5433 as user \"alice\")");
        }
        Ok(())
    }

    #[test]
    fn every_part_of_a_url_may_be_encoded() -> Result<()> {
        let alice = backend("postgresql://al%69ce:p%40s%2Fs@[::1]:5433/my%20db?options=-csearch_path%3Dcars")?;
        assert_eq!(alice.place, "database \"my db\" on ::1:5433 as user \"alice\"");
        assert_eq!(alice.config.get_password(), Some(&b"p@s/s"[..]));
        assert_eq!(alice.config.get_options(), Some("-csearch_path=cars"));
        let bare = backend("postgres://host")?;
        assert_eq!(bare.place, "the user's database on host:5432");
        Ok(())
    }

    #[test]
    fn wrong_urls_say_why_without_the_password() {
        for (url, kind, cure) in [
            ("postgresql://alice:s3cret@host/db?sslmode=require", ErrorKind::Unsupported, "encrypted"),
            ("postgresql://alice:s3cret@host/db?sslmode=verify-full", ErrorKind::Unsupported, "encrypted"),
            ("postgresql://alice:s3cret@host:port/db", ErrorKind::Config, "`port`"),
            ("postgresql://alice:s3cret@host/db?colour=red", ErrorKind::Config, "`colour`"),
            ("postgresql://alice:p@s3cret@host/db", ErrorKind::Config, "%40"),
            ("postgresql://alice:p/s3cret@host/db", ErrorKind::Config, "%2F"),
            ("postgresql://host/db?user=alice&password=a@s3cret", ErrorKind::Config, "%40"),
            ("postgresql://alice:s3cret", ErrorKind::Config, "`port`"),
            ("postgresql://alice:s3cret/db", ErrorKind::Config, "`port`"),
            ("postgresql://host/db?user=a&PASSWORD=s3cret", ErrorKind::Config, "`PASSWORD`"),
            ("postgresql://host/db?user=a&pwd=s3cret", ErrorKind::Config, "`pwd`"),
        ] {
            let error = backend(url).err().map(|error| (error.kind(), format!("{error} {error:?}")));
            assert!(
                matches!(&error, Some((found, text)) if *found == kind && text.contains(cure) && !text.contains("s3cret")),
                "{url}: {error:?}"
            );
        }
    }
}
