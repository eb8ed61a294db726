//! Requests, signed, and what their failures mean.

use std::io::Read as _;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use orm_core::{Error, ErrorKind};
use ureq::Agent;
use ureq::http::Request;

use super::credentials::Credentials;
use super::refusal;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const SERVICE: &str = "dynamodb";

/// The most of an answer that is read. DynamoDB's answers have at most 16 MiB.
const MOST_ANSWER: u64 = 64 << 20;

/// The way to a server.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
}

/// A request on its way.
pub(super) struct Signed<'a> {
    pub(super) operation: &'static str,
    pub(super) endpoint: &'a str,
    pub(super) region: &'a str,
    pub(super) credentials: &'a Credentials,
    pub(super) body: &'a [u8],
}

/// Why a request failed, and when it may be sent again.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Whether the same request may succeed later.
    pub(super) is_passing: bool,
    /// Whether the server may have done what was asked.
    pub(super) may_have_worked: bool,
}

impl Http {
    pub(super) fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(timeout))
            .timeout_send_body(Some(timeout))
            .timeout_recv_response(Some(timeout))
            .timeout_per_read(Some(timeout))
            .user_agent(concat!("orm-dynamodb/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent() }
    }

    /// Sends a request, and returns the body of a successful answer.
    pub(super) fn send(&self, signed: &Signed<'_>) -> Result<Vec<u8>, Failure> {
        let request = signed.request().map_err(final_failure)?;
        let response = self.agent.run(request).map_err(broken)?;
        let status = response.status();
        let mut body = Vec::new();
        let read = response.into_body().into_reader().take(MOST_ANSWER).read_to_end(&mut body);
        read.map_err(|error| broken(error.into()))?;
        if status.is_success() {
            return Ok(body);
        }
        let error = refusal::refused(status.as_u16(), &body);
        let is_refused = status.is_client_error() || error.kind() == ErrorKind::Throttled;
        let is_passing = match error.kind() {
            ErrorKind::Throttled | ErrorKind::Busy | ErrorKind::Timeout => true,
            _ => status.is_server_error(),
        };
        Err(Failure { error, is_passing, may_have_worked: !is_refused })
    }
}

impl Signed<'_> {
    /// The request with its signature.
    fn request(&self) -> Result<Request<Vec<u8>>, Error> {
        let url = format!("{}/", self.endpoint);
        let host = self.endpoint.split("://").nth(1).unwrap_or_default();
        let target = format!("DynamoDB_20120810.{}", self.operation);
        let headers = [("host", host), ("content-type", CONTENT_TYPE), ("x-amz-target", &target)];
        let identity = self.credentials.signing().into();
        let parameters = v4::SigningParams::builder().identity(&identity).region(self.region).name(SERVICE);
        let parameters = parameters.time(SystemTime::now()).settings(SigningSettings::default());
        let parameters = parameters.build().map_err(unsigned)?.into();
        let body = SignableBody::Bytes(self.body);
        let signable = SignableRequest::new("POST", &url, headers.into_iter(), body).map_err(unsigned)?;
        let (instructions, _) = sign(signable, &parameters).map_err(unsigned)?.into_parts();
        let mut request = Request::post(&url);
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request = request.header(name, value);
        }
        request.body(self.body.to_vec()).map_err(unsigned)
    }
}

fn unsigned(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Config, format!("the request cannot be signed: {error}")).with_source(error)
}

fn final_failure(error: Error) -> Failure {
    Failure { error, is_passing: false, may_have_worked: false }
}

/// The failure for a request without an answer.
fn broken(error: ureq::Error) -> Failure {
    let kind = match &error {
        ureq::Error::Timeout(_) => ErrorKind::Timeout,
        ureq::Error::BadUri(_) | ureq::Error::Http(_) | ureq::Error::InvalidProxyUrl => ErrorKind::Config,
        _ => ErrorKind::ConnectionLost,
    };
    let never_arrived = match &error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        ureq::Error::Timeout(at) => matches!(at, ureq::Timeout::Connect | ureq::Timeout::Resolve),
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    };
    let is_passing = kind != ErrorKind::Config;
    let error = Error::new(kind, format!("DynamoDB does not answer: {error}")).with_source(error);
    Failure { error, is_passing, may_have_worked: !never_arrived }
}
