//! The typed query builder over the untyped statement tree.

mod arithmetic;
mod builder;
mod column;
mod condition;
mod expr;
mod function;
mod include;
mod join;
mod list;
mod operand;
mod operators;
pub mod scope;
#[cfg(test)]
mod tests;
mod write;

pub use arithmetic::{Computed, Joined};
pub use builder::{ModelQuery, Query, Rows, Select};
pub use column::Column;
pub use condition::Condition;
pub use expr::{Expr, Expression};
pub use function::{Number, Otherwise, avg, coalesce, count, count_all, count_distinct, lower, max, min, sum, upper};
pub use include::{Include, IncludePath, Path};
pub use list::{GroupKeys, Labeled, OrderKeys, Ordered, Pick, Readable, RowType, Selection};
pub use operand::{Literal, Operand, Same};
pub use operators::{BaseOf, Comparison, Operators, Text};
use scope::{Has, Known, Maybe, Nullability, Of, Within};
pub use write::{Assignment, Assignments, BulkDelete, BulkUpdate, FitsIn, InsertAll, Synchronize};
