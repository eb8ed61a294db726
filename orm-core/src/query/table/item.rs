use std::borrow::Cow;
use std::fmt;

use super::super::{Label, Ordered};
use crate::error::{Error, ErrorKind, Result};
use crate::query::{Expr, Strict};
use crate::schema::Direction;
use crate::sql::{self, ColumnRef, NullsOrder, OrderBy, OrderKey, Problem, SelectItem};
use crate::value::{ColumnType, SqlType, Value, read_as};

/// A column or expression whose type is known at run time only.
///
/// `Item::from` converts every typed expression, and [`typed`](Item::typed) converts it back. So all functions, aggregates and
/// fragments of the typed queries can be used.
///
/// It can be compared with, and set to, values of its type. Other values are an error when the statement runs.
#[derive(Clone)]
pub struct Item {
    pub(super) expr: Result<sql::Expr, Problem>,
    pub(super) sql_type: SqlType,
    pub(super) nullable: bool,
    pub(super) label: Option<Cow<'static, str>>,
    /// The digits of the column, if it is one with decimals.
    pub(super) precision: Option<(u32, u32)>,
}

/// What an [`Item`] is compared with or set to: another one, or a value.
#[derive(Debug, Clone)]
pub enum ItemOperand {
    /// Another item.
    Item(Item),
    /// A value, which travels as a parameter.
    Value(Value),
}

/// An [`Item`] or a [label](crate::query::label) with a direction.
#[derive(Debug, Clone)]
pub struct ItemOrder(pub(super) Result<OrderBy, Problem>);

impl Item {
    pub(super) fn new(expr: sql::Expr, sql_type: SqlType, nullable: bool) -> Self {
        Self { expr: Ok(expr), sql_type, nullable, label: None, precision: None }
    }

    /// The name by which the value is found in a row.
    #[must_use]
    pub fn label(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.label = Some(name.into());
        self
    }

    /// The expression with its type, to be used with the functions of typed queries.
    ///
    /// # Errors
    ///
    /// `Schema` if it has another type, or may be NULL and `V` is not an `Option`; and the mistake in the item itself.
    pub fn typed<V: Strict>(&self) -> Result<Expr<V, ()>> {
        if V::SQL_TYPE != self.sql_type || (self.nullable && !V::NULLABLE) {
            let found = if self.nullable { "with NULLs" } else { "without NULLs" };
            let message =
                format!("{:?} {found} was taken for {:?}, NULLABLE = {}", self.sql_type, V::SQL_TYPE, V::NULLABLE);
            return Err(Error::new(ErrorKind::Schema, message));
        }
        self.expr.clone().map(Expr::new).map_err(|(kind, message)| Error::new(kind, message))
    }

    /// Smallest first.
    #[must_use]
    pub fn asc(self) -> ItemOrder {
        self.order(Direction::Asc)
    }

    /// Greatest first.
    #[must_use]
    pub fn desc(self) -> ItemOrder {
        self.order(Direction::Desc)
    }

    fn order(self, direction: Direction) -> ItemOrder {
        let key = Some(OrderKey { sql_type: self.sql_type, nullable: self.nullable });
        ItemOrder(self.expr.map(|expr| OrderBy { expr, direction, nulls: None, key }))
    }

    pub(super) fn into_select(self) -> Result<SelectItem, Problem> {
        Ok(SelectItem { expr: self.expr?, label: self.label })
    }

    /// A value as the item's type has it: a date where text says one.
    pub(super) fn value(&self, value: &Value) -> Result<Value, Problem> {
        read_as(self.sql_type, value.to_ref())
            .map_err(|mismatch| (ErrorKind::InvalidState, format!("{}: {mismatch}", self.subject())))
    }

    /// Its name in messages.
    pub(super) fn subject(&self) -> String {
        match (&self.expr, &self.label) {
            (Ok(sql::Expr::Column(ColumnRef { qualifier: Some(table), name, .. })), _) => format!("`{table}`.`{name}`"),
            (_, Some(label)) => format!("`{label}`"),
            (_, None) => "an expression".to_owned(),
        }
    }
}

impl ItemOrder {
    /// NULLs before all values. Without this and [`nulls_last`](Self::nulls_last) each database has its own way.
    #[must_use]
    pub fn nulls_first(self) -> Self {
        self.nulls(NullsOrder::First)
    }

    /// NULLs after all values.
    #[must_use]
    pub fn nulls_last(self) -> Self {
        self.nulls(NullsOrder::Last)
    }

    fn nulls(self, nulls: NullsOrder) -> Self {
        Self(self.0.map(|order| OrderBy { nulls: Some(nulls), ..order }))
    }
}

impl ItemOperand {
    /// What stands beside `item`, or is what it is set to.
    pub(super) fn into_expr(self, item: &Item) -> Result<sql::Expr, Problem> {
        match self {
            Self::Item(other) => other.expr,
            Self::Value(value) => Ok(sql::Expr::Param(item.value(&value)?, item.sql_type)),
        }
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expr {
            Ok(expr) => write!(f, "{expr:?} as {:?}", self.sql_type),
            Err((_, message)) => write!(f, "<{message}>"),
        }
    }
}

impl<V: Strict, S, K> From<Expr<V, S, K>> for Item {
    fn from(expr: Expr<V, S, K>) -> Self {
        Self::new(expr.sql, V::SQL_TYPE, V::NULLABLE)
    }
}

impl From<Item> for ItemOrder {
    fn from(item: Item) -> Self {
        item.asc()
    }
}

impl From<Label> for ItemOrder {
    fn from(label: Label) -> Self {
        label.asc().into()
    }
}

impl From<Ordered<()>> for ItemOrder {
    fn from(order: Ordered<()>) -> Self {
        Self(Ok(order.order))
    }
}

impl From<Item> for ItemOperand {
    fn from(item: Item) -> Self {
        Self::Item(item)
    }
}

impl<V: Into<Value>> From<V> for ItemOperand {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

impl<V: ColumnType<Base = V>> From<V> for Value {
    fn from(value: V) -> Self {
        value.to_ref().to_value()
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<V: ColumnType<Base = V>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.to_ref().to_value()
    }
}
