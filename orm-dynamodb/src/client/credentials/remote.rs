//! Credentials that the container or the machine gives to its programs.

use std::time::{Duration, SystemTime};

use chrono::DateTime;
use orm_core::{Error, Result};
use serde::Deserialize;
use ureq::Agent;
use ureq::http::Request;

use super::Credentials;
use crate::client::config::config;

/// Where containers ask by a path alone.
const CONTAINER: &str = "http://169.254.170.2";

/// Where machines ask.
const MACHINE: &str = "http://169.254.169.254";

/// Both are near, or not there at all.
const TIMEOUT: Duration = Duration::from_secs(2);

/// An answer with credentials.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<String>,
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT)).build().new_agent()
}

/// Sends a request; gives the body of a successful answer, and nothing where nobody answers or there is nothing.
fn ask(method: &str, url: &str, header: Option<(&str, &str)>) -> Result<Option<String>> {
    let mut request = Request::builder().method(method).uri(url);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(()).map_err(|error| config(format!("no request for credentials: {error}")))?;
    let Ok(mut response) = agent().run(request) else { return Ok(None) };
    match response.status().as_u16() {
        200 => response.body_mut().read_to_string().map(Some).map_err(unread),
        404 => Ok(None),
        status => Err(config(format!("credentials are refused ({status}) by {url}"))),
    }
}

fn unread(error: ureq::Error) -> Error {
    config(format!("the answer with credentials cannot be read: {error}")).with_source(error)
}

fn read(text: &str) -> Result<Credentials> {
    // The message of serde may show what it read.
    let answer: Answer =
        serde_json::from_str(text).map_err(|_| config("the answer with credentials is not as documented"))?;
    let expires = answer.expiration.map(|text| DateTime::parse_from_rfc3339(&text)).transpose();
    let expires = expires.map_err(|_| config("the credentials expire at no time"))?;
    Ok(Credentials {
        key: answer.access_key_id,
        secret: answer.secret_access_key,
        token: answer.token,
        expires: expires.map(SystemTime::from),
    })
}

/// The credentials of a container's task, if this is one.
pub(super) fn of_container(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<Credentials>> {
    let by_path = lookup("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|path| format!("{CONTAINER}{path}"));
    let Some(url) = by_path.or_else(|| lookup("AWS_CONTAINER_CREDENTIALS_FULL_URI")) else { return Ok(None) };
    let token = match lookup("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => {
            let text = std::fs::read_to_string(&file);
            let text = text.map_err(|error| config(format!("{file} cannot be read: {error}")).with_source(error))?;
            Some(text.trim().to_owned())
        }
        None => lookup("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
    let answer = ask("GET", &url, token.as_deref().map(|token| ("authorization", token)))?;
    let answer = answer.ok_or_else(|| config(format!("no credentials of the container at {url}")))?;
    read(&answer).map(Some)
}

/// The credentials of the machine's role, if it has one. A machine is asked with a token of its own, so that requests that a program was tricked
/// into do not get any.
pub(super) fn of_machine(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<Credentials>> {
    if lookup("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let base = lookup("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| MACHINE.to_owned());
    let base = base.trim_end_matches('/');
    let lifetime = Some(("x-aws-ec2-metadata-token-ttl-seconds", "21600"));
    let Some(token) = ask("PUT", &format!("{base}/latest/api/token"), lifetime)? else { return Ok(None) };
    let header = Some(("x-aws-ec2-metadata-token", token.as_str()));
    let folder = format!("{base}/latest/meta-data/iam/security-credentials/");
    let Some(roles) = ask("GET", &folder, header)? else { return Ok(None) };
    let Some(role) = roles.lines().next().filter(|role| !role.is_empty()) else { return Ok(None) };
    ask("GET", &format!("{folder}{role}"), header)?.map(|answer| read(&answer)).transpose()
}
