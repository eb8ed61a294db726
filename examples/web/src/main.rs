//! A web service over axum: a search form, reading and writing, with the engine in the state of the server.
//!
//! `cargo run -p web` starts the service on a free port, sends it some requests and ends. With `ADDRESS=127.0.0.1:3000` it serves
//! until it is stopped. `DATABASE_URL=postgresql://..` names another database.
#![expect(clippy::print_stdout, reason = "an example prints what it did")]

use std::env;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use orm::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default)]
#[orm(table = "article")]
struct Article {
    #[orm(primary_key)]
    #[serde(default)]
    id: i64,
    #[orm(unique)]
    title: String,
    author: String,
    votes: i32,
}

/// What `GET /articles` takes in its query string. Each field may be missing.
#[derive(Deserialize)]
struct Search {
    title: Option<String>,
    author: Option<String>,
    votes: Option<i32>,
}

impl Search {
    fn query(&self) -> orm::Query<Article> {
        Article::query()
            .filter_opt(self.title.as_deref().map(|title| Article::title.contains(title)))
            .filter_opt(self.author.as_deref().map(|author| Article::author.eq(author)))
            .filter_opt(self.votes.map(|votes| Article::votes.ge(votes)))
            .order_by(Article::title)
    }
}

/// An error of the database as an answer.
struct Failure(orm::Error);

impl From<orm::Error> for Failure {
    fn from(error: orm::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::UniqueViolation | ErrorKind::StaleData => StatusCode::CONFLICT,
            ErrorKind::PoolTimeout | ErrorKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // The text of an error may name rows and tables: log it, and answer with the status alone.
        println!("   {}", self.0);
        status.into_response()
    }
}

/// Runs work with the database on a thread that may block.
async fn blocking<T, F>(work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> orm::Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(Failure),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Reads need no transaction: a session for this request is enough.
async fn search(State(engine): State<Engine>, Query(form): Query<Search>) -> Result<Json<Vec<Article>>, Failure> {
    blocking(move || form.query().values(&mut engine.session())).await.map(Json)
}

async fn show(State(engine): State<Engine>, Path(id): Path<i64>) -> Result<Json<Article>, Failure> {
    blocking(move || {
        let mut session = engine.session();
        let article = Article::query().filter(Article::id.eq(id)).one(&mut session)?;
        session.expunge(article)
    })
    .await
    .map(Json)
}

/// A write is a transaction: `Ok` commits it, `Err` rolls it back.
async fn publish(State(engine): State<Engine>, Json(article): Json<Article>) -> Result<Json<i64>, Failure> {
    blocking(move || {
        engine.transaction(|session| {
            let article = session.add(Article { id: 0, ..article });
            session.flush()?;
            Ok(session[article].id)
        })
    })
    .await
    .map(Json)
}

fn service(engine: Engine) -> Router {
    Router::new().route("/articles", get(search).post(publish)).route("/articles/{id}", get(show)).with_state(engine)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::connect(&env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:///:memory:".into()))?;
    engine.drop_all(models![Article])?;
    engine.create_all(models![Article])?;

    let runtime = tokio::runtime::Runtime::new()?;
    let address = env::var("ADDRESS").ok();
    let listener = runtime.block_on(tokio::net::TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0")))?;
    let local = listener.local_addr()?;
    println!("listening on {local}");
    let server = runtime.spawn(async move { axum::serve(listener, service(engine)).await });
    if address.is_some() {
        return Ok(runtime.block_on(server)??);
    }
    demonstrate(local)
}

/// Publishes three articles, one of them twice, and searches them.
fn demonstrate(address: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    for (title, author, votes) in [("Rust", "Ada", 3), ("Rust and SQL", "Blaise", 9), ("Looms", "Ada", 1)] {
        let body = format!(r#"{{"title": "{title}", "author": "{author}", "votes": {votes}}}"#);
        expect(address, "POST", "/articles", &body, 200)?;
    }
    expect(address, "POST", "/articles", r#"{"title": "Looms", "author": "Carl", "votes": 0}"#, 409)?;
    let all = expect(address, "GET", "/articles", "", 200)?;
    let found = expect(address, "GET", "/articles?title=Rust&votes=5", "", 200)?;
    expect(address, "GET", "/articles/1", "", 200)?;
    expect(address, "GET", "/articles/99", "", 404)?;
    let titles = |body: &str| body.matches("\"title\"").count();
    if (titles(&all), titles(&found)) != (3, 1) {
        return Err(format!("wrong answers: {all} {found}").into());
    }
    Ok(())
}

/// Sends a request, prints it with its answer, and checks the status.
fn expect(
    address: SocketAddr,
    verb: &str,
    path: &str,
    body: &str,
    status: u16,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    write!(
        stream,
        "{verb} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    println!("{verb} {path}\n   {} {body}", head.lines().next().unwrap_or_default());
    if head.starts_with(&format!("HTTP/1.1 {status} ")) {
        Ok(body.to_owned())
    } else {
        Err(format!("{verb} {path}: {status} was expected, not {head}").into())
    }
}
