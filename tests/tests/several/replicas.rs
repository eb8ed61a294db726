//! A streaming replica of PostgreSQL answers what only reads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Balance, ErrorKind, Position, Result, Sessions, models};
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, SqliteFile, SqliteMemory};
use xtask::postgres::Server;

use crate::models::Note;

fn note(text: &str) -> Note {
    Note { text: text.into(), ..Default::default() }
}

/// A server and its replica, which replays what it gets when it is told to.
struct Pair {
    main: Engine,
    replica: Engine,
    sessions: Sessions,
    standby: Server,
    _primary: Server,
}

impl Pair {
    fn start() -> Result<Self> {
        let primary = Server::start().unwrap();
        let standby = primary.standby().unwrap();
        let main = Engine::connect(primary.url())?;
        let replica = Engine::connect(standby.url())?;
        main.create_all(models![Note])?;
        let sessions = main.sessions().replica(&replica)?.replica_pause(Duration::from_millis(100));
        let pair = Self { main, replica, sessions, standby, _primary: primary };
        pair.catch_up();
        Ok(pair)
    }

    /// Waits until the replica has all that was written.
    fn catch_up(&self) {
        let position = self.main.session().position().unwrap();
        let reached = || {
            let sql = sql("SELECT pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)")
                .bind("position", position.to_string());
            sql.one::<bool>(&mut self.replica.session()).unwrap()
        };
        let begun = Instant::now();
        while !reached() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the replica does not follow");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The replica gets what is written, and does not show it.
    fn pause(&self) -> Result<()> {
        self.replica.connection()?.execute_script("SELECT pg_wal_replay_pause()")?;
        let paused = sql("SELECT pg_get_wal_replay_pause_state()");
        while paused.clone().one::<String>(&mut self.replica.session())? != "paused" {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn go_on(&self) -> Result<()> {
        self.replica.connection()?.execute_script("SELECT pg_wal_replay_resume()")
    }

    fn write(&self, text: &str) -> Result<Session> {
        let mut session = self.sessions.session();
        session.add(note(text));
        session.commit()?;
        Ok(session)
    }
}

fn count(session: &mut Session) -> Result<u64> {
    Note::query().count(session)
}

#[test]
fn who_only_reads_reads_from_the_replica() -> Result<()> {
    let pair = Pair::start()?;
    pair.pause()?;
    let mut writer = pair.write("a")?;
    assert_eq!(count(&mut writer)?, 1, "what a session wrote, it reads");
    assert_eq!(count(&mut pair.sessions.session())?, 0, "another one has written nothing");
    assert_eq!(count(&mut pair.sessions.reader())?, 0);
    assert_eq!(count(&mut pair.main.session())?, 1);

    let mut begun = pair.sessions.session();
    begun.begin()?;
    assert_eq!(count(&mut begun)?, 1, "a transaction may go on to write");
    begun.rollback()?;
    let mut reader = pair.sessions.reader();
    reader.begin()?;
    assert_eq!(count(&mut reader)?, 0, "but not one of a reader");
    assert!(sql("SELECT pg_is_in_recovery()").one::<bool>(&mut reader)?);
    reader.rollback()?;

    pair.go_on()?;
    pair.catch_up();
    assert_eq!(count(&mut pair.sessions.reader())?, 1);
    Ok(())
}

#[test]
fn a_position_lets_others_read_what_was_written() -> Result<()> {
    let pair = Pair::start()?;
    pair.pause()?;
    let position = pair.write("a")?.position()?.to_string();
    let position: Position = position.parse()?;
    for mut session in [pair.sessions.session(), pair.sessions.reader()] {
        assert_eq!(count(&mut session)?, 0);
        session.read_after(position.clone());
        assert_eq!(count(&mut session)?, 1, "from the database itself");
    }
    pair.go_on()?;
    pair.catch_up();
    let mut session = pair.sessions.session();
    session.read_after(position);
    assert_eq!(count(&mut session)?, 1);
    assert!(pair.replica.pool_status().idle > 0);
    expect_error("0/x".parse::<Position>(), ErrorKind::Config, &["0/x", "position()"]);
    Ok(())
}

#[test]
fn a_replica_that_is_too_far_behind_is_left_out() -> Result<()> {
    let pair = Pair::start()?;
    let sessions = pair.sessions.clone().max_lag(Duration::from_millis(300)).balance(Balance::LeastLoad);
    pair.write("a")?;
    pair.catch_up();
    pair.pause()?;
    pair.write("b")?;
    assert_eq!(count(&mut sessions.reader())?, 1, "it is not so far behind yet");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(count(&mut sessions.reader())?, 2);
    pair.go_on()?;
    pair.catch_up();
    pair.write("c")?;
    pair.catch_up();
    thread::sleep(Duration::from_millis(150));
    assert_eq!(count(&mut sessions.reader())?, 3);
    assert!(pair.replica.pool_status().idle > 0);
    Ok(())
}

#[test]
fn the_death_of_a_replica_fails_no_request() -> Result<()> {
    let mut pair = Pair::start()?;
    pair.write("a")?;
    pair.catch_up();
    let (sessions, stop, done) = (pair.sessions.clone(), AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|number| {
                let (sessions, stop, done) = (&sessions, &stop, &done);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let mut session = if number % 2 == 0 { sessions.reader() } else { sessions.session() };
                        let notes = Note::query().include(Note::customer).all(&mut session)?;
                        assert_eq!(session[notes[0]].text, "a");
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<(), orm::Error>(())
                })
            })
            .collect();
        for _ in 0..3 {
            thread::sleep(Duration::from_millis(300));
            pair.standby.stop().unwrap();
            thread::sleep(Duration::from_millis(300));
            pair.standby.start_again().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        readers.into_iter().try_for_each(|reader| reader.join().unwrap())
    })?;
    assert!(done.load(Ordering::Relaxed) > 100, "{done:?}");
    Ok(())
}

