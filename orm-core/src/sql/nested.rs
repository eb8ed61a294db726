//! Nested parts of statements. Each part knows its depth, which is at most [`MOST_LEVELS`]. So walking, copying and dropping a statement
//! need a bounded part of the stack.

use std::ops::{Deref, DerefMut};
use std::slice;
use std::vec;

use super::{
    Aggregate, AggregateCall, Body, Change, ChangedRows, Child, Expr, Origin, Problem, Raw, RawBind, Select, Source,
    Window, Write,
};
use crate::error::ErrorKind;
use crate::schema::TableName;
use crate::value::SqlType;

/// The largest depth of a part of a statement. A deeper part is left out, and rendering the statement is
/// [`InvalidState`](ErrorKind::InvalidState).
pub const MOST_LEVELS: u32 = 200;

/// The message about a statement that is nested too deeply.
pub(crate) fn too_deep() -> Problem {
    let message = format!(
        "the statement is nested more than {MOST_LEVELS} levels deep: lists of conditions (`any_of`, `all_of`, `filter`) and of queries \
         (`union`) may be of any length, but not expressions and subqueries within each other"
    );
    (ErrorKind::InvalidState, message)
}

/// A part of a statement that can be nested.
pub trait Part: Sized {
    /// Its depth, itself included.
    fn levels(&self) -> u32;

    /// The replacement of a part that is nested too deeply.
    fn too_deep() -> Self;
}

/// A part of a statement within another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Nested<T> {
    levels: u32,
    part: Box<T>,
}

impl<T: Part> Nested<T> {
    /// Wraps the part. One that is nested too deeply is left out.
    pub fn new(part: T) -> Self {
        let levels = part.levels();
        if levels < MOST_LEVELS {
            return Self { levels, part: Box::new(part) };
        }
        Self { levels: 1, part: Box::new(T::too_deep()) }
    }

    /// The part by itself.
    pub fn into_part(self) -> T {
        *self.part
    }

    /// Changes the part.
    #[must_use]
    pub fn changed(self, change: impl FnOnce(&mut T)) -> Self {
        let mut part = self.into_part();
        change(&mut part);
        Self::new(part)
    }
}

impl<T> Deref for Nested<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.part
    }
}

/// For changes that leave the levels as they are.
impl<T> DerefMut for Nested<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.part
    }
}

impl<T: Part> From<T> for Nested<T> {
    fn from(part: T) -> Self {
        Self::new(part)
    }
}

/// Expressions within another one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exprs {
    levels: u32,
    exprs: Vec<Expr>,
}

impl Exprs {
    /// None.
    pub const fn new() -> Self {
        Self { levels: 0, exprs: Vec::new() }
    }

    /// Adds an expression. One that is nested too deeply is left out.
    pub fn push(&mut self, expr: Expr) {
        let levels = expr.levels();
        if levels < MOST_LEVELS {
            self.levels = self.levels.max(levels);
            self.exprs.push(expr);
        } else {
            self.exprs.push(Expr::TooDeep);
        }
    }
}

impl Deref for Exprs {
    type Target = [Expr];

    fn deref(&self) -> &[Expr] {
        &self.exprs
    }
}

impl Extend<Expr> for Exprs {
    fn extend<I: IntoIterator<Item = Expr>>(&mut self, exprs: I) {
        exprs.into_iter().for_each(|expr| self.push(expr));
    }
}

impl FromIterator<Expr> for Exprs {
    fn from_iter<I: IntoIterator<Item = Expr>>(exprs: I) -> Self {
        let exprs = exprs.into_iter();
        let mut all = Self { levels: 0, exprs: Vec::with_capacity(exprs.size_hint().0) };
        all.extend(exprs);
        all
    }
}

impl From<Vec<Expr>> for Exprs {
    fn from(exprs: Vec<Expr>) -> Self {
        exprs.into_iter().collect()
    }
}

impl<const COUNT: usize> From<[Expr; COUNT]> for Exprs {
    fn from(exprs: [Expr; COUNT]) -> Self {
        exprs.into_iter().collect()
    }
}

impl IntoIterator for Exprs {
    type Item = Expr;
    type IntoIter = vec::IntoIter<Expr>;

    fn into_iter(self) -> Self::IntoIter {
        self.exprs.into_iter()
    }
}

impl<'a> IntoIterator for &'a Exprs {
    type Item = &'a Expr;
    type IntoIter = slice::Iter<'a, Expr>;

    fn into_iter(self) -> Self::IntoIter {
        self.exprs.iter()
    }
}

/// For changes that leave the levels as they are.
impl<'a> IntoIterator for &'a mut Exprs {
    type Item = &'a mut Expr;
    type IntoIter = slice::IterMut<'a, Expr>;

    fn into_iter(self) -> Self::IntoIter {
        self.exprs.iter_mut()
    }
}

