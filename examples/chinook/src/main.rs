//! Reads the Chinook music shop, a database that this program did not make and never writes.
//!
//! `cargo run -p chinook -- chinook.sqlite "Iron Maiden"` takes a path or a URL; `--echo` shows the statements and counts
//! them; `--fixture` in place of the path runs on a miniature in memory, or in the MySQL or MariaDB database that `DATABASE_URL` names, or in
//! a schema of its own of the PostgreSQL database.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints what it found")]

mod report;

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chinook::source::Source;

const USAGE: &str = "usage: chinook (PATH_OR_URL | --fixture) ARTIST [--echo]";

fn main() -> ExitCode {
    let (flags, names): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let (source, artist) = match &names[..] {
        [artist] if has("--fixture") => (Source::fixture(), artist),
        [place, artist] if !has("--fixture") => (Source::existing(place), artist),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&source, artist, has("--echo")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chinook: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Source, artist: &str, echo: bool) -> orm::Result<()> {
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
    }
    let selects = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&selects);
    let engine = source.connect(echo, move |statement| {
        if statement.sql.starts_with("SELECT") {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    let mut session = engine.session();

    report::albums(&mut session, artist)?;
    report::best_sellers(&mut session)?;
    if echo {
        println!("\nSELECT statements: {}", selects.load(Ordering::Relaxed));
    }
    Ok(())
}
