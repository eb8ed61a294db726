//! The settings of connections, from a URL and the environment.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use orm_core::engine::{DatabaseUrl, UrlOption};
use orm_core::{Error, ErrorKind, Result};
use tokio_postgres::config::ChannelBinding;

use crate::options::OPTIONS;
use crate::url::{check_signs, given};
use crate::wire::Prepared;

/// Which server is wanted of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// Whether connections are encrypted, as libpq means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        })
    }
}

/// The settings of a database's connections.
pub(crate) struct Settings {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) dbname: Option<String>,
    pub(crate) host: Vec<String>,
    pub(crate) hostaddr: Vec<Option<IpAddr>>,
    pub(crate) port: Vec<u16>,
    pub(crate) passfile: Option<PathBuf>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) target: Target,
    pub(crate) shuffles: bool,
    pub(crate) prepared: Prepared,
    pub(crate) application_name: String,
    pub(crate) options: Option<String>,
    pub(crate) keepalives: bool,
    pub(crate) keepalives_idle: Duration,
    pub(crate) keepalives_interval: Option<Duration>,
    pub(crate) keepalives_count: Option<u32>,
    pub(crate) tcp_user_timeout: Option<Duration>,
    /// What is said of encryption, if something is.
    pub(crate) sslmode: Option<SslMode>,
    pub(crate) sslrootcert: Option<String>,
    pub(crate) sslcert: Option<PathBuf>,
    pub(crate) sslkey: Option<PathBuf>,
    pub(crate) channel_binding: ChannelBinding,
    /// Whether connections are to begin with encryption, without a question to the server.
    pub(crate) negotiates_directly: bool,
    /// Whether it was said that connections are not encrypted.
    said_clear: AtomicBool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user: None,
            password: None,
            dbname: None,
            host: Vec::new(),
            hostaddr: Vec::new(),
            port: Vec::new(),
            passfile: None,
            connect_timeout: Some(Duration::from_secs(10)),
            target: Target::Any,
            shuffles: false,
            prepared: Prepared::Auto,
            application_name: "orm".to_owned(),
            options: None,
            keepalives: true,
            keepalives_idle: Duration::from_secs(2 * 60 * 60),
            keepalives_interval: None,
            keepalives_count: None,
            tcp_user_timeout: None,
            sslmode: None,
            sslrootcert: None,
            sslcert: None,
            sslkey: None,
            channel_binding: ChannelBinding::Prefer,
            negotiates_directly: false,
            said_clear: AtomicBool::new(false),
        }
    }
}

impl Settings {
    /// The settings of a URL. The variables of the environment fill in what it does not say.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed, or it or a variable has a wrong option.
    pub(crate) fn read(url: &DatabaseUrl, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        check_signs(url)?;
        let given = given(url)?;
        let mut settings = Self::default();
        UrlOption::apply_variables(
            OPTIONS,
            &mut settings,
            |name| given.iter().any(|(given, _)| given == name),
            variable,
        )?;
        for (name, value) in given {
            UrlOption::apply(OPTIONS, &mut settings, &name, &value)?;
        }
        settings.check_servers()?;
        settings.check_encryption(cfg!(feature = "tls"))?;
        Ok(settings)
    }

    /// Whether connections are encrypted. With the roots of the system the server has to be proved.
    pub(crate) fn sslmode(&self) -> SslMode {
        let unsaid = if self.sslrootcert.as_deref() == Some("system") { SslMode::VerifyFull } else { SslMode::Prefer };
        self.sslmode.unwrap_or(unsaid)
    }

