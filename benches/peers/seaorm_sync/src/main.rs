//! The workloads W1 to W9 with SeaORM without async, which has SQLite alone.

use orm_workloads::SETTINGS;

/// A connection.
pub struct Peer {
    connection: DatabaseConnection,
}

macro_rules! run {
    ($peer:expr, |$connection:ident| $body:expr) => {{
        let Peer { connection: $connection } = &*$peer;
        #[allow(unused_mut, reason = "only some blocks change what they capture")]
        let mut run = || -> Outcome<_> { $body };
        run()
    }};
}

macro_rules! wait {
    ($call:expr) => {
        $call
    };
}

include!("../../seaorm.rs");

fn main() -> Outcome {
    let url = std::env::var("DATABASE_URL")?;
    if Kind::of(&url) == Kind::Postgres {
        println!("SeaORM-sync");
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
        return Ok(());
    }
    let connection = sea_orm::Database::connect(format!("sqlite://{}", url.trim_start_matches("sqlite:///")))?;
    let mut peer = Peer { connection };
    SETTINGS.iter().try_for_each(|setting| peer.execute(setting))?;
    orm_workloads::serve("SeaORM-sync", peer, ways())
}
