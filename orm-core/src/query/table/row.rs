use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::model::RowReader;
use crate::query::{FromRow, RowType, Shape};
use crate::value::{ColumnType, Value};

/// A row of a [`Table`](super::Table): values by name. Queries return it, and [`insert_all`](super::Table::insert_all) takes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableRow {
    pub(crate) names: Arc<Vec<String>>,
    pub(crate) values: Vec<Value>,
}

/// Reads the row of any statement: all columns by their names in the result, with the database's values. If several columns have one
/// name, [`get`](TableRow::get) returns the first of them.
impl RowType for TableRow {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let (names, values) = row.rest()?;
        Ok(Self { names, values })
    }

    /// None: its columns are known with the row.
    fn shapes(_: &mut Vec<Shape>) {}
}

impl FromRow for TableRow {
    const WIDTH: usize = 0;
    const ALL: bool = true;
}

impl TableRow {
    /// A row without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of a name. A new name is the last one.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let (name, value) = (name.into(), value.into());
        match self.names.iter().position(|known| *known == name) {
            Some(index) => self.values[index] = value,
            None => {
                Arc::make_mut(&mut self.names).push(name);
                self.values.push(value);
            }
        }
        self
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.names.iter().position(|known| known == name).and_then(|index| self.values.get(index))
    }

    /// The value of that name as a `V`.
    ///
    /// # Errors
    ///
    /// `Decode` if there is none, or it is not a `V`.
    pub fn read<V: ColumnType>(&self, name: &str) -> Result<V> {
        let value = self.get(name).ok_or_else(|| {
            let message = format!("the row has no value `{name}`; it has `{}`", self.names.join("`, `"));
            Error::new(ErrorKind::Decode, message)
        })?;
        let read = V::from_ref(value.to_ref());
        read.map_err(|mismatch| Error::new(ErrorKind::Decode, format!("row, column `{name}`: {mismatch}")))
    }

    /// Names and values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }
}
