//! Relations as conditions and as queries over their members.

use crate::query::Sealed;
use std::borrow::Cow;

use super::join::{along, relation_of};
use super::scope::{Known, Of, Outer, Within};
use super::{Alias, Condition, Expr, Parts, Query, Source};
use crate::error::Result;
use crate::model::{Model, Relation, kind};
use crate::sql::{self, Function, JoinKind, Nested};
use crate::value::SqlType;

/// The kinds of relation with any number of members.
#[diagnostic::on_unimplemented(
    message = "this relation has at most one member",
    label = "`any`, `all` and `none` are for `HasMany` and `ManyToMany`; here it is `.has(..)`"
)]
pub trait ToMany: Sealed {
    /// Stands in bounds, see [`Sealed`].
    type Checked;
}

#[diagnostic::do_not_recommend]
impl ToMany for kind::HasMany {
    type Checked = ();
}
#[diagnostic::do_not_recommend]
impl ToMany for kind::ManyToMany {
    type Checked = ();
}

/// The kinds of relation with at most one member.
#[diagnostic::on_unimplemented(
    message = "this relation has any number of members",
    label = "`has` is for `BelongsTo` and `HasOne`; here it is `.any(..)`, `.all(..)` or `.none(..)`"
)]
pub trait ToOne: Sealed {
    /// Stands in bounds, see [`Sealed`].
    type Checked;
}

#[diagnostic::do_not_recommend]
impl ToOne for kind::One {
    type Checked = ();
}
#[diagnostic::do_not_recommend]
impl ToOne for kind::OptionalOne {
    type Checked = ();
}
#[diagnostic::do_not_recommend]
impl ToOne for kind::HasOne {
    type Checked = ();
}

/// A query over the members of a relation, within one over their owner.
pub type Members<A, B> = Query<<B as Source>::Model, (Of<B>, (Outer<A>, ()))>;

/// A condition on the owner of a relation. It is never unknown.
pub type OfOwner<A> = Expr<bool, Known<Of<A>>>;

/// Conditions on members. Each is a subquery of its own: no join, and no row twice. The conditions on members read the members only;
/// for more, there is [`query`](Relation::query) and [`exists`](super::exists).
impl<A: Source, B: Source, K> Relation<A, B, K> {
    /// Whether the condition holds for a member: `User::orders.any(Order::total.gt(100))`.
    pub fn any<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<A>
    where
        K: ToMany<Checked: Sized>,
    {
        self.exists(Some(condition.into_sql()))
    }

    /// Whether the condition holds for no member.
    pub fn none<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<A>
    where
        K: ToMany<Checked: Sized>,
    {
        Condition::not(self.any(condition))
    }

    /// Whether the condition holds for all members, of which there may be none. It does not hold for a member that makes it NULL.
    pub fn all<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<A>
    where
        K: ToMany<Checked: Sized>,
    {
        all_members(condition.into_sql(), |condition| self.exists(Some(condition)))
    }

    /// Whether there is a member for which the condition holds: `Order::user.has(User::name.eq("Ada"))`.
    pub fn has<C: Condition<Scope: Within<(Of<B>, ()), I, Null: Sized>>, I>(self, condition: C) -> OfOwner<A>
    where
        K: ToOne<Checked: Sized>,
    {
        self.exists(Some(condition.into_sql()))
    }

    /// Whether the collection is empty.
    pub fn is_empty(self) -> OfOwner<A> {
        Condition::not(self.is_not_empty())
    }

    /// Whether there is a member.
    pub fn is_not_empty(self) -> OfOwner<A> {
        self.exists(None)
    }

    /// The number of members.
    pub fn count(self) -> Expr<i64, Known<Of<A>>> {
        let rows = sql::Expr::count_all();
        Expr::new(sql::Expr::Scalar(Nested::new(self.members(rows, None))))
    }

    /// The relation to another name of its target.
    #[must_use]
    pub fn to<C: Alias<Model = B>>(self, _name: C) -> Relation<A, C, K> {
        self.cast()
    }

    /// The members, as a query within a query over the owner: it may be filtered, and selected from, and read what the outer query
    /// reads of the owner.
    ///
    /// A relation from a model to itself needs [`to`](Self::to).
    pub fn query(self) -> Members<A, B> {
        let mut parts = Parts::over::<B>();
        match relation_of(&self).and_then(|def| along(def, &A::name(), &B::name(), JoinKind::Inner)) {
            Ok(joins) => parts.members(joins),
            Err(error) => parts.fail(error.kind(), error.to_string()),
        }
        parts.correlate(A::name());
        Query::new(parts)
    }

    fn exists(self, condition: Option<sql::Expr>) -> OfOwner<A> {
        Expr::new(sql::Expr::Exists(Nested::new(self.members(sql::Expr::One, condition))))
    }

    /// `SELECT item FROM members WHERE condition`, where the owner is one of an outer query.
    fn members(self, item: sql::Expr, condition: Option<sql::Expr>) -> sql::Select {
        let joins = |owner: &_, target: &_| along(relation_of(&self)?, owner, target, JoinKind::Inner);
        member_query::<A, B>(self.name(), item, condition, joins)
    }
}

/// That a condition holds for all members: it does not fail to hold for any of them.
pub(super) fn all_members<A>(condition: sql::Expr, exists: impl FnOnce(sql::Expr) -> OfOwner<A>) -> OfOwner<A> {
    // Neither false nor unknown will do.
    let sure =
        sql::Expr::Function(Function::Coalesce, [condition, sql::Expr::Or(sql::Exprs::new())].into(), SqlType::Bool);
    Condition::not(exists(sql::Expr::Not(Nested::new(sure))))
}

/// `SELECT item FROM members WHERE condition` for the relation called `name`, whose `joins` lead from the owner, of an outer query, to a target
/// of that name.
pub(super) fn member_query<A: Source, B: Source>(
    name: &str,
    item: sql::Expr,
    mut condition: Option<sql::Expr>,
    joins: impl FnOnce(&Cow<'static, str>, &Cow<'static, str>) -> Result<Vec<sql::Join>>,
) -> sql::Select {
    let (owner, mut target) = (A::name(), B::name());
    if owner == target {
        let renamed = own_name(&format!("{owner}_{name}"), condition.as_ref());
        if let Some(condition) = &mut condition {
            condition.rename_source(&target, &renamed);
        }
        target = renamed;
    }
    let mut parts = Parts::over::<B>();
    match joins(&owner, &target) {
        Ok(joins) => parts.members(joins),
        Err(error) => parts.fail(error.kind(), error.to_string()),
    }
    let mut select = parts.select;
    select.items = vec![item.into()];
    select.filter.extend(condition);
    select
}

/// The objects of a model for which a condition holds, which says whose members they are.
pub(crate) fn members_where<M: Model>(condition: sql::Expr) -> Query<M> {
    let mut parts = Parts::over::<M>();
    parts.select.filter.push(condition);
    Query::new(parts)
}

/// A name for the members of a relation from a source to itself, which no query within the condition uses.
fn own_name(base: &str, condition: Option<&sql::Expr>) -> Cow<'static, str> {
    let is_free = |name: &String| condition.is_none_or(|condition| !condition.has_source(name));
    let mut names = std::iter::once(base.to_owned()).chain((2_u32..).map(|number| format!("{base}_{number}")));
    names.find(is_free).unwrap_or_else(|| base.to_owned()).into()
}
