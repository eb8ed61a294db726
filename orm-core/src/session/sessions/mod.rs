//! Sessions of a program: a [`factory`](Sessions) that makes them alike, and registries that keep one for each [thread](ScopedSessions) or
//! [key](KeyedSessions).

mod factory;
mod keyed;
mod place;
mod scoped;

pub use factory::Sessions;
pub use keyed::KeyedSessions;
pub use scoped::ScopedSessions;
