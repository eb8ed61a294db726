//! What can be loaded of an object: relations, deferred columns, and several of those.

use std::panic::Location;

use crate::engine::At;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Foreign, Handle, Model, OneOfRelation, Relation, RelationType, Targets, kind};
use crate::query::Sealed;
use crate::schema::RelationKind;
use crate::session::Session;
use crate::session::relations::related::OwnedRelation;
use crate::session::store::arena::AnyArena;

/// What [`load`](Session::load) takes for an object of the model `M`: a relation, a [`Deferred`](crate::value::Deferred) column, or a tuple of
/// some.
///
/// See the example of [`Session::load`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that is loaded of `{M}`",
    label = "expected a relation of `{M}`, or a column whose field is a `Deferred`; other columns are read with their rows"
)]
pub trait Loadable<M: Model>: Sealed + Copy {
    /// Stands in bounds, see `Sealed`.
    type Checked;

    /// What it loads as: a `Handle`, an `Option` of one, a `Vec` of some, or a borrowed value.
    type Loaded<'s>;

    /// Whether it is in memory, and was read in the unit at hand.
    #[doc(hidden)]
    fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool>;

    /// Loads it for all objects of the result.
    #[doc(hidden)]
    fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()>;

    /// What is in memory.
    #[doc(hidden)]
    fn read(self, session: &Session, object: Handle<M>) -> Result<Self::Loaded<'_>>;
}

