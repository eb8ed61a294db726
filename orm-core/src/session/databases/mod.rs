//! The databases of a session: which table is in which ([`routes`]), and the copies that answer what only reads ([`replicas`]).

mod replicas;
mod routes;

pub use replicas::{Balance, Position};
pub(crate) use replicas::{Choice, ReadAfter, Replicas, position};
pub use routes::CommitMode;
pub(crate) use routes::{Database, Routes};
