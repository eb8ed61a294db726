//! Sessions over several databases.

use std::sync::Arc;
use std::time::Duration;

use super::Sessions;
use crate::engine::Engine;
use crate::error::Result;
use crate::schema::{TableDef, TableName};
use crate::session::databases::{CommitMode, Database, Routes};
use crate::session::transaction::prepared::{Resolved, resolve};

impl Sessions {
    /// Binds models to another database, under a name that errors and [`on_database`](crate::query::Sql::on_database) use. The sessions have
    /// one identity map and one unit of work over all databases; each statement goes to the database of its tables, and what is not bound
    /// belongs to the engine of the factory.
    ///
    /// Relations between models of different databases load, by one statement for the members, and follow keys in memory. No constraint can
    /// hold there, and no statement can join both: that is `Unsupported`. [`commit_mode`](Sessions::commit_mode) says what a commit over
    /// several databases is.
    ///
    /// ```
    /// use orm::CommitMode;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "account")]
    /// struct Account {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     balance: i64,
    ///     #[has_many(back_populates = account)]
    ///     entries: HasMany<LogEntry>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "log_entry")]
    /// struct LogEntry {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     change: i64,
    ///     #[belongs_to(back_populates = entries)]
    ///     account: BelongsTo<Account>,
    /// }
    ///
    /// let (main, logs) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
    /// let sessions = main.sessions().bind("logs", models![LogEntry], &logs)?.commit_mode(CommitMode::Ordered);
    /// sessions.create_all(models![Account, LogEntry])?;
    ///
    /// let mut session = sessions.session();
    /// let entry = LogEntry { change: 7, ..Default::default() };
    /// let account = session.add(Account { balance: 7, entries: [entry].into(), ..Default::default() });
    /// session.commit()?; // the account, and then its entry
    /// assert_eq!(session.load(account, Account::entries)?.len(), 1);
    /// assert_eq!(sql("SELECT count(*) FROM log_entry").on_database("logs").one::<i64>(&mut session)?, 1);
    /// let joined = Account::query().filter(Account::entries.is_not_empty()).all(&mut session);
    /// assert_eq!(joined.unwrap_err().kind(), ErrorKind::Unsupported);
    /// session.close()?;
    /// assert_eq!(LogEntry::query().count(&mut logs.session())?, 1);
    /// # sessions.drop_all(models![Account, LogEntry])?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` when the name is taken, or a model's table is bound already.
    pub fn bind(
        mut self,
        name: &'static str,
        models: impl IntoIterator<Item = &'static TableDef>,
        engine: &Engine,
    ) -> Result<Self> {
        self.routes_mut().bind(name, models, engine)?;
        Ok(self)
    }

    /// What a commit is of a transaction that wrote to several databases.
    ///
    /// See the example of [`bind`](Sessions::bind).
    pub fn commit_mode(mut self, mode: CommitMode) -> Self {
        self.routes_mut().mode = mode;
        self
    }

    fn routes_mut(&mut self) -> &mut Routes {
        Arc::make_mut(self.routes.get_or_insert_default())
    }

    /// [`Engine::create_all`] on each database, for the models that it has. A foreign key into another database is a column without a
    /// constraint.
    ///
    /// See the example of [`bind`](Sessions::bind).
    ///
    /// # Errors
    ///
    /// As [`Engine::create_all`]. What was created on databases before stays.
    #[track_caller]
    pub fn create_all(&self, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        let tables: Vec<&'static TableDef> = tables.into_iter().collect();
        for (database, engine) in self.databases() {
            engine.create_where(tables.iter().copied(), &|table| self.database_of(table) == database)?;
        }
        Ok(())
    }

    /// [`Engine::drop_all`] on each database, for the models that it has.
    ///
    /// See the example of [`bind`](Sessions::bind).
    ///
    /// # Errors
    ///
    /// As [`Engine::drop_all`]. What was dropped on databases before is gone.
    #[track_caller]
    pub fn drop_all(&self, tables: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        let tables: Vec<&'static TableDef> = tables.into_iter().collect();
        for (database, engine) in self.databases() {
            engine.drop_where(tables.iter().copied(), &|table| self.database_of(table) == database)?;
        }
        Ok(())
    }

    /// Ends what a crash has left of commits in two phases: transactions that are prepared on some of the databases. Each is committed if all
    /// databases had prepared it, and rolled back otherwise. Gives what was ended.
    ///
    /// A commit that is under way looks the same, so that those which began less than `least_age` ago are left alone: it has to be longer than
    /// any commit takes. A program calls this when it starts, and may call it from time to time.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # use orm::prelude::*;
    /// # use orm::CommitMode;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "log_entry")]
    /// # struct LogEntry {
    /// #     #[orm(primary_key)]
    /// #     id: i64,
    /// # }
    /// # let (main, logs) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
    /// let sessions = main.sessions().bind("logs", models![LogEntry], &logs)?.commit_mode(CommitMode::TwoPhase);
    /// for resolved in sessions.resolve_prepared(Duration::from_secs(60))? {
    ///     println!("{resolved}");
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The databases'. What was not ended is still there.
    #[track_caller]
    pub fn resolve_prepared(&self, least_age: Duration) -> Result<Vec<Resolved>> {
        let databases: Vec<(&'static str, &Engine)> =
            self.databases().map(|(database, engine)| (self.name_of(database), engine)).collect();
        resolve(&databases, least_age)
    }

    /// The engines that a session may have connections of: its own, those that models are bound to, and replicas. It is for crates that give out the right
    /// to a session.
    #[doc(hidden)]
    pub fn engines(&self) -> impl Iterator<Item = &Engine> {
        let replicas = self.replicas.iter().flat_map(|replicas| replicas.engines());
        self.databases().map(|(_, engine)| engine).chain(replicas)
    }

    fn databases(&self) -> impl Iterator<Item = (Database, &Engine)> {
        let bound = self.routes.iter().flat_map(|routes| routes.engines());
        Database::each().zip(std::iter::once(self.engine()).chain(bound))
    }

    fn database_of(&self, table: &TableName) -> Database {
        self.routes.as_ref().map_or(Database::DEFAULT, |routes| routes.of(table))
    }

    fn name_of(&self, database: Database) -> &'static str {
        self.routes.as_ref().map_or(Routes::DEFAULT_NAME, |routes| routes.name(database))
    }
}
