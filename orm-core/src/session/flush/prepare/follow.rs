//! Rows that follow changed keys: those that a flush writes because a key changes that they reference are loaded before it.

use std::collections::HashSet;

use crate::error::Result;
use crate::schema::{ModelId, RelationDef, RelationKind, TableDef, is_deferred};
use crate::session::Session;
use crate::session::objects::delete::by_table;

impl Session {
    /// Before a flush: the members of objects whose keys change, where the flush has to change their foreign keys, level by level.
    pub(crate) fn prepare_keys(&mut self) -> Result<()> {
        let has_members = |table: &'static TableDef| {
            table.relations.iter().any(|relation| matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne))
        };
        let mut level = self.store.rekeyed(has_members);
        let mut seen: HashSet<(ModelId, u32)> = HashSet::new();
        while !level.is_empty() {
            let rows = level.into_iter().flat_map(|(table, slots)| slots.into_iter().map(move |slot| (table, slot)));
            let fresh: Vec<(&'static TableDef, u32)> =
                rows.filter(|(table, slot)| seen.insert((table.id, *slot))).collect();
            level = Vec::new();
            for (table, slots) in by_table(fresh) {
                for relation in table.relations.iter().filter(|relation| leads_on(relation, &mut Vec::new())) {
                    self.load_whole(relation, &slots)?;
                    level.extend(self.rekeyed_members(relation, &slots));
                }
            }
        }
        Ok(())
    }

    /// The members whose own keys change with those of their owners.
    fn rekeyed_members(&self, relation: &'static RelationDef, owners: &[u32]) -> Option<(&'static TableDef, Vec<u32>)> {
        let (table, _) = relation.member_key().filter(|&(table, key)| table.foreign_keys[key].primary_key)?;
        let members = owners.iter().flat_map(|&owner| self.store.in_memory(relation, owner));
        Some((table, members.collect()))
    }
}

/// Whether a relation leads to rows that the flush has to write when a key changes: by the foreign key behind it, or, where that is
/// a part of the members' own keys, by those of what references them. `above` are the tables on the way.
fn leads_on(relation: &'static RelationDef, above: &mut Vec<ModelId>) -> bool {
    let Some((table, key)) = relation.member_key() else { return false };
    let def = &table.foreign_keys[key];
    if !def.on_update_cascade {
        return is_deferred(table, key);
    }
    if !def.primary_key || above.contains(&table.id) {
        return false;
    }
    above.push(table.id);
    table.relations.iter().any(|relation| leads_on(relation, above))
}
