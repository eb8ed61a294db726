use std::fmt;

use orm_core::Result;
use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection};
use orm_core::engine::DatabaseUrl;

use crate::connect::connect;
use crate::connection::PostgresConnection;
use crate::dialect::PostgresDialect;
use crate::settings::Settings;

/// One PostgreSQL database. `Debug` shows where it is and nothing secret.
pub struct PostgresBackend {
    settings: Settings,
}

impl PostgresBackend {
    /// The database of a URL: `postgresql://user:password@host:port/database?option=value`, with the options of libpq that the guide
    /// lists. What the URL does not say is taken from libpq's variables of the environment, and the password from the password file.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed, or has an option that is not known or has a wrong value.
    pub fn from_url(url: &DatabaseUrl) -> Result<Self> {
        Ok(Self { settings: Settings::read(url, |name| std::env::var(name).ok())? })
    }
}

impl Backend for PostgresBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        &PostgresDialect
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        Ok(Box::new(PostgresConnection::new(connect(&self.settings)?)))
    }

    /// With the options of the session, among which may be the search path.
    fn location(&self) -> Option<String> {
        let Settings { options, .. } = &self.settings;
        Some(format!("{} {}", self.settings, options.as_deref().unwrap_or_default()))
    }
}

impl fmt::Debug for PostgresBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresBackend({})", self.settings)
    }
}

#[cfg(test)]
mod tests {
    use orm_core::ErrorKind;

    use super::*;

    fn backend(url: &str) -> Result<PostgresBackend> {
        Ok(PostgresBackend { settings: Settings::read(&DatabaseUrl::parse(url)?, |_| None)? })
    }

    fn place(url: &str) -> Result<String> {
        Ok(backend(url)?.settings.to_string())
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
        let alice = backend("postgresql://al%69ce:p%40s%2Fs@[::1]:5433/my%20db?options=-csearch_path%3Dcars")?.settings;
        assert_eq!(alice.to_string(), "database \"my db\" on ::1:5433 as user \"alice\"");
        assert_eq!(alice.password.as_deref(), Some("p@s/s"));
        assert_eq!(alice.options.as_deref(), Some("-csearch_path=cars"));
        assert_eq!(place("postgres://host")?, "the user's database on host:5432");
        assert_eq!(
            place("postgresql:///cars?host=/run/pg&user=bob")?,
            "database \"cars\" on /run/pg:5432 as user \"bob\""
        );
        assert_eq!(place("postgresql://%2Frun%2Fpg/cars")?, "database \"cars\" on /run/pg:5432");
        Ok(())
    }

    #[test]
    fn wrong_urls_say_why_without_the_password() {
        for (url, kind, cure) in [
            (
                "postgresql://alice:s3cret@host/db?target_session_attr=any",
                ErrorKind::Config,
                "mean `target_session_attrs`",
            ),
            ("postgresql://alice:s3cret@host/db?target_session_attrs=all", ErrorKind::Config, "`prefer-standby`"),
            ("postgresql://alice:s3cret@host/db?connect_timeout=soon", ErrorKind::Config, "seconds"),
            ("postgresql://alice:s3cret@host/db?hostaddr=host", ErrorKind::Config, "IP address"),
            ("postgresql://alice:s3cret@a,b/db?port=1,2,3", ErrorKind::Config, "2 hosts, 0 host addresses and 3 ports"),
            ("postgresql://alice:s3cret@host:0/db", ErrorKind::Config, "`port"),
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
