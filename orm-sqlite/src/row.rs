use orm_core::model::Row;
use orm_core::value::{Mismatch, ValueRef};
use rusqlite::types::ValueRef as Native;

/// The current row of a statement.
pub(crate) struct SqliteRow<'a, 's>(pub(crate) &'a rusqlite::Row<'s>);

impl Row for SqliteRow<'_, '_> {
    fn len(&self) -> usize {
        self.0.as_ref().column_count()
    }

    fn name(&self, index: usize) -> &str {
        self.0.as_ref().column_name(index).unwrap_or_default()
    }

    #[inline]
    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        match self.0.get_ref(index) {
            Ok(Native::Integer(v)) => Ok(ValueRef::I64(v)),
            Ok(Native::Text(v)) => match std::str::from_utf8(v) {
                Ok(text) => Ok(ValueRef::Text(text)),
                Err(_) => Err(Mismatch::new("text in UTF-8", "text in another encoding")),
            },
            Ok(Native::Null) => Ok(ValueRef::Null),
            Ok(Native::Real(v)) => Ok(ValueRef::F64(v)),
            Ok(Native::Blob(v)) => Ok(ValueRef::Bytes(v)),
            Err(_) => Err(Mismatch::new("one more column", "the end of the row")),
        }
    }
}
