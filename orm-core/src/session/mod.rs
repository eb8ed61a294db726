//! The session: it owns the objects, knows which row is which object, and writes what changed in one flush.
//!
//! In memory there is the `store`: an arena per model, and the memberships of relations. The links in `transaction` are the ways to
//! its `databases`. What needs both is sorted by what is done: `objects` one by one, their `relations`, `read` for every query, `write` for
//! statements that do not wait for the `flush`. `events` tells listeners and hooks.

mod databases;
mod events;
mod flush;
mod objects;
mod read;
mod relations;
mod sessions;
mod store;
mod transaction;
mod write;

pub use databases::{Balance, CommitMode, Position};
pub use events::{ChangeKind, ColumnChange, RowChange, StateChange};
pub(crate) use read::rows::{at_most_one, none};
pub use read::{CellQuery, Fetch, LazyLoad, Page, RowIter, Slice};
pub(crate) use read::{Keyed, pages};
#[cfg(all(feature = "json", feature = "serde"))]
pub use relations::graph::Graph;
pub use relations::loadable::Loadable;
pub use relations::members::{Pushes, Removes};
pub use relations::related::Collection;
pub use sessions::{KeyedSessions, ScopedSessions, Sessions, Tenants};
pub use store::slots::State;
pub(crate) use transaction::link::Link;
pub(crate) use transaction::names::CommitNames;
pub use transaction::prepared::Resolved;
pub(crate) use transaction::prepared::{Participants, commit_in_two_phases, resolve};
pub use transaction::{Attempt, Attempts, Nested, TransactionOutcome, TransactionToken, Unit};
pub use write::Run;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::engine::{At, Engine};
use crate::model::Model;
use crate::schema::{ModelRef, RelationDef};
use events::Listeners;
pub(crate) use flush::Placement;
use read::lazy_loads::LazyWatch;
use store::Store;
use store::arena::{AnyArena, Arena};
use transaction::links::Links;

