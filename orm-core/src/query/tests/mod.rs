//! SQL text in two dialects, one of an embedded database and one of a server, and in a third that answers each question the other way.

#![allow(clippy::unwrap_used, reason = "a test that fails here has failed")]

mod contrary;
mod ddl;
mod dialects;
mod expressions;
mod functions;
mod includes;
mod keyset;
mod models;
mod raw;
mod rows;
mod selects;
mod sources;
mod statements;
mod subqueries;
mod tables;
mod within;
mod writes;

use dialects::{Cautious, Lax};

use super::function::*;
use super::*;
use crate::dialect::Dialect;
use crate::model::Model;
use crate::value::Value;

/// Compares a query's text in the lax and in the cautious dialect with what is expected, and its parameters in both.
#[track_caller]
fn check<T: ToSql>(query: T, lax: &str, cautious: &str, params: &[Value]) {
    for (dialect, expected) in [(&Lax as &'static dyn Dialect, lax), (&Cautious, cautious)] {
        let (text, found) = query.text(dialect).unwrap();
        assert_eq!(text, expected);
        assert_eq!(found, params);
    }
}

/// Like [`check`], for a text that both dialects share but for the placeholders: `?` in `expected`.
#[track_caller]
fn check_both<T: ToSql>(query: T, expected: &str, params: &[Value]) {
    check(query, &numbered(expected, '?'), &numbered(expected, '$'), params);
}

fn numbered(text: &str, sign: char) -> String {
    let mut parts = text.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |text, (part, index)| format!("{text}{sign}{index}{part}"))
}

/// The error that a query has in the lax dialect.
#[track_caller]
fn error<T: ToSql>(query: T) -> crate::Error {
    query.text(&Lax).unwrap_err()
}

/// Queries for objects and for rows.
trait ToSql {
    fn text(&self, dialect: &'static dyn Dialect) -> crate::Result<(String, Vec<Value>)>;
}

impl<M: Model, Q> ToSql for Query<M, Q> {
    fn text(&self, dialect: &'static dyn Dialect) -> crate::Result<(String, Vec<Value>)> {
        self.to_sql(dialect)
    }
}

impl<R: RowType, Q> ToSql for Select<R, Q> {
    fn text(&self, dialect: &'static dyn Dialect) -> crate::Result<(String, Vec<Value>)> {
        self.to_sql(dialect)
    }
}
