//! What a URL, the environment and a password file say of a connection.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use orm_core::engine::{DatabaseUrl, UrlOption};
use orm_core::{Error, ErrorKind, Result};
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslNegotiation};

use crate::options::OPTIONS;
use crate::passfile;
use crate::wire::Prepared;

/// Where a Unix socket is looked for when nothing names a host, and what a password file calls `localhost`.
const SOCKETS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

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
            said_clear: AtomicBool::new(false),
        }
    }
}

/// Where a server may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    Name(String),
    Address(IpAddr),
    #[cfg(unix)]
    Directory(PathBuf),
}

/// One server of those that the URL names.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) host: Host,
    /// What the URL calls it.
    pub(crate) name: String,
    pub(crate) port: u16,
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
        settings.check_places()?;
        settings.check_encryption(cfg!(feature = "tls"))?;
        Ok(settings)
    }

    /// Whether connections are encrypted. Who trusts the system's roots wants to be sure of the server.
    pub(crate) fn sslmode(&self) -> SslMode {
        let unsaid = if self.sslrootcert.as_deref() == Some("system") { SslMode::VerifyFull } else { SslMode::Prefer };
        self.sslmode.unwrap_or(unsaid)
    }

    /// Refuses what needs encryption where there is none, and files that cannot be used.
    fn check_encryption(&self, has_tls: bool) -> Result<()> {
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

    fn check_places(&self) -> Result<()> {
        let (hosts, addresses, ports) = (self.host.len(), self.hostaddr.len(), self.port.len());
        let count = hosts.max(addresses).max(1);
        match (hosts > 0 && addresses > 0 && hosts != addresses) || (ports > 1 && ports != count) {
            false => Ok(()),
            true => Err(config(format!(
                "{hosts} hosts, {addresses} host addresses and {ports} ports do not go together: name an address for each host, and one \
                 port for all of them or one for each"
            ))),
        }
    }

    /// The servers in the order in which the URL names them.
    pub(crate) fn places(&self) -> Vec<Place> {
        let count = self.host.len().max(self.hostaddr.len()).max(1);
        (0..count).map(|index| self.place(index)).collect()
    }

    fn place(&self, index: usize) -> Place {
        let name = self.host.get(index).filter(|name| !name.is_empty());
        let address = self.hostaddr.get(index).copied().flatten();
        let port = self.port.get(index).or(self.port.first()).copied().unwrap_or(5432);
        let host = match (address, name) {
            (Some(address), _) => Host::Address(address),
            (None, name) => host(name),
        };
        let name = match (name, &host) {
            (Some(name), _) => name.clone(),
            (None, Host::Address(address)) => address.to_string(),
            (None, Host::Name(name)) => name.clone(),
            #[cfg(unix)]
            (None, Host::Directory(directory)) => directory.display().to_string(),
        };
        Place { host, name, port }
    }

    /// What is said when logging in at `place`.
    ///
    /// # Errors
    ///
    /// `Config` when there is no user.
    pub(crate) fn login(&self, place: &Place) -> Result<Config> {
        let user = self.user()?;
        let mut config = Config::new();
        config.user(&*user).application_name(&self.application_name);
        // The stream is encrypted, or not, before the driver gets it: so it takes it as it is.
        config.ssl_mode(tokio_postgres::config::SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        config.channel_binding(self.channel_binding);
        if let Some(name) = &self.dbname {
            config.dbname(name);
        }
        if let Some(options) = &self.options {
            config.options(options);
        }
        match &self.password {
            Some(password) => {
                config.password(password);
            }
            None => {
                let entry = passfile::Login {
                    host: place.pgpass_name(),
                    port: place.port,
                    database: self.dbname.as_deref().unwrap_or(&user),
                    user: &user,
                };
                if let Some(password) = passfile::password(self.passfile.as_deref(), &entry) {
                    config.password(password);
                }
            }
        }
        Ok(config)
    }

    fn user(&self) -> Result<Cow<'_, str>> {
        match &self.user {
            Some(user) => Ok(user.into()),
            None => whoami::username().map(Cow::from).map_err(|error| {
                config(format!(
                    "the system does not tell the user's name ({error}): name the user in the URL or in PGUSER"
                ))
            }),
        }
    }
}

/// `database "test" on 127.0.0.1:5432 as user "alice"`
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.dbname {
            Some(database) => write!(f, "database \"{database}\"")?,
            None => f.write_str("the user's database")?,
        }
        for (index, place) in self.places().iter().enumerate() {
            let separator = if index == 0 { " on " } else { ", " };
            write!(f, "{separator}{}:{}", place.name, place.port)?;
        }
        match &self.user {
            Some(user) => write!(f, " as user \"{user}\""),
            None => Ok(()),
        }
    }
}

impl Place {
    /// The name that a password file has for it.
    fn pgpass_name(&self) -> &str {
        match &self.host {
            #[cfg(unix)]
            Host::Directory(directory) if SOCKETS.iter().any(|socket| directory == Path::new(socket)) => "localhost",
            _ => &self.name,
        }
    }
}

