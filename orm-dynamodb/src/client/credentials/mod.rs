//! Who asks: credentials, and the usual places where they are found.

mod files;
mod remote;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Signing;
use orm_core::Result;

use super::config::config;
pub(super) use files::setting_of_profile;

/// Credentials are got anew this long before they expire.
const BEFORE: Duration = Duration::from_secs(60);

/// A key with its secret. `Debug` shows neither.
///
/// See the example of [`Builder::credentials_by`](crate::Builder::credentials_by).
#[derive(Clone)]
pub struct Credentials {
    key: String,
    secret: String,
    token: Option<String>,
    expires: Option<SystemTime>,
}

impl Credentials {
    /// A key with its secret, which stay.
    pub fn new(access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { key: access_key.into(), secret: secret.into(), token: None, expires: None }
    }

    /// The token of a session.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// When they expire.
    #[must_use]
    pub fn expires(mut self, at: SystemTime) -> Self {
        self.expires = Some(at);
        self
    }

    fn is_fresh(&self) -> bool {
        self.expires.is_none_or(|at| at > SystemTime::now() + BEFORE)
    }

    /// In the form that requests are signed with.
    pub(super) fn signing(&self) -> Signing {
        Signing::new(&self.key, &self.secret, self.token.clone(), self.expires, "orm")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// A function that gets credentials.
#[derive(Clone)]
pub(super) struct Source(Arc<dyn Fn() -> Result<Credentials> + Send + Sync>);

impl Source {
    pub(super) fn new(get: impl Fn() -> Result<Credentials> + Send + Sync + 'static) -> Self {
        Self(Arc::new(get))
    }
}

/// The credentials of a client: those of its own source, or of the first of the usual places that has some.
pub(super) struct Chain {
    source: Source,
    known: Mutex<Option<Credentials>>,
}

impl Chain {
    pub(super) fn new(source: Option<Source>, profile: Option<String>) -> Self {
        let usual =
            move || usual(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()), profile.as_deref());
        Self { source: source.unwrap_or_else(|| Source::new(usual)), known: Mutex::new(None) }
    }

    /// The credentials, got anew when they expire. Threads that need new ones wait for the first of them.
    pub(super) fn get(&self) -> Result<Credentials> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(credentials) = known.as_ref().filter(|credentials| credentials.is_fresh()) {
            return Ok(credentials.clone());
        }
        let credentials = self.source.0()?;
        Ok(known.insert(credentials).clone())
    }
}

/// The first that has credentials: the environment, the profile's files, the container, the machine.
fn usual(lookup: &dyn Fn(&str) -> Option<String>, profile: Option<&str>) -> Result<Credentials> {
    if let (Some(key), Some(secret)) = (lookup("AWS_ACCESS_KEY_ID"), lookup("AWS_SECRET_ACCESS_KEY")) {
        let token = lookup("AWS_SESSION_TOKEN");
        return Ok(Credentials { token, ..Credentials::new(key, secret) });
    }
    if let Some(credentials) = files::of_profile(lookup, profile)? {
        return Ok(credentials);
    }
    if lookup("AWS_WEB_IDENTITY_TOKEN_FILE").is_some() {
        let message = "`AWS_WEB_IDENTITY_TOKEN_FILE` names a token for a role, which is not read here; give credentials by `credentials_by(..)`";
        return Err(config(message));
    }
    if let Some(credentials) = remote::of_container(lookup)? {
        return Ok(credentials);
    }
    if let Some(credentials) = remote::of_machine(lookup)? {
        return Ok(credentials);
    }
    let places = "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, the profile of ~/.aws/credentials, the container, the machine";
    Err(config(format!("no credentials for DynamoDB; looked at: {places}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &[(&str, &str)]) -> Result<Credentials> {
        let find = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        usual(&find, None)
    }

    #[test]
    fn the_environment_comes_first_and_nothing_is_an_error() -> Result<()> {
        let found = with(&[("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_SESSION_TOKEN", "c")])?;
        assert_eq!((found.key.as_str(), found.secret.as_str(), found.token.as_deref()), ("a", "b", Some("c")));
        assert_eq!(format!("{found:?}"), "Credentials { expires: None, .. }");
        let none = with(&[("HOME", "/nowhere"), ("AWS_EC2_METADATA_DISABLED", "true")]);
        assert!(none.is_err_and(|error| error.to_string().contains("AWS_ACCESS_KEY_ID")));
        let role = with(&[("HOME", "/nowhere"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")]);
        assert!(role.is_err_and(|error| error.to_string().contains("credentials_by")));
        Ok(())
    }

    #[test]
    fn what_expires_is_got_again() -> Result<()> {
        let calls = Arc::new(Mutex::new(0_u64));
        let seen = Arc::clone(&calls);
        let source = Source::new(move || {
            let mut calls = seen.lock().unwrap_or_else(PoisonError::into_inner);
            *calls += 1;
            // The second stay long enough.
            Ok(Credentials::new("a", "b")
                .expires(SystemTime::now() + Duration::from_secs(40) * u32::try_from(*calls).unwrap_or(1)))
        });
        let chain = Chain::new(Some(source), None);
        (0..5).try_for_each(|_| chain.get().map(drop))?;
        assert_eq!(*calls.lock().unwrap_or_else(PoisonError::into_inner), 2);
        Ok(())
    }
}
