//! Scopes: the compile-time check that a query has the models that its expressions read.
//!
//! A query carries its scope `Q`, a list of [`Of<M>`](Of), [`Maybe<M>`](Maybe) and [`Outer<M>`](Outer) that ends in `()`, where `M` is a
//! model, another name of one, or what the rows of a subquery go by. An expression carries what it reads, `S`, as a tree of tuples that is
//! never put in order: a tree is [`Within`] a scope when each of its leaves is. The index types (`Here`, `There<..>`) are what the compiler
//! finds on the way, and keep the implementations apart.

use crate::query::Sealed;
use std::marker::PhantomData;

use super::RowType;
use crate::model::{Handle, Model};
use crate::value::ColumnType;

/// In a scope: each row has a row of `M`. In an expression: `M` is read.
pub struct Of<M>(PhantomData<fn() -> M>);

/// In a scope: a join may find no row of `M`, so all its columns may be NULL.
pub struct Maybe<M>(PhantomData<fn() -> M>);

/// In the scope of a subquery: `M` is read from the outer query, where its columns may be NULL.
pub struct Outer<M>(PhantomData<fn() -> M>);

/// In an expression: `S` is read, but the value does not become NULL with a left-joined row. `count` is such an expression.
pub struct Known<S>(PhantomData<fn() -> S>);

/// The scope `Self` has the model `M`, at the place `I`.
#[diagnostic::on_unimplemented(
    message = "`{M}` is not part of this query",
    label = "`{M}` has not been joined here; `.join(..)` a relation that leads to it, or `.correlate::<{M}>()` in a subquery"
)]
pub trait Has<M, I>: Sealed {
    /// Whether the model's columns may be NULL.
    type Null: Nullability;
}

/// All models of the tree `Self` are in the scope `Q`.
///
/// Methods ask for `S: Within<Q, I, Null: Sized>`, see the module `sealed`.
pub trait Within<Q, I>: Sealed {
    /// Whether one of them may be NULL.
    type Null: Nullability;
}

impl<S: Sealed, Q, I> Within<Q, I> for S
where
    (S, ()): Found<Q, I>,
{
    type Null = <(S, ()) as Found<Q, I>>::Null;
}

/// How each part of the tree `Self` is found in the scope `Q`.
pub trait Found<Q, I>: Sealed {
    /// Whether one of them may be NULL.
    type Null: Nullability;
}

/// All models of the tree `Self` are `M`.
#[diagnostic::on_unimplemented(
    message = "this condition reads more than `{M}`",
    label = "a condition over `{M}` alone is needed here"
)]
pub trait Only<M>: Sealed {}

/// A scope.
pub trait Scope: Sealed {
    /// The scope when every row of it may be missing.
    type Nullable: Scope;
    /// The models that are read from the outer query.
    type Outside;
}

/// A scope that reads nothing from an outer query.
#[diagnostic::on_unimplemented(
    message = "this query reads columns of a query around it",
    label = "expected a query that reads no outer query, without `.correlate::<..>()`"
)]
pub trait Closed: Scope {}

/// The type of a value after a left join.
pub trait Nullability: Sealed {
    /// `V`, or `V` in an `Option`.
    type Of<V: ColumnType>: ColumnType;
    /// An object, or one in an `Option`.
    type Object<M: Model>: RowType;
    /// What [`Known`] makes of it: the value is not NULL.
    type Known: Nullability;
    /// NULL by this join or by `Other`.
    type Or<Other: Nullability>: Nullability;
}

/// No join makes the value NULL.
pub struct No;

/// A join may make the value NULL.
pub struct Yes;

/// The first of a scope.
pub struct Here;

/// The first of a scope, where there may be no row.
pub struct MaybeHere;

/// The first of a scope, from the query around.
pub struct OuterHere;

/// What the first of a scope inherits. The derive of a base writes where that is: an implementation here for all subtypes would cost the
/// scopes of all models a second way to look.
pub struct Inherited;

/// At `I` behind the first of a scope.
pub struct There<I>(PhantomData<fn() -> I>);

/// The leaf of a tree, at `I` in the scope.
pub struct At<I>(PhantomData<fn() -> I>);

impl Nullability for No {
    type Of<V: ColumnType> = V;
    type Object<M: Model> = Handle<M>;
    type Known = No;
    type Or<Other: Nullability> = Other;
}

impl Nullability for Yes {
    type Of<V: ColumnType> = Option<V::Base>;
    type Object<M: Model> = Option<Handle<M>>;
    type Known = No;
    type Or<Other: Nullability> = Self;
}

#[diagnostic::do_not_recommend]
impl<M, Rest> Has<M, Here> for (Of<M>, Rest) {
    type Null = No;
}

#[diagnostic::do_not_recommend]
impl<M, Rest> Has<M, MaybeHere> for (Maybe<M>, Rest) {
    type Null = Yes;
}

#[diagnostic::do_not_recommend]
impl<M, Rest> Has<M, OuterHere> for (Outer<M>, Rest) {
    type Null = Yes;
}

#[diagnostic::do_not_recommend]
impl<M, First, Rest: Has<M, I>, I> Has<M, There<I>> for (First, Rest) {
    type Null = Rest::Null;
}

#[diagnostic::do_not_recommend]
impl<Q> Found<Q, ()> for () {
    type Null = No;
}

impl<M, Q: Has<M, I>, I> Found<Q, At<I>> for Of<M> {
    type Null = Q::Null;
}

impl<S: Found<Q, I>, Q, I> Found<Q, At<I>> for Known<S> {
    type Null = <S::Null as Nullability>::Known;
}

impl<A: Found<Q, I>, B: Found<Q, J>, Q, I, J> Found<Q, (I, J)> for (A, B) {
    type Null = <A::Null as Nullability>::Or<B::Null>;
}

#[diagnostic::do_not_recommend]
impl<M> Only<M> for () {}

#[diagnostic::do_not_recommend]
impl<M> Only<M> for Of<M> {}

#[diagnostic::do_not_recommend]
impl<S: Only<M>, M> Only<M> for Known<S> {}

#[diagnostic::do_not_recommend]
impl<A: Only<M>, B: Only<M>, M> Only<M> for (A, B) {}

impl Scope for () {
    type Nullable = ();
    type Outside = ();
}

impl<M, Rest: Scope> Scope for (Of<M>, Rest) {
    type Nullable = (Maybe<M>, Rest::Nullable);
    type Outside = Rest::Outside;
}

impl<M, Rest: Scope> Scope for (Maybe<M>, Rest) {
    type Nullable = (Maybe<M>, Rest::Nullable);
    type Outside = Rest::Outside;
}

impl<M, Rest: Scope> Scope for (Outer<M>, Rest) {
    type Nullable = (Outer<M>, Rest::Nullable);
    type Outside = (Of<M>, Rest::Outside);
}

#[diagnostic::do_not_recommend]
impl Closed for () {}

#[diagnostic::do_not_recommend]
impl<M, Rest: Closed> Closed for (Of<M>, Rest) {}

#[diagnostic::do_not_recommend]
impl<M, Rest: Closed> Closed for (Maybe<M>, Rest) {}
