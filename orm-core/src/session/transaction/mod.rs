//! The transaction of a session.
//!
//! [`link`] is the way to a database, by which every statement goes ([`statements`]), and [`links`] are all of a session; [`failure`] is what becomes of the transaction when
//! one fails, and [`limits`] end one early. [`commit`] begins and ends transactions, [`nested`] savepoints, [`two_phase`] prepares a commit; each
//! has the store follow. [`reading`] asks replicas, [`snapshot`] lets the reads of a call share one, [`several`] commits several databases, and [`part`] is a session that commits with others. A [`unit`] of work has a session of its own, and may be run
//! again, in several [`attempts`].

mod attempts;
mod commit;
mod failure;
mod limits;
pub(crate) mod link;
pub(crate) mod links;
pub(crate) mod names;
mod nested;
mod part;
pub(crate) mod prepared;
mod reading;
pub(crate) mod several;
mod snapshot;
pub(crate) mod statements;
mod token;
mod two_phase;
mod unit;

pub use attempts::{Attempt, Attempts};
pub(crate) use commit::span;
pub use nested::Nested;
pub(crate) use statements::Prepared;
pub use token::{TransactionOutcome, TransactionToken};
pub use unit::Unit;
