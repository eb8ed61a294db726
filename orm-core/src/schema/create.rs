//! The order of creating tables: a table is created after the tables that it references.

use super::components::{Component, components};
use super::{ForeignKeyDef, OnDelete, RelationKind, TableDef};
use crate::error::Result;

/// Tables in the order of creation. They are dropped in reverse.
#[derive(Debug)]
pub struct CreationOrder {
    components: Vec<Component>,
}

impl CreationOrder {
    /// The order of these tables: referenced tables first, then by name. [`is_mutual`](Self::is_mutual) finds the keys of tables that
    /// reference each other.
    pub fn of(tables: Vec<&'static TableDef>) -> Self {
        // By name, because several models may describe the table that a key references.
        let targets = |from: &TableDef, to: &TableDef| {
            from.foreign_keys.iter().any(|key| key.is_checked() && (key.target.table)().name == to.name)
        };
        Self { components: components(tables, targets) }
    }

    /// The tables, in order; of a family each of its tables.
    pub fn tables(&self) -> impl DoubleEndedIterator<Item = &'static TableDef> {
        self.components.iter().flat_map(|component| component.tables.iter().flat_map(|table| table.tables()))
    }

    /// Whether the target of a key also references the key's table, directly or through others. A reference to the own table is not mutual,
    /// because the table exists when its key is created.
    pub fn is_mutual(&self, table: &TableDef, key: &ForeignKeyDef) -> bool {
        let target = (key.target.table)();
        let has = |component: &Component, table: &TableDef| {
            component.tables.iter().any(|known| known.name == table.name || known.id == table.id)
        };
        key.is_checked()
            && table.name != target.name
            && table.id != target.id
            && self.components.iter().any(|component| has(component, table) && has(component, target))
    }
}

/// Whether the database checks a foreign key, by index, at the end of the transaction. That is so if it is declared, and for the keys of
/// mutually dependent tables, which `create_all` declares so. `RESTRICT` is always checked at once. What the database never checks may be
/// broken until then all the same.
pub(crate) fn is_deferred(table: &'static TableDef, key: usize) -> bool {
    let def = &table.foreign_keys[key];
    *def.deferred.get_or_init(|| {
        let order = || with_related([table]).map(CreationOrder::of);
        let is_mutual = || order().is_ok_and(|order| order.is_mutual(table, def));
        def.on_delete != Some(OnDelete::Restrict) && (def.deferrable || !def.is_checked() || is_mutual())
    })
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
