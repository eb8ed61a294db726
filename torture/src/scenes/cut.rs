//! The connection is cut before and after each request of a unit of work.

use std::net::ToSocketAddrs as _;

use orm::prelude::*;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Counter, Purchase, audit, buy, prepare, purchase};
use crate::proxy::{Cut, Proxy};
use crate::report::Outcome;
use crate::setting::Setting;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let mut outcome = Outcome::new("connection cut around each request", "PostgreSQL");
    let url = setting.postgres();
    let server = address(&url).ok_or("the server's URL has no address")?;
    let proxy = Proxy::start(server.to_socket_addrs()?.next().ok_or("the server has no address")?)?;
    let through = url.replace(server, &proxy.address().to_string());
    let direct = Engine::connect(&url)?;
    prepare(&direct)?;
    let requests = requests(&proxy, &through)?;
    let mut number = 1;
    for round in 0..setting.times(1, 10) {
        for cut in (0..requests).flat_map(|request| [Cut::Before(request), Cut::After(request)]) {
            number += 1;
            one(&proxy, cut, &through, &direct, number, &mut outcome).map_err(|error| format!("{cut:?}: {error}"))?;
        }
        outcome.figures = vec![format!("{requests} requests, {} cuts", (round + 1) * requests * 2)];
    }
    audit(&direct, &mut outcome)?;
    Ok(vec![outcome])
}

/// `host:port` of `scheme://user@host:port/database`.
fn address(url: &str) -> Option<&str> {
    url.split_once('@')?.1.split('/').next()
}

/// How many requests the unit of work takes on a new connection.
fn requests(proxy: &Proxy, through: &str) -> Result<usize> {
    proxy.arm(None);
    unit(&mut engine(through)?.session(), 1)?;
    Ok(proxy.requests())
}

/// A query, a savepoint with a flush in it, a load, and a commit.
fn unit(session: &mut Session, number: i64) -> orm::Result<()> {
    let counter = Counter::query().one(session)?;
    session[counter].n += 1;
    let bought = session.nested(|session| {
        let bought = session.add(purchase(number));
        session.flush()?;
        Ok(bought)
    })?;
    session.load(bought, Purchase::lines)?;
    session.commit()
}

fn one(proxy: &Proxy, cut: Cut, through: &str, direct: &Engine, number: i64, outcome: &mut Outcome) -> Result<()> {
    proxy.arm(Some(cut));
    let engine = engine(through)?;
    let session = &mut engine.session();
    let told = unit(session, number).map_err(|error| error.kind());
    let stored = Purchase::query().filter(Purchase::number.eq(number)).exists(&mut direct.session())?;
    let fits = match told {
        Ok(()) => stored,
        Err(ErrorKind::ConnectionLost) => !stored,
        Err(ErrorKind::CommitUnknown) => true,
        Err(_) => false,
    };
    outcome.check(fits, || format!("{cut:?}: the program was told {told:?}, and the purchase is stored: {stored}"));
    // The same session goes on, and so does the engine.
    proxy.arm(None);
    session.rollback()?;
    if !stored {
        unit(session, number)?;
    }
    let repeated = buy(&engine, number).map_err(|error| error.kind());
    let refused = repeated == Err(ErrorKind::UniqueViolation);
    outcome.check(refused, || format!("{cut:?}: buying {number} again gives {repeated:?}"));
    Ok(())
}

fn engine(url: &str) -> orm::Result<Engine> {
    Engine::builder(url).pool_size(1).max_overflow(0).build()
}
