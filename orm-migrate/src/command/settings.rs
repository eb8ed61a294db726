//! `orm.toml`: what a project says once, and not with each command.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result, file};

const FILE: &str = "orm.toml";

/// What `orm.toml` in the working directory says. Arguments and environment variables go before it.
///
/// ```
/// use orm::migrate::command::Settings;
///
/// let settings = Settings::parse("folder = \"schema\"\nignore = [\"audit_*\"]\n[upgrade]\nlock_timeout = \"5s\"")?;
/// assert_eq!(settings.folder().display().to_string(), "schema");
/// assert!(settings.ignores("audit_2026") && !settings.ignores("audits"));
/// assert!(Settings::parse("fodler = \"schema\"").is_err());
/// # Ok::<(), orm::migrate::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    url: Option<String>,
    folder: Option<PathBuf>,
    pub(crate) dialects: Vec<String>,
    pub(crate) revision_name: Option<String>,
    ignore: Vec<String>,
    pub(crate) upgrade: Limits,
    pub(crate) lint: Lint,
    pub(crate) tenants: Tenants,
}

/// The names of the tenants, and their databases.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tenants {
    pub(crate) names: Vec<String>,
    /// A query for more names, in the database.
    pub(crate) query: Option<String>,
    /// The URL of the database of each, with `{tenant}` in it. Without it, each has a schema.
    pub(crate) url: Option<String>,
}

/// How long an upgrade may wait.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Limits {
    #[serde(deserialize_with = "duration")]
    pub(crate) lock_timeout: Option<Duration>,
    #[serde(deserialize_with = "duration")]
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) retries: Option<u32>,
}

/// What `lint` does not look for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Lint {
    pub(crate) allow: Vec<String>,
}

impl Settings {
    /// Those of the working directory. Without a file nothing is set.
    ///
    /// See the example of [`Settings`].
    ///
    /// # Errors
    ///
    /// `File` if it cannot be read, or says something that means nothing.
    pub fn load() -> Result<Self> {
        match fs::read_to_string(FILE) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(file(FILE, error)),
        }
    }

    /// Those of a text.
    ///
    /// See the example of [`Settings`].
    ///
    /// # Errors
    ///
    /// `File` if it says something that means nothing.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| file(FILE, error))
    }

    /// The URL of the database, where `${NAME}` is the environment variable of that name.
    ///
    /// See the example of [`Settings`].
    ///
    /// # Errors
    ///
    /// `Usage` if a variable is not set.
    pub fn url(&self) -> Result<Option<String>> {
        self.url.as_deref().map(|url| with_variables(url, |name| env::var(name).ok())).transpose()
    }

    /// The URL of the database of a tenant.
    pub(crate) fn tenant_url(&self, tenant: &str) -> Result<String> {
        const PLACE: &str = "{tenant}";
        let pattern = self.tenants.url.as_deref().unwrap_or_default();
        if !pattern.contains(PLACE) {
            return Err(file(
                FILE,
                format!("`url` of `[tenants]` has no `{PLACE}` in it, so that all would have one database"),
            ));
        }
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ['_', '-'].contains(&letter);
        if tenant.is_empty() || !tenant.chars().all(is_plain) {
            return Err(Error::Usage(format!(
                "the tenant `{tenant}` cannot be put into a URL: its name has letters, digits, `_` and `-` only"
            )));
        }
        with_variables(pattern, |name| env::var(name).ok()).map(|url| url.replace(PLACE, tenant))
    }

    /// The folder of migrations.
    ///
    /// See the example of [`Settings`].
    pub fn folder(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("migrations"))
    }

    /// Whether a table is none of the project's. A `*` in `ignore` stands for any letters.
    ///
    /// See the example of [`Settings`].
    pub fn ignores(&self, table: &str) -> bool {
        self.ignore.iter().any(|pattern| matches(pattern, table))
    }
}

fn with_variables(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String> {
    let (mut done, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) =
            after.split_once('}').ok_or_else(|| file(FILE, "`${` in the URL has no `}` behind the name"))?;
        let value = value(name)
            .ok_or_else(|| Error::Usage(format!("the URL in {FILE} names the variable {name}, which is not set")))?;
        done.push_str(before);
        done.push_str(&value);
        rest = behind;
    }
    Ok(done + rest)
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| matches(after, &rest[at..]))
        }),
    }
}

fn duration<'d, D: Deserializer<'d>>(from: D) -> std::result::Result<Option<Duration>, D::Error> {
    let text = String::deserialize(from)?;
    humantime::parse_duration(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_into_the_url() {
        let value = |name: &str| (name == "PASSWORD").then(|| "secret".to_owned());
        let url = with_variables("postgresql://app:${PASSWORD}@db/shop", value).unwrap();
        assert_eq!(url, "postgresql://app:secret@db/shop");
        assert!(with_variables("${HOST}", value).unwrap_err().to_string().contains("variable HOST, which is not set"));
        assert!(with_variables("${HOST", value).is_err());
    }

    #[test]
    fn the_database_of_a_tenant_is_named_by_letters_and_digits() {
        let settings = Settings::parse("[tenants]\nurl = \"sqlite:///tenants/{tenant}.db\"").unwrap();
        assert_eq!(settings.tenant_url("acme-2").unwrap(), "sqlite:///tenants/acme-2.db");
        for name in ["", "../acme", "acme?mode=memory", "a b", "a/b"] {
            assert!(settings.tenant_url(name).unwrap_err().to_string().contains("cannot be put into a URL"), "{name}");
        }
        let settings = Settings::parse("[tenants]\nurl = \"sqlite:///all.db\"").unwrap();
        assert!(settings.tenant_url("acme").unwrap_err().to_string().contains("has no `{tenant}`"));
    }

    #[test]
    fn stars_stand_for_letters() {
        assert!(matches("audit_*", "audit_") && matches("*_log", "the_log") && matches("a*b*c", "a--b-b-c"));
        assert!(!matches("audit_*", "my_audit_log") && !matches("log", "logs"));
    }

    #[test]
    fn durations_have_units() {
        let settings = Settings::parse("[upgrade]\nlock_timeout = \"5s\"\nstatement_timeout = \"2min\"").unwrap();
        assert_eq!(settings.upgrade.lock_timeout, Some(Duration::from_secs(5)));
        assert_eq!(settings.upgrade.statement_timeout, Some(Duration::from_secs(120)));
        assert!(Settings::parse("[upgrade]\nlock_timeout = \"5 parsecs\"").is_err());
    }
}
