//! Where InfluxDB is, and who asks.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use orm_core::{Error, ErrorKind, Result};

use crate::client::Influx;
use crate::line::Precision;

const TIMEOUT: Duration = Duration::from_secs(60);

/// The generation of the server, which decides over paths and the names of things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// InfluxDB 1: databases with retention policies, users with passwords.
    V1,
    /// InfluxDB 2: buckets of organizations, tokens.
    V2,
    /// InfluxDB 3: databases, tokens.
    V3,
}

/// What an [`Influx`] is made of: [`Influx::v1`], [`Influx::v2`] and [`Influx::v3`] begin one.
///
/// ```
/// use orm_influx::Influx;
///
/// let influx = Influx::v2("http://localhost:8086").org("home").bucket("weather").token("secret").build()?;
/// assert!(!format!("{influx:?}").contains("secret"));
/// # Ok::<(), orm_influx::Error>(())
/// ```
#[derive(Clone)]
pub struct Builder {
    pub(crate) version: Version,
    pub(crate) url: String,
    pub(crate) database: Option<String>,
    pub(crate) retention: Option<String>,
    pub(crate) user: Option<(String, String)>,
    pub(crate) token: Option<String>,
    pub(crate) org: Option<String>,
    pub(crate) precision: Precision,
    pub(crate) timeout: Duration,
    pub(crate) gzip: bool,
}

impl Builder {
    pub(crate) fn new(version: Version, url: impl Into<String>) -> Self {
        Self {
            version,
            url: url.into(),
            database: None,
            retention: None,
            user: None,
            token: None,
            org: None,
            precision: Precision::default(),
            timeout: TIMEOUT,
            gzip: true,
        }
    }

    /// The database that is written and read.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = Some(name.into());
        self
    }

    /// The bucket that is written and read: what version 2 calls a database.
    #[must_use]
    pub fn bucket(self, name: impl Into<String>) -> Self {
        self.database(name)
    }

    /// The retention policy of version 1, if it is not the database's default.
    #[must_use]
    pub fn retention(mut self, name: impl Into<String>) -> Self {
        self.retention = Some(name.into());
        self
    }

    /// The user and the password of version 1.
    #[must_use]
    pub fn user(mut self, name: impl Into<String>, password: impl Into<String>) -> Self {
        self.user = Some((name.into(), password.into()));
        self
    }

    /// The token of versions 2 and 3.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The organization of version 2.
    #[must_use]
    pub fn org(mut self, name: impl Into<String>) -> Self {
        self.org = Some(name.into());
        self
    }

    /// The unit in which times are written. Nanoseconds, if nothing is said.
    #[must_use]
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// How long a connection, a request or a silence within an answer may take: one minute, if nothing is said.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Whether the text of points is compressed on its way: it is, if nothing is said.
    #[must_use]
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// The client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is none, or when the version needs something that is not given.
    pub fn build(self) -> Result<Influx> {
        if !(self.url.starts_with("http://") || self.url.starts_with("https://")) {
            return Err(config("the URL of InfluxDB begins with `http://` or `https://`"));
        }
        if self.url.starts_with("https://") && cfg!(not(feature = "tls")) {
            return Err(config("`https:` needs the feature `tls` of `orm-influx`"));
        }
        if self.url.contains('@') {
            return Err(config("the URL of InfluxDB has no user: say `user(..)` or `token(..)`"));
        }
        let missing = match self.version {
            _ if self.database.is_none() => Some("a database or bucket"),
            Version::V2 if self.org.is_none() => Some("an organization: `org(..)`, `INFLUXDB_ORG`"),
            _ => None,
        };
        match missing {
            Some(missing) => Err(config(format!("InfluxDB needs {missing}"))),
            None => Ok(Influx::new(self)),
        }
    }

    /// Reads the settings of a file, behind those that `lookup` knows. No error shows a line: it may have a token in it.
    pub(crate) fn from_file(path: &Path, lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let unread =
            |problem: String| config(format!("the settings in `{}` cannot be read: {problem}", path.display()));
        let entries = dotenvy::from_path_iter(path).map_err(|error| unread(error.to_string()))?;
        let mut settings = HashMap::new();
        for (number, entry) in (1..).zip(entries) {
            let (name, value) = entry.map_err(|error| match error {
                dotenvy::Error::LineParse(..) => unread(format!("entry {number} is no `NAME=value`")),
                error => unread(error.to_string()),
            })?;
            settings.insert(name, value);
        }
        Self::from_lookup(|name| lookup(name).filter(|it| !it.is_empty()).or_else(|| settings.get(name).cloned()))
    }

    /// Reads the settings that `lookup` knows, by the names of environment variables.
    pub(crate) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let get = |name: &str| lookup(&format!("INFLUXDB_{name}")).filter(|value| !value.is_empty());
        let url = get("URL").ok_or_else(|| config("`INFLUXDB_URL` is not set"))?;
        let (token, org) = (get("TOKEN"), get("ORG"));
        let version = match (get("VERSION").as_deref(), &token, &org) {
            (Some("1"), ..) | (None, None, _) => Version::V1,
            (Some("2"), ..) | (None, Some(_), Some(_)) => Version::V2,
            (Some("3"), ..) | (None, Some(_), None) => Version::V3,
            (Some(_), ..) => return Err(config("`INFLUXDB_VERSION` is 1, 2 or 3")),
        };
        let mut builder = Self::new(version, url);
        builder.database = get("BUCKET").or_else(|| get("DATABASE"));
        builder.retention = get("RETENTION");
        builder.user = get("USER").map(|user| (user, get("PASSWORD").unwrap_or_default()));
        (builder.token, builder.org) = (token, org);
        Ok(builder)
    }
}

