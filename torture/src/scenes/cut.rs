//! The connection is cut before and after each request of a unit of work.

use std::net::ToSocketAddrs as _;

use orm::prelude::*;
use orm::testing::Recorder;
use orm::{Engine, ErrorKind};

use crate::Result;
use crate::model::{Counter, Purchase, audit, buy, prepare, purchase};
use crate::proxy::{Cut, Protocol, Proxy};
use crate::report::Outcome;
use crate::setting::{Server, Setting, sqlite};

/// The purchase that units load.
const OLD: i64 = 0;

pub(crate) fn run(setting: &mut Setting) -> Result<Vec<Outcome>> {
    let file = sqlite(&setting.file("cut.db"));
    let (postgres, mariadb) = (setting.url(Server::Postgres), setting.url(Server::MariaDb));
    let proxied = Proxied::before(&postgres, Protocol::Postgres)?;
    let of_mariadb = Proxied::before(&mariadb, Protocol::MySql)?;
    let recorded = Recorded { recorder: Recorder::new(), url: file.clone() };
    Ok(vec![
        cuts(setting, "PostgreSQL", &postgres, &proxied)?,
        cuts(setting, "MariaDB", &mariadb, &of_mariadb)?,
        cuts(setting, "SQLite file, by the backend for tests", &file, &recorded)?,
    ])
}

/// Cuts the connections of its engines.
trait Cutter {
    /// A new engine with one connection, which can be cut.
    fn engine(&self) -> orm::Result<Engine>;

    /// Counts anew, and cuts where `cut` says.
    fn arm(&self, cut: Option<Cut>);

    /// The requests since [`arm`](Self::arm).
    fn requests(&self) -> usize;
}

/// By a proxy before the server.
struct Proxied {
    proxy: Proxy,
    url: String,
}

impl Proxied {
    /// `url` is `scheme://user@host:port/database`.
    fn before(url: &str, protocol: Protocol) -> Result<Self> {
        let server = url.split_once('@').and_then(|(_, rest)| rest.split('/').next());
        let server = server.ok_or("the server's URL has no address")?;
        let proxy = Proxy::start(server.to_socket_addrs()?.next().ok_or("the server has no address")?, protocol)?;
        let url = url.replace(server, &proxy.address().to_string());
        Ok(Self { proxy, url })
    }
}

impl Cutter for Proxied {
    fn engine(&self) -> orm::Result<Engine> {
        Engine::builder(&self.url).pool_size(1).max_overflow(0).build()
    }

    fn arm(&self, cut: Option<Cut>) {
        self.proxy.arm(cut);
    }

    fn requests(&self) -> usize {
        self.proxy.requests()
    }
}

/// By a backend that says what a lost connection would: a database in the program's own process has none that could be cut.
struct Recorded {
    recorder: Recorder,
    url: String,
}

impl Cutter for Recorded {
    fn engine(&self) -> orm::Result<Engine> {
        let builder = Engine::builder(&self.url).wrap_backend(self.recorder.wrapper());
        builder.pool_size(1).max_overflow(0).build()
    }

    fn arm(&self, cut: Option<Cut>) {
        self.recorder.forget_plans();
        self.recorder.take();
        match cut {
            Some(Cut::Before(request)) => self.recorder.next().after(request).fails(ErrorKind::ConnectionLost),
            Some(Cut::After(request)) => self.recorder.next().after(request).loses_its_answer(),
            None => {}
        }
    }

    fn requests(&self) -> usize {
        self.recorder.take().len()
    }
}

fn cuts(setting: &Setting, database: &'static str, url: &str, cutter: &dyn Cutter) -> Result<Outcome> {
    let mut outcome = Outcome::new("connection cut around each request", database);
    let direct = Engine::connect(url)?;
    prepare(&direct)?;
    buy(&direct, OLD)?;
    let mut number = OLD + 1;
    let requests = requests(cutter, number)?;
    let rounds = setting.times(1, 10);
    for _ in 0..rounds {
        for cut in (0..requests).flat_map(|request| [Cut::Before(request), Cut::After(request)]) {
            number += 1;
            one(cutter, cut, &direct, number, &mut outcome).map_err(|error| format!("{cut:?}: {error}"))?;
        }
    }
    audit(&direct, &mut outcome)?;
    outcome.figure(format!("{requests} requests, {} cuts", rounds * requests * 2));
    Ok(outcome)
}

/// How many requests the unit of work takes on a new connection.
fn requests(cutter: &dyn Cutter, number: i64) -> Result<usize> {
    cutter.arm(None);
    let session = &mut cutter.engine()?.session();
    session.add(purchase(number));
    unit(session)?;
    Ok(cutter.requests())
}

/// Flushes what was added, loads a relation, changes a row within a savepoint, and commits.
fn unit(session: &mut Session) -> orm::Result<()> {
    session.flush()?;
    let old = Purchase::query().filter(Purchase::number.eq(OLD)).one(session)?;
    session.load(old, Purchase::lines)?;
    let counter = Counter::query().one(session)?;
    session.nested(|session| {
        session[counter].n += 1;
        session.flush()
    })?;
    session.commit()
}

fn one(cutter: &dyn Cutter, cut: Cut, direct: &Engine, number: i64, outcome: &mut Outcome) -> Result<()> {
    let engine = cutter.engine()?;
    let session = &mut engine.session();
    let bought = session.add(purchase(number));
    cutter.arm(Some(cut));
    let told = unit(session).map_err(|error| error.kind());
    let stored = Purchase::query().filter(Purchase::number.eq(number)).exists(&mut direct.session())?;
    let fits = match told {
        Ok(()) => stored,
        Err(ErrorKind::ConnectionLost) => !stored,
        Err(ErrorKind::CommitUnknown) => true,
        Err(_) => false,
    };
    outcome.check(fits, || format!("{cut:?}: the program was told {told:?}, and the purchase is stored: {stored}"));
    outcome.check(session[bought].number == number, || format!("{cut:?}: memory has lost the purchase"));
    // The same session goes on, and so does the engine.
    cutter.arm(None);
    session.rollback()?;
    if !stored {
        session.add(purchase(number));
        unit(session)?;
    }
    let repeated = buy(&engine, number).map_err(|error| error.kind());
    let refused = repeated == Err(ErrorKind::UniqueViolation);
    outcome.check(refused, || format!("{cut:?}: buying {number} again gives {repeated:?}"));
    Ok(())
}
