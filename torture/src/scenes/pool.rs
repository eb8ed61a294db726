//! More threads than connections.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;
use std::time::Duration;

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Purchase, prepare, purchase};
use crate::report::Outcome;
use crate::setting::{Setting, databases};

const THREADS: usize = 24;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = format!("{}?busy_timeout=60000", setting.sqlite("pool.db"));
    databases(setting, file).into_iter().map(|(database, url)| exhaust(setting, database, &url)).collect()
}

fn exhaust(setting: &mut Setting, database: &'static str, url: &str) -> Result<Outcome> {
    let mut outcome = Outcome::new("pool of three exhausted", database);
    let times = setting.times(30, 1000);
    let engine = Engine::builder(url).pool_size(2).max_overflow(1).pool_timeout(Duration::from_millis(100)).build()?;
    prepare(&engine)?;
    let (served, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Vec<orm::Result<()>> = scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let mut random = setting.random.split();
                let (engine, served, refused) = (&engine, &served, &refused);
                scope.spawn(move || {
                    for time in 0..times {
                        let number = (thread * times + time) as i64;
                        match hold(engine, number, random.pause(30)) {
                            Ok(()) => served.fetch_add(1, Ordering::Relaxed),
                            Err(error) if error.kind() == ErrorKind::PoolTimeout => {
                                refused.fetch_add(1, Ordering::Relaxed)
                            }
                            Err(error) => return Err(error),
                        };
                    }
                    Ok(())
                })
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    outcome.check(results.len() == THREADS, || format!("{} threads panicked", THREADS - results.len()));
    for result in results {
        result?;
    }
    let stored = Purchase::query().count(&mut engine.session())? as usize;
    let served = served.into_inner();
    outcome.check(stored == served, || format!("{served} units were acknowledged, {stored} are stored"));
    // All places are free again.
    let connections = (0..3).map(|_| engine.connection()).collect::<orm::Result<Vec<_>>>();
    outcome.check(connections.is_ok(), || "not all connections came back".to_owned());
    outcome.figure(format!("{THREADS} threads"));
    outcome.figure(format!("{served} units served, {} refused by PoolTimeout", refused.into_inner()));
    Ok(outcome)
}

/// A unit of work that keeps its connection for a time.
fn hold(engine: &Engine, number: i64, time: Duration) -> orm::Result<()> {
    engine.transaction(|session| {
        session.add(purchase(number));
        session.flush()?;
        std::thread::sleep(time);
        Ok(())
    })
}
