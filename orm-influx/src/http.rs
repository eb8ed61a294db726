//! Requests, and what their failures mean.

use std::io::{Read, Write as _};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use orm_core::{Error, ErrorKind, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::{Method, Request, Response, StatusCode, header};
use ureq::{Agent, Body};

use crate::config::Builder;
use crate::rejected;

/// Bodies below this size are sent as they are.
const WORTH_COMPRESSING: usize = 1_024;

/// The most of an error's body that is read.
const MOST_ERROR: u64 = 1 << 20;

/// The way to a server.
#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
    base: String,
}

/// A request on its way.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) authorization: Option<&'a str>,
    pub(crate) content_type: &'static str,
    pub(crate) body: &'a [u8],
    pub(crate) gzip: bool,
}

/// Why a request failed, and when it may be sent again.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether the same request may succeed later.
    pub(crate) is_passing: bool,
    /// What the server asks for.
    pub(crate) retry_after: Option<Duration>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Http {
    pub(crate) fn new(builder: &Builder) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(builder.timeout))
            .timeout_send_body(Some(builder.timeout))
            .timeout_recv_response(Some(builder.timeout))
            .timeout_per_read(Some(builder.timeout))
            .user_agent(concat!("orm-influx/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent(), base: builder.url.trim_end_matches('/').to_owned() }
    }

    /// Sends a request, and returns a successful answer.
    pub(crate) fn send(&self, call: &Call<'_>) -> Result<Response<Body>, Failure> {
        let is_compressed = call.gzip && call.body.len() >= WORTH_COMPRESSING;
        let body = if is_compressed { compressed(call.body) } else { Ok(call.body.to_owned()) };
        let mut request = Request::builder().method(&call.method).uri(self.uri(call));
        request = request.header(header::CONTENT_TYPE, call.content_type);
        if is_compressed {
            request = request.header(header::CONTENT_ENCODING, "gzip");
        }
        if let Some(authorization) = call.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(body.map_err(|error| broken(error.into()))?);
        let request = request.map_err(|error| broken(ureq::Error::Http(error)))?;
        let response = self.agent.run(request).map_err(broken)?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let retry_after = head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Err(refused(head.status, retry_after.map(Duration::from_secs), body, call.body))
    }

    fn uri(&self, call: &Call<'_>) -> String {
        let mut uri = format!("{}{}", self.base, call.path);
        for (position, (name, value)) in call.query.iter().enumerate() {
            uri.push(if position == 0 { '?' } else { '&' });
            uri.extend([name, "="]);
            uri.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        uri
    }
}

/// The whole text of an answer.
pub(crate) fn text(body: Body) -> Result<String> {
    let mut text = String::new();
    body.into_reader().read_to_string(&mut text).map_err(|error| broken(error.into()).error)?;
    Ok(text)
}

fn compressed(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

/// The failure for a request without an answer.
fn broken(error: ureq::Error) -> Failure {
    let kind = match &error {
        ureq::Error::Timeout(_) => ErrorKind::Timeout,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::InvalidProxyUrl => ErrorKind::Config,
        _ => ErrorKind::ConnectionLost,
    };
    let error = Error::new(kind, format!("InfluxDB does not answer: {error}")).with_source(error);
    Failure { error, is_passing: kind != ErrorKind::Config, retry_after: None }
}

/// The failure for an answer that says so.
fn refused(status: StatusCode, retry_after: Option<Duration>, body: Body, sent: &[u8]) -> Failure {
    let mut bytes = Vec::new();
    let read = body.into_reader().take(MOST_ERROR).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let kind = match status.as_u16() {
        401 | 403 => ErrorKind::Config,
        429 | 503 => ErrorKind::Throttled,
        408 | 504 => ErrorKind::Timeout,
        400 | 413 | 422 => ErrorKind::Invalid,
        _ => ErrorKind::Database,
    };
    let message = match read {
        Ok(_) => rejected::message(&text),
        Err(error) => format!("the reason cannot be read: {error}"),
    };
    let is_passing = status.is_server_error() || matches!(kind, ErrorKind::Throttled | ErrorKind::Timeout);
    let mut error = Error::new(kind, format!("InfluxDB refuses ({status}): {message}")).with_code(status.as_str());
    if status == StatusCode::BAD_REQUEST {
        error = rejected::with_lines(error, &text, sent);
    }
    Failure { error, is_passing, retry_after }
}
