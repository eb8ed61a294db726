//! The traits and types that stand in the signatures of queries, and that few programs name.
//!
//! A bound such as `O: OrderKeys<Scope: Within<(Of<User>, ()), I>>` makes a function as general as the method that it calls. Their parameters may
//! change in a minor release.

pub use super::arithmetic::Computed;
pub use super::builder::{Columns, Selectable};
pub use super::compound::Combinable;
pub use super::condition::Truth;
pub use super::embedded::{EmbeddedAssignment, PickEmbedded};
pub use super::expr::Plain;
pub use super::fields::FilledFrom;
pub use super::function::{Aggregated, Case, CaseStart, CastTo, Exact, Fractional, Number, WindowFunction};
pub use super::group::GroupingLists;
pub use super::include::{IncludePath, Itself, Joined, LoadPath, OneOfPath, Populated, SeveralMembers, Steps};
pub use super::join::{Joinable, Joins, On};
pub use super::label::Label;
pub use super::list::{GroupKeys, Labeled, OrderKeys, Ordered, Pick, Readable, RowType, Selection};
pub use super::object::{Object, PickObject};
pub use super::operand::{Literal, Operand, OperandOf, Same};
pub use super::operators::{BaseOf, Comparison, Text, TextOf};
pub use super::raw::{BindValue, Borrowed, Fragment, Several, Single};
pub use super::related::{OfOwner, ToMany, ToOne};
pub use super::row::{RowLiteral, RowOperand};
pub use super::shape::Shape;
pub use super::source::{Derived, Named, Source};
pub use super::strict::Strict;
pub use super::subquery::SameRows;
pub use super::write::{
    Assign, Assignable, Assignment, Assignments, BulkItem, BulkWrite, ColumnList, Excluded, FieldValues, FitsIn,
    FromIter, FromRows, KeyedRow, ListedColumns, OnConflict, Proposes, RowFor, Statement, Updating, UpsertAssignments,
    ValuesFor,
};
