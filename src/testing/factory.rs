use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use orm_core::Result;
use orm_core::model::{Handle, Model};
use orm_core::session::Session;

type Make<M> = dyn Fn(u64) -> M + Send + Sync;
type Change<M> = dyn Fn(&mut M) + Send + Sync;
type Step<M> = dyn Fn(&mut M, &mut Session) -> Result<()> + Send + Sync;

/// Makes objects for tests: values that a model needs and that the test does not care about.
///
/// The closure gets the number of the object, 1 for the first one, for what has to be unique. Clones and what [`with`](Factory::with) returns
/// count on together. Factories are `Sync`, so that one may be a `static LazyLock`.
///
/// ```
/// # #[cfg(all(feature = "sqlite", feature = "derive"))]
/// # fn main() -> orm::Result<()> {
/// use orm::prelude::*;
/// use orm::testing::Factory;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "users")]
/// struct User {
///     #[orm(primary_key)]
///     id: i64,
///     email: String,
///     admin: bool,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "post")]
/// struct Post {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     #[belongs_to]
///     author: BelongsTo<User>,
/// }
///
/// let users = Factory::new(|n| User { email: format!("user{n}@example.org"), ..Default::default() });
/// let admins = users.with(|user| user.admin = true);
/// let authors = users.clone();
/// let posts = Factory::new(|n| Post { title: format!("Post {n}"), ..Default::default() }).complete(move |post, session| {
///     if post.author.is_unset() {
///         post.author = authors.create(session)?.into();
///     }
///     Ok(())
/// });
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![User, Post])?;
/// # let session = &mut engine.session();
/// let ann = admins.create(session)?;
/// assert_eq!((session[ann].id, session[ann].email.as_str()), (1, "user1@example.org"));
/// posts.create_many(session, 2)?; // each with an author of its own
/// posts.with(move |post| post.author = ann.into()).create(session)?;
/// assert_eq!(User::query().count(session)?, 3);
/// assert!(!users.build().admin); // a value, in no session
/// # Ok(())
/// # }
/// # #[cfg(not(all(feature = "sqlite", feature = "derive")))]
/// # fn main() {}
/// ```
pub struct Factory<M> {
    make: Arc<Make<M>>,
    changes: Vec<Arc<Change<M>>>,
    completions: Vec<Arc<Step<M>>>,
    made: Arc<AtomicU64>,
}

impl<M: Model> Factory<M> {
    /// A factory of what `make` returns for the number of each object.
    ///
    /// See the example of [`Factory`].
    pub fn new(make: impl Fn(u64) -> M + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), changes: Vec::new(), completions: Vec::new(), made: Arc::default() }
    }

    /// A factory of the same objects with a change, which is made after those before it.
    ///
    /// See the example of [`Factory`].
    #[must_use]
    pub fn with(&self, change: impl Fn(&mut M) + Send + Sync + 'static) -> Self {
        let mut factory = self.clone();
        factory.changes.push(Arc::new(change));
        factory
    }

    /// Completes each object before it is added to a session, after all changes: for related objects that it needs and has not been given.
    ///
    /// See the example of [`Factory`].
    #[must_use]
    pub fn complete(mut self, completion: impl Fn(&mut M, &mut Session) -> Result<()> + Send + Sync + 'static) -> Self {
        self.completions.push(Arc::new(completion));
        self
    }

    /// An object as a value, without the related objects of [`complete`](Factory::complete).
    ///
    /// See the example of [`Factory`].
    pub fn build(&self) -> M {
        let mut object = (self.make)(self.made.fetch_add(1, Ordering::Relaxed) + 1);
        self.changes.iter().for_each(|change| change(&mut object));
        object
    }

    /// Adds an object to the session and flushes, so that it has its key. It is committed with the session.
    ///
    /// See the example of [`Factory`].
    ///
    /// # Errors
    ///
    /// Those of [`complete`](Factory::complete) and of the flush.
    pub fn create(&self, session: &mut Session) -> Result<Handle<M>> {
        let object = self.completed(session)?;
        let handle = session.add(object);
        session.flush()?;
        Ok(handle)
    }

    /// [`create`](Factory::create)s several objects, with one flush.
    ///
    /// See the example of [`Factory`].
    ///
    /// # Errors
    ///
    /// Those of [`create`](Factory::create).
    pub fn create_many(&self, session: &mut Session, count: usize) -> Result<Vec<Handle<M>>> {
        let objects = (0..count).map(|_| self.completed(session)).collect::<Result<Vec<M>>>()?;
        let handles = session.add_all(objects);
        session.flush()?;
        Ok(handles)
    }

    fn completed(&self, session: &mut Session) -> Result<M> {
        let mut object = self.build();
        self.completions.iter().try_for_each(|completion| completion(&mut object, session))?;
        Ok(object)
    }
}

impl<M> Clone for Factory<M> {
    fn clone(&self) -> Self {
        Self {
            make: Arc::clone(&self.make),
            changes: self.changes.clone(),
            completions: self.completions.clone(),
            made: Arc::clone(&self.made),
        }
    }
}

impl<M> fmt::Debug for Factory<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Factory")
            .field("model", &std::any::type_name::<M>())
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}
