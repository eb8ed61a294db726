//! Who waits for a connection, and for how long.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{AsyncEngine, StatementKind};
use tokio::task::{JoinSet, yield_now};

use crate::{Account, Transfer, add_transfer, occupy, on, prepared, single, threads, transfers};

pub(super) async fn a_thousand_requests(engine: AsyncEngine) {
    let limit = engine.pool_status().limit as usize;
    let before = threads();
    open_all(&engine).await;
    let mut requests = JoinSet::new();
    for number in 0..1000 {
        let engine = engine.clone();
        requests.spawn(async move {
            match number % 4 {
                0 => assert!(engine.run(add_transfer).await.unwrap() > 0),
                1 => assert!(transfers(&engine).await <= 500),
                2 => {
                    let mut session = engine.session();
                    assert_eq!(session.all(Account::query()).await.unwrap().len(), 2);
                }
                _ => {
                    let mut session = engine.session();
                    session.add(Transfer { cents: 2, ..Default::default() });
                    session.commit().await.unwrap();
                }
            }
            threads()
        });
    }
    while let Some(request) = requests.join_next().await {
        let now = request.unwrap();
        assert!(now > before && now <= before + limit, "{now} threads after {before}");
    }
    assert_eq!(transfers(&engine).await, 500);
}

/// Opens the connections of the pool: on MariaDB each has one more thread until it is open.
async fn open_all(engine: &AsyncEngine) {
    let mut opened = Vec::new();
    for _ in 0..engine.pool_status().limit {
        opened.push(occupy(engine).await);
    }
    for (work, finish) in opened {
        finish.send(()).unwrap();
        work.await.unwrap();
    }
}

pub(super) async fn long_work(engine: AsyncEngine) {
    let mut busy = Vec::new();
    for _ in 1..engine.pool_status().limit {
        busy.push(occupy(&engine).await);
    }
    // They would wait for each other without an end, if this waited for those.
    for _ in 0..50 {
        assert_eq!(transfers(&engine).await, 0);
    }
    for (work, finish) in busy {
        finish.send(()).unwrap();
        work.await.unwrap();
    }
}

pub(super) async fn order_of_arrival(engine: AsyncEngine) {
    let mut busy = Vec::new();
    for _ in 0..engine.pool_status().limit {
        busy.push(occupy(&engine).await);
    }
    let (served, mut waiting) = (Arc::new(Mutex::new(Vec::new())), JoinSet::new());
    for number in 0..20_u32 {
        let (work, list) = (engine.clone(), Arc::clone(&served));
        waiting.spawn(async move {
            let work = work.with_session(move |_| {
                list.lock().unwrap().push(number);
                Ok::<_, orm::Error>(())
            });
            work.await.unwrap();
        });
        while engine.pool_status().waiting <= number {
            yield_now().await;
        }
    }
    // One place is free at a time, and so one is served after the other.
    let (work, finish) = busy.pop().unwrap();
    finish.send(()).unwrap();
    work.await.unwrap();
    while let Some(done) = waiting.join_next().await {
        done.unwrap();
    }
    assert_eq!(*served.lock().unwrap(), (0..20).collect::<Vec<_>>());
    for (work, finish) in busy {
        finish.send(()).unwrap();
        work.await.unwrap();
    }
}

pub(super) fn waiting_too_long(url: &str) {
    let builder = Engine::builder(url).pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(30));
    let engine = prepared(builder.build().unwrap());
    on(&single(), async move {
        let (work, finish) = occupy(&engine).await;
        let error = engine.run(|_| Ok(())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PoolTimeout);
        assert!(error.to_string().contains("tests/tests/tokio/main.rs:"), "{error}");
        let in_time = engine.unit().deadline(Duration::from_millis(5)).run(|_| Ok(())).await;
        assert_eq!(in_time.unwrap_err().kind(), ErrorKind::Timeout);

        let mut session = engine.session();
        let transfer = session.add(Transfer::default());
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::PoolTimeout);
        finish.send(()).unwrap();
        work.await.unwrap();
        assert!(!session.is_interrupted());
        session.commit().await.unwrap();
        assert_eq!(session.state(transfer), State::Persistent);
        engine.run(|_| Ok(())).await.unwrap();
    });
}

pub(super) fn a_unit_is_run_again(url: &str) {
    let recorder = Recorder::new();
    let engine = prepared(Engine::builder(url).wrap_backend(recorder.wrapper()).build().unwrap());
    on(&single(), async move {
        let insert = || recorder.next().of(StatementKind::Insert);
        insert().fails(ErrorKind::Serialization);
        insert().after(1).fails(ErrorKind::Serialization);
        let attempts = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&attempts);
        let unit = engine.unit().retries(3).backoff(Duration::from_millis(1), Duration::from_millis(2));
        let outcome = unit.run(move |session| {
            count.fetch_add(1, Ordering::Relaxed);
            add_transfer(session)
        });
        outcome.await.unwrap();
        assert_eq!((attempts.load(Ordering::Relaxed), transfers(&engine).await), (3, 1));

        insert().fails(ErrorKind::Serialization);
        assert_eq!(engine.run(add_transfer).await.unwrap_err().kind(), ErrorKind::Serialization);
        assert_eq!((transfers(&engine).await, recorder.forget_plans()), (1, 0));
    });
}

pub(super) async fn closing(engine: AsyncEngine) {
    let mut session = engine.session();
    session.add(Transfer::default());
    session.flush().await.unwrap();
    let late = engine.close(Duration::from_millis(10)).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Timeout);
    assert_eq!(engine.run(|_| Ok(())).await.unwrap_err().kind(), ErrorKind::InvalidState);

    // What was under way may go on to its end.
    session.commit().await.unwrap();
    assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::InvalidState);
    engine.close(Duration::from_secs(60)).await.unwrap();
}
