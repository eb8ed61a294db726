//! From row operations to a plan.
//!
//! Tables are put in order ([`tables`]). Where that is not enough, a [`graph`] of rows is: of tables that reference each other, and of
//! unique values that one row gives up and another takes. [`cycles`] are broken in it, and [`batches`] puts what is left back together.
//! [`build`] makes the plan.

pub(crate) mod batches;
pub(crate) mod build;
mod cycles;
pub(crate) mod graph;
pub(crate) mod tables;
