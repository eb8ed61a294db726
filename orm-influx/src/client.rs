use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use orm_core::{Error, Result};
use ureq::Body;
use ureq::http::{Method, Response};

use crate::answer::{self, Series};
use crate::config::{Builder, Version};
use crate::http::{Call, Failure, Http, text};
use crate::line::{self, Precision};
use crate::point::Point;
use crate::query::Query;
use crate::writer::WriterBuilder;

const FORM: &str = "application/x-www-form-urlencoded";

/// A client of one database of InfluxDB. Its copies share their connections.
///
/// ```no_run
/// use orm_influx::Influx;
///
/// let influx = Influx::v1("http://localhost:8086").database("home").user("ann", "secret").build()?;
/// println!("version {}", influx.ping()?);
/// # Ok::<(), orm_influx::Error>(())
/// ```
#[derive(Clone)]
pub struct Influx(Arc<Inner>);

struct Inner {
    http: Http,
    settings: Builder,
    authorization: Option<String>,
}

impl Influx {
    /// A client of InfluxDB 1 at a URL. It needs a [`database`](Builder::database).
    ///
    /// See the example of [`Influx`].
    pub fn v1(url: impl Into<String>) -> Builder {
        Builder::new(Version::V1, url)
    }

    /// A client of InfluxDB 2 at a URL. It needs a [`bucket`](Builder::bucket) and an [`org`](Builder::org).
    ///
    /// See the example of [`Builder`].
    pub fn v2(url: impl Into<String>) -> Builder {
        Builder::new(Version::V2, url)
    }

    /// A client of InfluxDB 3 at a URL. It needs a [`database`](Builder::database).
    pub fn v3(url: impl Into<String>) -> Builder {
        Builder::new(Version::V3, url)
    }

    /// A client as the environment describes it: `INFLUXDB_URL`, and `_TOKEN`, `_ORG`, `_BUCKET`, `_DATABASE`, `_USER`, `_PASSWORD` and
    /// `_RETENTION` behind `INFLUXDB`. Without `INFLUXDB_VERSION` it is version 2 with a token and an organization, 3 with a token, and 1
    /// without one. No file is read; [`from_env_file`](Self::from_env_file) reads one.
    ///
    /// # Errors
    ///
    /// `Config` when a variable is missing or wrong.
    pub fn from_env() -> Result<Self> {
        Builder::from_lookup(|name| std::env::var(name).ok())?.build()
    }

    /// A client as a file such as `.env` describes it, which has the variables of [`from_env`](Self::from_env) in lines
    /// `INFLUXDB_URL=http://localhost:8086`. What the environment says goes before; the environment stays as it is.
    ///
    /// ```no_run
    /// use orm_influx::Influx;
    ///
    /// let influx = Influx::from_env_file(".env")?;
    /// # Ok::<(), orm_influx::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` when there is no such file, when a line of it cannot be read, and as [`from_env`](Self::from_env).
    pub fn from_env_file(path: impl AsRef<Path>) -> Result<Self> {
        Builder::from_file(path.as_ref(), |name| std::env::var(name).ok())?.build()
    }

    pub(crate) fn new(settings: Builder) -> Self {
        let authorization = match (&settings.token, &settings.user) {
            (Some(token), _) if settings.version == Version::V3 => Some(format!("Bearer {token}")),
            (Some(token), _) => Some(format!("Token {token}")),
            (None, Some((user, password))) => Some(basic(user, password)),
            (None, None) => None,
        };
        Self(Arc::new(Inner { http: Http::new(&settings), settings, authorization }))
    }

    /// Writes points in one request.
    ///
    /// ```no_run
    /// use orm_influx::{Influx, Point, chrono::{DateTime, Utc}};
    ///
    /// #[derive(Point)]
    /// struct Cpu {
    ///     #[point(tag)]
    ///     host: String,
    ///     usage: f64,
    ///     #[point(time)]
    ///     at: DateTime<Utc>,
    /// }
    ///
    /// # let influx = Influx::from_env()?;
    /// influx.write(&[Cpu { host: "server01".into(), usage: 0.64, at: Utc::now() }])?;
    /// # Ok::<(), orm_influx::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid` when line protocol cannot express a value, in which case nothing is sent, or when the server refuses lines, which
    /// [`rejected_lines`](crate::rejected_lines) names. Otherwise as the kind says.
    pub fn write<P: Point>(&self, points: &[P]) -> Result<()> {
        let mut lines = Vec::new();
        points.iter().try_for_each(|point| line::write(&mut lines, point, self.precision()))?;
        if lines.is_empty() { Ok(()) } else { Ok(self.write_lines(&lines)?) }
    }

    /// A writer that collects points and sends them in batches, from a thread of its own.
    ///
    /// See the example of [`Writer`](crate::Writer).
    pub fn writer(&self) -> WriterBuilder {
        WriterBuilder::new(self.clone())
    }

