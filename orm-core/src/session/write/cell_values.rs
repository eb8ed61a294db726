//! Rows of cells that become values of their model first, because it has rules, or makes values for each row.

use super::bulk_writer::BulkWriter;
use super::cells::{Destination, place};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Model, Row, RowReader};
use crate::query::cells::{CellError, CellSource};
use crate::schema::{ColumnDef, TableDef};
use crate::session::Session;
use crate::value::{Mismatch, SqlType, Value, ValueRef};

pub(super) fn write<M: Model, S: CellSource>(
    session: &mut Session,
    destination: &Destination,
    source: &mut S,
    mut writer: BulkWriter,
    tell: &mut dyn FnMut(u64),
) -> Result<u64> {
    let mut before = 0;
    while source.advance(&destination.target)? {
        destination.check_missing(session.links.of(&M::table().name), source.columns())?;
        let fillers = fillers(M::table(), destination, source.columns())?;
        let values = (0..source.rows()).map(|row| {
            let read = read::<M>(destination, source, &fillers, row);
            read.map_err(|error| place(source, before, error.with_row(row as u64 + 1)))
        });
        let values: Vec<M> = values.collect::<Result<_>>()?;
        let mut values = session.untracked(values, Some(before))?;
        session.write_in_bulk(&mut values, &mut writer).map_err(|error| place(source, before, error))?;
        before += source.rows() as u64;
        tell(before);
    }
    writer.finish(session.links.of(&M::table().name))
}

/// What the columns hold that are not in the source, one for each column of the table.
fn fillers(table: &'static TableDef, destination: &Destination, columns: &[usize]) -> Result<Vec<Value>> {
    let of = |(index, column): (usize, &ColumnDef)| {
        if let Some((_, value)) = destination.defaults.iter().find(|(known, _)| *known == index) {
            return Ok(value.clone());
        }
        if columns.contains(&index) || column.nullable {
            return Ok(Value::Null);
        }
        if !column.primary_key && column.computed.is_none() {
            let message = format!(
                "{}: rows of a model with rules, or with values that are made for each row, are read as a whole, and the column `{}` is \
                 missing: add it",
                table.model, column.name
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok(blank(column.sql_type))
    };
    table.columns.iter().enumerate().map(of).collect()
}

/// The value of a key that is not set, and of a column that is never written.
fn blank(sql_type: SqlType) -> Value {
    match sql_type {
        SqlType::I16 | SqlType::I32 | SqlType::I64 => Value::I64(0),
        SqlType::F32 | SqlType::F64 => Value::F64(0.0),
        SqlType::Bool => Value::Bool(false),
        SqlType::Text => Value::Text(String::new()),
        SqlType::Bytes => Value::Bytes(Vec::new()),
        #[cfg(feature = "uuid")]
        SqlType::Uuid => Value::Uuid(uuid::Uuid::nil()),
        SqlType::Array(_) => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}

fn read<M: Model>(destination: &Destination, source: &impl CellSource, fillers: &[Value], row: usize) -> Result<M> {
    let mut values = fillers.to_vec();
    for (index, &column) in source.columns().iter().enumerate() {
        let taken = source.cell(row, index, &mut |value| {
            destination.target.columns[column].check(value)?;
            values[column] = value.to_value();
            Ok::<(), CellError>(())
        });
        taken.map_err(|error| destination.about(column, error))?;
    }
    M::read(&mut RowReader::new(&Values { table: M::table(), values }, 0, M::spec().name))
}

/// The values of all columns of a table.
struct Values {
    table: &'static TableDef,
    values: Vec<Value>,
}

impl Row for Values {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn name(&self, index: usize) -> &str {
        self.table.columns.get(index).map_or("", |column| &column.name)
    }

    fn get(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        self.values.get(index).map(Value::to_ref).ok_or_else(|| Mismatch::new("one more column", "the end of the row"))
    }
}
