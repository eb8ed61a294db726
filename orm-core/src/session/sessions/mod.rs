//! Sessions of a program: a [`factory`](Sessions) that makes them alike, over several databases too ([`bind`], [`routes`]), and registries that keep one for each [thread](ScopedSessions) or
//! [key](KeyedSessions).

mod bind;
mod factory;
mod keyed;
mod place;
mod routes;
mod scoped;

pub use bind::Resolved;
pub use factory::Sessions;
pub use keyed::KeyedSessions;
pub use routes::CommitMode;
pub(crate) use routes::{Database, Routes};
pub use scoped::ScopedSessions;
