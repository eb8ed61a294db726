//! From row operations to a plan.
//!
//! Tables are put in order ([`tables`]). Where that is not enough, a [`graph`] of rows is: of tables that reference each other, and of
//! unique values that one row gives up and another takes. [`cycles`] are broken in it, and [`batches`] puts what is left back together.
//! [`build`] makes the plan. Where the rows of a family are in several tables, [`parts`] makes steps about one table each.

pub(crate) mod batches;
pub(crate) mod build;
mod cycles;
pub(crate) mod graph;
mod parts;
pub(crate) mod tables;
