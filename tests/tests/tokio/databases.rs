//! Sessions over several databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use orm::prelude::*;
use orm::{AsyncEngine, CommitMode, models};
use tokio::task::JoinSet;

use crate::{Account, Transfer, add_transfer, many, on, threads};

/// Accounts are in the scene's database, with eight connections; transfers in another one, in memory, which has one.
fn over_two(url: &str, pool_timeout: Duration) -> AsyncEngine {
    let main = Engine::builder(url).pool_size(8).max_overflow(0).pool_timeout(pool_timeout).build().unwrap();
    let records = Engine::builder("sqlite://").pool_timeout(pool_timeout).build().unwrap();
    let sessions = main.sessions().bind("records", models![Transfer], &records).unwrap();
    let sessions = sessions.commit_mode(CommitMode::Ordered);
    sessions.drop_all(models![Account, Transfer]).unwrap();
    sessions.create_all(models![Account, Transfer]).unwrap();
    AsyncEngine::of_sessions(sessions)
}

/// Who has a place finds a connection of each database, so that those that wait are futures and not threads.
pub(super) fn a_place_is_one_of_each_database(url: &str) {
    let engine = over_two(url, Duration::from_secs(60));
    let runtime = many();
    let started = threads();
    on(&runtime, async move {
        let (mut requests, running) = (JoinSet::new(), Arc::new(AtomicU32::new(0)));
        for _ in 0..100 {
            let (engine, running) = (engine.clone(), Arc::clone(&running));
            requests.spawn(async move {
                let unit = engine.run(move |session| {
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                    session.add(Account { cents: 1, ..Default::default() });
                    add_transfer(session)?;
                    assert!(threads() <= started + 1, "one thread does all of it");
                    running.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                });
                unit.await.unwrap();
            });
        }
        while let Some(request) = requests.join_next().await {
            request.unwrap();
        }
        let counts = engine.with_session(|session| -> orm::Result<_> {
            Ok((Account::query().count(session)?, Transfer::query().count(session)?))
        });
        assert_eq!(counts.await.unwrap(), (100, 100));
        engine.close(Duration::from_secs(60)).await.unwrap();
    });
}

/// A session in a transaction has its place, whichever of the databases it has a connection of.
pub(super) fn a_session_holds_its_place(url: &str) {
    let engine = over_two(url, Duration::from_millis(30));
    on(&many(), async move {
        let mut session = engine.session();
        session.add(Account { cents: 1, ..Default::default() });
        session.flush().await.unwrap();
        let error = engine.run(add_transfer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PoolTimeout, "{error}");
        session.add(Transfer::default());
        session.commit().await.unwrap();
        engine.run(add_transfer).await.unwrap();
        drop(session);
        engine.close(Duration::from_secs(60)).await.unwrap();
    });
}
