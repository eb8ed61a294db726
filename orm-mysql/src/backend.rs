use std::fmt;
use std::sync::{Arc, OnceLock};

use mysql::Opts;
use orm_core::dialect::Dialect;
use orm_core::driver::{Backend, Connection};
use orm_core::engine::DatabaseUrl;
use orm_core::{Error, ErrorKind, Result};

use crate::attempt::Attempts;
use crate::connection::MysqlConnection;
use crate::dialect::MysqlDialect;
use crate::error::classify_connect;
use crate::options::Settings;
use crate::server::Server;

/// The database on one of its hosts.
struct Place {
    settings: Settings,
    opts: Arc<Opts>,
    attempts: Attempts,
}

impl Place {
    fn new(settings: Settings) -> Self {
        Self { opts: Arc::new(settings.opts()), settings, attempts: Attempts::default() }
    }
}

/// One database of a MySQL or MariaDB server. `Debug` shows where it is and nothing secret.
pub struct MysqlBackend {
    settings: Settings,
    /// It on each of its hosts, in the order in which they are tried.
    places: Vec<Place>,
    /// Which server it is: the URL says it, or the first connection.
    server: OnceLock<Server>,
}

impl MysqlBackend {
    /// The database of a URL: `mysql://user:password@host:3306/database?option=value`, with the options that the guide lists. With
    /// `mariadb://` it has to be a MariaDB server; with `mysql://` the server says which it is. Several hosts, with `,` in between, are nodes of a
    /// cluster: each connection goes to the first that answers.
    ///
    /// # Errors
    ///
    /// `Config` when the URL is malformed, or has an option that is not known or has a wrong value.
    pub fn from_url(url: &DatabaseUrl) -> Result<Self> {
        let settings = Settings::read(url)?;
        let server = OnceLock::new();
        if url.scheme().starts_with("mariadb") {
            server.get_or_init(|| Server::MariaDb);
        }
        let places = settings.places().into_iter().map(Place::new).collect();
        Ok(Self { settings, places, server })
    }

    /// Connects to the first host that answers. One that refuses the login ends the search.
    fn open(&self) -> Result<MysqlConnection> {
        let mut reasons = Vec::new();
        for place in &self.places {
            match self.open_at(place) {
                Err(error) if error.kind() == ErrorKind::ConnectionLost => reasons.push(error),
                outcome => return outcome,
            }
        }
        match reasons.len() {
            1 => Err(reasons.remove(0)),
            _ => {
                let reasons: Vec<String> = reasons.iter().map(Error::to_string).collect();
                let message = format!("no host of {} answers: {}", self.settings, reasons.join("; "));
                Err(Error::new(ErrorKind::ConnectionLost, message))
            }
        }
    }

    fn open_at(&self, Place { settings, opts, attempts }: &Place) -> Result<MysqlConnection> {
        let (place, known, one_of_several) = (settings.to_string(), self.server.get().copied(), self.places.len() > 1);
        let of_attempt = Arc::clone(opts);
        let connect = move || connect(&of_attempt, &place, known, one_of_several);
        let (driver, server) = attempts.run(&settings.to_string(), settings.connect_timeout(), connect)?;
        self.server.get_or_init(|| server);
        Ok(MysqlConnection::new(driver, Arc::clone(opts), server))
    }
}

/// Connects to the server that is `known`, or finds out which it is.
fn connect(opts: &Opts, place: &str, known: Option<Server>, one_of_several: bool) -> Result<(mysql::Conn, Server)> {
    let failed = |error| classify_connect(error, place);
    let mut driver = mysql::Conn::new(opts.clone()).map_err(failed)?;
    let found = Server::of(&mut driver).map_err(failed)?;
    if known.is_some_and(|known| known != found) {
        let message = format!("{place}: the server is not the one that the URL names; write `mysql://`");
        return Err(Error::new(ErrorKind::Config, message));
    }
    if one_of_several && !found.is_ready(&mut driver).map_err(failed)? {
        let message = format!("{place}: the node is not with the others of its cluster");
        return Err(Error::new(ErrorKind::ConnectionLost, message));
    }
    found.set_up(&mut driver).map_err(failed)?;
    Ok((driver, found))
}

impl Backend for MysqlBackend {
    /// Where the URL does not say which server it is, it is asked once. As long as it does not answer, it is taken for MySQL.
    fn dialect(&self) -> &'static dyn Dialect {
        if self.server.get().is_none() {
            // What is wrong, the statement will say that asks for the dialect.
            drop(self.open());
        }
        MysqlDialect::of(self.server.get().copied().unwrap_or(Server::MySql))
    }

    fn connect(&self) -> Result<Box<dyn Connection>> {
        Ok(Box::new(self.open()?))
    }

    fn location(&self) -> Option<String> {
        Some(self.settings.to_string())
    }
}

impl fmt::Debug for MysqlBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MysqlBackend({})", self.settings)
    }
}
