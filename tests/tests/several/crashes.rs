//! Programs that are killed while they commit in two phases, at random moments.

use std::env;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use orm::prelude::*;
use orm::{CommitMode, Result, Sessions};
use orm_tests::harness::{Harness, PostgresDatabase, SqliteFile};

use crate::models::{Customer, Event, Shop, customer};

const URLS: [&str; 3] = ["ORM_TEST_MAIN", "ORM_TEST_EVENTS", "ORM_TEST_NOTES"];

/// How often a program is killed.
const KILLS: u64 = 100;

/// What the programs do that are killed: one commit after the other, each over two databases.
#[test]
fn writer() -> Result<()> {
    let urls: Vec<String> = URLS.iter().filter_map(|name| env::var(name).ok()).collect();
    let [main, events, notes] = &urls[..] else { return Ok(()) };
    let (_engines, sessions) = Shop::at(&[main, events, notes], CommitMode::TwoPhase)?;
    for number in 0.. {
        let name = format!("{}-{number}", std::process::id());
        sessions.transaction(|session| {
            session.add(customer(&name, &[&name]));
            Ok(())
        })?;
        if number == 0 {
            std::io::stdout().write_all(b"ready\n").unwrap();
        }
    }
    Ok(())
}

/// What the connections of the programs are called.
fn application() -> String {
    format!("killed_{}", std::process::id())
}

fn start(urls: &[&str; 3]) -> Child {
    let [main, events, notes] = urls;
    let named = |url: &str| {
        let separator = if url.ends_with('?') { "" } else { "&" };
        format!("{url}{separator}application_name={}", application())
    };
    let urls = [named(main), named(events), (*notes).to_owned()];
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "crashes::writer", "--test-threads=1", "--nocapture"]).stdout(Stdio::piped());
    let mut child = command.envs(URLS.iter().zip(urls)).spawn().unwrap();
    let (mut said, mut byte) = (Vec::new(), [0]);
    let output = child.stdout.as_mut().unwrap();
    while !said.ends_with(b"ready\n") && output.read(&mut byte).unwrap() == 1 {
        said.push(byte[0]);
    }
    child
}

/// Ends what was prepared, once the server has noticed that the program is gone.
fn resolve(sessions: &Sessions, main: &Engine) -> Result<usize> {
    let connections =
        sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name").bind("name", application());
    while connections.clone().one::<i64>(&mut main.session())? > 0 {
        thread::sleep(Duration::from_millis(2));
    }
    Ok(sessions.resolve_prepared(Duration::ZERO)?.len())
}

#[test]
fn a_commit_of_a_killed_program_is_all_or_nothing() -> Result<()> {
    let databases = [PostgresDatabase::database("a"), PostgresDatabase::database("b"), SqliteFile::database("c")];
    let urls = [databases[0].url(), databases[1].url(), databases[2].url()];
    let ([main, events, _notes], sessions) = Shop::at(&urls, CommitMode::TwoPhase)?;
    sessions.create_all(orm::models![Customer, Event])?;
    let (mut left, mut written) = (0, 0);
    for kill in 0..KILLS {
        let mut child = start(&urls);
        // Between two and nine milliseconds, in steps that fall on all parts of a commit.
        thread::sleep(Duration::from_micros(2_000 + kill * 7_919 % 7_000));
        child.kill().unwrap();
        child.wait().unwrap();
        left += resolve(&sessions, &main)?;
        let customers = Customer::query().order_by(Customer::name).select(Customer::name).all(&mut main.session())?;
        let told = Event::query().order_by(Event::what).select(Event::what).all(&mut events.session())?;
        assert_eq!(customers, told, "after {kill} kills");
        assert!(main.prepared_transactions()?.is_empty() && events.prepared_transactions()?.is_empty());
        written = customers.len();
    }
    assert!(written > 0 && left > 0, "the kills have to fall between the phases: {written} commits, {left} resolved");
    Ok(())
}
