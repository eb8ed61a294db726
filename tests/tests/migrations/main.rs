//! Revisions on databases: run, undone, written from models, by many programs at once, and by programs that are killed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code")]

mod alembic;
mod commands;
mod complaints;
mod lint;
mod locks;
mod models;
mod renames;
mod running;
mod scripts;
mod support;
mod tenants;
mod walks;
