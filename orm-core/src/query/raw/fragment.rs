//! Raw SQL as an expression among others.

use std::borrow::Cow;

use super::BindValue;
use crate::query::{Expr, Expression, Strict};
use crate::sql::{self, Nested, Raw, RawBind};

/// In an [`Expr`]: SQL that was written by hand.
#[derive(Debug)]
pub enum Fragment {}

/// SQL written by hand as an expression of type `V`, in a query like any other:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// let hours = sql_expr::<f64>("round(:pages / :rate, 1)").with("pages", Book::pages).bind("rate", 40.0);
/// let rows: Vec<(String, f64)> = Book::query().filter(hours.clone().lt(10.0)).select((Book::title, hours)).all(&mut session)?;
/// assert_eq!(rows, [("The Dispossessed".into(), 8.5)]);
/// # Ok(())
/// # }
/// ```
///
/// `bind` gives a `:name` a value, which is sent as a parameter. `with` gives it a column or an expression, whose models must be in the
/// query. You decide whether `V` is an `Option`. The library does not parse the text: a query with a fragment flushes all changes first,
/// and aggregates in it are not checked against `group_by`.
pub fn sql_expr<V: Strict>(text: impl Into<Cow<'static, str>>) -> Expr<V, (), Fragment> {
    fragment(Raw::new(text))
}

fn fragment<V: Strict, S>(raw: Raw) -> Expr<V, S, Fragment> {
    Expr::new(sql::Expr::Raw(Nested::new(raw), V::SQL_TYPE))
}

impl<V: Strict, S> Expr<V, S, Fragment> {
    /// Binds a value, or a list of values for `IN (:name)`, to a name.
    #[must_use]
    pub fn bind<B: BindValue<K>, K>(self, name: impl Into<Cow<'static, str>>, value: B) -> Self {
        self.bound(name.into(), value.into_bind())
    }

    /// Replaces a name by a column or an expression.
    #[must_use]
    pub fn with<E: Expression>(self, name: impl Into<Cow<'static, str>>, expr: E) -> Expr<V, (S, E::Scope), Fragment> {
        self.bound(name.into(), RawBind::Expr(expr.into_sql()))
    }

    fn bound<T>(self, name: Cow<'static, str>, bind: RawBind) -> Expr<V, T, Fragment> {
        let mut sql = self.sql;
        if let sql::Expr::Raw(raw, _) = &mut sql {
            raw.binds.push((name, bind));
        }
        Expr::new(sql)
    }
}
