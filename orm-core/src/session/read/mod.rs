//! Reading: every way from a query to objects or rows.
//!
//! [`fetch`] runs queries for objects, [`rows`] those for values, [`untyped`] those over tables without models, [`raw`] hand-written SQL;
//! [`stream`] and [`pages`] give results in parts. [`load`] and [`include`] fetch what objects are related to, [`joined`] with the rows of
//! the objects themselves. [`expired`], [`learned`] and [`lock`] read known rows again. Rows enter memory through the arenas.

pub(crate) mod expired;
mod fetch;
mod include;
mod joined;
mod key_list;
pub(crate) mod lazy_loads;
mod learned;
mod load;
pub(crate) mod lock;
mod pages;
mod query_plan;
mod raw;
pub(crate) mod rows;
mod stream;
mod untyped;

pub use lazy_loads::LazyLoad;
pub use pages::{Page, Slice};
pub use stream::RowIter;
