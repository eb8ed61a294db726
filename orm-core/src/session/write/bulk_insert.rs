//! Inserts of the rows of an iterator.

use super::bulk_writer::BulkWriter;
use crate::driver::Bind;
use crate::error::{Error, Result};
use crate::model::{Model, model_ref};
use crate::query::table::{TableInsert, TableRow};
use crate::query::{BulkItem, FromIter, Insert};
use crate::render::bulk::BulkColumns;
use crate::schema::TableName;
use crate::session::Session;
use crate::sql::Reads;
use crate::value::{Format, Value};

/// How many rows are taken at once, and about how many bytes of them.
const ROWS: usize = 8_192;
const BYTES: usize = 4 * 1024 * 1024;

impl<M: Model, I: Iterator<Item: BulkItem<M>>, P: FnMut(u64), C> Insert<M, FromIter<I, P>, C> {
    /// Inserts the rows in their order, and tells how many were inserted, or updated as `on_conflict` says. A row may reference rows
    /// before it. All are part of the session's transaction, and nothing is committed.
    ///
    /// Rows that may meet existing ones go through a temporary table on databases with `COPY`, so that no two of them may meet the same
    /// row with `do_update`. Objects of the session whose rows may be updated are read again when they are used next.
    ///
    /// # Errors
    ///
    /// As those of [`insert_all`](crate::query::ModelQuery::insert_all), and those of the items. The message begins with the row's position in
    /// the iterator, from 1, which [`Error::row`] gives too; a check at the end of a statement, as that of a foreign key, may not know it.
    /// The session then needs a [`rollback`](Session::rollback), which takes all rows back.
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let written = self.write(session).inspect_err(|error| session.links.fail(error))?;
        if self.conflict.is_some_and(|conflict| conflict.update.is_some()) {
            session.store.expire_table(M::table());
        }
        Ok(written)
    }

    fn write(&mut self, session: &mut Session) -> Result<u64> {
        let table = M::table();
        if self.conflict.is_none() && model_ref::<M>().own_table().joined().is_some() {
            return self.write_in_several_tables(session);
        }
        if self.conflict.is_some() {
            session.autoflush_for(&[table])?;
        }
        let FromIter { rows, progress } = &mut self.source;
        let heavy = heavy_fields::<M>();
        let bytes = |value: &M| heavy.iter().map(|&field| value.value(field, 0).bytes()).sum();
        let conflict = session.links.upsert_of(model_ref::<M>(), self.conflict.clone())?;
        let mut writer = BulkWriter::new(session.links.writer_of(&table.name)?, &table.name, conflict)?;
        session.store.go_beside();
        let mut chunks = Chunks::new();
        loop {
            let first = chunks.taken;
            let values = chunks.take(rows, bytes)?;
            if values.is_empty() {
                return writer.finish(session.links.of(&table.name));
            }
            let mut values = session.untracked(values, Some(first))?;
            session.write_in_bulk(&mut values, &mut writer).map_err(|error| in_row(error, first))?;
            if let Some(progress) = progress {
                progress(chunks.taken);
            }
        }
    }

    /// Inserts rows of a joined type as a flush does it: those of the base first, whose keys the others have.
    fn write_in_several_tables(&mut self, session: &mut Session) -> Result<u64> {
        let FromIter { rows, progress } = &mut self.source;
        let heavy = heavy_fields::<M>();
        let bytes = |value: &M| heavy.iter().map(|&field| value.value(field, 0).bytes()).sum();
        let mut chunks = Chunks::new();
        loop {
            let first = chunks.taken;
            let values = chunks.take(rows, bytes)?;
            if values.is_empty() {
                return Ok(first);
            }
            let mut values = session.untracked(values, Some(first))?;
            let place = |error: Error| error.context(format!("rows {} to {}", first + 1, chunks.taken));
            session.write_untracked(&mut values).map_err(place)?;
            if let Some(progress) = progress {
                progress(chunks.taken);
            }
        }
    }
}

