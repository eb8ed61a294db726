use std::borrow::Cow;
use std::marker::PhantomData;

use super::typed::typed;
use super::{Column, Of, Strict};
use crate::model::Model;
use crate::sql::{self, ColumnRef};

/// An expression of type `V` that reads the models `S`.
///
/// A condition is an `Expr<bool, S>`. Like in SQL, a comparison with NULL is neither true nor false, and no row passes it. `K` tells
/// [aggregates](super::Aggregate), which can do more, from the others.
pub struct Expr<V, S, K = Plain> {
    pub(in crate::query) sql: sql::Expr,
    types: PhantomData<fn() -> (V, S, K)>,
}

/// What most expressions are.
#[derive(Debug)]
pub enum Plain {}

impl<V, S, K> Expr<V, S, K> {
    pub(crate) const fn new(sql: sql::Expr) -> Self {
        Self { sql, types: PhantomData }
    }
}

typed!([V, S, K] Expr<V, S, K> { sql, types });

/// A column or an expression: whatever has a value in a query.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no column or expression",
    label = "expected a column such as `User::age`, or an expression made of columns"
)]
pub trait Expression: Sized {
    /// The type of the value.
    type Value: Strict;
    /// The models that are read.
    type Scope;

    /// The expression in the statement tree.
    fn into_sql(self) -> sql::Expr;
}

#[diagnostic::do_not_recommend]
impl<M: Model, V: Strict, K> Expression for Column<M, V, K> {
    type Value = V;
    type Scope = Of<M>;

    fn into_sql(self) -> sql::Expr {
        let table = M::table();
        // The column is missing only in a constant that no derive wrote. The database then names it.
        let name = table.name.name.clone();
        sql::Expr::Column(match table.field_columns(self.field()) {
            [column, ..] => ColumnRef::of(name, column),
            [] => ColumnRef::named(Some(name), Cow::default()),
        })
    }
}

#[diagnostic::do_not_recommend]
impl<V: Strict, S, K> Expression for Expr<V, S, K> {
    type Value = V;
    type Scope = S;

    fn into_sql(self) -> sql::Expr {
        self.sql
    }
}
