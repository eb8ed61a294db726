//! The argument of `include`: a path of relations, with filters, orders and limits of their members.

use crate::query::Sealed;
use std::marker::PhantomData;

use super::{Include, Options};
use crate::error::ErrorKind;
use crate::model::{Model, Relation, SameFamily, kind};
use crate::query::typed::typed;
use crate::query::{Condition, Of, OrderKeys, Within};
use crate::schema::RelationDef;
use crate::sql::Problem;

/// Relations one after the other: from the model `M` to the model `T`, the last of them from `S` and of the [kind](kind) `K`:
/// `CarInfo::model.then(CarModel::brand)`.
///
/// Its methods apply to the members of the last relation.
pub struct Path<M, S, T, K> {
    pub(super) steps: Steps,
    types: PhantomData<fn() -> (M, S, T, K)>,
}

/// Relations without their types: one after the other, and several such lists where a relation leads to one of several models.
#[derive(Debug, Clone)]
pub struct Steps(Result<Vec<Vec<Include>>, Problem>);

/// The kinds of relation with any number of members, of which some may be left out.
#[diagnostic::on_unimplemented(
    message = "this relation has at most one member",
    label = "`filter`, `order_by` and `limit_each` are for `HasMany` and `ManyToMany`"
)]
pub trait SeveralMembers: Sealed {
    /// Stands in bounds, see [`Sealed`].
    type Checked;
}

#[diagnostic::do_not_recommend]
impl SeveralMembers for kind::HasMany {
    type Checked = ();
}
#[diagnostic::do_not_recommend]
impl SeveralMembers for kind::ManyToMany {
    type Checked = ();
}

/// `Self` and `T` are one model.
#[diagnostic::on_unimplemented(
    message = "this relation leads from `{Self}` to another model",
    label = "`depth` is for relations from a model to itself; `.then(..)` goes on from `{T}`"
)]
pub trait Itself<T> {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<M> Itself<M> for M {
    type Checked = ();
}

/// What `include` takes for objects of the model `M`: a relation of `M`, or a path that starts with one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{M}`",
    label = "expected a relation such as `{M}::field`, or a path such as `{M}::field.then(..)`"
)]
pub trait IncludePath<M>: LoadPath<M> {
    /// The same behind other relations, which start at `L`.
    type After<L>;

    /// Stands in bounds, see `Sealed`.
    type Checked;

    /// The path behind `before`.
    fn after<L>(self, before: Steps) -> Self::After<L>;
}

#[diagnostic::do_not_recommend]
impl<P: LoadPath<M>, M> IncludePath<M> for P {
    type After<L> = P::Prefixed<L>;
    type Checked = ();

    fn after<L>(self, before: Steps) -> P::Prefixed<L> {
        self.prefixed(before)
    }
}

/// How an [`IncludePath`] of `M` is followed.
pub trait LoadPath<M>: Sealed {
    /// The same behind other relations, which start at `L`.
    type Prefixed<L>;

    /// The relations of the path.
    fn steps(self) -> Steps;

    /// The path behind `before`.
    fn prefixed<L>(self, before: Steps) -> Self::Prefixed<L>;
}

impl Steps {
    pub(in crate::query) fn one<M: Model, T: Model, K>(relation: Relation<M, T, K>) -> Self {
        let constant = || (ErrorKind::Schema, "`include` was given a constant that is no relation".to_owned());
        Self(relation.def().map(|relation| vec![vec![Include::plain(relation)]]).ok_or_else(constant))
    }

    /// The relations of an object, each by itself.
    pub(super) fn each_of(relations: impl Iterator<Item = &'static RelationDef>) -> Self {
        Self(Ok(relations.map(|relation| vec![Include::plain(relation)]).collect()))
    }

    pub(in crate::query) fn followed_by(self, next: Self) -> Self {
        Self(self.0.and_then(|steps| {
            let next = next.0?;
            let after = |first: &Vec<Include>| next.iter().map(|next| [&first[..], next].concat()).collect::<Vec<_>>();
            Ok(steps.iter().flat_map(after).collect())
        }))
    }

    /// Loads something with the members of the last relation.
    pub(super) fn with(self, branch: Self) -> Self {
        Self(self.0.and_then(|mut steps| {
            let branches = branch.includes()?;
            for last in steps.iter_mut().filter_map(|steps| steps.last_mut()) {
                branches.iter().try_for_each(|branch| Include::add(&mut last.then, branch.clone()))?;
            }
            Ok(steps)
        }))
    }

    /// Changes the options of the last relation.
    pub(super) fn edit(mut self, edit: impl FnOnce(&mut Options)) -> Self {
        if let Ok(steps) = &mut self.0
            && let Some(last) = steps.first_mut().and_then(|steps| steps.last_mut())
        {
            edit(&mut last.options);
        }
        self
    }

    /// The relations, each list as an include of its first.
    pub(crate) fn includes(self) -> Result<Vec<Include>, Problem> {
        let chains = self.0?.into_iter().filter_map(|steps| Include::chain(steps).transpose());
        chains.collect()
    }
}

impl<M, S, T: Model, K> Path<M, S, T, K> {
    pub(in crate::query) fn new(steps: Steps) -> Self {
        Self { steps, types: PhantomData }
    }

    /// The path, for objects of another type of the family of `M`. Objects that are no `M` have nothing there.
    ///
    /// See [`Relation::in_family`].
    #[must_use]
    pub fn in_family<F: SameFamily<M>>(self) -> Path<F, S, T, K> {
        Path::new(self.steps)
    }

    /// Continues with a relation of the last model, or a path that starts with one.
    pub fn then<P: IncludePath<T, Checked: Sized>>(self, next: P) -> P::After<M> {
        next.after(self.steps)
    }

