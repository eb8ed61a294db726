//! A query as text.

use std::fmt;

use super::{Combinable, Query};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::render;
use crate::sql::Reads;
use crate::value::Value;

impl<T: Combinable, Q> Query<T, Q> {
    /// The SQL text in that dialect, with its parameters.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// let engine = Engine::connect("sqlite://")?;
    /// let (text, parameters) = Book::query().filter(Book::id.eq(3)).select(Book::title).to_sql(engine.dialect())?;
    /// assert_eq!((text.as_str(), parameters.len()), (r#"SELECT "book"."title" FROM "book" WHERE "book"."id" = ?1"#, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Mistakes in joins, and `Unsupported` for what the database cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<(String, Vec<Value>)> {
        render::select(dialect, &self.parts.object_statement()?.0)
    }
}

impl<T, Q> Query<T, Q> {
    /// The tables that the query reads, and whether there may be others, because a part of it was written by hand.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() {
    /// let reads = Book::query().join(Book::author).reads();
    /// assert_eq!(reads.tables.len(), 2);
    /// assert!(!reads.others);
    /// # }
    /// ```
    pub fn reads(&self) -> Reads {
        self.parts.reads()
    }

    /// Whether the query says which relations are loaded with its objects, or that no others are.
    pub fn has_includes(&self) -> bool {
        !self.parts.includes.is_empty() || self.parts.manner.raises
    }
}

/// The SQL text with its parameters, in a neutral dialect, and the includes.
impl<T, Q> fmt::Debug for Query<T, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::show(f, &self.parts.clone().embedded())?;
        match &self.parts.includes[..] {
            [] => Ok(()),
            includes => write!(f, " including {includes:?}"),
        }
    }
}
