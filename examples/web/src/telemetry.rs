//! The log: a span for each request, around its statements.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, info, info_span};

/// Runs a request in a span of its own. What the engine logs for it, on whichever thread, is within the span.
pub async fn trace(request: Request, next: Next) -> Response {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let span = info_span!("request", number, method = %request.method(), path = request.uri().path());
    let answered = async {
        let since = Instant::now();
        let response = next.run(request).await;
        info!(status = response.status().as_u16(), took = ?since.elapsed(), "answered");
        response
    };
    answered.instrument(span).await
}
