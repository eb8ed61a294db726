//! One of the servers stops, and comes back.

use std::collections::BTreeSet;
use std::io;

use orm::prelude::*;
use orm::{Error, ErrorKind};

use crate::models::Sensor;

/// Goes on while a server is away: units of work about its sensors fail with an error, others are committed. In the end everything is there
/// that was acknowledged, and nothing else.
pub(crate) fn survive(engine: &Engine) -> orm::Result<()> {
    let mut acknowledged: BTreeSet<i64> =
        Sensor::query().select(Sensor::id).all(&mut engine.session())?.into_iter().collect();
    ask("stop a server")?;
    let (mut committed, mut refused) = (0, 0);
    for number in 0..30 {
        match add(engine, number) {
            Ok(id) => {
                acknowledged.insert(id);
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
    ask("start the server")?;
    add(engine, 31).map(|id| acknowledged.insert(id))?;
    let stored: BTreeSet<i64> = Sensor::query().select(Sensor::id).all(&mut engine.session())?.into_iter().collect();
    if stored != acknowledged || committed == 0 || refused == 0 {
        let message = format!("{} sensors were acknowledged, {} are stored", acknowledged.len(), stored.len());
        return Err(Error::new(ErrorKind::InvalidState, message));
    }
    println!("all {} sensors that were acknowledged are stored", stored.len());
    Ok(())
}

/// Adds a sensor with readings: a transaction of one server.
fn add(engine: &Engine, number: u32) -> orm::Result<i64> {
    engine.transaction(|session| {
        let sensor = session.add(Sensor::measuring(number, 3));
        session.flush()?;
        Ok(session[sensor].id)
    })
}

/// Asks whoever started this program, and waits until it is done.
fn ask(what: &str) -> orm::Result<()> {
    println!("please {what}, and press enter");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| Error::new(ErrorKind::Config, error.to_string()))?;
    Ok(())
}