impl<I: Iterator<Item: BulkItem<TableRow>>, P: FnMut(u64), C> TableInsert<FromIter<I, P>, C> {
    /// Inserts the rows in their order, and tells how many were inserted, or updated as `on_conflict` says. Objects of the session are
    /// left as they are. All else is as with a bulk insert of a model.
    ///
    /// # Errors
    ///
    /// Mistakes in the statement, values that do not fit their columns, those of the items, and the database's. The message begins with the
    /// row's position, from 1. The session then needs a [`rollback`](Session::rollback).
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let table = self.target()?;
        session.autoflush(&Reads { tables: vec![table.clone()], others: false })?;
        session.store.go_beside();
        self.write(session, table).inspect_err(|error| session.links.fail(error))
    }

    fn write(&mut self, session: &mut Session, table: TableName) -> Result<u64> {
        let mut writer = BulkWriter::new(session.links.writer_of(&table)?, &table, self.conflict.clone())?;
        let mut chunks = Chunks::new();
        let first = chunks.take(&mut self.source.kind.rows, bytes_of_row)?;
        let Some(fitting) = first.first().map(|row| self.fitting(row)).transpose()? else { return Ok(0) };
        let forms = fitting.types().map(|sql_type| (sql_type, Format::Mixed)).collect();
        let columns = BulkColumns { table, names: fitting.columns.clone(), forms };
        let mut rows = first;
        while !rows.is_empty() {
            let before = chunks.taken - rows.len() as u64;
            let values = (1..).zip(&rows).map(|(number, row)| {
                fitting
                    .values(row)
                    .map_err(|(kind, message)| in_row(Error::new(kind, message).with_row(number), before))
            });
            let values: Vec<Vec<Value>> = values.collect::<Result<_>>()?;
            let bind =
                &mut |row: usize, out: &mut dyn Bind| values[row].iter().try_for_each(|value| out.bind(value.to_ref()));
            let written = writer.write(session.links.of(&columns.table), &columns, values.len(), bind);
            written.map_err(|error| in_row(name_column(&columns, error), before))?;
            if let Some(progress) = &mut self.source.kind.progress {
                progress(chunks.taken);
            }
            rows = chunks.take(&mut self.source.kind.rows, bytes_of_row)?;
        }
        writer.finish(session.links.of(&columns.table))
    }
}

fn name_column(columns: &BulkColumns, error: Error) -> Error {
    match error.parameter().and_then(|index| columns.names.get(index)) {
        Some(name) => error.context(format!("column `{name}`")),
        None => error,
    }
}

fn bytes_of_row(row: &TableRow) -> usize {
    row.values.iter().map(|value| value.to_ref().bytes()).sum()
}

/// The error, with the position of its row: so many were before those that it counts.
pub(crate) fn in_row(error: Error, first: u64) -> Error {
    match error.row() {
        Some(row) => error.with_row(first + row).context(format!("row {}", first + row)),
        None => error,
    }
}

/// The rows of an iterator, some at a time.
pub(super) struct Chunks {
    /// How many were taken.
    pub(super) taken: u64,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { taken: 0 }
    }

    pub(super) fn take<T>(
        &mut self,
        rows: &mut impl Iterator<Item: BulkItem<T>>,
        bytes_of: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>> {
        let (mut taken, mut bytes) = (Vec::new(), 0);
        while taken.len() < ROWS
            && bytes < BYTES
            && let Some(item) = rows.next()
        {
            self.taken += 1;
            let row = item.into_row().map_err(|error| in_row(error.with_row(1), self.taken - 1))?;
            bytes += bytes_of(&row);
            taken.push(row);
        }
        Ok(taken)
    }
}

/// The fields whose values are of any length.
fn heavy_fields<M: Model>() -> Vec<usize> {
    M::table().columns.iter().filter(|column| column.sql_type.is_of_any_length()).map(|column| column.field).collect()
}
