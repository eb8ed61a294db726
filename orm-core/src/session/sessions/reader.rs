//! Sessions that read from replicas.

use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::Sessions;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;
use crate::session::databases::{Balance, Choice, Replicas};

impl Sessions {
    /// Lets a copy of the database answer what only reads: queries outside a transaction, until the session writes for the first time. From then
    /// on it reads what it wrote, from the database itself. [`reader`](Sessions::reader) makes sessions that never write. Several replicas take
    /// turns.
    ///
    /// A replica may be behind: [`max_lag`](Sessions::max_lag) leaves out one that is too far behind, and
    /// [`position`](Session::position) lets a later session see what an earlier one wrote. One that does not answer is left out for a
    /// [while](Sessions::replica_pause), and another one, or the database itself, is asked instead.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # use orm::prelude::*;
    /// use orm::Balance;
    ///
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "users")]
    /// # struct User {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// #     name: String,
    /// # }
    /// let engine = Engine::connect("postgresql://primary/shop")?;
    /// let (east, west) = (Engine::connect("postgresql://east/shop")?, Engine::connect("postgresql://west/shop")?);
    /// let sessions = engine
    ///     .sessions()
    ///     .replica(&east)?
    ///     .replica(&west)?
    ///     .balance(Balance::LeastLoad)
    ///     .max_lag(Duration::from_secs(5))
    ///     .replica_pause(Duration::from_secs(1));
    ///
    /// let users = User::query().all(&mut sessions.reader())?; // from a replica
    /// let mut session = sessions.session();
    /// let user = User::query().first(&mut session)?; // from a replica, too
    /// session.add(User::default());
    /// session.commit()?;
    /// assert_eq!(User::query().count(&mut session)?, users.len() as u64 + 1); // from the database itself
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` for a replica of another kind of database.
    pub fn replica(self, engine: &Engine) -> Result<Self> {
        let (own, other) = (self.engine().dialect().name(), engine.dialect().name());
        if own != other {
            let message = format!("a replica of {own} cannot be a database of {other}");
            return Err(Error::new(ErrorKind::Config, message));
        }
        let choice = self.choice();
        let engines: Vec<Engine> = self.replica_engines().chain([engine.clone()]).collect();
        Ok(self.with_replicas(engines, choice))
    }

    /// Which of several replicas is read from: one after the other, unless this is said.
    ///
    /// See the example of [`replica`](Sessions::replica).
    pub fn balance(self, balance: Balance) -> Self {
        let choice = Choice { balance, ..self.choice() };
        self.with_choice(choice)
    }

    /// How far a replica may be behind. Each is asked before it is used, and again after each [pause](Sessions::replica_pause). Without it none is
    /// asked. Where the database does not tell, reads are `Unsupported`.
    ///
    /// See the example of [`replica`](Sessions::replica).
    pub fn max_lag(self, lag: Duration) -> Self {
        let choice = Choice { max_lag: Some(lag), ..self.choice() };
        self.with_choice(choice)
    }

    /// How long a replica is left out that did not answer, or was too far behind: a second, unless this is said.
    ///
    /// See the example of [`replica`](Sessions::replica).
    pub fn replica_pause(self, pause: Duration) -> Self {
        let choice = Choice { pause, ..self.choice() };
        self.with_choice(choice)
    }

    /// A session that only reads, from replicas wherever one can be asked, in transactions too. What writes is an error of the kind
    /// [`ReadOnly`](ErrorKind::ReadOnly), before it is sent.
    ///
    /// See the example of [`replica`](Sessions::replica).
    #[track_caller]
    pub fn reader(&self) -> Session {
        self.make_one(Location::caller(), true)
    }

    fn choice(&self) -> Choice {
        self.replicas.as_ref().map(|replicas| replicas.choice()).unwrap_or_default()
    }

    fn replica_engines(&self) -> impl Iterator<Item = Engine> {
        self.replicas.iter().flat_map(|replicas| replicas.engines()).cloned()
    }

    fn with_choice(self, choice: Choice) -> Self {
        let engines: Vec<Engine> = self.replica_engines().collect();
        self.with_replicas(engines, choice)
    }

    fn with_replicas(mut self, engines: Vec<Engine>, choice: Choice) -> Self {
        self.replicas = Some(Arc::new(Replicas::new(engines, choice)));
        self
    }
}
