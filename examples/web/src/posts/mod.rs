//! Posts and their comments: `read` finds and shows them, [`write`] changes them.
//!
//! These are functions of a session. They know nothing of requests, and tests call them with any database.

mod read;
mod write;

pub use read::{Article, Card, Entry, Listing, Remark, Search, TagCount, deleted, history, search, show, tags};
pub use write::{Draft, add, change, comment, create, delete, restore};