#[test]
fn a_reader_writes_nothing() -> Result<()> {
    let database: Database = SqliteFile::database("reader");
    let (main, copy) = (Engine::connect(database.url())?, Engine::connect(database.url())?);
    main.create_all(models![Note])?;
    let sessions = main.sessions().replica(&copy)?;
    let mut session = sessions.session();
    session.add(note("a"));
    session.commit()?;
    let mut reader = sessions.reader();
    let found = Note::query().one(&mut reader)?;
    reader[found].text = "b".into();
    expect_error(reader.commit(), ErrorKind::ReadOnly, &["reader", "session()"]);
    reader.rollback()?;
    expect_error(Note::query().delete().execute(&mut reader), ErrorKind::ReadOnly, &["reader"]);
    reader.rollback()?;
    expect_error(sql("DELETE FROM note").execute(&mut reader), ErrorKind::ReadOnly, &["reader"]);
    reader.rollback()?;
    assert_eq!(Note::query().select(Note::text).one(&mut reader)?, "a");
    expect_error(reader.position(), ErrorKind::Unsupported, &["SQLite", "log"]);
    Ok(())
}

/// A replica serializes nothing. A beginning that goes with the first statement takes it along when it fails.
#[test]
fn nothing_runs_in_a_transaction_that_cannot_begin() -> Result<()> {
    let pair = Pair::start()?;
    let refused = |outcome| expect_error(outcome, ErrorKind::Unsupported, &["serializable"]);
    let mut session = pair.replica.session();
    for _ in 0..2 {
        // The statement is prepared by then.
        assert_eq!(count(&mut session)?, 0);
        session.begin_with(Isolation::Serializable)?;
        refused(count(&mut session));
        session.rollback()?;
        session.begin_with(Isolation::Serializable)?;
        refused(session.script("SELECT 1").map(|()| 0));
        session.rollback()?;
    }
    Ok(())
}

#[test]
fn a_replica_is_of_the_same_kind() -> Result<()> {
    let database = SqliteMemory::database("replica");
    let main = Engine::connect(database.url())?;
    let other = Engine::connect("postgresql://nobody@127.0.0.1:1/none")?;
    expect_error(main.sessions().replica(&other).map(drop), ErrorKind::Config, &["SQLite", "PostgreSQL"]);
    Ok(())
}
