//! Relations that are loaded together with the objects of a query.

use std::fmt;
use std::marker::PhantomData;

use crate::model::{Model, Relation};
use crate::schema::RelationDef;

/// A relation to load with the objects of a query, and what to load with its members.
#[derive(Debug, Clone)]
pub struct Include {
    /// The relation.
    pub relation: &'static RelationDef,
    /// The relations of its members.
    pub then: Vec<Include>,
}

impl Include {
    /// Adds a path of relations to `includes`; what two paths have in common is there once.
    pub(super) fn add(includes: &mut Vec<Self>, path: &[&'static RelationDef]) {
        let Some((&first, rest)) = path.split_first() else { return };
        let index = includes.iter().position(|include| std::ptr::eq(include.relation, first)).unwrap_or_else(|| {
            includes.push(Self { relation: first, then: Vec::new() });
            includes.len() - 1
        });
        Self::add(&mut includes[index].then, rest);
    }
}

/// Relations one after the other, from the model `M` to the model `T`: `CarInfo::model.then(CarModel::brand)`.
pub struct Path<M, T> {
    relations: Vec<Option<&'static RelationDef>>,
    ends: PhantomData<fn() -> (M, T)>,
}

impl<M, T: Model> Path<M, T> {
    /// Goes on along a relation of the last model.
    #[must_use]
    pub fn then<U: Model, K>(mut self, relation: Relation<T, U, K>) -> Path<M, U> {
        self.relations.push(relation.def());
        Path { relations: self.relations, ends: PhantomData }
    }
}

impl<M: Model, T: Model, K> Relation<M, T, K> {
    /// Goes on along a relation of the target, for `include`.
    #[must_use]
    pub fn then<U: Model, L>(self, relation: Relation<T, U, L>) -> Path<M, U> {
        Path { relations: vec![self.def(), relation.def()], ends: PhantomData }
    }
}

impl<M, T> Clone for Path<M, T> {
    fn clone(&self) -> Self {
        Self { relations: self.relations.clone(), ends: PhantomData }
    }
}

impl<M, T> fmt::Debug for Path<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.relations.iter().map(|relation| relation.map_or("?", |relation| relation.name));
        f.debug_list().entries(names).finish()
    }
}

/// What `include` takes for objects of the model `M`: a relation of `M`, or a path that starts with one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{M}`",
    label = "expected a relation such as `{M}::field`, or a path such as `{M}::field.then(..)`"
)]
pub trait IncludePath<M> {
    /// The relations of the path; `None` for a constant that no derive wrote.
    fn relations(self) -> Option<Vec<&'static RelationDef>>;
}

impl<M: Model, T: Model, K> IncludePath<M> for Relation<M, T, K> {
    fn relations(self) -> Option<Vec<&'static RelationDef>> {
        self.def().map(|relation| vec![relation])
    }
}

impl<M, T> IncludePath<M> for Path<M, T> {
    fn relations(self) -> Option<Vec<&'static RelationDef>> {
        self.relations.into_iter().collect()
    }
}