impl Session {
    /// What an object is related to, or a deferred column of it, as far as it is in memory. After an `include` with a filter or a limit that
    /// is what it chose, with what was pushed and removed since; [`is_loaded`](Session::is_loaded) tells whether it is all.
    ///
    /// See the example of [`load`](Session::load).
    ///
    /// # Errors
    ///
    /// `NotLoaded` when nothing of it was loaded; [`load`](Session::load) loads it. `Detached` for a stale handle.
    pub fn related<M: Model, L: Loadable<M, Checked: Sized>>(
        &self,
        object: Handle<M>,
        what: L,
    ) -> Result<L::Loaded<'_>> {
        what.read(self, object)
    }

    /// Whether all that an object is related to, or a deferred column of it, is in memory, so that [`load`](Session::load) sends nothing.
    ///
    /// See the example of [`load`](Session::load).
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle.
    pub fn is_loaded<M: Model, L: Loadable<M, Checked: Sized>>(&self, object: Handle<M>, what: L) -> Result<bool> {
        what.is_loaded(self, object)
    }

    /// All that an object is related to, loaded if it is not in memory: then for all objects that came with the same query
    /// result, in one statement. A [`Deferred`](crate::value::Deferred) column is loaded the same way, and a tuple loads several of these.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let authors = Author::query().order_by(Author::name).all(&mut session)?;
    /// assert_eq!(session.related(authors[0], Author::books).unwrap_err().kind(), ErrorKind::NotLoaded);
    ///
    /// // One statement for all three authors, at the first `load`.
    /// for &author in &authors {
    ///     for book in session.load(author, Author::books)? {
    ///         println!("{} wrote {}", session[author].name, session[book].title);
    ///     }
    /// }
    /// assert!(session.is_loaded(authors[2], Author::books)?);
    /// assert_eq!(session.related(authors[0], Author::books)?.len(), 2); // memory only
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound` when a foreign key references no row, `NotLoaded` for a relation with `load = "raise"` that is not in memory, `InvalidState`
    /// for one with `load = "write_only"`, `Detached` for a stale handle, and the database's.
    #[track_caller]
    pub fn load<M: Model, L: Loadable<M, Checked: Sized>>(
        &mut self,
        object: Handle<M>,
        what: L,
    ) -> Result<L::Loaded<'_>> {
        self.store.sync();
        if !what.is_loaded(self, object)? {
            what.bring(self, object, Location::caller())?;
            self.tell_states();
        }
        what.read(self, object)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, K: RelationType> Loadable<M> for Relation<M, T, K> {
    type Loaded<'s> = K::Loaded<T>;
    type Checked = ();

    fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool> {
        Ok(session.is_complete(session.owned_relation(object, self)?))
    }

    fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()> {
        let owned = session.owned_relation(object, self)?;
        session.may_load(owned)?;
        session.note_lazy_load(owned.relation, at)?;
        let companions = session.store.arena_mut::<M>().slots.companions(owned.slot);
        session.load_relation(owned.relation, &companions)?;
        if owned.relation.kind == RelationKind::BelongsTo && session.members(owned).is_none() {
            return Err(session.dangling(owned));
        }
        Ok(())
    }

    fn read(self, session: &Session, object: Handle<M>) -> Result<K::Loaded<T>> {
        let owned = session.owned_relation(object, self)?;
        let members = session.members(owned).ok_or_else(|| session.not_loaded(owned))?;
        session.typed::<T, K>(owned, &members)
    }
}

/// The keys of a relation to one of several models, as relations.
fn relations<M: Model, E: Targets, K>(
    session: &Session,
    object: Handle<M>,
    relation: OneOfRelation<M, E, K>,
) -> Result<Vec<OwnedRelation>> {
    let slot = session.store.slot(object)?;
    let fields = relation.field()..relation.field() + E::MODELS.len();
    Ok(fields
        .filter_map(|field| M::table().relation_of(field))
        .map(|relation| OwnedRelation { relation, slot })
        .collect())
}

impl Session {
    fn bring_one_of(&mut self, relations: &[OwnedRelation], companions: &[u32], at: At) -> Result<()> {
        let Some(first) = relations.first() else { return Ok(()) };
        self.may_load(*first)?;
        self.note_lazy_load(first.relation, at)?;
        relations.iter().try_for_each(|owned| self.load_relation(owned.relation, companions))?;
        match relations.iter().find(|owned| self.members(**owned).is_none()) {
            Some(owned) => Err(self.dangling(*owned)),
            None => Ok(()),
        }
    }

    fn read_one_of<E: Targets>(&self, relations: &[OwnedRelation]) -> Result<Option<E>> {
        for (number, &owned) in relations.iter().enumerate() {
            let (table, target) = ((owned.relation.owner.table)(), (owned.relation.target.table)());
            let foreign = self.store.any(table.id).map(|arena| arena.foreign(owned.slot, owned.relation.field));
            if matches!(foreign, None | Some(Foreign::Unset | Foreign::Null)) {
                continue;
            }
            let members = self.members(owned).ok_or_else(|| self.not_loaded(owned))?;
            let slots = self.store.any(target.id).map(AnyArena::slots);
            if let (&[slot, ..], Some(slots)) = (&members[..], slots) {
                return Ok(E::at(number, slot, slots.entry(slot).stamp));
            }
        }
        Ok(None)
    }
}

macro_rules! one_of {
    ($kind:ident, $loaded:ty, |$found:ident, $session:ident, $object:ident, $relation:ident| $read:expr) => {
        #[diagnostic::do_not_recommend]
        impl<M: Model, E: Targets> Loadable<M> for OneOfRelation<M, E, kind::$kind> {
            type Loaded<'s> = $loaded;
            type Checked = ();

            fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool> {
                Ok(relations(session, object, self)?.into_iter().all(|owned| session.is_complete(owned)))
            }

            fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()> {
                let relations = relations(session, object, self)?;
                let companions = session.store.arena_mut::<M>().slots.companions(object.slot());
                session.bring_one_of(&relations, &companions, at)
            }

            fn read($relation, $session: &Session, $object: Handle<M>) -> Result<$loaded> {
                let $found = $session.read_one_of::<E>(&relations($session, $object, $relation)?)?;
                $read
            }
        }
    };
}

one_of!(OptionalOne, Option<E>, |found, session, object, self| Ok(found));
one_of!(One, E, |found, session, object, self| found.ok_or_else(|| {
    let object = session.store.label(M::table().id, object.slot());
    Error::new(ErrorKind::NotLoaded, format!("{object}: `{}` was never set: it references nothing", self.name()))
}));

macro_rules! tuples {
    ($(($($name:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($name: Loadable<M>),+> Loadable<M> for ($($name,)+) {
            type Loaded<'s> = ($($name::Loaded<'s>,)+);
            type Checked = ();

            fn is_loaded(self, session: &Session, object: Handle<M>) -> Result<bool> {
                Ok($(self.$field.is_loaded(session, object)?)&&+)
            }

            fn bring(self, session: &mut Session, object: Handle<M>, at: At) -> Result<()> {
                $(if !self.$field.is_loaded(session, object)? {
                    self.$field.bring(session, object, at)?;
                })+
                Ok(())
            }

            fn read(self, session: &Session, object: Handle<M>) -> Result<Self::Loaded<'_>> {
                Ok(($(self.$field.read(session, object)?,)+))
            }
        }
    )*};
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
