//! What a MariaDB server does to its connections: silence, restarts, timeouts, and ends.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use orm::driver::TransactionMode;
use orm::models;
use orm::prelude::*;
use orm_tests::harness::{Database, Harness, MariaDb};
use orm_tests::{Line, expect_error};
use xtask::mariadb::Server;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "entry")]
struct Entry {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique)]
    n: i64,
}

fn single(url: &str) -> Engine {
    Engine::builder(url).pool_size(1).max_overflow(0).build().unwrap()
}

fn add(session: &mut Session, n: i64) -> orm::Result<()> {
    session.add(Entry { n, ..Default::default() });
    session.commit().inspect_err(|_| session.rollback().unwrap())
}

/// A server that takes connections and says nothing.
fn silent_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let taken: Vec<_> = listener.incoming().collect();
        drop(taken);
    });
    port
}

#[test]
fn a_silent_server_ends_the_connecting() {
    let engine = single(&format!("mariadb://nobody@127.0.0.1:{}/x?connect_timeout=1", silent_server()));
    let begin = Instant::now();
    expect_error(engine.connection(), ErrorKind::ConnectionLost, &["connect_timeout", "127.0.0.1"]);
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(engine.pool_status().checked_out, 0);
}

#[test]
fn a_silent_server_is_passed_over() {
    let database = MariaDb::database("silent");
    let here = database.url().split_once('@').unwrap().1;
    let url = format!("mariadb://orm@127.0.0.1:{},127.0.0.1:1,{here}?connect_timeout=1", silent_server());
    let engine = single(&url);
    engine.ping().unwrap();
    engine.create_all(models![Entry]).unwrap();
    add(&mut engine.session(), 1).unwrap();
}

#[test]
fn the_pool_is_whole_with_the_first_request_that_finds_the_server_back() {
    let database = MariaDb::database("line");
    let line = Line::to(&database);
    let engine = Engine::builder(&line.url).pool_size(4).max_overflow(0).metrics(true).build().unwrap();
    let held: Vec<_> = (0..4).map(|_| engine.connection().unwrap()).collect();
    drop(held);
    assert_eq!(engine.pool_status().idle, 4);
    let ask = || sql("SELECT 1").one::<i32>(&mut engine.session());
    line.cut();
    for _ in 0..6 {
        expect_error(ask(), ErrorKind::ConnectionLost, &[]);
    }
    line.mend();
    for _ in 0..8 {
        assert_eq!(ask().unwrap(), 1);
    }
    let held: Vec<_> = (0..4).map(|_| engine.connection().unwrap()).collect();
    assert_eq!(engine.pool_status().checked_out, 4);
    drop(held);
    assert_eq!((engine.pool_status().idle, engine.pool_status().checked_out), (4, 0));
}

#[test]
fn a_line_that_is_cut_within_a_transaction_leaves_nothing_of_it() {
    let database = MariaDb::database("cut");
    let line = Line::to(&database);
    let engine = Engine::connect(&line.url).unwrap();
    engine.create_all(models![Entry]).unwrap();
    let mut session = engine.session();
    let lost = session.add(Entry { n: 1, ..Default::default() });
    session.flush().unwrap();
    line.cut();
    session.add(Entry { n: 2, ..Default::default() });
    expect_error(session.commit(), ErrorKind::ConnectionLost, &[]);
    line.mend();
    session.rollback().unwrap();
    assert_eq!(session.state(lost), State::Transient);
    assert_eq!(Entry::query().count(&mut session).unwrap(), 0);
    add(&mut session, 3).unwrap();
}

#[test]
fn what_ends_the_connection_is_a_lost_connection() {
    for (setting, begins) in [("idle_transaction_timeout", true), ("wait_timeout", false)] {
        let database = MariaDb::database("ends");
        let engine = single(database.url());
        let mut connection = engine.connection().unwrap();
        connection.execute(&format!("SET SESSION {setting} = 1"), &[]).unwrap();
        if begins {
            connection.begin(TransactionMode::Write).unwrap();
        }
        connection.execute("DO 1", &[]).unwrap();
        std::thread::sleep(Duration::from_millis(1_800));
        expect_error(connection.execute("DO 1", &[]), ErrorKind::ConnectionLost, &[]);
        drop(connection);
        engine.connection().unwrap().execute("DO 1", &[]).unwrap();
    }
}

#[test]
fn the_servers_own_timeout_and_an_administrator_are_told_apart() {
    let database = MariaDb::database("kinds");
    let engine = Engine::connect(database.url()).unwrap();
    let mut connection = engine.connection().unwrap();
    connection.execute("SET SESSION max_statement_time = 0.1", &[]).unwrap();
    expect_error(connection.execute(LONG, &[]), ErrorKind::Timeout, &["max_statement_time"]);
    connection.execute("SET SESSION max_statement_time = 0, SESSION innodb_lock_wait_timeout = 1", &[]).unwrap();
    engine.create_all(models![Entry]).unwrap();
    add(&mut engine.session(), 1).unwrap();
    let mut holder = engine.session();
    Entry::query().for_update().all(&mut holder).unwrap();
    expect_error(connection.execute("UPDATE entry SET n = 2", &[]), ErrorKind::Busy, &["holds the lock"]);
    holder.rollback().unwrap();
    for (what, kind) in [("QUERY", ErrorKind::Cancelled), ("CONNECTION", ErrorKind::ConnectionLost)] {
        let ended = kill_what_sleeps(&database, what);
        expect_error(ended, kind, &[]);
    }
}

