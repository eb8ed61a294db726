//! What was read in an earlier unit is asked anew when it is needed, for all objects of a result at once.

use crate::error::Result;
use crate::schema::{ColumnDef, ModelRef, TableDef};
use crate::session::Session;
use crate::session::store::Store;
use crate::session::store::arena::Populate;

/// How many objects of a large result are asked together, so that who needs one does not wait for all.
const TOGETHER: usize = 1_000;

impl Store {
    /// Those of the objects that came with the same result as `slot` that are to be asked anew, from `slot` on. Those with unsaved changes
    /// keep them, so that nothing is asked for them unless only a part of them was read.
    pub(crate) fn old_companions(&mut self, table: &TableDef, slot: u32) -> Vec<u32> {
        let Some(arena) = self.any_mut(table.id) else { return Vec::new() };
        let mut old = arena.slots_mut().companions(slot);
        let slots = arena.slots();
        old.retain(|&other| slots.is_wanting(other));
        if let Some(own) = old.iter().position(|&other| other == slot) {
            old.swap(0, own);
        }
        if let Some(others) = old.get_mut(1..) {
            let behind = others.partition_point(|&other| other < slot);
            others.rotate_left(behind);
        }
        old.truncate(TOGETHER);
        old
    }
}

impl Session {
    /// Reads the rows of objects anew. Those whose rows are gone stay as they were.
    pub(crate) fn ask_anew(&mut self, model: ModelRef, slots: &[u32]) -> Result<()> {
        let table = (model.table)();
        let by: Vec<&'static ColumnDef> = table.key_columns().collect();
        let facts = self.links.dialect_of(&table.name).capabilities();
        for keys in self.keys_of(table, slots).chunks(by.len(), facts) {
            let mut select = crate::query::select_columns(table);
            select.filter.push(keys.filter(table, &by));
            crate::query::leave_out(&mut select, table, 0, &[]);
            self.run(model, &select, &mut [], Populate::Keep, |_, _, _| Ok(()))?;
        }
        Ok(())
    }

    /// Reads the rows of those of `slots` anew that are to be asked anew.
    pub(crate) fn ask_old(&mut self, model: ModelRef, slots: &[u32]) -> Result<()> {
        let Some(arena) = self.store.any((model.table)().id) else { return Ok(()) };
        let wanted = |slot: &u32| arena.slots().is_old(*slot) || self.store.lacks(model, *slot);
        let old: Vec<u32> = slots.iter().copied().filter(wanted).collect();
        if old.is_empty() {
            return Ok(());
        }
        self.autoflush_for(&[(model.table)()])?;
        self.ask_anew(model, &old)
    }
}
