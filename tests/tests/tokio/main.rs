//! Async engines and sessions. Each scene runs in a process of its own, so that its threads can be counted.

#![allow(clippy::unwrap_used, reason = "this is test code")]

mod databases;
mod interrupted;
mod sessions;
mod waiting;

use std::sync::mpsc;
use std::thread::sleep;
use std::time::Duration;

use orm::prelude::*;
use orm::{AsyncEngine, models};
use orm_tests::harness::{MariaDb, Postgres, SqliteFile, SqliteMemory};
use orm_tests::scenes::{Scene, run_all, run_named};
use tokio::runtime::{Builder, Runtime};

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "account")]
struct Account {
    #[orm(primary_key)]
    id: i64,
    cents: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "transfer")]
struct Transfer {
    #[orm(primary_key)]
    id: i64,
    cents: i64,
}

const SCENES: &[(&str, Scene)] = &[
    ("a thousand requests over eight connections", |url| on_both(url, waiting::a_thousand_requests)),
    ("work that takes long delays nobody while connections are free", |url| on_both(url, waiting::long_work)),
    ("who waits is served in the order of arrival", |url| on_both(url, waiting::order_of_arrival)),
    ("who waits too long is told who has the connections", waiting::waiting_too_long),
    ("a unit is run again", waiting::a_unit_is_run_again),
    ("an engine is closed", |url| on(&many(), waiting::closing(engine(url, 8)))),
    ("cancelled at every point", interrupted::cancelled_at_every_point),
    ("a unit whose future is dropped", |url| on_both(url, interrupted::a_dropped_unit)),
    ("a statement that is cancelled with its future", |url| on_both(url, interrupted::a_cancelled_statement)),
    ("panics go on in the task that awaits", |url| on_both(url, interrupted::panics)),
    ("a runtime ends with work under way", interrupted::a_runtime_ends),
    ("sessions go from task to task", |url| on_both(url, sessions::from_task_to_task)),
    ("a session that is dropped", |url| on_both(url, sessions::a_dropped_session)),
    ("a session that is dropped, and takes long to roll back", sessions::a_slow_rollback),
    ("a place is one of each database", databases::a_place_is_one_of_each_database),
    ("a session over two databases holds its place", databases::a_session_holds_its_place),
    ("streams", |url| on_both(url, sessions::streams)),
    ("a stream waits for its reader", |url| on_both(url, sessions::a_stream_waits_for_its_reader)),
    ("a stream that fails", sessions::a_stream_fails),
];

/// The process of one scene; nothing else when the tests run.
#[test]
fn scene() {
    run_named(SCENES);
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

#[test]
fn every_scene_ends_well_on_mariadb() {
    run_all::<MariaDb>(SCENES);
}

fn many() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn on<F: Future<Output = ()> + Send + 'static>(runtime: &Runtime, scene: F) {
    // In a task, so that futures have to be `Send`.
    runtime.block_on(async { tokio::spawn(scene).await.unwrap() });
}

/// Plays a scene on each kind of runtime.
fn on_both<F: Future<Output = ()> + Send + 'static>(url: &str, scene: fn(AsyncEngine) -> F) {
    for runtime in [many(), single()] {
        let before = threads();
        let engine = engine(url, 8);
        on(&runtime, scene(engine.clone()));
        runtime.block_on(all_places_are_free(&engine));
        drop(engine);
        while threads() > before {
            sleep(Duration::from_millis(1)); // they end with the engine
        }
    }
}

/// Waits for all places of the pool. When they are taken and given back, nothing that was interrupted is under way any more.
async fn all_places_are_free(engine: &AsyncEngine) {
    let mut busy = Vec::new();
    for _ in 0..engine.pool_status().limit {
        busy.push(occupy(engine).await);
    }
    for (work, finish) in busy {
        finish.send(()).unwrap();
        work.await.unwrap();
    }
    let status = engine.pool_status();
    assert_eq!((status.checked_out, status.waiting), (0, 0), "{status:?}");
}

/// An engine with two accounts.
fn engine(url: &str, connections: u32) -> AsyncEngine {
    let builder = Engine::builder(url).pool_size(connections).max_overflow(0).pool_timeout(Duration::from_secs(60));
    prepared(builder.build().unwrap())
}

fn prepared(engine: Engine) -> AsyncEngine {
    engine.drop_all(models![Account, Transfer]).unwrap();
    engine.create_all(models![Account, Transfer]).unwrap();
    let opened = engine.transaction(|session| {
        session.add_all([1000, 1000].map(|cents| Account { cents, ..Default::default() }));
        Ok(())
    });
    opened.unwrap();
    AsyncEngine::new(engine)
}

fn add_transfer(session: &mut Session) -> orm::Result<i64> {
    let transfer = session.add(Transfer { cents: 1, ..Default::default() });
    session.flush()?;
    Ok(session[transfer].id)
}

async fn transfers(engine: &AsyncEngine) -> u64 {
    engine.with_session(|session| Transfer::query().count(session)).await.unwrap()
}

/// How many threads this process has.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// Work that has a connection until `finish`. It has begun when this returns.
async fn occupy(engine: &AsyncEngine) -> (impl Future<Output = orm::Result<()>>, mpsc::Sender<()>) {
    let (finish, finished) = mpsc::channel::<()>();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let work = tokio::spawn(engine.blocking(move |engine| {
        let _connection = engine.connection()?;
        begun.send(()).unwrap();
        finished.recv().unwrap();
        Ok(())
    }));
    has_begun.await.unwrap();
    (async move { work.await.unwrap() }, finish)
}
