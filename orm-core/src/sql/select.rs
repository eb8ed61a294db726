use std::borrow::Cow;

use super::Expr;
use crate::schema::{Direction, TableName};

/// A SELECT.
#[derive(Debug, Clone)]
pub struct Select {
    /// Queries whose rows stand under a name, before everything else.
    pub with: Vec<With>,
    /// What is selected.
    pub items: Vec<SelectItem>,
    /// Whether equal rows count once.
    pub distinct: bool,
    /// The first table.
    pub from: Source,
    /// The joined tables, in order.
    pub joins: Vec<Join>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// The grouping expressions.
    pub group_by: Vec<Expr>,
    /// The conditions on groups; all must hold.
    pub having: Vec<Expr>,
    /// The order.
    pub order_by: Vec<OrderBy>,
    /// At most so many rows.
    pub limit: Option<u64>,
    /// Not the first so many rows.
    pub offset: Option<u64>,
    /// Whether the rows are locked until the end of the transaction.
    pub for_update: bool,
}

impl Select {
    /// `SELECT items FROM table`.
    pub fn from_table(table: TableName, items: Vec<SelectItem>) -> Self {
        Self {
            with: Vec::new(),
            items,
            distinct: false,
            from: Source { table, alias: None },
            joins: Vec::new(),
            filter: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            for_update: false,
        }
    }
}

/// A query under a name that the rest of the statement may read like a table.
#[derive(Debug, Clone)]
pub struct With {
    /// The name.
    pub name: Cow<'static, str>,
    /// The query.
    pub select: Select,
}

/// One selected expression.
#[derive(Debug, Clone)]
pub struct SelectItem {
    /// The expression.
    pub expr: Expr,
    /// Its name in the result.
    pub label: Option<Cow<'static, str>>,
}

impl From<Expr> for SelectItem {
    fn from(expr: Expr) -> Self {
        Self { expr, label: None }
    }
}

/// A table, perhaps under another name.
#[derive(Debug, Clone)]
pub struct Source {
    /// The table.
    pub table: TableName,
    /// The other name.
    pub alias: Option<Cow<'static, str>>,
}

/// One joined table.
#[derive(Debug, Clone)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// Which.
    pub source: Source,
    /// On what condition.
    pub on: Expr,
}

/// How a table is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// Rows of both sides that match.
    Inner,
    /// All rows of the left side.
    Left,
}

/// One expression of an order.
#[derive(Debug, Clone)]
pub struct OrderBy {
    /// The expression.
    pub expr: Expr,
    /// Which way.
    pub direction: Direction,
    /// Where NULLs go; nothing for the database's own way.
    pub nulls: Option<NullsOrder>,
}

/// Where NULLs go in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// After all values.
    Last,
}
