//! What a load balancer asks.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use orm::{AsyncEngine, PoolStatus};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the service is.
#[derive(Serialize, ToSchema, Debug)]
pub struct Health {
    /// Whether the database answers.
    pub database: bool,
    /// The connections.
    pub pool: Pool,
}

/// The connections to the database.
#[derive(Serialize, ToSchema, Debug)]
pub struct Pool {
    /// How many there may be.
    pub limit: u32,
    /// How many are open and not in use.
    pub idle: u32,
    /// How many are in use.
    pub in_use: u32,
    /// How many requests wait for one.
    pub waiting: u32,
}

impl From<PoolStatus> for Pool {
    fn from(status: PoolStatus) -> Self {
        Self { limit: status.limit, idle: status.idle, in_use: status.checked_out, waiting: status.waiting }
    }
}

/// Asks the database, and counts the connections.
#[utoipa::path(get, path = "/health", responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn health(State(engine): State<AsyncEngine>) -> (StatusCode, Json<Health>) {
    let ping = timeout(PATIENCE, engine.blocking(|engine| engine.ping())).await;
    let database = matches!(ping, Ok(Ok(())));
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Health { database, pool: engine.pool_status().into() }))
}