/// A unit of work over one database.
///
/// It owns the objects that it tracks: [`add`](Session::add) moves a value in and gives a [`Handle`](crate::model::Handle);
/// `session[handle]` reads and writes it; [`commit`](Session::commit) writes every change in as few statements as there can be. Dropping a session rolls
/// back what was not committed.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "author")]
/// struct Author {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[has_many(back_populates = author, order_by = title, cascade(all, delete_orphan))]
///     books: HasMany<Book>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "book")]
/// struct Book {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     pages: i32,
///     #[belongs_to(back_populates = books)]
///     author: BelongsTo<Author>,
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Author, Book])?;
/// # let mut session = engine.session();
/// // Add: the new book goes along with its author.
/// let book = Book { title: "Excession".into(), pages: 451, ..Default::default() };
/// let iain = session.add(Author { name: "Iain".into(), books: [book].into(), ..Default::default() });
/// let others = session.add_all(["Ursula", "Ted"].map(|name| Author { name: name.into(), ..Default::default() }));
/// session.flush()?; // the statements are sent, and the keys are known
/// assert_eq!(session.state(iain), State::Persistent);
/// session.commit()?; // flushes, and commits
///
/// // Read: the same row is the same object.
/// assert_eq!(session.get::<Author>(1)?, Some(iain));
/// assert_eq!(Author::query().filter(Author::name.eq("Iain")).one(&mut session)?, iain);
/// let books = session.load(iain, Author::books)?;
/// session.refresh(iain)?; // reads the row again
/// session.expire(iain)?; // or the next time that it is needed, as `session.expire_all()` does for every object
///
/// // Change: the commit writes the columns that differ.
/// session[books[0]].pages += 1;
/// assert!(session.is_modified(books[0]));
/// session.rollback()?; // memory is as it was, too
/// assert_eq!(session[books[0]].pages, 451);
///
/// // A part of the transaction that may fail by itself.
/// let outcome = session.nested(|session| {
///     session[iain].name.clear();
///     session.flush()?;
///     Err::<(), _>(orm::Error::new(ErrorKind::InvalidState, "an author has a name"))
/// });
/// assert!(outcome.is_err() && session[iain].name == "Iain");
///
/// // Delete: the books go first, by the cascade.
/// session.delete(iain)?;
/// session.commit()?;
/// assert!(!session.contains(iain));
///
/// let ursula: Author = session.expunge(others[0])?; // a plain value again
/// session.close()?; // forgets all objects, and gives the connection back
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Session {
    links: Links,
    store: Store,
    autoflush: bool,
    expire_on_commit: bool,
    flushing: bool,
    /// What would have been loaded, while a flush is explained and not done.
    put_off: Option<Vec<(&'static RelationDef, Vec<u32>)>>,
    /// Which rows it may write, where other sessions have the rest.
    placement: Option<Arc<dyn Placement>>,
    listeners: Listeners,
    /// Counts relations that are loaded one by one, where that is wanted.
    lazy: Option<Box<LazyWatch>>,
}

impl Session {
    pub(crate) fn new(engine: Engine, made_at: At) -> Self {
        let store = Store::new().comparing(engine.compares_updates());
        let lazy = engine.lazy_loads().map(|reaction| Box::new(LazyWatch::new(reaction)));
        Self {
            links: Links::new(engine, made_at),
            store,
            autoflush: true,
            expire_on_commit: true,
            flushing: false,
            put_off: None,
            placement: None,
            listeners: Listeners::default(),
            lazy,
        }
    }

    /// Whether queries write pending changes first, as far as they could see them. On by default. Statements on a bare
    /// [`Conn`](crate::engine::Conn), beside the session, never do.
    ///
    /// See the example of [`no_autoflush`](Session::no_autoflush).
    pub fn set_autoflush(&mut self, on: bool) {
        self.autoflush = on;
    }

    /// Whether what was read is asked anew after a commit, the next time that it is needed. On by default. Without, memory is trusted from
    /// one transaction to the next: for programs that are the only ones that write. `session[handle]` and
    /// [`related`](Session::related) read the last known values in any case.
    ///
    /// See the example of [`no_autoflush`](Session::no_autoflush).
    pub fn set_expire_on_commit(&mut self, on: bool) {
        self.expire_on_commit = on;
    }

    /// Keeps the texts of the statements that are sent from now on, without those that begin and end transactions and savepoints: for
    /// tests. [`recorded_statements`](Session::recorded_statements) gives them and ends it.
    ///
    /// See the example of [`no_autoflush`](Session::no_autoflush).
    pub fn record_statements(&mut self) {
        self.links.record(true);
    }

    /// The statements that were sent since [`record_statements`](Session::record_statements), and none when that was not called.
    ///
    /// See the example of [`no_autoflush`](Session::no_autoflush).
    pub fn recorded_statements(&mut self) -> Vec<String> {
        self.links.record(false)
    }

    /// Runs `work` without autoflush.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// session.set_expire_on_commit(false); // memory is trusted from one transaction to the next
    /// session.record_statements();
    /// let pending = session.no_autoflush(|session| {
    ///     session.add(Author { name: "Ann".into(), ..Default::default() });
    ///     Author::query().count(session) // does not see her: only a flush writes her row
    /// })?;
    /// assert_eq!((pending, session.recorded_statements().len()), (0, 1)); // one SELECT
    /// session.set_autoflush(false); // for all queries from now on
    /// # Ok(())
    /// # }
    /// ```
    pub fn no_autoflush<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.autoflush, false);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        self.autoflush = before;
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let objects: usize = self.store.arenas().map(|arena| arena.slots().entries.len()).sum();
        f.debug_struct("Session")
            .field("slots", &objects)
            .field("in_transaction", &self.links.in_transaction())
            .finish()
    }
}

/// An empty arena for the objects of `M`: what the derive writes as [`Model::arena`].
#[doc(hidden)]
#[must_use]
pub fn new_arena<M: Model>() -> Box<dyn Any + Send> {
    let arena: Box<dyn AnyArena> = Box::new(Arena::<M::Stored>::new());
    Box::new(arena)
}

/// An empty arena for the objects of a model that is known by reference only.
fn arena_of(model: ModelRef) -> Option<Box<dyn AnyArena>> {
    (model.arena)().downcast::<Box<dyn AnyArena>>().ok().map(|arena| *arena)
}
