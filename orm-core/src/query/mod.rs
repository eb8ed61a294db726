//! The typed query builder over the untyped statement tree.

mod column;

pub use column::Column;
