//! What the services have in common: their four answers, and how they serve.

use std::env;
use std::error::Error;

use axum::Router;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The connections of each pool.
pub const CONNECTIONS: u32 = 8;

/// The posts of a page.
pub const PAGE: i64 = 20;

/// `GET /users/{id}`.
#[derive(Debug, Serialize)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i32,
}

/// `GET /posts/{first}`: twenty posts from that number on, with their authors and comments.
#[derive(Debug, Serialize)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub author: String,
    pub comments: Vec<String>,
}

/// `POST /posts/{id}/comments`, whose answer is the new number.
#[derive(Debug, Deserialize)]
pub struct NewComment {
    pub body: String,
}

/// The database and whether it is PostgreSQL.
pub fn database() -> Outcome<(String, bool)> {
    let url = env::var("DATABASE_URL")?;
    let is_postgres = url.starts_with("postgres");
    Ok((url, is_postgres))
}

/// A runtime of two threads, as the machine has cores.
pub fn run(service: impl Future<Output = Outcome<Router>>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let service = service.await?;
        let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
        axum::serve(listener, service).await?;
        Ok(())
    })
}

/// A failure as a status of 500, told on standard error.
pub fn failed(error: impl std::fmt::Display) -> axum::http::StatusCode {
    eprintln!("{error}");
    axum::http::StatusCode::INTERNAL_SERVER_ERROR
}
