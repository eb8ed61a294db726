//! A replica answers what only reads: a standby of PostgreSQL, and one that reads the binary log of MariaDB.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{Balance, Conn, ErrorKind, Position, Result, Sessions, models};
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, SqliteFile, SqliteMemory};
use xtask::{mariadb, postgres};

use crate::models::Note;

fn note(text: &str) -> Note {
    Note { text: text.into(), ..Default::default() }
}

/// A kind of server that has replicas.
trait Replicated {
    type Server;

    /// Tells whether the server that is asked is the replica.
    const IS_REPLICA: &str;
    /// Tells whether the replica has reached `:position`.
    const REACHED: &str;
    /// A lag that is allowed, and a time after which a replica that was paused has a longer one: MariaDB counts whole seconds.
    const LAG: (Duration, Duration);

    /// A server and its replica, with their URLs.
    fn start() -> Result<[(Self::Server, String); 2]>;

    fn stop(server: &mut Self::Server);

    fn start_again(server: &mut Self::Server);

    /// The replica gets what is written, and does not show it, while this connection is held.
    fn pause(replica: &Engine) -> Result<Conn>;

    fn go_on(paused: Conn) -> Result<()>;
}

struct Postgres;

impl Replicated for Postgres {
    type Server = postgres::Server;

    const IS_REPLICA: &str = "SELECT pg_is_in_recovery()";
    const REACHED: &str = "SELECT pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)";
    const LAG: (Duration, Duration) = (Duration::from_millis(300), Duration::from_millis(500));

    fn start() -> Result<[(Self::Server, String); 2]> {
        let primary = postgres::Server::start().unwrap();
        let standby = primary.standby().unwrap();
        Ok([primary, standby].map(|server| {
            let url = server.url().to_owned();
            (server, url)
        }))
    }

    fn stop(server: &mut Self::Server) {
        server.stop().unwrap();
    }

    fn start_again(server: &mut Self::Server) {
        server.start_again().unwrap();
    }

    fn pause(replica: &Engine) -> Result<Conn> {
        let mut connection = replica.connection()?;
        connection.execute_script("SELECT pg_wal_replay_pause()")?;
        let paused = sql("SELECT pg_get_wal_replay_pause_state()");
        while paused.clone().one::<String>(&mut replica.session())? != "paused" {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(connection)
    }

    fn go_on(mut paused: Conn) -> Result<()> {
        paused.execute_script("SELECT pg_wal_replay_resume()")
    }
}

struct MariaDb;

impl Replicated for MariaDb {
    type Server = mariadb::Server;

    const IS_REPLICA: &str = "SELECT @@server_id = 2";
    const REACHED: &str = "SELECT MASTER_GTID_WAIT(:position, 0) = 0";
    const LAG: (Duration, Duration) = (Duration::from_millis(1_500), Duration::from_secs(3));

    fn start() -> Result<[(Self::Server, String); 2]> {
        let [primary, standby] = [1, 2].map(|number| {
            let server = mariadb::Server::start_logged(number).unwrap();
            let url = format!("{}/examples", server.url());
            (server, url)
        });
        // Both have made their users and databases.
        let begun = Engine::connect(&primary.1)?.session().position()?;
        let (_, port) = primary.0.url().rsplit_once(':').unwrap();
        Engine::connect(&standby.1)?.connection()?.execute_script(&format!(
            "SET GLOBAL gtid_slave_pos = '{begun}'; \
             CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = 'orm', MASTER_USE_GTID = slave_pos; \
             START REPLICA"
        ))?;
        Ok([primary, standby])
    }

    fn stop(server: &mut Self::Server) {
        server.stop().unwrap();
    }

    fn start_again(server: &mut Self::Server) {
        server.start_again().unwrap();
    }

    fn pause(replica: &Engine) -> Result<Conn> {
        let mut connection = replica.connection()?;
        connection.execute_script("FLUSH TABLES WITH READ LOCK")?;
        Ok(connection)
    }

