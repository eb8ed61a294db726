use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::query::operators::not;
use crate::query::{Expr, Strict};
use crate::schema::Direction;
use crate::sql::{self, BinaryOp, LikeKind, OrderBy, OrderKey, SelectItem};
use crate::value::{ColumnType, SqlType, Value};

/// A column or expression whose type is known at run time only.
///
/// Every typed expression becomes one by `Item::from`, and [`typed`](Item::typed) makes it one again: so all functions, aggregates and
/// fragments of the typed queries can be used.
#[derive(Clone)]
pub struct Item {
    pub(super) expr: sql::Expr,
    pub(super) sql_type: SqlType,
    pub(super) nullable: bool,
    pub(super) label: Option<Cow<'static, str>>,
}

/// What an [`Item`] is compared with or set to: another one, or a value.
#[derive(Debug, Clone)]
pub enum ItemOperand {
    /// Another item.
    Item(Item),
    /// A value, which travels as a parameter.
    Value(Value),
}

/// An [`Item`] with a direction.
#[derive(Debug, Clone)]
pub struct ItemOrder(pub(super) OrderBy);

impl Item {
    pub(super) fn new(expr: sql::Expr, sql_type: SqlType, nullable: bool) -> Self {
        Self { expr, sql_type, nullable, label: None }
    }

    fn test(expr: sql::Expr) -> Self {
        Self::new(expr, SqlType::Bool, true)
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
    /// `Schema` when it is of another type, or `V` is no `Option` and there may be NULLs.
    pub fn typed<V: Strict>(&self) -> Result<Expr<V, ()>> {
        if V::SQL_TYPE != self.sql_type || (self.nullable && !V::NULLABLE) {
            let found = if self.nullable { "with NULLs" } else { "without NULLs" };
            let message =
                format!("{:?} {found} was taken for {:?}, NULLABLE = {}", self.sql_type, V::SQL_TYPE, V::NULLABLE);
            return Err(Error::new(ErrorKind::Schema, message));
        }
        Ok(Expr::new(self.expr.clone()))
    }

    fn compare(self, op: BinaryOp, other: impl Into<ItemOperand>) -> Self {
        let right = other.into().into_expr(self.sql_type);
        Self::test(sql::Expr::Binary(Box::new(self.expr), op, Box::new(right)))
    }

    /// `self = other`.
    #[must_use]
    pub fn eq(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Eq, other)
    }

    /// `self <> other`.
    #[must_use]
    pub fn ne(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Ne, other)
    }

    /// `self < other`.
    #[must_use]
    pub fn lt(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Lt, other)
    }

    /// `self <= other`.
    #[must_use]
    pub fn le(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Le, other)
    }

    /// `self > other`.
    #[must_use]
    pub fn gt(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Gt, other)
    }

    /// `self >= other`.
    #[must_use]
    pub fn ge(self, other: impl Into<ItemOperand>) -> Self {
        self.compare(BinaryOp::Ge, other)
    }

    /// Whether the value is one of these: false when there are none.
    #[must_use]
    pub fn in_(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self::test(sql::Expr::InList(Box::new(self.expr), values, self.sql_type))
    }

    /// `self LIKE pattern`.
    #[must_use]
    pub fn like(self, pattern: impl Into<String>) -> Self {
        let pattern = sql::Expr::Param(Value::Text(pattern.into()), SqlType::Text);
        Self::test(sql::Expr::Like(Box::new(self.expr), LikeKind::Like, Box::new(pattern)))
    }

    /// `self IS NULL`.
    #[must_use]
    pub fn is_null(self) -> Self {
        Self::test(sql::Expr::IsNull(Box::new(self.expr)))
    }

    /// `self AND other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::test(sql::Expr::And(vec![self.expr, other.expr]))
    }

    /// `self OR other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::test(sql::Expr::Or(vec![self.expr, other.expr]))
    }

    /// `NOT self`.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`")]
    pub fn not(self) -> Self {
        Self::test(not(self.expr))
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
        ItemOrder(OrderBy { expr: self.expr, direction, nulls: None, key })
    }

    pub(super) fn into_select(self) -> SelectItem {
        SelectItem { expr: self.expr, label: self.label }
    }
}

impl ItemOperand {
    pub(super) fn into_expr(self, sql_type: SqlType) -> sql::Expr {
        match self {
            Self::Item(item) => item.expr,
            Self::Value(value) => sql::Expr::Param(value, sql_type),
        }
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} as {:?}", self.expr, self.sql_type)
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

macro_rules! values {
    ($($ty:ty),+) => {$(
        impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                value.to_ref().to_value()
            }
        }
    )+};
}

values!(bool, i16, i32, i64, f32, f64, String, Vec<u8>);

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
