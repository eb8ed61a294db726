use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page;
use crate::accounts::{self, COOKIE_NAME, Credentials, STAYS, Visitor};
use crate::db::Db;
use crate::problem::Problem;

/// Where to go on.
#[derive(Deserialize, Default)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign.html")]
struct SignPage {
    visitor: Visitor,
    is_new: bool,
    name: String,
    next: String,
    problem: Option<Problem>,
}

impl Next {
    /// A path of this site, whatever a link says.
    fn path(&self) -> &str {
        let is_path = self.next.starts_with('/') && !self.next.starts_with("//") && !self.next.contains('\\');
        if is_path { &self.next } else { "/" }
    }
}

pub(super) async fn in_form(visitor: Visitor, Query(next): Query<Next>) -> Response {
    form(StatusCode::OK, visitor, false, &next, String::new(), None)
}

pub(super) async fn up_form(visitor: Visitor, Query(next): Query<Next>) -> Response {
    form(StatusCode::OK, visitor, true, &next, String::new(), None)
}

pub(super) async fn sign_in(
    visitor: Visitor,
    headers: HeaderMap,
    Query(next): Query<Next>,
    mut db: Db,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Problem> {
    let name = credentials.name.clone();
    match accounts::sign_in(&mut db, credentials).await {
        Ok(token) => Ok(signed_in(&headers, &token.token, &next)),
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => {
            Ok(form(problem.status(), visitor, false, &next, name, Some(problem)))
        }
        Err(problem) => Err(problem),
    }
}

pub(super) async fn sign_up(
    visitor: Visitor,
    headers: HeaderMap,
    Query(next): Query<Next>,
    mut db: Db,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Problem> {
    let name = credentials.name.clone();
    match accounts::sign_up(&mut db, credentials).await {
        Ok(token) => Ok(signed_in(&headers, &token.token, &next)),
        Err(problem) if problem.fields.is_empty() => Err(problem),
        Err(problem) => Ok(form(problem.status(), visitor, true, &next, name, Some(problem))),
    }
}

pub(super) async fn sign_out(headers: HeaderMap, mut db: Db) -> Result<Response, Problem> {
    if let Some(token) = accounts::token(&headers) {
        accounts::sign_out(&mut db, token).await?;
    }
    Ok((AppendHeaders([(SET_COOKIE, cookie(&headers, "", 0))]), Redirect::to("/")).into_response())
}

fn form(
    status: StatusCode,
    visitor: Visitor,
    is_new: bool,
    next: &Next,
    name: String,
    problem: Option<Problem>,
) -> Response {
    page(status, &SignPage { visitor, is_new, name, next: next.path().to_owned(), problem })
}

fn signed_in(headers: &HeaderMap, token: &str, next: &Next) -> Response {
    let cookie = cookie(headers, token, STAYS.num_seconds());
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(next.path())).into_response()
}

/// No script reads it, no other site sends it. Where a proxy speaks HTTPS to the browser, it never goes without encryption.
fn cookie(headers: &HeaderMap, token: &str, seconds: i64) -> String {
    let is_https = headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https");
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE_NAME}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}")
}
