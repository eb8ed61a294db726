//! The session: it owns the objects, knows which row is which object, and writes what changed in one flush.
//!
//! In memory there is the `Store`: an `Arena` per model, and the memberships of relations. The `Link` is the way to the database. What needs both is here and in the files named after it.

mod access;
mod add;
mod again;
mod anew;
mod arena;
mod aside;
mod bulk;
mod cells;
mod concerns;
mod delete;
mod evaluate;
mod events;
mod expressions;
mod fetch;
mod flush;
mod follow;
mod forms;
mod gathered;
mod grafts;
mod hash;
mod include;
mod insert;
mod keyed;
mod keys;
mod levels;
mod link;
mod lists;
mod load;
mod lock;
mod log;
mod marks;
mod members;
mod merge;
mod nested;
mod open;
mod orphans;
mod owners;
mod pages;
mod pairs;
mod plans;
mod raw;
mod relate;
mod relist;
mod returned;
mod returning;
mod rows;
mod slots;
mod statements;
mod store;
mod stream;
mod table;
mod times;
mod transaction;
mod two_phase;

pub use events::StateChange;
pub(crate) use flush::first_version;
pub use nested::Nested;
pub use pages::{Page, Slice};
pub use relate::Collection;
pub use returning::Run;
pub use slots::State;
pub use stream::RowIter;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::engine::Engine;
use crate::model::Model;
use crate::schema::{ModelRef, RelationDef};
use arena::AnyArena;
use events::Listeners;
use link::Link;
use store::Store;

/// A unit of work over one database.
///
/// It owns the objects that it tracks: [`add`](Session::add) moves a value in and gives a [`Handle`](crate::model::Handle);
/// `session[handle]` reads and writes it; [`commit`](Session::commit) writes every change in as few statements as there can be. Dropping a session rolls
/// back what was not committed.
pub struct Session {
    link: Link,
    store: Store,
    autoflush: bool,
    expire_on_commit: bool,
    flushing: bool,
    /// What would have been loaded, while a flush is explained and not done.
    put_off: Option<Vec<(&'static RelationDef, Vec<u32>)>>,
    listeners: Listeners,
}

impl Session {
    pub(crate) fn new(engine: Engine) -> Self {
        let store = Store::new().comparing(engine.compares_updates());
        Self {
            link: Link::new(engine),
            store,
            autoflush: true,
            expire_on_commit: true,
            flushing: false,
            put_off: None,
            listeners: Listeners::default(),
        }
    }

    /// Whether queries write pending changes first, as far as they could see them. On by default. Statements on a bare
    /// [`Conn`](crate::engine::Conn), beside the session, never do.
    pub fn set_autoflush(&mut self, on: bool) {
        self.autoflush = on;
    }

    /// Whether what was read is asked anew after a commit, the next time that it is needed. On by default. Without, memory is trusted from
    /// one transaction to the next: for programs that are the only ones that write. `session[handle]` and
    /// [`related`](Session::related) read the last known values in any case.
    pub fn set_expire_on_commit(&mut self, on: bool) {
        self.expire_on_commit = on;
    }

    /// Runs `work` without autoflush.
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
        f.debug_struct("Session").field("slots", &objects).field("in_transaction", &self.link.in_transaction()).finish()
    }
}

/// An empty arena for the objects of `M`, for [`ModelRef`](crate::schema::ModelRef).
pub(crate) fn new_arena<M: Model>() -> Box<dyn Any + Send> {
    let arena: Box<dyn AnyArena> = Box::new(arena::Arena::<M>::new());
    Box::new(arena)
}

/// An empty arena for the objects of a model that is known by reference only.
fn arena_of(model: ModelRef) -> Option<Box<dyn AnyArena>> {
    (model.arena)().downcast::<Box<dyn AnyArena>>().ok().map(|arena| *arena)
}
