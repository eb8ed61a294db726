//! Traits that users call and never implement have a supertrait that is hidden: they may get methods without breaking anybody. Only `alias!` and
//! `derived!` implement it outside of this crate.
//!
//! Bounds on what a method is called on are written `K: ToMany<Checked: Sized>`. The type `Checked` means nothing, but the compiler has to know
//! it before it looks at the bounds. So it reports the call alone, in a few lines, and not the signature of the method as well.
//!
//! Bounds on arguments do the same with two traits. The inner one is implemented type by type: [`LoadPath`](super::types::LoadPath),
//! [`Found`](super::scope::Found), [`Operand`](super::types::Operand). The outer one, which the bound names, has one implementation for all types
//! with the inner one: [`IncludePath`](super::types::IncludePath), [`Within`](super::scope::Within), [`OperandOf`](super::types::OperandOf). The
//! bound and the associated type then fail for the same reason, the inner trait, which the compiler reports once and where it met it first, at
//! the call. It also has no other implementation to recommend.

use super::include::{Joined, Path};
use super::join::On;
use super::list::Pick;
use super::object::PickObject;
use super::scope::{Known, Maybe, No, Of, Outer, Yes};
use super::table::TableChange;
use super::tuples::each_tuple;
use super::write::{Assignment, BulkWrite, Excluded, Insert};
use super::{Column, Columns, Rows};
use crate::model::{Model, Proxy, Relation, kind};

/// The supertrait.
pub trait Sealed {}

macro_rules! sealed {
    ($([$($generic:tt)*] $ty:ty;)*) => {$(
        impl<$($generic)*> Sealed for $ty {}
    )*};
}

sealed! {
    [M: Model] M;
    [M] Of<M>;
    [M] Maybe<M>;
    [M] Outer<M>;
    [M] Excluded<M>;
    [S] Known<S>;
    [] No;
    [] Yes;
    [M, V, K] Column<M, V, K>;
    [] Columns;
    [R] Rows<R>;
    [V, S] Pick<V, S>;
    [S] PickObject<S>;
    [M, T, K] Relation<M, T, K>;
    [M, J, T] Proxy<M, J, T>;
    [] kind::One;
    [] kind::OptionalOne;
    [] kind::HasOne;
    [] kind::HasMany;
    [] kind::ManyToMany;
    [M, S, T, K] Path<M, S, T, K>;
    [M, T] Joined<M, T>;
    [B, S, C] On<B, S, C>;
    [M, S] Assignment<M, S>;
    [M, S, C] Insert<M, S, C>;
    [M, Q, S] BulkWrite<M, Q, S>;
    [S] TableChange<S>;
    [] ();
}

macro_rules! tuples {
    ($(($($name:ident $column:ident $index:ident $field:tt),+))*) => {
        sealed! { $([$($name),+] ($($name,)+);)* }
    };
}

each_tuple!(tuples);