    /// A query in InfluxQL, whose rows become points.
    ///
    /// See the example of [`Query`].
    pub fn query<P: Point>(&self, text: impl Into<String>) -> Query<P> {
        Query::new(self.clone(), text.into())
    }

    /// Runs statements of InfluxQL that return no rows.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn execute(&self, text: &str) -> Result<()> {
        self.series(text, |_| Ok(()))
    }

    /// The version that the server names.
    ///
    /// # Errors
    ///
    /// `ConnectionLost` when there is no server.
    pub fn ping(&self) -> Result<String> {
        let answer = self.answer_to(Method::GET, "/ping", &[], FORM, b"")?;
        let version = answer.headers().get("x-influxdb-version").and_then(|value| value.to_str().ok());
        Ok(version.unwrap_or("unknown").to_owned())
    }

    pub(crate) fn precision(&self) -> Precision {
        self.0.settings.precision
    }

    pub(crate) fn settings(&self) -> &Builder {
        &self.0.settings
    }

    pub(crate) fn database(&self) -> &str {
        self.0.settings.database.as_deref().unwrap_or_default()
    }

    /// Sends line protocol.
    pub(crate) fn write_lines(&self, lines: &[u8]) -> Result<(), Failure> {
        let settings = &self.0.settings;
        let precision = precision_name(settings.version, settings.precision);
        let database = self.database();
        let (path, mut query) = match settings.version {
            Version::V1 => ("/write", vec![("db", database)]),
            Version::V2 => ("/api/v2/write", vec![("bucket", database)]),
            Version::V3 => ("/api/v3/write_lp", vec![("db", database)]),
        };
        query.extend(settings.org.as_deref().filter(|_| settings.version == Version::V2).map(|org| ("org", org)));
        query
            .extend(settings.retention.as_deref().filter(|_| settings.version == Version::V1).map(|name| ("rp", name)));
        query.push(("precision", precision));
        let call = Call {
            method: Method::POST,
            path,
            query: &query,
            authorization: self.0.authorization.as_deref(),
            content_type: "text/plain; charset=utf-8",
            body: lines,
            gzip: settings.gzip,
        };
        self.0.http.send(&call).map(drop)
    }

    /// Sends a request, with the authorization.
    pub(crate) fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        content_type: &'static str,
        body: &[u8],
    ) -> Result<Body> {
        self.answer_to(method, path, query, content_type, body).map(Response::into_body)
    }

    fn answer_to(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        content_type: &'static str,
        body: &[u8],
    ) -> Result<Response<Body>> {
        let authorization = self.0.authorization.as_deref();
        let call = Call { method, path, query, authorization, content_type, body, gzip: false };
        Ok(self.0.http.send(&call)?)
    }

    /// Sends InfluxQL with settings of the answer.
    pub(crate) fn influxql(&self, text: &str, settings: &[(&str, &str)]) -> Result<Body> {
        let mut form = format!("q={}", encoded(text));
        form.extend(
            settings
                .iter()
                .flat_map(|(name, value)| ["&", name, "="].map(str::to_owned).into_iter().chain([encoded(value)])),
        );
        let mut query = vec![("db", self.database()), ("epoch", "ns")];
        query.extend(self.0.settings.retention.as_deref().map(|name| ("rp", name)));
        self.call(Method::POST, "/query", &query, FORM, form.as_bytes())
    }

    /// Runs InfluxQL and hands the series of the answer to `work`.
    pub(crate) fn series<T>(&self, query: &str, work: impl FnOnce(Vec<Series<'_>>) -> Result<T>) -> Result<T> {
        let answer = text(self.influxql(query, &[])?)?;
        work(answer::parse(&answer)?)
    }

    /// Whether this is the version, or the error that another one cannot do this.
    pub(crate) fn only(&self, version: Version, feature: &str) -> Result<()> {
        let found = self.0.settings.version;
        let name = match found {
            Version::V1 => "InfluxDB 1",
            Version::V2 => "InfluxDB 2",
            Version::V3 => "InfluxDB 3",
        };
        if found == version { Ok(()) } else { Err(Error::unsupported(name, feature)) }
    }
}

impl fmt::Debug for Influx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.settings.fmt(f)
    }
}

fn precision_name(version: Version, precision: Precision) -> &'static str {
    match (version, precision) {
        (Version::V1 | Version::V2, Precision::Nanoseconds) => "ns",
        (Version::V1, Precision::Microseconds) => "u",
        (Version::V2, Precision::Microseconds) => "us",
        (Version::V1 | Version::V2, Precision::Milliseconds) => "ms",
        (Version::V1 | Version::V2, Precision::Seconds) => "s",
        (Version::V3, Precision::Nanoseconds) => "nanosecond",
        (Version::V3, Precision::Microseconds) => "microsecond",
        (Version::V3, Precision::Milliseconds) => "millisecond",
        (Version::V3, Precision::Seconds) => "second",
    }
}

/// The header for a user with a password.
fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
