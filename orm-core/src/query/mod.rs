//! The typed query builder over the untyped statement tree.

#![expect(clippy::type_complexity, reason = "the type of an expression says what it is and what it reads")]

mod arithmetic;
mod builder;
#[doc(hidden)]
pub mod check;
mod column;
mod compound;
mod condition;
mod expr;
mod fields;
pub mod function;
mod group;
mod include;
mod join;
mod keyset;
mod label;
mod list;
mod lock;
mod nulls;
mod object;
mod operand;
mod operators;
mod parts;
mod raw;
mod related;
mod row;
pub mod scope;
mod sealed;
mod source;
mod strict;
mod subquery;
pub mod table;
#[cfg(test)]
mod tests;
mod write;

pub use arithmetic::Computed;
pub use builder::{Columns, ModelQuery, Query, Rows, Select, Selectable};
pub use column::Column;
pub use compound::Combinable;
pub use condition::{Condition, Filter, all_of, any_of};
pub use expr::{Expr, Expression, Plain};
pub use fields::{FilledFrom, FromRow};
pub use function::{Aggregate, Aggregated, Case, CaseStart, CastTo, Exact, Fractional, Number, Window, WindowFunction};
pub use group::{GroupingLists, grouping};
pub(crate) use include::{
    Include, JoinedLoad, Strategy, add_joined_loads, association_members, members, select_columns,
};
pub use include::{IncludePath, Itself, Joined, Path, Populated, SeveralMembers, Steps};
pub use join::{Joinable, Joins, On};
pub use keyset::Cursor;
pub use label::{Label, label};
pub use list::{GroupKeys, Labeled, OrderKeys, Ordered, Pick, Readable, RowType, Selection};
pub use object::Object;
pub use operand::{Literal, Operand, Same};
pub use operators::{BaseOf, Comparison, Operators, Text, TextOf};
pub(crate) use parts::Parts;
pub use raw::{BindValue, Borrowed, Fragment, ObjectsSql, Several, Single, Sql, sql, sql_expr};
pub use related::{Members, OfOwner, ToMany, ToOne};
pub use row::{RowLiteral, RowOperand, RowOperators};
use scope::{Has, Known, Maybe, Nullability, Of, Within};
pub(crate) use sealed::Sealed;
pub use source::{Alias, Derived, Named, Source};
#[cfg(test)]
use source::{alias, derived};
pub use strict::Strict;
pub use subquery::{SameRows, Subquery, exists, not_exists};
pub use write::{
    Assignable, Assignment, Assignments, BulkDelete, BulkUpdate, ColumnList, Excluded, FitsIn, FromRows, Insert,
    InsertAll, InsertFrom, OnConflict, Proposes, Returning, RowFor, Statement, Synchronize, UpdateByKey, Updating,
    UpsertAssignments, ValuesFor, Writes, excluded,
};
