//! Foreign keys to one of several models.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

use super::{BelongsTo, Foreign, Handle, IntoKey, Key, Model, Relation, RowReader, kind};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{TYPE_PART, TargetSpec};
use crate::value::{Mismatch, ValueRef};

/// The models that a [`OneOf`] may reference: an enum with `#[derive(OneOf)]`, each variant of which holds a handle.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no enum of models",
    label = "expected an enum with `#[derive(OneOf)]`, such as `enum Owner {{ User(Handle<User>), Team(Handle<Team>) }}`"
)]
pub trait Targets: Sized + Send + Sync + 'static {
    /// The key of one of them.
    #[doc(hidden)]
    type Keys: TargetKeys;

    /// The models, in the order of the variants.
    const MODELS: &'static [TargetSpec];

    /// The variant of a number, with the object of a slot.
    #[doc(hidden)]
    fn at(number: usize, slot: u32, stamp: NonZeroU32) -> Option<Self>;
}

/// A model that is one of those of `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is none of the models of `{E}`",
    label = "expected a model that a variant of `{E}` names"
)]
pub trait Among<E: Targets>: Model {
    /// The number of its variant.
    const NUMBER: usize;

    /// A key of the model as one of the keys.
    #[doc(hidden)]
    fn keys(key: BelongsTo<Self>) -> E::Keys;
}

/// The key of one of several models, or of none. The default is none.
#[doc(hidden)]
pub trait TargetKeys: Clone + PartialEq + fmt::Debug + Default + Send + Sync {
    /// The number of the variant.
    fn number(&self) -> Option<usize>;
    /// The `BelongsTo` of the variant.
    fn key(&self) -> Option<&dyn Any>;
    /// The state of that key.
    fn state(&self) -> Foreign<'_>;
    /// A column of that key.
    fn part(&self, index: usize) -> ValueRef<'_>;
    /// Sets the key of a variant, in the place of any other.
    fn set(&mut self, number: usize, to: Foreign<'_>);
    /// Reads the keys of all variants, of which one at most may be there.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;
    /// Reads the columns of a key as the key of a variant.
    fn read_as(number: usize, row: &mut RowReader<'_>) -> Result<Self>;
}

/// A foreign key to one of several models: `#[belongs_to] owner: OneOf<Owner>`, where an enum names the models.
///
/// The field is one nullable foreign key for each model, with its constraint, and a CHECK that exactly one of them is set. Of an
/// `Option<OneOf<..>>` none may be set. With `#[belongs_to(type_column = "owner_type", key_column = "owner_id")]` it is a key and the name of its model,
/// without constraints, as existing schemas have them. Each model may have a `has_many` or `has_one` at the other side. `Bot::owner.of::<Team>()` is the
/// relation along one of the models, for joins, includes and conditions.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "user")]
/// struct User {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[has_many(back_populates = owner)]
///     bots: HasMany<Bot>,
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "team")]
/// struct Team {
///     #[orm(primary_key)]
///     id: i64,
///     title: String,
///     #[has_many(back_populates = owner)]
///     bots: HasMany<Bot>,
/// }
///
/// #[derive(OneOf, Debug, Clone, Copy, PartialEq)]
/// enum Owner {
///     User(Handle<User>),
///     Team(Handle<Team>),
/// }
///
/// #[derive(Model, Debug, Clone, Default)]
/// #[orm(table = "bot")]
/// struct Bot {
///     #[orm(primary_key)]
///     id: i64,
///     name: String,
///     #[belongs_to(back_populates = bots)]
///     owner: OneOf<Owner>, // is the columns owner_user_id and owner_team_id
/// }
///
/// # let engine = Engine::connect("sqlite://")?;
/// # engine.create_all(models![Bot])?;
/// # let mut session = engine.session();
/// let ann = session.add(User { name: "Ann".into(), ..Default::default() });
/// let bot = session.add(Bot { name: "Hal".into(), owner: ann.into(), ..Default::default() });
/// session.commit()?;
/// match session.load(bot, Bot::owner)? {
///     Owner::User(user) => assert_eq!(session[user].name, "Ann"),
///     Owner::Team(team) => unreachable!("{} has no bots", session[team].title),
/// }
///
/// let team = session.add(Team { title: "Ops".into(), ..Default::default() });
/// session[bot].owner = team.into(); // Ann has no bots any more
/// session.commit()?;
/// assert_eq!(session.load(team, Team::bots)?, [bot]);
/// assert_eq!(Bot::query().filter(Bot::owner.is::<Team>()).count(&mut session)?, 1);
/// let of_ops = Bot::query().join(Bot::owner.of::<Team>()).filter(Team::title.eq("Ops"));
/// assert_eq!(of_ops.count(&mut session)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct OneOf<E: Targets> {
    pub(super) keys: E::Keys,
    // The last field tells the compiler whether it knows the size, so it does without looking at `E`.
    models: PhantomData<fn() -> E>,
}

