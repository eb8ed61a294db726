//! The engine: a backend with its pool of connections, and hooks around its statements.

mod alter;
mod builder;
mod connection;
mod handle;
mod hooks;
mod lazy_loads;
mod limits;
mod metrics;
mod notifications;
mod options;
mod pool;
mod prepared;
mod reflect;
mod schema;
mod spelling;
mod statement;
mod tables;
mod url;

pub use builder::EngineBuilder;
pub use connection::Conn;
pub use handle::Engine;
pub use hooks::{ConnectionEvent, EngineHooks, Opening};
pub use lazy_loads::LazyLoads;
pub(crate) use limits::{Bounds, after, sooner};
pub use metrics::{Histogram, Metrics};
pub use notifications::Notifications;
pub use options::UrlOption;
pub(crate) use pool::At;
pub use pool::{PoolKind, PoolStatus};
pub(crate) use prepared::{Second, check_prepared_id};
pub use statement::{FlushedRows, StatementEvent, StatementTags};
pub use url::DatabaseUrl;

pub use crate::sql::StatementKind;
