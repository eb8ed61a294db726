//! Queries and scans.

mod items;
mod pages;
mod parallel;

pub use items::{ByKey, Items, Query, Scan, Whole};
pub use pages::{Iter, Page, PageKey, Pages};
