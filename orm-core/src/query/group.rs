//! Several groupings at once, and the check that selected columns have a single value in each group.

use crate::query::Sealed;
use std::borrow::Cow;

use super::scope::Scope;
use super::{Columns, Expr, Expression, GroupKeys, Known, Query, Selectable, Within};
use crate::error::ErrorKind;
use crate::schema::TableDef;
use crate::sql::{self, ColumnRef, Function, Group, GroupingSets, Problem};
use crate::value::SqlType;

/// What `group_by_sets` takes: a tuple of groupings.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of groupings",
    label = "expected a tuple of up to 6 groupings, such as `((A::x, A::y), (A::x,), ())`"
)]
pub trait GroupingLists: Sealed {
    /// What is read.
    type Scope;

    /// The groupings.
    fn lists(self) -> Vec<Vec<sql::Expr>>;
}

impl<T: Selectable, Q: Scope> Query<T, Q> {
    /// Groups by all of the keys, then by all but the last, and so on; the last group is all rows. Columns are `Option` from here on,
    /// because a group has no value of a column that it is not grouped by. [`grouping`] distinguishes that from a NULL.
    pub fn group_by_rollup<G: GroupKeys<Scope: Within<Q, I, Null: Sized>>, I>(
        self,
        keys: G,
    ) -> Query<Columns, Q::Nullable> {
        let sets = key_list(keys).into_iter().map(|key| vec![key]).collect();
        self.grouped(GroupingSets::Rollup, sets)
    }

    /// Groups by each choice of some of the keys, all and none included. Columns are `Option` from here on.
    pub fn group_by_cube<G: GroupKeys<Scope: Within<Q, I, Null: Sized>>, I>(
        self,
        keys: G,
    ) -> Query<Columns, Q::Nullable> {
        let sets = key_list(keys).into_iter().map(|key| vec![key]).collect();
        self.grouped(GroupingSets::Cube, sets)
    }

    /// Groups by each list of keys by itself: `.group_by_sets(((Sale::year, Sale::country), (Sale::year,), ()))`. Columns are `Option`
    /// from here on.
    pub fn group_by_sets<G: GroupingLists<Scope: Within<Q, I, Null: Sized>>, I>(
        self,
        lists: G,
    ) -> Query<Columns, Q::Nullable> {
        self.grouped(GroupingSets::Listed, lists.lists())
    }

    fn grouped(self, kind: GroupingSets, sets: Vec<Vec<sql::Expr>>) -> Query<Columns, Q::Nullable> {
        let mut parts = self.parts.only_columns();
        parts.select.group_by.push(Group::Sets(kind, sets));
        Query::new(parts)
    }
}

/// `grouping(expr)`: 1 in the rows of groups that are not grouped by `expr`, else 0.
pub fn grouping<E: Expression>(expr: E) -> Expr<i32, Known<E::Scope>> {
    Expr::new(sql::Expr::Function(Function::Grouping, [expr.into_sql()].into(), SqlType::I32))
}

fn key_list<G: GroupKeys>(keys: G) -> Vec<sql::Expr> {
    let mut list = Vec::new();
    keys.group_keys(&mut list);
    list
}

/// No key: all rows are one group.
#[diagnostic::do_not_recommend]
impl GroupKeys for () {
    type Scope = ();

    fn group_keys(self, _: &mut Vec<sql::Expr>) {
        // There is none.
    }
}

macro_rules! lists {
    ($(($($name:ident $field:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: GroupKeys),+> GroupingLists for ($($name,)+) {
            type Scope = lists!(@scope $($name)+);

            fn lists(self) -> Vec<Vec<sql::Expr>> {
                vec![$(key_list(self.$field)),+]
            }
        }
    )*};
    (@scope) => { () };
    (@scope $first:ident $($rest:ident)*) => { ($first::Scope, lists!(@scope $($rest)*)) };
}

lists! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

/// A selected column that has no single value in a group. Some databases would take the value of any row.
pub(super) fn problem(select: &sql::Select, tables: &[(Cow<'static, str>, &'static TableDef)]) -> Option<Problem> {
    let items = select.items.iter().map(|item| &item.expr);
    let exprs = || items.clone().chain(&select.having).chain(select.order_by.iter().map(|order| &order.expr));
    if select.group_by.is_empty() && select.having.is_empty() && !exprs().any(sql::Expr::is_aggregate) {
        return None;
    }
    let keys: Vec<&sql::Expr> = select
        .group_by
        .iter()
        .flat_map(|group| match group {
            Group::Key(key) => vec![key],
            Group::Sets(_, sets) => sets.iter().flatten().collect(),
        })
        .collect();
    let single = |column: &ColumnRef| {
        // Grouping by a primary key covers all columns of its table.
        let own = tables.iter().find(|(name, _)| Some(name) == column.qualifier.as_ref());
        own.is_some_and(|(name, table)| {
            table.key_columns().len() > 0
                && table
                    .key_columns()
                    .all(|key| keys.iter().any(|known| **known == super::join::column(name, &key.name)))
        })
    };
    let column = exprs().find_map(|expr| ungrouped(expr, &keys, &single))?;
    let source = column.qualifier.as_deref().unwrap_or_default();
    let message = format!(
        "the column `{source}.{}` is neither grouped nor within an aggregate, so that a group has no single value of it; add it to \
         `group_by`, or take `min` or `max` of it",
        column.name
    );
    Some((ErrorKind::InvalidState, message))
}

fn ungrouped<'a>(
    expr: &'a sql::Expr,
    keys: &[&sql::Expr],
    single: &dyn Fn(&ColumnRef) -> bool,
) -> Option<&'a ColumnRef> {
    if keys.contains(&expr) {
        return None;
    }
    match expr {
        // Handwritten SQL may be an aggregate.
        sql::Expr::Aggregate(_) | sql::Expr::Raw(..) => None,
        sql::Expr::Column(column) => (column.qualifier.is_some() && !single(column)).then_some(column),
        expr => {
            let mut found = None;
            expr.each_child(&mut |child| {
                if let sql::Child::Expr(inner) = child {
                    found = found.or_else(|| ungrouped(inner, keys, single));
                }
            });
            found
        }
    }
}
