//! A query as a part of another statement.

use std::borrow::Cow;
use std::sync::Arc;

use super::Parts;
use super::statements::is_plain;
use crate::error::ErrorKind;
use crate::query::join::column_of;
use crate::query::{group, keyset, label};
use crate::sql::{self, Body, Expr, Nested, Origin, SetOperator};

/// The name of rows of several queries.
const COMBINED: Cow<'static, str> = Cow::Borrowed("combined");

impl Parts {
    /// The rows of this query and of another one, read as the rows of one source.
    pub(in crate::query) fn combine(mut self, operator: SetOperator, mut other: Self) -> Self {
        if self.populates() || other.populates() {
            let message = "`populate` reads objects from the joins of one query, and not of several that are combined";
            self.fail(ErrorKind::InvalidState, message.to_owned());
        }
        let problem = self.select.problem.take().or(other.select.problem.take());
        let with = std::mem::take(&mut self.select.with);
        let more = std::mem::take(&mut other.select.with);
        let (table, tables) = (self.table, self.tables.first().cloned());
        let (includes, populate_existing) = (std::mem::take(&mut self.includes), self.populate_existing);
        let (lazy, mut manner) = (std::mem::take(&mut self.lazy), self.manner);
        manner.raises |= other.manner.raises;
        manner.consistent |= other.manner.consistent;
        let body = Body::combined(self.into_body(), operator, other.into_body());
        let name = table.map_or(COMBINED, |table| table.name.name.clone());
        let mut parts = Self::from_source(sql::Source::of(Origin::Query(body)).named(name));
        parts.select.problem = problem;
        parts.define(with);
        parts.define(more);
        parts.tables.extend(tables.filter(|_| table.is_some()));
        Self { table, includes, lazy, populate_existing, manner, ..parts }
    }

    /// The query as the body of another one. A combination of queries without further clauses stays that combination.
    pub(in crate::query) fn into_body(self) -> Body {
        let is_bare = self.after.is_none() && is_bare(&self.select);
        match self.select.from.origin {
            Origin::Query(body @ Body::Set(..)) if is_bare => body,
            origin => {
                let from = sql::Source { origin, ..self.select.from };
                Body::Select(Nested::new(Self { select: sql::Select { from, ..self.select }, ..self }.embedded()))
            }
        }
    }

    /// The statement as a part of another one.
    pub(in crate::query) fn embedded(mut self) -> sql::Select {
        let after = self.after.take();
        if after.is_some() {
            self.complete_order();
        }
        let mut select = self.select;
        if let Some(table) = self.table
            && select.items.is_empty()
        {
            let source = select.from.name().clone();
            select.items = table.columns.iter().map(|def| column_of(&source, def).into()).collect();
        }
        if let Some(cursor) = after {
            keyset::go_on(&mut select, self.table, cursor);
        }
        if select.problem.is_none() {
            let problem = group::problem(&select, &self.tables).or_else(|| label::problem(&select));
            select.problem = problem.or_else(|| hidden_table(&select));
        }
        select
    }

    /// The statement as a part of another one that only asks whether there are rows.
    pub(in crate::query) fn embedded_test(mut self) -> sql::Select {
        if self.select.items.is_empty() {
            self.select.items = vec![Expr::One.into()];
        }
        self.embedded()
    }

    /// The statement as a part of another one that takes one value of it: the first, if there are several.
    pub(in crate::query) fn embedded_value(mut self) -> sql::Select {
        let aggregate =
            self.select.group_by.is_empty() && self.select.items.iter().any(|item| item.expr.is_aggregate());
        if !aggregate {
            self.limit_to_first();
        }
        self.embedded()
    }

    /// Whether columns of an outer query are read.
    pub(in crate::query) fn is_correlated(&self) -> bool {
        !self.outer.is_empty()
    }
}

/// A table that a common table expression of the same name hides, on databases that ignore the case of letters.
fn hidden_table(select: &sql::Select) -> Option<sql::Problem> {
    let tables = if select.with.is_empty() { Vec::new() } else { select.reads().tables };
    let same = |with: &&Arc<sql::With>| tables.iter().any(|table| table.name.eq_ignore_ascii_case(&with.name));
    let name = &select.with.iter().find(same)?.name;
    let message =
        format!("`{name}` is the name of a query and of a table that is read; give its columns a type of another name");
    Some((ErrorKind::InvalidState, message))
}

/// Whether the query has nothing but its first source.
fn is_bare(select: &sql::Select) -> bool {
    select.items.is_empty()
        && select.with.is_empty()
        && select.joins.is_empty()
        && select.filter.is_empty()
        && select.order_by.is_empty()
        && select.lock.is_none()
        && is_plain(select)
}
