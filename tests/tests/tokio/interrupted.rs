//! Futures that are dropped, and work that panics.

use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use orm::prelude::*;
use orm::{AsyncEngine, AsyncSession};
use tokio::task::spawn;

use crate::{Account, Transfer, add_transfer, all_places_are_free, engine, many, on, single, transfers};

/// Where a future is dropped.
#[derive(Debug, Clone, Copy)]
struct Point {
    polls: usize,
    /// Whether it is dropped when it would go on, and not while it waits.
    woken: bool,
}

/// Polls `future` so many times, and drops it if it is not done.
async fn polled<F: Future>(point: Point, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), point.polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 && !point.woken => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn transfer(session: &mut Session, from: Handle<Account>, to: Handle<Account>) {
    session[from].cents -= 1;
    session[to].cents += 1;
    session.add(Transfer { cents: 1, ..Default::default() });
}

/// One transfer after the other, with what else a program awaits.
async fn script(engine: &AsyncEngine, session: &mut AsyncSession) -> orm::Result<()> {
    for _ in 0..25 {
        let accounts = session.all(Account::query().order_by(Account::id)).await?;
        let (from, to) = (accounts[0], accounts[1]);
        session[from].cents -= 1;
        session[to].cents += 1;
        session.flush().await?;
        session.add(Transfer { cents: 1, ..Default::default() });
        session.count(Transfer::query()).await?;
        session.refresh(from).await?;
        session.commit().await?;

        let work = session.run(move |session| {
            transfer(session, from, to);
            Ok::<_, orm::Error>(())
        });
        work.await?;
        session.rollback().await?;
        let mut rows = session.stream(Account::query()).await?;
        while let Some(row) = rows.next().await {
            row?;
        }
        let unit = engine.run(|session| {
            let accounts = Account::query().order_by(Account::id).all(session)?;
            transfer(session, accounts[1], accounts[0]);
            session.flush()?;
            transfer(session, accounts[0], accounts[1]);
            transfer(session, accounts[0], accounts[1]);
            Ok(())
        });
        unit.await?;
    }
    Ok(())
}

async fn is_consistent(session: &mut AsyncSession) -> bool {
    let accounts = session.values(Account::query().order_by(Account::id)).await.unwrap();
    let transfers = session.values(Transfer::query()).await.unwrap();
    // Of three transfers of a unit, one goes the other way.
    let moved = 1000 - accounts[0].cents;
    accounts[1].cents == 1000 + moved && moved <= transfers.len() as i64 && (transfers.len() as i64 - moved) % 2 == 0
}

pub(super) fn cancelled_at_every_point(url: &str) {
    let plain = engine(url, 2);
    let engines = [plain.clone().cancel_dropped(true), plain];
    on(&single(), async move {
        let mut polls = 0;
        loop {
            let (point, engine) = (Point { polls, woken: polls % 2 == 0 }, &engines[polls / 2 % 2]);
            let mut session = engine.session();
            let done = polled(point, script(engine, &mut session)).await;
            if session.is_interrupted() {
                assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::Cancelled, "{point:?}");
            }
            session.rollback().await.unwrap();
            all_places_are_free(engine).await;
            assert!(is_consistent(&mut session).await, "{point:?}");
            if let Some(outcome) = done {
                outcome.unwrap();
                break;
            }
            polls += 1;
        }
        assert!(polls >= 200, "{polls} points");
    });
}

pub(super) async fn a_dropped_unit(engine: AsyncEngine) {
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let (end, ended) = mpsc::channel();
    let mut unit = Box::pin(engine.run(move |session| {
        add_transfer(session)?;
        begun.send(()).unwrap();
        may_go_on.recv().unwrap();
        // The statement that ran is done, and there is no further one.
        end.send(add_transfer(session).unwrap_err().kind()).unwrap();
        Ok(())
    }));
    assert!(polled(Point { polls: 1, woken: false }, &mut unit).await.is_none());
    has_begun.recv().unwrap();
    drop(unit);
    go_on.send(()).unwrap();
    assert_eq!(ended.recv().unwrap(), ErrorKind::Cancelled);
    assert_eq!(transfers(&engine).await, 0);
}

pub(super) async fn a_cancelled_statement(engine: AsyncEngine) {
    let engine = engine.cancel_dropped(true);
    let endless = match engine.engine().dialect().name() {
        "SQLite" | "PostgreSQL" => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n",
        _ => "SELECT count(*) FROM seq_1_to_10000000000 WHERE seq % 3 = 0",
    };
    for _ in 0..engine.pool_status().limit {
        let unit = engine.run(move |session| sql(endless).one::<i64>(session));
        assert!(tokio::time::timeout(Duration::from_millis(30), unit).await.is_err());
        let mut session = engine.session();
        let call = session.run(move |session| sql(endless).one::<i64>(session));
        assert!(tokio::time::timeout(Duration::from_millis(30), call).await.is_err());
    }
    all_places_are_free(&engine).await;
}

pub(super) async fn panics(engine: AsyncEngine) {
    for _ in 0..20 {
        let unit = engine.run(|session| -> orm::Result<()> {
            add_transfer(session)?;
            resume_unwind(Box::new("on purpose"))
        });
        let panic = spawn(unit).await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref(), Some(&"on purpose"));

        let mut session = engine.session();
        let task = spawn(async move {
            session.add(Transfer::default());
            session.flush().await.unwrap();
            session.run(|_| -> orm::Result<()> { resume_unwind(Box::new("in a call")) }).await
        });
        assert!(task.await.unwrap_err().is_panic());
    }
    all_places_are_free(&engine).await;
    assert_eq!(transfers(&engine).await, 0);
}

pub(super) fn a_runtime_ends(url: &str) {
    let engine = engine(url, 8);
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    for runtime in [many(), single()] {
        let (engine, begun) = (engine.clone(), begun.clone());
        let _session = runtime.spawn({
            let (engine, begun) = (engine.clone(), begun.clone());
            async move {
                let mut session = engine.session();
                session.add(Transfer::default());
                session.flush().await.unwrap();
                begun.send(()).unwrap();
                std::future::pending::<()>().await;
            }
        });
        // A runtime of one thread runs its tasks only now.
        runtime.block_on(async {
            while has_begun.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
        });
        drop(runtime);
        single().block_on(all_places_are_free(&engine));
    }
    let runtime = many();
    let _unit = runtime.spawn(engine.run(move |session| {
        add_transfer(session)?;
        begun.send(()).unwrap();
        let _dropped = may_go_on.recv();
        Ok(())
    }));
    has_begun.recv().unwrap();
    drop(runtime); // with its tasks, and their futures
    drop(go_on);
    single().block_on(async move {
        engine.close(Duration::from_secs(60)).await.unwrap();
        let mut session = engine.engine().session();
        assert_eq!(Transfer::query().count(&mut session).unwrap(), 0);
    });
}
