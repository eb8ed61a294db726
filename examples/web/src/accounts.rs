//! Who visits: accounts, passwords, and the tokens of those who have signed in.

use std::convert::Infallible;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{TimeDelta, Utc};
use orm::AsyncEngine;
use orm::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::db::Db;
use crate::models::{SignIn, User};
use crate::problem::Problem;

/// The cookie with the token.
pub const COOKIE_NAME: &str = "session";

/// How long somebody stays signed in.
pub const STAYS: TimeDelta = TimeDelta::days(14);

const SHORTEST_PASSWORD: usize = 8;

/// A user who has signed in. As an argument of a handler it refuses everybody else.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The key of the user.
    pub id: i64,
    /// The name of the user.
    pub name: String,
}

/// Whoever asks.
#[derive(Debug, Clone, Default)]
pub struct Visitor(pub Option<Account>);

impl Visitor {
    /// The name of one who has signed in.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.as_ref().map(|account| account.name.as_str())
    }
}

/// What somebody signs in with.
#[derive(Deserialize, ToSchema, Clone, Default)]
pub struct Credentials {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// What a client shows from then on, as a cookie or as `Authorization: Bearer`.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// A secret.
    pub token: String,
}

/// Opens an account.
///
/// # Errors
///
/// A name that is taken or unfit, a password that is too short.
pub async fn sign_up(db: &mut Db, credentials: Credentials) -> Result<Token, Problem> {
    let Credentials { name, password } = credentials;
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Problem::field("password", format!("needs at least {SHORTEST_PASSWORD} characters")));
    }
    let password = slowly(move || hash(&password)).await??;
    db.run(|session| {
        let user = session.add(User { name, password, ..Default::default() });
        session.flush()?;
        new_token(session, user)
    })
    .await
}

/// Signs in. The password is compared where that may take its time, and no connection is held meanwhile.
///
/// # Errors
///
/// 401 when there is no such user or the password is another one, which are not told apart.
pub async fn sign_in(db: &mut Db, credentials: Credentials) -> Result<Token, Problem> {
    let Credentials { name, password } = credentials;
    let found = db.run(|session| {
        let user = User::query().filter(User::name.eq(name)).one_or_none(session)?;
        Ok(user.map(|user| (user, session[user].password.clone())))
    });
    let (user, kept) = found.await?.unzip();
    let is_right = slowly(move || is_password_of(&password, kept.as_deref())).await?;
    match user {
        Some(user) if is_right => db.run(move |session| new_token(session, user)).await,
        _ => Err(Problem::new(StatusCode::UNAUTHORIZED, "The name or the password is wrong")),
    }
}

/// Ends a sign-in.
///
/// # Errors
///
/// Those of the database.
pub async fn sign_out(db: &mut Db, token: String) -> Result<(), Problem> {
    db.run(move |session| {
        SignIn::query().filter(SignIn::token.eq(digest(&token))).delete().execute(session)?;
        Ok(())
    })
    .await
}

fn new_token(session: &mut Session, user: Handle<User>) -> Result<Token, Problem> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| Problem::internal(&error.to_string()))?;
    let token = hex(&secret);
    session.add(SignIn { token: digest(&token), ends_at: Utc::now() + STAYS, user: user.into() });
    session.flush()?;
    Ok(Token { token })
}

fn digest(token: &str) -> String {
    hex(&Sha256::digest(token))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a password, with a salt of its own.
///
/// # Errors
///
/// When the system gives no random numbers.
pub fn hash(password: &str) -> Result<String, Problem> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Problem::internal(&error.to_string()))
}

/// Takes the same time where there is no such user, so that nobody finds out which names there are.
fn is_password_of(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody").unwrap_or_default());
    let hash = PasswordHash::new(kept.unwrap_or(&NOBODY));
    let fits = hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    fits && kept.is_some()
}

/// Computes on one of tokio's threads for that, which are none of the engine's.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error.to_string()))
}

/// Finds out who asks, for [`Visitor`] and [`Account`]. A request without a token asks the database nothing.
pub async fn identify(State(engine): State<AsyncEngine>, mut request: Request, next: Next) -> Response {
    let found = match token(request.headers()) {
        Some(token) => engine.with_session(move |session| of_token(session, &token)).await,
        None => Ok(None),
    };
    let visitor = match found {
        Ok(account) => Visitor(account),
        Err(problem) => return Problem::into_response(problem),
    };
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(visitor); // for pages that are made later
    response
}

fn of_token(session: &mut Session, token: &str) -> Result<Option<Account>, Problem> {
    let valid = SignIn::query().filter(SignIn::token.eq(digest(token))).filter(SignIn::ends_at.gt(Utc::now()));
    let Some(found) = valid.include(SignIn::user.joined()).one_or_none(session)? else { return Ok(None) };
    let user = &session[&session[found].user];
    Ok(Some(Account { id: user.id, name: user.name.clone() }))
}

/// The token that a request shows.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookie = || text(COOKIE)?.split("; ").find_map(|pair| pair.strip_prefix(COOKIE_NAME)?.strip_prefix('='));
    bearer.or_else(cookie).map(str::to_owned)
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visitor: Option<&Visitor> = parts.extensions.get();
        let account = visitor.and_then(|visitor| visitor.0.clone());
        account.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "Please sign in first"))
    }
}
