//! A session for each request.
//!
//! [`unit()`] makes it before the handler and ends it after: committed when the answer is a success, rolled back otherwise. [`Db`] lends it to
//! the handler.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use orm::prelude::*;
use orm::{AsyncEngine, AsyncSession};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::accounts::Visitor;
use crate::audit;
use crate::problem::Problem;

/// The session of the request. It takes a connection with its first statement, and keeps it while it is in a transaction.
#[derive(Debug)]
pub struct Db {
    session: OwnedMutexGuard<AsyncSession>,
    /// Who is noted for the changes, until the session knows.
    actor: Option<String>,
}

impl Db {
    /// Runs a part of the unit of work, on a thread where it may block. A handler may do so several times, and await other things in between.
    ///
    /// # Errors
    ///
    /// Those of `work`. The handler returns them, so that the session is rolled back.
    pub async fn run<R: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<R, Problem> + Send + 'static,
    ) -> Result<R, Problem> {
        let actor = self.actor.take();
        let part = self.session.run(move |session| {
            if let Some(actor) = actor {
                audit::listen(session, actor);
            }
            work(session)
        });
        part.await
    }
}

#[derive(Clone)]
struct OfRequest(Arc<Mutex<AsyncSession>>);

/// Makes the session of a request and ends it. Requests that are safe, as `GET` is, commit nothing.
pub async fn unit(State(engine): State<AsyncEngine>, mut request: Request, next: Next) -> Response {
    let writes = !request.method().is_safe();
    let session = Arc::new(Mutex::new(engine.session()));
    request.extensions_mut().insert(OfRequest(Arc::clone(&session)));
    let response = next.run(request).await;
    let succeeded = response.status().is_success() || response.status().is_redirection();
    if !writes || !succeeded {
        return response; // a session that is dropped rolls back
    }
    match session.lock().await.commit().await {
        Ok(()) => response,
        Err(error) => Problem::from(error).into_response(),
    }
}

impl<S: Sync> FromRequestParts<S> for Db {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let OfRequest(session) = parts.extensions.get().cloned().ok_or_else(|| Problem::internal("no layer `unit`"))?;
        let session = session.try_lock_owned().map_err(|_| Problem::internal("a handler takes `Db` once"))?;
        let visitor = parts.extensions.get::<Visitor>();
        let actor = visitor.map(|visitor| visitor.name().unwrap_or("nobody").to_owned());
        Ok(Self { session, actor })
    }
}
