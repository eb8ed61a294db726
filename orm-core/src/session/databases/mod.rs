//! The databases of a session: which table is in which ([`routes`]), the copies that answer what only reads ([`replicas`]), and the
//! [`schema`] that they are asked in.

mod replicas;
mod routes;
mod schema;

pub use replicas::{Balance, Position};
pub(crate) use replicas::{Choice, ReadAfter, Replicas, position};
pub use routes::CommitMode;
pub(crate) use routes::{Database, Routes};
