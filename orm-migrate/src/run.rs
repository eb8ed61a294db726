use std::collections::BTreeSet;
use std::time::Duration;

use orm_core::driver::TransactionOptions;
use orm_core::engine::Engine;

use crate::error::{Error, Result};
use crate::graph::Target;
use crate::revision::{Migrations, Revision};

/// Revisions and a database.
///
/// ```
/// use orm::migrate::Migrations;
///
/// let migrations = Migrations::from_files([
///     ("1_a1_users/revision.toml", "id = \"a1\""),
///     ("1_a1_users/up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);"),
///     ("1_a1_users/down.sql", "-- orm: danger: the users are lost\nDROP TABLE users;"),
/// ])?;
/// let engine = orm::Engine::connect("sqlite://")?;
/// let run = migrations.on(&engine);
/// assert_eq!(run.upgrade("heads")?, ["a1"]);
/// assert_eq!(run.current()?, ["a1"]);
/// assert!(run.downgrade("base").is_err());
/// assert_eq!(run.allow_destructive(true).downgrade("base")?, ["a1"]);
/// assert_eq!(migrations.heads()[0].id(), "a1");
/// # Ok::<(), orm::migrate::Error>(())
/// ```
pub struct Run<'m> {
    pub(crate) migrations: &'m Migrations,
    pub(crate) engine: &'m Engine,
    pub(crate) schema: Option<String>,
    pub(crate) allow_destructive: bool,
    pub(crate) options: TransactionOptions,
    pub(crate) retries: u32,
    pub(crate) watch: Option<Watch<'m>>,
}

/// A statement or a step in Rust that begins or has ended, for the listener of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'p> {
    /// The schema of the run, if it is that of a [tenant](Run::schema).
    pub schema: Option<&'p str>,
    /// The id of its revision.
    pub revision: &'p str,
    /// Its text, or the name of the step.
    pub statement: &'p str,
    /// Which of all it is, from one.
    pub number: usize,
    /// How many there are, in all revisions that run.
    pub of: usize,
    /// The time that it took. `None` when it begins.
    pub time: Option<Duration>,
}

/// What is called when a statement begins, and when it has ended.
pub(crate) type Watch<'m> = Box<dyn Fn(&Progress<'_>) + 'm>;

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("migrations", self.migrations).finish_non_exhaustive()
    }
}

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

impl<'m> Run<'m> {
    pub(crate) fn new(migrations: &'m Migrations, engine: &'m Engine) -> Self {
        Self {
            migrations,
            engine,
            schema: None,
            allow_destructive: false,
            options: TransactionOptions::new(),
            retries: 0,
            watch: None,
        }
    }

    /// Runs in a schema: that of a tenant, with tables and a history of its own. Names without a schema are in it, and in no other: what tenants share is
    /// named with its own, as in `public.citext`. On MariaDB a schema is a database.
    ///
    /// ```no_run
    /// let migrations = orm::migrate::Migrations::load("migrations")?;
    /// let engine = orm::Engine::connect("postgresql://app@localhost/app")?;
    /// let acme = migrations.on(&engine).schema("acme");
    /// acme.create_schema()?;
    /// acme.upgrade("heads")?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A script that runs in the transaction of its revision needs nothing of the connection. One with statements that are alone sets the schema for the connection,
    /// which a pooler in transaction mode does not keep: connect it to the server itself.
    ///
    /// SQLite is `Unsupported`: a tenant has a file, and an engine, of its own there.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Creates the schema of the run, if it is missing.
    ///
    /// See the example of [`schema`](Run::schema).
    ///
    /// # Errors
    ///
    /// `Usage` for a run without a schema, and those of [`Engine::create_schema`].
    pub fn create_schema(&self) -> Result<()> {
        match &self.schema {
            Some(schema) => Ok(self.engine.create_schema(schema)?),
            None => Err(Error::Usage("the run is in no schema that could be created".to_owned())),
        }
    }

    /// Whether revisions may lose rows and values.
    ///
    /// See the example of [`Run`].
    #[must_use]
    pub fn allow_destructive(mut self, allow: bool) -> Self {
        self.allow_destructive = allow;
        self
    }

    /// Gives the transactions of revisions these options: a `lock_timeout`, so that a statement which waits for a table does not keep those that
    /// come after it waiting, or a `statement_timeout`. They do not hold for statements that run alone.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orm::TransactionOptions;
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::default();
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let options = TransactionOptions::new().lock_timeout(Duration::from_secs(5));
    /// migrations.on(&engine).options(options).retries(10).upgrade("heads")?;
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    #[must_use]
    pub fn options(mut self, options: TransactionOptions) -> Self {
        self.options = options;
        self
    }

