//! The order of creating tables: a table is created after the tables that it references.

use std::collections::BTreeMap;

use super::{ForeignKeyDef, OnDelete, RelationKind, TableDef, TableName};
use crate::error::Result;

/// Tables in the order of creation. They are dropped in reverse.
#[derive(Debug)]
pub struct CreationOrder {
    tables: Vec<&'static TableDef>,
    reach: Reach,
}

/// For each table by name, the tables that it references, directly or through others.
type Reach = BTreeMap<TableName, Vec<TableName>>;

impl CreationOrder {
    /// The order of these tables: referenced tables first, then by name. [`is_mutual`](Self::is_mutual) finds the keys of tables that
    /// reference each other.
    pub fn of(tables: Vec<&'static TableDef>) -> Self {
        let mut waiting: BTreeMap<TableName, &'static TableDef> =
            tables.into_iter().map(|table| (table.name.clone(), table)).collect();
        let reach = waiting.values().map(|table| (table.name.clone(), reachable(table, &waiting))).collect();
        let mut order = Self { tables: Vec::with_capacity(waiting.len()), reach };
        while let Some(next) = order.next_of(&waiting) {
            if let Some(table) = waiting.remove(&next) {
                order.tables.push(table);
            }
        }
        order
    }

    /// The first table by name that references no waiting table, except those that also reference it.
    fn next_of(&self, waiting: &BTreeMap<TableName, &'static TableDef>) -> Option<TableName> {
        let ready = |name: &&TableName| {
            self.reach[*name].iter().all(|target| !waiting.contains_key(target) || self.are_mutual(name, target))
        };
        waiting.keys().find(ready).cloned()
    }

    /// The tables, in order.
    pub fn tables(&self) -> &[&'static TableDef] {
        &self.tables
    }

    /// Whether the target of a key also references the key's table, directly or through others. A reference to the own table is not mutual,
    /// because the table exists when its key is created.
    pub fn is_mutual(&self, table: &TableDef, key: &ForeignKeyDef) -> bool {
        let target = (key.target.table)();
        table.name != target.name && self.are_mutual(&table.name, &target.name)
    }

    fn are_mutual(&self, a: &TableName, b: &TableName) -> bool {
        let reaches = |from: &TableName, to: &TableName| self.reach.get(from).is_some_and(|all| all.contains(to));
        reaches(a, b) && reaches(b, a)
    }
}

/// Whether the database checks a foreign key, by index, at the end of the transaction. That is so if it is declared, and for the keys of
/// mutually dependent tables, which `create_all` declares so. `RESTRICT` is always checked at once.
pub(crate) fn is_deferred(table: &'static TableDef, key: usize) -> bool {
    let def = &table.foreign_keys[key];
    *def.deferred.get_or_init(|| {
        let order = || with_related([table]).map(CreationOrder::of);
        let is_mutual = || order().is_ok_and(|order| order.is_mutual(table, def));
        def.on_delete != Some(OnDelete::Restrict) && (def.deferrable || is_mutual())
    })
}

/// The tables of `all` that `table` references, directly or through others.
fn reachable(table: &'static TableDef, all: &BTreeMap<TableName, &'static TableDef>) -> Vec<TableName> {
    let mut found: Vec<TableName> = Vec::new();
    let mut open = vec![table];
    while let Some(table) = open.pop() {
        for key in &table.foreign_keys {
            let target = (key.target.table)();
            if all.contains_key(&target.name) && !found.contains(&target.name) {
                found.push(target.name.clone());
                open.push(target);
            }
        }
    }
    found
}

/// The tables, and all tables that their relations lead to in either direction: targets, association tables and `through` models.
/// A table is listed once for each definition of it.
///
/// # Errors
///
/// `Schema` when an association lacks its keys.
pub fn with_related(tables: impl IntoIterator<Item = &'static TableDef>) -> Result<Vec<&'static TableDef>> {
    let mut found: Vec<&'static TableDef> = Vec::new();
    let mut open: Vec<&'static TableDef> = tables.into_iter().collect();
    while let Some(table) = open.pop() {
        if found.iter().any(|known| known.id == table.id) {
            continue;
        }
        found.push(table);
        for relation in &table.relations {
            open.push((relation.target.table)());
            if relation.kind == RelationKind::ManyToMany {
                open.extend(relation.association()?.0.table());
            }
        }
    }
    Ok(found)
}
