//! Deletes an artist of the Chinook music shop with all that hangs on it: albums, tracks, their places in playlists and
//! their lines on invoices. The models say so by their cascades; the program calls `session.delete` once.
//!
//! `cargo run -p chinook-delete -- chinook.sqlite "Iron Maiden"` works on a copy of the file, which goes when the program
//! ends; `--fixture` in place of the path works on a miniature in memory, or in a schema of its own of the PostgreSQL
//! database that `DATABASE_URL` names; `--in-place` and a URL really delete in that database. `--echo` shows the statements.
//!
//! The program fails when it took more statements than there are levels and tables to ask, or when rows remain.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints what it found")]

mod copy;
mod rows;

use std::env;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chinook::models::Artist;
use chinook::source::Source;
use copy::Copy;
use orm::prelude::*;
use rows::Rows;

const USAGE: &str = "usage: chinook-delete (SQLITE_FILE | --fixture | --in-place PATH_OR_URL) ARTIST [--echo]";

/// BEGIN, a SELECT for the artist and for each of four relations, a DELETE for each of five tables, COMMIT.
const MOST_STATEMENTS: usize = 12;

fn main() -> ExitCode {
    let (flags, names): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let outcome = match &names[..] {
        [artist] if has("--fixture") => run(&Source::fixture(), artist, has("--echo")),
        [place, artist] if has("--in-place") => run(&Source::writable(place), artist, has("--echo")),
        [file, artist] if flags.iter().all(|flag| flag == "--echo") => on_a_copy(file, artist, has("--echo")),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chinook-delete: {error}");
            ExitCode::FAILURE
        }
    }
}

fn on_a_copy(file: &str, artist: &str, echo: bool) -> orm::Result<()> {
    let copy =
        Copy::of(file).map_err(|error| orm::Error::new(ErrorKind::Config, format!("copying {file}: {error}")))?;
    run(&Source::writable(copy.path()), artist, echo)
}

fn run(source: &Source, artist: &str, echo: bool) -> orm::Result<()> {
    if echo {
        tracing_subscriber::fmt().with_writer(io::stderr).init();
    }
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let engine = source.connect(echo, move |statement| {
        // On PostgreSQL an engine asks once for the columns of a table.
        if !statement.sql.starts_with("DESCRIBE ") {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    let of_artist = engine.transaction(|session| Rows::of(session, artist))?;
    let before = engine.transaction(Rows::all)?;

    let start = sent.load(Ordering::Relaxed);
    engine.transaction(|session| {
        let artist = Artist::query().filter(Artist::name.eq(artist)).one(session)?;
        session.delete(artist)
    })?;
    let statements = sent.load(Ordering::Relaxed) - start;

    let gone = before.less(engine.transaction(Rows::all)?);
    println!("{artist}: {gone} gone, in {statements} statements");
    if gone != of_artist {
        return Err(failed(format!("{artist} had {of_artist}")));
    }
    if statements > MOST_STATEMENTS {
        return Err(failed(format!("{MOST_STATEMENTS} statements are enough")));
    }
    Ok(())
}

fn failed(message: String) -> orm::Error {
    orm::Error::new(ErrorKind::InvalidState, message)
}
