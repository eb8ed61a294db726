//! Sessions over several databases, of one kind and of different kinds.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod commits;
mod crashes;
mod graphs;
mod models;
mod replicas;
mod routes;
mod savepoints;
