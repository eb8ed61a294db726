//! The engine: a backend with its pool of connections, and hooks around its statements.

mod builder;
mod connection;
mod handle;
mod options;
mod pool;
mod prepared;
mod schema;
mod statement;
mod stream;
mod tables;
mod url;

pub use builder::EngineBuilder;
pub use connection::Conn;
pub use handle::Engine;
pub use options::UrlOption;
pub use statement::{StatementEvent, StatementHook};
pub use url::DatabaseUrl;
