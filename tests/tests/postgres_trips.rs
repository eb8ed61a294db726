//! How often a program and a PostgreSQL server wait for each other.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use orm::prelude::*;
use orm::{ErrorKind, Result, TransactionOptions, models};
use orm_tests::expect_error;
use orm_tests::harness::{Database, Harness, Postgres};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "entry")]
struct Entry {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique)]
    n: i64,
    #[orm(version)]
    version: i64,
}

fn entry(n: i64) -> Entry {
    Entry { n, ..Default::default() }
}

/// What a way to the server has seen.
#[derive(Default)]
struct Seen {
    trips: AtomicUsize,
    /// Whether the program spoke last.
    asked: AtomicBool,
    /// The next request reaches the server, and its answer nobody.
    loses_answer: AtomicBool,
}

/// An engine with one connection, whose round trips are counted.
struct Counted {
    engine: Engine,
    seen: Arc<Seen>,
    _database: Database,
}

impl Counted {
    fn new() -> Self {
        let database = Postgres::database("postgres_trips");
        let server = database.url().split("://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let target = server.rsplit('@').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = database.url().replace(&target, &listener.local_addr().unwrap().to_string());
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&target).unwrap();
                let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
                for (from, to, asks) in [(ends.0, ends.1, true), (server, client, false)] {
                    let seen = Arc::clone(&shared);
                    std::thread::spawn(move || {
                        // Whichever side has ended, the other one is to see it.
                        let _ended = forward(&from, &to, asks, &seen);
                        let _closed = to.shutdown(std::net::Shutdown::Both);
                    });
                }
            }
        });
        let engine = Engine::builder(&url).pool_size(1).max_overflow(0).build().unwrap();
        engine.create_all(models![Entry]).unwrap();
        Self { engine, seen, _database: database }
    }

    /// How many round trips it takes.
    fn trips(&self, work: impl FnOnce() -> Result<()>) -> usize {
        let before = self.seen.trips.load(Ordering::SeqCst);
        work().unwrap();
        self.seen.trips.load(Ordering::SeqCst) - before
    }

    fn count(&self) -> u64 {
        Entry::query().count(&mut self.engine.session()).unwrap()
    }
}

fn forward(mut from: &TcpStream, mut to: &TcpStream, asks: bool, seen: &Seen) -> std::io::Result<()> {
    let mut buffer = [0; 65_536];
    while let count @ 1.. = from.read(&mut buffer)? {
        let asked = seen.asked.swap(asks, Ordering::SeqCst);
        seen.trips.fetch_add(usize::from(asks && !asked), Ordering::SeqCst);
        if !asks && seen.loses_answer.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        to.write_all(&buffer[..count])?;
    }
    Ok(())
}

/// Work on an engine.
type Work = fn(&Engine) -> Result<()>;

fn add(engine: &Engine, entries: &[i64]) -> Result<()> {
    engine.transaction(|session| {
        session.add_all(entries.iter().map(|&n| entry(n)));
        Ok(())
    })
}

