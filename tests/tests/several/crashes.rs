//! Programs that are killed while they commit in two phases, at random moments.

use std::env;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use orm::prelude::*;
use orm::{CommitMode, Result};
use orm_tests::harness::Harness;

use crate::models::{Customer, Event, Shop, customer};

const URLS: [&str; 3] = ["ORM_TEST_MAIN", "ORM_TEST_EVENTS", "ORM_TEST_NOTES"];

/// How often a program is killed.
const KILLS: u64 = 60;

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

fn start(urls: &[&str; 3]) -> Child {
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

/// How many connections there are to the database of an engine.
fn connections(engine: &Engine) -> Result<i64> {
    let text = match engine.dialect().capabilities().prepared_from_begin {
        true => "SELECT count(*) FROM information_schema.processlist WHERE db = database()",
        false => "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    };
    sql(text).one(&mut engine.session())
}

mod prepared {
    use super::a_commit_of_a_killed_program_is_all_or_nothing;

    crate::on_prepared! { a_commit_of_a_killed_program_is_all_or_nothing }
}

fn a_commit_of_a_killed_program_is_all_or_nothing<A: Harness, B: Harness, C: Harness>() -> Result<()> {
    let databases = [A::database("a"), B::database("b"), C::database("c")];
    let urls = [databases[0].url(), databases[1].url(), databases[2].url()];
    let ([main, events, _notes], sessions) = Shop::at(&urls, CommitMode::TwoPhase)?;
    sessions.create_all(orm::models![Customer, Event])?;
    let own = [connections(&main)?, connections(&events)?];
    let (mut left, mut written) = (0, 0);
    for kill in 0..KILLS {
        let mut child = start(&urls);
        // Between two and nine milliseconds, in steps that fall on all parts of a commit.
        thread::sleep(Duration::from_micros(2_000 + kill * 7_919 % 7_000));
        child.kill().unwrap();
        child.wait().unwrap();
        // Until the servers have noticed that the program is gone.
        while [connections(&main)?, connections(&events)?] != own {
            thread::sleep(Duration::from_millis(2));
        }
        left += sessions.resolve_prepared(Duration::ZERO)?.len();
        let customers = Customer::query().order_by(Customer::name).select(Customer::name).all(&mut main.session())?;
        let told = Event::query().order_by(Event::what).select(Event::what).all(&mut events.session())?;
        assert_eq!(customers, told, "after {kill} kills");
        assert!(main.prepared_transactions()?.is_empty() && events.prepared_transactions()?.is_empty());
        written = customers.len();
    }
    assert!(written > 0 && left > 0, "the kills have to fall between the phases: {written} commits, {left} resolved");
    Ok(())
}