/// A statement that takes hours.
const LONG: &str = "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 forever";

/// Runs a statement that takes long, and has an administrator end it.
fn kill_what_sleeps(database: &Database, what: &str) -> orm::Result<()> {
    let url = database.url().to_owned();
    let victim = std::thread::spawn(move || single(&url).connection()?.execute(LONG, &[]).map(drop));
    let admin = Engine::connect(database.url()).unwrap();
    let find = "SELECT id FROM information_schema.processlist WHERE db = database() AND info LIKE '%forever'";
    loop {
        if let Some(id) = sql(find).first::<i64>(&mut admin.session()).unwrap() {
            admin.connection().unwrap().execute_script(&format!("KILL {what} {id}")).unwrap();
            return victim.join().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The connections of a pool are ended while nobody uses them. One request at most hears of it.
#[test]
fn connections_that_were_ended_while_idle_cost_one_failure_at_most() {
    let database = MariaDb::database("idle");
    let engine = Engine::builder(database.url()).pool_size(3).build().unwrap();
    engine.create_all(models![Entry]).unwrap();
    let open: Vec<_> = (0..3).map(|_| engine.connection().unwrap()).collect();
    drop(open);
    let admin = single(database.url());
    let others = "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()";
    let mut session = admin.session();
    for id in sql(others).all::<i64>(&mut session).unwrap() {
        sql(format!("KILL CONNECTION {id}")).execute(&mut session).unwrap();
    }
    session.commit().unwrap();
    let outcomes: Vec<orm::Result<()>> = (0..6).map(|n| add(&mut engine.session(), n)).collect();
    let failed: Vec<&orm::Error> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert!(failed.len() <= 1, "{failed:?}");
    let written = 6 - failed.len();
    assert_eq!(Entry::query().count(&mut engine.session()).unwrap(), u64::try_from(written).unwrap());
}

/// Writers go on while the server is stopped, as by a power cut, and comes back.
#[test]
fn what_was_acknowledged_is_there_after_restarts_under_load() {
    let mut server = Server::start_durable().unwrap();
    let url = format!("{}/examples", server.url());
    let engine = Engine::builder(&url).pool_size(4).build().unwrap();
    engine.create_all(models![Entry]).unwrap();
    let (stop, acknowledged, unknown) =
        (AtomicBool::new(false), Mutex::new(BTreeSet::new()), Mutex::new(BTreeSet::new()));
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (engine, stop, acknowledged, unknown) = (&engine, &stop, &acknowledged, &unknown);
            scope.spawn(move || {
                for n in (writer * 1_000_000_i64..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                    let Err(error) = add(&mut engine.session(), n) else {
                        acknowledged.lock().unwrap().insert(n);
                        continue;
                    };
                    match error.kind() {
                        ErrorKind::CommitUnknown => drop(unknown.lock().unwrap().insert(n)),
                        ErrorKind::ConnectionLost => std::thread::sleep(Duration::from_millis(5)),
                        _ => panic!("{error:?}"),
                    }
                }
            });
        }
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(300));
            server.stop().unwrap();
            std::thread::sleep(Duration::from_millis(100));
            server.start_again().unwrap();
        }
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, Ordering::Relaxed);
    });
    let kept: BTreeSet<i64> = Entry::query().select(Entry::n).all(&mut engine.session()).unwrap().into_iter().collect();
    let (acknowledged, unknown) = (acknowledged.into_inner().unwrap(), unknown.into_inner().unwrap());
    assert!(!acknowledged.is_empty());
    assert!(acknowledged.is_subset(&kept), "{:?}", acknowledged.difference(&kept));
    assert!(kept.difference(&acknowledged).all(|n| unknown.contains(n)), "what failed for sure is not there");
}

#[test]
fn what_is_prepared_outlives_the_server() {
    let mut server = Server::start_durable().unwrap();
    let engine = Engine::connect(&format!("{}/examples", server.url())).unwrap();
    engine.create_all(models![Entry]).unwrap();
    for (n, id) in [(1, "kept"), (2, "dropped")] {
        let mut session = engine.session();
        session.add(Entry { n, ..Default::default() });
        session.prepare(id).unwrap();
    }
    server.stop().unwrap();
    server.start_again().unwrap();
    let engine = Engine::connect(&format!("{}/examples", server.url())).unwrap();
    assert_eq!(engine.prepared_transactions().unwrap(), ["dropped", "kept"]);
    assert_eq!(Entry::query().count(&mut engine.session()).unwrap(), 0);
    engine.commit_prepared("kept").unwrap();
    engine.rollback_prepared("dropped").unwrap();
    assert_eq!(Entry::query().select(Entry::n).all(&mut engine.session()).unwrap(), [1]);
    assert!(engine.prepared_transactions().unwrap().is_empty());
}
