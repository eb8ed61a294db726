use crate::value::{Mismatch, ValueRef};

/// One row of a result, borrowed from the driver.
pub trait Row {
    /// The number of columns.
    fn len(&self) -> usize;

    /// Whether there are no columns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of a column, as the database reports it.
    fn name(&self, index: usize) -> &str;

    /// The cell of a column.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its type has no counterpart in [`ValueRef`].
    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch>;
}