impl<E: Targets> OneOf<E> {
    /// References the row of a model with that key: `OneOf::key::<Team>(3)`.
    pub fn key<T: Among<E>>(key: impl IntoKey<T::Key, Checked: Sized>) -> Self {
        Self::new(T::keys(BelongsTo::key(key)))
    }

    /// The key, when it is one of `T` and known.
    pub fn as_key<T: Among<E>>(&self) -> Option<&T::Key> {
        self.belongs_to::<T>()?.as_key()
    }

    /// The object of `T` that was assigned, until a flush replaces it by its key.
    pub fn as_handle<T: Among<E>>(&self) -> Option<Handle<T>> {
        self.belongs_to::<T>()?.as_handle()
    }

    /// Whether it references a `T`.
    pub fn is<T: Among<E>>(&self) -> bool {
        self.keys.number() == Some(T::NUMBER)
    }

    /// Whether nothing was assigned yet.
    pub fn is_unset(&self) -> bool {
        self.keys.number().is_none()
    }

    pub(super) fn new(keys: E::Keys) -> Self {
        Self { keys, models: PhantomData }
    }

    fn belongs_to<T: Among<E>>(&self) -> Option<&BelongsTo<T>> {
        self.keys.key()?.downcast_ref()
    }
}

impl<E: Targets> Default for OneOf<E> {
    fn default() -> Self {
        Self::new(E::Keys::default())
    }
}

impl<E: Targets> Clone for OneOf<E> {
    fn clone(&self) -> Self {
        Self::new(self.keys.clone())
    }
}

impl<E: Targets> PartialEq for OneOf<E> {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl<E: Targets> Eq for OneOf<E> {}

impl<E: Targets> fmt::Debug for OneOf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys.fmt(f)
    }
}

impl<E: Targets, T: Among<E>> From<Handle<T>> for OneOf<E> {
    fn from(handle: Handle<T>) -> Self {
        Self::new(T::keys(handle.into()))
    }
}

impl<E: Targets, T: Among<E>> From<Handle<T>> for Option<OneOf<E>> {
    fn from(handle: Handle<T>) -> Self {
        Some(handle.into())
    }
}

/// The types that a field with several targets may have: `OneOf<E>` and `Option<OneOf<E>>`.
pub trait OneOfField: Clone {
    /// The models, in the order of the variants.
    const MODELS: &'static [TargetSpec];
    /// Whether none may be referenced.
    const NULLABLE: bool;

    /// The state of the key to the model of a number.
    fn state(&self, number: usize) -> Foreign<'_>;
    /// Sets the key to the model of a number. A key that is set takes the place of the one that was; a key that is taken away leaves others.
    fn set_state(&mut self, number: usize, to: Foreign<'_>);
    /// A column of the key to the model of a number.
    fn part(&self, number: usize, index: usize) -> ValueRef<'_>;
    /// A column of the key that is set, where all have the same columns; `TYPE_PART` is the one that names its model.
    fn shared_part(&self, index: usize) -> ValueRef<'_>;
    /// Reads the keys.
    ///
    /// # Errors
    ///
    /// `Decode` when a cell does not fit, when several keys are set, and when none is though one has to be.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;
    /// Reads the columns that the keys share, of which the last names the model.
    ///
    /// # Errors
    ///
    /// `Decode` when a cell does not fit, and when no variant has the name.
    fn read_shared(row: &mut RowReader<'_>) -> Result<Self>;
}

impl<E: Targets> OneOfField for OneOf<E> {
    const MODELS: &'static [TargetSpec] = E::MODELS;
    const NULLABLE: bool = false;

    fn state(&self, number: usize) -> Foreign<'_> {
        match self.keys.number() {
            None => Foreign::Unset,
            Some(own) if own == number => self.keys.state(),
            Some(_) => Foreign::Null,
        }
    }

    fn set_state(&mut self, number: usize, to: Foreign<'_>) {
        match to {
            Foreign::New { .. } | Foreign::Key(_) => self.keys.set(number, to),
            Foreign::Unset | Foreign::Null if self.keys.number() == Some(number) => self.keys = E::Keys::default(),
            Foreign::Unset | Foreign::Null => {}
        }
    }

    fn part(&self, number: usize, index: usize) -> ValueRef<'_> {
        if self.keys.number() == Some(number) { self.keys.part(index) } else { ValueRef::Null }
    }

