//! Makes a family of two tables of the Chinook music shop: employees and customers become people, by a revision in plain SQL. Then it reports
//! on all of them at once.
//!
//! `cargo run -p chinook-people` works on a miniature in memory, or in a schema of its own of the PostgreSQL database that `DATABASE_URL`
//! names.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints what it found")]

mod models;
mod report;

use std::error::Error;
use std::process::ExitCode;

use chinook::source::Source;
use orm::migrate::Migrations;

/// The revision, which a program that is deployed has inside.
const FILES: [(&str, &str); 2] = [
    ("1_people/revision.toml", include_str!("../migrations/1_people/revision.toml")),
    ("1_people/up.sql", include_str!("../migrations/1_people/up.sql")),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chinook-people: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let engine = Source::fixture().connect(false, |_| {})?;
    for revision in Migrations::from_files(FILES)?.upgrade(&engine)? {
        println!("upgraded {revision}\n");
    }
    let mut session = engine.session();
    report::people(&mut session)?;
    report::support(&mut session)?;
    Ok(())
}
