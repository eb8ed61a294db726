//! The objects of one model that a session owns, and the map from their keys.
//!
//! The session knows an [`AnyArena`]. It is divided by who uses it: the planner of a flush reads [`Columns`], the user's calls and the executor
//! make [`Changes`], loading asks for [`Identity`], and a rollback needs [`History`].

mod changes;
mod columns;
mod erased;
pub(crate) mod fields;
mod history;
mod identity;
mod image;
mod near_hash;
mod parts;
mod typed;

pub(crate) use changes::Changes;
pub(crate) use columns::Columns;
pub(crate) use erased::AnyArena;
pub(crate) use history::History;
pub(crate) use identity::Identity;
pub(crate) use typed::{Arena, Populate, Reading, does_not_fit};
