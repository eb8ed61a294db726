use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::{Database, Kind, Outcome};

/// What is measured of a piece of work.
#[derive(Debug)]
pub enum Clock {
    /// The time on the wall.
    Wall,
    /// The processor time of this process, and of the server's process that answers it. On a machine that does other work as well, it
    /// leaves out what the others did in between.
    Processor {
        /// Where Linux counts the time of the server's process.
        server: Option<File>,
    },
}

impl Clock {
    /// The clock that `ORM_BENCH_CLOCK` names: `wall`, or `processor`.
    ///
    /// # Errors
    ///
    /// When the variable has another value, or the server runs on another machine.
    pub fn from_env(database: &mut impl Database) -> Outcome<Self> {
        match std::env::var("ORM_BENCH_CLOCK").as_deref() {
            Err(_) | Ok("wall") => Ok(Self::Wall),
            Ok("processor") => Ok(Self::Processor { server: server(database)? }),
            Ok(other) => Err(format!("ORM_BENCH_CLOCK is `{other}`, which is neither `wall` nor `processor`").into()),
        }
    }

    /// How long the work takes.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub fn time<T>(&self, work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration)> {
        match self {
            Self::Wall => {
                let start = Instant::now();
                let value = measured_part(work)?;
                Ok((value, start.elapsed()))
            }
            Self::Processor { server } => {
                let before = server.as_ref().map_or(Ok(0), nanoseconds)?;
                let start = ProcessTime::try_now()?;
                let value = measured_part(work)?;
                let own = start.try_elapsed()?;
                let after = server.as_ref().map_or(Ok(0), nanoseconds)?;
                Ok((value, own + Duration::from_nanos(after - before)))
            }
        }
    }
}

/// A function of its own, so that instructions are counted in here and nowhere else.
#[inline(never)]
fn measured_part<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    work()
}

fn server(database: &mut impl Database) -> Outcome<Option<File>> {
    match database.kind() {
        Kind::Sqlite => Ok(None),
        Kind::Postgres => {
            let process = database.number("SELECT CAST(pg_backend_pid() AS BIGINT)")?;
            Ok(Some(File::open(format!("/proc/{process}/schedstat"))?))
        }
    }
}

/// The first number of the file.
fn nanoseconds(file: &File) -> Outcome<u64> {
    let mut bytes = [0; 64];
    let length = file.read_at(&mut bytes, 0)?;
    let text = std::str::from_utf8(&bytes[..length])?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}
