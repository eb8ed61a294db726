//! Orders by what was selected under a label.

use std::borrow::Cow;

use super::{OrderKeys, Ordered};
use crate::error::ErrorKind;
use crate::schema::Direction;
use crate::sql::{self, Body, ColumnRef, OrderBy, Origin, Problem};

/// A selected expression, by its label.
#[derive(Debug, Clone)]
pub struct Label(Cow<'static, str>);

/// What was selected as `.label(name)`, to order by: `.order_by(label("total").desc())`.
pub fn label(name: impl Into<Cow<'static, str>>) -> Label {
    Label(name.into())
}

impl Label {
    /// Smallest first.
    pub fn asc(self) -> Ordered<()> {
        Ordered::new(self.into_sql(), Direction::Asc)
    }

    /// Greatest first.
    pub fn desc(self) -> Ordered<()> {
        Ordered::new(self.into_sql(), Direction::Desc)
    }

    fn into_sql(self) -> sql::Expr {
        sql::Expr::Column(ColumnRef::named(None, self.0))
    }
}

#[diagnostic::do_not_recommend]
impl OrderKeys for Label {
    type Scope = ();

    fn order_keys(self, keys: &mut Vec<OrderBy>) {
        keys.push(OrderBy { expr: self.into_sql(), direction: Direction::Asc, nulls: None, key: None });
    }
}

/// The label that an order refers to, if it does.
fn meant(order: &OrderBy) -> Option<&Cow<'static, str>> {
    match &order.expr {
        sql::Expr::Column(ColumnRef { qualifier: None, name, .. }) => Some(name),
        _ => None,
    }
}

/// An order by a label that was not selected.
pub(super) fn problem(select: &sql::Select) -> Option<Problem> {
    let labels = labels(select);
    let missing = select.order_by.iter().filter_map(meant).find(|name| !labels.contains(name))?;
    let message = format!("`order_by(label(\"{missing}\"))`: nothing is selected as `.label(\"{missing}\")`");
    Some((ErrorKind::InvalidState, message))
}

fn labels(select: &sql::Select) -> Vec<&Cow<'static, str>> {
    match &select.from.origin {
        Origin::Query(body) if select.items.is_empty() => first(body).map(labels).unwrap_or_default(),
        _ => select.items.iter().filter_map(|item| item.label.as_ref()).collect(),
    }
}

/// The SELECT that names the columns.
pub(super) fn first(body: &Body) -> Option<&sql::Select> {
    match body {
        Body::Select(select) => Some(select),
        Body::Set(left, _) => first(left),
        Body::Write(_) => None,
    }
}

/// The name of a column.
pub(super) trait Name: Clone + Into<Cow<'static, str>> {}

impl<N: Clone + Into<Cow<'static, str>>> Name for N {}

/// Labels the columns of a query, and returns their former names.
pub(super) fn name_columns<N: Name>(body: &mut Body, names: &[N]) -> Vec<Option<Cow<'static, str>>> {
    let select = match body {
        Body::Set(first, _) => return name_columns(first, names),
        Body::Write(write) => return name_items(&mut write.returning, names),
        Body::Select(select) => &mut **select,
    };
    let before: Vec<Option<Cow<'static, str>>> = match &mut select.from.origin {
        Origin::Query(body) if select.items.is_empty() => name_columns(body, names),
        _ => name_items(&mut select.items, names),
    };
    for order in &mut select.order_by {
        let index = meant(order).and_then(|meant| before.iter().position(|old| old.as_ref() == Some(meant)));
        if let Some(name) = index.and_then(|index| names.get(index)) {
            order.expr = sql::Expr::Column(ColumnRef::named(None, name.clone().into()));
        }
    }
    before
}

fn name_items<N: Name>(items: &mut [sql::SelectItem], names: &[N]) -> Vec<Option<Cow<'static, str>>> {
    items.iter_mut().zip(names).map(|(item, name)| item.label.replace(name.clone().into())).collect()
}
