//! `CREATE TABLE` and `DROP TABLE`.

use crate::dialect::{Dialect, MutualKeys};
use crate::dialect::{SqlWriter, names};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{
    CheckDef, ColumnDef, CreationOrder, ForeignKeyDef, IndexDef, OnDelete, SqlPart, TableDef, TableName, naming,
    with_related,
};
use crate::value::{SqlType, Values};

/// The statements that create the tables and all tables that their relations lead to, except existing ones.
///
/// # Errors
///
/// `Schema` when two models describe one table differently, `Unsupported` for what the database cannot do.
pub fn create_statements(
    dialect: &'static dyn Dialect,
    tables: impl IntoIterator<Item = &'static TableDef>,
    existing: &dyn Fn(&TableName) -> bool,
) -> Result<Vec<String>> {
    let order = creation_order(dialect, tables)?;
    let missing: Vec<_> = order.tables().filter(|table| !existing(&table.name)).collect();
    missing
        .iter()
        .try_for_each(|table| require_arrays(dialect, table).and_then(|()| require_deferrable(dialect, table)))?;
    let creation = Creation { dialect, order: &order };
    let mut statements = Vec::new();
    for table in &missing {
        statements.push(creation.create_table(table));
        statements.extend(
            table.indexes.iter().filter(|index| !index.unique).map(|index| creation.create_index(table, index)),
        );
    }
    for table in &missing {
        statements.extend(creation.keys_to_alter(table).map(|key| creation.add_key(table, key)));
    }
    Ok(statements)
}

/// The statements that drop the tables and all tables that their relations lead to, if they exist.
///
/// # Errors
///
/// Like [`create_statements`].
pub fn drop_statements(
    dialect: &'static dyn Dialect,
    tables: impl IntoIterator<Item = &'static TableDef>,
    existing: &dyn Fn(&TableName) -> bool,
) -> Result<Vec<String>> {
    let order = creation_order(dialect, tables)?;
    let present: Vec<_> = order.tables().rev().filter(|table| existing(&table.name)).collect();
    let creation = Creation { dialect, order: &order };
    let mut statements = Vec::new();
    for table in &present {
        statements.extend(creation.keys_to_alter(table).map(|key| creation.drop_key(table, key)));
    }
    statements.extend(present.iter().map(|table| creation.drop_table(table)));
    Ok(statements)
}

fn require_arrays(dialect: &'static dyn Dialect, table: &TableDef) -> Result<()> {
    let is_array = |column: &&ColumnDef| matches!(column.sql_type, SqlType::Array(_));
    match table.columns.iter().find(is_array) {
        Some(column) if !dialect.capabilities().arrays => {
            let field = table.fields[column.field].name;
            Err(Error::unsupported(dialect.name(), &format!("an array in a column, as `{}::{field}` is,", table.model)))
        }
        _ => Ok(()),
    }
}

fn require_deferrable(dialect: &'static dyn Dialect, table: &TableDef) -> Result<()> {
    match table.foreign_keys.iter().find(|key| key.deferrable) {
        Some(key) if !dialect.capabilities().deferrable_keys => {
            let field = table.fields[key.field].name;
            let what =
                format!("a foreign key that is checked at the end of the transaction, as `{}::{field}`", table.model);
            Err(Error::unsupported(dialect.name(), &what))
        }
        _ => Ok(()),
    }
}

/// The order of the tables and all that their relations lead to, after checking that each has only one definition.
pub(super) fn creation_order(
    dialect: &'static dyn Dialect,
    tables: impl IntoIterator<Item = &'static TableDef>,
) -> Result<CreationOrder> {
    let all = with_related(tables)?;
    let facts = dialect.capabilities();
    let mut distinct: Vec<&'static TableDef> = Vec::with_capacity(all.len());
    for table in all {
        if table.name.schema.is_some() && !facts.schemas {
            return Err(Error::unsupported(dialect.name(), "schemas").context(format!("table {}", table.name)));
        }
        match distinct.iter().find(|known| names::is_same_table(facts, &known.name, &table.name)) {
            None => distinct.push(table),
            Some(known) => check_same(dialect, known, table)?,
        }
    }
    distinct.iter().try_for_each(|table| names::check_lengths(dialect, table))?;
    names::check_distinct(dialect, &distinct)?;
    Ok(CreationOrder::of(distinct))
}

fn check_same(dialect: &'static dyn Dialect, a: &'static TableDef, b: &'static TableDef) -> Result<()> {
    let text = |table: &'static TableDef| {
        let order = CreationOrder::of(Vec::new());
        let creation = Creation { dialect, order: &order };
        let indexes = table.indexes.iter().map(|index| creation.create_index(table, index));
        std::iter::once(creation.create_table(table)).chain(indexes).collect::<Vec<_>>()
    };
    let (a_text, b_text) = (text(a), text(b));
    if a_text.iter().zip(&b_text).all(|(a, b)| names::is_same(dialect.capabilities(), a, b)) {
        return Ok(());
    }
    let message = format!(
        "`{}` and `{}` describe the table {} differently; give one of them another table",
        a.model, b.model, a.name
    );
    Err(Error::new(ErrorKind::Schema, message))
}

/// The common data of the statements of one creation.
struct Creation<'a> {
    dialect: &'static dyn Dialect,
    order: &'a CreationOrder,
}

