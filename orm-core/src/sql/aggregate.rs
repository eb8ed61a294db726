use super::{Expr, OrderBy};
use crate::value::SqlType;

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
    /// Texts, joined by a separator.
    Text,
    /// Whether all are true.
    All,
    /// Whether one is true.
    Any,
    /// A JSON array of the values; NULL if there are no rows.
    Json,
    /// An array of the values; NULL if there are no rows.
    Array,
}

impl Aggregate {
    /// The spelling that databases have in common. `{}` is replaced by the arguments and the clauses behind them. `None` if there is no
    /// common one.
    pub fn common(self) -> Option<&'static str> {
        Some(match self {
            Self::Count => "count{}",
            Self::Sum => "sum{}",
            Self::Avg => "avg{}",
            Self::Min => "min{}",
            Self::Max => "max{}",
            Self::Text => "string_agg{}",
            Self::All => "bool_and{}",
            Self::Any => "bool_or{}",
            Self::Json | Self::Array => return None,
        })
    }
}

/// An aggregate over the rows of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateCall {
    /// Which one.
    pub function: Aggregate,
    /// Its argument. `None` for `count(*)`.
    pub arguments: Vec<Expr>,
    /// Whether equal values count once.
    pub distinct: bool,
    /// The order in which the rows are taken.
    pub order_by: Vec<OrderBy>,
    /// The conditions on rows; all must hold.
    pub filter: Vec<Expr>,
    /// The type of the result.
    pub result: SqlType,
}

impl AggregateCall {
    /// Over all rows of a group.
    pub fn new(function: Aggregate, arguments: Vec<Expr>, result: SqlType) -> Self {
        Self { function, arguments, distinct: false, order_by: Vec::new(), filter: Vec::new(), result }
    }
}
