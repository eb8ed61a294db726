//! The way to DynamoDB: settings, credentials, signed requests, retries.

mod backoff;
mod config;
mod counters;
mod credentials;
mod http;
mod refusal;

use std::fmt;
use std::sync::Arc;

use orm_core::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use config::Builder;
pub use counters::DynamoNumbers;
pub use credentials::Credentials;
pub use refusal::{CancellationReason, cancellation_reasons, failed_item};

pub(crate) use backoff::{Backoff, random};
pub(crate) use counters::{Capacity, Counters};
use credentials::Chain;
use http::Http;
pub(crate) use refusal::as_stale;

/// A client of DynamoDB. Its copies share their connections.
///
/// ```
/// use orm_dynamodb::Dynamo;
///
/// let db = Dynamo::builder().region("us-east-1").endpoint("http://localhost:8000").credentials("key", "secret").build()?;
/// assert!(!format!("{db:?}").contains("secret"));
/// # Ok::<(), orm_dynamodb::Error>(())
/// ```
#[derive(Clone)]
pub struct Dynamo(Arc<Inner>);

struct Inner {
    settings: Builder,
    credentials: Chain,
    http: Http,
    counters: Counters,
}

/// A request.
pub(crate) struct Call<'a, R> {
    /// DynamoDB's name of the operation.
    pub(crate) operation: &'static str,
    /// The region of the model, if it has one.
    pub(crate) region: Option<&'a str>,
    pub(crate) request: &'a R,
    /// Whether it does no harm when it arrives twice.
    pub(crate) idempotent: bool,
}

impl Dynamo {
    /// Begins a client with settings of its own.
    ///
    /// See the example of [`Dynamo`].
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// A client as the environment describes it: the region by `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile, the endpoint by
    /// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL` if it is another than the region's, and the credentials by the usual chain: the environment,
    /// the profile's files, the container, the machine.
    ///
    /// # Errors
    ///
    /// `Config` when no region is named.
    pub fn from_env() -> Result<Self> {
        Builder::from_env()?.build()
    }

    pub(crate) fn new(settings: Builder) -> Self {
        let credentials = Chain::new(settings.credentials.clone(), settings.profile.clone());
        let http = Http::new(settings.timeout);
        Self(Arc::new(Inner { settings, credentials, http, counters: Counters::default() }))
    }

    /// What the client did so far: requests, retries, the capacity that they consumed.
    #[must_use]
    pub fn numbers(&self) -> DynamoNumbers {
        self.0.counters.numbers()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// The pauses between attempts.
    pub(crate) fn backoff(&self) -> Backoff {
        self.0.settings.backoff()
    }

    /// Sends a request, again as long as that may help, and reads the answer.
    pub(crate) fn call<R: Serialize, A: DeserializeOwned>(&self, call: &Call<'_, R>) -> Result<A> {
        let Inner { settings, credentials, http, counters } = &*self.0;
        let body = serde_json::to_vec(call.request).map_err(|error| refusal::unreadable("a request", error))?;
        let region = call.region.unwrap_or(&settings.region);
        let endpoint = settings.endpoint_of(region);
        let mut backoff = settings.backoff();
        loop {
            let credentials = credentials.get()?;
            let signed = http::Signed {
                operation: call.operation,
                endpoint: &endpoint,
                region,
                credentials: &credentials,
                body: &body,
            };
            counters.request();
            let failure = match http.send(&signed) {
                Ok(answer) => {
                    return serde_json::from_slice(&answer).map_err(|error| refusal::unreadable("an answer", error));
                }
                Err(failure) => failure,
            };
            counters.failure(failure.error.kind());
            let may_help = failure.is_passing && (call.idempotent || !failure.may_have_worked);
            let again = may_help && backoff.pause();
            if !again {
                return Err(failure.error.context(format!("while {} was asked", call.operation)));
            }
            counters.retry();
            tracing::debug!(target: "orm::dynamodb", operation = call.operation, error = %failure.error, "asked again");
        }
    }
}

/// Without the credentials.
impl fmt::Debug for Dynamo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.settings.fmt(f)
    }
}
