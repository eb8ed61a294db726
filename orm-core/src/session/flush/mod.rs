//! The flush: what changed in memory is written in as few statements as there can be.
//!
//! [`round`] is one flush, from beginning to end:
//!
//! 1. `prepare/expired_writes.rs` reads rows that were written to without being read in this unit.
//! 2. `prepare/follow.rs` and the deletes of `objects` load and mark what goes along.
//! 3. `prepare/call_hooks.rs` calls the hooks; it is called again after the statements.
//! 4. `prepare/generated_keys.rs` and `prepare/settle.rs` ask the database about its keys and columns, and settle values.
//! 5. [`changes`] looks at what changed, row by row (`changes/work.rs`).
//! 6. [`order`] makes a [`plan`] of it (`order/build.rs`).
//! 7. [`execute`] runs the plan (`execute/run.rs`).
//! 8. [`apply`] brings memory in step, and [`on_delete`] with what the database did by itself.
//!
//! [`changed_rows`] tells listeners what was written. [`explain`] prints a plan. [`untracked`] plans and runs INSERTs of values that are not in the session. [`filtered`] and [`placed`] refuse plans. [`conflict`] is the error for a row
//! that somebody else changed.
//!
//! Only preparing and executing do I/O, and but for models' hooks, whose changes are taken back, no object is written to before
//! everything has succeeded. The modules import each other in one direction, which `cargo xtask tidy` checks.

mod apply;
mod changed_rows;
mod changes;
mod conflict;
mod execute;
mod explain;
mod filtered;
mod on_delete;
mod order;
mod placed;
mod plan;
mod prepare;
mod round;
mod untracked;

pub(crate) use execute::pieces::{Most, lists_rows, pieces};
pub(crate) use execute::run::{name_column, over_arrays};
pub(crate) use placed::Placement;
pub(crate) use prepare::generated_keys::is_filled;
pub(crate) use prepare::settle::{Settled, check_key};
pub(crate) use round::Then;
pub(crate) use untracked::not_one_table;
