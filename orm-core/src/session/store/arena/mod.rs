//! The objects of one model that a session owns, and the map from their keys.

mod erased;
pub(crate) mod fields;
mod image;
mod near_hash;
mod typed;

pub(crate) use erased::AnyArena;
pub(crate) use typed::{Arena, Populate, Reading};
