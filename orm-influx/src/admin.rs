//! Databases, retention and deletes.

use std::time::Duration;

use chrono::{DateTime, Utc};
use orm_core::Result;
use serde_json::{Map, Value, json};
use ureq::http::Method;

use crate::answer;
use crate::client::Influx;
use crate::config::Version;
use crate::http::text;
use crate::query::{quoted, span};

const JSON: &str = "application/json";

impl Influx {
    /// The databases of the server, or the buckets of the organization.
    ///
    /// ```no_run
    /// # use orm_influx::Influx;
    /// # let influx = Influx::from_env()?;
    /// if !influx.databases()?.contains(&"home".to_owned()) {
    ///     influx.create_database("home", None)?;
    /// }
    /// # Ok::<(), orm_influx::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn databases(&self) -> Result<Vec<String>> {
        match self.settings().version {
            Version::V1 => {
                self.series("SHOW DATABASES", |series| Ok(series.iter().flat_map(|it| it.texts("name")).collect()))
            }
            Version::V2 => Ok(self.buckets()?.into_iter().map(|(name, _)| name).collect()),
            Version::V3 => {
                let body = self.call(Method::GET, "/api/v3/configure/database", &[("format", "json")], JSON, b"")?;
                Ok(strings(&text(body)?, "/", "iox::database").into_iter().flatten().collect())
            }
        }
    }

    /// Creates a database or bucket, whose points go after a time if one is given. Version 1 leaves a database that exists as it is.
    ///
    /// See the example of [`databases`](Self::databases).
    ///
    /// # Errors
    ///
    /// What the server says: that it exists, on versions 2 and 3.
    pub fn create_database(&self, name: &str, retention: Option<Duration>) -> Result<()> {
        match self.settings().version {
            Version::V1 => {
                let policy = retention.map_or_else(String::new, |kept| format!(" WITH DURATION {}", span(kept)));
                self.execute(&format!("CREATE DATABASE {}{policy}", quoted(name)))
            }
            Version::V2 => {
                let rules: Vec<Value> = retention
                    .map(|kept| json!({ "type": "expire", "everySeconds": kept.as_secs() }))
                    .into_iter()
                    .collect();
                let bucket = json!({ "name": name, "orgID": self.org_id()?, "retentionRules": rules });
                self.post("/api/v2/buckets", &[], &bucket)
            }
            Version::V3 => {
                let mut database = json!({ "db": name });
                if let Some(kept) = retention {
                    database["retention_period"] = format!("{}s", kept.as_secs()).into();
                }
                self.post("/api/v3/configure/database", &[], &database)
            }
        }
    }

    /// Deletes a database or bucket with all its points.
    ///
    /// # Errors
    ///
    /// What the server says.
    pub fn drop_database(&self, name: &str) -> Result<()> {
        match self.settings().version {
            Version::V1 => self.execute(&format!("DROP DATABASE {}", quoted(name))),
            Version::V2 => {
                let found = self.buckets()?.into_iter().find(|(bucket, _)| bucket == name);
                let missing =
                    || orm_core::Error::new(orm_core::ErrorKind::NotFound, format!("there is no bucket `{name}`"));
                let (_, id) = found.ok_or_else(missing)?;
                self.call(Method::DELETE, &format!("/api/v2/buckets/{id}"), &[], JSON, b"").map(drop)
            }
            Version::V3 => {
                self.call(Method::DELETE, "/api/v3/configure/database", &[("db", name)], JSON, b"").map(drop)
            }
        }
    }

    /// Creates a retention policy of the database, or changes the one of that name: its points go after that time. The default policy is
    /// that of points for which no other is named.
    ///
    /// # Errors
    ///
    /// `Unsupported` on versions 2 and 3, where a database has one time; what the server says.
    pub fn set_retention(&self, name: &str, kept: Duration, is_default: bool) -> Result<()> {
        self.only(Version::V1, "several retention policies of a database")?;
        let (policy, database, span) = (quoted(name), quoted(self.database()), span(kept));
        let default = if is_default { " DEFAULT" } else { "" };
        let create = format!("CREATE RETENTION POLICY {policy} ON {database} DURATION {span} REPLICATION 1{default}");
        match self.execute(&create) {
            Err(error) if error.to_string().contains("already exists") => {
                self.execute(&format!("ALTER RETENTION POLICY {policy} ON {database} DURATION {span}{default}"))
            }
            outcome => outcome,
        }
    }

    /// Deletes points in the words of version 2.
    pub(crate) fn delete_range(
        &self,
        measurement: &str,
        since: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
        tags: &[String],
    ) -> Result<()> {
        let predicate = format!("_measurement={}", Value::from(measurement));
        let predicate = std::iter::once(&predicate).chain(tags).map(String::as_str).collect::<Vec<_>>().join(" AND ");
        let since = since.unwrap_or(DateTime::from_timestamp_nanos(i64::MIN + 2));
        let until = until.unwrap_or(DateTime::from_timestamp_nanos(i64::MAX - 1));
        let range = json!({ "start": since.to_rfc3339(), "stop": until.to_rfc3339(), "predicate": predicate });
        let org = self.settings().org.clone().unwrap_or_default();
        self.post("/api/v2/delete", &[("org", &org), ("bucket", self.database())], &range)
    }

    /// Runs InfluxQL with values, without rows.
    pub(crate) fn run(&self, query: &str, binds: &Map<String, Value>) -> Result<()> {
        answer::parse(&self.answer(query, binds)?).map(drop)
    }

    /// The text of the answer to InfluxQL with values.
    pub(crate) fn answer(&self, query: &str, binds: &Map<String, Value>) -> Result<String> {
        text(self.influxql(query, &[("params", &Value::Object(binds.clone()).to_string())])?)
    }

    fn post(&self, path: &str, query: &[(&str, &str)], body: &Value) -> Result<()> {
        self.call(Method::POST, path, query, JSON, body.to_string().as_bytes()).map(drop)
    }

    fn org_id(&self) -> Result<String> {
        let org = self.settings().org.clone().unwrap_or_default();
        let body = self.call(Method::GET, "/api/v2/orgs", &[("org", &org)], JSON, b"")?;
        let found = strings(&text(body)?, "/orgs", "id").into_iter().flatten().next();
        found.ok_or_else(|| {
            orm_core::Error::new(orm_core::ErrorKind::NotFound, format!("there is no organization `{org}`"))
        })
    }

    /// The names of buckets with their ids.
    fn buckets(&self) -> Result<Vec<(String, String)>> {
        let org = self.settings().org.clone().unwrap_or_default();
        let body = self.call(Method::GET, "/api/v2/buckets", &[("org", &org), ("limit", "100")], JSON, b"")?;
        let text = text(body)?;
        let names = strings(&text, "/buckets", "name").into_iter();
        Ok(names.zip(strings(&text, "/buckets", "id")).filter_map(|(name, id)| Some((name?, id?))).collect())
    }
}

/// The texts under `key` of the objects in the list at `path` of a document, whose root is `/`.
fn strings(document: &str, path: &str, key: &str) -> Vec<Option<String>> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let list = if path == "/" { Some(&document) } else { document.pointer(path) };
    let objects = list.and_then(Value::as_array).into_iter().flatten();
    objects.map(|object| object[key].as_str().map(str::to_owned)).collect()
}
