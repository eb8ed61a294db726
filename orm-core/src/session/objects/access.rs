//! Reading and writing objects in memory.

use std::ops::{Index, IndexMut};

use crate::error::{Error, ErrorKind, Result};
use crate::model::{BelongsTo, Handle, Model, RawHandle, Stores};
use crate::session::Session;
use crate::session::store::arena::{AnyArena, Changes as _};
use crate::session::store::slots::State;

impl Session {
    /// The object behind a handle.
    ///
    /// See the example of [`pair`](Session::pair).
    ///
    /// # Errors
    ///
    /// `Detached` when the handle is stale or of another session, `InvalidState` when the object is of another type of its family.
    pub fn try_get<T: Model>(&self, handle: Handle<T>) -> Result<&T> {
        let slot = self.store.slot(handle)?;
        let object = self.store.arena::<T>().and_then(|arena| arena.get(slot)?.view());
        object.ok_or_else(|| self.store.no_view::<T>(slot, handle.stamp()))
    }

    /// The object behind a handle, to be written to. The first write of a clean object keeps a copy of its columns, which the
    /// flush compares with.
    ///
    /// See the example of [`pair`](Session::pair).
    ///
    /// # Errors
    ///
    /// `Detached` when the handle is stale or of another session, `InvalidState` when the object is of another type of its family.
    pub fn try_edit<T: Model>(&mut self, handle: Handle<T>) -> Result<&mut T> {
        let slot = self.store.slot(handle)?;
        self.store.require_type::<T>(slot)?;
        let entry = *self.store.arena_mut::<T>().slots.entry(slot);
        let table = T::table();
        if !entry.unsynced() {
            self.store.note_parents(table, slot);
        }
        let arena = self.store.arena_mut::<T>();
        if !entry.touched() {
            arena.touch(slot);
        }
        match arena.get_mut(slot).and_then(Stores::view_mut) {
            Some(object) => Ok(object),
            None => {
                Err(Error::new(ErrorKind::Detached, format!("the {} was taken out of its session", T::spec().name)))
            }
        }
    }

    /// The object that a foreign key references, if it is in memory.
    ///
    /// See the example of [`pair`](Session::pair).
    ///
    /// # Errors
    ///
    /// `NotLoaded` when it is not, or the key is unset; `InvalidState` when the object is of another type of its family.
    pub fn try_follow<T: Model>(&self, key: &BelongsTo<T>) -> Result<&T> {
        let name = T::spec().name;
        if let Some(handle) = key.as_handle() {
            return self.try_get(handle);
        }
        let Some(key) = key.as_key() else {
            let message = format!("the BelongsTo<{name}> was never set: it references nothing");
            return Err(Error::new(ErrorKind::NotLoaded, message));
        };
        let arena = self.store.arena::<T>();
        let known = arena.and_then(|arena| Some((arena.find_key(key)?, arena)));
        if let Some((slot, _)) = known {
            self.store.require_type::<T>(slot)?;
        }
        known.and_then(|(slot, arena)| arena.get(slot)?.view()).ok_or_else(|| {
            let message = format!(
                "{name}#{key:?} is not loaded; call session.load(handle, relation) or session.get::<{name}>(key) first"
            );
            Error::new(ErrorKind::NotLoaded, message)
        })
    }

