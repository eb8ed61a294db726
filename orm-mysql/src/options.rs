//! What a URL says.

#[cfg(feature = "tls")]
use std::path::PathBuf;
use std::time::Duration;

use mysql::{Opts, OptsBuilder};
use orm_core::engine::{DatabaseUrl, UrlOption};
use orm_core::{Error, ErrorKind, Result};

/// Statements that a connection keeps prepared.
const STATEMENT_CACHE: usize = 128;

/// Where the server is, and who connects to it.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    /// The servers that have the database, in the order in which they are tried; none for the one of this machine.
    pub(crate) hosts: Vec<Host>,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
    #[cfg(feature = "tls")]
    pub(crate) root: Option<PathBuf>,
    #[cfg(feature = "tls")]
    pub(crate) certificate: Option<PathBuf>,
    #[cfg(feature = "tls")]
    pub(crate) key: Option<PathBuf>,
}

/// A server, by its name or address and its port.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Host {
    name: String,
    port: u16,
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
        name: "dbname",
        variable: None,
        takes: "the database, instead of that of the path",
        set: |settings, value| put(&mut settings.database, value.to_owned()),
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
    #[cfg(feature = "tls")]
    UrlOption {
        name: "sslrootcert",
        variable: None,
        takes: "the file with the certificates of authorities that are trusted besides the known ones",
        set: |settings, value| put(&mut settings.root, value.into()),
    },
    #[cfg(feature = "tls")]
    UrlOption {
        name: "sslcert",
        variable: None,
        takes: "the file with the client's own certificate",
        set: |settings, value| put(&mut settings.certificate, value.into()),
    },
    #[cfg(feature = "tls")]
    UrlOption {
        name: "sslkey",
        variable: None,
        takes: "the file with the key of that certificate",
        set: |settings, value| put(&mut settings.key, value.into()),
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
        let hosts = match place {
            "" => Vec::new(),
            hosts => hosts.split(',').map(Host::read).collect::<Result<_>>()?,
        };
        let mut settings = Self {
            hosts,
            user: non_empty(user)?,
            password: password.map(DatabaseUrl::decode).transpose()?,
            database: url.path().strip_prefix('/').filter(|name| !name.is_empty()).map(str::to_owned),
            ..Self::default()
        };
        for (name, value) in url.options() {
            UrlOption::apply(OPTIONS, &mut settings, name, value)?;
        }
        #[cfg(feature = "tls")]
        settings.check_encryption()?;
        Ok(settings)
    }

    /// Refuses files of an encryption that there is not, and those that cannot be read.
    #[cfg(feature = "tls")]
    fn check_encryption(&self) -> Result<()> {
        let files = [("sslrootcert", &self.root), ("sslcert", &self.certificate), ("sslkey", &self.key)];
        for (option, file) in files.into_iter().filter_map(|(option, file)| Some((option, file.as_ref()?))) {
            if self.tls.is_none() {
                let message = format!("`{option}` is for encrypted connections: say `sslmode=verify-full` too");
                return Err(Error::new(ErrorKind::Config, message));
            }
            if let Err(error) = std::fs::metadata(file) {
                return Err(Error::new(ErrorKind::Config, format!("`{option}`: {}: {error}", file.display())));
            }
        }
        if self.certificate.is_some() != self.key.is_some() {
            return Err(Error::new(ErrorKind::Config, "`sslcert` and `sslkey` go together: say both"));
        }
        Ok(())
    }

    /// The same database on each of its hosts alone.
    pub(crate) fn places(&self) -> Vec<Self> {
        if self.hosts.len() < 2 {
            return vec![self.clone()];
        }
        self.hosts.iter().map(|host| Self { hosts: vec![host.clone()], ..self.clone() }).collect()
    }

    /// How long an attempt to connect may take.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout.unwrap_or(Duration::from_secs(10))
    }

    /// What the driver takes. Of several hosts it takes the first.
    pub(crate) fn opts(&self) -> Opts {
        let host = self.hosts.first().cloned().unwrap_or_default();
        let mut opts = OptsBuilder::new()
            .user(self.user.clone())
            .pass(self.password.clone())
            .db_name(self.database.clone())
            .prefer_socket(false)
            .stmt_cache_size(STATEMENT_CACHE)
            .tcp_connect_timeout(Some(self.connect_timeout()));
        opts = match &self.socket {
            Some(socket) => opts.socket(Some(socket.clone())),
            None => opts.ip_or_hostname(Some(host.name)).tcp_port(host.port),
        };
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            let checks = mysql::SslOpts::default()
                .with_danger_accept_invalid_certs(tls == Tls::Require)
                .with_danger_skip_domain_validation(tls != Tls::VerifyFull)
                .with_root_cert_path(self.root.clone())
                .with_client_identity(
                    self.certificate
                        .clone()
                        .zip(self.key.clone())
                        .map(|(certificate, key)| mysql::ClientIdentity::new(certificate, key)),
                );
            opts = opts.ssl_opts(checks);
        }
        opts.into()
    }
}

impl Host {
    /// `host`, `host:3306`, `[::1]:3306`.
    fn read(place: &str) -> Result<Self> {
        let (name, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, rest)) => (address, rest.strip_prefix(':')),
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let here = Self::default();
        let port = port.map_or(Ok(here.port), |port| {
            port.parse().map_err(|_| {
                malformed("the port is no number; a login ends with `@`, as in `mysql://user:password@host:3306/db`")
            })
        })?;
        Ok(Self { name: non_empty(name)?.unwrap_or(here.name), port })
    }
}

/// The server of this machine.
impl Default for Host {
    fn default() -> Self {
        Self { name: "localhost".to_owned(), port: 3306 }
    }
}

impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name, self.port)
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
            None if self.hosts.is_empty() => write!(f, "{}", Host::default())?,
            None => {
                for (index, host) in self.hosts.iter().enumerate() {
                    write!(f, "{}{host}", if index == 0 { "" } else { ", " })?;
                }
            }
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
        assert_eq!(
            place("mariadb://bob@a:3307,b,[::1]:3308/cars")?,
            "database \"cars\" on a:3307, b:3306, ::1:3308 as user \"bob\""
        );
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
