//! Typed queries, and statements that change rows.
//!
//! A query begins with [`User::query()`](ModelQuery::query), takes clauses ([`Query`]), and ends by what runs it. Its conditions and values are made of
//! columns by [`Operators`], by the functions in [`function`], and by [`sql_expr`]. [`ModelQuery`] also inserts; [`Query::update`] and
//! [`Query::delete`] change the rows of a query. Handwritten statements are [`sql`], and tables without models are in [`table`].
//!
//! A function of your own that takes or returns parts of queries names them by [`Filter`], [`Select`], [`Members`] or [`Path`]. The traits
//! and types that a signature needs beyond these are in [`types`].

#![expect(clippy::type_complexity, reason = "the type of an expression says what it is and what it reads")]

mod arithmetic;
mod builder;
pub mod cells;
#[doc(hidden)]
pub mod check;
mod column;
mod compound;
mod condition;
mod embedded;
mod expr;
mod family;
mod fields;
pub mod function;
mod group;
mod include;
mod join;
mod keyset;
mod label;
mod list;
mod lock;
mod manner;
mod model_query;
mod nulls;
mod object;
mod one_of;
mod operand;
mod operators;
mod parts;
mod proxy;
mod raw;
mod related;
mod row;
pub mod scope;
#[doc(hidden)]
pub mod sealed;
mod shape;
mod source;
mod strict;
mod subquery;
pub mod table;
#[cfg(test)]
mod tests;
mod text;
mod tuples;
mod typed;
pub mod types;
mod write;

pub use builder::{Query, Rows, Select};
pub use column::{Column, OnDemand, WithRow};
pub use condition::{Condition, Filter, all_of, any_of};
pub use embedded::{Embedded, EmbeddedColumns};
pub use expr::{Expr, Expression};
pub use family::FamilyQuery;
pub(crate) use family::{Extent, Subtypes};
pub use fields::FromRow;
pub use function::{Aggregate, Window};
pub use group::grouping;
pub use include::Path;
pub(crate) use include::{
    Include, JoinedLoad, Options, Strategy, add_joined_loads, association_members, defaults_of, leave_out,
    member_condition, members, never_loaded, select_columns, select_model, select_some,
};
pub use keyset::Cursor;
pub use label::label;
pub(crate) use manner::Manner;
pub use model_query::ModelQuery;
pub use operators::Operators;
pub(crate) use parts::Parts;
pub use raw::{ObjectsSql, Sql, sql, sql_expr};
pub use related::Members;
pub(crate) use related::members_where;
pub use row::RowOperators;
use scope::{Has, Known, Maybe, Nullability, Of, Within};
pub(crate) use sealed::Sealed;
pub use source::Alias;
pub(crate) use source::association_source;
#[cfg(test)]
use source::{alias, derived};
pub use subquery::{Subquery, exists, not_exists};
pub(crate) use types::*;
pub use write::{
    BulkDelete, BulkInsert, BulkUpdate, BulkUpdateRows, Insert, InsertAll, InsertFrom, Returning, Synchronize,
    UpdateByKey, Writes, excluded,
};
