//! Families: models whose rows are in one table, and whose objects a session keeps together.

use std::any::Any;
use std::ops::Range;

use super::{Handle, Model, RowReader};
use crate::error::Result;
use crate::value::{Mismatch, ValueRef};

/// What a session keeps a `T` as: the `T` itself, or the enum of its family.
#[diagnostic::on_unimplemented(
    message = "the base of its family does not name `{T}`",
    label = "add `{T}` to `subtypes(..)` of the base"
)]
pub trait Stores<T>: Sized {
    /// The number of the first field that `T` adds to those of the types before it.
    const FIRST: usize = 0;

    /// The object of a value.
    fn store(value: T) -> Self;

    /// The object as a `T`, if it is one.
    fn view(&self) -> Option<&T>;

    /// The object as a `T`, to be written to.
    fn view_mut(&mut self) -> Option<&mut T>;

    /// The value of the object, as far as it is a `T`.
    fn unstore(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T> Stores<T> for T {
    #[inline(always)]
    fn store(value: T) -> Self {
        value
    }

    #[inline(always)]
    fn view(&self) -> Option<&T> {
        Some(self)
    }

    #[inline(always)]
    fn view_mut(&mut self) -> Option<&mut T> {
        Some(self)
    }

    #[inline(always)]
    fn unstore(self) -> Option<T> {
        Some(self)
    }
}

/// A model of a family: the base, or a model with `#[orm(inherits)]`. Only the derive implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is in no family",
    label = "the base of a family has `#[orm(polymorphic(..))]`, and the others have `#[orm(inherits, ..)]`"
)]
pub trait FamilyMember: Model {
    /// What a session keeps objects of the family as.
    type Family: Model<Key = Self::Key, Stored = Self::Family>;
    /// The table of the family.
    const TABLE: &'static str;
    /// Its schema.
    const SCHEMA: Option<&'static str>;
    /// The number of the discriminator.
    const DISCRIMINATOR: usize;
    /// What it holds in rows of this type.
    const IDENTITY: &'static str;
    /// Whether it has a table of its own, beside that of the base.
    const JOINED: bool;
    /// How many fields the type adds.
    const WIDTH: usize;
    /// Their names.
    const NAMES: &'static [&'static str];

    /// Reads the columns of the type and of those above it, in a row of the family that begins at `start`.
    ///
    /// # Errors
    ///
    /// `Decode` naming the column whose cell does not fit its field.
    fn read_part(row: &mut RowReader<'_>, start: usize) -> Result<Self>;

    /// The object as an `X`: this type, or one above it.
    fn part<X: 'static>(&self) -> Option<&X>;

    /// The same, to be written to.
    fn part_mut<X: 'static>(&mut self) -> Option<&mut X>;

    /// The same as a value.
    fn into_part<X: 'static>(self) -> Option<X>;
}

/// A model that inherits the columns and relations of another one, which it has in a field with `#[orm(base)]`. Only the derive implements
/// it.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "person", polymorphic(on = kind, identity = "person", subtypes(Customer)))]
/// struct Person {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(inherits, identity = "customer")]
/// struct Customer {
///     #[orm(base)]
///     person: Person,
///     limit: i64, // a column of `person`, which is NULL in the rows of other types
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Person])?;
/// # let mut session = engine.session();
/// let ann = session.add(Customer { person: Person { name: "Ann".into(), ..Default::default() }, limit: 100 });
/// session.commit()?;
/// let person = session.upcast(ann); // the same object
/// session[person].name.push_str(" Lee");
/// assert_eq!(session[ann].person.name, "Ann Lee");
/// assert_eq!(session.downcast::<Customer>(person), Some(ann));
/// assert_eq!(Customer::query().filter(Person::name.eq("Ann Lee")).one(&mut session)?, ann);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not inherit from another model",
    label = "`{Self}` needs `#[orm(inherits, identity = \"..\")]` and a field with `#[orm(base)]`"
)]
pub trait Inherits: FamilyMember {
    /// The model that it inherits from.
    type Base: Model;
}

