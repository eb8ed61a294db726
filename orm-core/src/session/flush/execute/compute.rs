//! Updates of rows with expressions among their values.

use super::read_back::reads_back;
use super::run::Execution;
use super::sources::Cells;
use super::stale::identifying;
use crate::error::Result;
use crate::session::flush::plan::{Stage, Update as Step};
use crate::session::write::bulk::fetched;
use crate::sql::{BinaryOp, Change, ChangedRows, Expr, Nested, SetList, Write};
use crate::value::{Value, ValueRef};

impl Execution<'_> {
    /// Updates rows in their order: those with expressions one by one, what is between them in batches.
    pub(crate) fn update_in_order(&mut self, update: &Step) -> Result<()> {
        let Step { table, set, rows, .. } = update;
        let arena = self.arena(table)?;
        let store = self.store;
        let computed = |slot: u32| {
            arena.slots().computes(slot) && set.iter().any(|&column| store.expression(arena, slot, column).is_some())
        };
        for rows in rows.chunk_by(|&a, &b| !computed(a) && !computed(b)) {
            match rows {
                [only] if computed(*only) => self.update_computed(update, *only)?,
                rows => self.update_rows(update, rows)?,
            }
        }
        Ok(())
    }

    /// One row; what the database computed comes back with the statement.
    fn update_computed(&mut self, update: &Step, slot: u32) -> Result<()> {
        if self.send_computed(update, &update.compare, slot)? {
            return Ok(());
        }
        self.link.begin_after_alone()?;
        self.misread(update, &[slot])?;
        if self.send_computed(update, &[], slot)? { Ok(()) } else { Err(self.stale(update.table, &[slot], "update")) }
    }

    /// Updates a row if it holds what was read in the columns `compare`, and tells whether it does.
    fn send_computed(&mut self, step: &Step, compare: &[usize], slot: u32) -> Result<bool> {
        let Step { table, set, .. } = step;
        // Expressions name the columns of a family as if they were in one table.
        let (part, table) = (*table, table.whole());
        let arena = self.arena(table)?;
        let cells = Cells { store: self.store, plan: self.plan, keys: &self.outcome.keys, deferred: &[] };
        let param = |column: usize, value: ValueRef<'_>| Expr::Param(value.to_value(), table.columns[column].sql_type);
        let (mut assigned, mut rows, mut returning) = (SetList::new(), ChangedRows::default(), Vec::new());
        let mut computed = Vec::new();
        for &column in set {
            let value = match self.store.expression(arena, slot, column) {
                Some(expr) => {
                    computed.push(column);
                    returning.push(Expr::column(table, &table.columns[column]).into());
                    expr.clone()
                }
                None => param(column, cells.of(arena, slot, column)?),
            };
            let def = &table.columns[column];
            assigned.push((def.name.clone(), value.stored(def.sql_type, def.format)));
        }
        computed.extend(&part.returned);
        let items = part.returned.iter().map(|&column| Expr::column(table, &table.columns[column]).into());
        returning.extend(items);
        let located =
            identifying(part).into_iter().map(|column| (column, cells.locate(arena, slot, column, Stage::Main)));
        let expected = compare.iter().map(|&column| (column, Ok(cells.expected(arena, slot, column, Stage::Main))));
        for (column, value) in located.chain(expected) {
            let value = value?;
            let own = Nested::new(Expr::column(table, &table.columns[column]));
            rows.filter.push(match value {
                ValueRef::Null => Expr::IsNull(own),
                value => Expr::Binary(own, BinaryOp::Eq, Nested::new(param(column, value))),
            });
        }
        let reads_back = reads_back(self.dialect.capabilities().update_returning, self.dialect, part);
        if reads_back {
            returning.clear();
        }
        let rows_of = part.part.map(|part| part.root);
        let update = Write { rows_of, ..Write::table(table.name.clone(), Change::Update(assigned, rows), returning) };
        let mut back: Vec<Vec<Value>> = Vec::new();
        let count = self.link.write(&update, |row| {
            let values = computed.iter().enumerate().map(|(index, &column)| fetched(arena, column, row, index));
            back.push(values.collect::<Result<_>>()?);
            Ok(())
        })?;
        if reads_back {
            return if count == 1 { self.read_back(step.table, &[slot], &computed).map(|()| true) } else { Ok(false) };
        }
        let [values] = &mut back[..] else { return Ok(false) };
        let values = computed.into_iter().zip(values.drain(..));
        self.outcome.fetched.extend(values.map(|(column, value)| (table.id, slot, column, value)));
        Ok(true)
    }
}