    /// Loads a relation, or a path of relations, with the members. Each call adds one.
    #[must_use]
    pub fn include<P: IncludePath<T, Checked: Sized>>(self, path: P) -> Self {
        Self::new(self.steps.with(path.steps()))
    }

    /// Only members for which the condition holds. Several filters must all hold.
    #[must_use]
    pub fn filter<C: Condition<Scope: Within<(Of<T>, ()), I, Null: Sized>>, I>(self, condition: C) -> Self
    where
        K: SeveralMembers<Checked: Sized>,
    {
        Self::new(self.steps.edit(|options| options.filter.push(condition.into_sql())))
    }

    /// The members in this order, instead of that of the relation. A second call sorts members that are equal by the first.
    #[must_use]
    pub fn order_by<O: OrderKeys<Scope: Within<(Of<T>, ()), I, Null: Sized>>, I>(self, keys: O) -> Self
    where
        K: SeveralMembers<Checked: Sized>,
    {
        Self::new(self.steps.edit(|options| keys.order_keys(&mut options.order_by)))
    }

    /// At most that many members of each object: the first by the order, and by the primary key where that leaves a choice.
    #[must_use]
    pub fn limit_each(self, members: u64) -> Self
    where
        K: SeveralMembers<Checked: Sized>,
    {
        Self::new(self.steps.edit(|options| options.limit = Some(members)))
    }

    /// Follows a relation from a model to itself that many times: 1 loads the members, 2 their members too. Each level is one statement.
    /// Loading stops when there are no more members.
    #[must_use]
    pub fn depth(self, levels: u32) -> Self
    where
        S: Itself<T, Checked: Sized>,
    {
        Self::new(self.steps.edit(|options| options.levels = levels))
    }
}

/// Options of a relation in `include`.
impl<M: Model, T: Model, K> Relation<M, T, K> {
    pub(super) fn path(self) -> Path<M, M, T, K> {
        Path::new(Steps::one(self))
    }

    /// The relation, for objects of another type of the family of `M`: of a subtype in a query for its base, and the other way round. Objects
    /// that are no `M` have nothing there.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "pet", polymorphic(on = kind, identity = "pet", subtypes(Cat)))]
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
    ///     #[has_many(back_populates = cat)]
    ///     mice: HasMany<Mouse>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "mouse")]
    /// struct Mouse {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[belongs_to(back_populates = mice)]
    ///     cat: BelongsTo<Cat>,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Mouse])?;
    /// # let mut session = engine.session();
    /// session.add(Pet::default());
    /// session.add(Cat { mice: [Mouse::default()].into(), ..Default::default() });
    /// session.commit()?;
    /// session.clear();
    /// let pets = Pet::query().order_by(Pet::id).include(Cat::mice.in_family()).all(&mut session)?; // two statements
    /// let cat = session.downcast::<Cat>(pets[1]).unwrap();
    /// assert_eq!(session.related(cat, Cat::mice)?.len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn in_family<F: SameFamily<M>>(self) -> Path<F, M, T, K> {
        Path::new(Steps::one(self))
    }

    /// Continues with a relation of the target, or a path that starts with one.
    pub fn then<P: IncludePath<T, Checked: Sized>>(self, next: P) -> P::After<M> {
        self.path().then(next)
    }

    /// Loads a relation, or a path of relations, with the members. Each call adds one.
    pub fn include<P: IncludePath<T, Checked: Sized>>(self, path: P) -> Path<M, M, T, K> {
        self.path().include(path)
    }

    /// Only members for which the condition holds: `User::orders.filter(Order::total.gt(100))`.
    ///
    /// These may not be all members, so [`load`](crate::session::Session::load) still loads all.
    pub fn filter<C: Condition<Scope: Within<(Of<T>, ()), I, Null: Sized>>, I>(self, condition: C) -> Path<M, M, T, K>
    where
        K: SeveralMembers<Checked: Sized>,
    {
        self.path().filter(condition)
    }

    /// The members in this order, instead of that of the relation.
    pub fn order_by<O: OrderKeys<Scope: Within<(Of<T>, ()), I, Null: Sized>>, I>(self, keys: O) -> Path<M, M, T, K>
    where
        K: SeveralMembers<Checked: Sized>,
    {
        self.path().order_by(keys)
    }

    /// At most that many members of each object: the first by the order, and by the primary key where that leaves a choice.
    pub fn limit_each(self, members: u64) -> Path<M, M, T, K>
    where
        K: SeveralMembers<Checked: Sized>,
    {
        self.path().limit_each(members)
    }

    /// Follows a relation from a model to itself so many times: 1 is the members, 2 their members too. It ends where there are no more,
    /// and each level is one statement.
    pub fn depth(self, levels: u32) -> Path<M, M, T, K>
    where
        M: Itself<T, Checked: Sized>,
    {
        self.path().depth(levels)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T: Model, K> LoadPath<M> for Relation<M, T, K> {
    type Prefixed<L> = Path<L, M, T, K>;

    fn steps(self) -> Steps {
        Steps::one(self)
    }

    fn prefixed<L>(self, before: Steps) -> Path<L, M, T, K> {
        Path::new(before.followed_by(Steps::one(self)))
    }
}

#[diagnostic::do_not_recommend]
impl<M, S, T: Model, K> LoadPath<M> for Path<M, S, T, K> {
    type Prefixed<L> = Path<L, S, T, K>;

    fn steps(self) -> Steps {
        self.steps
    }

    fn prefixed<L>(self, before: Steps) -> Path<L, S, T, K> {
        Path::new(before.followed_by(self.steps))
    }
}

typed!([M, S, T, K] Path<M, S, T, K> { steps, types });
