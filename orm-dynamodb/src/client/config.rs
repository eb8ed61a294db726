use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use orm_core::{Error, ErrorKind, Result};

use super::Dynamo;
use super::backoff::Backoff;
use super::credentials::{self, Credentials, Source};

/// What a [`Dynamo`] is made of: [`Dynamo::builder`] begins one.
///
/// See the example of [`Dynamo`].
#[derive(Clone)]
pub struct Builder {
    pub(super) region: String,
    endpoint: Option<String>,
    pub(super) credentials: Option<Source>,
    pub(super) profile: Option<String>,
    pub(super) timeout: Duration,
    retries: u32,
    pauses: (Duration, Duration),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            region: String::new(),
            endpoint: None,
            credentials: None,
            profile: None,
            timeout: Duration::from_secs(30),
            retries: 8,
            pauses: (Duration::from_millis(50), Duration::from_secs(10)),
        }
    }
}

impl Builder {
    pub(super) fn from_env() -> Result<Self> {
        Self::from_lookup(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads the settings that `lookup` knows, by the names of environment variables.
    fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let profile = lookup("AWS_PROFILE");
        let region = lookup("AWS_REGION").or_else(|| lookup("AWS_DEFAULT_REGION"));
        let region = match region {
            Some(region) => Some(region),
            None => credentials::setting_of_profile(lookup, profile.as_deref(), "region")?,
        };
        let endpoint = lookup("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| lookup("AWS_ENDPOINT_URL"));
        Ok(Self { region: region.unwrap_or_default(), endpoint, profile, ..Self::default() })
    }

    /// The region, as in `us-east-1`. Models with a region of their own are there.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// The URL of a server that is not the region's, as of one for tests.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Credentials that stay.
    #[must_use]
    pub fn credentials(self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        let credentials = Credentials::new(access_key, secret);
        self.credentials_by(move || Ok(credentials.clone()))
    }

    /// Credentials that a function gets, again when those that it gave expire.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use orm_dynamodb::{Credentials, Dynamo};
    ///
    /// let db = Dynamo::builder().region("eu-west-1").endpoint("http://localhost:8000").credentials_by(|| {
    ///     let (key, secret, token) = ("key", "secret", "token"); // from a vault
    ///     let until = SystemTime::now() + Duration::from_secs(3_600);
    ///     Ok(Credentials::new(key, secret).token(token).expires(until))
    /// });
    /// ```
    #[must_use]
    pub fn credentials_by(mut self, get: impl Fn() -> Result<Credentials> + Send + Sync + 'static) -> Self {
        self.credentials = Some(Source::new(get));
        self
    }

    /// The profile of the files of credentials and settings, if it is not `default`.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// How long a connection, a request or a silence within an answer may take: 30 seconds, if nothing is said.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often a request is sent again that was refused for a reason that passes: 8 times, if nothing is said.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The longest pause before the first retry, which is doubled for each further one, and the most that it becomes: 50 milliseconds and ten
    /// seconds, if nothing is said. A pause has any length up to the longest.
    #[must_use]
    pub fn pauses(mut self, first: Duration, most: Duration) -> Self {
        self.pauses = (first, most);
        self
    }

    /// The client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// `Config` when there is no region, or the endpoint is no URL.
    pub fn build(self) -> Result<Dynamo> {
        if self.region.is_empty() {
            return Err(config("DynamoDB needs a region: `region(..)`, `AWS_REGION` or the profile's `region`"));
        }
        let endpoint = self.endpoint_of(&self.region);
        if !(endpoint.starts_with("http://") || endpoint.starts_with("https://")) {
            return Err(config("the endpoint begins with `http://` or `https://`"));
        }
        if endpoint.starts_with("https://") && cfg!(not(feature = "tls")) {
            return Err(config("`https:` needs the feature `tls` of `orm-dynamodb`"));
        }
        if endpoint.contains('@') {
            return Err(config("the endpoint has no user: say `credentials(..)`"));
        }
        Ok(Dynamo::new(self))
    }

    /// The URL for a region.
    pub(super) fn endpoint_of(&self, region: &str) -> Cow<'_, str> {
        match &self.endpoint {
            Some(url) => Cow::Borrowed(url.trim_end_matches('/')),
            None => {
                let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
                Cow::Owned(format!("https://dynamodb.{region}.{domain}"))
            }
        }
    }

    pub(super) fn backoff(&self) -> Backoff {
        Backoff::new(self.retries, self.pauses.0, self.pauses.1)
    }
}

/// Without the credentials.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Dynamo");
        out.field("region", &self.region).field("endpoint", &self.endpoint_of(&self.region));
        out.field("profile", &self.profile).finish_non_exhaustive()
    }
}

pub(super) fn config(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_has_an_endpoint() {
        let builder = |region: &str| Builder::default().region(region);
        assert_eq!(builder("us-west-1").endpoint_of("eu-west-2"), "https://dynamodb.eu-west-2.amazonaws.com");
        assert_eq!(builder("us-west-1").endpoint_of("cn-north-1"), "https://dynamodb.cn-north-1.amazonaws.com.cn");
        assert_eq!(builder("x").endpoint("http://localhost:1/").endpoint_of("y"), "http://localhost:1");
    }

    #[test]
    fn what_is_missing_is_named_and_secrets_are_not_shown() {
        let good = || Builder::default().region("x").endpoint("http://localhost").credentials("AKID", "s3cret");
        let bad = [
            (Builder::default(), "needs a region"),
            (good().endpoint("localhost"), "begins with"),
            (good().endpoint("http://ann:s3cret@localhost"), "has no user"),
        ];
        for (builder, part) in bad {
            let message = builder.build().map(drop).map_err(|error| error.to_string());
            assert!(message.as_ref().is_err_and(|text| text.contains(part) && !text.contains("s3cret")), "{message:?}");
        }
        let shown = good().build().map(|db| format!("{db:?}"));
        assert!(shown.as_ref().is_ok_and(|shown| !shown.contains("s3cret") && !shown.contains("AKID")), "{shown:?}");
    }

    #[test]
    fn the_environment_is_read() -> Result<()> {
        let with = |settings: &[(&str, &str)]| {
            let settings: Vec<(String, String)> =
                settings.iter().map(|&(name, value)| (name.into(), value.into())).collect();
            Builder::from_lookup(&move |name| {
                settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            })
        };
        assert_eq!(with(&[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")])?.region, "a");
        let named = with(&[
            ("AWS_DEFAULT_REGION", "b"),
            ("AWS_ENDPOINT_URL", "http://x"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://y"),
        ])?;
        assert_eq!((named.region.as_str(), named.endpoint_of("b")), ("b", "http://y".into()));
        assert_eq!(
            with(&[("HOME", "/nowhere")])?.build().map(drop).map_err(|error| error.kind()),
            Err(ErrorKind::Config)
        );
        Ok(())
    }
}