    /// Refuses what needs encryption where there is none, and files that cannot be used.
    fn check_encryption(&self, has_tls: bool) -> Result<()> {
        if self.negotiates_directly {
            let message = "`sslnegotiation=direct` is not supported, as connections begin with PostgreSQL's own request for encryption: leave \
                           the option away, for every server with encryption takes that request";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let demands = [
            (self.sslmode() >= SslMode::Require).then(|| format!("sslmode={}", self.sslmode())),
            (self.channel_binding == ChannelBinding::Require).then(|| "channel_binding=require".to_owned()),
        ];
        match demands.into_iter().flatten().next() {
            Some(demand) if !has_tls => {
                let message = format!("`{demand}` needs the feature `tls` of the crate `orm`: enable it in Cargo.toml");
                Err(Error::new(ErrorKind::Unsupported, message))
            }
            #[cfg(feature = "tls")]
            Some(_) => crate::tls::client_config(self).map(drop),
            _ => Ok(()),
        }
    }

    /// Says once that connections are not encrypted. Those within the machine need not be, unless it was asked for.
    pub(crate) fn say_clear(&self, address: &SocketAddr) {
        let matters = self.sslmode.is_some() || !address.ip().is_loopback();
        if self.sslmode() != SslMode::Prefer || !matters || self.said_clear.swap(true, Ordering::Relaxed) {
            return;
        }
        let reason = match cfg!(feature = "tls") {
            true => "the server does not offer it",
            false => "the feature `tls` of the crate `orm` is not enabled",
        };
        tracing::warn!(
            target: "orm::connect",
            "connections to {self} are not encrypted, as {reason}; `sslmode=require` makes that an error, `sslmode=disable` takes it as it is"
        );
    }
}

/// `database "test" on 127.0.0.1:5432 as user "alice"`
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.dbname {
            Some(database) => write!(f, "database \"{database}\"")?,
            None => f.write_str("the user's database")?,
        }
        for (index, server) in self.servers().iter().enumerate() {
            let separator = if index == 0 { " on " } else { ", " };
            write!(f, "{separator}{}:{}", server.name, server.port)?;
        }
        match &self.user {
            Some(user) => write!(f, " as user \"{user}\""),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn settings(url: &str, variables: &[(&str, &str)]) -> Result<Settings> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&DatabaseUrl::parse(url)?, variable)
    }

    #[test]
    fn encryption_needs_its_feature() -> Result<()> {
        for (options, refused) in [
            ("", None),
            ("?sslmode=prefer", None),
            ("?sslmode=allow&sslrootcert=/no/such/file", None),
            ("?sslmode=disable&sslrootcert=system", None),
            ("?sslmode=require", Some("`sslmode=require`")),
            ("?sslmode=verify-full", Some("`sslmode=verify-full`")),
            ("?sslrootcert=system", Some("`sslmode=verify-full`")),
            ("?channel_binding=require", Some("`channel_binding=require`")),
            ("?sslnegotiation=postgres", None),
        ] {
            let mut settings = Settings::default();
            for (name, value) in DatabaseUrl::parse(&format!("postgresql://host/db{options}"))?.options() {
                UrlOption::apply(OPTIONS, &mut settings, name, value)?;
            }
            let error = settings.check_encryption(false).err().map(|error| (error.kind(), error.to_string()));
            match (refused, error) {
                (None, None) => {}
                (Some(words), Some((ErrorKind::Unsupported, text))) => {
                    assert!(text.contains(words) && text.contains("feature `tls`"), "{text}");
                }
                (_, error) => panic!("{options}: {error:?}"),
            }
        }
        Ok(())
    }

    #[test]
    fn encryption_without_a_request_is_refused_with_its_own_message() {
        for given in [
            settings("postgresql://host?sslnegotiation=direct", &[]),
            settings("postgresql://host", &[("PGSSLNEGOTIATION", "direct")]),
        ] {
            let refused = given
                .err()
                .map(|error| (error.kind(), error.to_string()))
                .unwrap_or((ErrorKind::Database, String::new()));
            assert!(
                refused.0 == ErrorKind::Unsupported && refused.1.contains("`sslnegotiation=direct`"),
                "{refused:?}"
            );
        }
        let wrong = settings("postgresql://host?sslnegotiation=tls", &[]).err().map(|error| error.kind());
        assert_eq!(wrong, Some(ErrorKind::Config));
    }

    #[test]
    fn the_url_comes_before_the_environment() -> Result<()> {
        let variables = [
            ("PGHOST", "elsewhere"),
            ("PGPORT", "nonsense"),
            ("PGUSER", "bob"),
            ("PGPASSWORD", "s3cret"),
            ("PGDATABASE", "planes"),
            ("PGAPPNAME", "app"),
            ("PGOPTIONS", "-c a=b"),
            ("PGPASSFILE", "/pw"),
            ("PGCONNECT_TIMEOUT", "3"),
            ("PGTARGETSESSIONATTRS", "standby"),
            ("PGSSLMODE", ""),
        ];
        let url = settings("postgresql://alice@host:1/cars?application_name=mine&connect_timeout=0", &variables)?;
        assert_eq!(url.to_string(), "database \"cars\" on host:1 as user \"alice\"");
        assert_eq!((url.application_name.as_str(), url.connect_timeout), ("mine", None));
        assert_eq!((url.password.as_deref(), url.options.as_deref()), (Some("s3cret"), Some("-c a=b")));
        assert_eq!((url.passfile.as_deref(), url.target), (Some(Path::new("/pw")), Target::Standby));
        let wrong = settings("postgresql://", &variables).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(wrong.contains("`PGPORT=nonsense`"), "{wrong}");
        let variables: Vec<_> = variables.into_iter().filter(|(name, _)| *name != "PGPORT").collect();
        let bare = settings("postgresql://", &variables)?;
        assert_eq!(bare.to_string(), "database \"planes\" on elsewhere:5432 as user \"bob\"");
        assert_eq!((bare.application_name.as_str(), bare.connect_timeout), ("app", Some(Duration::from_secs(3))));
        Ok(())
    }
}
