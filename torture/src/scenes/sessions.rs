//! Sessions that end in every way there is: committed, failed, panicked, dropped, forgotten in a transaction.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{audit, buy, prepare, purchase};
use crate::report::Outcome;
use crate::setting::{Setting, databases};

const POOL: u32 = 3;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = setting.sqlite("sessions.db");
    databases(setting, file).into_iter().map(|(database, url)| endings(setting, database, &url)).collect()
}

fn endings(setting: &mut Setting, database: &'static str, url: &str) -> Result<Outcome> {
    let mut outcome = Outcome::new("sessions with errors and panics", database);
    let sessions = setting.times(1_000, 10_000);
    let engine = Engine::builder(url).pool_size(POOL).max_overflow(0).build()?;
    prepare(&engine)?;
    buy(&engine, 0)?;
    let open_before = open_files()?;
    let (mut next, mut committed) = (1, 1);
    for _ in 0..sessions {
        let ending = setting.random.below(5);
        committed += usize::from(end(ending, &engine, &mut next, &mut outcome)?);
    }
    let stored = audit(&engine, &mut outcome)?.len();
    outcome.check(stored == committed, || format!("{committed} units were committed, {stored} are stored"));
    let open = open_files()?;
    // A connection to a file of SQLite in WAL mode has three files open.
    let allowed = open_before + POOL as usize * 3;
    outcome.check(open <= allowed, || format!("{open} files and sockets are open, {open_before} were before"));
    outcome.figure(format!("{sessions} sessions, {committed} committed"));
    outcome.figure(format!("{open} open files after, {open_before} before"));
    Ok(outcome)
}

/// One session and its end; whether it has committed a purchase.
fn end(ending: u64, engine: &Engine, next: &mut i64, outcome: &mut Outcome) -> Result<bool> {
    match ending {
        0 => {
            buy(engine, *next)?;
            *next += 1;
            return Ok(true);
        }
        1 => {
            let kind = buy(engine, 0).map_err(|error| error.kind());
            outcome.check(kind == Err(ErrorKind::UniqueViolation), || format!("a number twice gives {kind:?}"));
        }
        2 => {
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                engine.transaction(|session| -> orm::Result<()> {
                    session.add(purchase(*next));
                    session.flush()?;
                    // Without the message that a panic prints.
                    resume_unwind(Box::new("on purpose"))
                })
            }));
            outcome.check(panicked.is_err(), || "the panic did not come through".to_owned());
        }
        3 => {
            let mut session = engine.session();
            session.add(purchase(*next));
            session.flush()?;
        }
        _ => {
            let mut session = engine.session();
            session.add(purchase(*next));
            let result = sql("SELECT nothing FROM nowhere").one::<i64>(&mut session);
            outcome.check(result.is_err(), || "a table that does not exist was read".to_owned());
        }
    }
    Ok(false)
}

fn open_files() -> Result<usize> {
    Ok(std::fs::read_dir("/proc/self/fd")?.count())
}
