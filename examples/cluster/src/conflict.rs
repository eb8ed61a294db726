//! Two nodes of a cluster write the same row at once. The one that commits first wins; the other is refused, and can be run again.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use orm::prelude::*;
use orm::{Error, ErrorKind};

use crate::models::Sensor;

/// Changes the name of a sensor on two nodes, first without and then with retries.
pub(crate) fn between(nodes: &[Engine]) -> orm::Result<()> {
    let [here, .., there] = nodes else { return Ok(()) };
    let sensor = Sensor::query().select(Sensor::id).order_by(Sensor::id).first(&mut here.session())?;
    let sensor = sensor.ok_or_else(|| Error::new(ErrorKind::NotFound, "there are no sensors"))?;
    let pair = [here, there];

    let (outcomes, _) = rename(pair, sensor, 0);
    let refused: Vec<ErrorKind> = outcomes.into_iter().filter_map(Result::err).map(|error| error.kind()).collect();
    println!("two nodes write one row, one is refused: {refused:?}");
    let (outcomes, runs) = rename(pair, sensor, 5);
    outcomes.into_iter().collect::<orm::Result<()>>()?;
    println!("with retries both are committed, after {runs} runs");

    let name = Sensor::query().filter(Sensor::id.eq(sensor)).select(Sensor::name).one(&mut there.session())?;
    match refused[..] {
        [ErrorKind::Deadlock | ErrorKind::Serialization] if runs == 3 && name.matches('!').count() == 3 => Ok(()),
        _ => Err(Error::new(ErrorKind::InvalidState, format!("{refused:?}, {runs} runs, and {name}"))),
    }
}

/// Adds a `!` to the name of the sensor on both nodes, where neither commits before the other has written. Tells how often that was run.
fn rename(nodes: [&Engine; 2], id: i64, retries: u32) -> ([orm::Result<()>; 2], usize) {
    let (both, runs) = (Barrier::new(2), AtomicUsize::new(0));
    let on = |node: &Engine| {
        let mut is_first = true;
        node.unit().retries(retries).run(|session| {
            runs.fetch_add(1, Ordering::Relaxed);
            let sensor = Sensor::query().filter(Sensor::id.eq(id)).one(session);
            let written = sensor.and_then(|sensor| {
                session[sensor].name += "!";
                session.flush()
            });
            if std::mem::take(&mut is_first) {
                both.wait();
            }
            written
        })
    };
    let outcomes = thread::scope(|scope| {
        let threads = nodes.map(|node| scope.spawn(|| on(node)));
        threads.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    (outcomes, runs.into_inner())
}
