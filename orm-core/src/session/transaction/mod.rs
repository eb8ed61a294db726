//! The transaction of a session.
//!
//! [`link`] is the way to the database, by which every statement goes ([`statements`]). [`commit`] begins and ends transactions, [`nested`]
//! savepoints, [`two_phase`] prepares a commit; each has the store follow.

mod commit;
pub(crate) mod link;
mod nested;
mod statements;
mod two_phase;

pub(crate) use commit::span;
pub use nested::Nested;
