//! Updates of many rows by their keys.

use super::read_back::part_with;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Key as _, Model, model_ref};
use crate::query::UpdateByKey;
use crate::render::dml;
use crate::session::Session;
use crate::session::flush::pieces;
use crate::session::flush::{name_column, over_arrays};
use crate::sql::{BinaryOp, Change, ChangedRows, Expr, Nested, Write};
use crate::value::{List, Value, ValueRef};

impl<M: Model> UpdateByKey<M> {
    /// Updates the rows and tells how many of them there were: a key without a row is no error. Changes of the model's objects are
    /// flushed first.
    ///
    /// # Errors
    ///
    /// `InvalidState` when it sets the primary key, or a column twice; the database's, after which the session needs a
    /// [`rollback`](Session::rollback), and those of an autoflush.
    pub fn execute(mut self, session: &mut Session) -> Result<u64> {
        self.check()?;
        let table = M::table();
        session.autoflush_for(&[table])?;
        session.store.sync();
        if self.rows.is_empty() {
            return Ok(0);
        }
        if let Some(problem) =
            self.rows.iter().flat_map(|(_, values)| values).find_map(|value| value.to_ref().problem())
        {
            return Err(Error::new(ErrorKind::InvalidState, format!("{}: {problem}", table.model)));
        }
        let columns = &self.columns;
        let values = self.rows.iter_mut().flat_map(|(_, values)| columns.iter().copied().zip(values));
        session.settle(table, values)?;
        session.store.go_beside();
        let count = self.write(session).map_err(|error| name_column(table, &self.columns, error))?;
        let hides = session.links.context().hides(model_ref::<M>());
        for (key, values) in self.rows {
            let Some(slot) = session.store.arena_mut::<M>().find_key(&key) else { continue };
            if !session.store.is_of(model_ref::<M>(), slot) {
                continue;
            }
            if hides {
                // The row may be one that was left alone.
                session.store.mark_expired(table, slot);
                continue;
            }
            let changes: Vec<(usize, Value)> = self.columns.iter().copied().zip(values).collect();
            session.store.follow_row(table, slot, &changes).inspect_err(|error| session.links.fail(error))?;
            if !part_with(table, &self.columns).returned.is_empty() {
                session.store.mark_expired(table, slot);
            }
        }
        session.store.sync();
        Ok(count)
    }

    fn write(&self, session: &mut Session) -> Result<u64> {
        if session.links.context().restricts(model_ref::<M>()) || M::table().joined_tables().is_some() {
            return self.write_each(session);
        }
        let table = M::table();
        let link = session.links.writer_of(&table.name)?;
        let dialect = link.dialect();
        let width = table.primary_key.len();
        let mut count = 0;
        let written: Vec<usize> = self.columns.iter().chain(&table.primary_key).copied().collect();
        let Some(facts) = over_arrays(link, table, &written, self.rows.len())? else {
            let sql = dml::update_row(dialect, table, &self.columns, &table.primary_key, &[]);
            link.execute_batch(
                &sql,
                self.rows.len(),
                &mut |row, out| {
                    let (key, values) = &self.rows[row];
                    values.iter().try_for_each(|value| out.bind(value.to_ref()))?;
                    (0..width).try_for_each(|part| out.bind(key.part(part)))
                },
                &mut |_, done| count += done.affected,
            )?;
            return Ok(count);
        };
        let sql = dml::update_arrays(dialect, (table, &facts), &self.columns, &table.primary_key, false, &[]);
        for rows in pieces(&self.rows, |(_, values)| values.iter().map(|value| value.to_ref().bytes()).sum()) {
            let set = (0..self.columns.len()).map(|at| rows.iter().map(|(_, values)| values[at].to_ref()).collect());
            let keys = (0..width).map(|part| rows.iter().map(|(key, _)| key.part(part)).collect());
            let arrays: Vec<Vec<ValueRef<'_>>> = set.chain(keys).collect();
            let params: Vec<ValueRef<'_>> = arrays.iter().map(|array| ValueRef::Array(List::Values(array))).collect();
            count += link.execute(&sql, &params)?;
        }
        Ok(count)
    }

    /// A statement for each row, with the conditions on the model's rows.
    fn write_each(&self, session: &mut Session) -> Result<u64> {
        let rows = self.rows.iter();
        let statements: Vec<Write> = rows.map(|(key, values)| update_of::<M>(&self.columns, key, values)).collect();
        statements.iter().try_for_each(|statement| session.links.check_write(model_ref::<M>(), statement))?;
        statements.iter().try_fold(0, |count, statement| Ok(count + session.links.write(statement, |_| Ok(()))?))
    }
}

/// The UPDATE of the columns of one row, with the conditions on the model's rows.
pub(super) fn update_of<M: Model>(columns: &[usize], key: &M::Key, values: &[Value]) -> Write {
    let table = M::table();
    let columns = columns.iter().map(|&column| &table.columns[column]).zip(values);
    let set = columns.map(|(column, value)| {
        let value = Expr::Param(value.clone(), column.sql_type).stored(column.sql_type, column.format);
        (column.name.clone(), value)
    });
    let by = table.key_columns().enumerate().map(|(part, column)| {
        let value = Expr::Param(key.part(part).to_value(), column.sql_type);
        Expr::Binary(Nested::new(Expr::column(table, column)), BinaryOp::Eq, Nested::new(value))
    });
    let rows = ChangedRows { sources: Vec::new(), filter: by.collect() };
    Write::model(model_ref::<M>(), Change::Update(set.collect(), rows), Vec::new())
}
