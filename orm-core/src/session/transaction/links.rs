//! The ways of a session to its databases: the default one, and those that models are bound to.
//!
//! Each [`Link`] has a connection and a transaction of its own, which begins with the first statement that needs one. A statement goes to the
//! database of its tables. What fails on one link has failed on all: the session needs a rollback.

use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::link::{BeginListener, Link, Recording, Way};
use super::names::CommitNames;
use crate::dialect::{Capabilities, Dialect};
use crate::driver::{CancelToken, TransactionOptions};
use crate::engine::{At, Engine};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Row;
use crate::render;
use crate::schema::TableName;
use crate::session::databases::{CommitMode, Database, Routes};
use crate::session::transaction::Prepared;
use crate::sql::{Access, Context, Select, Write};
use crate::value::Value;

pub(crate) struct Links {
    /// The database of all that is not bound to another.
    main: Link,
    bound: Option<Box<Bound>>,
}

/// The links of a session over several databases.
pub(super) struct Bound {
    pub(super) links: Vec<Link>,
    pub(super) routes: Arc<Routes>,
    /// Whether a commit has reached some of the databases only.
    pub(super) partly: bool,
}

impl Links {
    pub(crate) fn new(engine: Engine, made_at: At) -> Self {
        Self { main: Link::new(engine, made_at), bound: None }
    }

    /// Adds the databases that models are bound to.
    pub(crate) fn bind(&mut self, routes: &Arc<Routes>) {
        let links = routes.engines().map(|engine| Link::new(engine.clone(), self.main.made_at)).collect();
        self.bound = Some(Box::new(Bound { links, routes: Arc::clone(routes), partly: false }));
        if routes.mode == CommitMode::TwoPhase {
            self.name_commits(CommitNames::default());
        }
    }

    /// The transactions of all links commit in two phases, under names from there.
    pub(super) fn name_commits(&mut self, names: CommitNames) {
        self.all_mut().for_each(|(_, link)| link.names = Some(names.clone()));
    }

    pub(super) fn commit_names(&self) -> Option<CommitNames> {
        self.main.names.clone()
    }

    /// The next commit has names of its own.
    pub(super) fn renew_names(&self) {
        if let Some(names) = self.main.names.as_ref().filter(|_| self.bound.is_some()) {
            names.renew();
        }
    }

    /// The link of the default database.
    pub(crate) fn main(&mut self) -> &mut Link {
        self.at(Database::DEFAULT)
    }

    /// The link of the database that has the table.
    pub(crate) fn of(&mut self, table: &TableName) -> &mut Link {
        self.at(self.database_of(table))
    }

    /// The link of a database.
    pub(crate) fn at(&mut self, database: Database) -> &mut Link {
        if self.bound.is_some() {
            self.share_failure();
        }
        self.at_unshared(database)
    }

    /// [`at`](Self::at), whatever has failed on the others.
    pub(super) fn at_unshared(&mut self, database: Database) -> &mut Link {
        let bound = self.bound.as_mut().zip(database.bound());
        bound.and_then(|(bound, index)| bound.links.get_mut(index)).unwrap_or(&mut self.main)
    }

    /// The link of a database, for a statement that writes.
    ///
    /// # Errors
    ///
    /// `InvalidState` when another database was written to, and the commit is to be of one.
    pub(crate) fn writer(&mut self, database: Database) -> Result<&mut Link> {
        self.refuse_another_writer(database)?;
        Ok(self.at(database))
    }

    /// The link of the database that has the table, for a statement that writes.
    ///
    /// # Errors
    ///
    /// As [`writer`](Self::writer).
    pub(crate) fn writer_of(&mut self, table: &TableName) -> Result<&mut Link> {
        self.writer(self.database_of(table))
    }

    pub(crate) fn database_of(&self, table: &TableName) -> Database {
        self.bound.as_ref().map_or(Database::DEFAULT, |bound| bound.routes.of(table))
    }

    /// The database of that name.
    ///
    /// # Errors
    ///
    /// `Config` when the session has none.
    pub(crate) fn database_named(&self, name: Option<&str>) -> Result<Database> {
        let Some(name) = name else { return Ok(Database::DEFAULT) };
        let found = self.bound.as_ref().and_then(|bound| bound.routes.named(name));
        found.ok_or_else(|| {
            let message = format!("the session has no database `{name}`: `bind` of the factory of sessions names one");
            Error::new(ErrorKind::Config, message)
        })
    }

    fn link(&self, database: Database) -> &Link {
        let bound = self.bound.as_ref().zip(database.bound());
        bound.and_then(|(bound, index)| bound.links.get(index)).unwrap_or(&self.main)
    }

