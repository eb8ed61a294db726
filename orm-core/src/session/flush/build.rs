//! From row operations to a plan: operations are ordered, and grouped into batches.

use super::order::{Component, components};
use super::plan::{Association, Fill, FlushPlan, Insert, Step};
use super::rows::{Levels, RowGraph, Side};
use super::work::{TableWork, Work};
use crate::error::Result;
use crate::model::Foreign;
use crate::schema::TableDef;
use crate::session::arena::AnyArena;
use crate::session::arena_of;
use crate::session::expressions::is_meant;
use crate::session::slots::{SlotMap, State};
use crate::session::store::Store;
use crate::value::{Value, ValueRef};

/// The plan for everything that `store` has to write.
///
/// # Errors
///
/// When something cannot be written, see [`Work::collect`], or rows form a circle that cannot be broken.
pub(super) fn plan(store: &Store) -> Result<FlushPlan> {
    let work = Work::collect(store)?;
    let mut builder = Builder { store, plan: FlushPlan { steps: Vec::new(), overrides: work.overrides } };
    let components = components(work.tables.iter().map(|work| work.table).collect());
    let of = |component: &Component| -> Vec<&TableWork> {
        component.tables.iter().filter_map(|table| work.tables.iter().find(|work| work.table.id == table.id)).collect()
    };
    // Both ends of a pair that goes have rows. It goes first: an object of a `through` model may take its place.
    let unlinks = work.unlinks.into_iter();
    builder.plan.steps.extend(unlinks.map(|(association, pairs)| Step::Unlink { association, pairs }));
    for component in &components {
        builder.write(component, &of(component))?;
    }
    let steps = &mut builder.plan.steps;
    steps.extend(work.links.into_iter().map(|(association, pairs)| {
        let fill = fill(association, pairs.len());
        Step::Link { association, pairs, fill }
    }));
    for component in components.iter().rev() {
        builder.delete(component, &of(component))?;
    }
    Ok(builder.plan)
}

struct Builder<'s> {
    store: &'s Store,
    plan: FlushPlan,
}

