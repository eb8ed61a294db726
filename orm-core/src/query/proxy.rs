//! Association proxies as joins, conditions and paths.

#![expect(clippy::ptr_arg, reason = "a copy of a borrowed name costs nothing, and a copy of its text does")]

use std::borrow::Cow;

use super::include::{LoadPath, Path, Steps};
use super::join::{Joinable, Joins, along, relation_of};
use super::related::{OfOwner, all_members, member_query};
use super::scope::{Of, Within};
use super::source::{Named, table_of};
use super::{Alias, Condition, Expr, IncludePath, Source};
use crate::error::Result;
use crate::model::{Model, Proxy, kind};
use crate::sql::{self, JoinKind, Nested, Withs};

/// The joins from the owner to the target, over the association objects. These have a name of their own, because the query may read them by
/// themselves as well.
fn over<M: Model, J: Model, B: Source>(
    proxy: &Proxy<M, J, B>,
    owner: &Cow<'static, str>,
    target: &Cow<'static, str>,
    kind: JoinKind,
) -> Result<Vec<sql::Join>> {
    let between: Cow<'static, str> = match table_of::<B>().name.name == *target {
        true => format!("{owner}_{}", proxy.name()).into(),
        false => format!("{owner}_{}_{target}", proxy.name()).into(),
    };
    let mut joins = along(relation_of(&proxy.members())?, owner, &between, kind)?;
    joins.extend(along(relation_of(&proxy.target())?, &between, target, kind)?);
    Ok(joins)
}

#[diagnostic::do_not_recommend]
impl<M: Model, J: Model, B: Source> Joinable for Proxy<M, J, B> {
    type Source = B;
    type Reads = Of<M>;
    type On = ();

    fn joins(self, kind: JoinKind) -> Joins {
        let joins = over(&self, &<M as Named>::name(), &B::name(), kind);
        Joins {
            joins: joins.map_err(|error| (error.kind(), error.to_string())),
            with: Withs::new(),
            table: Some(table_of::<B>()),
            what: format!("{}::{}", M::spec().name, self.name()),
        }
    }
}

/// Conditions on the members, as those of a [`Relation`](crate::model::Relation).
impl<M: Model, J: Model, B: Source> Proxy<M, J, B> {
    /// Whether the condition holds for a member: `Student::courses.any(Course::title.eq("music"))`.
    ///
    /// See the example of [`Proxy`].
    pub fn any<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<M> {
        self.exists(Some(condition.into_sql()))
    }

    /// Whether the condition holds for no member.
    pub fn none<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<M> {
        Condition::not(self.any(condition))
    }

    /// Whether the condition holds for all members, of which there may be none. It does not hold for a member that makes it NULL.
    pub fn all<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<M> {
        all_members(condition.into_sql(), |condition| self.exists(Some(condition)))
    }

    /// Whether the collection is empty.
    pub fn is_empty(self) -> OfOwner<M> {
        Condition::not(self.is_not_empty())
    }

    /// Whether there is a member.
    pub fn is_not_empty(self) -> OfOwner<M> {
        self.exists(None)
    }

    /// The relation to another name of its target.
    #[must_use]
    pub fn to<C: Alias<Model = B>>(self, _name: C) -> Proxy<M, J, C> {
        self.cast()
    }

    fn exists(self, condition: Option<sql::Expr>) -> OfOwner<M> {
        let joins = |owner: &_, target: &_| over(&self, owner, target, JoinKind::Inner);
        let select = member_query::<M, B>(self.name(), sql::Expr::One, condition, joins);
        Expr::new(sql::Expr::Exists(Nested::new(select)))
    }
}

impl<M: Model, J: Model, T: Model> Proxy<M, J, T> {
    fn path(self) -> Path<M, J, T, kind::One> {
        Path::new(self.steps())
    }

    /// Continues with a relation of the members, or a path that starts with one.
    pub fn then<P: IncludePath<T, Checked: Sized>>(self, next: P) -> P::After<M> {
        self.path().then(next)
    }

    /// Loads a relation, or a path of relations, with the members. Each call adds one.
    pub fn include<P: IncludePath<T, Checked: Sized>>(self, path: P) -> Path<M, J, T, kind::One> {
        self.path().include(path)
    }
}

/// Loads the association objects, and what they stand for.
#[diagnostic::do_not_recommend]
impl<M: Model, J: Model, T: Model> LoadPath<M> for Proxy<M, J, T> {
    type Prefixed<L> = Path<L, J, T, kind::One>;

    fn steps(self) -> Steps {
        Steps::one(self.members()).followed_by(Steps::one(self.target()))
    }

    fn prefixed<L>(self, before: Steps) -> Self::Prefixed<L> {
        Path::new(before.followed_by(self.steps()))
    }
}
