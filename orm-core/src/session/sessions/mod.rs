//! Sessions of a program: a [`factory`](Sessions) that makes them alike, and a [registry](ScopedSessions) that keeps one for each thread.

mod factory;
mod scoped;

pub use factory::Sessions;
pub use scoped::ScopedSessions;
