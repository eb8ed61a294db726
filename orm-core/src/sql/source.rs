//! The sources of rows: tables, subqueries and common table expressions, and their joins.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Expr, Nested, Select, Write};
use crate::schema::{ModelRef, TableName};

/// Something that rows are read from, perhaps under another name.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What.
    pub origin: Origin,
    /// The other name.
    pub alias: Option<Cow<'static, str>>,
    /// The model whose rows a table is read for: what holds for them holds here. `None` for all rows, as they are.
    pub model: Option<ModelRef>,
}

/// What a source is.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// A table.
    Table(TableName),
    /// A query of a [`With`], by its name.
    With(Cow<'static, str>),
    /// A query in parentheses.
    Query(Body),
    /// A query in parentheses that reads the sources before it.
    Lateral(Body),
}

impl Source {
    /// All rows of a table, under its own name.
    pub fn table(table: TableName) -> Self {
        Self::of(Origin::Table(table))
    }

    /// The rows of a model, under the name of its table.
    pub fn model(model: ModelRef) -> Self {
        Self { model: Some(model), ..Self::table((model.table)().name.clone()) }
    }

    /// Rows without another name.
    pub fn of(origin: Origin) -> Self {
        Self { origin, alias: None, model: None }
    }

    /// The same under a name.
    #[must_use]
    pub fn named(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { alias: Some(name.into()), ..self }
    }

    /// The name by which its columns are qualified.
    pub fn name(&self) -> &Cow<'static, str> {
        const NAMELESS: &Cow<'static, str> = &Cow::Borrowed("");
        match (&self.alias, &self.origin) {
            (Some(name), _) | (None, Origin::With(name)) => name,
            (None, Origin::Table(table)) => &table.name,
            (None, Origin::Query(_) | Origin::Lateral(_)) => NAMELESS,
        }
    }
}

/// One SELECT, several combined, or, under a name, a statement that changes rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// One.
    Select(Nested<Select>),
    /// Several, combined from the left to the right.
    Set(Nested<Body>, Vec<(SetOperator, Nested<Body>)>),
    /// A statement that returns the rows that it changes.
    Write(Nested<Write>),
}

impl Body {
    /// The combined rows of two queries. Databases differ in the precedence of intersections and other operators, so each combination is
    /// nested explicitly.
    pub(crate) fn combined(left: Self, operator: SetOperator, right: Self) -> Self {
        let right = (operator, Nested::new(right));
        match left {
            Self::Set(first, mut more) if more.iter().all(|(known, _)| known.binds_like(operator)) => {
                more.push(right);
                Self::Set(first, more)
            }
            left => Self::Set(Nested::new(left), vec![right]),
        }
    }
}

/// How the rows of two queries are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOperator {
    /// The rows of both, without duplicates.
    Union,
    /// The rows of both.
    UnionAll,
    /// The rows that both have, without duplicates.
    Intersect,
    /// The rows that both have.
    IntersectAll,
    /// The rows that only the first has, without duplicates.
    Except,
    /// The rows of the first without as many equal ones of the second.
    ExceptAll,
}

impl SetOperator {
    fn binds_like(self, other: Self) -> bool {
        let is_intersection = |operator| matches!(operator, Self::Intersect | Self::IntersectAll);
        is_intersection(self) == is_intersection(other)
    }
}

/// A query under a name that the rest of the statement may read like a table.
#[derive(Debug, Clone, PartialEq)]
pub struct With {
    /// The name.
    pub name: Cow<'static, str>,
    /// Whether the query may read itself.
    pub recursive: bool,
    /// Whether the database must compute the query once, or must not. `None` for the database's own choice.
    pub materialized: Option<bool>,
    /// The query.
    pub body: Body,
}

/// Several statements may share the query of one.
pub type Withs = Vec<Arc<With>>;

/// One joined source.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// How.
    pub kind: JoinKind,
    /// Which.
    pub source: Source,
    /// On what condition.
    pub on: Expr,
}

/// How a source is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// Rows of both sides that match.
    Inner,
    /// All rows of the left side.
    Left,
    /// All rows of the right side.
    Right,
    /// All rows of both sides.
    Full,
    /// Each row of the left side with each of the right one; there is no condition.
    Cross,
}
