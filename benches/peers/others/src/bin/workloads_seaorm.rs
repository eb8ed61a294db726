//! The workloads W1 to W9 with SeaORM.

use orm_workloads::SETTINGS;
use sea_orm::ConnectOptions;
use tokio::runtime::{Builder, Runtime};

/// A pool of one connection.
pub struct Peer {
    runtime: Runtime,
    connection: DatabaseConnection,
}

macro_rules! run {
    ($peer:expr, |$connection:ident| $body:expr) => {{
        let Peer { runtime, connection: $connection } = &*$peer;
        let result: Outcome<_> = runtime.block_on(async { $body });
        result
    }};
}

macro_rules! wait {
    ($call:expr) => {
        $call.await
    };
}

include!("../../../seaorm.rs");

fn main() -> Outcome {
    let url = std::env::var("DATABASE_URL")?;
    let url = match Kind::of(&url) {
        Kind::Sqlite => format!("sqlite://{}?mode=rwc", url.trim_start_matches("sqlite:///")),
        Kind::Postgres => url,
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).min_connections(1).sqlx_logging(false).test_before_acquire(false);
    let connection = runtime.block_on(sea_orm::Database::connect(options))?;
    let mut peer = Peer { runtime, connection };
    if peer.kind() == Kind::Sqlite {
        SETTINGS.iter().try_for_each(|setting| peer.execute(setting))?;
    }
    orm_workloads::serve("SeaORM", peer, ways())
}
