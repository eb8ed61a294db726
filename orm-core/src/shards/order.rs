//! The order in which rows of several shards are put together.

use std::cmp::Ordering;

use super::factory::Shards;
use crate::dialect::ValueOrder;
use crate::error::{Error, ErrorKind, Result};
use crate::query::Parts;
use crate::schema::Direction;
use crate::sql::{ColumnRef, Expr, NullsOrder, OrderBy, Select};
use crate::value::{SqlType, Value};

/// The terms of an order, which memory compares as the database does.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) terms: Vec<Term>,
}

/// One term.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) expr: Expr,
    pub(super) sql_type: SqlType,
    direction: Direction,
    nulls_first: bool,
}

impl Order {
    /// The order of a statement whose items have these types.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a term that memory does not compare as the database does.
    pub(super) fn of(shards: &Shards, parts: &Parts, select: &Select, types: &[SqlType]) -> Result<Self> {
        let terms = select.order_by.iter().map(|order| {
            let (expr, sql_type) = meant(order, select, types)?;
            shards.require_order(parts, &expr, sql_type, "order by")?;
            let low = shards.dialect().capabilities().nulls_sort_low;
            let nulls_first = match order.nulls {
                Some(nulls) => nulls == NullsOrder::First,
                None => low == (order.direction == Direction::Asc),
            };
            Ok(Term { expr, sql_type, direction: order.direction, nulls_first })
        });
        Ok(Self { terms: terms.collect::<Result<_>>()? })
    }

    pub(super) fn types(&self) -> Vec<SqlType> {
        self.terms.iter().map(|term| term.sql_type).collect()
    }

    /// Which of two rows comes first, by the values of their terms.
    pub(super) fn compare<'v>(
        &self,
        left: impl IntoIterator<Item = &'v Value>,
        right: impl IntoIterator<Item = &'v Value>,
    ) -> Ordering {
        let pairs = self.terms.iter().zip(left.into_iter().zip(right));
        pairs.fold(Ordering::Equal, |known, (term, (left, right))| known.then_with(|| term.compare(left, right)))
    }
}

impl Term {
    fn compare(&self, left: &Value, right: &Value) -> Ordering {
        let (null, behind) =
            if self.nulls_first { (Ordering::Less, Ordering::Greater) } else { (Ordering::Greater, Ordering::Less) };
        match (left, right) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => null,
            (_, Value::Null) => behind,
            _ if self.direction == Direction::Desc => compare(right, left),
            _ => compare(left, right),
        }
    }
}

/// The expression of a term and the type of its values. A label means the item that has it.
fn meant(order: &OrderBy, select: &Select, types: &[SqlType]) -> Result<(Expr, SqlType)> {
    if let Some(key) = order.key {
        return Ok((order.expr.clone(), key.sql_type));
    }
    let found = match &order.expr {
        Expr::Column(ColumnRef { qualifier: None, name, .. }) => {
            select.items.iter().zip(types).find(|(item, _)| item.label.as_ref() == Some(name))
        }
        _ => None,
    };
    match found {
        Some((item, sql_type)) => Ok((item.expr.clone(), *sql_type)),
        None => Err(unsupported(
            "an order by values of unknown type",
            "order by a column, or by an expression of a known type",
        )),
    }
}

/// The error for what several shards cannot do together.
#[cold]
pub(super) fn unsupported(what: &str, cure: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("a statement over several shards cannot have {what}: {cure}"))
}

impl Shards {
    /// Refuses values that memory does not compare as the database does.
    ///
    /// # Errors
    ///
    /// `Unsupported`, and the database's.
    pub(super) fn require_order(&self, parts: &Parts, expr: &Expr, sql_type: SqlType, clause: &str) -> Result<()> {
        let column = parts.column_of(expr);
        let name = || {
            column.map_or_else(
                || format!("an expression of the type {sql_type:?}"),
                |(table, column)| format!("`{}::{}`", table.model, table.fields[column.field].name),
            )
        };
        let refuse = |why: &str, cure: &str| {
            let what = format!("`{clause}` {}, {why}", name());
            Err(unsupported(&what, cure))
        };
        let dialect = self.dialect().name();
        if column.is_some_and(|(_, column)| column.type_name.is_some()) {
            return refuse("whose type has an order of its own", "order by another column");
        }
        let rules = format!("whose values {dialect} has in an order of its own");
        match self.dialect().value_order(sql_type) {
            ValueOrder::Natural => Ok(()),
            ValueOrder::Own => refuse(&rules, "order by another column"),
            ValueOrder::Asked(question) => {
                if self.is_binary(question)? {
                    return Ok(());
                }
                refuse(
                    "whose texts the databases have in the order of a language",
                    "make them with the collation `C`, or order by another column",
                )
            }
        }
    }
}

/// Compares two values of one type, of which none is NULL. No number is above all others, as on databases that have it.
pub(super) fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::I64(left), Value::I64(right)) => left.cmp(right),
        (Value::F64(left), Value::F64(right)) => {
            left.partial_cmp(right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
        }
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        #[cfg(feature = "chrono")]
        (Value::Date(left), Value::Date(right)) => left.cmp(right),
        #[cfg(feature = "chrono")]
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        #[cfg(feature = "chrono")]
        (Value::DateTime(left), Value::DateTime(right)) => left.cmp(right),
        #[cfg(feature = "chrono")]
        (Value::Timestamp(left), Value::Timestamp(right)) => left.cmp(right),
        #[cfg(feature = "uuid")]
        (Value::Uuid(left), Value::Uuid(right)) => left.as_bytes().cmp(right.as_bytes()),
        #[cfg(feature = "decimal")]
        (Value::Decimal(left), Value::Decimal(right)) => left.cmp(right),
        // Two values of one type are of one kind.
        _ => Ordering::Equal,
    }
}
