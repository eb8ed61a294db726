use std::borrow::Cow;
use std::fmt;

use super::returning::distinct_names;
use super::{Item, ItemOrder, Table};
use crate::dialect::Dialect;
use crate::error::{ErrorKind, Result};
use crate::query::cells::ResultColumn;
use crate::query::{Parts, label};
use crate::render;
use crate::sql::{Body, Distinct, Expr, Exprs, Group, Join, JoinKind, Nested, Problem, Select, SetOperator};
use crate::value::{SqlType, Value};

/// A query for rows of [`Table`]s.
#[must_use = "a query does nothing until it is run"]
#[derive(Clone)]
pub struct TableQuery {
    pub(crate) parts: Parts,
    /// What a row is made of.
    items: Vec<Item>,
    picked: Picked,
}

/// What the rows of a query are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picked {
    /// All columns of the tables.
    All,
    /// What was selected.
    Selected,
    /// The rows of several queries.
    Combined,
}

impl TableQuery {
    pub(super) fn new(table: &Table) -> Self {
        Self { parts: Parts::from_source(table.source.clone()), items: table.cols(), picked: Picked::All }
    }

    /// Only rows for which the condition holds. Several filters must all hold.
    pub fn filter(mut self, condition: Item) -> Self {
        self.parts.filter_by(condition);
        self
    }

    /// Joins the rows of another table for which the condition holds.
    pub fn join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Inner, table, on)
    }

    /// Joins the rows of another table for which the condition holds, where there are some: all rows stay.
    pub fn left_join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Left, table, on)
    }

    /// Joins the rows of another table for which the condition holds: all rows of the other table stay.
    pub fn right_join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Right, table, on)
    }

    /// Joins the rows of another table for which the condition holds: all rows of both stay.
    pub fn full_join(self, table: &Table, on: Item) -> Self {
        self.joined(JoinKind::Full, table, on)
    }

    /// Joins every row of another table.
    pub fn cross_join(self, table: &Table) -> Self {
        self.joined(JoinKind::Cross, table, Item::new(Expr::And(Exprs::new()), SqlType::Bool, false))
    }

    fn joined(mut self, kind: JoinKind, table: &Table, on: Item) -> Self {
        self.parts.join_table(kind, table, on);
        if self.picked == Picked::All {
            let name = table.name();
            let columns =
                table.columns.iter().map(|column| table.item(column).label(format!("{name}.{}", column.name)));
            self.items.extend(columns);
        }
        self
    }

    /// Selects these, each by its label, instead of all columns: those of the first table by their names, and those of joined ones with
    /// the table's name before it. A second call adds to the first.
    pub fn select(mut self, items: impl IntoIterator<Item = Item>) -> Self {
        match self.picked {
            Picked::All => self.items.clear(),
            Picked::Selected => {}
            Picked::Combined => {
                let message = "columns are selected before queries are combined; or make a `subquery` of both, and select of that";
                self.parts.fail(ErrorKind::InvalidState, message.to_owned());
                return self;
            }
        }
        self.picked = Picked::Selected;
        self.items.extend(items);
        self
    }

    /// Removes duplicate rows.
    pub fn distinct(mut self) -> Self {
        self.parts.select.distinct = Distinct::Rows;
        self
    }

    /// One row per group of rows that are equal in this. A second call groups by both.
    pub fn group_by(mut self, key: Item) -> Self {
        if let Some(key) = self.parts.checked_expr(key) {
            self.parts.select.group_by.push(Group::Key(key));
        }
        self
    }

    /// Only groups for which the condition holds.
    pub fn having(mut self, condition: Item) -> Self {
        let condition = self.parts.checked_expr(condition);
        self.parts.select.having.extend(condition);
        self
    }

    /// Sorts by this. A second call sorts rows that are equal by the first.
    pub fn order_by(mut self, key: impl Into<ItemOrder>) -> Self {
        match key.into().0 {
            Ok(order) => self.parts.select.order_by.push(order),
            Err((kind, message)) => self.parts.fail(kind, message),
        }
        self
    }

    /// At most that many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.parts.select.limit = Some(rows);
        self
    }

    /// Skips that many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.parts.select.offset = Some(rows);
        self
    }

    /// The rows of both queries, without duplicates. Further calls apply to the rows of both. Order them by
    /// [labels](crate::query::label).
    pub fn union(self, other: Self) -> Self {
        self.combined(SetOperator::Union, other)
    }

    /// The rows of both queries.
    pub fn union_all(self, other: Self) -> Self {
        self.combined(SetOperator::UnionAll, other)
    }

    /// The rows that both queries have, without duplicates.
    pub fn intersect(self, other: Self) -> Self {
        self.combined(SetOperator::Intersect, other)
    }

    /// The rows of this query that the other one does not have, without duplicates.
    pub fn except(self, other: Self) -> Self {
        self.combined(SetOperator::Except, other)
    }

    fn combined(mut self, operator: SetOperator, other: Self) -> Self {
        if !self.types().eq(other.types()) {
            let message = format!(
                "queries with other columns cannot be combined: {} and {}",
                self.described(),
                other.described()
            );
            self.parts.fail(ErrorKind::InvalidState, message);
        }
        let items = self.items.clone();
        let parts = self.into_parts().combine(operator, other.into_parts());
        Self { parts, items, picked: Picked::Combined }
    }

    /// The rows under a name, as a table that other queries read. Its columns are called as the values of a row.
    #[must_use]
    pub fn subquery(self, name: impl Into<Cow<'static, str>>) -> Table {
        let (names, types): (Vec<String>, Vec<SqlType>) = (names(&self.items), self.types().collect());
        let mut body = self.into_body();
        label::name_columns(&mut body, &names);
        let table = Table::subquery(body, name.into());
        // What a join or a function makes NULL is not known here.
        names.into_iter().zip(types).fold(table, |table, (name, sql_type)| table.column_of(name, sql_type, true))
    }

    /// The value of a query for one: NULL when there is no row, and the first when there are several.
    #[must_use]
    pub fn scalar(self) -> Item {
        let sql_type = self.items.first().map_or(SqlType::Text, |item| item.sql_type);
        let value = self.into_single("scalar");
        let expr = value.map(|parts| Expr::Scalar(Nested::new(parts.embedded_value())));
        Item { expr, sql_type, nullable: true, label: None, precision: None }
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `InvalidState` for mistakes in the query, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::select(dialect, &self.statement()?)
    }

    pub(crate) fn statement(&self) -> Result<Select> {
        self.clone().into_parts().row_statement()
    }

    /// The names of the values of a row.
    pub(crate) fn row_names(&self) -> Vec<String> {
        names(&self.items)
    }

    /// What is known of the values of a row. What a join makes NULL is not, so that all may be where there is one.
    pub(crate) fn result_columns(&self) -> Vec<ResultColumn> {
        let joined = !self.parts.select.joins.is_empty();
        let of = |(name, item): (String, &Item)| ResultColumn {
            nullable: item.nullable || joined || self.picked == Picked::Combined,
            precision: item.precision,
            ..ResultColumn::named(name, Some(item.sql_type))
        };
        self.row_names().into_iter().zip(&self.items).map(of).collect()
    }

    /// The types of the values of a row.
    pub(crate) fn types(&self) -> impl Iterator<Item = SqlType> + '_ {
        self.items.iter().map(|item| item.sql_type)
    }

    /// The query with what it selects.
    pub(crate) fn into_parts(self) -> Parts {
        let Self { mut parts, items, picked } = self;
        if let Err((kind, message)) = distinct_names(&items) {
            parts.fail(kind, message);
        }
        if picked != Picked::Combined {
            for item in items {
                match item.into_select() {
                    Ok(item) => parts.select.items.push(item),
                    Err((kind, message)) => parts.fail(kind, message),
                }
            }
        }
        parts
    }

    /// The query for others to ask whether it has rows.
    pub(super) fn into_test(self) -> Parts {
        if self.picked == Picked::All { self.parts } else { self.into_parts() }
    }

    pub(super) fn into_body(self) -> Body {
        self.into_parts().into_body()
    }

    /// The query for the one column that `verb` takes, which is compared with `item`.
    pub(super) fn into_column(self, verb: &str, item: &Item) -> Result<Parts, Problem> {
        match &self.items[..] {
            [only] if !is_like(item.sql_type, only.sql_type) => {
                let message = format!("`{verb}` compares {} with {}", described(item), described(only));
                Err((ErrorKind::InvalidState, message))
            }
            _ => self.into_single(verb),
        }
    }

    fn into_single(self, verb: &str) -> Result<Parts, Problem> {
        if self.items.len() == 1 {
            return Ok(self.into_parts());
        }
        Err((
            ErrorKind::InvalidState,
            format!("`{verb}` takes a query for one column, and not for {}", self.described()),
        ))
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    fn described(&self) -> String {
        self.items.iter().map(described).collect::<Vec<_>>().join(", ")
    }
}

