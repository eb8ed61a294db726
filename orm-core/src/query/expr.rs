use std::borrow::Cow;
use std::marker::PhantomData;

use super::typed::typed;
use super::{Column, Of, Strict};
use crate::model::Model;
use crate::schema::TableDef;
use crate::sql::{self, ColumnRef, Nested, key_condition};

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
        field_column(M::table(), M::table().name.name.clone(), self.field())
    }
}

/// The column of a field of a table that goes by a name. A key that has its columns in common with others is NULL where another one is set.
pub(super) fn field_column(table: &'static TableDef, name: Cow<'static, str>, field: usize) -> sql::Expr {
    // The column is missing only in a constant that no derive wrote. The database then names it.
    let [column, ..] = table.field_columns(field) else {
        return sql::Expr::Column(ColumnRef::named(Some(name), Cow::default()));
    };
    let key = table.fields[field].foreign_key.map(|key| &table.foreign_keys[key]);
    let is_set = key.and_then(|key| key_condition(table, key, &name));
    let value = sql::Expr::Column(ColumnRef::of(name, column));
    match is_set {
        Some(is_set) => sql::Expr::Case(vec![(Nested::new(is_set), Nested::new(value))], None, column.sql_type),
        None => value,
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
