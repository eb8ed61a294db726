//! Objects that come with the rows of others: members that the statement of their owners joins, and sources that the query joined itself.

#![expect(clippy::ptr_arg, reason = "a copy of a borrowed name costs nothing, and a copy of its text does")]

use std::borrow::Cow;

use super::statement::order_of;
use super::{Include, Strategy, leave_out};
use crate::error::{Error, ErrorKind, Result};
use crate::query::join::{along, column, column_of};
use crate::schema::{RelationDef, RelationKind, TableDef};
use crate::sql::{Body, Distinct, Expr, JoinKind, Nested, OrderBy, Origin, Select, SelectItem, Source};

/// A relation whose members stand in the rows of their owners.
#[derive(Debug)]
pub(crate) struct JoinedLoad {
    pub(crate) relation: &'static RelationDef,
    /// The first of their columns in a row.
    pub(crate) first: usize,
    /// Whether the rows need not bring all members.
    pub(crate) partial: bool,
    pub(crate) then: Vec<JoinedLoad>,
}

impl JoinedLoad {
    /// Whether an owner may stand in several rows.
    pub(crate) fn is_several(&self) -> bool {
        several(self.relation) || self.then.iter().any(Self::is_several)
    }
}

/// Joins the members of those of `includes` that are joined to the rows of `table` that `select` reads, whose columns are the first of
/// the statement. Deferred columns are left out, but for those of the fields `undeferred`.
///
/// # Errors
///
/// `Schema` when a relation lacks its other side, `InvalidState` for what does not go together.
pub(crate) fn add_joined_loads(
    mut select: Select,
    table: &'static TableDef,
    undeferred: &[usize],
    includes: &[Include],
) -> Result<(Select, Vec<JoinedLoad>)> {
    if !includes.iter().any(Include::is_joined_load) {
        leave_out(&mut select, table, 0, undeferred);
        return Ok((select, Vec::new()));
    }
    let mut populated = Vec::new();
    add_populated(&mut select, includes, &mut populated);
    let joined = has(includes, &|include| include.options.strategy == Strategy::Joined);
    let multiplied =
        has(includes, &|include| include.options.strategy == Strategy::Joined && several(include.relation));
    let limited = select.limit.is_some() || select.offset.is_some();
    let merged = select.distinct != Distinct::No || !select.group_by.is_empty() || !select.having.is_empty();
    let wrap = joined && merged || multiplied && limited;
    let mut joining =
        Joining { select: if wrap { wrapped(select, table) } else { select }, populated, wrap, joined: 0 };
    let root = Owner { name: joining.select.from.name().clone(), is_sure: true, is_inside: false };
    let loads = joining.add(&root, includes)?;
    leave_out(&mut joining.select, table, 0, undeferred);
    Ok((joining.select, loads))
}

/// Whether an owner of the relation may have several rows as members.
fn several(relation: &RelationDef) -> bool {
    match relation.kind {
        RelationKind::BelongsTo => false,
        RelationKind::HasMany | RelationKind::ManyToMany => true,
        RelationKind::HasOne => relation.member_key().is_none_or(|(table, key)| {
            let key = table.foreign_keys[key].key_columns();
            !table.indexes.iter().any(|index| index.is_constraint() && index.columns.iter().copied().eq(key.clone()))
        }),
    }
}

/// Whether `test` holds for an include among those that come with their owners' rows.
fn has(includes: &[Include], test: &dyn Fn(&Include) -> bool) -> bool {
    includes.iter().filter(|include| include.is_joined_load()).any(|include| test(include) || has(&include.then, test))
}

