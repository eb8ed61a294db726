//! `cargo xtask test`: every test of the project, on both databases or, with `--quick`, on SQLite alone.

use std::time::Instant;

use crate::Result;
use crate::command::{cargo, root, succeeds};
use crate::postgres::{POOLER_VARIABLE, Pooler, Server, URL_VARIABLE};

/// Test programs that need a PostgreSQL server, besides those whose names begin with `postgres`.
const ON_A_SERVER: &[&str] = &["async_runtime", "pooler", "private_server"];

/// Runs all tests with all features. `args` go to the test runner, but for a first `--quick`, which leaves out PostgreSQL, the
/// documentation, and the programs that must not compile.
///
/// # Errors
///
/// When a test fails or no server is to be had.
pub fn run(args: &[String]) -> Result<()> {
    let started = Instant::now();
    let (quick, args) = match args.split_first() {
        Some((first, rest)) if first == "--quick" => (true, rest),
        _ => (false, args),
    };
    let nextest = succeeds("cargo", &["nextest", "--version"]);
    let runner = if nextest { "cargo nextest" } else { "cargo test" };
    let databases = if quick { Databases::sqlite() } else { Databases::all()? };
    let which = if args.is_empty() { "all tests".to_owned() } else { format!("tests ({})", args.join(" ")) };
    let left_out = if quick { "; without PostgreSQL, documentation and compile-fail tests" } else { "" };
    println!("running {which} on {} by {runner}{left_out}", databases.names);
    for step in steps(nextest, args.is_empty() && !quick) {
        let mut command = cargo(step);
        command.arg("--all-features").args(if quick { quick_targets()? } else { Vec::new() }).args(args);
        command.envs(databases.variables.iter().cloned());
        crate::command::run(&mut command)?;
    }
    println!("{which} passed on {} in {:.0?}", databases.names, started.elapsed());
    Ok(())
}

/// What the tests run on. The private programs end with it.
#[derive(Debug)]
struct Databases {
    /// In words.
    names: String,
    /// Where the tests find them.
    variables: Vec<(&'static str, String)>,
    _private: (Option<Pooler>, Option<Server>),
}

impl Databases {
    fn sqlite() -> Self {
        Self { names: "SQLite".to_owned(), variables: Vec::new(), _private: (None, None) }
    }

    /// SQLite, and the server and the pooler before it that the environment names, or private ones, which are started.
    fn all() -> Result<Self> {
        let given = |variable| std::env::var(variable).ok().filter(|url| !url.is_empty());
        let named = given(URL_VARIABLE);
        let server = if named.is_none() { Some(Server::start_or_install()?) } else { None };
        let names = match &server {
            Some(server) => format!("SQLite and a private server of {}", server.program()),
            None => format!("SQLite and the PostgreSQL server that {URL_VARIABLE} names"),
        };
        let url = server.as_ref().map(|server| server.url().to_owned()).or(named).unwrap_or_default();
        let pooler = if given(POOLER_VARIABLE).is_none() { Some(Pooler::start_or_install(&url)?) } else { None };
        let pooled = pooler.as_ref().map(|pooler| (POOLER_VARIABLE, pooler.url().to_owned()));
        let variables = std::iter::once((URL_VARIABLE, url)).chain(pooled).collect();
        Ok(Self { names, variables, _private: (pooler, server) })
    }
}

/// Without arguments, everything, documentation included; nextest does not run that itself. Examples and benches have no tests.
fn steps(nextest: bool, everything: bool) -> &'static [&'static [&'static str]] {
    match (nextest, everything) {
        (true, true) => &[&["nextest", "run", "--no-fail-fast"], &["test", "--doc"]],
        (true, false) => &[&["nextest", "run"]],
        (false, true) => &[&["test", "--no-fail-fast"]],
        (false, false) => &[&["test"]],
    }
}

/// Unit tests, the guide, and the test programs that need no server.
fn quick_targets() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for package in std::fs::read_dir(root())? {
        let Ok(programs) = std::fs::read_dir(package?.path().join("tests")) else { continue };
        for program in programs {
            let program = program?.path();
            if program.extension().is_some_and(|extension| extension == "rs") {
                names.extend(program.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
    }
    names.sort();
    names.retain(|name| !name.starts_with("postgres") && !ON_A_SERVER.contains(&name.as_str()));
    let programs = names.into_iter().flat_map(|name| ["--test".to_owned(), name]);
    Ok(std::iter::once("--lib".to_owned()).chain(programs).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_runs_the_suite_on_sqlite_alone() -> Result<()> {
        let targets = quick_targets()?;
        for (name, expected) in [("sqlite", true), ("sqlite_file", true), ("postgres", false), ("async_runtime", false)]
        {
            assert_eq!(targets.iter().any(|target| target == name), expected, "{targets:?}");
        }
        Ok(())
    }
}
