//! Plans that are refused because other sessions have the rows that they write.

use super::plan::{FlushPlan, Insert, Step, Update};
use crate::error::{Error, Result};
use crate::schema::{ColumnDef, TableDef};
use crate::session::Session;
use crate::session::store::contents::NoKeys;
use crate::value::ValueRef;

/// Says which rows belong to a session, by their shard keys.
pub(crate) trait Placement: Send + Sync {
    /// Why a row with that shard key belongs elsewhere, if it does.
    ///
    /// # Errors
    ///
    /// When it cannot be told.
    fn objection(&self, table: &TableDef, column: &ColumnDef, key: ValueRef<'_>) -> Result<Option<Error>>;
}

impl Session {
    /// Refuses a plan that writes rows that other sessions have.
    ///
    /// # Errors
    ///
    /// Those of the placement, with the object.
    pub(super) fn check_places(&self, plan: &FlushPlan) -> Result<()> {
        let Some(placement) = &self.placement else { return Ok(()) };
        for step in &plan.steps {
            let (table, rows) = match step {
                Step::Insert(Insert { table, rows, .. }) => (table, rows),
                Step::Update(Update { table, rows, set, .. })
                    if table.shard_key.is_some_and(|key| set.contains(&key)) =>
                {
                    (table, rows)
                }
                Step::Update(_) | Step::Delete { .. } | Step::Link { .. } | Step::Unlink { .. } => continue,
            };
            let (Some(key), Some(arena)) = (table.shard_key, self.store.any(table.id)) else { continue };
            for &slot in rows {
                // What references a new object is where that is, which is looked at by itself.
                let Some(value) = self.store.key_value(arena, slot, key, &NoKeys) else { continue };
                if let Some(error) = placement.objection(table, &table.columns[key], value)? {
                    return Err(error.context(self.store.label(table.id, slot)));
                }
            }
        }
        Ok(())
    }
}
