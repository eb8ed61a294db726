//! Sessions over shards: databases that have the same tables and each a part of the rows.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod choosing;
mod commits;
mod models;
mod moving;
mod objects;
mod queries;
mod random;
mod refused;
mod writes;
