//! Sessions of a program: a [`factory`](Sessions) that makes them alike, over [several databases](bind) and their [replicas](reader) too, and
//! registries that keep one for each [thread](ScopedSessions) or [key](KeyedSessions).

mod bind;
mod factory;
mod keyed;
mod place;
mod reader;
mod scoped;

pub use factory::Sessions;
pub use keyed::KeyedSessions;
pub use scoped::ScopedSessions;
