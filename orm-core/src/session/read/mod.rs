//! Reading: every way from a query to objects or rows.
//!
//! [`results`] runs queries, for objects ([`fetch`]) and for values ([`rows`]), [`untyped`] those over tables without models, [`raw`] hand-written SQL; [`recall`] brings rows that were read before;
//! [`stream`] and [`pages`] give results in parts, and [`keyed`] those of several sessions. [`load`] and [`include`] fetch what objects are related to, [`joined`] with the rows of
//! the objects themselves, and [`deferred`] columns. [`rest`] reads what types of a family have in tables of their own. [`expired`], [`learned`] and [`lock`] read known rows again. Rows enter memory through the arenas.

mod cells;
mod copy_out;
mod deferred;
mod described;
pub(crate) mod expired;
mod fetch;
mod filters;
mod include;
pub(crate) mod joined;
pub(crate) mod key_list;
mod keyed;
pub(crate) mod lazy_loads;
mod learned;
mod load;
pub(crate) mod lock;
mod member_lists;
pub(crate) mod pages;
mod query_plan;
mod raw;
mod recall;
mod rest;
mod results;
pub(crate) mod rows;
mod stream;
pub(crate) mod untyped;

pub use cells::CellQuery;
pub(crate) use keyed::Keyed;
pub use lazy_loads::LazyLoad;
pub use pages::{Page, Slice};
pub use results::Fetch;
pub use stream::RowIter;