/// The base of a family. Only the derive implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the base of a family",
    label = "only the base at the root of a family has objects of which a part is read"
)]
pub trait FamilyBase: FamilyMember {}

/// The base of a family that says `variants = ".."`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no enum of its types",
    label = "add `variants = \"Name\"` to its `#[orm(polymorphic(..))]`"
)]
pub trait Variants: FamilyMember {
    /// The enum, with one variant for each type, each of which holds a handle of that type.
    type Any;

    /// The handle as a variant of the type of that number.
    #[doc(hidden)]
    fn variant(of: usize, object: Handle<Self>) -> Self::Any;
}

/// `Self` and `T` are models of one family, or one model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` and `{T}` are not of one family",
    label = "expected a model of the family of `{T}`"
)]
pub trait SameFamily<T>: Model {}

#[diagnostic::do_not_recommend]
impl<T: Model, M: Model<Stored = T::Stored>> SameFamily<T> for M {}

/// Refuses an abstract base where a value of it would become a row.
///
/// # Panics
///
/// For an abstract base, which is a compile error where the value is known to be one.
#[expect(clippy::panic, reason = "evaluated by the compiler")]
pub(crate) const fn require_rows<M: Model>() {
    if let Some(why) = M::ABSTRACT {
        panic!("{}", why)
    }
}

/// A reference to an `A`, if that is an `X`.
pub fn same<A: 'static, X: 'static>(object: &A) -> Option<&X> {
    let object: &dyn Any = object;
    object.downcast_ref()
}

/// The same, to be written to.
pub fn same_mut<A: 'static, X: 'static>(object: &mut A) -> Option<&mut X> {
    let object: &mut dyn Any = object;
    object.downcast_mut()
}

/// Takes out an `A`, if that is an `X`.
pub fn take_same<A: 'static, X: 'static>(object: &mut Option<A>) -> Option<X> {
    let object: &mut dyn Any = object;
    object.downcast_mut::<Option<X>>().and_then(Option::take)
}

/// Reads a row of the family as one of its types.
///
/// # Errors
///
/// `Decode` when a cell does not fit, or the row is of another type.
pub fn read_member<M: FamilyMember>(row: &mut RowReader<'_>) -> Result<M> {
    let start = row.position();
    row.require_type::<M>(start)?;
    let read = M::read_part(row, start)?;
    row.seek(start + M::table().columns.len());
    Ok(read)
}

/// Where the columns of a field begin, among those of the family.
pub fn first_column<M: Model>(field: usize) -> usize {
    M::table().fields.get(field).map_or(0, |field| field.columns.start)
}

/// The defaults of a model for the fields with these numbers.
pub fn defaults_within<M: Model>(fields: Range<usize>, each: &mut dyn FnMut(usize, ValueRef<'_>)) {
    M::defaults(&mut |field, value| {
        if fields.contains(&field) {
            each(field, value);
        }
    });
}

/// The same object as another type of its family.
pub fn handle_of<M: Model, X: SameFamily<M>>(object: Handle<M>) -> Handle<X> {
    object.cast()
}

/// What the discriminator holds in the rows of a type, by its number.
pub fn identity_of<M: Model>(of: usize) -> &'static str {
    M::table().family.as_ref().and_then(|family| family.types[of].identity).unwrap_or_default()
}

/// The name of a type, by its number.
pub fn name_of_type<M: Model>(of: usize) -> &'static str {
    M::table().family.as_ref().map_or("", |family| family.types[of].spec.name)
}

/// Refuses another identity than that of the type: an object keeps its type.
///
/// # Errors
///
/// When `value` is another one.
pub fn keep_identity(identity: &'static str, value: ValueRef<'_>) -> Result<(), Mismatch> {
    if value == ValueRef::Text(identity) { Ok(()) } else { Err(Mismatch::new("the type that the object has", value)) }
}
