//! Which tables are on shards.

use std::collections::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ColumnDef, RelationKind, TableDef, TableName};
use crate::value::SqlType;

/// The tables that every shard has: those of models, and the association tables between them.
#[derive(Debug)]
pub(super) struct Layout {
    models: Vec<&'static TableDef>,
    tables: HashMap<TableName, &'static TableDef>,
}

impl Layout {
    /// # Errors
    ///
    /// `Schema` for a model whose rows cannot be told a shard, and `Config` for no models.
    pub(super) fn new(models: impl IntoIterator<Item = &'static TableDef>) -> Result<Self> {
        let models: Vec<&'static TableDef> = models.into_iter().collect();
        if models.is_empty() {
            return Err(Error::new(ErrorKind::Config, "no model is on the shards: name those that are"));
        }
        let mut tables: HashMap<TableName, &'static TableDef> =
            models.iter().map(|table| (table.name.clone(), *table)).collect();
        for relation in models.iter().flat_map(|table| &table.relations) {
            let has_table = relation.kind == RelationKind::ManyToMany && !relation.has_through();
            if has_table
                && tables.contains_key(&(relation.target.table)().name)
                && let Some(table) = relation.association()?.0.table()
            {
                tables.insert(table.name.clone(), table);
            }
        }
        let layout = Self { models, tables };
        layout.models.iter().try_for_each(|table| layout.check(table))?;
        Ok(layout)
    }

    /// Whether the rows of a model are told a shard: by a key, or by what they are related to.
    fn check(&self, table: &'static TableDef) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Schema, message));
        let Some(column) = shard_key(table) else {
            if table.relations.iter().any(|relation| self.has(&(relation.target.table)().name)) {
                return Ok(());
            }
            return refuse(format!(
                "nothing tells on which shard a {} is: it has no `#[orm(shard_key)]`, and no relation to another model of the shards",
                table.model
            ));
        };
        let field = &table.fields[column.field];
        if field.columns.len() != 1 {
            return refuse(format!(
                "the shard key `{}` of {} has several columns: a shard is told by one value",
                field.name, table.model
            ));
        }
        if column.nullable {
            return refuse(format!(
                "the shard key `{}` of {} may be NULL, and every row is on one shard",
                field.name, table.model
            ));
        }
        if matches!(
            column.sql_type,
            SqlType::F32 | SqlType::F64 | SqlType::Decimal | SqlType::Time | SqlType::Json | SqlType::Array(_)
        ) {
            return refuse(format!(
                "the shard key `{}` of {} is no integer, text, UUID, date or point in time, which equal values have in one form only",
                field.name, table.model
            ));
        }
        Ok(())
    }

    pub(super) fn has(&self, table: &TableName) -> bool {
        self.tables.contains_key(table)
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &'static TableDef> {
        self.tables.values().copied()
    }

    pub(super) fn table(&self, name: &TableName) -> Option<&'static TableDef> {
        self.tables.get(name).copied()
    }
}

/// The column that tells the shard of a row.
pub(super) fn shard_key(table: &'static TableDef) -> Option<&'static ColumnDef> {
    table.columns.get(table.shard_key?)
}
