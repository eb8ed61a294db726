//! Indexes and triggers that somebody has made by hand on a table which is made again.

use orm_core::Result;
use orm_core::catalog::{Catalog, CatalogTable, Reflect};
use orm_core::engine::Conn;

use crate::script::Script;

/// Makes them again, if the script does not name them. `before` is what there was behind the renames of the script.
pub(crate) fn restore(connection: &mut Conn, before: &Catalog, script: &Script) -> Result<()> {
    let after = connection.reflect(&Reflect::new())?;
    let mut wanted = after.clone();
    for table in &mut wanted.tables {
        if let Some(old) = before.tables.iter().find(|old| old.name == table.name) {
            put_back(table, old, script);
        }
    }
    let alteration = after.alteration(&wanted, connection.dialect())?;
    alteration.steps.iter().try_for_each(|step| connection.execute_script(&step.sql))
}

fn put_back(table: &mut CatalogTable, old: &CatalogTable, script: &Script) {
    let indexes = old.indexes.iter().filter(|index| !script.names(&index.name));
    for index in indexes {
        if table.indexes.iter().all(|own| own.name != index.name) {
            table.indexes.push(index.clone());
        }
    }
    let triggers = old.triggers.iter().filter(|trigger| !script.names(&trigger.name));
    for trigger in triggers {
        if table.triggers.iter().all(|own| own.name != trigger.name) {
            table.triggers.push(trigger.clone());
        }
    }
}
