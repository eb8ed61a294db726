//! What a flush has to do, row by row, before anything is ordered: [`work`], with a file for each kind of thing that it has to see.
//!
//! Pure: memory is read, and nothing else.

pub(crate) mod changed_keys;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod post_update;
mod replace;
pub(crate) mod unique;
pub(crate) mod work;
