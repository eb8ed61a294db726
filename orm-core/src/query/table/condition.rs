//! Conditions made of items.

use std::ops::{BitAnd, BitOr, Not};

use super::{Item, ItemOperand, TableQuery};
use crate::query::condition::{both, either};
use crate::query::nulls;
use crate::query::operators::not;
use crate::sql::{self, BinaryOp, LikeKind, Nested, Problem};
use crate::value::{SqlType, Value};

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $op:ident;)+) => {
        impl Item {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, other: impl Into<ItemOperand>) -> Self {
                let right = other.into().into_expr(&self);
                self.test(|expr| Ok(sql::Expr::Binary(Nested::new(expr), BinaryOp::$op, Nested::new(right?))))
            }
        )+}
    };
}

comparisons! {
    /// `self < other`.
    lt Lt;
    /// `self <= other`.
    le Le;
    /// `self > other`.
    gt Gt;
    /// `self >= other`.
    ge Ge;
    /// Whether the two differ, with NULL as an ordinary value: `NULL` does not differ from `NULL`.
    is_distinct_from IsDistinct;
    /// Whether the two are the same, with NULL as an ordinary value: `NULL` is the same as `NULL`.
    is_not_distinct_from IsNotDistinct;
}

/// As of the typed queries: with NULL a comparison is neither true nor false, and no row passes it.
impl Item {
    /// `self = other`; `self IS NULL` when `other` is the value NULL.
    #[must_use]
    pub fn eq(self, other: impl Into<ItemOperand>) -> Self {
        let right = other.into().into_expr(&self);
        self.test(|expr| Ok(nulls::equal(expr, right?)))
    }

    /// `self <> other`; `self IS NOT NULL` when `other` is the value NULL.
    #[must_use]
    pub fn ne(self, other: impl Into<ItemOperand>) -> Self {
        let right = other.into().into_expr(&self);
        self.test(|expr| Ok(nulls::unequal(expr, right?)))
    }

    /// `self BETWEEN low AND high`, both included.
    #[must_use]
    pub fn between(self, low: impl Into<ItemOperand>, high: impl Into<ItemOperand>) -> Self {
        let (low, high) = (low.into().into_expr(&self), high.into().into_expr(&self));
        self.test(|expr| Ok(sql::Expr::Between(Nested::new(expr), Nested::new(low?), Nested::new(high?))))
    }

    /// `self IS NULL`.
    #[must_use]
    pub fn is_null(self) -> Self {
        self.test(|expr| Ok(sql::Expr::IsNull(Nested::new(expr))))
    }

    /// `self IS NOT NULL`.
    #[must_use]
    pub fn is_not_null(self) -> Self {
        self.is_null().not()
    }

    /// `self IN (values)`: false when there are none. NULL among them finds NULL.
    #[must_use]
    pub fn in_(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.listed(values, nulls::is_in)
    }

    /// `self NOT IN (values)`: true when there are none. As in SQL, a row whose value is NULL does not pass, and no row does when one of
    /// the values is NULL. `!item.in_(values)` is the opposite of [`in_`](Self::in_) also where NULL is one of the values.
    #[must_use]
    pub fn not_in(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.listed(values, nulls::is_not_in)
    }

    fn listed(
        self,
        values: impl IntoIterator<Item = impl Into<Value>>,
        test: impl FnOnce(sql::Expr, Vec<Value>, SqlType) -> sql::Expr,
    ) -> Self {
        let values = values.into_iter().map(|value| self.value(&value.into())).collect::<Result<_, _>>();
        let sql_type = self.sql_type;
        self.test(|expr| Ok(test(expr, values?, sql_type)))
    }

    /// `self IN (query)`, where the query selects one column.
    #[must_use]
    pub fn in_query(self, query: TableQuery) -> Self {
        let select = query.into_column("in_query", &self);
        self.test(|expr| Ok(sql::Expr::InSelect(Nested::new(expr), Nested::new(select?.embedded()))))
    }

    /// `self NOT IN (query)`. As in SQL, no row passes when one of the values is NULL: where it can be, filter by
    /// [`exists`](Item::exists), or leave NULLs out.
    #[must_use]
    pub fn not_in_query(self, query: TableQuery) -> Self {
        self.in_query(query).not()
    }

    /// Whether a query has rows: `EXISTS (..)`. It may read the columns of the query that it becomes a part of.
    #[must_use]
    pub fn exists(query: TableQuery) -> Self {
        Self::new(sql::Expr::Exists(Nested::new(query.into_test().embedded_test())), SqlType::Bool, false)
    }

    /// `self LIKE pattern`: `%` stands for any text, `_` for one character, `\` takes the meaning from the next. Upper and
    /// lower case differ.
    #[must_use]
    pub fn like(self, pattern: impl Into<String>) -> Self {
        self.matching(LikeKind::Like, pattern.into())
    }

    /// Like [`like`](Item::like), but upper and lower case are the same.
    #[must_use]
    pub fn ilike(self, pattern: impl Into<String>) -> Self {
        self.matching(LikeKind::ILike, pattern.into())
    }

    /// `self AND other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.test(|expr| Ok(both(expr, other.expr?)))
    }

    /// `self OR other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.test(|expr| Ok(either(expr, other.expr?)))
    }

    /// `NOT self`.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "beside `and` and `or`, and `!` does the same")]
    pub fn not(self) -> Self {
        self.test(|expr| Ok(not(expr)))
    }

    fn matching(self, kind: LikeKind, pattern: String) -> Self {
        let pattern = sql::Expr::Param(Value::Text(pattern), SqlType::Text);
        self.test(|expr| Ok(sql::Expr::Like(Nested::new(expr), kind, Nested::new(pattern))))
    }

    fn test(self, make: impl FnOnce(sql::Expr) -> Result<sql::Expr, Problem>) -> Self {
        Self { expr: self.expr.and_then(make), sql_type: SqlType::Bool, nullable: true, label: None, precision: None }
    }
}

impl BitAnd for Item {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl BitOr for Item {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl Not for Item {
    type Output = Self;

    fn not(self) -> Self {
        Self::not(self)
    }
}
