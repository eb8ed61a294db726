use std::sync::Arc;

use crate::model::RawHandle;
use crate::session::Session;
use crate::value::Value;

/// What a flush does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The row is new.
    Insert,
    /// The row is there and changes.
    Update,
    /// The row goes.
    Delete,
}

/// A row that a flush has written. [`Session::flushed`] lists them.
///
/// See the example of [`Session::flushed`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RowChange {
    /// The object of the row.
    pub object: RawHandle,
    /// The name of its model.
    pub model: &'static str,
    /// The name of its table.
    pub table: &'static str,
    /// What was done.
    pub kind: ChangeKind,
    /// The key of the row, also one that the database chose. For several columns there are several values.
    pub key: Vec<Value>,
    /// The columns that differ: all columns of a row that was inserted or deleted.
    pub columns: Vec<ColumnChange>,
}

/// A column of a row that a flush has written.
///
/// See the example of [`Session::flushed`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ColumnChange {
    /// The name of the field: `"title"`, or `"billing.city"`.
    pub field: &'static str,
    /// The name of the column.
    pub column: &'static str,
    /// What the row held. `None` for a row that was inserted, for a column that is `secret`, and for a deferred one that was not loaded.
    pub before: Option<Value>,
    /// What the row holds. `None` for a row that was deleted, for a column that is `secret`, and for a deferred one that is not loaded.
    pub after: Option<Value>,
}

impl Session {
    /// What the flush has written that just ran, in the order of its statements: for listeners of
    /// [`on_after_flush`](Session::on_after_flush), and empty elsewhere.
    ///
    /// Each row of an object comes once. Rows without an object do not come: links of a `many_to_many`, and rows that the database changes or
    /// deletes by itself.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doctests/library.rs"));
    /// # fn main() -> orm::Result<()> {
    /// # let mut session = empty_library()?;
    /// session.on_after_flush(|session| {
    ///     for row in session.flushed().iter() {
    ///         println!("{:?} {} {:?}: {:?}", row.kind, row.table, row.key, row.columns);
    ///     }
    ///     Ok(())
    /// });
    /// session.add(Author { name: "Ann".into(), ..Default::default() });
    /// session.commit()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn flushed(&self) -> Arc<[RowChange]> {
        Arc::clone(&self.listeners.flushed)
    }
}
