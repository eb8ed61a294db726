//! Updates of any number of rows by their keys.

use super::bulk_insert::{Chunks, in_row};
use super::bulk_writer::BulkWriter;
use super::update_by_key::update_of;
use crate::driver::Bind;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Key as _, Model, model_ref};
use crate::query::{BulkItem, BulkUpdateRows, KeyedRow};
use crate::render::bulk::BulkColumns;
use crate::session::Session;
use crate::session::flush::name_column;
use crate::value::Value;

impl<M: Model, I: Iterator<Item: BulkItem<KeyedRow<M, V>>>, V, P: FnMut(u64)> BulkUpdateRows<M, I, V, P> {
    /// Updates the rows, and tells how many of them there were: a key without a row is no error. Objects of the session whose rows may be
    /// updated are read again when they are used next. All rows are part of the session's transaction, and nothing is committed.
    ///
    /// # Errors
    ///
    /// `InvalidState` when it sets the primary key, or a column twice, or a value that the session's filter excludes; those of the items, and the database's. The message begins with the
    /// row's position in the iterator, from 1, where it is known. The session then needs a [`rollback`](Session::rollback).
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let table = M::table();
        session.autoflush_for(&[table])?;
        let updated = self.write(session).inspect_err(|error| session.links.fail(error))?;
        session.store.expire_table(table);
        Ok(updated)
    }

    fn write(&mut self, session: &mut Session) -> Result<u64> {
        let table = M::table();
        let width = table.primary_key.len();
        let written: Vec<usize> = self.columns.iter().chain(&table.primary_key).copied().collect();
        let columns = BulkColumns::of(table, &written);
        let mut writer = BulkWriter::updating(session.links.writer_of(&table.name)?, model_ref::<M>(), &self.columns)?;
        session.store.go_beside();
        let mut chunks = Chunks::new();
        loop {
            let first = chunks.taken;
            let values = self.values;
            let taken: Vec<KeyedRow<M, V>> = chunks.take(&mut self.rows.rows, |_| 0)?;
            let mut rows: Vec<(M::Key, Vec<Value>)> = taken.into_iter().map(|(key, row)| (key, values(row))).collect();
            if rows.is_empty() {
                return writer.finish(session.links.of(&table.name));
            }
            if let Some((row, problem)) = (1..)
                .zip(&rows)
                .find_map(|(row, (_, values))| Some((row, values.iter().find_map(|value| value.to_ref().problem())?)))
            {
                let error = Error::new(ErrorKind::InvalidState, format!("{}: {problem}", table.model));
                return Err(in_row(error.with_row(row), first));
            }
            let listed = rows.iter_mut().flat_map(|(_, values)| self.columns.iter().copied().zip(values));
            session.settle(table, listed)?;
            if session.links.written_filter(table).is_some() {
                let written = rows.iter().map(|(key, values)| update_of::<M>(&self.columns, key, values));
                (1..).zip(written).try_for_each(|(row, update)| {
                    let checked = session.links.check_write(model_ref::<M>(), &update);
                    checked.map_err(|error| in_row(error.with_row(row), first))
                })?;
            }
            let bind = &mut |row: usize, out: &mut dyn Bind| {
                let (key, values) = &rows[row];
                values.iter().try_for_each(|value| out.bind(value.to_ref()))?;
                (0..width).try_for_each(|part| out.bind(key.part(part)))
            };
            let sent = writer.write(session.links.of(&table.name), &columns, rows.len(), bind);
            sent.map_err(|error| in_row(name_column(table, &written, error), first))?;
            if let Some(progress) = &mut self.rows.progress {
                progress(chunks.taken);
            }
        }
    }
}
