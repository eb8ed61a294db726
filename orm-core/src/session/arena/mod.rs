//! The objects of one model that a session owns, and the map from their keys.

mod erased;
mod image;
mod typed;

pub(crate) use erased::AnyArena;
pub(crate) use typed::{Arena, Populate, Reading};
