//! Databases that change tables where they are.

use super::changes::{TableChange, split};
use super::{Alter, removed};
use crate::catalog::{
    CatalogTable, Change, Check, Difference, Exclusion, ForeignKey, Index, IndexPart, PrimaryKey, Trigger, Unique,
};
use crate::error::{Error, ErrorKind, Result};
use crate::render::catalog::order::{self, mentions};
use crate::render::catalog::table as write;
use crate::schema::TableName;

/// What a table loses first and gets at the end.
struct Parts<'c> {
    change: TableChange<'c>,
    moved: Vec<&'c str>,
    keys: (Vec<&'c PrimaryKey>, Vec<&'c PrimaryKey>),
    uniques: (Vec<&'c Unique>, Vec<&'c Unique>),
    checks: (Vec<&'c Check>, Vec<&'c Check>),
    exclusions: (Vec<&'c Exclusion>, Vec<&'c Exclusion>),
    indexes: (Vec<&'c Index>, Vec<&'c Index>),
    triggers: (Vec<&'c Trigger>, Vec<&'c Trigger>),
}

impl<'c> Parts<'c> {
    fn of(mut change: TableChange<'c>, retyped: &[&TableName], names_keys: bool) -> Self {
        let mut moved = change.moved();
        change.keys.retain(|key| match key {
            Change::Changed { from, to } => names_keys || from.columns != to.columns,
            _ => true,
        });
        for column in &change.from.columns {
            if retyped.iter().any(|name| column.data_type.kind.names(name)) && !moved.contains(&&*column.name) {
                moved.push(&column.name);
            }
        }
        let of = |names: &[String]| names.iter().any(|name| moved.contains(&&**name));
        let reads = |text: &str| moved.iter().any(|name| mentions(text, name));
        let keys = split(change.from.primary_key.as_slice(), &change.keys, |key| of(&key.columns) || of(&key.include));
        let uniques = split(&change.from.uniques, &change.uniques, |key| of(&key.columns) || of(&key.include));
        let checks = split(&change.from.checks, &change.checks, |check| reads(&check.expression));
        let exclusions = split(&change.from.exclusions, &change.exclusions, |known| reads(&known.definition));
        let indexes = split(&change.from.indexes, &change.indexes, |index| {
            let key = |part: &IndexPart| match part {
                IndexPart::ColumnName(name) => moved.contains(&&**name),
                IndexPart::Sql(text) => reads(text),
            };
            of(&index.include)
                || index.predicate.as_deref().is_some_and(reads)
                || index.keys.iter().any(|k| key(&k.part))
        });
        let disturbs = change.disturbs() || !moved.is_empty();
        let triggers = split(&change.from.triggers, &change.triggers, |_| disturbs);
        Self { change, moved, keys, uniques, checks, exclusions, indexes, triggers }
    }

    /// Whether something that a foreign key may rest on is dropped.
    fn drops_keys(&self) -> bool {
        !self.keys.0.is_empty() || !self.uniques.0.is_empty() || self.indexes.0.iter().any(|index| index.unique)
    }
}

impl<'c> Alter<'c> {
    pub(super) fn in_place(&mut self, tables: Vec<TableChange<'c>>) -> Result<()> {
        let removed = removed(self.from, &tables);
        let retyped = self.replaced_types();
        // Where columns are changed as a whole, all primary keys have one name.
        let names_keys = !self.modifies();
        let tables: Vec<Parts<'c>> = tables.into_iter().map(|change| Parts::of(change, &retyped, names_keys)).collect();
        self.add_schemas()?;
        let disturbed = tables.iter().filter(|table| table.change.disturbs() || !table.moved.is_empty());
        let disturbed: Vec<&TableName> =
            disturbed.map(|table| &table.change.from.name).chain(removed.iter().copied()).collect();
        let views = self.dropped_views(&disturbed);
        self.drop_views(&views)?;
        let again = self.drop_foreign_keys(&tables, &removed)?;
        tables.iter().try_for_each(|table| self.drop_parts(table))?;
        self.drop_tables(&removed)?;
        self.change_types(&tables.iter().map(|table| table.change.from).collect::<Vec<_>>())?;
        let added = self.added_tables();
        added.iter().try_for_each(|table| self.create(|script| script.table(table)))?;
        tables.iter().try_for_each(|table| self.alter_columns(&table.change))?;
        tables.iter().try_for_each(|table| self.alter_itself(&table.change))?;
        tables.iter().try_for_each(|table| self.create_parts(table))?;
        let indexes = added.iter().flat_map(|table| table.indexes.iter().map(|index| (&table.name, index)));
        indexes.into_iter().try_for_each(|(table, index)| self.create(|script| script.index(table, index)))?;
        added.iter().try_for_each(|table| self.create(|script| script.later_constraints(table)))?;
        self.create_foreign_keys(&again)?;
        self.change_owners()?;
        self.create_views(&views)?;
        for table in &tables {
            let new = table.triggers.1.iter().map(|trigger| trigger.definition.clone());
            self.script.statements.extend(new);
        }
        let triggers = added.iter().flat_map(|table| &table.triggers).map(|trigger| trigger.definition.clone());
        self.script.statements.extend(triggers);
        self.take(None);
        added.iter().try_for_each(|table| self.create(|script| script.table_comments(table)))?;
        tables.iter().try_for_each(|table| self.comment_table(&table.change))?;
        self.drop_types()
    }

