//! What a URL says.

use std::time::Duration;

use mysql::{Opts, OptsBuilder};
use orm_core::engine::{DatabaseUrl, UrlOption};
use orm_core::{Error, ErrorKind, Result};

/// Statements that a connection keeps prepared.
const STATEMENT_CACHE: usize = 128;

/// Where the server is, and who connects to it.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    pub(crate) host: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
}

/// How far the server is checked, whose connection is encrypted.
#[cfg(feature = "tls")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Not at all.
    Require,
    /// Its certificate.
    VerifyCa,
    /// Its certificate and its name.
    VerifyFull,
}

/// Every option, as the guide's table has it.
pub(crate) const OPTIONS: &[UrlOption<Settings>] = &[
    UrlOption {
        name: "socket",
        variable: None,
        takes: "the file of a Unix socket, instead of a host and a port",
        set: |settings, value| put(&mut settings.socket, value.to_owned()),
    },
    UrlOption {
        name: "connect_timeout",
        variable: None,
        takes: "seconds for the connection to be made; 10 unless said otherwise",
        set: |settings, value| put(&mut settings.connect_timeout, Duration::from_secs(value.parse().ok()?)),
    },
    UrlOption {
        name: "charset",
        variable: None,
        takes: "`utf8mb4`, which it always is",
        set: |_, value| value.eq_ignore_ascii_case("utf8mb4").then_some(()),
    },
    #[cfg(feature = "tls")]
    UrlOption {
        name: "sslmode",
        variable: None,
        takes: "`disable`, `require`, `verify-ca` or `verify-full`; `disable` unless said otherwise",
        set: |settings, value| {
            settings.tls = match value {
                "disable" => None,
                "require" => Some(Tls::Require),
                "verify-ca" => Some(Tls::VerifyCa),
                "verify-full" => Some(Tls::VerifyFull),
                _ => return None,
            };
            Some(())
        },
    },
];

fn put<T>(setting: &mut Option<T>, value: T) -> Option<()> {
    *setting = Some(value);
    Some(())
}

impl Settings {
    /// # Errors
    ///
    /// `Config` when the URL is malformed, or has an option that is not known or has a wrong value.
    pub(crate) fn read(url: &DatabaseUrl) -> Result<Self> {
        if url.as_str().matches('@').count() > 1 {
            return Err(malformed("within a password write `@` as `%40`, `/` as `%2F`, `?` as `%3F` and `%` as `%25`"));
        }
        let (login, place) = url.authority().rsplit_once('@').unwrap_or(("", url.authority()));
        let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, rest)) => (address, rest.strip_prefix(':')),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => Some(port.parse().map_err(|_| {
                malformed("the port is no number; a login ends with `@`, as in `mysql://user:password@host:3306/db`")
            })?),
            None => None,
        };
        let mut settings = Self {
            host: non_empty(host)?,
            port,
            user: non_empty(user)?,
            password: password.map(DatabaseUrl::decode).transpose()?,
            database: url.path().strip_prefix('/').filter(|name| !name.is_empty()).map(str::to_owned),
            ..Self::default()
        };
        for (name, value) in url.options() {
            UrlOption::apply(OPTIONS, &mut settings, name, value)?;
        }
        Ok(settings)
    }

    /// What the driver takes.
    pub(crate) fn opts(&self) -> Opts {
        let mut opts = OptsBuilder::new()
            .user(self.user.clone())
            .pass(self.password.clone())
            .db_name(self.database.clone())
            .prefer_socket(false)
            .stmt_cache_size(STATEMENT_CACHE)
            .tcp_connect_timeout(Some(self.connect_timeout.unwrap_or(Duration::from_secs(10))));
        opts = match &self.socket {
            Some(socket) => opts.socket(Some(socket.clone())),
            None => opts
                .ip_or_hostname(Some(self.host.clone().unwrap_or_else(|| "localhost".to_owned())))
                .tcp_port(self.port.unwrap_or(3306)),
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            let checks = mysql::SslOpts::default()
                .with_danger_accept_invalid_certs(tls == Tls::Require)
                .with_danger_skip_domain_validation(tls != Tls::VerifyFull);
            opts = opts.ssl_opts(checks);
        }
        opts.into()
    }
}

fn non_empty(part: &str) -> Result<Option<String>> {
    if part.is_empty() { Ok(None) } else { DatabaseUrl::decode(part).map(Some) }
}

fn malformed(why: &str) -> Error {
    Error::new(ErrorKind::Config, format!("the database URL is malformed: {why}"))
}

/// The place, and nothing secret.
impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.database {
            Some(name) => write!(f, "database {name:?} on ")?,
            None => f.write_str("no database on ")?,
        }
        match &self.socket {
            Some(socket) => f.write_str(socket)?,
            None => write!(f, "{}:{}", self.host.as_deref().unwrap_or("localhost"), self.port.unwrap_or(3306))?,
        }
        match &self.user {
            Some(user) => write!(f, " as user {user:?}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str) -> Result<String> {
        Ok(Settings::read(&DatabaseUrl::parse(url)?)?.to_string())
    }

    #[test]
    fn a_url_names_the_place() -> Result<()> {
        assert_eq!(
            place("mysql://alice:s3%40cret@db.example:3307/cars")?,
            "database \"cars\" on db.example:3307 as user \"alice\""
        );
        assert_eq!(place("mariadb:///cars?socket=/run/mysqld.sock")?, "database \"cars\" on /run/mysqld.sock");
        assert_eq!(place("mysql+pymysql://[::1]/cars?charset=utf8mb4")?, "database \"cars\" on ::1:3306");
        Ok(())
    }

    #[test]
    fn the_guide_has_the_same_table() {
        let guide = include_str!("../../docs/guide/engine.md");
        for UrlOption { name, takes, .. } in OPTIONS {
            let row = format!("| `{name}` | {takes} |");
            assert!(guide.contains(&row), "docs/guide/engine.md lacks\n{row}");
        }
    }

    #[test]
    fn wrong_urls_say_why_without_the_password() {
        for (url, cure) in [
            ("mysql://alice:s3@cret@host/db", "%40"),
            ("mysql://alice:s3cret", "port"),
            ("mysql://alice:s3cret@host/db?colour=red", "`colour`"),
            ("mysql://alice:s3cret@host/db?charset=latin1", "`utf8mb4`"),
        ] {
            let text = place(url).err().map_or_else(String::new, |error| format!("{error} {error:?}"));
            assert!(text.contains(cure) && !text.contains("s3cret"), "{url}: {text}");
        }
    }
}
