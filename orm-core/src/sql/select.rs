use std::borrow::Cow;

use super::{Expr, Join, Lift, Source, Withs};
use crate::error::ErrorKind;
use crate::schema::{Direction, TableName};
use crate::value::SqlType;

/// A SELECT.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// The common table expressions, before everything else.
    pub with: Withs,
    /// What is selected; all columns when empty.
    pub items: Vec<SelectItem>,
    /// Which rows count once.
    pub distinct: Distinct,
    /// The first source.
    pub from: Source,
    /// The joined sources, in order.
    pub joins: Vec<Join>,
    /// The conditions; all must hold.
    pub filter: Vec<Expr>,
    /// What rows are grouped by.
    pub group_by: Vec<Group>,
    /// The conditions on groups; all must hold.
    pub having: Vec<Expr>,
    /// The order.
    pub order_by: Vec<OrderBy>,
    /// At most that many rows.
    pub limit: Option<u64>,
    /// Skips that many rows.
    pub offset: Option<u64>,
    /// How the rows are locked until the end of the transaction.
    pub lock: Option<Lock>,
    /// Which conditions that models have anyway it goes without, in all of its parts.
    pub lift: Lift,
    /// The first mistake in building it. Rendering returns it as an error.
    pub problem: Option<Problem>,
}

/// A mistake: its kind and its message.
pub type Problem = (ErrorKind, String);

impl Select {
    /// `SELECT items FROM table`.
    pub fn from_table(table: TableName, items: Vec<SelectItem>) -> Self {
        Self::from_source(Source::table(table), items)
    }

    /// `SELECT items FROM source`.
    pub fn from_source(from: Source, items: Vec<SelectItem>) -> Self {
        Self {
            with: Vec::new(),
            items,
            distinct: Distinct::No,
            from,
            joins: Vec::new(),
            filter: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            lock: None,
            lift: Lift::Nothing,
            problem: None,
        }
    }

    /// The sources, in order.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.from).chain(self.joins.iter().map(|join| &join.source))
    }
}

/// Which rows count once.
#[derive(Debug, Clone, PartialEq)]
pub enum Distinct {
    /// All rows count.
    No,
    /// Removes duplicate rows.
    Rows,
    /// The first of the rows that are equal in these expressions.
    On(Vec<Expr>),
}

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub enum Group {
    /// An expression.
    Key(Expr),
    /// Several groupings at once.
    Sets(GroupingSets, Vec<Vec<Expr>>),
}

/// The groupings that a list of keys expands to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupingSets {
    /// All of the keys, then without the last, and so on up to none.
    Rollup,
    /// Each choice of some of the keys.
    Cube,
    /// Each list of keys by itself.
    Listed,
}

/// What a statement requires of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing: it reads.
    Read,
    /// It reads, and takes a lock that must hold until the end of the transaction.
    Lock,
    /// It writes.
    Write,
}

/// How rows are locked.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// Whether others may lock them the same way.
    pub shared: bool,
    /// What happens if another transaction holds a lock.
    pub wait: LockWait,
    /// The source whose rows are locked. `None` for all.
    pub of: Option<Cow<'static, str>>,
}

/// What happens if another transaction has locked a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockWait {
    /// The statement waits.
    Wait,
    /// The statement fails.
    NoWait,
    /// The row is left out.
    SkipLocked,
}

/// One selected expression.
#[derive(Debug, Clone, PartialEq)]
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

/// One expression of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    /// The expression.
    pub expr: Expr,
    /// The direction.
    pub direction: Direction,
    /// The place of NULLs. `None` for the database's default.
    pub nulls: Option<NullsOrder>,
    /// Its values, if they are known.
    pub key: Option<OrderKey>,
}

/// The values of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderKey {
    /// Their type.
    pub sql_type: SqlType,
    /// Whether NULL is among them.
    pub nullable: bool,
}

/// The place of NULLs in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NullsOrder {
    /// Before all values.
    First,
    /// After all values.
    Last,
}