    fn go_on(mut paused: Conn) -> Result<()> {
        paused.execute_script("UNLOCK TABLES")
    }
}

/// A server and its replica, which replays what it gets when it is told to.
struct Pair<R: Replicated> {
    main: Engine,
    replica: Engine,
    sessions: Sessions,
    standby: R::Server,
    _primary: R::Server,
}

impl<R: Replicated> Pair<R> {
    fn start() -> Result<Self> {
        let [(primary, main), (standby, replica)] = R::start()?;
        let (main, replica) = (Engine::connect(&main)?, Engine::connect(&replica)?);
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
            let sql = sql(R::REACHED).bind("position", position.to_string());
            sql.one::<bool>(&mut self.replica.session()).unwrap()
        };
        let begun = Instant::now();
        while !reached() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the replica does not follow");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn write(&self, text: &str) -> Result<Session> {
        let mut session = self.sessions.session();
        session.add(note(text));
        session.commit()?;
        Ok(session)
    }
}

/// Runs each case on each kind of server.
macro_rules! on_servers {
    ($($case:ident),* $(,)?) => {
        on_servers!(@one on_postgres Postgres $($case)*);
        on_servers!(@one on_mariadb MariaDb $($case)*);
    };
    (@one $name:ident $kind:ident $($case:ident)*) => {
        mod $name {
            $(#[test]
            fn $case() -> orm::Result<()> {
                super::$case::<super::$kind>()
            })*
        }
    };
}

on_servers! {
    who_only_reads_reads_from_the_replica,
    a_position_lets_others_read_what_was_written,
    a_replica_that_is_too_far_behind_is_left_out,
    the_death_of_a_replica_fails_no_request,
}

fn count(session: &mut Session) -> Result<u64> {
    Note::query().count(session)
}

fn who_only_reads_reads_from_the_replica<R: Replicated>() -> Result<()> {
    let pair = Pair::<R>::start()?;
    let paused = R::pause(&pair.replica)?;
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
    assert!(sql(R::IS_REPLICA).one::<bool>(&mut reader)?);
    reader.rollback()?;

    R::go_on(paused)?;
    pair.catch_up();
    assert_eq!(count(&mut pair.sessions.reader())?, 1);
    Ok(())
}

fn a_position_lets_others_read_what_was_written<R: Replicated>() -> Result<()> {
    let pair = Pair::<R>::start()?;
    let paused = R::pause(&pair.replica)?;
    let position = pair.write("a")?.position()?.to_string();
    let position: Position = position.parse()?;
    for mut session in [pair.sessions.session(), pair.sessions.reader()] {
        assert_eq!(count(&mut session)?, 0);
        session.read_after(position.clone());
        assert_eq!(count(&mut session)?, 1, "from the database itself");
    }
    R::go_on(paused)?;
    pair.catch_up();
    let mut session = pair.sessions.session();
    session.read_after(position);
    assert_eq!(count(&mut session)?, 1);
    assert!(pair.replica.pool_status().idle > 0);
    expect_error("0/x".parse::<Position>(), ErrorKind::Config, &["0/x", "position()"]);
    Ok(())
}

fn a_replica_that_is_too_far_behind_is_left_out<R: Replicated>() -> Result<()> {
    let pair = Pair::<R>::start()?;
    let (longest, later) = R::LAG;
    let sessions = pair.sessions.clone().max_lag(longest).balance(Balance::LeastLoad);
    pair.write("a")?;
    pair.catch_up();
    let paused = R::pause(&pair.replica)?;
    pair.write("b")?;
    assert_eq!(count(&mut sessions.reader())?, 1, "it is not so far behind yet");
    thread::sleep(later);
    assert_eq!(count(&mut sessions.reader())?, 2);
    R::go_on(paused)?;
    pair.catch_up();
    pair.write("c")?;
    pair.catch_up();
    thread::sleep(Duration::from_millis(150));
    assert_eq!(count(&mut sessions.reader())?, 3);
    assert!(pair.replica.pool_status().idle > 0);
    Ok(())
}

fn the_death_of_a_replica_fails_no_request<R: Replicated>() -> Result<()> {
    let mut pair = Pair::<R>::start()?;
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
            R::stop(&mut pair.standby);
            thread::sleep(Duration::from_millis(300));
            R::start_again(&mut pair.standby);
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
    let pair = Pair::<Postgres>::start()?;
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
