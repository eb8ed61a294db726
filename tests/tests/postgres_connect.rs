//! Connecting to PostgreSQL: several servers, kinds of servers, what the messages say, and servers that fall silent.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use orm::driver::{TransactionMode, TransactionState};
use orm::prelude::*;
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, Postgres};

/// A URL whose hosts are `hosts`, where `HERE` stands for that of the server.
fn url(database: &Database, hosts: &str, options: &str) -> String {
    let (scheme, rest) = database.url().split_once("://").unwrap();
    let (authority, rest) = rest.split_once('/').unwrap();
    let (login, here) = authority.split_once('@').map_or(("", authority), |(login, here)| (login, here));
    format!("{scheme}://{login}@{}/{rest}{options}", hosts.replace("HERE", here))
}

fn ping(url: &str) -> orm::Result<()> {
    Engine::connect(url)?.ping()
}

#[test]
fn a_server_that_is_down_is_passed_over() {
    let database = Postgres::database("failover");
    ping(&url(&database, "127.0.0.1:1,HERE", "")).unwrap();
    ping(&url(&database, "no-such-host.invalid,127.0.0.1:1,HERE", "&load_balance_hosts=random")).unwrap();
    let down = url(&database, "127.0.0.1:1,127.0.0.1:2", "");
    let error = expect_error(ping(&down), ErrorKind::ConnectionLost, &["127.0.0.1:1: ", "127.0.0.1:2: ", "refused"]);
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}

#[test]
fn a_server_that_refuses_the_login_ends_the_search() {
    let database = Postgres::database("no_database");
    let wrong = url(&database, "127.0.0.1:1,HERE,127.0.0.1:2", "&dbname=no_such_database");
    let error = expect_error(ping(&wrong), ErrorKind::Config, &["\"no_such_database\" does not exist"]);
    assert!(!error.to_string().contains("refused"), "{error}");
}

#[test]
fn the_kind_of_server_that_is_wanted_is_found() {
    let database = Postgres::database("targets");
    let attempt = |target: &str, options: &str| {
        ping(&url(&database, "127.0.0.1:1,HERE", &format!("&target_session_attrs={target}{options}")))
    };
    for target in ["any", "read-write", "primary", "prefer-standby"] {
        attempt(target, "").unwrap();
    }
    expect_error(attempt("standby", ""), ErrorKind::ConnectionLost, &["it is no standby", "target_session_attrs"]);
    expect_error(attempt("read-only", ""), ErrorKind::ConnectionLost, &["it takes writes"]);
    let reading = "&options=-cdefault_transaction_read_only=on";
    attempt("read-only", reading).unwrap();
    expect_error(attempt("read-write", reading), ErrorKind::ConnectionLost, &["it takes no writes"]);
}

