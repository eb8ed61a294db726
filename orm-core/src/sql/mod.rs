//! The untyped statement tree. Types and scope are checked above it, in [`query`](crate::query); text is made below it,
//! in [`render`](crate::render).

mod expr;
mod select;
mod visit;
mod write;

pub use expr::{Aggregate, ArithmeticOp, BinaryOp, ColumnRef, Expr, Function, LikeKind};
pub use select::{Join, JoinKind, NullsOrder, OrderBy, Select, SelectItem, Source, With};
pub use write::{Delete, Update};
