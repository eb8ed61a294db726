//! What the database made of rows, read by their keys, where a statement does not return it.

use std::ops::ControlFlow;

use super::insert_rows::lost_rows;
use super::run::Execution;
use super::sources::Cells;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::render::dml;
use crate::schema::TableDef;
use crate::session::write::bulk::fetched;
use crate::value::{Value, ValueRef};

/// Whether rows are read by their keys after a statement, which `returns` what it writes or not.
pub(crate) fn reads_back(returns: bool, dialect: &'static dyn Dialect, table: &TableDef) -> bool {
    !returns || (!table.read_back.is_empty() && !dialect.capabilities().returns_trigger_values)
}

impl Execution<'_> {
    /// Keeps these columns of rows that were written just now.
    pub(crate) fn read_back(&mut self, table: &'static TableDef, rows: &[u32], columns: &[usize]) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let sql = dml::select_row(self.dialect, table, columns, &table.primary_key);
        let arena = self.arena(table)?;
        for &slot in rows {
            let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
            let key: Vec<ValueRef<'_>> =
                table.primary_key.iter().map(|&column| cells.of(arena, slot, column)).collect::<Result<_>>()?;
            let mut found: Option<Vec<Value>> = None;
            self.link.query(&sql, &key, |row| {
                let values = columns.iter().enumerate().map(|(index, &column)| fetched(arena, column, row, index));
                found = Some(values.collect::<Result<_>>()?);
                Ok(ControlFlow::Break(()))
            })?;
            let values = columns.iter().zip(found.ok_or_else(|| lost_rows(table, 1, 0))?);
            self.outcome.fetched.extend(values.map(|(&column, value)| (table.id, slot, column, value)));
        }
        Ok(())
    }
}
