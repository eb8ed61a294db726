//! What can be joined: relations, and sources on a condition.

#![expect(clippy::ptr_arg, reason = "a copy of a borrowed name costs nothing, and a copy of its text does")]

use crate::query::Sealed;
use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

use super::source::{association_source, from_clause, named, table_of};
use super::{Condition, Of, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Relation;
use crate::schema::{ColumnDef, RelationDef, RelationKind, TableDef};
use crate::sql::{self, BinaryOp, ColumnRef, Expr, JoinKind, Nested, Problem, Withs, key_condition};

/// The argument of `join`: a relation of a model in the query, or a source with `on`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined",
    label = "expected a relation such as `User::orders`, or a source on a condition such as `Order::on(..)`"
)]
pub trait Joinable: Sealed {
    /// What is joined.
    type Source;
    /// What is read of the query so far.
    type Reads;
    /// What the condition reads, of the query and of the source.
    type On;

    /// The joins.
    fn joins(self, kind: JoinKind) -> Joins;
}

/// Joins without their types.
#[derive(Debug)]
pub struct Joins {
    pub(super) joins: Result<Vec<sql::Join>, Problem>,
    /// The queries that the joined sources are made of.
    pub(super) with: Withs,
    /// The table of the last of the sources.
    pub(super) table: Option<&'static TableDef>,
    /// The name of the join, as the user wrote it.
    pub(super) what: String,
}

#[diagnostic::do_not_recommend]
impl<A: Source, B: Source, K> Joinable for Relation<A, B, K> {
    type Source = B;
    type Reads = Of<A>;
    type On = ();

    fn joins(self, kind: JoinKind) -> Joins {
        let joins = relation_of(&self).and_then(|def| along(def, &A::name(), &B::name(), kind));
        let what = format!("{}::{}", <A::Model as crate::model::Model>::spec().name, self.name());
        Joins {
            joins: joins.map_err(|error| (error.kind(), error.to_string())),
            with: Withs::new(),
            table: Some(table_of::<B>()),
            what,
        }
    }
}

type Types<B, S, C> = PhantomData<fn() -> (B, S, C)>;

/// A source to be joined on a condition: `Order::on(Order::customer_id.eq(Customer::id))`. `S` is what the source itself reads of
/// the query, and `C` what the condition reads.
#[must_use = "a source is joined by a query"]
#[derive(Debug)]
pub struct On<B, S, C> {
    source: sql::Source,
    with: Withs,
    table: Option<&'static TableDef>,
    on: Expr,
    types: Types<B, S, C>,
}

impl<B, S, C> On<B, S, C> {
    pub(super) fn new(source: sql::Source, with: Withs, on: Expr) -> Self {
        Self { source, with, table: None, on, types: PhantomData }
    }
}

impl<B: Source, C> On<B, (), C> {
    pub(super) fn source(condition: impl Condition<Scope = C>) -> Self {
        let on = Self::new(from_clause::<B>(), Withs::new(), condition.into_sql());
        Self { table: Some(table_of::<B>()), ..on }
    }
}

#[diagnostic::do_not_recommend]
impl<B, S, C> Joinable for On<B, S, C> {
    type Source = B;
    type Reads = S;
    type On = C;

    fn joins(self, kind: JoinKind) -> Joins {
        let what = format!("{}::on(..)", self.source.name());
        let join = sql::Join { kind, source: self.source, on: self.on };
        Joins { joins: Ok(vec![join]), with: self.with, table: self.table, what }
    }
}

/// What the schema says of a relation.
pub(super) fn relation_of<A: Source, B: Source, K>(relation: &Relation<A, B, K>) -> Result<&'static RelationDef> {
    relation.def().ok_or_else(|| Error::new(ErrorKind::Schema, "this constant is not a relation of a model"))
}

