use std::borrow::Cow;

use super::Select;
use crate::schema::{ColumnDef, TableDef};
use crate::value::{SqlType, Value};

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A column.
    Column(ColumnRef),
    /// A user's value; it becomes a parameter. The type is that of the value without its `Option`.
    Param(Value, SqlType),
    /// The number 1, where only the number of rows matters.
    One,
    /// A list of user's values as one parameter.
    ListParam(Vec<Value>, SqlType),
    /// `left op right`.
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `a AND b AND ..`; true when empty.
    And(Vec<Expr>),
    /// `a OR b OR ..`; false when empty.
    Or(Vec<Expr>),
    /// `NOT a`.
    Not(Box<Expr>),
    /// `a IS NULL`.
    IsNull(Box<Expr>),
    /// `a LIKE b`, in one of its forms.
    Like(Box<Expr>, LikeKind, Box<Expr>),
    /// `a IN (..)` over the values of a list parameter.
    InList(Box<Expr>, Vec<Value>, SqlType),
    /// `(a, b) IN ((..), (..))` over rows of values.
    InRows(Vec<Expr>, Vec<Vec<Value>>),
    /// `a IN (SELECT ..)`.
    InSelect(Box<Expr>, Box<Select>),
    /// `a BETWEEN low AND high`.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `EXISTS (SELECT ..)`.
    Exists(Box<Select>),
    /// An aggregate over the rows of a group. The type is that of the result.
    Aggregate {
        /// Which one.
        function: Aggregate,
        /// What it is over; nothing for `count(*)`.
        argument: Option<Box<Expr>>,
        /// Whether equal values count once.
        distinct: bool,
        /// The type of the result.
        result: SqlType,
    },
    /// A scalar function.
    Function(Function, Vec<Expr>, SqlType),
    /// `left op right`, a number. The type is that of the result.
    Arithmetic(Box<Expr>, ArithmeticOp, Box<Expr>, SqlType),
    /// `CAST(a AS type)`.
    Cast(Box<Expr>, SqlType),
}

impl Expr {
    /// The column of a table, qualified with the table's name.
    pub fn column(table: &'static TableDef, column: &'static ColumnDef) -> Self {
        Self::Column(ColumnRef { qualifier: Some(table.name.name.clone()), name: column.name.clone() })
    }

    /// Whether an aggregate is in it, so that its value is one of a group of rows. Subqueries are on their own.
    pub fn is_aggregate(&self) -> bool {
        match self {
            Self::Aggregate { .. } => true,
            Self::Column(_) | Self::Param(..) | Self::One | Self::ListParam(..) | Self::Exists(_) => false,
            Self::Binary(left, _, right) | Self::Like(left, _, right) | Self::Arithmetic(left, _, right, _) => {
                left.is_aggregate() || right.is_aggregate()
            }
            Self::And(all) | Self::Or(all) | Self::Function(_, all, _) | Self::InRows(all, _) => {
                all.iter().any(Self::is_aggregate)
            }
            Self::Not(inner)
            | Self::IsNull(inner)
            | Self::InList(inner, ..)
            | Self::InSelect(inner, _)
            | Self::Cast(inner, _) => inner.is_aggregate(),
            Self::Between(inner, low, high) => [inner, low, high].into_iter().any(|expr| expr.is_aggregate()),
        }
    }
}

/// A column by name, qualified with its table's name or alias.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// The table's name or alias.
    pub qualifier: Option<Cow<'static, str>>,
    /// The column's name.
    pub name: Cow<'static, str>,
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

/// Aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// `count`
    Count,
    /// `sum`
    Sum,
    /// `avg`
    Avg,
    /// `min`
    Min,
    /// `max`
    Max,
}

/// Scalar functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `lower`
    Lower,
    /// `upper`
    Upper,
    /// `coalesce`
    Coalesce,
}
