//! One of the servers stops, and comes back.

use std::collections::BTreeSet;
use std::io;

use orm::prelude::*;
use orm::{Error, ErrorKind};
use uuid::Uuid;

use crate::models::{Reading, Sensor};

/// What a server that is away means for units of work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Away {
    /// Those about its sensors fail.
    SomeFail,
    /// Another one takes its place.
    NoneFails,
}

/// Goes on while a server is away. In the end everything is there that was acknowledged, and nothing else, whichever of `servers` is asked.
pub(crate) fn survive(engine: &Engine, servers: &[Engine], away: Away) -> orm::Result<()> {
    let sensors: Vec<i64> = Sensor::query().select(Sensor::id).order_by(Sensor::id).all(&mut engine.session())?;
    let mut acknowledged = stored(engine)?;
    ask("stop a server")?;
    let (mut committed, mut refused) = (0, 0);
    for &sensor in &sensors {
        match add(engine, sensor) {
            Ok(reading) => {
                acknowledged.insert(reading);
                committed += 1;
            }
            Err(error) => {
                if refused == 0 {
                    println!("{:?}, {}: {error}", error.kind(), error.code().unwrap_or("no code"));
                }
                refused += 1;
            }
        }
    }
    println!("while a server was away {committed} units of work were committed and {refused} refused");
    if committed == 0 || (refused > 0) != (away == Away::SomeFail) {
        return Err(Error::new(ErrorKind::InvalidState, "that is not what should happen"));
    }
    ask("start the server")?;
    for &sensor in &sensors {
        acknowledged.insert(add(engine, sensor)?);
    }
    for server in servers {
        let stored = stored(server)?;
        if stored != acknowledged {
            let message = format!("{} readings were acknowledged, {} are stored", acknowledged.len(), stored.len());
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
    }
    println!("all {} readings that were acknowledged are stored", acknowledged.len());
    Ok(())
}

fn stored(engine: &Engine) -> orm::Result<BTreeSet<Uuid>> {
    engine.unit().retries(3).run(|session| Ok(Reading::query().select(Reading::id).all(session)?.into_iter().collect()))
}

/// Adds a reading to a sensor: a transaction of one server. Where the connection is lost, another one is taken.
fn add(engine: &Engine, sensor: i64) -> orm::Result<Uuid> {
    engine.unit().retries(3).run(|session| {
        let reading = session.add(Reading { sensor: BelongsTo::key(sensor), celsius: 31.0, ..Default::default() });
        session.flush()?;
        Ok(session[reading].id)
    })
}

/// Asks whoever started this program, and waits until it is done.
fn ask(what: &str) -> orm::Result<()> {
    println!("please {what}, and press enter");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?;
    Ok(())
}