#[test]
fn a_ping_replaces_what_has_died() {
    let database = Postgres::database("ping");
    let engine = Engine::builder(database.url()).pool_size(1).max_overflow(0).build().unwrap();
    engine.ping().unwrap();
    let ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orm_ping' AND pid <> pg_backend_pid()";
    let named = Engine::connect(&url(&database, "HERE", "&application_name=orm_ping")).unwrap();
    named.ping().unwrap();
    engine.connection().unwrap().execute_script(ends).unwrap();
    named.ping().unwrap();
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

fn single(url: &str) -> Engine {
    Engine::builder(url).pool_size(1).max_overflow(0).build().unwrap()
}

#[test]
fn a_silent_server_ends_the_connecting() {
    let url = format!("postgresql://nobody@127.0.0.1:{}/x?connect_timeout=1", silent_server());
    let engine = single(&url);
    expect_error(engine.connection(), ErrorKind::ConnectionLost, &["connect_timeout"]);
    assert_eq!(engine.pool_status().checked_out, 0);
}

/// A server whose queue of new connections is full, as that of one that was stopped.
#[cfg(unix)]
#[test]
fn a_full_unix_socket_ends_the_connecting() {
    let folder = std::env::temp_dir().join(format!("orm-full-socket-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(".s.PGSQL.5432");
    let listener = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    listener.bind(&socket2::SockAddr::unix(&path).unwrap()).unwrap();
    listener.listen(0).unwrap();
    let _waits = std::os::unix::net::UnixStream::connect(&path).unwrap();
    let engine = single(&format!("postgresql:///x?host={}&connect_timeout=1", folder.display()));
    expect_error(engine.connection(), ErrorKind::ConnectionLost, &["connect_timeout"]);
    assert_eq!(engine.pool_status().checked_out, 0);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What a proxy before the server does.
#[derive(Default)]
struct Faults {
    /// It passes on nothing.
    frozen: AtomicBool,
    /// It loses the next request to cancel.
    loses_cancel: AtomicBool,
    /// It passes errors on, and not that the server is ready afterwards.
    hangs_after_error: AtomicBool,
}

/// A way to the server of a database.
fn proxy(database: &Database) -> (String, Arc<Faults>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, faults) = (listener.local_addr().unwrap().port(), Arc::new(Faults::default()));
    let here = url(database, "HERE", "");
    let server = here.split(['@', '/']).nth(3).unwrap().to_owned();
    let shared = Arc::clone(&faults);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&server).unwrap();
            for (from, to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
                let faults = Arc::clone(&shared);
                std::thread::spawn(move || {
                    // Whichever side has ended, the other one is to see it.
                    let _ended = forward(&from, &to, &faults);
                    let _closed = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
    (url(database, &format!("127.0.0.1:{port}"), "&connect_timeout=1"), faults)
}

fn forward(mut from: &TcpStream, mut to: &TcpStream, faults: &Faults) -> std::io::Result<()> {
    const CANCEL: [u8; 4] = [0x04, 0xd2, 0x16, 0x2e];
    const READY: [u8; 5] = [b'Z', 0, 0, 0, 5];
    let mut buffer = [0; 65_536];
    while let count @ 1.. = from.read(&mut buffer)? {
        let mut bytes = &buffer[..count];
        if bytes.get(4..8) == Some(&CANCEL) && faults.loses_cancel.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let is_error = bytes[0] == b'E' && bytes[..count.saturating_sub(1)].ends_with(&READY);
        if is_error && faults.hangs_after_error.load(Ordering::SeqCst) {
            bytes = &bytes[..count - 6];
        }
        while faults.frozen.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
        to.write_all(bytes)?;
    }
    Ok(())
}

/// A table that counts, and a way to its server.
fn counting() -> (Database, String, Arc<Faults>) {
    let database = Postgres::database("silence");
    let script = "CREATE TABLE t (a bigint)";
    Engine::connect(database.url()).unwrap().connection().unwrap().execute_script(script).unwrap();
    let (url, faults) = proxy(&database);
    (database, url, faults)
}

#[test]
fn a_server_that_falls_silent_ends_the_ping_and_hinders_no_drop() {
    let (_database, url, faults) = counting();
    let engine = Engine::builder(&url).pool_size(1).max_overflow(0).pool_pre_ping(true).build().unwrap();
    engine.connection().unwrap().execute("SELECT 1", &[]).unwrap();
    faults.frozen.store(true, Ordering::SeqCst);
    expect_error(engine.connection(), ErrorKind::ConnectionLost, &[]);
    assert_eq!(engine.pool_status().checked_out, 0);
}

#[test]
fn a_server_that_falls_silent_hinders_no_rollback() {
    let (_database, url, faults) = counting();
    let engine = single(&url);
    let mut connection = engine.connection().unwrap();
    connection.begin(TransactionMode::Write).unwrap();
    faults.frozen.store(true, Ordering::SeqCst);
    drop(connection);
    assert_eq!(engine.pool_status().checked_out, 0);
}

#[test]
fn a_server_that_falls_silent_ends_a_statement_with_a_deadline() {
    let (_database, url, faults) = counting();
    let engine = single(&url);
    let mut session = engine.session();
    session.begin().unwrap();
    sql("INSERT INTO t VALUES (1)").execute(&mut session).unwrap();
    session.set_deadline(Instant::now() + Duration::from_secs(1));
    faults.frozen.store(true, Ordering::SeqCst);
    let told = session.commit().map_err(|error| error.kind());
    // On a busy machine the time may be over before the COMMIT is sent.
    assert!(matches!(told, Err(ErrorKind::CommitUnknown | ErrorKind::Timeout)), "{told:?}");
    session.rollback().unwrap();
    faults.frozen.store(false, Ordering::SeqCst);
    session.set_deadline(None);
    sql("SELECT count(*) FROM t").one::<i64>(&mut session).unwrap();
}

#[test]
fn a_server_that_falls_silent_after_an_error_holds_no_place() {
    let (_database, url, faults) = counting();
    let engine = single(&url);
    let mut session = engine.session();
    session.begin().unwrap();
    faults.hangs_after_error.store(true, Ordering::SeqCst);
    expect_error(sql("SELECT nothing").one::<i64>(&mut session), ErrorKind::Database, &["nothing"]);
    faults.hangs_after_error.store(false, Ordering::SeqCst);
    session.rollback().unwrap();
    assert_eq!(engine.pool_status().checked_out, 0);
    assert_eq!(sql("SELECT count(*) FROM t").one::<i64>(&mut session).unwrap(), 0);
}

#[test]
fn a_request_to_cancel_that_is_lost_is_sent_again() {
    let (_database, url, faults) = counting();
    let engine = single(&url);
    let mut connection = engine.connection().unwrap();
    connection.begin(TransactionMode::Write).unwrap();
    connection.execute("INSERT INTO t VALUES (1)", &[]).unwrap();
    faults.loses_cancel.store(true, Ordering::SeqCst);
    drop(connection.stream("SELECT generate_series(1, 1000000000000)", &[], TransactionMode::Read).unwrap());
    assert!(!faults.loses_cancel.load(Ordering::SeqCst) && !connection.is_broken());
    // The transaction goes on.
    assert_eq!(connection.transaction().unwrap(), TransactionState::Begun);
    connection.commit().unwrap();
    drop(connection);
    assert_eq!(sql("SELECT count(*) FROM t").one::<i64>(&mut engine.session()).unwrap(), 1);
}