impl Builder<'_> {
    /// UPDATEs and INSERTs of the tables of a component.
    fn write(&mut self, component: &Component, work: &[&TableWork]) -> Result<()> {
        if !component.cyclic {
            for work in work {
                self.update(work.table, work.updates.iter().cloned());
                self.insert(work.table, work.inserts.iter().copied(), &Levels::default());
            }
            return Ok(());
        }
        let rows = work.iter().flat_map(|work| work.inserts.iter().map(|&slot| (work.table, slot))).collect();
        let levels = RowGraph::new(self.store, rows, Side::Object).levels(self.store, Side::Object)?;
        for work in work {
            let early = work.updates.iter().filter(|(slot, _)| !self.awaits(work.table, *slot));
            self.update(work.table, early.cloned().collect::<Vec<_>>().into_iter());
        }
        let split: Vec<Vec<Vec<u32>>> = work.iter().map(|work| levels.split(work.table, &work.inserts)).collect();
        for level in 0..levels.count {
            for (work, rows) in work.iter().zip(&split) {
                self.insert(work.table, rows[level].iter().copied(), &levels);
            }
        }
        for work in work {
            let late = work.updates.iter().filter(|(slot, _)| self.awaits(work.table, *slot)).cloned();
            let deferred = work.inserts.iter().filter_map(|&slot| {
                let keys = levels.broken.get(&(work.table.id, slot))?;
                Some((slot, keys.iter().flat_map(|&key| work.table.foreign_keys[key].columns.clone()).collect()))
            });
            self.update(work.table, late.chain(deferred).collect::<Vec<_>>().into_iter());
        }
        Ok(())
    }

    /// Whether a changed row references one that is inserted by the same flush.
    fn awaits(&self, table: &TableDef, slot: u32) -> bool {
        let Some(arena) = self.store.any(table.id) else { return false };
        table.foreign_keys.iter().any(|def| {
            let Foreign::New { slot: parent, .. } = arena.foreign(slot, def.field) else { return false };
            let target = self.store.any((def.target.table)().id);
            target.is_some_and(|target| target.slots().state(parent) == State::Pending)
        })
    }

    /// One batch for all rows with the same columns.
    fn update(&mut self, table: &'static TableDef, rows: impl Iterator<Item = (u32, Vec<usize>)>) {
        let mut batches: Vec<(Vec<usize>, Vec<u32>)> = Vec::new();
        let mut known: SlotMap<Vec<usize>, usize> = SlotMap::default();
        for (slot, set) in rows {
            let batch = *known.entry(set).or_insert_with_key(|set| {
                batches.push((set.clone(), Vec::new()));
                batches.len() - 1
            });
            batches[batch].1.push(slot);
        }
        self.plan.steps.extend(batches.into_iter().map(|(set, rows)| Step::Update { table, set, rows }));
    }

    /// Batches of consecutive rows with the same columns.
    fn insert(&mut self, table: &'static TableDef, rows: impl Iterator<Item = u32>, levels: &Levels) {
        let Some(arena) = self.store.any(table.id) else { return };
        let mut current: Option<Insert> = None;
        let defaults: Vec<usize> =
            (0..table.columns.len()).filter(|&column| table.columns[column].server_default.is_some()).collect();
        for slot in rows {
            self.first_version(table, arena, slot);
            // What the INSERT leaves to the database: a generated key, and columns with server defaults that hold `None`.
            let key = table.primary_key.first().copied().filter(|_| table.generated_key);
            let generated = key.filter(|&key| arena.value(slot, key) == ValueRef::I64(0));
            let omitted: Vec<usize> = left_to_server(arena, slot, &defaults);
            let deferred: &[usize] = levels.broken.get(&(table.id, slot)).map_or(&[], Vec::as_slice);
            match &mut current {
                Some(batch)
                    if batch.generated == generated
                        && same(&batch.fetch, &omitted)
                        && same(&batch.deferred, deferred) =>
                {
                    batch.rows.push(slot);
                }
                _ => {
                    let columns = 0..table.columns.len();
                    let next = Insert {
                        table,
                        columns: columns.filter(|&c| Some(c) != generated && !omitted.contains(&c)).collect(),
                        generated,
                        fetch: omitted,
                        deferred: deferred.to_vec(),
                        rows: vec![slot],
                    };
                    self.plan.steps.extend(current.replace(next).map(Step::Insert));
                }
            }
        }
        self.plan.steps.extend(current.map(Step::Insert));
    }

    /// Versions start at 1, unless the user says otherwise.
    fn first_version(&mut self, table: &TableDef, arena: &dyn AnyArena, slot: u32) {
        if let Some(version) = table.version
            && arena.value(slot, version) == ValueRef::I64(0)
        {
            self.plan.overrides.entry((table.id, slot)).or_default().push((version, Value::I64(1)));
        }
    }

    fn delete(&mut self, component: &Component, work: &[&TableWork]) -> Result<()> {
        let deletes =
            |table: &'static TableDef, rows: Vec<u32>| (!rows.is_empty()).then_some(Step::Delete { table, rows });
        if !component.cyclic {
            self.plan.steps.extend(work.iter().filter_map(|work| deletes(work.table, work.deletes.clone())));
            return Ok(());
        }
        let rows = work.iter().flat_map(|work| work.deletes.iter().map(|&slot| (work.table, slot))).collect();
        let levels = RowGraph::new(self.store, rows, Side::Row).levels(self.store, Side::Row)?;
        for work in work {
            let nulled: Vec<(u32, Vec<usize>)> = work
                .deletes
                .iter()
                .filter_map(|&slot| {
                    let keys = levels.broken.get(&(work.table.id, slot))?;
                    let columns = keys.iter().flat_map(|&key| work.table.foreign_keys[key].columns.clone());
                    Some((slot, columns.collect()))
                })
                .collect();
            for (slot, columns) in &nulled {
                let nulls = columns.iter().map(|&column| (column, Value::Null));
                self.plan.overrides.entry((work.table.id, *slot)).or_default().extend(nulls);
            }
            self.update(work.table, nulled.into_iter());
        }
        let mut split: Vec<Vec<Vec<u32>>> = work.iter().map(|work| levels.split(work.table, &work.deletes)).collect();
        for level in (0..levels.count).rev() {
            for (work, rows) in work.iter().zip(&mut split) {
                self.plan.steps.extend(deletes(work.table, std::mem::take(&mut rows[level])));
            }
        }
        Ok(())
    }
}

/// The columns that hold `None` and have a server default, unless NULL is what they are to hold.
fn left_to_server(arena: &dyn AnyArena, slot: u32, defaults: &[usize]) -> Vec<usize> {
    let columns = defaults.iter().copied();
    columns.filter(|&column| arena.value(slot, column).is_null() && !is_meant(arena, slot, column)).collect()
}

/// Whether two lists of columns are equal. Nearly all are empty, and handing nothing to the memory comparison, once for
/// every row, was a tenth of a flush.
fn same(a: &[usize], b: &[usize]) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}

/// What the rows of new pairs hold beside the two keys. Each row gets values of its own: a default may be a new UUID.
fn fill(association: Association, pairs: usize) -> Fill {
    let Some(arena) = association.def.through().and_then(arena_of) else { return Fill::default() };
    let is_key = |column: &usize| association.def.left.contains(column) || association.def.right.contains(column);
    let row = || {
        let mut values = arena.defaults();
        let version = association.table.version.filter(|&version| values.iter().all(|(column, _)| *column != version));
        values.extend(version.map(|version| (version, Value::I64(1))));
        values.into_iter().filter(|(column, _)| !is_key(column))
    };
    let columns: Vec<usize> = row().map(|(column, _)| column).collect();
    let rows = if columns.is_empty() { 0 } else { pairs };
    Fill { columns, rows: (0..rows).map(|_| row().map(|(_, value)| value).collect()).collect() }
}
