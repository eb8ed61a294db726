//! What sessions do between two awaits.

use orm::AsyncEngine;
use orm::StatementKind;
use orm::prelude::*;
use orm::testing::Recorder;
use tokio::task::spawn;

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
