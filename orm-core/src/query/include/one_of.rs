//! Relations to one of several models in `include`: all of them are loaded, each by a statement of its own.

use std::marker::PhantomData;

use super::{LoadPath, Steps};
use crate::model::{Model, OneOfRelation, Targets};
use crate::query::Sealed;

/// A path that ends in a relation to one of several models: `Account::bots.then(Bot::owner)`.
#[derive(Debug, Clone)]
pub struct OneOfPath<M> {
    steps: Steps,
    types: PhantomData<fn() -> M>,
}

impl<M> Sealed for OneOfPath<M> {}

impl<M, E, K> Sealed for OneOfRelation<M, E, K> {}

#[diagnostic::do_not_recommend]
impl<M: Model, E: Targets, K> LoadPath<M> for OneOfRelation<M, E, K> {
    type Prefixed<L> = OneOfPath<L>;

    fn steps(self) -> Steps {
        let fields = self.field()..self.field() + E::MODELS.len();
        Steps::each_of(fields.filter_map(|field| M::table().relation_of(field)))
    }

    fn prefixed<L>(self, before: Steps) -> OneOfPath<L> {
        OneOfPath { steps: before.followed_by(self.steps()), types: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<M> LoadPath<M> for OneOfPath<M> {
    type Prefixed<L> = OneOfPath<L>;

    fn steps(self) -> Steps {
        self.steps
    }

    fn prefixed<L>(self, before: Steps) -> OneOfPath<L> {
        OneOfPath { steps: before.followed_by(self.steps), types: PhantomData }
    }
}
