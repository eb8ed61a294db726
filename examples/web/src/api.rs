//! The JSON API, with its description in OpenAPI at `/api/openapi.json`.

use axum::extract::{Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use orm::AsyncEngine;
use serde::Deserialize;
use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::accounts::{self, Account, Credentials, Token};
use crate::db::Db;
use crate::posts::{self, Article, Draft, Listing, Search};
use crate::problem::Problem;

#[derive(OpenApi)]
#[openapi(
    info(title = "Marginalia", description = "A blog. Errors are problems as in RFC 9457."),
    paths(sign_up, sign_in, search, create, show, change, delete, comment, crate::health::health),
    components(schemas(Problem)),
    modifiers(&Bearer)
)]
struct Api;

/// The token of those who have signed in.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, description: &mut Description) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// What a program asks for.
pub fn router() -> Router<AsyncEngine> {
    let api = Router::new()
        .route("/accounts", post(sign_up))
        .route("/sign-ins", post(sign_in))
        .route("/posts", get(search).post(create))
        .route("/posts/{slug}", get(show).put(change).delete(delete))
        .route("/posts/{slug}/comments", post(comment))
        .route("/openapi.json", get(async || Json(description())))
        .fallback(async || Problem::not_found());
    Router::new().nest("/api", api)
}

/// The description of the API.
#[must_use]
pub fn description() -> Description {
    Api::openapi()
}

/// A draft, and the version that it changes.
#[derive(Deserialize, ToSchema)]
struct Revised {
    #[serde(flatten)]
    draft: Draft,
    /// `version` of the post that was read.
    version: i64,
}

/// A new comment.
#[derive(Deserialize, ToSchema)]
struct NewComment {
    text: String,
}

/// Opens an account
#[utoipa::path(
    post, path = "/api/accounts", request_body = Credentials,
    responses((status = 201, body = Token), (status = 409, body = Problem), (status = 422, body = Problem))
)]
async fn sign_up(mut db: Db, Json(credentials): Json<Credentials>) -> Result<(StatusCode, Json<Token>), Problem> {
    Ok((StatusCode::CREATED, Json(accounts::sign_up(&mut db, credentials).await?)))
}

/// Signs in
#[utoipa::path(
    post, path = "/api/sign-ins", request_body = Credentials,
    responses((status = 201, body = Token), (status = 401, body = Problem))
)]
async fn sign_in(mut db: Db, Json(credentials): Json<Credentials>) -> Result<(StatusCode, Json<Token>), Problem> {
    Ok((StatusCode::CREATED, Json(accounts::sign_in(&mut db, credentials).await?)))
}

/// Searches the posts, the newest first
#[utoipa::path(
    get, path = "/api/posts", params(Search),
    responses((status = 200, body = Listing), (status = 400, body = Problem))
)]
async fn search(mut db: Db, Query(search): Query<Search>) -> Result<Json<Listing>, Problem> {
    db.run(move |session| posts::search(session, &search.filled())).await.map(Json)
}

/// Shows a post with its comments
#[utoipa::path(
    get, path = "/api/posts/{slug}", params(("slug" = String, Path)),
    responses((status = 200, body = Article), (status = 404, body = Problem))
)]
async fn show(mut db: Db, Path(slug): Path<String>) -> Result<Json<Article>, Problem> {
    db.run(move |session| posts::show(session, &slug)).await.map(Json)
}

/// Writes a post
#[utoipa::path(
    post, path = "/api/posts", request_body = Draft, security(("token" = [])),
    responses(
        (status = 201, body = Article), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)
    )
)]
async fn create(
    account: Account,
    mut db: Db,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Json<Article>), Problem> {
    let created = db.run(move |session| {
        let slug = posts::create(session, account.id, draft)?;
        posts::show(session, &slug)
    });
    Ok((StatusCode::CREATED, Json(created.await?)))
}

/// Changes a post of one's own
#[utoipa::path(
    put, path = "/api/posts/{slug}", params(("slug" = String, Path)), request_body = Revised, security(("token" = [])),
    responses(
        (status = 200, body = Article), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)
    )
)]
async fn change(
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
    Json(revised): Json<Revised>,
) -> Result<Json<Article>, Problem> {
    let changed = db.run(move |session| {
        posts::change(session, &slug, account.id, revised.draft, revised.version)?;
        posts::show(session, &slug)
    });
    changed.await.map(Json)
}

/// Deletes a post of one's own
#[utoipa::path(
    delete, path = "/api/posts/{slug}", params(("slug" = String, Path)), security(("token" = [])),
    responses(
        (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)
    )
)]
async fn delete(account: Account, mut db: Db, Path(slug): Path<String>) -> Result<StatusCode, Problem> {
    db.run(move |session| posts::delete(session, &slug, account.id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Comments on a post
#[utoipa::path(
    post, path = "/api/posts/{slug}/comments", params(("slug" = String, Path)), request_body = NewComment,
    security(("token" = [])),
    responses(
        (status = 201), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)
    )
)]
async fn comment(
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
    Json(comment): Json<NewComment>,
) -> Result<StatusCode, Problem> {
    db.run(move |session| posts::comment(session, &slug, account.id, comment.text)).await?;
    Ok(StatusCode::CREATED)
}

/// Writes problems as JSON, also those that the framework finds in a request.
pub async fn show_problems(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let problem: Problem = response.extensions().get().cloned().unwrap_or_else(|| Problem::of(status));
        *response.body_mut() = Json(problem).into_response().into_body();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    response
}
