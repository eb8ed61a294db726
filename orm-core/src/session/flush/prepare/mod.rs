//! Before a flush plans, the last chance to ask the database and to change objects.
//!
//! Rows are loaded that a plan depends on ([`expired_writes`], [`follow`]), hooks are called ([`call_hooks`]), values become what their columns make
//! of them ([`settle`]), and tables are described whose keys the database may choose ([`generated_keys`]). [`concerns`] tells a query
//! whether it has to wait for a flush at all.

pub(crate) mod call_hooks;
mod concerns;
mod expired_writes;
mod follow;
pub(crate) mod generated_keys;
pub(crate) mod settle;
