//! Sessions of a program: a [`factory`](Sessions) that makes them alike, over [several databases](bind) and their [replicas](reader) too, factories for the database of each
//! [tenant](Tenants), and registries that keep one for each [thread](ScopedSessions) or [key](KeyedSessions).

mod bind;
mod factory;
mod keyed;
mod place;
mod reader;
mod scoped;
mod tenants;

pub use factory::Sessions;
pub use keyed::KeyedSessions;
pub use scoped::ScopedSessions;
pub use tenants::Tenants;