    fn added_tables(&self) -> Vec<&'c CatalogTable> {
        let is_new = |name: &TableName| {
            self.differences
                .iter()
                .any(|each| matches!(each, Difference::Table(Change::Added(table)) if table.name == *name))
        };
        order::tables(&self.to.tables).into_iter().filter(|table| is_new(&table.name)).collect()
    }

    /// Drops the foreign keys that change or rest on something that does. Returns those that come again, with their tables.
    fn drop_foreign_keys(
        &mut self,
        tables: &[Parts<'c>],
        removed: &[&TableName],
    ) -> Result<Vec<(&'c TableName, &'c ForeignKey)>> {
        let mut again = Vec::new();
        for table in tables {
            let rests_on = |key: &ForeignKey| {
                let own = key.columns.iter().any(|name| table.moved.contains(&&**name));
                let target = tables.iter().find(|other| other.change.from.name == key.target);
                own || target.is_some_and(|other| {
                    other.drops_keys() || key.target_columns.iter().any(|name| other.moved.contains(&&**name))
                })
            };
            let (dropped, created) = split(&table.change.from.foreign_keys, &table.change.foreign_keys, rests_on);
            for key in dropped {
                self.drop_foreign_key(&table.change.from.name, key)?;
            }
            again.extend(created.into_iter().map(|key| (table.change.name(), key)));
        }
        // Tables that go may reference each other, and keys that change.
        for table in self.from.tables.iter().filter(|table| removed.contains(&&table.name)) {
            for key in table.foreign_keys.iter().filter(|key| key.target != table.name) {
                self.drop_constraint(&table.name, key.name.as_deref())?;
            }
        }
        Ok(again)
    }

    /// Drops a foreign key. Where it leaves the index behind that the database has made for it, that goes too.
    fn drop_foreign_key(&mut self, table: &TableName, key: &ForeignKey) -> Result<()> {
        self.drop_constraint(table, key.name.as_deref())?;
        if self.modifies() {
            // One without a name of its own is called after its first column.
            for index in key.name.iter().chain(key.columns.first()) {
                self.push(|out| {
                    out.sql("DROP INDEX IF EXISTS ").ident(index).sql(" ON ").table(table);
                })?;
            }
        }
        Ok(())
    }

    fn create_foreign_keys(&mut self, keys: &[(&TableName, &ForeignKey)]) -> Result<()> {
        keys.iter().try_for_each(|(table, key)| {
            self.push(|out| write::foreign_key(out.sql("ALTER TABLE ").table(table).sql(" ADD "), key))
        })
    }

    fn drop_constraint(&mut self, table: &TableName, name: Option<&str>) -> Result<()> {
        let name = name.ok_or_else(|| {
            Error::new(ErrorKind::Schema, format!("a constraint of {table} has no name, so that it cannot be dropped: reflect the database to learn its name"))
        })?;
        self.push(|out| {
            out.sql("ALTER TABLE ").table(table).sql(" DROP CONSTRAINT ").ident(name);
        })
    }

    fn drop_parts(&mut self, parts: &Parts<'c>) -> Result<()> {
        let table = &parts.change.from.name;
        for trigger in &parts.triggers.0 {
            let modifies = self.modifies();
            self.push(|out| {
                out.sql("DROP TRIGGER ").ident(&trigger.name);
                if !modifies {
                    out.sql(" ON ").table(table);
                }
            })?;
        }
        for index in &parts.indexes.0 {
            self.drop_index(table, &index.name)?;
        }
        let names = parts.exclusions.0.iter().map(|known| Some(&*known.name));
        let names = names.chain(parts.checks.0.iter().map(|check| check.name.as_deref()));
        let mut names = names.chain(parts.uniques.0.iter().map(|key| key.name.as_deref()));
        names.try_for_each(|name| self.drop_constraint(table, name))?;
        let mut keys = parts.keys.0.iter();
        keys.try_for_each(|key| match self.modifies() {
            true => self.push(|out| {
                out.sql("ALTER TABLE ").table(table).sql(" DROP PRIMARY KEY");
            }),
            false => self.drop_constraint(table, key.name.as_deref()),
        })
    }

    pub(super) fn drop_index(&mut self, table: &TableName, index: &str) -> Result<()> {
        let name = TableName { schema: table.schema.clone(), name: index.to_owned().into() };
        let modifies = self.modifies();
        self.push(|out| {
            match modifies {
                true => out.sql("DROP INDEX ").ident(index).sql(" ON ").table(table),
                false => out.sql("DROP INDEX ").table(&name),
            };
        })
    }

    fn create_parts(&mut self, parts: &Parts<'c>) -> Result<()> {
        let table = parts.change.name();
        macro_rules! add {
            ($write:ident, $parts:expr) => {
                for part in &$parts.1 {
                    self.push(|out| write::$write(out.sql("ALTER TABLE ").table(table).sql(" ADD "), part))?;
                }
            };
        }
        add!(primary_key, parts.keys);
        add!(unique, parts.uniques);
        add!(check, parts.checks);
        add!(exclusion, parts.exclusions);
        parts.indexes.1.iter().try_for_each(|index| self.create(|script| script.index(table, index)))
    }

    /// What is said of the table itself.
    fn alter_itself(&mut self, change: &TableChange<'c>) -> Result<()> {
        let (from, to) = (change.from, change.to);
        if !change.itself {
            return Ok(());
        }
        if from.partition_by != to.partition_by || from.partition_of != to.partition_of {
            return Err(self.unsupported(&format!("another partitioning of {}: write the revision by hand", to.name)));
        }
        if from.options.unlogged != to.options.unlogged {
            self.push(|out| {
                out.sql("ALTER TABLE ").table(&to.name);
                out.sql(if to.options.unlogged { " SET UNLOGGED" } else { " SET LOGGED" });
            })?;
        }
        let gone = from.inherits.iter().filter(|name| !to.inherits.contains(name)).map(|name| (" NO INHERIT ", name));
        let new = to.inherits.iter().filter(|name| !from.inherits.contains(name)).map(|name| (" INHERIT ", name));
        gone.chain(new).try_for_each(|(word, parent)| {
            self.push(|out| {
                out.sql("ALTER TABLE ").table(&to.name).sql(word).table(parent);
            })
        })
    }

    fn comment_table(&mut self, change: &TableChange<'c>) -> Result<()> {
        let to = change.to;
        let changes = [
            change.columns.len(),
            change.keys.len(),
            change.uniques.len(),
            change.checks.len(),
            change.exclusions.len(),
            change.foreign_keys.len(),
            change.indexes.len(),
        ];
        if !change.itself && changes.iter().sum::<usize>() == 0 {
            return Ok(());
        }
        if self.script.dialect.capabilities().comment_clause {
            return self.comment_clause(change.from, to);
        }
        if change.from.comment.is_some() && to.comment.is_none() {
            self.push(|out| {
                out.sql("COMMENT ON TABLE ").table(&to.name).sql(" IS NULL");
            })?;
        }
        for column in &to.columns {
            let before = change.from.column(&column.name).and_then(|old| old.comment.as_ref());
            if before.is_some() && column.comment.is_none() {
                self.push(|out| {
                    out.sql("COMMENT ON COLUMN ").table(&to.name).sql(".").ident(&column.name).sql(" IS NULL");
                })?;
            }
        }
        self.create(|script| script.table_comments(to))
    }

    /// Where comments are parts of definitions, columns and indexes were written with theirs.
    fn comment_clause(&mut self, from: &CatalogTable, to: &CatalogTable) -> Result<()> {
        if from.comment == to.comment {
            return Ok(());
        }
        self.push(|out| {
            out.sql("ALTER TABLE ").table(&to.name).sql(" COMMENT ");
            out.ident_literal(to.comment.as_deref().unwrap_or_default());
        })
    }
}