/// Selects the columns of the sources that the query joined, and notes where they stand.
fn add_populated(select: &mut Select, includes: &[Include], places: &mut Vec<(Cow<'static, str>, usize)>) {
    for include in includes {
        if let Strategy::Populated(name) = &include.options.strategy {
            places.push((name.clone(), select.items.len()));
            select.items.extend(columns((include.relation.target.table)(), name));
        }
        if include.is_joined_load() {
            add_populated(select, &include.then, places);
        }
    }
}

fn columns(table: &'static TableDef, source: &Cow<'static, str>) -> impl Iterator<Item = SelectItem> {
    table.columns.iter().map(move |def| column_of(source, def).into())
}

/// The statement as a query in parentheses, so that its limit counts its own rows, and equal ones of them are merged, before anything is
/// joined. Items stay where they are, and the order stays.
fn wrapped(mut select: Select, table: &'static TableDef) -> Select {
    let name = select.from.name().clone();
    let with = std::mem::take(&mut select.with);
    let mut labels: Vec<Cow<'static, str>> = Vec::new();
    for (index, item) in select.items.iter_mut().enumerate() {
        let label = table.columns.get(index).map(|def| def.name.clone());
        labels.push(label.unwrap_or_else(|| item.label.insert(format!("orm_item_{index}").into()).clone()));
    }
    let outer =
        |(index, label)| table.columns.get(index).map_or_else(|| column(&name, label), |def| column_of(&name, def));
    let items = labels.iter().enumerate().map(outer).map(SelectItem::from).collect();
    let mut order_by = Vec::new();
    for (index, order) in select.order_by.iter().enumerate() {
        let known = labels.iter().zip(&select.items).find(|(_, item)| item.expr == order.expr);
        let label = match known {
            Some((label, _)) => label.clone(),
            None => {
                let label: Cow<'static, str> = format!("orm_order_{index}").into();
                select.items.push(SelectItem { expr: order.expr.clone(), label: Some(label.clone()) });
                label
            }
        };
        order_by.push(OrderBy { expr: column(&name, &label), ..order.clone() });
    }
    as_stored(&mut select.items);
    let origin = Origin::Query(Body::Select(Nested::new(select)));
    Select { with, order_by, ..Select::from_source(Source::of(origin).named(name), items) }
}

/// Hands columns on as they are stored, for the query around this one to read.
pub(super) fn as_stored(items: &mut [SelectItem]) {
    for item in items {
        if let Expr::Column(column) = &mut item.expr {
            column.format = None;
        }
    }
}

/// Whose members are joined.
struct Owner {
    /// The name of the source.
    name: Cow<'static, str>,
    /// Whether it has a row.
    is_sure: bool,
    /// Whether it is a source of the query in parentheses, where there is one.
    is_inside: bool,
}

struct Joining {
    select: Select,
    populated: Vec<(Cow<'static, str>, usize)>,
    wrap: bool,
    /// How many were joined.
    joined: u32,
}

impl Joining {
    fn add(&mut self, owner: &Owner, includes: &[Include]) -> Result<Vec<JoinedLoad>> {
        let mut loads = Vec::new();
        for include in includes {
            let (relation, partial) = (include.relation, include.options.is_partial());
            let (first, owner) = match &include.options.strategy {
                Strategy::SelectIn => continue,
                Strategy::Joined => self.join(owner, relation)?,
                Strategy::Populated(name) => {
                    let place = self.populated.iter().find(|(known, _)| known == name);
                    let first = place.map_or(self.select.items.len(), |(_, first)| *first);
                    (first, Owner { name: name.clone(), is_sure: false, is_inside: true })
                }
            };
            leave_out(&mut self.select, (relation.target.table)(), first, &include.options.undeferred);
            loads.push(JoinedLoad { relation, first, partial, then: self.add(&owner, &include.then)? });
        }
        Ok(loads)
    }

    /// Joins the members of a relation, and tells where their columns stand.
    fn join(&mut self, owner: &Owner, relation: &'static RelationDef) -> Result<(usize, Owner)> {
        if owner.is_inside && self.wrap {
            let (model, name) = ((relation.owner.spec)().name, relation.name);
            let message = format!(
                "`{model}::{name}` cannot be joined to `{}`, because the query has a limit or merges rows; include it without \
                 `.joined()`",
                owner.name
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        let table = (relation.owner.table)();
        // Among the owners there may be objects of other types, whose rows have no such key.
        let is_null = |key: usize| {
            let key = &table.foreign_keys[key];
            key.one_of.is_some() || key.columns.clone().any(|column| table.columns[column].nullable)
        };
        let is_required = relation.foreign_key.is_some_and(|key| !is_null(key));
        let is_sure = owner.is_sure && relation.kind == RelationKind::BelongsTo && is_required;
        let name = self.free_name(relation);
        let kind = if is_sure { JoinKind::Inner } else { JoinKind::Left };
        self.select.joins.extend(along(relation, &owner.name, &name, kind)?);
        let first = self.select.items.len();
        self.select.items.extend(columns((relation.target.table)(), &name));
        if several(relation) {
            self.select.order_by.extend(order_of(relation, &name));
        }
        Ok((first, Owner { name, is_sure, is_inside: false }))
    }

    /// A name for the members that nothing in the statement has.
    fn free_name(&mut self, relation: &RelationDef) -> Cow<'static, str> {
        loop {
            self.joined += 1;
            let name = format!("{}_{}", relation.name, self.joined);
            if !self.select.sources().any(|source| source.name().eq_ignore_ascii_case(&name)) {
                return name.into();
            }
        }
    }
}
