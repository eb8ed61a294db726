//! Combined queries: `UNION` and the others.

use super::scope::{Closed, Of};
use super::{Query, Rows, SameRows, Sealed};
use crate::model::Model;
use crate::sql::SetOperator;

/// Queries that can be combined: for objects of one model, or for rows.
#[diagnostic::on_unimplemented(
    message = "this query has nothing selected, and gives no objects",
    label = "select columns before it is combined with another query"
)]
pub trait Combinable: Sealed {
    /// What may be read of the rows of both.
    type Scope;
}

impl<M: Model> Combinable for M {
    type Scope = (Of<M>, ());
}

/// Rows have no columns to read, but those with a [`label`](super::label) to order by.
impl<R> Combinable for Rows<R> {
    type Scope = ();
}

/// Filters, an order, a limit and a count of a combined query apply to the rows of both.
impl<T: Combinable, Q: Closed> Query<T, Q> {
    /// The rows of both queries, without duplicates.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = library()?;
    /// let names = Author::query().select(Author::name).union(Book::query().select(Book::title));
    /// assert_eq!(names.all(&mut session)?.len(), 6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn union<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::Union, other.parts))
    }

    /// The rows of both queries.
    pub fn union_all<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::UnionAll, other.parts))
    }

    /// The rows that both queries have, without duplicates.
    pub fn intersect<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::Intersect, other.parts))
    }

    /// The rows that both queries have, as often as both have them.
    pub fn intersect_all<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::IntersectAll, other.parts))
    }

    /// The rows of this query that the other one does not have, without duplicates.
    pub fn except<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::Except, other.parts))
    }

    /// The rows of this query, without as many equal ones as the other has.
    pub fn except_all<U: SameRows<T, Checked: Sized>, P: Closed>(self, other: Query<U, P>) -> Query<T, T::Scope> {
        Query::new(self.parts.combine(SetOperator::ExceptAll, other.parts))
    }
}
