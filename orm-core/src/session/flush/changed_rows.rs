//! What a flush does to rows, for its listeners: gathered before memory follows the plan, and completed after it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::plan::{FlushPlan, Insert, RowId, Stage, Step, Update};
use crate::model::RawHandle;
use crate::schema::{TableDef, secrets};
use crate::session::events::{ChangeKind, ColumnChange, RowChange};
use crate::session::store::Store;
use crate::session::store::arena::AnyArena;
use crate::value::Value;

/// A row that the flush has written, with the values that it had before.
pub(crate) struct ChangedRow {
    table: &'static TableDef,
    object: RawHandle,
    kind: ChangeKind,
    before: Vec<Value>,
}

impl Store {
    /// The rows of objects that `plan` writes, each once and in the order of the statements, as they are before it.
    pub(crate) fn changed_rows(&self, plan: &FlushPlan) -> Vec<ChangedRow> {
        let taken_over: HashMap<RowId, u32> =
            plan.successors.iter().map(|row| ((row.table.id, row.new), row.old)).collect();
        let deletes = plan.steps.iter().filter_map(written).filter(|(kind, ..)| *kind == ChangeKind::Delete);
        let deleted: HashSet<RowId> =
            deletes.flat_map(|(_, table, rows)| rows.iter().map(|&slot| (table.id, slot))).collect();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for (kind, table, rows) in plan.steps.iter().filter_map(written) {
            let Some(arena) = self.any(table.id) else { continue };
            for &slot in rows {
                let row = (table.id, slot);
                // A row that is inserted or deleted may be updated as well, for its foreign keys.
                if kind == ChangeKind::Update && deleted.contains(&row) || !seen.insert(row) {
                    continue;
                }
                let object = RawHandle { model: table.id, slot, stamp: arena.slots().entry(slot).stamp };
                let before = match kind {
                    ChangeKind::Insert => Vec::new(),
                    _ => row_values(arena, taken_over.get(&row).copied().unwrap_or(slot)),
                };
                found.push(ChangedRow { table, object, kind, before });
            }
        }
        found
    }

    /// What has become of these rows, now that memory has followed.
    pub(crate) fn row_changes(&self, rows: Vec<ChangedRow>) -> Arc<[RowChange]> {
        rows.into_iter().map(|row| self.row_change(row)).collect()
    }

    fn row_change(&self, ChangedRow { table, object, kind, before }: ChangedRow) -> RowChange {
        let arena = self.any(table.id).filter(|_| kind != ChangeKind::Delete);
        let after = arena.map(|arena| row_values(arena, object.slot)).unwrap_or_default();
        let held = if kind == ChangeKind::Delete { &before } else { &after };
        let key = table.primary_key.iter().filter_map(|&column| held.get(column).cloned()).collect();
        let columns = table.columns.iter().enumerate().filter_map(|(index, column)| {
            let (before, after) = (before.get(index), after.get(index));
            let hidden = || secrets::holds(&table.tables()[column.table].name.name, &column.name);
            let shown =
                |value: Option<&Value>| value.filter(|value| !matches!(value, Value::Unloaded) && !hidden()).cloned();
            let (field, column) = (table.fields[column.field].name, &*column.name);
            (before != after).then(|| ColumnChange { field, column, before: shown(before), after: shown(after) })
        });
        RowChange { object, model: table.model, table: &table.name.name, kind, key, columns: columns.collect() }
    }
}

/// What a step does to rows of objects.
fn written(step: &Step) -> Option<(ChangeKind, &'static TableDef, &[u32])> {
    let (kind, table, rows) = match step {
        Step::Insert(Insert { table, rows, .. }) => (ChangeKind::Insert, *table, rows),
        Step::Update(Update { table, rows, stage: Stage::Mark, .. }) => (ChangeKind::Delete, *table, rows),
        Step::Update(Update { table, rows, .. }) => (ChangeKind::Update, *table, rows),
        Step::Delete { table, rows } => (ChangeKind::Delete, *table, rows),
        Step::Link { .. } | Step::Unlink { .. } => return None,
    };
    Some((kind, table.whole(), rows))
}

fn row_values(arena: &dyn AnyArena, slot: u32) -> Vec<Value> {
    (0..arena.table().columns.len()).map(|column| arena.row_value(slot, column).to_value()).collect()
}
