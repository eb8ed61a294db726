//! What sessions do between two awaits.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{AsyncEngine, ColumnType, CustomType, Encoded, Mismatch, SqlType, StatementKind, ValueRef};
use tokio::task::{spawn, yield_now};
use tokio::time::sleep;

use crate::{Account, Transfer, all_places_are_free, on, prepared, single, transfers};

pub(super) async fn from_task_to_task(engine: AsyncEngine) {
    let mut session = engine.session();
    let account = session.one(Account::query().filter(Account::id.eq(1))).await.unwrap();
    for _ in 0..20 {
        let task = spawn(async move {
            session[account].cents += 1;
            session.add(Transfer { cents: 1, ..Default::default() });
            session.flush().await.unwrap();
            session
        });
        session = task.await.unwrap();
    }
    session.commit().await.unwrap();
    assert_eq!((session[account].cents, transfers(&engine).await), (1020, 20));
}

pub(super) async fn a_dropped_session(engine: AsyncEngine) {
    for _ in 0..20 {
        let mut session = engine.session();
        session.add(Transfer::default());
        session.flush().await.unwrap();
        assert!(session.in_transaction());
        drop(session);
    }
    all_places_are_free(&engine).await;
    assert_eq!(transfers(&engine).await, 0);

    let mut session = engine.session();
    session.add(Transfer::default());
    session.flush().await.unwrap();
    session.close().await.unwrap();
    assert_eq!(engine.engine().pool_status().checked_out, 0);
}

/// The only thread of the runtime goes on meanwhile, and so does other work.
pub(super) fn a_slow_rollback(url: &str) {
    const LONG: Duration = Duration::from_millis(500);
    let recorder = Recorder::new();
    let builder = Engine::builder(url).pool_size(2).max_overflow(0).wrap_backend(recorder.wrapper());
    let engine = prepared(builder.build().unwrap());
    on(&single(), async move {
        let mut session = engine.session();
        session.add(Transfer::default());
        session.flush().await.unwrap();
        recorder.next().of(StatementKind::Rollback).is_delayed(LONG);
        let since = Instant::now();
        drop(session);
        if engine.pool_status().limit > 1 {
            assert_eq!(engine.session().all(Account::query()).await.unwrap().len(), 2);
        }
        yield_now().await;
        assert!(since.elapsed() < LONG, "{:?}", since.elapsed());
        all_places_are_free(&engine).await;
        assert!(since.elapsed() >= LONG);
        assert_eq!((transfers(&engine).await, recorder.forget_plans()), (0, 0));
    });
}

pub(super) async fn streams(engine: AsyncEngine) {
    let mut session = engine.session();
    let rows = (1..=1000).map(|cents| Transfer { cents, ..Default::default() });
    assert_eq!(session.execute(Transfer::insert_all(rows)).await.unwrap(), 1000);
    session.commit().await.unwrap();
    let account = session.get::<Account>(1).await.unwrap().unwrap();

    let (mut sum, mut stream) = (0, session.stream(Transfer::query().order_by(Transfer::id)).await.unwrap());
    while let Some(transfer) = stream.next().await {
        sum += transfer.unwrap().cents;
    }
    assert!(stream.next().await.is_none());
    drop(stream);
    assert_eq!(sum, 500_500);

    let mut stream = session.stream(Transfer::query().order_by(Transfer::id)).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().cents, 1);
    stream.close().await.unwrap();
    assert_eq!(session[account].cents, 1000);

    let mut stream = session.stream(Transfer::query()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert!(session.is_interrupted());
    assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::Cancelled);
    session.rollback().await.unwrap();
    assert_eq!(session.try_get(account).unwrap_err().kind(), ErrorKind::Detached);
    assert_eq!(session.count(Transfer::query()).await.unwrap(), 1000);
}

/// How many of these were made of a row.
static READ: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug, Clone, Default, PartialEq)]
struct Counted(i64);

impl CustomType for Counted {
    const SQL_TYPE: SqlType = SqlType::I64;

    fn encode(&self) -> Encoded<'_> {
        self.0.into()
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        READ.fetch_add(1, Ordering::Relaxed);
        i64::from_ref(value).map(Self)
    }
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "transfer")]
struct CountedTransfer {
    #[orm(primary_key)]
    id: i64,
    cents: Counted,
}

/// A batch of 64 rows is taken, one waits to be taken, and one cannot be handed over. No further row is read until somebody takes some.
pub(super) async fn a_stream_waits_for_its_reader(engine: AsyncEngine) {
    READ.store(0, Ordering::Relaxed);
    let mut session = engine.session();
    session
        .execute(Transfer::insert_all((0..5000).map(|cents| Transfer { cents, ..Default::default() })))
        .await
        .unwrap();
    session.commit().await.unwrap();
    let mut stream = session.stream(CountedTransfer::query().order_by(CountedTransfer::id)).await.unwrap();
    for taken in 1..=3 {
        for _ in 0..64 {
            stream.next().await.unwrap().unwrap();
        }
        let ahead = 64 * (taken + 2);
        while READ.load(Ordering::Relaxed) < ahead {
            yield_now().await;
        }
        sleep(Duration::from_millis(20)).await;
        assert_eq!(READ.load(Ordering::Relaxed), ahead);
    }
    stream.close().await.unwrap();
    assert!(READ.load(Ordering::Relaxed) <= 64 * 6);
    assert_eq!(session.count(Transfer::query()).await.unwrap(), 5000);
}

pub(super) fn a_stream_fails(url: &str) {
    let recorder = Recorder::new();
    let engine = prepared(Engine::builder(url).wrap_backend(recorder.wrapper()).build().unwrap());
    on(&single(), async move {
        let mut session = engine.session();
        recorder.next().of(StatementKind::Select).fails(ErrorKind::Database);
        let mut stream = session.stream(Account::query()).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Database);
        assert!(stream.next().await.is_none());
        drop(stream);
        assert_eq!(session.all(Account::query()).await.unwrap().len(), 2);
    });
}
