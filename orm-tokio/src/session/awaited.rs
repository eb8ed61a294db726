//! What an async session asks the database for.

use orm_core::driver::TransactionOptions;
use orm_core::model::{FamilyMember, Handle, Member, Model, Relation, RelationType};
use orm_core::query::Query;
use orm_core::query::types::IncludePath;
use orm_core::session::{Fetch, Pushes, Removes, Session};
use orm_core::{Error, Result};

use super::{AsyncRows, AsyncSession, Execute};

impl AsyncSession {
    /// Writes all changes; see [`Session::flush`].
    ///
    /// See the example of [`run`](AsyncSession::run).
    ///
    /// # Errors
    ///
    /// Those of [`Session::flush`], `PoolTimeout` when all connections stay in use, and `Cancelled` after an interruption.
    pub async fn flush(&mut self) -> Result<()> {
        self.call(Session::flush).await?
    }

    /// Writes all changes and commits them; see [`Session::commit`].
    ///
    /// See the example of [`AsyncSession`].
    ///
    /// # Errors
    ///
    /// Those of [`Session::commit`], and as [`flush`](AsyncSession::flush).
    pub async fn commit(&mut self) -> Result<()> {
        self.call(Session::commit).await?
    }

    /// Ends the transaction without its changes, in the database and in memory; see [`Session::rollback`]. After an interruption, it makes the session a new one.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?).cancel_dropped(true);
    /// let mut session = engine.session();
    /// let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    /// let report = session.run(move |session| sql(endless).one::<i64>(session));
    /// assert!(tokio::time::timeout(Duration::from_millis(50), report).await.is_err());
    ///
    /// assert!(session.is_interrupted());
    /// assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::Cancelled);
    /// session.rollback().await?;
    /// session.flush().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn rollback(&mut self) -> Result<()> {
        if self.interrupted {
            *self = self.engine.session();
            return Ok(());
        }
        self.call(Session::rollback).await?
    }

    /// Begins a transaction; see [`Session::begin`].
    ///
    /// See the example of [`cancel_token`](AsyncSession::cancel_token).
    ///
    /// # Errors
    ///
    /// Those of [`Session::begin`], and as [`flush`](AsyncSession::flush).
    pub async fn begin(&mut self) -> Result<()> {
        self.call(Session::begin).await?
    }

    /// Begins a transaction with options; see [`Session::begin_with`].
    ///
    /// See the example of [`stream`](AsyncSession::stream).
    ///
    /// # Errors
    ///
    /// Those of [`Session::begin_with`], and as [`flush`](AsyncSession::flush).
    pub async fn begin_with(&mut self, options: impl Into<TransactionOptions>) -> Result<()> {
        let options = options.into();
        self.call(move |session| session.begin_with(options)).await?
    }

    /// Rolls back what is not committed, and waits for that. Dropping the session does the same without waiting.
    ///
    /// See the example of [`AsyncSession`].
    ///
    /// # Errors
    ///
    /// The database's.
    pub async fn close(mut self) -> Result<()> {
        if self.place.is_some() { self.rollback().await } else { Ok(()) }
    }

    /// Runs `work` with the session on a thread where it may block: for all that has no method here, and for several steps at once. It neither commits nor
    /// rolls back.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "users")]
    /// struct User {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// # engine.blocking(|engine| engine.create_all(models![User])).await?;
    /// let mut session = engine.session();
    /// session.add(User { name: "Ann".into(), ..Default::default() });
    /// session.flush().await?;
    /// let names = session.run(|session| sql("SELECT name FROM users").all::<String>(session)).await?;
    /// assert_eq!(names, ["Ann"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `work`, and as [`flush`](AsyncSession::flush).
    ///
    /// # Panics
    ///
    /// When `work` does. The session is interrupted then.
    pub async fn run<R, E>(&mut self, work: impl FnOnce(&mut Session) -> Result<R, E> + Send + 'static) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.call(work).await?
    }

    /// The object of a primary key, which is looked for in memory first; see [`Session::get`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::get`], and as [`flush`](AsyncSession::flush).
    pub async fn get<T: Model>(&mut self, key: impl Into<T::Key>) -> Result<Option<Handle<T>>>
    where
        T::Key: Send + 'static,
    {
        let key = key.into();
        self.call(move |session| session.get::<T>(key)).await?
    }

    /// Reads the row of an object again; see [`Session::refresh`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::refresh`], and as [`flush`](AsyncSession::flush).
    pub async fn refresh<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.call(move |session| session.refresh(handle)).await?
    }

    /// Reads what `base_only` left out of an object, and of all others of the result; see [`Session::complete`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::complete`], and as [`flush`](AsyncSession::flush).
    pub async fn complete<T: FamilyMember>(&mut self, handle: Handle<T>) -> Result<()> {
        self.call(move |session| session.complete(handle)).await?
    }

    /// Makes the values of `value` those of the object with its key; see [`Session::merge`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::merge`], and as [`flush`](AsyncSession::flush).
    pub async fn merge<T: Model>(&mut self, value: T) -> Result<Handle<T>> {
        self.call(move |session| session.merge(value)).await?
    }

    /// Marks an object to be deleted by the next flush; see [`Session::delete`].
    ///
    /// See the example of [`AsyncSession`].
    ///
    /// # Errors
    ///
    /// Those of [`Session::delete`], and as [`flush`](AsyncSession::flush).
    pub async fn delete<T: Model>(&mut self, handle: Handle<T>) -> Result<()> {
        self.call(move |session| session.delete(handle)).await?
    }

    /// What a relation of an object leads to; see [`Session::load`]. Memory alone is asked by `session.related(object, relation)`.
    ///
    /// See the example of [`AsyncSession`].
    ///
    /// # Errors
    ///
    /// Those of [`Session::load`], and as [`flush`](AsyncSession::flush).
    pub async fn load<M: Model, T: Model, K: RelationType + 'static>(
        &mut self,
        object: Handle<M>,
        relation: Relation<M, T, K>,
    ) -> Result<K::Loaded<T>> {
        self.call(move |session| session.load(object, relation)).await?
    }

    /// Loads relations of objects; see [`Session::include`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::include`], and as [`flush`](AsyncSession::flush).
    pub async fn include<M: Model, P: IncludePath<M> + Send + 'static>(
        &mut self,
        objects: impl IntoIterator<Item = Handle<M>>,
        path: P,
    ) -> Result<()> {
        let objects: Vec<_> = objects.into_iter().collect();
        self.call(move |session| session.include(objects, path)).await?
    }

    /// Makes an object a member of a relation; see [`Session::push`].
    ///
    /// See the example of [`AsyncSession`].
    ///
    /// # Errors
    ///
    /// Those of [`Session::push`], and as [`flush`](AsyncSession::flush).
    pub async fn push<M: Model, R: Pushes<M> + Send + 'static, N: Member<R::Target> + Send + 'static>(
        &mut self,
        parent: Handle<M>,
        relation: R,
        member: N,
    ) -> Result<Handle<R::Target>> {
        self.call(move |session| session.push(parent, relation, member)).await?
    }

    /// Takes a member out of a relation; see [`Session::remove`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Session::remove`], and as [`flush`](AsyncSession::flush).
    pub async fn remove<M: Model, R: Removes<M> + Send + 'static>(
        &mut self,
        parent: Handle<M>,
        relation: R,
        member: Handle<R::Target>,
    ) -> Result<()> {
        self.call(move |session| session.remove(parent, relation, member)).await?
    }

    /// All objects or rows of a query; see [`Query::all`].
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "author")]
    /// struct Author {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    ///     #[has_many(back_populates = author, cascade(all, delete_orphan))]
    ///     books: HasMany<Book>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "book")]
    /// struct Book {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     title: String,
    ///     #[belongs_to(back_populates = books)]
    ///     author: BelongsTo<Author>,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// # engine.blocking(|engine| engine.create_all(models![Author])).await?;
    /// let mut session = engine.session();
    /// let book = |title: &str| Book { title: title.into(), ..Default::default() };
    /// let books = ["Matter", "Excession"].map(book).into();
    /// let iain = session.add(Author { name: "Iain".into(), books, ..Default::default() });
    /// session.commit().await?;
    ///
    /// let books = session.all(Book::query().order_by(Book::title)).await?;
    /// assert_eq!(session.first(Book::query().order_by(Book::title)).await?, Some(books[0]));
    /// assert_eq!(session.one_or_none(Book::query().filter(Book::title.eq("Complicity"))).await?, None);
    /// assert_eq!(session.count(Book::query()).await?, 2);
    /// assert!(session.exists(Book::query().filter(Book::title.eq("Matter"))).await?);
    /// let plain: Vec<Book> = session.values(Book::query()).await?; // untracked
    ///
    /// assert_eq!(session.get::<Author>(1).await?, Some(iain));
    /// session.include([iain], Author::books).await?;
    /// assert_eq!(session.related(iain, Author::books)?.len(), plain.len()); // memory
    /// session.remove(iain, Author::books, books[1]).await?;
    /// session.merge(Author { id: 1, name: "Iain M.".into(), ..Default::default() }).await?;
    /// session.commit().await?;
    /// session.refresh(iain).await?;
    /// assert_eq!(session[iain].name, "Iain M.");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Query::all`], and as [`flush`](AsyncSession::flush).
    pub async fn all<T: Fetch<Item: Send> + 'static, Q: 'static>(
        &mut self,
        query: Query<T, Q>,
    ) -> Result<Vec<T::Item>> {
        self.call(move |session| query.all(session)).await?
    }

    /// The first object or row of a query, if there is any; see [`Query::first`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::first`], and as [`flush`](AsyncSession::flush).
    pub async fn first<T: Fetch<Item: Send> + 'static, Q: 'static>(
        &mut self,
        query: Query<T, Q>,
    ) -> Result<Option<T::Item>> {
        self.call(move |session| query.first(session)).await?
    }

    /// The only object or row of a query; see [`Query::one`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::one`], and as [`flush`](AsyncSession::flush).
    pub async fn one<T: Fetch<Item: Send> + 'static, Q: 'static>(&mut self, query: Query<T, Q>) -> Result<T::Item> {
        self.call(move |session| query.one(session)).await?
    }

    /// The only object or row of a query, or `None`; see [`Query::one_or_none`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::one_or_none`], and as [`flush`](AsyncSession::flush).
    pub async fn one_or_none<T: Fetch<Item: Send> + 'static, Q: 'static>(
        &mut self,
        query: Query<T, Q>,
    ) -> Result<Option<T::Item>> {
        self.call(move |session| query.one_or_none(session)).await?
    }

    /// How many objects or rows a query finds; see [`Query::count`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::count`], and as [`flush`](AsyncSession::flush).
    pub async fn count<T: Fetch + 'static, Q: 'static>(&mut self, query: Query<T, Q>) -> Result<u64> {
        self.call(move |session| query.count(session)).await?
    }

    /// Whether a query finds any; see [`Query::exists`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::exists`], and as [`flush`](AsyncSession::flush).
    pub async fn exists<T: Fetch + 'static, Q: 'static>(&mut self, query: Query<T, Q>) -> Result<bool> {
        self.call(move |session| query.exists(session)).await?
    }

    /// The objects of a query as plain values, which the session does not track; see [`Query::values`].
    ///
    /// See the example of [`all`](AsyncSession::all).
    ///
    /// # Errors
    ///
    /// Those of [`Query::values`], and as [`flush`](AsyncSession::flush).
    pub async fn values<M: Model, Q: 'static>(&mut self, query: Query<M, Q>) -> Result<Vec<M>> {
        self.call(move |session| query.values(session)).await?
    }

    /// Runs a statement that changes rows, and tells how many there were.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "users")]
    /// struct User {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// # engine.blocking(|engine| engine.create_all(models![User])).await?;
    /// let mut session = engine.session();
    /// let users = ["Ann", "Bob"].map(|name| User { name: name.into(), ..Default::default() });
    /// assert_eq!(session.execute(User::insert_all(users)).await?, 2);
    /// assert_eq!(session.execute(User::query().update(User::name.set("Eve"))).await?, 2);
    /// assert_eq!(session.execute(sql("DELETE FROM users WHERE id = 1")).await?, 1);
    /// assert_eq!(session.execute(User::query().delete()).await?, 1);
    /// session.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The database's, and as [`flush`](AsyncSession::flush).
    pub async fn execute(&mut self, statement: impl Execute + Send + 'static) -> Result<u64> {
        self.call(move |session| statement.execute_in(session)).await?
    }

    /// The rows of a query as a [`Stream`](futures_core::Stream): those of a query for objects as plain values, as by [`Query::iter`]. A few are
    /// read ahead, and no further ones until these are taken.
    ///
    /// ```
    /// use orm::AsyncEngine;
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "reading")]
    /// struct Reading {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     celsius: f64,
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> orm::Result<()> {
    /// # let engine = AsyncEngine::new(Engine::connect("sqlite://")?);
    /// # engine.blocking(|engine| engine.create_all(models![Reading])).await?;
    /// let mut session = engine.session();
    /// session.begin_with(Isolation::Serializable).await?;
    /// session.add_all((0..1000).map(|id| Reading { id: id + 1, celsius: 20.5 }));
    /// let (mut sum, mut readings) = (0.0, session.stream(Reading::query()).await?);
    /// while let Some(reading) = readings.next().await {
    ///     sum += reading?.celsius;
    /// }
    /// assert_eq!(sum, 20_500.0);
    /// drop(readings); // it borrows the session
    ///
    /// let mut readings = session.stream(Reading::query()).await?;
    /// assert!(readings.next().await.is_some());
    /// readings.close().await?; // before its end
    /// session.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A stream that is dropped before its end interrupts the session, as each future that is dropped. [`close`](AsyncRows::close) ends it
    /// without that.
    ///
    /// # Errors
    ///
    /// As [`flush`](AsyncSession::flush); those of the query are items of the stream, each of which is its last.
    pub async fn stream<T, Q>(&mut self, query: Query<T, Q>) -> Result<AsyncRows<'_, T::Value>>
    where
        T: Fetch<Value: Send> + 'static,
        Q: Send + 'static,
    {
        AsyncRows::open(self, query).await
    }
}
