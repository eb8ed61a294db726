//! The statements that load members of many objects at once.

#![expect(clippy::ptr_arg, reason = "a copy of a borrowed name costs nothing, and a copy of its text does")]

use std::borrow::Cow;

use super::Options;
use super::joined_load::as_stored;
use crate::query::join::{column, column_of};
use crate::schema::{ColumnDef, Direction, ModelRef, RelationDef, RelationKind, TableDef};
use crate::sql::{
    BinaryOp, Body, ColumnRef, Expr, Exprs, Function, Join, JoinKind, Lift, Nested, OrderBy, Origin, Select,
    SelectItem, Source, Window, key_condition,
};
use crate::value::{SqlType, Value};

/// The name of the number that a member has among those of its owner.
const ROW: Cow<'static, str> = Cow::Borrowed("orm_row");

/// `SELECT` all columns of a table, in their order, for rows that the session knows already: nothing is hidden.
pub(crate) fn select_columns(table: &'static TableDef) -> Select {
    let items = table.columns.iter().map(|column| SelectItem::from(Expr::column(table, column)));
    Select { lift: Lift::All, ..Select::from_source(source_of(table), items.collect()) }
}

/// `SELECT` the key and these columns of a table, for rows that the session knows already.
pub(crate) fn select_some(table: &'static TableDef, columns: &[usize]) -> Select {
    let columns = table.primary_key.iter().chain(columns).map(|&column| &table.columns[column]);
    let items = columns.map(|column| SelectItem::from(Expr::column(table, column))).collect();
    Select { lift: Lift::All, ..Select::from_source(source_of(table), items) }
}

/// All rows of a table, which may be in several.
fn source_of(table: &'static TableDef) -> Source {
    let root = table.tables().first().and_then(|first| first.part).map(|part| part.root);
    root.map_or_else(|| Source::table(table.name.clone()), Source::model)
}

/// [`select_columns`] for the rows of a model, of which its conditions hide some.
pub(crate) fn select_model(model: ModelRef) -> Select {
    Select { from: Source::model(model), lift: Lift::Nothing, ..select_columns((model.table)()) }
}

/// The members of a `has_many` or `has_one`, whose foreign keys `by` meet the condition `keys`.
pub(crate) fn members(
    relation: &'static RelationDef,
    by: &[&'static ColumnDef],
    keys: Expr,
    options: &Options,
) -> Select {
    let table = (relation.target.table)();
    let mut select = select_model(relation.target);
    select.filter.extend(member_condition(relation));
    select.filter.push(keys);
    chosen(select, relation, by.iter().map(|column| Expr::column(table, column)).collect(), options)
}

/// The condition that the members of a relation reference its model, where their key may be one to another.
pub(crate) fn member_condition(relation: &'static RelationDef) -> Option<Expr> {
    let (table, key) = relation.member_key()?;
    key_condition(table, &table.foreign_keys[key], &table.name.name)
}

/// The members of a `many_to_many`, joined to the association table `source`, whose columns `by` meet the condition `keys` and stand
/// behind those of the members. `other` are its columns that name the members.
pub(crate) fn association_members(
    relation: &'static RelationDef,
    source: Source,
    (by, other): (&[&'static ColumnDef], &[&'static ColumnDef]),
    keys: Expr,
    options: &Options,
) -> Select {
    let target = (relation.target.table)();
    let mut select = select_model(relation.target);
    let column = |column: &ColumnDef| column_of(source.name(), column);
    let by: Vec<Expr> = by.iter().map(|by| column(by)).collect();
    select.items.extend(by.iter().cloned().map(SelectItem::from));
    let on = other.iter().zip(target.key_columns()).map(|(other, key)| {
        let (left, right) = (column(other), Expr::column(target, key));
        Expr::Binary(Nested::new(left), BinaryOp::Eq, Nested::new(right))
    });
    let on = Expr::And(on.collect());
    select.joins.push(Join { kind: JoinKind::Inner, source, on });
    select.filter.push(keys);
    chosen(select, relation, by, options)
}

/// The order in which members are loaded where an include does not say another.
pub(super) fn order_of(relation: &RelationDef, source: &Cow<'static, str>) -> Vec<OrderBy> {
    let table = (relation.target.table)();
    let order = |def: &'static ColumnDef, direction| OrderBy {
        expr: column_of(source, def),
        direction,
        nulls: None,
        key: None,
    };
    if relation.kind == RelationKind::HasOne {
        // Should there be several rows, it is always the same one that is taken.
        return table.key_columns().map(|column| order(column, Direction::Asc)).collect();
    }
    let orders = relation
        .order_by
        .iter()
        .flat_map(|&(field, direction)| table.field_columns(field).iter().map(move |column| order(column, direction)));
    orders.collect()
}

/// Those of the members that are wanted, in the order that is wanted. `owner` names whose members they are.
fn chosen(mut select: Select, relation: &'static RelationDef, owner: Vec<Expr>, options: &Options) -> Select {
    let table = (relation.target.table)();
    select.filter.extend(options.filter.iter().cloned());
    let own = || order_of(relation, &table.name.name);
    let order = if options.order_by.is_empty() { own() } else { options.order_by.clone() };
    match options.limit {
        Some(limit) => first_of_each(select, table, owner, order, limit),
        None => Select { order_by: order, ..select },
    }
}

/// The first rows of each owner: they are numbered in a query in parentheses, which goes by the name of the table.
fn first_of_each(
    mut select: Select,
    table: &'static TableDef,
    owner: Vec<Expr>,
    order: Vec<OrderBy>,
    limit: u64,
) -> Select {
    let name = &table.name.name;
    let key = table.key_columns().map(|key| Expr::column(table, key));
    let last = key.map(|expr| OrderBy { expr, direction: Direction::Asc, nulls: None, key: None });
    let window = Window { partition_by: owner, order_by: order.into_iter().chain(last).collect(), ..Window::default() };
    let number = Expr::Function(Function::RowNumber, Exprs::new(), SqlType::I64);
    let number = Expr::Over(Nested::new(number), Nested::new(window));
    let mut items: Vec<SelectItem> = table.columns.iter().map(|def| column_of(name, def).into()).collect();
    for (index, item) in select.items.iter_mut().enumerate().skip(items.len()) {
        // The columns of the association table may have the names of the members' own.
        let label: Cow<'static, str> = format!("orm_item_{index}").into();
        // The keys of the owners, as the association table has them.
        items.push(match &item.expr {
            Expr::Column(stored) => {
                Expr::Column(ColumnRef { qualifier: Some(name.clone()), name: label.clone(), ..stored.clone() }).into()
            }
            _ => column(name, &label).into(),
        });
        item.label = Some(label);
    }
    as_stored(&mut select.items);
    select.items.push(SelectItem { expr: number, label: Some(ROW) });
    let from = Source::of(Origin::Query(Body::Select(Nested::new(select)))).named(name.clone());
    let mut first = Select::from_source(from, items);
    let limit = Value::I64(i64::try_from(limit).unwrap_or(i64::MAX));
    let limit = Expr::Param(limit, SqlType::I64);
    first.filter.push(Expr::Binary(Nested::new(column(name, &ROW)), BinaryOp::Le, Nested::new(limit)));
    first.order_by.push(OrderBy { expr: column(name, &ROW), direction: Direction::Asc, nulls: None, key: None });
    first
}
