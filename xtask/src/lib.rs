//! The project's own commands, and the private servers that tests run against.

#![expect(clippy::print_stdout, reason = "a command line tool")]

pub mod bench_count;
pub mod bench_peers;
pub mod book;
mod browser;
pub mod ci;
pub mod cluster;
mod command;
pub mod compile_bench;
pub mod dynamodb;
pub mod influx;
pub mod mariadb;
pub mod postgres;
mod private;
pub mod recorder;
pub mod redis;
mod stores;
pub mod test;
pub mod tidy;
pub mod torture;

/// What commands return: the error is a sentence for the person at the terminal.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
