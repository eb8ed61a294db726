//! Relations that are loaded by the statement of their owners.

use std::fmt;
use std::marker::PhantomData;

use super::path::Steps;
use super::{IncludePath, Strategy};
use crate::model::{Model, Relation};

/// Relations from the model `M` to the model `T`, the last of which is joined: `CarInfo::owner.joined()`.
///
/// Its members are all that there are, in the order of the relation.
pub struct Joined<M, T> {
    steps: Steps,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T: Model> Joined<M, T> {
    fn new(steps: Steps) -> Self {
        Self { steps, types: PhantomData }
    }

    /// Continues with a relation of the last model, or a path that starts with one.
    pub fn then<P: IncludePath<T>>(self, next: P) -> P::Behind<M> {
        next.behind(self.steps)
    }

    /// Loads a relation, or a path of relations, with the members. Each call adds one.
    #[must_use]
    pub fn include<P: IncludePath<T>>(self, path: P) -> Self {
        Self::new(self.steps.with(path.steps()))
    }
}

impl<M: Model, T: Model, K> Relation<M, T, K> {
    /// Loads the members by the statement of their owners, which joins them, instead of one of their own: `.include(Car::owner.joined())`.
    ///
    /// That is for relations with at most one member, where the rows stay as many as they are. An object with several members comes once
    /// for each from the database, though once from the query.
    pub fn joined(self) -> Joined<M, T> {
        Joined::new(Steps::one(self).edit(|options| options.strategy = Strategy::Joined))
    }
}

impl<M, T: Model> IncludePath<M> for Joined<M, T> {
    type Behind<L> = Joined<L, T>;

    fn steps(self) -> Steps {
        self.steps
    }

    fn behind<L>(self, before: Steps) -> Joined<L, T> {
        Joined::new(before.followed_by(self.steps))
    }
}

impl<M, T> Clone for Joined<M, T> {
    fn clone(&self) -> Self {
        Self { steps: self.steps.clone(), types: PhantomData }
    }
}

impl<M, T> fmt::Debug for Joined<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.fmt(f)
    }
}
