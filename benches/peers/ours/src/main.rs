//! The service with `orm`: sessions on the engine's threads. `ours seed` makes the tables that all services answer from.

use std::env;
use std::error::Error;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post as to};
use axum::{Json, Router};
use orm::AsyncEngine;
use orm::prelude::*;
use ours::{Author, Comment, Post};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Serialize)]
struct UserView {
    id: i64,
    name: String,
    email: String,
    age: i32,
}

#[derive(Serialize)]
struct PostView {
    id: i64,
    title: String,
    author: String,
    comments: Vec<String>,
}

#[derive(Deserialize)]
struct NewComment {
    body: String,
}

const PAGE: u64 = 20;

fn failed(error: orm::Error) -> StatusCode {
    eprintln!("{error}");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn user(State(engine): State<AsyncEngine>, Path(id): Path<i64>) -> Result<Json<UserView>, StatusCode> {
    let found = engine.with_session(move |session| -> orm::Result<_> {
        let Some(author) = session.get::<Author>(id)? else { return Ok(None) };
        let Author { id, name, email, age } = session[author].clone();
        Ok(Some(UserView { id, name, email, age }))
    });
    found.await.map_err(failed)?.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn posts(State(engine): State<AsyncEngine>, Path(first): Path<i64>) -> Result<Json<Vec<PostView>>, StatusCode> {
    let page = engine.with_session(move |session| -> orm::Result<_> {
        let query = Post::query().filter(Post::id.ge(first)).order_by(Post::id).limit(PAGE);
        let posts = query.include(Post::author.joined()).include(Post::comments).all(session)?;
        let mut page = Vec::with_capacity(posts.len());
        for post in posts {
            let author = session.related(post, Post::author)?;
            let comments = session.related(post, Post::comments)?;
            page.push(PostView {
                id: session[post].id,
                title: session[post].title.clone(),
                author: session[author].name.clone(),
                comments: comments.iter().map(|&comment| session[comment].body.clone()).collect(),
            });
        }
        Ok(page)
    });
    page.await.map(Json).map_err(failed)
}

async fn add(
    State(engine): State<AsyncEngine>,
    Path(id): Path<i64>,
    Json(new): Json<NewComment>,
) -> Result<Json<i64>, StatusCode> {
    let added = engine.with_session(move |session| -> orm::Result<_> {
        let comment = session.add(Comment { post: BelongsTo::key(id), body: new.body, ..Default::default() });
        session.commit()?;
        Ok(session[comment].id)
    });
    added.await.map(Json).map_err(failed)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut url = env::var("DATABASE_URL")?;
    if url.starts_with("sqlite:") {
        url.push_str("?synchronous=normal");
    }
    let engine = Engine::builder(&url).pool_size(8).max_overflow(0).build()?;
    if env::args().nth(1).as_deref() == Some("seed") {
        return Ok(ours::seed(&engine)?);
    }
    let service = Router::new()
        .route("/users/{id}", get(user))
        .route("/posts/{first}", get(posts))
        .route("/posts/{id}/comments", to(add))
        .with_state(AsyncEngine::new(engine));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
        axum::serve(listener, service).await?;
        Ok(())
    })
}
