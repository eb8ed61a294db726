//! A private PostgreSQL server, and a pooler before a server: made of the machine's own binaries, gone when their owner is gone.

mod binaries;
mod pooler;
mod server;

pub use pooler::Pooler;
pub use server::Server;

/// The variable that names a server to test against instead of a private one.
pub const URL_VARIABLE: &str = "ORM_TEST_POSTGRES_URL";

/// The variable that names a pooler before that server to test against instead of a private one.
pub const POOLER_VARIABLE: &str = "ORM_TEST_POOLER_URL";
