//! Queries within queries: as sources, common table expressions, values and conditions.

use std::marker::PhantomData;
use std::sync::Arc;

use super::scope::{Closed, Known, Of, Outer, Scope};
use super::{Columns, Condition, Derived, Expr, Itself, Named, On, Parts, Query, Rows, Select, label};
use crate::sql::{self, Body, Nested, Origin, SetOperator, With, Withs};
use crate::value::ColumnType;

/// `Self` and `R` are the same rows.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` are no rows of `{R}`",
    label = "expected rows of `{R}`, found rows of `{Self}`",
    note = "the columns must have the same types in the same order"
)]
pub trait SameRows<R> {
    /// Stands in bounds, see `Sealed`.
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<U: Itself<R>, R> SameRows<R> for U {
    type Checked = ();
}

/// The rows of a query as a source, with the columns of `D`. `S` is the part of the outer scope that the query reads.
#[must_use = "a subquery does nothing until a query reads it"]
#[derive(Debug)]
pub struct Subquery<D, S = ()> {
    source: sql::Source,
    /// The common table expressions that it needs, itself included if it is one.
    with: Withs,
    types: PhantomData<fn() -> (D, S)>,
}

impl<D, S> Clone for Subquery<D, S> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), with: self.with.clone(), types: PhantomData }
    }
}

impl<R, Q: Scope> Select<R, Q> {
    /// The rows as a source of another query: `SELECT .. FROM (this query)`, to be joined by [`on`](Subquery::on) or read by
    /// [`query`](Subquery::query). `D` names the columns.
    ///
    /// A query with [`correlate`](Query::correlate) reads the sources that it is joined to, row by row: `LATERAL`.
    ///
    /// See the example of [`cte`](Query::cte): a subquery is written in the same way, and stands in FROM.
    pub fn subquery<D: Derived>(self, _columns: D) -> Subquery<D, Q::Outside>
    where
        R: SameRows<D::Row, Checked: Sized>,
    {
        let lateral = self.parts.is_correlated();
        let (body, with) = named_body::<D>(self.parts);
        let origin = if lateral { Origin::Lateral(body) } else { Origin::Query(body) };
        Subquery { source: sql::Source::of(origin).named(D::name()), with, types: PhantomData }
    }

    /// A common table expression with the name of `D`: `WITH "D" AS (this query) ..`. Joining it adds it to the statement, and it can be
    /// joined in several places.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// use orm::functions::sum;
    ///
    /// derived! {
    ///     struct Output { author: i64, pages: Option<i64> }
    /// }
    ///
    /// let output = Book::query().group_by(Book::author_id).select((Book::author_id, sum(Book::pages))).cte(Output);
    /// let query = Author::query().join(output.on(Output::author.eq(Author::id)));
    /// let names: Vec<String> = query.filter(Output::pages.gt(500)).select(Author::name).all(&mut session)?;
    /// assert_eq!(names, ["Iain"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cte<D: Derived>(self, _columns: D) -> Subquery<D>
    where
        R: SameRows<D::Row, Checked: Sized>,
        Q: Closed,
    {
        let (body, with) = named_body::<D>(self.parts);
        Subquery::under_name(body, with, false)
    }

    /// The rows of this query, and of `step` over the rows that were found last, until there are no more: `WITH RECURSIVE`. Duplicates
    /// stay. If the rows may form a cycle, use [`recursive_distinct`](Self::recursive_distinct), which ends.
    pub fn recursive<D: Derived, P: Closed>(
        self,
        columns: D,
        step: impl FnOnce(Subquery<D>) -> Select<D::Row, P>,
    ) -> Subquery<D>
    where
        R: SameRows<D::Row, Checked: Sized>,
        Q: Closed,
    {
        self.repeated(columns, SetOperator::UnionAll, step)
    }

    /// [`recursive`](Self::recursive) without duplicates: a row that was found before is not found again.
    pub fn recursive_distinct<D: Derived, P: Closed>(
        self,
        columns: D,
        step: impl FnOnce(Subquery<D>) -> Select<D::Row, P>,
    ) -> Subquery<D>
    where
        R: SameRows<D::Row, Checked: Sized>,
        Q: Closed,
    {
        self.repeated(columns, SetOperator::Union, step)
    }