/// The joins from the owner of `relation` to its target: one, or two with an association table. Owner and target have these names.
///
/// # Errors
///
/// `Schema` when the relation lacks its other side.
pub(super) fn along(
    relation: &'static RelationDef,
    owner_name: &Cow<'static, str>,
    target_name: &Cow<'static, str>,
    kind: JoinKind,
) -> Result<Vec<sql::Join>> {
    let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
    let join = |source, name: &Cow<'static, str>, on| sql::Join { kind, source: named(source, name.clone()), on };
    let target_source = || sql::Source::model(relation.target);
    match relation.kind {
        RelationKind::BelongsTo => {
            let key = relation.foreign_key.map(|index| &owner.foreign_keys[index]);
            let key = key.ok_or_else(|| incomplete(relation))?;
            let on = equal(columns(owner, owner_name, key.key_columns()), key_columns(target, target_name));
            let on = where_set(key_condition(owner, key, owner_name), on);
            Ok(vec![join(target_source(), target_name, on)])
        }
        RelationKind::HasMany | RelationKind::HasOne => {
            let (holder, key) = relation.member_key().ok_or_else(|| incomplete(relation))?;
            let key = &holder.foreign_keys[key];
            let on = equal(columns(holder, target_name, key.key_columns()), key_columns(owner, owner_name));
            let on = where_set(key_condition(holder, key, target_name), on);
            Ok(vec![join(target_source(), target_name, on)])
        }
        RelationKind::ManyToMany => {
            let (association, is_left) = relation.association()?;
            let table = association.table().ok_or_else(|| incomplete(relation))?;
            let (own, other) = if is_left {
                (association.left.clone(), association.right.clone())
            } else {
                (association.right.clone(), association.left.clone())
            };
            let plain =
                association.generated().is_some() && *owner_name == owner.name.name && *target_name == target.name.name;
            let name = if plain { table.name.name.clone() } else { pairs_name(relation, owner_name, target_name) };
            let to_owner = equal(columns(table, &name, own), key_columns(owner, owner_name));
            let to_target = equal(columns(table, &name, other), key_columns(target, target_name));
            Ok(vec![
                join(association_source(association, table), &name, to_owner),
                join(target_source(), target_name, to_target),
            ])
        }
    }
}

/// An alias for an association table, because the query may read it by itself as well, or several times.
fn pairs_name(relation: &RelationDef, owner: &str, target: &str) -> Cow<'static, str> {
    if (relation.target.table)().name.name == target {
        format!("{owner}_{}", relation.name).into()
    } else {
        format!("{owner}_{}_{target}", relation.name).into()
    }
}

fn incomplete(relation: &RelationDef) -> Error {
    let owner = (relation.owner.spec)().name;
    let message = format!("relation {owner}::{} has no foreign key to join along", relation.name);
    Error::new(ErrorKind::Schema, message)
}

fn columns(table: &'static TableDef, name: &Cow<'static, str>, columns: Range<usize>) -> Vec<Expr> {
    columns.map(|index| column_of(name, &table.columns[index])).collect()
}

fn key_columns(table: &'static TableDef, name: &Cow<'static, str>) -> Vec<Expr> {
    table.key_columns().map(|key| column_of(name, key)).collect()
}

/// A column of a table that goes by a name.
pub(super) fn column_of(source: &Cow<'static, str>, column: &ColumnDef) -> Expr {
    Expr::Column(ColumnRef::of(source.clone(), column))
}

/// A column of the source of that name, without a known type.
pub(super) fn column(source: &Cow<'static, str>, name: &Cow<'static, str>) -> Expr {
    Expr::Column(ColumnRef::named(Some(source.clone()), name.clone()))
}

/// A condition on a foreign key, which holds where it is the one that is set.
fn where_set(is_set: Option<Expr>, condition: Expr) -> Expr {
    match is_set {
        Some(is_set) => Expr::And([is_set, condition].into_iter().collect()),
        None => condition,
    }
}

fn equal(left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    let mut pairs: Vec<Expr> = left
        .into_iter()
        .zip(right)
        .map(|(left, right)| Expr::Binary(Nested::new(left), BinaryOp::Eq, Nested::new(right)))
        .collect();
    if pairs.len() == 1 { pairs.remove(0) } else { Expr::And(pairs.into()) }
}