    fn shared_part(&self, index: usize) -> ValueRef<'_> {
        match self.keys.number().and_then(|number| E::MODELS.get(number)) {
            None => ValueRef::Null,
            Some(target) if index == TYPE_PART => ValueRef::Text(target.text),
            Some(_) => self.keys.part(index),
        }
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        E::Keys::read(row).map(Self::new)
    }

    fn read_shared(row: &mut RowReader<'_>) -> Result<Self> {
        let first = row.position();
        let width = E::MODELS.first().map_or(0, |target| (target.model.table)().primary_key.len());
        row.seek(first + width);
        let number = row.cell(number_of::<E>)?;
        row.seek(first);
        let keys = number.map(|number| E::Keys::read_as(number, row)).transpose()?;
        row.seek(first + width + 1);
        Ok(Self::new(keys.unwrap_or_default()))
    }
}

impl<E: Targets> OneOfField for Option<OneOf<E>> {
    const MODELS: &'static [TargetSpec] = E::MODELS;
    const NULLABLE: bool = true;

    fn state(&self, number: usize) -> Foreign<'_> {
        self.as_ref().map_or(Foreign::Null, |key| key.state(number))
    }

    fn set_state(&mut self, number: usize, to: Foreign<'_>) {
        let mut key = self.take().unwrap_or_default();
        key.set_state(number, to);
        *self = (!key.is_unset()).then_some(key);
    }

    fn part(&self, number: usize, index: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |key| key.part(number, index))
    }

    fn shared_part(&self, index: usize) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Null, |key| key.shared_part(index))
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        OneOf::read(row).map(|key| (!key.is_unset()).then_some(key))
    }

    fn read_shared(row: &mut RowReader<'_>) -> Result<Self> {
        OneOf::read_shared(row).map(|key| (!key.is_unset()).then_some(key))
    }
}

/// The number of the model that a row names, if it names one.
fn number_of<E: Targets>(cell: ValueRef<'_>) -> Result<Option<usize>, Mismatch> {
    let named = match cell {
        ValueRef::Null => return Ok(None),
        ValueRef::Text(text) => E::MODELS.iter().position(|target| target.text == text),
        _ => None,
    };
    let names = || E::MODELS.iter().map(|target| format!("\"{}\"", target.text)).collect::<Vec<_>>().join(" or ");
    named
        .map(Some)
        .ok_or_else(|| Mismatch::new(format!("{}, which the variants of a `OneOf` are called", names()), cell))
}

/// Reads the key of one of several models, if it is set. `found` tells whether another one is.
///
/// # Errors
///
/// `Decode` when a cell does not fit, and when both are set.
pub fn read_target<T: Model>(row: &mut RowReader<'_>, found: bool) -> Result<Option<BelongsTo<T>>> {
    let key = T::Key::read_nullable(row)?.map(BelongsTo::key);
    if key.is_some() && found {
        let message = format!(
            "{}: a row references several of the models of a `OneOf`, the last of them {}",
            row.subject(),
            T::spec().name
        );
        return Err(Error::new(ErrorKind::Decode, message));
    }
    Ok(key)
}

/// The handle of an object.
pub fn handle_at<T: Model>(slot: u32, stamp: NonZeroU32) -> Handle<T> {
    Handle::new(slot, stamp)
}

type Types<M, E, K> = PhantomData<fn() -> (M, E, K)>;

/// A relation from `M` to one of the models of `E`, as a constant: `Bot::owner`. `K` is its [`kind`].
pub struct OneOfRelation<M, E, K> {
    field: usize,
    name: &'static str,
    back_populates: Option<&'static str>,
    types: Types<M, E, K>,
}

impl<M, E, K> OneOfRelation<M, E, K> {
    /// The constant for the field whose first key has the number `field`.
    pub const fn new(field: usize, name: &'static str, back_populates: Option<&'static str>) -> Self {
        Self { field, name, back_populates, types: PhantomData }
    }

    /// The number of the first key.
    pub const fn field(&self) -> usize {
        self.field
    }

    /// The name of the field.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name of the field at the other side.
    pub const fn back_populates(&self) -> Option<&'static str> {
        self.back_populates
    }
}

impl<M: Model, E: Targets, K> OneOfRelation<M, E, K> {
    /// The relation along one of the models: `Bot::query().join(Bot::owner.of::<Team>())`.
    ///
    /// See the example of [`OneOf`].
    pub const fn of<T: Among<E>>(self) -> Relation<M, T, kind::OptionalOne> {
        Relation::new(self.field + T::NUMBER, self.name, self.back_populates, None)
    }
}

impl<M, E, K> Clone for OneOfRelation<M, E, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, E, K> Copy for OneOfRelation<M, E, K> {}

impl<M, E, K> fmt::Debug for OneOfRelation<M, E, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneOfRelation({})", self.name)
    }
}
