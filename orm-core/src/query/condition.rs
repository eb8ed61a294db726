//! Conditions and how they combine.

use std::ops::{BitAnd, BitOr, Not};

use super::operators::not;
use super::scope::{Of, Only};
use super::{Column, Expr, Expression};
use crate::model::Model;
use crate::sql;
use crate::value::ColumnType;

/// What `filter` and `having` take: a comparison, a combination of some, or a column of truth values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "expected a condition such as `User::age.gt(18)`"
)]
pub trait Condition: Expression {
    /// `self AND other`.
    fn and<C: Condition>(self, other: C) -> Expr<bool, (Self::Scope, C::Scope)> {
        Expr::new(both(self.into_sql(), other.into_sql()))
    }

    /// `self OR other`.
    fn or<C: Condition>(self, other: C) -> Expr<bool, (Self::Scope, C::Scope)> {
        Expr::new(either(self.into_sql(), other.into_sql()))
    }

    /// `NOT self`.
    fn not(self) -> Expr<bool, Self::Scope> {
        Expr::new(not(self.into_sql()))
    }

    /// This condition as a [`Filter`] of the only model that it reads, whatever it is made of, so that a list can hold it:
    /// `filters.push((Book::pages.gt(500) | Book::title.contains("long")).of::<Book>())`.
    fn of<M>(self) -> Filter<M>
    where
        Self::Scope: Only<M>,
    {
        Expr::new(self.into_sql())
    }
}

/// A condition over the one model `M`, by a name that functions can return and lists can hold.
///
/// Comparisons of columns with values are such conditions; [`of`](Condition::of) makes one of combinations and all others.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// use orm::query::any_of;
///
/// fn long() -> Filter<Book> {
///     Book::pages.gt(500)
/// }
///
/// let mut filters: Vec<Filter<Book>> = vec![long(), Book::title.contains("cess")];
/// filters.push(Book::author.has(Author::name.eq("Ursula")).of());
/// assert_eq!(Book::query().filter(any_of(filters)).count(&mut session)?, 3);
/// # Ok(())
/// # }
/// ```
pub type Filter<M> = Expr<bool, Of<M>>;

/// Whether all of the conditions hold; true when there are none.
pub fn all_of<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool, C::Scope> {
    Expr::new(sql::Expr::And(conditions.into_iter().map(C::into_sql).collect()))
}

/// Whether one or more of the conditions hold; false when there are none.
pub fn any_of<C: Condition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool, C::Scope> {
    Expr::new(sql::Expr::Or(conditions.into_iter().map(C::into_sql).collect()))
}

pub(super) fn both(left: sql::Expr, right: sql::Expr) -> sql::Expr {
    let mut all = match left {
        sql::Expr::And(all) => all,
        left => [left].into(),
    };
    match right {
        sql::Expr::And(more) => all.extend(more),
        right => all.push(right),
    }
    sql::Expr::And(all)
}

pub(super) fn either(left: sql::Expr, right: sql::Expr) -> sql::Expr {
    let mut any = match left {
        sql::Expr::Or(any) => any,
        left => [left].into(),
    };
    match right {
        sql::Expr::Or(more) => any.extend(more),
        right => any.push(right),
    }
    sql::Expr::Or(any)
}

/// The types of conditions: `bool` and `Option<bool>`.
pub trait Truth: ColumnType {}

#[diagnostic::do_not_recommend]
impl Truth for bool {}
#[diagnostic::do_not_recommend]
impl Truth for Option<bool> {}

#[diagnostic::do_not_recommend]
impl<E: Expression<Value: Truth>> Condition for E {}

macro_rules! conditions {
    ($([$($generic:tt)*] $ty:ty;)*) => {$(
        impl<$($generic)*, C: Condition> BitAnd<C> for $ty {
            type Output = Expr<bool, (<Self as Expression>::Scope, C::Scope)>;

            fn bitand(self, other: C) -> Self::Output {
                self.and(other)
            }
        }

        impl<$($generic)*, C: Condition> BitOr<C> for $ty {
            type Output = Expr<bool, (<Self as Expression>::Scope, C::Scope)>;

            fn bitor(self, other: C) -> Self::Output {
                self.or(other)
            }
        }

        impl<$($generic)*> Not for $ty {
            type Output = Expr<bool, <Self as Expression>::Scope>;

            fn not(self) -> Self::Output {
                Condition::not(self)
            }
        }
    )*};
}

conditions! {
    [S, K] Expr<bool, S, K>;
    [S, K] Expr<Option<bool>, S, K>;
    [M: Model] Column<M, bool>;
    [M: Model] Column<M, Option<bool>>;
}
