use std::panic::Location;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::layout::Layout;
use super::place::{CREATE_DIRECTORY, Chooser, Directory, Places, no_directory};
use super::session::ShardedSession;
use crate::dialect::Dialect;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::query::sql;
use crate::schema::{TableDef, TableName};
use crate::session::{CommitMode, Resolved, Sessions, resolve};
use crate::value::{ColumnType, Value};

/// Makes sessions over shards: databases that have the same tables, and each of them a part of the rows. A program keeps one; clones are cheap.
///
/// The model's shard key tells the shard of a row: `#[orm(shard_key)]` on a column, or on a `belongs_to`, whose target
/// has the same key. A model without one is where the objects are that its relations lead to.
///
/// ```
/// use orm::Shards;
/// use orm::functions::sum;
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "users")]
/// struct User {
///     #[orm(primary_key, shard_key)]
///     id: i64,
///     name: String,
///     #[has_many(back_populates = user, order_by = id, cascade(all, delete_orphan))]
///     orders: HasMany<Order>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "orders")]
/// struct Order {
///     #[orm(primary_key)]
///     id: i64,
///     total: i64,
///     #[belongs_to(back_populates = orders)]
///     #[orm(shard_key)]
///     user: BelongsTo<User>,
/// }
///
/// let (east, west) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
/// let shards = Shards::by(models![User, Order], [("east", &east), ("west", &west)])?.key(|id: i64| (id % 2) as usize);
/// shards.create_all(models![User, Order])?;
///
/// let mut session = shards.session();
/// for id in 1..=4 {
///     let order = Order { total: 10 * id, ..Default::default() };
///     session.add(User { id, name: format!("user {id}"), orders: [order].into() })?;
///     session.commit()?; // on the shard of the user
/// }
/// let user = session.get::<User>(3)?.unwrap(); // asks one shard
/// assert_eq!(session.shard_of(user)?, "west");
/// let orders = session.load(user, User::orders)?;
/// assert_eq!(session[orders[0]].total, 30);
///
/// let last = session.all(User::query().order_by(User::name.desc()).limit(2))?; // asks both, at the same time
/// assert_eq!(session[last[0]].name, "user 4");
/// assert_eq!(session.one(Order::query().select(sum(Order::total)))?, Some(100));
/// # shards.drop_all(models![User, Order])?;
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a factory does nothing until it makes a session"]
pub struct Shards {
    pub(super) layout: Arc<Layout>,
    pub(super) names: Arc<[&'static str]>,
    /// Of the shards, and of the default database behind them.
    sessions: Vec<Sessions>,
    chooser: Chooser,
    directory: Option<Directory>,
    pub(super) mode: CommitMode,
    /// Whether texts are in the order of their bytes.
    binary: Arc<OnceLock<bool>>,
}

/// What the default database is called.
const DEFAULT: &str = "default";

impl Shards {
    /// Shards that have the rows of these models, by their names. Keys are spread by a hash, unless [`key`](Shards::key) or
    /// [`ranges`](Shards::ranges) says another: when a shard is added at the end, only the keys move that go there.
    ///
    /// See the example of [`Shards`].
    ///
    /// # Errors
    ///
    /// `Schema` for a model whose rows nothing tells a shard, and `Config` for no shards, two of one name, and databases of several kinds.
    pub fn by<E: AsRef<Engine>>(
        models: impl IntoIterator<Item = &'static TableDef>,
        shards: impl IntoIterator<Item = (&'static str, E)>,
    ) -> Result<Self> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Config, message));
        let layout = Arc::new(Layout::new(models)?);
        let (mut names, mut sessions) = (Vec::new(), Vec::<Sessions>::new());
        for (name, engine) in shards {
            let engine = engine.as_ref();
            if name == DEFAULT || names.contains(&name) {
                return refuse(format!("a shard cannot be called `{name}`: that is another database"));
            }
            let (known, own) = (sessions.first().map(|known| known.engine().dialect().name()), engine.dialect().name());
            if let Some(known) = known.filter(|known| *known != own) {
                return refuse(format!("shards are databases of one kind, and `{name}` is {own} beside {known}"));
            }
            names.push(name);
            sessions.push(engine.sessions());
        }
        if names.is_empty() {
            return refuse("there are no shards: name one database or more".to_owned());
        }
        Ok(Self {
            layout,
            names: names.into(),
            sessions,
            chooser: Chooser::Hash,
            directory: None,
            mode: CommitMode::default(),
            binary: Arc::default(),
        })
    }

    /// The number of the shard of a key, from 0 in the order in which the shards were given. It has to be the same in all programs, for as long as
    /// the rows stay.
    ///
    /// See the example of [`Shards`].
    pub fn key<V: ColumnType>(self, choose: impl Fn(V) -> usize + Send + Sync + 'static) -> Self {
        let choose = move |key: &Value| match V::from_ref(key.to_ref()) {
            Ok(key) => Ok(choose(key)),
            Err(mismatch) => {
                let message = format!("the shard key is no value of the type that `key` takes: {mismatch}");
                Err(Error::new(ErrorKind::Config, message))
            }
        };
        Self { chooser: Chooser::Key(Arc::new(choose)), ..self }
    }

    /// The shards of ranges of keys, each by its first key: from there on to the next one.
    ///
    /// ```
    /// # use orm::Shards;
    /// # use orm::prelude::*;
    /// # #[derive(Model, Debug, Clone, Default)]
    /// # #[orm(table = "users")]
    /// # struct User {
    /// #     #[orm(primary_key, shard_key)]
    /// #     id: i64,
    /// # }
    /// # let (a, b, main) = (Engine::connect("sqlite://")?, Engine::connect("sqlite://")?, Engine::connect("sqlite://")?);
    /// let shards = Shards::by(models![User], [("a", &a), ("b", &b)])?.ranges([(0, "a"), (1_000_000, "b")])?;
    /// assert_eq!((shards.shard_of_key(999_999)?, shards.shard_of_key(1_000_000)?), ("a", "b"));
    ///
    /// // And a table that says of some keys where they are, such as those of great customers.
    /// let shards = shards.directory(&main).default_engine(&main);
    /// shards.create_all(models![User])?;
    /// shards.place(7, "b")?; // before there are rows of it
    /// assert_eq!((shards.shard_of_key(6)?, shards.shard_of_key(7)?), ("a", "b"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config` for a shard that there is not, and for two ranges with one first key.
    pub fn ranges<V: ColumnType>(self, ranges: impl IntoIterator<Item = (V, &'static str)>) -> Result<Self> {
        let places = self.places();
        let mut known: Vec<(Value, usize)> = Vec::new();
        for (from, name) in ranges {
            known.push((from.to_ref().to_value(), places.number(name)?));
        }
        known.sort_by(|(left, _), (right, _)| super::order::compare(left, right));
        if known.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::new(ErrorKind::Config, "two ranges of shards begin with the same key"));
        }
        Ok(Self { chooser: Chooser::Ranges(known.into()), ..self })
    }

    /// A table of that database, `orm_shard`, that says of some keys on which shard they are; of all others the hash, the ranges or the
    /// function says it. Each unit of work asks once for each key. [`place`](Shards::place) writes it.
    ///
    /// See the example of [`ranges`](Shards::ranges).
    pub fn directory(self, engine: &Engine) -> Self {
        Self { directory: Some(Directory { engine: engine.clone() }), ..self }
    }

    /// The database of all models that are on no shard. Without it they are refused.
    ///
    /// See the example of [`ranges`](Shards::ranges).
    pub fn default_engine(mut self, engine: &Engine) -> Self {
        self.sessions.truncate(self.names.len());
        self.sessions.push(engine.sessions());
        self
    }

    /// What a commit is of a transaction that wrote to several shards: nothing that is done, unless this says another.
    pub fn commit_mode(self, mode: CommitMode) -> Self {
        Self { mode, ..self }
    }

    /// Changes the factories of the sessions, one for each database: for their options and listeners.
    pub fn configure(mut self, change: impl Fn(Sessions) -> Sessions) -> Self {
        self.sessions = self.sessions.into_iter().map(change).collect();
        self
    }

    /// [`Engine::create_all`] on each shard for the models that are on shards, and on the default database for the others.
    ///
    /// See the example of [`Shards`].
    ///
    /// # Errors
    ///
    /// As [`Engine::create_all`]. What was created on databases before stays.
    #[track_caller]
    pub fn create_all(&self, models: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        if let Some(Directory { engine }) = &self.directory {
            engine.connection()?.execute_script(CREATE_DIRECTORY)?;
        }
        self.on_each(models, |engine, tables, here| engine.create_where(tables, here))
    }

    /// [`Engine::drop_all`] on each database, for the models that it has. A directory stays.
    ///
    /// See the example of [`Shards`].
    ///
    /// # Errors
    ///
    /// As [`Engine::drop_all`]. What was dropped on databases before is gone.
    #[track_caller]
    pub fn drop_all(&self, models: impl IntoIterator<Item = &'static TableDef>) -> Result<()> {
        self.on_each(models, |engine, tables, here| engine.drop_where(tables, here))
    }

    fn on_each(
        &self,
        models: impl IntoIterator<Item = &'static TableDef>,
        work: impl Fn(&Engine, Vec<&'static TableDef>, &dyn Fn(&TableName) -> bool) -> Result<()>,
    ) -> Result<()> {
        let tables: Vec<&'static TableDef> = models.into_iter().collect();
        for (number, sessions) in self.sessions.iter().enumerate() {
            let is_shard = number < self.names.len();
            let here = |table: &TableName| self.layout.has(table) == is_shard;
            let own: Vec<&'static TableDef> = tables.iter().copied().filter(|table| here(&table.name)).collect();
            if !own.is_empty() {
                work(sessions.engine(), own, &here).map_err(|error| error.context(self.on(number)))?;
            }
        }
        Ok(())
    }

    /// A new session. On each shard it takes a connection at the first statement there.
    ///
    /// See the example of [`Shards`].
    #[track_caller]
    pub fn session(&self) -> ShardedSession {
        ShardedSession::new(self.clone(), Location::caller())
    }

    /// Runs `work` in a new session, commits when it returns `Ok` and rolls back when it returns `Err` or panics.
    ///
    /// # Errors
    ///
    /// Those of `work`, and of the commit.
    #[track_caller]
    pub fn transaction<R>(&self, work: impl FnOnce(&mut ShardedSession) -> Result<R>) -> Result<R> {
        let mut session = self.session();
        let done = work(&mut session)?;
        session.commit()?;
        Ok(done)
    }

    /// Ends what a crash has left of commits in two phases; see [`Sessions::resolve_prepared`].
    ///
    /// # Errors
    ///
    /// The databases'. What was not ended is still there.
    #[track_caller]
    pub fn resolve_prepared(&self, least_age: Duration) -> Result<Vec<Resolved>> {
        let engines = self.sessions.iter().enumerate().map(|(number, sessions)| (self.name(number), sessions.engine()));
        resolve(&engines.collect::<Vec<_>>(), least_age)
    }

    /// The name of the shard that has a key.
    ///
    /// See the example of [`ranges`](Shards::ranges).
    ///
    /// # Errors
    ///
    /// `Config` when no shard has it, and those of a directory.
    pub fn shard_of_key<V: ColumnType>(&self, key: V) -> Result<&'static str> {
        let number = self.places().of(&key.to_ref().to_value())?;
        Ok(self.names[number])
    }

    /// Has the directory say that a key is on that shard, from the next unit of work on. Rows that it has elsewhere stay there, and are not found by
    /// the key any more.
    ///
    /// See the example of [`ranges`](Shards::ranges).
    ///
    /// # Errors
    ///
    /// `Config` without a [`directory`](Shards::directory) and for a shard that there is not, and the database's.
    pub fn place<V: ColumnType>(&self, key: V, shard: &str) -> Result<()> {
        let places = self.places();
        places.number(shard)?;
        match &places.directory {
            Some(directory) => directory.place(&key.to_ref().to_value(), shard),
            None => Err(no_directory()),
        }
    }

    /// The names of the shards, in their order.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    pub(super) fn places(&self) -> Places {
        Places::new(Arc::clone(&self.names), self.chooser.clone(), self.directory.clone())
    }

    /// How many databases there are, with the default one.
    pub(super) fn databases(&self) -> usize {
        self.sessions.len()
    }

    pub(super) fn sessions(&self, database: usize) -> &Sessions {
        &self.sessions[database]
    }

    /// The number of the default database.
    ///
    /// # Errors
    ///
    /// `Config` when there is none, with the table that would be there.
    pub(super) fn default_database(&self, table: &TableName) -> Result<usize> {
        let number = self.names.len();
        if number < self.sessions.len() {
            return Ok(number);
        }
        let message = format!(
            "the table `{table}` is on no shard, and there is no default database: name its model among those of `Shards::by`, or say \
             `default_engine`"
        );
        Err(Error::new(ErrorKind::Config, message))
    }

    pub(super) fn name(&self, database: usize) -> &'static str {
        self.names.get(database).copied().unwrap_or(DEFAULT)
    }

    /// Where something happened, for messages.
    pub(super) fn on(&self, database: usize) -> String {
        format!("on the shard `{}`", self.name(database))
    }

    /// The dialect of all shards.
    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        self.sessions[0].engine().dialect()
    }

    /// Whether a question about the order of texts is answered by yes on all shards. It is asked once.
    pub(super) fn is_binary(&self, question: &'static str) -> Result<bool> {
        if let Some(&known) = self.binary.get() {
            return Ok(known);
        }
        let mut binary = true;
        for sessions in &self.sessions[..self.names.len()] {
            binary = binary && sql(question).one::<bool>(&mut sessions.session())?;
        }
        Ok(*self.binary.get_or_init(|| binary))
    }
}
