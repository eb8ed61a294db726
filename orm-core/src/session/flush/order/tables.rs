//! The order of the tables of a flush.

use crate::schema::{Component, TableDef, components};

/// Tables in the order in which rows are inserted. In a cyclic component the rows must be ordered one by one.
pub(crate) fn in_order(tables: Vec<&'static TableDef>) -> Vec<Component> {
    components(tables, references)
}

/// Whether the order of statements depends on a key from one table to the other.
pub(crate) fn references(from: &TableDef, to: &TableDef) -> bool {
    from.foreign_keys.iter().any(|key| !key.post_update && std::ptr::eq((key.target.table)(), to))
}
