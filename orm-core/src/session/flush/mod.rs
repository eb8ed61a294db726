//! The flush: what changed in memory is written in as few statements as there can be.
//!
//! [`round`] is one flush, from beginning to end. [`prepare`] settles values and asks the database what a plan depends on; [`changes`]
//! looks at what changed, row by row; [`order`] makes a [`plan`] of it; [`execute`] runs the plan; [`apply`] brings memory in step, and
//! [`on_delete`] what the database did by itself. [`explain`] prints a plan.
//!
//! Only preparing and executing do I/O, and but for models' hooks, whose changes are taken back, no object is written to before
//! everything has succeeded.

mod apply;
mod changes;
mod execute;
mod explain;
mod on_delete;
mod order;
mod plan;
mod prepare;
mod round;

pub(crate) use execute::pieces::pieces;
pub(crate) use execute::run::{name_column, over_arrays};
pub(crate) use prepare::settle::Settled;
pub(crate) use round::Then;
