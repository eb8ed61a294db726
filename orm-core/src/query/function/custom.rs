use crate::query::{Expr, Strict};
use crate::sql;

/// A function by its name in the database, for `sql_function!`. The name is quoted, and may hold anything.
#[doc(hidden)]
pub fn named<V: Strict, S>(name: &'static str, arguments: Vec<sql::Expr>) -> Expr<V, S> {
    Expr::new(sql::Expr::Named(name.into(), arguments.into(), V::SQL_TYPE))
}
