//! The HTML pages. `read` shows, [`write`] has the forms of authors and readers, `sign` those of accounts.

mod read;
mod sign;
mod write;

use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use orm::AsyncEngine;

use crate::accounts::Visitor;
use crate::problem::Problem;

/// The pages, and the answer to what there is no page for.
pub fn router() -> Router<AsyncEngine> {
    Router::new()
        .route("/", get(read::list))
        .route("/write", get(write::blank).post(write::create))
        .route("/deleted", get(read::deleted))
        .route("/posts/{slug}", get(read::show))
        .route("/posts/{slug}/edit", get(write::edit).post(write::change))
        .route("/posts/{slug}/delete", post(write::delete))
        .route("/posts/{slug}/restore", post(write::restore))
        .route("/posts/{slug}/comments", post(write::comment))
        .route("/posts/{slug}/history", get(read::history))
        .route("/sign-in", get(sign::in_form).post(sign::sign_in))
        .route("/sign-up", get(sign::up_form).post(sign::sign_up))
        .route("/sign-out", post(sign::sign_out))
        .route("/style.css", get(style))
        .fallback(async || Problem::not_found())
}

async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../../static/style.css")).into_response()
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    visitor: Visitor,
    problem: Problem,
}

/// What the pages may load, and from where.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// Gives problems a page, and sends those who have to sign in to the page for that.
pub async fn show_problems(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let status = response.status();
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if status == StatusCode::UNAUTHORIZED && !is_page {
        return Redirect::to(&format!("/sign-in?next={path}")).into_response();
    }
    if (status.is_client_error() || status.is_server_error()) && !is_page {
        let problem = response.extensions().get().cloned().unwrap_or_else(|| Problem::of(status));
        let visitor = response.extensions().get().cloned().unwrap_or_default();
        let mut page = page(status, &ProblemPage { visitor, problem });
        if let Some(after) = response.headers_mut().remove(RETRY_AFTER) {
            page.headers_mut().insert(RETRY_AFTER, after);
        }
        response = page;
    }
    response.headers_mut().extend(HEADERS);
    response
}

fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => Problem::internal(&error.to_string()).into_response(),
    }
}