    pub(crate) fn dialect(&self, database: Database) -> &'static dyn Dialect {
        self.link(database).dialect()
    }

    pub(crate) fn engine_of(&self, table: &TableName) -> &Engine {
        &self.link(self.database_of(table)).engine
    }

    pub(crate) fn dialect_of(&self, table: &TableName) -> &'static dyn Dialect {
        self.dialect(self.database_of(table))
    }

    pub(crate) fn name(&self, database: Database) -> &str {
        self.bound.as_ref().map_or(Routes::DEFAULT_NAME, |bound| bound.routes.name(database))
    }

    /// Whether one of the databases lacks something.
    pub(crate) fn lack(&self, has: fn(&Capabilities) -> bool) -> bool {
        self.all().any(|(_, link)| !has(link.dialect().capabilities()))
    }

    pub(super) fn bound(&mut self) -> Option<&mut Bound> {
        self.bound.as_deref_mut()
    }

    /// How several databases commit; nothing for a session over one.
    pub(super) fn mode(&self) -> Option<CommitMode> {
        self.bound.as_ref().map(|bound| bound.routes.mode)
    }

    /// All links with their databases.
    pub(super) fn all(&self) -> impl Iterator<Item = (Database, &Link)> {
        let bound = self.bound.iter().flat_map(|bound| &bound.links);
        Database::each().zip(std::iter::once(&self.main).chain(bound))
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = (Database, &mut Link)> {
        let bound = self.bound.iter_mut().flat_map(|bound| &mut bound.links);
        Database::each().zip(std::iter::once(&mut self.main).chain(bound))
    }

    /// Ends something on every link, also after an error, and gives the first one.
    fn on_each(&mut self, mut end: impl FnMut(&mut Link) -> Result<()>) -> Result<()> {
        let mut outcome = Ok(());
        for (_, link) in self.all_mut() {
            let ended = end(link);
            outcome = outcome.and(ended);
        }
        outcome
    }

    /// What the session says of all its statements.
    pub(crate) fn context(&self) -> &Context {
        &self.main.context
    }

    /// Says something else of all statements from now on.
    pub(crate) fn change_context(&mut self, change: impl Fn(&mut Context)) {
        self.all_mut().for_each(|(_, link)| change(&mut link.context));
    }

    /// The schema of tables that name none, if it is not the connection's own.
    pub(crate) fn schema(&self) -> Option<&'static str> {
        self.main.dialect().schema()
    }

    /// The schema of tables that name none is this one, or the connection's own.
    pub(crate) fn set_schema(&mut self, schema: Option<&str>) {
        self.all_mut().for_each(|(_, link)| link.set_schema(schema));
    }

    /// The text of a SELECT for a database, and its parameters.
    ///
    /// # Errors
    ///
    /// Those of [`render`](Self::render).
    pub(crate) fn render_at(&self, database: Database, select: &Select) -> Result<(String, Vec<Value>)> {
        render::select_within(self.dialect(database), self.context(), select)
    }

    /// Makes a SELECT ready to be sent.
    ///
    /// # Errors
    ///
    /// Mistakes in it, and `Unsupported` for what the database cannot do, as to read tables of other databases.
    pub(crate) fn render(&self, select: &Select) -> Result<Prepared> {
        let database = match &self.bound {
            None => Database::DEFAULT,
            Some(bound) => bound.routes.of_all(&select.reads().tables)?,
        };
        let (text, params) = self.render_at(database, select)?;
        Ok(Prepared { text, params, access: select.access(), raw: false, database })
    }

    /// Runs a statement that returns rows.
    pub(crate) fn run(
        &mut self,
        statement: &Prepared,
        sink: impl FnMut(&dyn Row) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if statement.access == Access::Write {
            self.refuse_another_writer(statement.database)?;
        }
        self.at(statement.database).run(statement, sink)
    }

    /// Runs a statement that changes rows, hands what it returns of each to `each`, and tells how many there were.
    pub(crate) fn write(&mut self, statement: &Write, each: impl FnMut(&dyn Row) -> Result<()>) -> Result<u64> {
        let database = match &self.bound {
            None => Database::DEFAULT,
            Some(bound) => bound.routes.of_all(&statement.reads().tables)?,
        };
        self.writer(database)?.write(statement, each)
    }

    /// What protects what is read in the open transaction; see [`Link::protection`]. Several transactions protect nothing together.
    pub(crate) fn protection(&self) -> Option<NonZeroU64> {
        if self.bound.is_some() { None } else { self.main.protection() }
    }

    /// Begins what a statement that reads needs, and tells what protects what it reads.
    pub(crate) fn prepare_read(&mut self, database: Database, access: Access) -> Result<Option<NonZeroU64>> {
        self.at(database).prepare_read(access)?;
        Ok(self.protection())
    }

    /// Begins a transaction on each link.
    pub(crate) fn begin_with(&mut self, options: TransactionOptions) -> Result<()> {
        self.all_mut().try_for_each(|(_, link)| link.begin_with(options))
    }

    /// Refuses whatever writes from now on.
    pub(crate) fn read_only(&mut self) {
        self.all_mut().for_each(|(_, link)| link.read_only());
    }

    pub(crate) fn begin_with_reads(&mut self) {
        self.all_mut().for_each(|(_, link)| link.begin_with_reads());
    }

    pub(crate) fn set_options(&mut self, options: TransactionOptions) {
        self.all_mut().for_each(|(_, link)| link.set_options(options));
    }

    pub(crate) fn on_begin(&mut self, listener: BeginListener) {
        let listener = Arc::new(Mutex::new(listener));
        self.all_mut().for_each(|(_, link)| link.on_begin(Arc::clone(&listener)));
    }

    pub(crate) fn cancel_token(&mut self) -> CancelToken {
        let token = self.main.cancel_token();
        self.all_mut().for_each(|(_, link)| link.cancel_by(token.clone()));
        token
    }

    pub(crate) fn cancel_by(&mut self, token: &CancelToken) {
        self.all_mut().for_each(|(_, link)| link.cancel_by(token.clone()));
    }

    pub(crate) fn stop_by(&mut self, token: &CancelToken) {
        self.all_mut().for_each(|(_, link)| link.stop = Some(token.clone()));
    }

    pub(crate) fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.all_mut().for_each(|(_, link)| link.set_deadline(deadline));
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.all().any(|(_, link)| link.in_transaction())
    }

    pub(crate) fn holds_connection(&self) -> bool {
        self.all().any(|(_, link)| !matches!(link.way, Way::Free))
    }

    /// From now on reads share one snapshot for each database, where that costs next to nothing or `always`. Tells whether some do.
    pub(crate) fn begin_snapshot(&mut self, always: bool) -> bool {
        self.all_mut().fold(false, |begun, (_, link)| link.begin_snapshot(always) || begun)
    }

    pub(crate) fn end_snapshot(&mut self) -> Result<()> {
        self.on_each(Link::end_snapshot)
    }

    /// From now on the texts of statements are kept, or no longer. Gives those that were kept.
    pub(crate) fn record(&mut self, on: bool) -> Vec<String> {
        let recording = on.then(Recording::default);
        let before = self.main.recorded.take();
        self.all_mut().for_each(|(_, link)| link.recorded = recording.clone());
        before.map(|recording| recording.take()).unwrap_or_default()
    }

    /// Whether a savepoint is open.
    pub(crate) fn has_savepoint(&self) -> bool {
        self.main.has_savepoint()
    }

    /// Begins a savepoint on each link that is in a transaction; others begin it with their transaction. Tells how many there are now.
    pub(crate) fn savepoint(&mut self) -> Result<usize> {
        if self.bound.is_none() {
            return self.main.savepoint();
        }
        self.share_failure();
        let begun = self.all_mut().try_for_each(|(_, link)| link.savepoint_if_begun());
        begun.inspect_err(|error| self.fail(error))?;
        Ok(self.main.savepoints)
    }

    /// Ends savepoint `number`: what was done since becomes a part of what is around it.
    pub(crate) fn release(&mut self, number: usize) -> Result<()> {
        self.share_failure();
        self.all_mut().try_for_each(|(_, link)| link.release(number))
    }

    /// Undoes what was done since savepoint `number`, and makes the links usable again, unless a transaction is lost as a whole.
    pub(crate) fn rollback_to(&mut self, number: usize) -> Result<()> {
        self.share_failure();
        self.on_each(|link| link.rollback_to(number))
    }

    /// Rolls back and makes the links usable again.
    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.renew_names();
        self.on_each(Link::rollback)
    }

    /// What was not committed has failed.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.all_mut().for_each(|(_, link)| link.fail(error));
    }

    /// What was begun, if anything was, has failed.
    pub(crate) fn fail_begun(&mut self, error: &Error) {
        if self.all().any(|(_, link)| link.is_begun()) {
            self.fail(error);
        }
        self.main.last_failure.note(error);
    }

    /// Whether statements are refused until a rollback.
    pub(crate) fn needs_rollback(&self) -> bool {
        self.all().any(|(_, link)| link.needs_rollback())
    }

    pub(crate) fn note_failure(&mut self, error: &Error) {
        self.main.last_failure.note(error);
    }

    pub(crate) fn forget_failures(&mut self) {
        self.all_mut().for_each(|(_, link)| link.last_failure.forget());
    }

    /// Whether others were in the way: what memory knows of the rows is out of date.
    pub(crate) fn failed_by_conflict(&self) -> bool {
        self.all().any(|(_, link)| link.last_failure.is_conflict())
    }

    /// Whether the unit of work may succeed when it is run again.
    pub(crate) fn failed_transiently(&self) -> bool {
        self.all().any(|(_, link)| link.last_failure.is_transient())
    }

    /// What has failed on one link has failed on all.
    pub(super) fn share_failure(&mut self) {
        let Some(reason) = self.all().find_map(|(_, link)| link.failed.clone()) else { return };
        let error = Error::new(ErrorKind::PendingRollback, reason);
        self.all_mut().filter(|(_, link)| !link.needs_rollback()).for_each(|(_, link)| link.fail(&error));
    }

    /// Whether something was written in the open transactions.
    pub(super) fn has_written(&self) -> bool {
        self.writers().next().is_some()
    }

    /// The databases that were written to in the open transactions.
    pub(super) fn writers(&self) -> impl Iterator<Item = Database> {
        self.all().filter(|(_, link)| link.has_written()).map(|(database, _)| database)
    }
}