/// The host of a name; without one, the directory in which servers of this machine have their sockets.
fn host(name: Option<&String>) -> Host {
    match name {
        #[cfg(unix)]
        Some(name) if name.starts_with('/') => Host::Directory(name.into()),
        Some(name) => name.parse().map_or_else(|_| Host::Name(name.clone()), Host::Address),
        #[cfg(unix)]
        None => {
            let there = SOCKETS.iter().find(|directory| Path::new(directory).is_dir());
            Host::Directory(there.unwrap_or(&SOCKETS[1]).into())
        }
        #[cfg(not(unix))]
        None => Host::Name("localhost".to_owned()),
    }
}

/// What the URL says, by the names of the options, in its order.
fn given(url: &DatabaseUrl) -> Result<Vec<(Cow<'_, str>, Cow<'_, str>)>> {
    let mut given: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let (login, places) = url.authority().rsplit_once('@').unwrap_or(("", url.authority()));
    let (user, password) = login.split_once(':').map_or((login, None), |(user, password)| (user, Some(password)));
    if !user.is_empty() {
        given.push(("user".into(), DatabaseUrl::decode(user)?.into()));
    }
    if let Some(password) = password {
        given.push(("password".into(), DatabaseUrl::decode(password)?.into()));
    }
    if !places.is_empty() {
        let (hosts, ports) = split_places(places)?;
        given.push(("host".into(), hosts.into()));
        given.extend(ports.map(|ports| ("port".into(), ports.into())));
    }
    if let Some(name) = url.path().strip_prefix('/').filter(|name| !name.is_empty()) {
        given.push(("dbname".into(), name.into()));
    }
    given.extend(url.options().map(|(name, value)| (name.into(), value.into())));
    Ok(given)
}

/// `a:1,b` as `a,b` and `1,`. A port that is none may be a password, and is not shown.
fn split_places(places: &str) -> Result<(String, Option<String>)> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for place in places.split(',') {
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, rest)) => (address, rest.strip_prefix(':')),
            None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = DatabaseUrl::decode(port.unwrap_or_default())?;
        if !port.is_empty() && port.parse::<u16>().is_err() {
            return Err(config(
                "the database URL is malformed: a `port` is no number up to 65535; a login ends with `@` before the host, as in \
                 `postgresql://user:password@host:5432/db`"
                    .to_owned(),
            ));
        }
        hosts.push(DatabaseUrl::decode(host)?);
        ports.push(port);
    }
    Ok((hosts.join(","), ports.iter().any(|port| !port.is_empty()).then(|| ports.join(","))))
}

/// Refuses a password that is not encoded: its tail would be taken for the host, and shown.
fn check_signs(url: &DatabaseUrl) -> Result<()> {
    let (all, in_place) = (url.as_str().matches('@').count(), url.authority().matches('@').count());
    if all <= 1 && all == in_place {
        return Ok(());
    }
    Err(config(format!(
        "the database URL `{url}` is malformed: an `@` may stand between the login and the host only; within a password write `@` as \
         `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23` and `%` as `%25`"
    )))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, variables: &[(&str, &str)]) -> Result<Settings> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&DatabaseUrl::parse(url)?, variable)
    }

    fn places(url: &str) -> Result<Vec<String>> {
        let places = settings(url, &[])?.places();
        Ok(places.iter().map(|place| format!("{:?} {} {}", place.host, place.name, place.port)).collect())
    }

    #[test]
    fn hosts_have_their_ports_and_addresses() -> Result<()> {
        assert_eq!(
            places("postgresql://a,b:1,[::1]:2/db")?,
            ["Name(\"a\") a 5432", "Name(\"b\") b 1", "Address(::1) ::1 2"]
        );
        assert_eq!(places("postgresql://a,b/db?port=7")?, ["Name(\"a\") a 7", "Name(\"b\") b 7"]);
        assert_eq!(
            places("postgresql://a,b/db?hostaddr=10.0.0.1,&host=c,d")?,
            ["Address(10.0.0.1) c 5432", "Name(\"d\") d 5432"]
        );
        assert_eq!(places("postgresql:///db?hostaddr=10.0.0.1")?, ["Address(10.0.0.1) 10.0.0.1 5432"]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn sockets_are_directories() -> Result<()> {
        assert_eq!(places("postgresql://%2Frun%2Fpg:1/db")?, ["Directory(\"/run/pg\") /run/pg 1"]);
        let [standard] = &settings("postgresql:///db", &[])?.places()[..] else {
            return Err(config("one place".to_owned()));
        };
        assert!(
            matches!(&standard.host, Host::Directory(directory) if SOCKETS.iter().any(|known| directory == Path::new(known)))
        );
        assert_eq!(standard.pgpass_name(), "localhost");
        Ok(())
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