/// The most levels of some parts.
fn most(levels: impl IntoIterator<Item = u32>) -> u32 {
    levels.into_iter().max().unwrap_or_default()
}

impl Part for Expr {
    fn levels(&self) -> u32 {
        1 + match self {
            Self::Column(_) | Self::Param(..) | Self::One | Self::Null | Self::TooDeep => 0,
            Self::And(parts) | Self::Or(parts) | Self::Row(parts) => parts.levels,
            Self::Named(_, arguments, _) | Self::Function(_, arguments, _) => arguments.levels,
            Self::Not(inner)
            | Self::IsNull(inner)
            | Self::Cast(inner, _)
            | Self::Stored(inner, ..)
            | Self::InList(inner, ..) => inner.levels,
            Self::Binary(left, _, right) | Self::Like(left, _, right) | Self::Arithmetic(left, _, right, _) => {
                left.levels.max(right.levels)
            }
            Self::Between(inner, low, high) => most([inner.levels, low.levels, high.levels]),
            Self::InRows(row, _) => most(row.iter().map(|(part, _)| part.levels)),
            Self::InSelect(inner, select) => inner.levels.max(select.levels),
            Self::Exists(select) | Self::Scalar(select) => select.levels,
            Self::Aggregate(call) => call.levels,
            Self::Over(call, window) => call.levels.max(window.levels),
            Self::Case(arms, otherwise, _) => {
                let arms = arms.iter().flat_map(|(when, then)| [when.levels, then.levels]);
                most(arms.chain(otherwise.iter().map(|otherwise| otherwise.levels)))
            }
            Self::After(keys) => most(keys.iter().map(|(order, _)| order.expr.levels())),
            Self::Raw(raw, _) => raw.levels,
        }
    }

    fn too_deep() -> Self {
        Self::TooDeep
    }
}

impl Part for AggregateCall {
    fn levels(&self) -> u32 {
        let orders = self.order_by.iter().map(|order| &order.expr);
        1 + most(self.arguments.iter().chain(orders).chain(&self.filter).map(Expr::levels))
    }

    fn too_deep() -> Self {
        Self::new(Aggregate::Count, vec![Expr::TooDeep], SqlType::I64)
    }
}

impl Part for Window {
    fn levels(&self) -> u32 {
        let orders = self.order_by.iter().map(|order| &order.expr);
        1 + most(self.partition_by.iter().chain(orders).map(Expr::levels))
    }

    fn too_deep() -> Self {
        Self { partition_by: vec![Expr::TooDeep], ..Self::default() }
    }
}

impl Part for Raw {
    fn levels(&self) -> u32 {
        1 + most(self.binds.iter().map(|(_, bind)| match bind {
            RawBind::Expr(expr) => expr.levels(),
            RawBind::Value(..) | RawBind::List(..) => 0,
        }))
    }

    fn too_deep() -> Self {
        Self { text: ":part".into(), binds: vec![("part".into(), RawBind::Expr(Expr::TooDeep))] }
    }
}

impl Part for Select {
    fn levels(&self) -> u32 {
        let mut levels = most(self.with.iter().map(|with| with.body.levels()));
        for source in self.sources() {
            levels = levels.max(source.levels());
        }
        self.each_child(&mut |child| {
            if let Child::Expr(expr) = child {
                levels = levels.max(expr.levels());
            }
        });
        1 + levels
    }

    fn too_deep() -> Self {
        let nowhere = TableName { schema: None, name: "nowhere".into() };
        Self { problem: Some(too_deep()), ..Self::from_table(nowhere, Vec::new()) }
    }
}

impl Source {
    fn levels(&self) -> u32 {
        match &self.origin {
            Origin::Table(_) | Origin::With(_) => 0,
            Origin::Query(body) | Origin::Lateral(body) => body.levels(),
        }
    }
}

impl Part for Body {
    fn levels(&self) -> u32 {
        match self {
            Self::Select(select) => select.levels,
            Self::Set(first, more) => 1 + most(more.iter().map(|(_, body)| body.levels)).max(first.levels),
            Self::Write(write) => write.levels,
        }
    }

    fn too_deep() -> Self {
        Self::Select(Nested::new(Select::too_deep()))
    }
}

impl Part for Write {
    fn levels(&self) -> u32 {
        let mut levels = most(self.with.iter().map(|with| with.body.levels()));
        self.each_child(&mut |child| {
            levels = levels.max(match child {
                Child::Expr(expr) => expr.levels(),
                Child::Select(select) => select.levels(),
            });
        });
        1 + levels
    }

    fn too_deep() -> Self {
        let nothing = ChangedRows { sources: Vec::new(), filter: vec![Expr::TooDeep] };
        Self::table(TableName { schema: None, name: "nowhere".into() }, Change::Delete(nothing), Vec::new())
    }
}
