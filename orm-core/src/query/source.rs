//! The sources of queries: models, aliases of models, and the rows of other queries.

use std::borrow::Cow;

use super::expr::field_column;
use super::scope::Has;
use super::{Column, Condition, Expr, Object, Of, On, Parts, Query, Sealed};
use crate::model::{Model, Relation, model_ref};
use crate::schema::{AssociationDef, ModelRef, RelationDef, TableDef};
use crate::sql::{self, ColumnRef};
use crate::value::ColumnType;

/// What can be in the [scope](super::scope) of a query: a model, or a type made by [`alias!`](crate::alias) or
/// [`derived!`](crate::derived).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a query reads",
    label = "expected a model, or a type made by `alias!` or `derived!`"
)]
pub trait Named: Sealed + 'static {
    /// Its name in SQL.
    fn name() -> Cow<'static, str>;
}

/// A model, or another name of one made by [`alias!`](crate::alias).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no model and no other name of one",
    label = "expected a model, or a type made by `alias!`"
)]
pub trait Source: Named {
    /// The model.
    type Model: Model;
}

impl<M: Model> Named for M {
    fn name() -> Cow<'static, str> {
        M::table().name.name.clone()
    }
}

impl<M: Model> Source for M {
    type Model = M;
}

impl<M: Source, T, K> Relation<M, T, K> {
    /// The relation's definition in the schema. `None` only for a constant that no derive wrote.
    pub(crate) fn def(&self) -> Option<&'static RelationDef> {
        table_of::<M>().relation_of(self.field())
    }
}

/// The model of a source.
pub(super) const fn model_of<S: Source>() -> ModelRef {
    model_ref::<S::Model>()
}

/// The table of a source.
pub(super) fn table_of<S: Source>() -> &'static TableDef {
    <S::Model as Model>::table()
}

/// A source in a FROM clause.
pub(super) fn from_clause<S: Source>() -> sql::Source {
    named(sql::Source::model(model_of::<S>()), S::name())
}

/// The association table of a relation. Its rows are those of a model, if it has one.
pub(crate) fn association_source(association: &AssociationDef, table: &TableDef) -> sql::Source {
    association.through().map_or_else(|| sql::Source::table(table.name.clone()), sql::Source::model)
}

/// A table under a name, which may be its own.
pub(super) fn named(table: sql::Source, name: Cow<'static, str>) -> sql::Source {
    if *table.name() == name { table } else { table.named(name) }
}

/// Another name of a model, so that a query can read the model more than once. Made by [`alias!`](crate::alias).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// alias!(Other = Book);
///
/// // Books that are longer than another one of their author.
/// let longer = Book::query()
///     .join(Other::on(Other::col(Book::author_id).eq(Book::author_id)))
///     .filter(Other::col(Book::pages).lt(Book::pages));
/// let titles: Vec<String> = longer.select(Book::title).all(&mut session)?;
/// assert_eq!(titles, ["Matter"]);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no other name of a model",
    label = "expected a type made by `alias!`"
)]
pub trait Alias: Source {
    /// A column of the model, under this name, or one of those that it inherits.
    fn col<M, V: ColumnType, K, I>(column: Column<M, V, K>) -> Expr<V, Of<Self>>
    where
        Self: Sized,
        (Of<Self::Model>, ()): Has<M, I>,
    {
        Expr::new(field_column(table_of::<Self>(), Self::name(), column.field()))
    }

    /// A relation of the model that starts at this name.
    fn rel<T, K>(relation: Relation<Self::Model, T, K>) -> Relation<Self, T, K>
    where
        Self: Sized,
    {
        relation.cast()
    }

    /// A query for objects of the model, read under this name.
    fn query() -> Query<Self::Model, (Of<Self>, ())>
    where
        Self: Sized,
    {
        Query::new(Parts::over::<Self>())
    }

    /// The objects that are read under this name, among the values of rows.
    fn object() -> Object<Self>
    where
        Self: Sized,
    {
        Object::new()
    }

    /// This name of the model as something to join on a condition.
    fn on<C: Condition>(condition: C) -> On<Self, (), C::Scope>
    where
        Self: Sized,
    {
        On::source(condition)
    }
}

/// Names and types of the columns of a query, for another query that reads them. Made by [`derived!`](crate::derived).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name the columns of a query",
    label = "expected a type made by `derived!`"
)]
pub trait Derived: Named {
    /// A row: the type of the column, or a tuple of the types of the columns.
    type Row;

    /// The names of the columns.
    const COLUMNS: &'static [&'static str];
}

impl<V: ColumnType, S> Expr<V, S> {
    /// The column `name` of the source `source`. Used by [`derived!`](crate::derived).
    #[doc(hidden)]
    pub const fn named(source: &'static str, name: &'static str) -> Self {
        let qualifier = Some(Cow::Borrowed(source));
        let (name, sql_type) = (Cow::Borrowed(name), Some(V::SQL_TYPE));
        Self::new(sql::Expr::Column(ColumnRef { qualifier, name, sql_type, format: None }))
    }
}

/// Another name of a model: `alias!(Manager = Employee)` makes the type `Manager`, by which a query reads `Employee` once more.
///
/// The type is an [`Alias`](crate::query::Alias); its name is also the name in SQL.
#[macro_export]
macro_rules! alias {
    ($(#[$meta:meta])* $vis:vis $name:ident = $model:ty $(;)?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        $vis struct $name;

        impl $crate::query::sealed::Sealed for $name {}

        impl $crate::query::types::Named for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }
        }

        impl $crate::query::types::Source for $name {
            type Model = $model;
        }

        impl $crate::query::Alias for $name {}
    };
}

/// Names the columns of a query that another query reads:
///
/// ```
/// orm::derived! {
///     struct Spending { customer: i64, total: Option<f64> }
/// }
/// ```
///
/// makes the type `Spending` with the columns `Spending::customer` and `Spending::total`, for
/// [`subquery`](crate::query::Query::subquery), [`cte`](crate::query::Query::cte) and
/// [`recursive`](crate::query::Query::recursive).
#[macro_export]
macro_rules! derived {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$doc:meta])* $column:ident : $ty:ty),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        $vis struct $name;

        #[allow(non_upper_case_globals, dead_code)]
        impl $name {
            $(
                $(#[$doc])*
                #[doc = ::core::concat!("The column `", ::core::stringify!($column), "`.")]
                $vis const $column: $crate::query::Expr<$ty, $crate::query::scope::Of<Self>> =
                    $crate::query::Expr::named(::core::stringify!($name), ::core::stringify!($column));
            )+
        }

        impl $crate::query::sealed::Sealed for $name {}

        impl $crate::query::types::Named for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($name))
            }
        }

        impl $crate::query::types::Derived for $name {
            #[allow(unused_parens)]
            type Row = ($($ty),+);

            const COLUMNS: &'static [&'static str] = &[$(::core::stringify!($column)),+];
        }
    };
}

#[cfg(test)]
pub(super) use {alias, derived};
