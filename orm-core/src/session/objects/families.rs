//! Objects of families: which type an object is, and its handles of other types.

use std::num::NonZeroU32;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Handle, Inherits, Model, SameFamily, Variants, model_ref};
use crate::schema::ModelRef;
use crate::session::Session;
use crate::session::store::Store;
use crate::value::ValueRef;

impl Session {
    /// The handle of an object as one of the model that it inherits from. Both name one object.
    ///
    /// See the example of [`Inherits`].
    pub fn upcast<T: Inherits>(&self, object: Handle<T>) -> Handle<T::Base> {
        object.cast()
    }

    /// The handle of an object as one of the type `T`, if the object is a `T` or of a type below it.
    ///
    /// See the example of [`Inherits`].
    pub fn downcast<T: Model>(&self, object: Handle<impl SameFamily<T>>) -> Option<Handle<T>> {
        self.store.slot(object).ok()?;
        self.store.of_type(object.cast())
    }

    /// The object as a variant of the enum that the base of its family makes: `polymorphic(.., variants = "AnyPerson")`. A `match` over it
    /// is exhaustive.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "pet", polymorphic(on = kind, identity = "pet", subtypes(Cat), variants = "AnyPet"))]
    /// struct Pet {
    ///     #[orm(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(inherits, identity = "cat")]
    /// struct Cat {
    ///     #[orm(base)]
    ///     pet: Pet,
    ///     lives: i32,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Pet])?;
    /// # let mut session = engine.session();
    /// session.add(Cat { lives: 9, ..Default::default() });
    /// let pet = Pet::query().one(&mut session)?;
    /// let lives = match session.variant(pet)? {
    ///     AnyPet::Pet(_) => 1,
    ///     AnyPet::Cat(cat) => session[cat].lives,
    /// };
    /// assert_eq!(lives, 9);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Detached` for a stale handle.
    pub fn variant<T: Variants>(&self, object: Handle<T>) -> Result<T::Any> {
        let slot = self.store.slot(object)?;
        Ok(T::variant(self.store.type_of(model_ref::<T>(), slot), object))
    }
}

impl Store {
    /// Whether an object of the family of a model is of that model, or of one below it.
    pub(crate) fn is_of(&self, model: ModelRef, slot: u32) -> bool {
        let Some(criterion) = model.criterion() else { return true };
        let arena = self.any((model.table)().id);
        match arena.map(|arena| arena.value(slot, criterion.column)) {
            Some(ValueRef::Text(identity)) => criterion.identities.contains(&identity),
            _ => false,
        }
    }

    /// The number of the type of an object.
    fn type_of(&self, model: ModelRef, slot: u32) -> usize {
        let table = (model.table)();
        let (Some(family), Some(arena)) = (&table.family, self.any(table.id)) else { return 0 };
        match arena.value(slot, family.discriminator) {
            ValueRef::Text(identity) => family.number_of(identity).unwrap_or_default(),
            _ => 0,
        }
    }

    /// The handle, if the object is of its type.
    pub(crate) fn of_type<T: Model>(&self, handle: Handle<T>) -> Option<Handle<T>> {
        self.is_of(model_ref::<T>(), handle.slot()).then_some(handle)
    }

    /// Refuses an object of another type of the family, and one that was not read as far as it is a `T`.
    pub(crate) fn require_type<T: Model>(&self, slot: u32) -> Result<()> {
        if !T::Stored::FAMILY {
            return Ok(());
        }
        if !self.is_of(model_ref::<T>(), slot) {
            return Err(self.no_type(model_ref::<T>(), slot));
        }
        if self.lacks(model_ref::<T>(), slot) { Err(self.part_only(T::table(), slot)) } else { Ok(()) }
    }

    /// Why a handle lends nothing.
    #[cold]
    pub(crate) fn no_view<T: Model>(&self, slot: u32, stamp: NonZeroU32) -> Error {
        let error = self.require_type::<T>(slot).err();
        error.unwrap_or_else(|| self.stale(T::spec().name, slot, stamp))
    }

    /// Why an object is not what it was taken for.
    #[cold]
    pub(crate) fn no_type(&self, model: ModelRef, slot: u32) -> Error {
        let (object, name) = (self.label((model.table)().id, slot), (model.spec)().name);
        Error::new(ErrorKind::InvalidState, format!("{object} is no {name}, but of another type of the same family"))
    }
}