    /// Two different objects, both to be written to.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let authors = Author::query().order_by(Author::id).all(&mut session)?;
    /// let (one, other) = session.pair(authors[0], authors[1])?; // both at once, to be changed
    /// std::mem::swap(&mut one.name, &mut other.name);
    ///
    /// session.try_edit(authors[2])?.name = "Ken".into(); // an error instead of a panic, as are try_get and try_follow
    /// assert_eq!(session.try_get(authors[2])?.name, "Ken");
    /// assert_eq!(session.dirty().len(), 3);
    /// assert!(session.try_follow(&BelongsTo::<Author>::key(9)).is_err()); // is not in memory
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` when a handle is stale or of another session, `InvalidState` when both name one object.
    pub fn pair<A: Model, B: Model>(&mut self, a: Handle<A>, b: Handle<B>) -> Result<(&mut A, &mut B)> {
        if a.raw() == b.raw() {
            let message = format!("pair() lends two different objects, and both handles name one {}", A::spec().name);
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        self.try_edit(a)?;
        self.try_edit(b)?;
        let (first, second) = (a.slot() as usize, b.slot() as usize);
        let found = if A::table().id == B::table().id {
            let arena = self.store.arena_mut::<A>();
            let found = arena.values.get_disjoint_mut([first, second]).ok();
            found.and_then(|[a, b]| {
                let b: &mut dyn std::any::Any = b;
                let b = b.downcast_mut::<Option<B::Stored>>()?;
                Some((a.as_mut()?.view_mut()?, b.as_mut()?.view_mut()?))
            })
        } else {
            let arenas = self.store.two_mut::<A, B>();
            arenas.and_then(|(a, b)| {
                Some((a.values[first].as_mut()?.view_mut()?, b.values[second].as_mut()?.view_mut()?))
            })
        };
        found.ok_or_else(|| Error::new(ErrorKind::Detached, "an object of the pair was taken out of its session"))
    }

    /// Where an object stands in its life. `Detached` for a handle of another session.
    ///
    /// See the example of [`Session`].
    pub fn state<T: Model>(&self, handle: Handle<T>) -> State {
        self.store.state(handle.raw())
    }

    /// Whether the object is in the session and will be in the database: pending or persistent.
    ///
    /// See the example of [`Session`].
    pub fn contains<T: Model>(&self, handle: Handle<T>) -> bool {
        matches!(self.state(handle), State::Pending | State::Persistent)
    }

    /// Whether a flush would write the object's columns: it is pending, or a column differs from its row.
    ///
    /// See the example of [`Session`].
    pub fn is_modified<T: Model>(&self, handle: Handle<T>) -> bool {
        match (self.state(handle), self.store.any(T::table().id)) {
            (State::Pending, _) => true,
            (State::Persistent, Some(arena)) => self.store.changed(arena, handle.slot()),
            _ => false,
        }
    }

    /// The objects that the next flush inserts, model by model.
    ///
    /// See the example of [`on_before_flush`](Session::on_before_flush).
    pub fn new_objects(&self) -> Vec<RawHandle> {
        self.collect(|arena| arena.slots().pending().collect())
    }

    /// The objects whose columns the next flush updates, model by model.
    ///
    /// See the example of [`pair`](Session::pair).
    pub fn dirty(&self) -> Vec<RawHandle> {
        self.collect(|arena| {
            let touched = arena.slots().touched().filter(|&slot| !arena.slots().entry(slot).deleting());
            touched.filter(|&slot| self.store.changed(arena, slot)).collect()
        })
    }

    /// The objects that the next flush deletes, model by model.
    ///
    /// See the example of [`undelete`](Session::undelete).
    pub fn deleted(&self) -> Vec<RawHandle> {
        self.collect(|arena| arena.slots().deleting().collect())
    }

    fn collect(&self, which: impl Fn(&dyn AnyArena) -> Vec<u32>) -> Vec<RawHandle> {
        let mut found = Vec::new();
        for arena in self.store.arenas() {
            let model = arena.table().id;
            let handle = |slot| RawHandle { model, slot, stamp: arena.slots().entry(slot).stamp };
            found.extend(which(arena).into_iter().map(handle));
        }
        found
    }
}

impl<T: Model> Handle<T> {
    /// `&session[self]`, with the session last: for places where indexing nests.
    ///
    /// See the example of [`Handle`].
    ///
    /// # Panics
    ///
    /// As indexing does.
    pub fn get(self, session: &Session) -> &T {
        &session[self]
    }

    /// `&mut session[self]`, with the session last: for places where indexing nests.
    ///
    /// See the example of [`Handle`].
    ///
    /// # Panics
    ///
    /// As indexing does.
    pub fn edit(self, session: &mut Session) -> &mut T {
        &mut session[self]
    }
}

/// # Panics
///
/// When the handle is stale, expunged or of another session; [`Session::try_get`] is the fallible form.
impl<T: Model> Index<Handle<T>> for Session {
    type Output = T;

    #[expect(clippy::panic, reason = "indexing panics as that of a Vec does")]
    fn index(&self, handle: Handle<T>) -> &T {
        match self.try_get(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}

/// # Panics
///
/// When the handle is stale, expunged or of another session; [`Session::try_edit`] is the fallible form.
impl<T: Model> IndexMut<Handle<T>> for Session {
    #[expect(clippy::panic, reason = "indexing panics as that of a Vec does")]
    fn index_mut(&mut self, handle: Handle<T>) -> &mut T {
        match self.try_edit(handle) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}

/// # Panics
///
/// When the referenced object is not in memory; [`Session::try_follow`] is the fallible form.
impl<T: Model> Index<&BelongsTo<T>> for Session {
    type Output = T;

    #[expect(clippy::panic, reason = "indexing panics as that of a Vec does")]
    fn index(&self, key: &BelongsTo<T>) -> &T {
        match self.try_follow(key) {
            Ok(object) => object,
            Err(error) => panic!("{error}"),
        }
    }
}
