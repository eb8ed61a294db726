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
    if method == "PUT" {
        // Otherwise an empty body is sent in chunks, which the machine does not read.
        request = request.header("content-length", "0");
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

#[cfg(test)]
mod tests {
    use xtask::recorder::Recorder;

    use super::*;

    const FOUND: &str =
        r#"{"AccessKeyId":"AKID","SecretAccessKey":"s3cret","Token":"t0ken","Expiration":"2040-01-02T03:04:05Z"}"#;

    fn parts(found: Option<Credentials>) -> Option<(String, String, Option<String>, bool)> {
        found.map(|it| (it.key, it.secret, it.token, it.expires.is_some_and(|at| at > SystemTime::now())))
    }

    fn expected() -> Option<(String, String, Option<String>, bool)> {
        Some(("AKID".to_owned(), "s3cret".to_owned(), Some("t0ken".to_owned()), true))
    }

    #[test]
    fn a_container_gives_the_credentials_of_its_task() -> Result<()> {
        let server = Recorder::always(200, FOUND);
        let file = std::env::temp_dir().join(format!("orm-dynamodb-token-{}", std::process::id()));
        std::fs::write(&file, "of the file\n").map_err(|error| config(error.to_string()))?;
        let url = format!("{}/credentials?of=task", server.url);
        for (variable, token) in [
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the environment".to_owned()),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_string_lossy().into_owned()),
        ] {
            let found = of_container(&|name| match name {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI" => Some(url.clone()),
                name => Some(token.clone()).filter(|_| name == variable),
            })?;
            assert_eq!(parts(found), expected());
        }
        std::fs::remove_file(&file).map_err(|error| config(error.to_string()))?;
        let seen = server.requests();
        let tokens: Vec<_> = seen.iter().map(|it| (it.line.as_str(), it.header("authorization"))).collect();
        let line = "GET /credentials?of=task";
        assert_eq!(tokens, [(line, Some("of the environment")), (line, Some("of the file"))]);
        assert!(of_container(&|_| None)?.is_none(), "this is no container");
        Ok(())
    }

    #[test]
    fn a_machine_gives_the_credentials_of_its_role() -> Result<()> {
        let server = Recorder::start(|request| match request.line.as_str() {
            "PUT /latest/api/token" => (200, Vec::new(), "m4chine".to_owned()),
            "GET /latest/meta-data/iam/security-credentials/" => (200, Vec::new(), "reader\n".to_owned()),
            "GET /latest/meta-data/iam/security-credentials/reader" => (200, Vec::new(), FOUND.to_owned()),
            _ => (404, Vec::new(), String::new()),
        });
        let at = |url: &str| of_machine(&|name| (name == "AWS_EC2_METADATA_SERVICE_ENDPOINT").then(|| url.to_owned()));
        assert_eq!(parts(at(&server.url)?), expected());
        let seen = server.requests();
        assert_eq!(seen[0].header("x-aws-ec2-metadata-token-ttl-seconds"), Some("21600"));
        assert_eq!((seen[0].header("content-length"), seen[0].header("transfer-encoding")), (Some("0"), None));
        assert_eq!(seen.len(), 3, "{seen:?}");
        assert!(seen[1..].iter().all(|it| it.header("x-aws-ec2-metadata-token") == Some("m4chine")));
        assert!(at("http://127.0.0.1:1")?.is_none(), "this is no such machine");
        assert!(at(&format!("{}/other", server.url))?.is_none(), "this machine has no role");
        Ok(())
    }

    #[test]
    fn answers_that_are_none_are_errors_without_secrets() {
        for (status, answer) in [(403, FOUND), (200, "{\"SecretAccessKey\":\"s3cret\"}"), (200, "s3cret")] {
            let server = Recorder::always(status, answer);
            let url = server.url.clone();
            let found =
                of_container(&|name| Some(url.clone()).filter(|_| name == "AWS_CONTAINER_CREDENTIALS_FULL_URI"));
            let message = found.map(drop).map_err(|error| format!("{error:?} {error}"));
            assert!(message.as_ref().is_err_and(|text| !text.contains("s3cret")), "{message:?}");
        }
    }
}
