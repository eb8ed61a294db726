//! Eight reports over the Chinook music shop. Each is one query, which means the same on every database.
//!
//! `cargo run -p chinook-reports -- chinook.sqlite` prints them; with two places, such as a file and
//! `postgresql://localhost/chinook`, the program fails unless both give the same rows. `--fixture` in place of a path
//! reads a miniature in memory, or in a schema of its own of the PostgreSQL database that `DATABASE_URL` names, or in the MySQL or MariaDB
//! database that it names. Its rows are known; `--echo` shows the statements.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]

mod report;
mod reports;

use std::env;
use std::io;
use std::process::ExitCode;

use chinook::source::Source;
use orm::prelude::*;
use report::Report;

const USAGE: &str = "usage: chinook-reports (--fixture | PATH_OR_URL [PATH_OR_URL]) [--echo]";

/// What the reports say of the miniature.
const OF_FIXTURE: &str = include_str!("../fixture.txt");

fn main() -> ExitCode {
    let (flags, places): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    if has("--echo") {
        tracing_subscriber::fmt().with_writer(io::stderr).init();
    }
    let outcome = match &places[..] {
        [] if has("--fixture") => of_fixture(has("--echo")),
        [place] => read(&Source::existing(place), has("--echo")).map(|reports| print(&reports)),
        [place, other] => of_both(place, other, has("--echo")),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chinook-reports: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(source: &Source, echo: bool) -> orm::Result<Vec<Report>> {
    let engine = source.connect(echo, |_| {})?;
    engine.transaction(|session| reports::ALL.iter().map(|report| report(session)).collect())
}

fn print(reports: &[Report]) {
    for report in reports {
        println!("{report}");
    }
}

fn of_fixture(echo: bool) -> orm::Result<()> {
    let reports = read(&Source::fixture(), echo)?;
    print(&reports);
    let text: String = reports.iter().map(|report| format!("{report}\n")).collect();
    if text != OF_FIXTURE {
        return Err(differs("the reports are not those of fixture.txt".into()));
    }
    Ok(())
}

fn of_both(place: &str, other: &str, echo: bool) -> orm::Result<()> {
    let reports = read(&Source::existing(place), echo)?;
    print(&reports);
    for (one, two) in reports.iter().zip(read(&Source::existing(other), echo)?) {
        if *one != two {
            return Err(differs(format!("{other} gives other rows:\n{two}")));
        }
    }
    println!("Both databases give the same rows.");
    Ok(())
}

fn differs(message: String) -> orm::Error {
    orm::Error::new(ErrorKind::InvalidState, message)
}
