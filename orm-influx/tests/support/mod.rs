//! The server of the tests, and what they read of requests.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code, of which each program uses a part"
)]

use std::io::Read;
use std::sync::OnceLock;

use orm_influx::Influx;
use orm_influx::chrono::{DateTime, TimeDelta, Utc};
use xtask::recorder::Recorded;
pub use xtask::recorder::Recorder;

static SERVER: OnceLock<xtask::influx::Server> = OnceLock::new();

/// The server that the environment names, or a private one of this process.
pub fn url() -> String {
    match std::env::var(xtask::influx::URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        _ => SERVER.get_or_init(|| xtask::influx::Server::start_or_install().unwrap()).url().to_owned(),
    }
}

/// A client of a new database.
pub fn database(name: &str) -> Influx {
    let influx = Influx::v1(url()).database(format!("{name}_{}", std::process::id())).build().unwrap();
    let database = format!("{name}_{}", std::process::id());
    influx.drop_database(&database).unwrap();
    influx.create_database(&database, None).unwrap();
    influx
}

/// A day, which begins a week of the server, so that its points are in one shard.
pub fn day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_006_400, 0).unwrap()
}

pub fn second(number: i64) -> DateTime<Utc> {
    day() + TimeDelta::seconds(number)
}

/// The body of a request as text.
pub trait Text {
    /// Decompressed.
    fn text(&self) -> String;
}

impl Text for Recorded {
    fn text(&self) -> String {
        let mut text = String::new();
        if self.header("content-encoding") == Some("gzip") {
            flate2::read::GzDecoder::new(&self.body[..]).read_to_string(&mut text).unwrap();
        } else {
            (&self.body[..]).read_to_string(&mut text).unwrap();
        }
        text
    }
}
