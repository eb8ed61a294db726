//! A query without its types.
//!
//! [`clauses`] collects what the query says. [`statements`] makes the SELECTs of it that can be run, [`nested`] those that stand within others,
//! and [`changed_rows`] UPDATE and DELETE.

mod changed_rows;
mod clauses;
mod nested;
mod result;
mod statements;

pub(crate) use clauses::Parts;
