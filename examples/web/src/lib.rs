//! A blog on axum: HTML pages and a JSON API over the same units of work, on SQLite and PostgreSQL.
//!
//! | Module | Has |
//! |---|---|
//! | [`mod@models`] | the tables |
//! | [`posts`], [`accounts`] | the units of work: functions of a session |
//! | [`db`] | the session of a request, committed or rolled back at its end |
//! | [`problem`] | errors as answers |
//! | [`audit`] | who changed what |
//! | [`pages`], [`api`] | what browsers and programs ask for |
//! | [`health`], [`telemetry`], [`guard`] | what every request passes, and what machines ask |

pub mod accounts;
pub mod api;
pub mod audit;
pub mod db;
pub mod guard;
pub mod health;
pub mod models;
pub mod pages;
pub mod posts;
pub mod problem;
pub mod sample;
pub mod telemetry;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use orm::AsyncEngine;
use orm::migrate::Migrations;
use orm::prelude::*;
use orm::schema::TableDef;

use models::{Audit, Comment, Post, SignIn, Tag, User};

/// The tables of all models.
pub fn models() -> [&'static TableDef; 6] {
    models![User, SignIn, Post, Comment, Tag, Audit]
}

/// The revisions of the schema, inside the program.
///
/// # Errors
///
/// What is wrong with their files.
pub fn migrations() -> orm::migrate::Result<Migrations> {
    orm::migrate::embed!("migrations")
}

/// The whole service.
pub fn service(engine: AsyncEngine) -> Router {
    let pages = with_session(pages::router(), &engine).layer(from_fn(pages::show_problems));
    let api = with_session(api::router(), &engine).layer(from_fn(api::show_problems));
    let watched = pages.merge(api).layer(from_fn(telemetry::trace));
    watched.route("/health", get(health::health)).with_state(engine)
}

/// Who asks is found out first, and then there is a session for the request.
fn with_session(router: Router<AsyncEngine>, engine: &AsyncEngine) -> Router<AsyncEngine> {
    router
        .layer(from_fn_with_state(engine.clone(), db::unit))
        .layer(from_fn_with_state(engine.clone(), accounts::identify))
        .layer(from_fn(guard::same_origin))
}
