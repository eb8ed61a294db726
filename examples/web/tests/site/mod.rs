//! The service on a database of its own, and clients that keep their cookies.

#![allow(dead_code, clippy::unwrap_used, reason = "this is test code; no program uses all of it")]

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use orm::testing::{TestDatabase, TestDatabases};
use orm::{AsyncEngine, EngineBuilder};
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

static DATABASES: LazyLock<TestDatabases> = LazyLock::new(|| {
    let file = || format!("sqlite:///{}/web.db", env!("CARGO_TARGET_TMPDIR"));
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| file());
    let prepare = |engine: &orm::Engine| {
        web::migrations().unwrap().upgrade(engine).unwrap();
        Ok(())
    };
    TestDatabases::template(&url, prepare).unwrap()
});

pub(crate) struct Site {
    pub(crate) runtime: Runtime,
    pub(crate) service: Router,
    pub(crate) database: TestDatabase,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// Somebody who visits the site.
pub(crate) struct Client<'s> {
    site: &'s Site,
    cookie: Option<String>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(options: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Self {
        let database = DATABASES.database_with(options).unwrap();
        let runtime = Runtime::new().unwrap();
        let service = web::service(AsyncEngine::new(database.clone()));
        Self { runtime, service, database }
    }

    pub(crate) fn visitor(&self) -> Client<'_> {
        Client { site: self, cookie: None }
    }

    /// Somebody with an account and a cookie.
    pub(crate) fn member(&self, name: &str) -> Client<'_> {
        let mut client = self.visitor();
        client.post("/sign-up", &[("name", name), ("password", "correct horse")]).expect(303);
        assert!(client.cookie.is_some());
        client
    }

    /// The first column of a statement's rows.
    pub(crate) fn count(&self, table: &str) -> i64 {
        orm::sql(format!("SELECT count(*) FROM {table}")).one(&mut self.database.session()).unwrap()
    }
}

impl Client<'_> {
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "text/plain", String::new())
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", pairs.join("&"))
    }

    pub(crate) fn json(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        self.send(method, path, "application/json", body.to_string())
    }

    fn send(&mut self, method: Method, path: &str, kind: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, kind).header(HOST, "site");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        self.request(request.body(Body::from(body)).unwrap())
    }

    pub(crate) fn request(&mut self, request: Request<Body>) -> Answer {
        let answered = async {
            let response = self.site.service.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.into()).unwrap() }
        };
        let limited = async { tokio::time::timeout(Duration::from_secs(60), answered).await.unwrap() };
        let answer = self.site.runtime.block_on(limited);
        if let Some(cookie) = answer.headers.get(SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        answer
    }

    /// Writes a post, and returns where it is.
    pub(crate) fn write(&mut self, title: &str, body: &str, tags: &str) -> String {
        let answer = self.post("/write", &[("title", title), ("body", body), ("tags", tags)]);
        answer.expect(303).location()
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.body.contains(text), "`{text}` is not in {}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        assert!(!self.body.contains(text), "`{text}` is in {}", self.body);
        self
    }

    pub(crate) fn location(&self) -> String {
        self.header("location").to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        write!(out, "%{byte:02X}").unwrap();
    }
    out
}
