//! SQL that was written by hand, with values bound by name.

mod bind;
mod fragment;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub use bind::{BindValue, Borrowed, Several, Single};
pub use fragment::{Fragment, sql_expr};

use crate::dialect::Dialect;
use crate::error::Result;
use crate::model::Model;
use crate::render;
use crate::sql::Raw;
use crate::value::Value;

/// One statement, written by hand: `sql("SELECT name FROM users WHERE age > :least").bind("least", 18)`.
///
/// `:name` is a placeholder. [`bind`](Sql::bind) gives its value, which is sent as a parameter. Every name must be bound, and only names
/// can be. Colons in text, quoted identifiers and comments do not begin a name, and neither does `::`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
/// # fn main() -> orm::Result<()> {
/// # let mut session = library()?;
/// let names: Vec<(String, i64)> = sql("SELECT name, id FROM author WHERE name <> :name AND id IN (:ids)")
///     .bind("name", "Ted")
///     .bind("ids", [1, 3])
///     .all(&mut session)?;
/// assert_eq!(names, [("Iain".into(), 1)]);
/// # Ok(())
/// # }
/// ```
pub fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql { raw: Raw::new(text), database: None }
}

/// A statement that was written by hand: [`sql`].
#[must_use = "a statement does nothing until it is run"]
#[derive(Clone)]
pub struct Sql {
    pub(crate) raw: Raw,
    /// The database of the session that it runs on, unless that is the default one.
    pub(crate) database: Option<Cow<'static, str>>,
}

impl Sql {
    /// Binds a value to a name. A list is for `IN (:name)`, which is false for an empty list.
    ///
    /// See the example of [`sql`].
    pub fn bind<B: BindValue<K>, K>(mut self, name: impl Into<Cow<'static, str>>, value: B) -> Self {
        self.raw.binds.push((name.into(), value.into_bind()));
        self
    }

    /// The database that it runs on, by the name that [`bind`](crate::session::Sessions::bind) gave it; the default one unless this is said.
    /// Objects of a model come from the database of the model.
    ///
    /// See the example of [`bind`](crate::session::Sessions::bind).
    pub fn on_database(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.database = Some(name.into());
        self
    }

    /// The SQL text in that dialect, with its parameters.
    ///
    /// # Errors
    ///
    /// `InvalidState` when a name is bound twice, not at all, or is not in the text; `Unsupported` for a list where the database takes
    /// none.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::raw(dialect, &self.raw)
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sql").field(&self.raw.text).field(&self.raw.binds).finish()
    }
}

/// Objects of the model `M` that SQL written by hand selects: [`from_sql`](super::ModelQuery::from_sql).
#[must_use = "a query does nothing until it is run"]
#[derive(Debug, Clone)]
pub struct ObjectsSql<M> {
    pub(crate) sql: Sql,
    pub(crate) populate_existing: bool,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> ObjectsSql<M> {
    pub(super) fn new(sql: Sql) -> Self {
        Self { sql, populate_existing: false, model: PhantomData }
    }

    /// Overwrites known objects with the rows that are read, even their unflushed changes.
    pub fn populate_existing(mut self) -> Self {
        self.populate_existing = true;
        self
    }
}