/// Without the password and the token.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Influx");
        out.field("version", &self.version).field("url", &self.url).field("database", &self.database);
        out.field("retention", &self.retention).field("org", &self.org).finish_non_exhaustive()
    }
}

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &[(&str, &str)]) -> Result<Builder> {
        Builder::from_lookup(|name| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn the_version_follows_from_what_is_set() -> Result<()> {
        let url = ("INFLUXDB_URL", "http://localhost:8086");
        let token = ("INFLUXDB_TOKEN", "t0ken");
        assert_eq!(with(&[url])?.version, Version::V1);
        assert_eq!(with(&[url, token])?.version, Version::V3);
        assert_eq!(with(&[url, token, ("INFLUXDB_ORG", "home")])?.version, Version::V2);
        assert_eq!(with(&[url, token, ("INFLUXDB_VERSION", "2")])?.version, Version::V2);
        assert_eq!(with(&[url, ("INFLUXDB_VERSION", "4")]).map(drop).map_err(|it| it.kind()), Err(ErrorKind::Config));
        assert_eq!(with(&[]).map(drop).map_err(|it| it.kind()), Err(ErrorKind::Config));
        Ok(())
    }

    #[test]
    fn a_file_has_what_the_environment_lacks() -> Result<()> {
        let path = std::env::temp_dir().join(format!("orm-influx-{}.env", std::process::id()));
        let read = |text: &str, own: Option<&str>| {
            std::fs::write(&path, text).map_err(|error| config(error.to_string()))?;
            Builder::from_file(&path, |name| own.filter(|_| name == "INFLUXDB_ORG").map(str::to_owned))
        };
        let text = "# of the house\nINFLUXDB_URL=http://localhost:8086\nexport INFLUXDB_TOKEN='t0 $ken'\nINFLUXDB_ORG=\"home\"\n\nINFLUXDB_BUCKET=b\n";
        let found = read(text, None)?;
        assert_eq!((found.version, found.token.as_deref()), (Version::V2, Some("t0 $ken")));
        assert_eq!((found.org.as_deref(), found.database.as_deref()), (Some("home"), Some("b")));
        assert_eq!(read(text, Some("other"))?.org.as_deref(), Some("other"));
        assert_eq!(read(text, Some(""))?.org.as_deref(), Some("home"));
        let error = read("INFLUXDB_URL=x\nINFLUXDB_TOKEN='t0ken\n", None).map(drop).map_err(|error| error.to_string());
        assert!(error.as_ref().is_err_and(|text| text.contains("entry 2") && !text.contains("t0ken")), "{error:?}");
        std::fs::remove_file(&path).map_err(|error| config(error.to_string()))?;
        let error = Builder::from_file(&path, |_| None).map(drop).map_err(|error| error.to_string());
        assert!(error.as_ref().is_err_and(|text| text.contains(".env")), "{error:?}");
        Ok(())
    }

    #[test]
    fn what_is_missing_is_named_and_secrets_are_not_shown() {
        let builder = Builder::new(Version::V2, "http://localhost").token("t0ken").user("ann", "pa55");
        let shown = format!("{builder:?}");
        assert!(!shown.contains("t0ken") && !shown.contains("pa55"), "{shown}");
        let messages = [builder.clone(), builder.bucket("b"), Builder::new(Version::V1, "http://ann:pa55@localhost")]
            .map(|builder| builder.build().map(drop).map_err(|error| error.to_string()));
        for (message, part) in messages.iter().zip(["database", "organization", "has no user"]) {
            assert!(message.as_ref().is_err_and(|text| text.contains(part) && !text.contains("pa55")), "{message:?}");
        }
    }
}