impl Creation<'_> {
    fn statement(&self, write: impl FnOnce(&mut SqlWriter)) -> String {
        let mut out = SqlWriter::new(self.dialect);
        write(&mut out);
        out.into_text()
    }

    fn create_table(&self, table: &TableDef) -> String {
        self.statement(|out| {
            out.sql("CREATE TABLE ").table(&table.name).sql(" (\n  ");
            out.list(",\n  ", &table.columns, |out, column| write_column(out, table, column));
            if !table.primary_key.is_empty() {
                let name = naming::constraint("pk", &table.name.name, []);
                constraint(out.sql(",\n  "), &name, "PRIMARY KEY ");
                columns(out, table, table.primary_key.iter().copied());
            }
            for unique in table.indexes.iter().filter(|index| index.unique) {
                constraint(out.sql(",\n  "), &unique.name, "UNIQUE ");
                columns(out, table, unique.columns.iter().copied());
            }
            for check in &table.checks {
                constraint(out.sql(",\n  "), &check.name, "CHECK (");
                write_condition(out, table, check);
                out.sql(")");
            }
            for key in table.foreign_keys.iter().filter(|key| !self.is_altered(table, key)) {
                self.write_key(out.sql(",\n  "), table, key);
            }
            out.sql("\n)");
        })
    }

    fn create_index(&self, table: &TableDef, index: &IndexDef) -> String {
        self.statement(|out| {
            out.sql("CREATE INDEX ").ident(&index.name).sql(" ON ").table(&table.name);
            columns(out.sql(" "), table, index.columns.iter().copied());
        })
    }

    fn drop_table(&self, table: &TableDef) -> String {
        self.statement(|out| {
            out.sql("DROP TABLE ").table(&table.name);
        })
    }

    fn add_key(&self, table: &TableDef, key: &ForeignKeyDef) -> String {
        self.statement(|out| {
            self.write_key(out.sql("ALTER TABLE ").table(&table.name).sql(" ADD "), table, key);
        })
    }

    fn drop_key(&self, table: &TableDef, key: &ForeignKeyDef) -> String {
        self.statement(|out| {
            out.sql("ALTER TABLE ").table(&table.name).sql(" DROP CONSTRAINT ").ident(&key_name(table, key));
        })
    }

    /// The keys of mutually dependent tables, where they come after the tables.
    fn keys_to_alter<'t>(&self, table: &'t TableDef) -> impl Iterator<Item = &'t ForeignKeyDef> {
        table.foreign_keys.iter().filter(|key| self.is_altered(table, key))
    }

    fn is_altered(&self, table: &TableDef, key: &ForeignKeyDef) -> bool {
        self.dialect.capabilities().mutual_keys == MutualKeys::Alter && self.order.is_mutual(table, key)
    }

    fn write_key(&self, out: &mut SqlWriter, table: &TableDef, key: &ForeignKeyDef) {
        let target = (key.target.table)();
        constraint(out, &key_name(table, key), "FOREIGN KEY ");
        columns(out, table, key.columns.clone());
        columns(out.sql(" REFERENCES ").table(&target.name).sql(" "), target, target.primary_key.iter().copied());
        if let Some(on_delete) = key.on_delete {
            out.sql(match on_delete {
                OnDelete::Cascade => " ON DELETE CASCADE",
                OnDelete::SetNull => " ON DELETE SET NULL",
                OnDelete::Restrict => " ON DELETE RESTRICT",
            });
        }
        if key.on_update_cascade {
            out.sql(" ON UPDATE CASCADE");
        }
        // Rows of mutually dependent tables may form a cycle, which is whole only at the end of the transaction.
        let waits = key.deferrable || self.order.is_mutual(table, key);
        if waits && self.dialect.capabilities().deferrable_keys {
            out.sql(" DEFERRABLE INITIALLY DEFERRED");
        }
    }
}

/// The condition of a CHECK constraint.
pub(in crate::render) fn write_condition(out: &mut SqlWriter, table: &TableDef, check: &CheckDef) {
    for part in &check.sql {
        match part {
            SqlPart::Text(text) => out.trusted(text),
            SqlPart::Column(column) => out.ident(&table.columns[*column].name),
        };
    }
}

fn write_column(out: &mut SqlWriter, table: &TableDef, column: &ColumnDef) {
    let dialect = out.dialect();
    dialect.column_type(out.ident(&column.name).sql(" "), column);
    if table.generated_key && column.primary_key {
        dialect.generated_key(out);
    }
    if let Some(expression) = column.computed {
        out.sql(" GENERATED ALWAYS AS (").trusted(expression).sql(") STORED");
    }
    if !column.nullable && (column.computed.is_none() || dialect.capabilities().computed_not_null) {
        out.sql(" NOT NULL");
    }
    if let Some(default) = column.server_default {
        out.sql(" DEFAULT (").trusted(default).sql(")");
    }
    // A foreign key has the values of the key that it references.
    let is_foreign = table.fields[column.field].foreign_key.is_some();
    if let (Values::Range(least, most), false) = (column.values, is_foreign) {
        out.sql(" CHECK (").ident(&column.name).trusted(&format!(" BETWEEN {least} AND {most})"));
    }
}

pub(super) fn key_name(table: &TableDef, key: &ForeignKeyDef) -> String {
    naming::constraint("fk", &table.name.name, table.columns[key.columns.clone()].iter().map(|column| &*column.name))
}

fn constraint<'o>(out: &'o mut SqlWriter, name: &str, kind: &'static str) -> &'o mut SqlWriter {
    out.sql("CONSTRAINT ").ident(name).sql(" ").sql(kind)
}

/// `("a", "b")`.
fn columns(out: &mut SqlWriter, table: &TableDef, columns: impl IntoIterator<Item = usize>) {
    out.sql("(").list(", ", columns, |out, index| {
        out.ident(&table.columns[index].name);
    });
    out.sql(")");
}
