//! Relations that are loaded by the statement of their owners.

use std::marker::PhantomData;

use super::path::Steps;
use super::{IncludePath, LoadPath, Strategy};
use crate::model::{Model, Relation, SameFamily};
use crate::query::typed::typed;

/// Relations from the model `M` to the model `T`, the last of which is joined: `CarInfo::owner.joined()`.
///
/// It loads all members, in the order of the relation.
pub struct Joined<M, T> {
    pub(super) steps: Steps,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T: Model> Joined<M, T> {
    pub(super) fn new(steps: Steps) -> Self {
        Self { steps, types: PhantomData }
    }

    /// The relations, for objects of another type of the family of `M`.
    ///
    /// See [`Relation::in_family`].
    #[must_use]
    pub fn in_family<F: SameFamily<M>>(self) -> Joined<F, T> {
        Joined::new(self.steps)
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
}

impl<M: Model, T: Model, K> Relation<M, T, K> {
    /// Loads the members by a join in the statement of their owners: `.include(Car::owner.joined())`.
    ///
    /// That suits relations with at most one member, because the number of rows stays the same. The database sends an object with several
    /// members once for each of them. The query still returns it once.
    pub fn joined(self) -> Joined<M, T> {
        Joined::new(Steps::one(self).edit(|options| options.strategy = Strategy::Joined))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: Model> LoadPath<M> for Joined<M, T> {
    type Prefixed<L> = Joined<L, T>;

    fn steps(self) -> Steps {
        self.steps
    }

    fn prefixed<L>(self, before: Steps) -> Joined<L, T> {
        Joined::new(before.followed_by(self.steps))
    }
}

typed!([M, T] Joined<M, T> { steps, types });
