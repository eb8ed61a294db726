//! The untyped statement tree. Types and scope are checked above it, in [`query`](crate::query); text is made below it,
//! in [`render`](crate::render).

mod aggregate;
mod criteria;
mod expr;
mod function;
mod joined;
mod kind;
mod nested;
mod raw;
mod select;
mod source;
mod visit;
mod window;
mod write;

pub use aggregate::{Aggregate, AggregateCall};
pub use criteria::Lift;
pub(crate) use criteria::{Context, criteria, key_condition, opaque, type_condition};
pub use expr::{ArithmeticOp, BinaryOp, ColumnRef, Expr, LikeKind};
pub use function::{DatePart, DateUnit, Function};
pub use kind::StatementKind;
pub(crate) use nested::too_deep;
pub use nested::{Exprs, MOST_LEVELS, Nested, Part};
pub use raw::{Raw, RawBind};
pub use select::{
    Access, Distinct, Group, GroupingSets, Lock, LockWait, NullsOrder, OrderBy, OrderKey, Problem, Select, SelectItem,
};
pub use source::{Body, Join, JoinKind, Origin, SetOperator, Source, With, Withs};
pub(crate) use visit::Child;
pub use visit::Reads;
pub use window::{Bound, Exclude, Frame, FrameUnit, Window};
pub use write::{
    Change, ChangedRows, Conflict, ConflictTarget, ConflictUpdate, Insert, InsertRows, SetList, Write, WrittenColumns,
};
