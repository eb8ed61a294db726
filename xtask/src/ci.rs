//! `cargo xtask ci`: what must hold besides the tests.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::command::{cargo, root, run as run_command};
use crate::postgres::Server;
use crate::stores::STORES;
use crate::{Result, bench_count, bench_peers, book, browser, cluster, mariadb, tidy, torture};

const DENY: &[&str] = &["--", "-D", "warnings"];

/// What examples need to be told; the others take no arguments.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("chinook", &["--fixture", "The Fixtures", "--echo"]),
    ("chinook-delete", &["--fixture", "The Fixtures"]),
    ("chinook-reports", &["--fixture"]),
];

/// The examples whose tests look at their pages in a browser.
const IN_BROWSER: &[&str] = &["web"];

/// Format, clippy with all, default and each single feature, the programs of the load test and of the peers,
/// documentation, the book, tidy, the counted instructions, examples, the clusters, and the short form of torture.
///
/// # Errors
///
/// At the first check that fails.
pub fn run() -> Result<()> {
    step("format", format)?;
    step("tidy", tidy::run)?;
    step("clippy, all features", || clippy(&["--workspace", "--all-targets", "--all-features"]))?;
    step("clippy, default features", || clippy(&["--workspace", "--all-targets"]))?;
    step("clippy, no features", || clippy(&["-p", "orm", "--no-default-features"]))?;
    for feature in features()? {
        let name = format!("check, only `{feature}`");
        step(&name, || clippy(&["-p", "orm", "--no-default-features", "--features", &feature]))?;
    }
    step("peers", bench_peers::check)?;
    step("documentation", documentation)?;
    step("book", book::run)?;
    step("instructions", || bench_count::run(&[]))?;
    step("examples", examples)?;
    step("cluster", || cluster::run(&[]))?;
    step("cluster of MariaDB", || cluster::run(&["--mariadb".to_owned()]))?;
    step("torture", || torture::run(&["--short".to_owned()]))
}

/// The examples that run on MariaDB too, where they print what they print on SQLite.
const MARIADB: &[&str] = &["cars", "chinook", "chinook-reports", "school", "users"];

/// The examples that run on MariaDB too, and print the statements of each database.
const MARIADB_ALONE: &[&str] = &["blog"];

/// Runs every example: on SQLite as it is started without settings, and on a PostgreSQL server of its own; or on the store that it is about. Some
/// run on a MariaDB server as well.
/// Of an example that serves until it is stopped, the tests are run.
///
/// # Errors
///
/// At the first example that fails.
pub fn examples() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("orm-examples-{}", std::process::id()));
    for example in example_names()? {
        std::fs::create_dir_all(&folder)?;
        if IN_BROWSER.contains(&example.as_str()) {
            browser::ensure()?;
        }
        let outcome = match STORES.iter().find(|store| store.examples.contains(&example.as_str())) {
            Some(store) => example_with(&example, &store.start()?.example_variables, &folder),
            None => {
                let server = Server::start_or_install()?;
                let url = [("DATABASE_URL", server.url().to_owned())];
                example_with(&example, &[], &folder).and_then(|()| example_with(&example, &url, &folder))
            }
        };
        let outcome = outcome.and_then(|()| match MARIADB.contains(&example.as_str()) {
            true => prints_alike(&example, &folder),
            false if MARIADB_ALONE.contains(&example.as_str()) => {
                let server = mariadb::Server::start_or_install()?;
                example_with(&example, &[("DATABASE_URL", examples_url(&server))], &folder)
            }
            false => Ok(()),
        });
        std::fs::remove_dir_all(&folder)?;
        outcome?;
    }
    Ok(())
}

/// Runs an example on SQLite and on a MariaDB server, and compares what it prints.
fn prints_alike(name: &str, folder: &PathBuf) -> Result<()> {
    let server = mariadb::Server::start_or_install()?;
    let url = [("DATABASE_URL", examples_url(&server))];
    let printed = |variables: &[(&'static str, String)]| -> Result<String> {
        let output = example(name, variables, folder).output()?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("{name} on MariaDB: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    };
    let (here, there) = (printed(&[])?, printed(&url)?);
    if here != there {
        return Err(format!("{name} prints on SQLite:\n{here}\nand on MariaDB:\n{there}").into());
    }
    println!("{name} prints the same on MariaDB");
    Ok(())
}

/// The database of a private server that is for examples.
fn examples_url(server: &mariadb::Server) -> String {
    format!("{}/examples", server.url())
}

fn example_with(name: &str, variables: &[(&'static str, String)], folder: &PathBuf) -> Result<()> {
    run_command(&mut example(name, variables, folder))
}

fn example(name: &str, variables: &[(&'static str, String)], folder: &PathBuf) -> Command {
    let manifest = root().join("Cargo.toml");
    let verb = if root().join("examples").join(name).join("tests").is_dir() { "test" } else { "run" };
    let mut command = cargo(&[verb, "--quiet", "--manifest-path", &manifest.to_string_lossy(), "--package", name]);
    let arguments = ARGUMENTS.iter().filter(|(example, _)| *example == name).flat_map(|(_, arguments)| *arguments);
    command.arg("--").args(arguments).current_dir(folder).env_remove("DATABASE_URL").envs(variables.iter().cloned());
    command
}

fn example_names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("examples"))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Cargo does not find the modules that a macro names: those are handed to rustfmt one by one.
fn format() -> Result<()> {
    run_command(&mut cargo(&["fmt", "--all", "--check"]))?;
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check"]).current_dir(root());
    for entry in std::fs::read_dir(root().join("tests/src/cases"))? {
        rustfmt.arg(entry?.path());
    }
    run_command(&mut rustfmt)
}

fn clippy(what: &[&str]) -> Result<()> {
    run_command(cargo(&["clippy", "--quiet"]).args(what).args(DENY))
}

fn documentation() -> Result<()> {
    run_command(
        cargo(&["doc", "--quiet", "--workspace", "--no-deps", "--all-features"]).env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The features of the facade, as its manifest lists them.
fn features() -> Result<Vec<String>> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml"))?;
    let section = manifest.split("\n[features]\n").nth(1).ok_or("Cargo.toml has no [features]")?;
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim().to_owned());
    Ok(names.filter(|name| name != "default").collect())
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n== {name}");
    let started = Instant::now();
    work().map_err(|error| format!("{name}: {error}"))?;
    println!("== {name}: ok in {:.1?}", started.elapsed());
    Ok(())
}
