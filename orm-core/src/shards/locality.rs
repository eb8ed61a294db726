//! Whether the rows that a statement reads together are on one shard.
//!
//! A row is where its shard key says, and what is related to it is there too: a foreign key leads to a row of the same database. So rows
//! that are joined by a foreign key, or by their shard keys, are on one shard. Of all others nobody knows.

use super::layout::{Layout, shard_key};
use super::order::unsupported;
use super::route::each_required;
use crate::error::Result;
use crate::schema::{TableDef, TableName};
use crate::sql::{BinaryOp, Child, ColumnRef, Distinct, Expr, JoinKind, Origin, Select, Source};

/// Refuses a statement that may join rows of several shards.
///
/// # Errors
///
/// `Unsupported`, with what it reads.
pub(super) fn check(layout: &Layout, select: &Select) -> Result<()> {
    Scope { layout, sources: Vec::new(), outer: None }.check(select, Vec::new())
}

/// The sources of one query, within those of the queries around it.
struct Scope<'a> {
    layout: &'a Layout,
    sources: Vec<(&'a str, &'static TableDef)>,
    outer: Option<&'a Scope<'a>>,
}

/// Two columns that are equal.
type Pair<'a> = (&'a ColumnRef, &'a ColumnRef);

impl<'a> Scope<'a> {
    /// `pairs` are equal besides what the query itself says.
    fn check(mut self, select: &'a Select, mut pairs: Vec<Pair<'a>>) -> Result<()> {
        if !select.with.is_empty() {
            return Err(unsupported("a query under a name", "make a query of its own of it"));
        }
        select.filter.iter().for_each(|condition| equal_columns(condition, &mut pairs));
        let first = self.table(&select.from)?;
        self.sources.push(first);
        let mut is_tied = self.outer.is_none_or(|outer| outer.ties(first, &pairs));
        for join in &select.joins {
            let source = self.table(&join.source)?;
            let mut on = Vec::new();
            equal_columns(&join.on, &mut on);
            if matches!(join.kind, JoinKind::Inner | JoinKind::Cross) {
                on.extend_from_slice(&pairs);
            }
            if !self.sources.iter().any(|known| tied(*known, source, &on)) {
                let (a, b) = (self.sources[0].1.model, source.1.model);
                let what = format!("a join of {a} and {b} whose rows may be on different shards");
                return Err(unsupported(&what, "join along a relation, or by the shard keys of both"));
            }
            is_tied = is_tied || self.outer.is_some_and(|outer| outer.ties(source, &on));
            self.sources.push(source);
            pairs.extend(on);
        }
        if !is_tied {
            let what = format!("a subquery over {} that reads the rows of all shards", first.1.model);
            return Err(unsupported(&what, "connect it with the query around it by a relation, or run it by itself"));
        }
        let mut outcome = Ok(());
        select.each_child(&mut |child| {
            if outcome.is_ok() {
                outcome = self.child(child, Vec::new());
            }
        });
        outcome
    }

    fn child(&self, child: Child<'_>, pairs: Vec<Pair<'_>>) -> Result<()> {
        match child {
            Child::Select(select) => {
                let inner = Scope { layout: self.layout, sources: Vec::new(), outer: Some(self) };
                inner.check(select, pairs)
            }
            Child::Expr(Expr::InSelect(left, select)) => {
                let items = select.items.iter().map(|item| &item.expr);
                let lefts = elements(left);
                // A limit is one of all rows, and not of those that equal the left side.
                let is_whole =
                    select.limit.is_none() && select.offset.is_none() && !matches!(select.distinct, Distinct::On(_));
                let pairs = lefts.into_iter().zip(items).filter(|_| is_whole);
                let pairs = pairs.filter_map(|(left, right)| columns(left, right)).collect();
                self.child(Child::Expr(left), Vec::new())?;
                self.child(Child::Select(select), pairs)
            }
            Child::Expr(expr) => {
                let mut outcome = Ok(());
                expr.each_child(&mut |child| {
                    if outcome.is_ok() {
                        outcome = self.child(child, Vec::new());
                    }
                });
                outcome
            }
        }
    }

    /// The table of a source, with the name that it has here.
    fn table(&self, source: &'a Source) -> Result<(&'a str, &'static TableDef)> {
        match &source.origin {
            Origin::Table(table) => match self.layout.table(table) {
                Some(def) => Ok((source.name(), def)),
                None => Err(elsewhere(table)),
            },
            Origin::With(_) | Origin::Query(_) | Origin::Lateral(_) => Err(unsupported(
                "rows of a subquery, or of several queries that are combined",
                "run each by itself, or on one shard by `shard(name)`",
            )),
        }
    }

    /// Whether rows of a source are on the shard of the rows around them.
    fn ties(&self, source: (&str, &'static TableDef), pairs: &[Pair<'_>]) -> bool {
        self.sources.iter().any(|known| tied(*known, source, pairs))
            || self.outer.is_some_and(|outer| outer.ties(source, pairs))
    }
}

/// The error for a table that the shards do not have, beside those that they have.
fn elsewhere(table: &TableName) -> crate::error::Error {
    let what = format!("the table `{table}`, which is on no shard,");
    unsupported(&what, "read it by itself, or name its model among those of the shards")
}

/// The columns that are equal where a condition holds.
fn equal_columns<'e>(condition: &'e Expr, pairs: &mut Vec<Pair<'e>>) {
    each_required(condition, &mut |condition| {
        if let Expr::Binary(left, BinaryOp::Eq, right) = condition {
            pairs.extend(
                elements(left).into_iter().zip(elements(right)).filter_map(|(left, right)| columns(left, right)),
            );
        }
    });
}

/// The elements of a row, or the only value.
fn elements(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Row(all) => all.into_iter().collect(),
        expr => vec![expr],
    }
}

fn columns<'e>(left: &'e Expr, right: &'e Expr) -> Option<Pair<'e>> {
    match (left, right) {
        (Expr::Column(left), Expr::Column(right)) => Some((left, right)),
        _ => None,
    }
}

/// Whether rows of two sources are on one shard where these columns are equal.
fn tied(left: (&str, &'static TableDef), right: (&str, &'static TableDef), pairs: &[Pair<'_>]) -> bool {
    let is = |column: &ColumnRef, source: &str, name: &str| {
        column.qualifier.as_deref() == Some(source) && column.name == name
    };
    let equal = |own: &str, other: &str| {
        pairs.iter().any(|(a, b)| {
            (is(a, left.0, own) && is(b, right.0, other)) || (is(b, left.0, own) && is(a, right.0, other))
        })
    };
    let keys = shard_key(left.1).zip(shard_key(right.1));
    keys.is_some_and(|(own, other)| equal(&own.name, &other.name))
        || references(left.1, right.1, &equal)
        || references(right.1, left.1, &|own, other| equal(other, own))
        || (left.1.id == right.1.id && left.1.key_columns().all(|key| equal(&key.name, &key.name)))
}

/// Whether a foreign key of `table` leads to the row of `target`.
fn references(table: &'static TableDef, target: &'static TableDef, equal: &dyn Fn(&str, &str) -> bool) -> bool {
    // Equal columns are no reference where they may belong to a key to another model.
    let mut keys = table.foreign_keys.iter().filter(|key| key.is_checked() && (key.target.table)().id == target.id);
    keys.any(|key| {
        key.columns.clone().zip(target.key_columns()).all(|(own, other)| equal(&table.columns[own].name, &other.name))
    })
}