/// The names of values in a row.
pub(super) fn names(items: &[Item]) -> Vec<String> {
    let name = |(number, item): (usize, &Item)| {
        item.label.as_ref().map_or_else(|| format!("column{number}"), ToString::to_string)
    };
    (1..).zip(items).map(name).collect()
}

/// An item in a message, with its type.
pub(super) fn described(item: &Item) -> String {
    format!("{} ({:?})", item.subject(), item.sql_type)
}

/// Whether a column of one type takes values of another.
pub(super) fn is_like(column: SqlType, value: SqlType) -> bool {
    let integer = |sql_type| matches!(sql_type, SqlType::I16 | SqlType::I32 | SqlType::I64);
    let float = |sql_type| matches!(sql_type, SqlType::F32 | SqlType::F64);
    column == value || (integer(column) && integer(value)) || (float(column) && float(value))
}

impl Parts {
    /// The expression of an item, if nothing is wrong with it.
    fn checked_expr(&mut self, item: Item) -> Option<Expr> {
        item.expr.map_err(|(kind, message)| self.fail(kind, message)).ok()
    }

    pub(super) fn filter_by(&mut self, condition: Item) {
        let condition = self.checked_expr(condition);
        self.select.filter.extend(condition);
    }

    pub(super) fn join_table(&mut self, kind: JoinKind, table: &Table, on: Item) {
        let name = table.name();
        if self.knows(name) {
            let message = format!("`{name}` is in this query already; `Table::named` gives a table another name");
            self.fail(ErrorKind::InvalidState, message);
        }
        if let Some(on) = self.checked_expr(on) {
            self.select.joins.push(Join { kind, source: table.source.clone(), on });
        }
    }
}

/// As SQL, in a neutral dialect, with its parameters.
impl fmt::Debug for TableQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement() {
            Ok(select) => render::show(f, &select),
            Err(error) => write!(f, "<{error}>"),
        }
    }
}
