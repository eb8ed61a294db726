use std::borrow::Cow;

use super::{Aggregate, AggregateCall, Exprs, Function, Nested, OrderBy, Raw, Select, Window};
use crate::schema::{ColumnDef, TableDef};
use crate::value::{Format, SqlType, Value};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A column.
    Column(ColumnRef),
    /// A value in the spelling in which a column stores it.
    Stored(Nested<Expr>, SqlType, Format),
    /// A user's value; it becomes a parameter. The type is that of the value without its `Option`.
    Param(Value, SqlType),
    /// The number 1, where only the number of rows matters.
    One,
    /// NULL, in the place of a column that is left out.
    Null,
    /// `left op right`.
    Binary(Nested<Expr>, BinaryOp, Nested<Expr>),
    /// `a AND b AND ..`; true when empty.
    And(Exprs),
    /// `a OR b OR ..`; false when empty.
    Or(Exprs),
    /// `NOT a`.
    Not(Nested<Expr>),
    /// `a IS NULL`.
    IsNull(Nested<Expr>),
    /// `a LIKE b`, in one of its forms.
    Like(Nested<Expr>, LikeKind, Nested<Expr>),
    /// `a IN (..)` over the values of a list parameter.
    InList(Nested<Expr>, Vec<Value>, SqlType),
    /// `(a, b) IN ((..), (..))` over rows of values.
    InRows(Vec<(Nested<Expr>, SqlType)>, Vec<Vec<Value>>),
    /// `a IN (SELECT ..)`.
    InSelect(Nested<Expr>, Nested<Select>),
    /// `a BETWEEN low AND high`.
    Between(Nested<Expr>, Nested<Expr>, Nested<Expr>),
    /// `EXISTS (SELECT ..)`.
    Exists(Nested<Select>),
    /// `(SELECT ..)`: the value of the only column of the only row, or NULL.
    Scalar(Nested<Select>),
    /// An aggregate over the rows of a group.
    Aggregate(Nested<AggregateCall>),
    /// `call OVER (window)`: an aggregate or a function of windows.
    Over(Nested<Expr>, Nested<Window>),
    /// `CASE WHEN a THEN b .. ELSE c END`. The type is that of the result.
    Case(Vec<(Nested<Expr>, Nested<Expr>)>, Option<Nested<Expr>>, SqlType),
    /// `(a, b, ..)`: several values that are compared as one.
    Row(Exprs),
    /// A function by its name in the database. The type is that of the result.
    Named(Cow<'static, str>, Exprs, SqlType),
    /// A function. The type is that of the result.
    Function(Function, Exprs, SqlType),
    /// `left op right`, a number. The type is that of the result.
    Arithmetic(Nested<Expr>, ArithmeticOp, Nested<Expr>, SqlType),
    /// `CAST(a AS type)`.
    Cast(Nested<Expr>, SqlType),
    /// Whether a row comes behind another one in an order. The values are the other row's keys.
    After(Vec<(OrderBy, Value)>),
    /// SQL that was written by hand. The type is that of the result.
    Raw(Nested<Raw>, SqlType),
    /// The replacement of an expression that is nested too deeply.
    TooDeep,
}

impl Expr {
    /// The column of a table, qualified with the table's name.
    pub fn column(table: &'static TableDef, column: &'static ColumnDef) -> Self {
        Self::Column(ColumnRef::of(table.name.name.clone(), column))
    }

    /// A value in the form in which a column stores it.
    pub fn stored(self, sql_type: SqlType, format: Format) -> Self {
        match Format::of(sql_type) {
            [_] => self,
            _ => Self::Stored(Nested::new(self), sql_type, format),
        }
    }

    /// `count(*)`.
    pub fn count_all() -> Self {
        Self::Aggregate(Nested::new(AggregateCall::new(Aggregate::Count, Vec::new(), SqlType::I64)))
    }
}

/// A column by name, qualified with its table's name or alias. Two are equal when these names are.
#[derive(Debug, Clone)]
pub struct ColumnRef {
    /// The table's name or alias.
    pub qualifier: Option<Cow<'static, str>>,
    /// The column's name.
    pub name: Cow<'static, str>,
    /// The type of its values, if it is known.
    pub sql_type: Option<SqlType>,
    /// Their stored form. `None` for a column of a subquery, whose values are those of expressions.
    pub format: Option<Format>,
}

impl PartialEq for ColumnRef {
    fn eq(&self, other: &Self) -> bool {
        self.qualifier == other.qualifier && self.name == other.name
    }
}

impl Eq for ColumnRef {}

impl ColumnRef {
    /// A column of a table that goes by a name.
    pub fn of(qualifier: Cow<'static, str>, column: &ColumnDef) -> Self {
        let (sql_type, format) = (Some(column.sql_type), Some(column.format));
        Self { qualifier: Some(qualifier), name: column.name.clone(), sql_type, format }
    }

    /// A column of which only the name is known.
    pub fn named(qualifier: Option<Cow<'static, str>>, name: Cow<'static, str>) -> Self {
        Self { qualifier, name, sql_type: None, format: None }
    }
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `IS DISTINCT FROM`: NULL is a value like others.
    IsDistinct,
    /// `IS NOT DISTINCT FROM`.
    IsNotDistinct,
}

/// Operators that make a number of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`; integers lose the fraction.
    Div,
    /// `%`, with the sign of the first.
    Rem,
}

impl ArithmeticOp {
    /// The spelling that databases have in common.
    pub fn common(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
        }
    }
}

/// The forms of `LIKE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LikeKind {
    /// `LIKE`, with the pattern as the user wrote it.
    Like,
    /// `ILIKE`, with the pattern as the user wrote it.
    ILike,
    /// `LIKE .. ESCAPE '\'`, with a pattern whose user text is escaped.
    Escaped,
}
