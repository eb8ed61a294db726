//! `cargo xtask test`: every test of the workspace, on both databases.

use std::time::Instant;

use crate::Result;
use crate::command::{cargo, succeeds};
use crate::postgres::{Server, URL_VARIABLE};

/// Starts a private PostgreSQL server, unless `ORM_TEST_POSTGRES_URL` names one, and runs all tests with all features.
/// `args` go to the test runner.
///
/// # Errors
///
/// When a test fails or no server is to be had.
pub fn run(args: &[String]) -> Result<()> {
    let started = Instant::now();
    let server = match std::env::var(URL_VARIABLE) {
        Ok(url) if !url.is_empty() => None,
        _ => Some(Server::start_or_install()?),
    };
    let nextest = succeeds("cargo", &["nextest", "--version"]);
    for step in steps(nextest, args.is_empty()) {
        let mut command = cargo(step);
        command.args(["--workspace", "--all-features"]).args(args);
        if let Some(server) = &server {
            command.env(URL_VARIABLE, server.url());
        }
        crate::command::run(&mut command)?;
    }
    drop(server);
    println!("all tests passed on SQLite and PostgreSQL in {:.0?}", started.elapsed());
    Ok(())
}

/// Without arguments, everything, documentation included; nextest does not run that itself.
fn steps(nextest: bool, everything: bool) -> &'static [&'static [&'static str]] {
    match (nextest, everything) {
        (true, true) => &[&["nextest", "run", "--no-fail-fast"], &["test", "--doc"]],
        (true, false) => &[&["nextest", "run"]],
        (false, true) => &[&["test", "--no-fail-fast"]],
        (false, false) => &[&["test"]],
    }
}
