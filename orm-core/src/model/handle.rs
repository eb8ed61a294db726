use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;

use super::Model;
use crate::schema::{FamilySpec, ModelId};

/// Names an object of a session: 8 bytes, `Copy`.
///
/// `session[handle]` is the object. A handle is stale after its object has left the session. It never names another object, in
/// this session or any other.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = empty_library()?;
/// let iain: Handle<Author> = session.add(Author { name: "Iain".into(), ..Default::default() });
/// session[iain].name.push_str(" Banks");
/// assert_eq!(iain.get(&session).name, "Iain Banks");
/// iain.edit(&mut session).name = "Iain M. Banks".into();
///
/// let raw = iain.raw(); // without its type, for a list of handles of several models
/// assert_eq!((raw.typed::<Author>(), raw.typed::<Book>()), (Some(iain), None));
///
/// session.expunge(iain)?;
/// assert!(!session.contains(iain)); // stale
/// # Ok(())
/// # }
/// ```
pub struct Handle<T> {
    slot: u32,
    stamp: NonZeroU32,
    model: PhantomData<fn() -> T>,
}

impl<T: Model> Handle<T> {
    pub(crate) fn new(slot: u32, stamp: NonZeroU32) -> Self {
        Self { slot, stamp, model: PhantomData }
    }

    /// The handle without its type.
    ///
    /// See the example of [`Handle`].
    pub fn raw(self) -> RawHandle {
        RawHandle { model: T::table().id, slot: self.slot, stamp: self.stamp }
    }

    /// The same object as another type of its family.
    pub(crate) fn cast<U: Model>(self) -> Handle<U> {
        Handle::new(self.slot, self.stamp)
    }

    pub(crate) fn slot(self) -> u32 {
        self.slot
    }

    pub(crate) fn stamp(self) -> NonZeroU32 {
        self.stamp
    }
}

/// A [`Handle`] with its model as a number instead of a type.
///
/// See the example of [`Handle`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RawHandle {
    pub(crate) model: ModelId,
    pub(crate) slot: u32,
    pub(crate) stamp: NonZeroU32,
}

impl RawHandle {
    /// The typed handle, when this one names a `T`. Of which subtype an object is only its session knows: ask for the base, and then for
    /// [`downcast`](crate::session::Session::downcast).
    ///
    /// See the example of [`Handle`].
    pub fn typed<T: Model>(self) -> Option<Handle<T>> {
        let is_subtype = matches!(T::spec().family, Some(FamilySpec::Subtype(_)));
        (!is_subtype && self.model == T::table().id).then(|| Handle::new(self.slot, self.stamp))
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        self.slot == other.slot && self.stamp == other.stamp
    }
}

impl<T> Eq for Handle<T> {}

impl<T> Hash for Handle<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.slot.hash(state);
        self.stamp.hash(state);
    }
}

impl<T: Model> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle<{}>({}.{})", T::spec().name, self.slot, self.stamp)
    }
}
