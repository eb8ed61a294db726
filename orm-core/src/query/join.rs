//! Relations as joins.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::{ErrorKind, Result};
use crate::schema::{RelationDef, RelationKind, TableDef};
use crate::sql::{BinaryOp, ColumnRef, Expr, Join, JoinKind, Source};

/// The joins that reach the target of `relation` from its owner: one, or two where an association table stands between.
///
/// # Errors
///
/// `Schema` when the relation lacks its other side.
pub(super) fn along(relation: &'static RelationDef, kind: JoinKind) -> Result<Vec<Join>> {
    let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
    match relation.kind {
        RelationKind::BelongsTo => {
            let key = relation.foreign_key.map(|index| &owner.foreign_keys[index]);
            let key = key.ok_or_else(|| incomplete(relation))?;
            let on = equal(columns(owner, None, key.columns.clone()), key_columns(target));
            Ok(vec![join(kind, target, None, on)])
        }
        RelationKind::HasMany | RelationKind::HasOne => {
            let (holder, key) = relation.member_key().ok_or_else(|| incomplete(relation))?;
            let on = equal(columns(holder, None, holder.foreign_keys[key].columns.clone()), key_columns(owner));
            Ok(vec![join(kind, target, None, on)])
        }
        RelationKind::ManyToMany => through_association(relation, kind),
    }
}

fn through_association(relation: &'static RelationDef, kind: JoinKind) -> Result<Vec<Join>> {
    let (owner, target) = ((relation.owner.table)(), (relation.target.table)());
    let (association, is_left) = relation.association()?;
    let table = association.table().ok_or_else(|| incomplete(relation))?;
    let (own, other) = if is_left {
        (association.left.clone(), association.right.clone())
    } else {
        (association.right.clone(), association.left.clone())
    };
    // A `through` model may be joined in its own right as well, so here it goes by another name.
    let alias: Option<Cow<'static, str>> =
        association.generated().is_none().then(|| format!("{}_{}", owner.name.name, relation.name).into());
    let to_association = equal(columns(table, alias.clone(), own), key_columns(owner));
    let to_target = equal(columns(table, alias.clone(), other), key_columns(target));
    Ok(vec![join(kind, table, alias, to_association), join(kind, target, None, to_target)])
}

fn incomplete(relation: &RelationDef) -> crate::Error {
    let owner = (relation.owner.spec)().name;
    let message = format!("relation {owner}::{} has no foreign key to join along", relation.name);
    crate::Error::new(ErrorKind::Schema, message)
}

fn join(kind: JoinKind, table: &'static TableDef, alias: Option<Cow<'static, str>>, on: Expr) -> Join {
    Join { kind, source: Source { table: table.name.clone(), alias }, on }
}

fn columns(table: &'static TableDef, alias: Option<Cow<'static, str>>, columns: Range<usize>) -> Vec<Expr> {
    let qualifier = alias.unwrap_or_else(|| table.name.name.clone());
    let column =
        |index: usize| ColumnRef { qualifier: Some(qualifier.clone()), name: table.columns[index].name.clone() };
    columns.map(|index| Expr::Column(column(index))).collect()
}

fn key_columns(table: &'static TableDef) -> Vec<Expr> {
    table.key_columns().map(|column| Expr::column(table, column)).collect()
}

fn equal(left: Vec<Expr>, right: Vec<Expr>) -> Expr {
    let mut pairs: Vec<Expr> = left
        .into_iter()
        .zip(right)
        .map(|(left, right)| Expr::Binary(Box::new(left), BinaryOp::Eq, Box::new(right)))
        .collect();
    if pairs.len() == 1 { pairs.remove(0) } else { Expr::And(pairs) }
}
