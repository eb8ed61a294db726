//! Engines, sessions and connections within async runtimes and thread locals. Each scene runs in a process of its own, which has to end
//! by itself, without a panic anywhere.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use std::cell::RefCell;
use std::time::Duration;

use orm::models;
use orm::prelude::*;
use orm_tests::harness::{Postgres, SqliteFile, SqliteMemory};
use orm_tests::scenes::{Scene, run_all, run_named};
use tokio::runtime::{Builder, Runtime};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "visitor")]
struct Visitor {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

const SCENES: &[(&str, Scene)] = &[
    ("all statements on a worker of many", |url| on(many(), url)),
    ("all statements on the only thread", |url| on(single(), url)),
    ("made outside, used and dropped inside", |url| {
        let engine = engine(url);
        many().block_on(async move { work(&engine) });
    }),
    ("made inside, dropped outside", |url| {
        let runtime = many();
        let session = runtime.block_on(async { used_session(&engine(url)) });
        drop(runtime);
        drop(session);
    }),
    ("dropped with the runtime", |url| {
        let (runtime, url) = (many(), url.to_owned());
        let _waiting = runtime.spawn(async move {
            let engine = engine(&url);
            let _session = used_session(&engine);
            tokio::task::yield_now().await;
            std::future::pending::<()>().await;
        });
        std::thread::sleep(Duration::from_millis(300));
        drop(runtime);
    }),
    ("used on a blocking thread, dropped on a worker", |url| {
        many().block_on(async {
            let engine = engine(url);
            let (session, connection) = {
                let engine = engine.clone();
                let used = move || (used_session(&engine), engine.clone());
                tokio::task::spawn_blocking(used).await.unwrap()
            };
            drop(session);
            drop(connection);
            drop(engine);
        });
    }),
    ("an iterator on a worker", |url| {
        single().block_on(async {
            let engine = engine(url);
            work(&engine);
            let mut session = engine.session();
            assert_eq!(Visitor::query().iter(&mut session).unwrap().count(), 1);
            let first = Visitor::query().iter(&mut session).unwrap().next();
            assert!(first.is_some());
        });
    }),
    ("many tasks at once", |url| {
        let engine = engine(url);
        work(&engine);
        many().block_on(async {
            let tasks: Vec<_> = (0..8)
                .map(|_| {
                    let engine = engine.clone();
                    tokio::spawn(async move { Visitor::query().count(&mut engine.session()).unwrap() })
                })
                .collect();
            for task in tasks {
                assert_eq!(task.await.unwrap(), 1);
            }
        });
    }),
    ("a session in a thread local", |url| in_thread_locals(url, false)),
    ("a session in a thread local of a runtime's thread", |url| {
        let url = url.to_owned();
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            tokio::spawn(async move { in_thread_locals(&url, true) }).await.unwrap();
        });
        drop(runtime);
    }),
    ("a session in a thread local of the main thread", |url| {
        let engine = engine(url);
        SESSION.with_borrow_mut(|session| *session = Some(used_session(&engine)));
        ENGINE.with_borrow_mut(|place| *place = Some(engine));
    }),
    ("leaked", |url| {
        many().block_on(async {
            let engine = engine(url);
            std::mem::forget(used_session(&engine));
            std::mem::forget(engine);
        });
    }),
    ("a panic in a task", |url| {
        many().block_on(async {
            let engine = engine(url);
            let task = tokio::spawn(async move {
                let _session = used_session(&engine);
                std::panic::resume_unwind(Box::new("on purpose"));
            });
            assert!(task.await.unwrap_err().is_panic());
        });
    }),
    ("a server that is not there", |url| {
        single().block_on(async {
            if url.starts_with("postgresql") {
                let error =
                    Engine::connect("postgresql://nobody@127.0.0.1:1/x").unwrap().connection().map(drop).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ConnectionLost);
            }
        });
    }),
];

fn many() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn engine(url: &str) -> Engine {
    let engine = Engine::builder(url).pool_timeout(Duration::from_secs(5)).build().unwrap();
    engine.create_all(models![Visitor]).unwrap();
    engine
}

/// Everything that a program does with an engine.
fn work(engine: &Engine) {
    let mut session = engine.session();
    let visitor = session.add(Visitor { name: "ada".into(), ..Default::default() });
    session.commit().unwrap();
    session[visitor].name = "alan".into();
    session.flush().unwrap();
    session.rollback().unwrap();
    assert_eq!(sql("SELECT count(*) FROM visitor").one::<i64>(&mut session).unwrap(), 1);
}

/// A session in the middle of a transaction.
fn used_session(engine: &Engine) -> Session {
    let mut session = engine.session();
    session.add(Visitor { name: "grace".into(), ..Default::default() });
    session.flush().unwrap();
    session
}

fn on(runtime: Runtime, url: &str) {
    let url = url.to_owned();
    runtime.block_on(async move {
        let engine = engine(&url);
        work(&engine);
        let session = used_session(&engine);
        drop(engine);
        drop(session);
    });
}

/// A thread ends with a session in a thread local, after its engine and before it.
fn in_thread_locals(url: &str, keep_here: bool) {
    for engine_first in [true, false] {
        let engine = engine(url);
        let run = move || {
            let set_session =
                |engine: &Engine| SESSION.with_borrow_mut(|session| *session = Some(used_session(engine)));
            if engine_first {
                ENGINE.with_borrow_mut(|place| *place = Some(engine.clone()));
                set_session(&engine);
            } else {
                set_session(&engine);
                ENGINE.with_borrow_mut(|place| *place = Some(engine));
            }
        };
        if keep_here {
            return run();
        }
        std::thread::spawn(run).join().unwrap();
    }
}

/// The process of one scene; nothing else when the tests run.
#[test]
fn scene() {
    run_named(SCENES);
    // The main thread's own end, with its thread locals, is a part of the scene.
}

#[test]
fn every_scene_ends_well_on_postgres() {
    run_all::<Postgres>(SCENES);
}

#[test]
fn every_scene_ends_well_on_sqlite_in_memory() {
    run_all::<SqliteMemory>(SCENES);
}

#[test]
fn every_scene_ends_well_on_sqlite_in_a_file() {
    run_all::<SqliteFile>(SCENES);
}
