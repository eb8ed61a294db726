//! Statements that change many rows, on databases where these do not come back: the rows that objects stand for are looked up and locked before,
//! and read behind.

use std::ops::ControlFlow;

use super::bulk::{Followers, fetched, followed, follower};
use crate::error::Result;
use crate::render::dml;
use crate::schema::TableDef;
use crate::session::Session;
use crate::sql::{Change, ChangedRows, Expr, Exprs, Join, JoinKind, Lock, LockWait, Select, Source, Write};
use crate::value::{ValueRef, with_refs};

impl Session {
    /// Whether the rows of an UPDATE or a DELETE come back.
    pub(super) fn returns(&self, statement: &Write) -> bool {
        let facts = self.links.dialect_of(&statement.table).capabilities();
        match statement.change {
            Change::Insert(_) => true,
            Change::Update(..) => facts.update_returning,
            Change::Delete(_) => facts.delete_returning,
        }
    }

    /// The objects whose rows a statement is going to change. The rows are locked, so that they are the same when it runs.
    pub(super) fn lock_matched(&mut self, table: &'static TableDef, statement: &Write) -> Result<Vec<u32>> {
        let (Some(ChangedRows { sources, filter }), Some(arena)) = (statement.change.rows(), self.store.any(table.id))
        else {
            return Ok(Vec::new());
        };
        let from = statement.rows_of.filter(|_| table.joined_tables().is_some()).map(Source::model);
        let from = from.unwrap_or_else(|| Source::table(table.name.clone()));
        let mut select = Select { lift: statement.lift, ..Select::from_source(from, followed(table, &[]).collect()) };
        select.with.clone_from(&statement.with);
        select.joins = sources
            .iter()
            .map(|other| Join { kind: JoinKind::Cross, source: other.clone(), on: Expr::And(Exprs::new()) })
            .collect();
        select.filter.clone_from(filter);
        let database = self.links.database_of(&table.name);
        let dialect = self.links.dialect(database);
        if dialect.capabilities().row_locks {
            select.lock = Some(Lock { shared: false, wait: LockWait::Wait, of: None });
        }
        let (sql, params) = self.links.render_at(database, &select)?;
        let link = self.links.writer(database)?;
        link.begin()?;
        let mut slots = Vec::new();
        with_refs(&params, |params| {
            link.query(&sql, params, |row| {
                slots.extend(follower(arena, row, 0, &[])?.map(|(slot, _)| slot));
                Ok(ControlFlow::Continue(()))
            })
        })?;
        slots.sort_unstable();
        slots.dedup();
        Ok(slots)
    }

    /// The objects with these columns of their rows. One whose row has gone is left out.
    pub(super) fn read_followers(
        &mut self,
        table: &'static TableDef,
        slots: Vec<u32>,
        columns: &[usize],
    ) -> Result<Followers> {
        if columns.is_empty() {
            return Ok(slots.into_iter().map(|slot| (slot, Vec::new())).collect());
        }
        let Some(arena) = self.store.any(table.id) else { return Ok(Followers::new()) };
        let part = part_with(table, columns);
        let sql = dml::select_row(self.links.dialect_of(&table.name), part, columns, &table.primary_key);
        let mut followers = Followers::new();
        for slot in slots {
            let key: Vec<ValueRef<'_>> =
                table.primary_key.iter().map(|&column| arena.row_value(slot, column)).collect();
            self.links.of(&table.name).query(&sql, &key, |row| {
                let values = columns.iter().enumerate().map(|(index, &column)| fetched(arena, column, row, index));
                followers.push((slot, values.collect::<Result<_>>()?));
                Ok(ControlFlow::Break(()))
            })?;
        }
        Ok(followers)
    }
}

/// The one of the tables of a family that has these columns.
pub(super) fn part_with(table: &'static TableDef, columns: &[usize]) -> &'static TableDef {
    &table.tables()[table.table_of(columns.iter().map(|&column| &table.columns[column])).0]
}
