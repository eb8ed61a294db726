//! A private PostgreSQL server: made of the machine's own binaries, gone when its owner is gone.

mod binaries;
mod install;
mod server;

pub use server::Server;

/// The variable that names a server to test against instead of a private one.
pub const URL_VARIABLE: &str = "ORM_TEST_POSTGRES_URL";
