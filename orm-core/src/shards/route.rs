//! Which keys the conditions of a statement leave.

use super::layout::{Layout, shard_key};
use crate::schema::TableDef;
use crate::sql::{BinaryOp, ColumnRef, Expr, Origin, Select};
use crate::value::Value;

/// The shard keys that the rows of a statement may have, if a condition that must hold names them. Whatever is joined is on the same shard,
/// so that the key of any source tells it.
pub(super) fn keys(layout: &Layout, select: &Select) -> Option<Vec<Value>> {
    let sources: Vec<(&str, &'static TableDef)> = select
        .sources()
        .filter_map(|source| match &source.origin {
            Origin::Table(table) => Some((&**source.name(), layout.table(table)?)),
            _ => None,
        })
        .collect();
    let is_key = |column: &ColumnRef| {
        let qualifier = column.qualifier.as_deref();
        let found = sources.iter().find(|(name, _)| Some(*name) == qualifier);
        found.and_then(|(_, table)| shard_key(table)).is_some_and(|key| key.name == column.name)
    };
    let mut found: Option<Vec<Value>> = None;
    for condition in &select.filter {
        each_required(condition, &mut |condition| {
            let Some(keys) = named(condition, &is_key) else { return };
            found = Some(match found.take() {
                None => keys,
                Some(known) => known.into_iter().filter(|key| keys.contains(key)).collect(),
            });
        });
    }
    found
}

/// Calls back with each condition that has to hold for `condition` to hold.
pub(super) fn each_required<'e>(condition: &'e Expr, each: &mut dyn FnMut(&'e Expr)) {
    match condition {
        Expr::And(all) => all.into_iter().for_each(|condition| each_required(condition, each)),
        condition => each(condition),
    }
}

/// The keys that a condition names.
fn named(condition: &Expr, is_key: &dyn Fn(&ColumnRef) -> bool) -> Option<Vec<Value>> {
    let key = |expr: &Expr| matches!(plain(expr), Expr::Column(column) if is_key(column));
    match condition {
        Expr::Binary(left, BinaryOp::Eq | BinaryOp::IsNotDistinct, right) => match (plain(left), plain(right)) {
            (left, Expr::Param(value, _)) if key(left) => Some(vec![value.clone()]),
            (Expr::Param(value, _), right) if key(right) => Some(vec![value.clone()]),
            _ => None,
        },
        Expr::InList(column, values, _) if key(column) => Some(values.clone()),
        _ => None,
    }
}

/// A value without the form in which a column stores it.
fn plain(expr: &Expr) -> &Expr {
    match expr {
        Expr::Stored(inner, ..) => plain(inner),
        expr => expr,
    }
}