    /// How often a revision that has waited too long for a lock is tried again, after a pause as long as the `lock_timeout`. Its transaction has
    /// been rolled back before.
    ///
    /// See the example of [`options`](Run::options).
    #[must_use]
    pub fn retries(mut self, times: u32) -> Self {
        self.retries = times;
        self
    }

    /// Calls `watch` when a statement begins, and when it has ended.
    ///
    /// ```
    /// use orm::migrate::Migrations;
    ///
    /// let migrations = Migrations::default();
    /// let engine = orm::Engine::connect("sqlite://")?;
    /// let watch = |progress: &orm::migrate::Progress<'_>| {
    ///     if let Some(time) = progress.time {
    ///         println!("{} of {}: {time:?} {}", progress.number, progress.of, progress.statement);
    ///     }
    /// };
    /// migrations.on(&engine).watch(watch).upgrade("heads")?;
    /// # Ok::<(), orm::migrate::Error>(())
    /// ```
    #[must_use]
    pub fn watch(mut self, watch: impl Fn(&Progress<'_>) + 'm) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// The ids of the last revisions that the database has: one for each branch. A revision that is run in part is not there yet, and one that is
    /// undone in part still is.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// `Missing` if the database has a revision that is not in the folder, and the database's error.
    pub fn current(&self) -> Result<Vec<String>> {
        let applied = self.applied()?;
        Ok(self.migrations.heads_of(&applied).into_iter().map(|revision| revision.id().to_owned()).collect())
    }

    /// Runs the revisions up to the target, as far as the database does not have them, and returns their ids.
    ///
    /// Each runs in a transaction of its own, which holds a lock: of several programs one does the work, and the others wait. MySQL and MariaDB
    /// commit with each statement of the schema. There the statements that are done are counted, and a run goes on behind them.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// `Unknown` and `Ambiguous` for the target, `Destructive` if a revision loses something and may not, before anything runs; `Statement` with
    /// the statement that failed, after which the revisions before it are done; `Unfinished` when another revision was left in the middle, or this one on
    /// its way down.
    pub fn upgrade(&self, target: &str) -> Result<Vec<String>> {
        self.go(Way::Up, &self.plan_upgrade(target)?)
    }

    /// Undoes the revisions after the target, and returns their ids.
    ///
    /// See the example of [`Run`].
    ///
    /// # Errors
    ///
    /// Those of [`upgrade`](Run::upgrade).
    pub fn downgrade(&self, target: &str) -> Result<Vec<String>> {
        self.go(Way::Down, &self.plan_downgrade(target)?)
    }

    /// The revisions that an upgrade would run.
    pub(crate) fn plan_upgrade(&self, target: &str) -> Result<Vec<&'m Revision>> {
        self.plan(Way::Up, target, &self.applied()?)
    }

    /// The revisions that a downgrade would undo.
    pub(crate) fn plan_downgrade(&self, target: &str) -> Result<Vec<&'m Revision>> {
        self.plan(Way::Down, target, &self.applied()?)
    }

    pub(crate) fn plan(&self, way: Way, target: &str, applied: &BTreeSet<String>) -> Result<Vec<&'m Revision>> {
        let all = self.migrations;
        let has = |revision: &&Revision| applied.contains(revision.id());
        Ok(match (way, all.resolve(target, applied)?) {
            (Way::Up, target) => {
                all.with_ancestors(&all.ids(target)).into_iter().filter(|revision| !has(revision)).collect()
            }
            (Way::Down, Target::Before(id)) => {
                let own = all.find(&id).into_iter().chain(all.descendants(std::slice::from_ref(&id)));
                let own: BTreeSet<&str> = own.map(Revision::id).collect();
                all.revisions.iter().rev().filter(|revision| own.contains(revision.id()) && has(revision)).collect()
            }
            (Way::Down, Target::Base) => all.revisions.iter().rev().filter(has).collect(),
            (Way::Down, Target::Revisions(ids)) => all.descendants(&ids).into_iter().rev().filter(has).collect(),
        })
    }

    /// The revisions that the database has.
    pub(crate) fn applied(&self) -> Result<BTreeSet<String>> {
        let found = self.entries()?;
        for (id, entry) in &found {
            let Some(revision) = self.migrations.find(id) else {
                return Err(Error::Missing { of: "the database".to_owned(), id: id.clone() });
            };
            // What is done of an unfinished one is compared when it goes on.
            if entry.unfinished.is_none() && revision.digest() != entry.digest {
                return Err(Error::Changed { id: id.clone() });
            }
        }
        Ok(found.into_iter().filter(|(_, entry)| entry.is_applied()).map(|(id, _)| id).collect())
    }
}