    fn repeated<D: Derived, P>(
        self,
        _columns: D,
        operator: SetOperator,
        step: impl FnOnce(Subquery<D>) -> Select<D::Row, P>,
    ) -> Subquery<D> {
        let itself = sql::Source::of(Origin::With(D::name()));
        let mut step = step(Subquery { source: itself, with: Withs::new(), types: PhantomData }).parts;
        let (base, mut with) = named_body::<D>(self.parts);
        with.append(&mut step.select.with);
        let body = Body::combined(base, operator, step.into_body());
        Subquery::under_name(body, with, true)
    }
}

/// The body of a query with its columns named, and the queries under a name that it needs.
fn named_body<D: Derived>(mut parts: Parts) -> (Body, Withs) {
    let with = std::mem::take(&mut parts.select.with);
    let mut body = parts.into_body();
    label::name_columns(&mut body, D::COLUMNS);
    (body, with)
}

impl<D: Derived> Subquery<D> {
    pub(super) fn under_name(body: Body, mut with: Withs, recursive: bool) -> Self {
        with.push(Arc::new(With { name: D::name(), recursive, materialized: None, body }));
        Self { source: sql::Source::of(Origin::With(D::name())), with, types: PhantomData }
    }

    /// A query for columns of the rows.
    pub fn query(self) -> Query<Columns, (Of<D>, ())> {
        let mut parts = Parts::from_source(self.source);
        parts.define(self.with);
        Query::new(parts)
    }

    /// Makes the database compute the rows once, however often they are read. Only for common table expressions.
    pub fn materialized(self) -> Self {
        self.hinted(true)
    }

    /// Lets the database merge the query into those that read it. Only for common table expressions.
    pub fn not_materialized(self) -> Self {
        self.hinted(false)
    }

    fn hinted(mut self, materialized: bool) -> Self {
        if let (Origin::With(_), Some(last)) = (&self.source.origin, self.with.last_mut()) {
            Arc::make_mut(last).materialized = Some(materialized);
        }
        self
    }
}

impl<D, S> Subquery<D, S> {
    /// Joins the source on a condition: `.join(spending.on(Spending::customer.eq(Customer::id)))`.
    pub fn on<C: Condition>(self, condition: C) -> On<D, S, C::Scope> {
        On::new(self.source, self.with, condition.into_sql())
    }

    /// Joins the source with every row.
    pub fn on_true(self) -> On<D, S, ()> {
        On::new(self.source, self.with, sql::Expr::And(sql::Exprs::new()))
    }
}

impl<T, Q> Query<T, Q> {
    /// Lets the query read the model `S` of the outer query.
    ///
    /// See the example of [`exists`].
    pub fn correlate<S: Named>(mut self) -> Query<T, (Outer<S>, Q)> {
        self.parts.correlate(S::name());
        Query::new(self.parts)
    }
}

/// The value of a query for one value: NULL when there is no row, and the first when there are several.
impl<V: ColumnType, Q: Scope> Query<Rows<V>, Q> {
    /// The value as an expression: `Product::price.gt(average.scalar())`.
    pub fn scalar(self) -> Expr<Option<V::Base>, Q::Outside> {
        Expr::new(sql::Expr::Scalar(Nested::new(self.parts.embedded_value())))
    }
}

/// Whether a query has rows: `EXISTS (..)`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// use orm::query::{exists, not_exists};
///
/// let books = Book::query().correlate::<Author>().filter(Book::author_id.eq(Author::id));
/// assert_eq!(Author::query().filter(exists(books.clone())).count(&mut session)?, 2);
/// assert_eq!(Author::query().filter(not_exists(books)).count(&mut session)?, 1);
/// # Ok(())
/// # }
/// ```
pub fn exists<T, Q: Scope>(query: Query<T, Q>) -> Expr<bool, Known<Q::Outside>> {
    Expr::new(sql::Expr::Exists(Nested::new(query.parts.embedded_test())))
}

/// Whether a query has no row: `NOT EXISTS (..)`.
///
/// See the example of [`exists`].
pub fn not_exists<T, Q: Scope>(query: Query<T, Q>) -> Expr<bool, Known<Q::Outside>> {
    Condition::not(exists(query))
}