#[test]
fn small_units_of_work_take_as_few_round_trips_as_they_can() {
    let works: [(&str, usize, Work); 13] = [
        ("one new object", 1, |engine| {
            let mut session = engine.session();
            let new = session.add(entry(1));
            session.commit()?;
            assert!(session[new].id > 0);
            Ok(())
        }),
        ("one new object in a closure", 1, |engine| add(engine, &[2])),
        ("several new objects", 2, |engine| add(engine, &[3, 4])),
        ("a flush before the commit", 2, |engine| {
            engine.transaction(|session| {
                let new = session.add(entry(5));
                session.flush()?;
                assert!(session[new].id > 0);
                Ok(())
            })
        }),
        ("a read, and a changed object", 2, |engine| {
            engine.transaction(|session| {
                let found = Entry::query().filter(Entry::n.eq(5)).one(session)?;
                session[found].n = 6;
                Ok(())
            })
        }),
        ("a read, and a deleted object", 2, |engine| {
            engine.transaction(|session| {
                let found = Entry::query().filter(Entry::n.eq(6)).one(session)?;
                session.delete(found)
            })
        }),
        ("a read, and several changed objects", 3, |engine| {
            engine.transaction(|session| {
                for found in Entry::query().all(session)? {
                    session[found].n += 100;
                }
                Ok(())
            })
        }),
        ("a statement that writes", 2, |engine| {
            engine
                .transaction(|session| Entry::query().update(Entry::n.set(Entry::n + 1_000)).execute(session).map(drop))
        }),
        ("a transaction in which nothing runs", 0, |engine| {
            let mut session = engine.session();
            session.begin()?;
            assert!(session.in_transaction());
            session.commit()?;
            session.begin()?;
            session.rollback()
        }),
        ("a rollback", 2, |engine| {
            let mut session = engine.session();
            session.add(entry(7));
            session.flush()?;
            session.rollback()
        }),
        ("a savepoint", 4, |engine| {
            engine.transaction(|session| {
                session.nested(|session| {
                    session.add(entry(8));
                    Ok(())
                })
            })
        }),
        ("options, read by SQL of the user, after which the connection is reset", 5, |engine| {
            let options =
                TransactionOptions::new().isolation(Isolation::RepeatableRead).lock_timeout(Duration::from_millis(70));
            engine.unit().options(options).run(|session| {
                session.add(entry(9));
                session.flush()?;
                assert_eq!(sql("SHOW lock_timeout").one::<String>(session)?, "70ms");
                assert_eq!(sql("SHOW transaction_isolation").one::<String>(session)?, "repeatable read");
                Ok(())
            })
        }),
        ("many rows by COPY", 3, |engine| {
            engine.transaction(|session| Entry::bulk_insert((10_000..10_300).map(entry)).execute(session).map(drop))
        }),
    ];
    // The first time prepares the statements, and learns of the table.
    let counted = Counted::new();
    for round in 0..2 {
        for (name, expected, work) in works {
            let trips = counted.trips(|| work(&counted.engine));
            assert!(round == 0 || trips == expected, "{name}: {trips} round trips instead of {expected}");
        }
        let mut session = counted.engine.session();
        Entry::query().delete().execute(&mut session).unwrap();
        session.commit().unwrap();
    }
}

#[test]
fn a_violation_in_the_first_statement_leaves_nothing_behind() {
    let counted = Counted::new();
    add(&counted.engine, &[1]).unwrap();
    for entries in [&[1][..], &[2, 1]] {
        expect_error(add(&counted.engine, entries), ErrorKind::UniqueViolation, &["n"]);
        assert_eq!(counted.count(), 1);
    }
    let mut session = counted.engine.session();
    let script = session.begin().and_then(|()| session.script("SELEC 1"));
    expect_error(script, ErrorKind::Database, &["SELEC"]);
    assert!(!session.in_transaction());
    session.rollback().unwrap();
    add(&counted.engine, &[2, 3]).unwrap();
    assert_eq!(counted.count(), 3);
}

/// The only statement of a commit is one; the first statement of a transaction is none.
#[test]
fn a_lost_answer_is_unknown_where_a_commit_was_sent() {
    for (entries, kind) in [(&[1][..], ErrorKind::CommitUnknown), (&[2, 3], ErrorKind::ConnectionLost)] {
        let counted = Counted::new();
        add(&counted.engine, &[10]).unwrap();
        add(&counted.engine, &[11, 12]).unwrap();
        let before = counted.count();
        counted.seen.loses_answer.store(true, Ordering::SeqCst);
        expect_error(add(&counted.engine, entries), kind, &[]);
        // The server has what it could commit, and nothing else.
        let expected = before + u64::from(kind == ErrorKind::CommitUnknown);
        assert_eq!(counted.count(), expected, "{kind:?}");
    }
}
