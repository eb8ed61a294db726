use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::factory::Shards;
use super::place::{Place, Places};
use crate::engine::At;
use crate::error::{Error, ErrorKind, Result};
use crate::session::{CommitMode, CommitNames, Session};

/// A unit of work over shards, from [`Shards::session`].
///
/// It has a [`Session`] for each shard, with an identity map and a unit of work of its own, which is opened when it is needed. What is done
/// with an object, its session does: [`of`](ShardedSession::of) lends it. Queries are run by [`all`](ShardedSession::all) and the like, on
/// the shards that can have rows of them, at the same time.
///
/// See the example of [`Shards`].
pub struct ShardedSession {
    pub(super) shards: Shards,
    /// By the number of the shard; the default database comes behind the shards.
    pub(super) sessions: Vec<Option<Session>>,
    pub(super) places: Arc<Places>,
    /// Whether a commit has reached some of the databases only.
    pub(super) partly: bool,
    /// What names the transactions of all shards, which commit in two phases.
    pub(super) names: CommitNames,
    made_at: At,
}

impl ShardedSession {
    pub(super) fn new(shards: Shards, made_at: At) -> Self {
        let sessions = (0..shards.databases()).map(|_| None).collect();
        let places = Arc::new(shards.places());
        Self { shards, sessions, places, partly: false, names: CommitNames::default(), made_at }
    }

    /// The factory of the session.
    pub fn shards(&self) -> &Shards {
        &self.shards
    }

    /// The session of one shard, by its name, or of the `default` database: for whatever is to be done there alone.
    ///
    /// # Errors
    ///
    /// `Config` when there is no such shard, and `PendingRollback` after a failure on one of the shards.
    pub fn shard(&mut self, name: &str) -> Result<&mut Session> {
        self.refuse_failed()?;
        let has_default = self.shards.databases() > self.shards.names.len();
        let number = match has_default && name == self.shards.name(self.shards.names.len()) {
            true => self.shards.names.len(),
            false => self.places.number(name)?,
        };
        Ok(self.open(number))
    }

    /// The session of a database, which is made if there is none.
    pub(super) fn open(&mut self, database: usize) -> &mut Session {
        let (shards, places, names, made_at) = (&self.shards, &self.places, &self.names, self.made_at);
        self.sessions[database].get_or_insert_with(|| {
            let mut session = open(shards, places, database, made_at);
            if shards.mode == CommitMode::TwoPhase {
                session.name_commits(names.clone());
            }
            session
        })
    }

    /// The sessions that there are, with the numbers of their databases.
    pub(super) fn opened(&mut self) -> impl Iterator<Item = (usize, &mut Session)> {
        self.sessions.iter_mut().enumerate().filter_map(|(number, session)| Some((number, session.as_mut()?)))
    }

    /// What has failed on one shard has failed on all.
    pub(super) fn refuse_failed(&self) -> Result<()> {
        let failed = self.sessions.iter().flatten().any(Session::needs_rollback);
        if !failed && !self.partly {
            return Ok(());
        }
        let message =
            "a statement failed on one of the shards, so that the transactions of all are lost; rollback() ends them";
        Err(Error::new(ErrorKind::PendingRollback, message))
    }

    /// Runs `work` on each of these databases, at the same time if they are several, and gives what it returns in their order.
    ///
    /// # Errors
    ///
    /// The first one in their order.
    pub(super) fn each<R: Send>(
        &mut self,
        databases: &[usize],
        work: impl Fn(usize, &mut Session) -> Result<R> + Sync,
    ) -> Result<Vec<(usize, R)>> {
        self.refuse_failed()?;
        databases.iter().for_each(|&database| {
            self.open(database);
        });
        let shards = self.shards.clone();
        let mut sessions: Vec<(usize, &mut Session)> =
            self.opened().filter(|(number, _)| databases.contains(number)).collect();
        let run = |number: usize, session: &mut Session| match work(number, session) {
            Ok(done) => Ok((number, done)),
            Err(error) => Err(error.context(shards.on(number))),
        };
        let Some((last, last_session)) = sessions.pop() else { return Ok(Vec::new()) };
        let span = tracing::Span::current();
        thread::scope(|scope| {
            let (run, span) = (&run, &span);
            let threads: Vec<_> = sessions
                .into_iter()
                .map(|(number, session)| scope.spawn(move || span.in_scope(|| run(number, session))))
                .collect();
            let own = run(last, last_session);
            // Every thread is waited for, so that no session is at work when an error is returned.
            let joined: Vec<Result<(usize, R)>> =
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect();
            joined.into_iter().chain([own]).collect()
        })
    }
}

fn open(shards: &Shards, places: &Arc<Places>, database: usize, made_at: At) -> Session {
    let mut session = shards.sessions(database).make(made_at);
    if database < shards.names.len() {
        session.set_placement(Arc::new(Place { places: Arc::clone(places), shard: database }));
    }
    session
}

impl std::fmt::Debug for ShardedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.sessions.iter().enumerate().map(|(number, session)| (self.shards.name(number), session));
        f.debug_map().entries(names.filter_map(|(name, session)| Some((name, session.as_ref()?)))).finish()
    }
}
