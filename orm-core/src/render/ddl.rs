//! `CREATE TABLE` and `DROP TABLE` of models.

use super::catalog::{models, views};
use crate::catalog::{Catalog, CatalogTable};
use crate::dialect::{Dialect, MutualKeys, SqlWriter, names};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{CreationOrder, TableDef, TableName, with_related};

/// The statements that create the tables and all tables that their relations lead to, as far as they are to be `here`, except existing ones.
/// Foreign keys to tables that are elsewhere have no constraint.
///
/// # Errors
///
/// `Schema` when two models describe one table differently, `Unsupported` for what the database cannot do.
pub fn create_statements(
    dialect: &'static dyn Dialect,
    tables: impl IntoIterator<Item = &'static TableDef>,
    here: &dyn Fn(&TableName) -> bool,
    existing: &dyn Fn(&TableName) -> bool,
) -> Result<Vec<String>> {
    let order = creation_order(dialect, tables)?;
    let missing = order.tables().filter(|table| here(&table.name) && !existing(&table.name));
    let (views, missing): (Vec<_>, Vec<_>) = missing.partition(|table| table.kind.view().is_some());
    let mut tables: Vec<CatalogTable> =
        missing.into_iter().map(|table| models::table(table, &order, dialect)).collect::<Result<_>>()?;
    tables.iter_mut().for_each(|table| table.foreign_keys.retain(|key| here(&key.target)));
    let views = views.into_iter().filter_map(|table| views::view(table, dialect).transpose()).collect::<Result<_>>()?;
    let mut enums = models::enums(order.tables().filter(|table| here(&table.name)), dialect)?;
    enums.retain(|known| !existing(&known.name));
    Catalog { enums, tables, views, ..Catalog::default() }.create_sql(dialect)
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
    let present = order.tables().rev().filter(|table| existing(&table.name));
    let (own_views, present): (Vec<_>, Vec<_>) = present.partition(|table| table.kind.view().is_some());
    let own_views = own_views.into_iter().filter_map(|table| views::view(table, dialect).transpose());
    let own_views = own_views.collect::<Result<Vec<_>>>()?;
    let statement = |write: &dyn Fn(&mut SqlWriter)| {
        let mut out = SqlWriter::new(dialect);
        write(&mut out);
        out.into_text()
    };
    let dropped = super::catalog::order::views(&own_views).into_iter().rev();
    let mut statements: Vec<String> =
        dropped.map(|view| statement(&|out| views::drop(out, view.materialized, &view.name))).collect();
    if dialect.capabilities().mutual_keys == MutualKeys::Alter {
        for table in &present {
            let is_own = |column: usize| table.columns[column].table == table.number();
            let keys = table.foreign_keys.iter().filter(|key| is_own(key.columns.start));
            let mutual = keys.filter(|key| order.is_mutual(table, key));
            statements.extend(mutual.map(|key| {
                statement(&|out| {
                    out.sql("ALTER TABLE ").table(&table.name).sql(" DROP CONSTRAINT ");
                    out.ident(&models::key_name(table, key));
                })
            }));
        }
    }
    statements.extend(present.iter().map(|table| {
        statement(&|out| {
            out.sql("DROP TABLE ").table(&table.name);
        })
    }));
    let enums = models::enums(order.tables(), dialect)?;
    let enums = enums.iter().filter(|known| existing(&known.name));
    statements.extend(enums.map(|known| statement(&|out| dialect.drop_type(out, &known.name))));
    Ok(statements)
}

/// The order of the tables and all that their relations lead to, after checking that each has only one definition.
pub(super) fn creation_order(
    dialect: &'static dyn Dialect,
    tables: impl IntoIterator<Item = &'static TableDef>,
) -> Result<CreationOrder> {
    let all = with_related(tables)?;
    let facts = dialect.capabilities();
    let mut distinct: Vec<&'static TableDef> = Vec::with_capacity(all.len());
    for &table in &all {
        for joined in table.tables().iter().filter(|table| table.joined().is_some()) {
            let other = |known: &&TableDef| {
                (known.id, known.number()) != (joined.id, joined.number())
                    && names::is_same_table(facts, &known.name, &joined.name)
            };
            if let Some(other) = all.iter().flat_map(|table| table.tables()).find(other) {
                let message = format!(
                    "`{}` and `{}` are in one table, {}; give one of them another table",
                    other.model, joined.model, joined.name
                );
                return Err(Error::new(ErrorKind::Schema, message));
            }
            names::check_lengths(dialect, joined)?;
        }
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
    let alone = CreationOrder::of(Vec::new());
    let catalog = |table: &'static TableDef| -> Result<Catalog> {
        let (mut tables, mut views) = (Vec::new(), Vec::new());
        match table.kind.view() {
            Some(_) => views.extend(views::view(table, dialect)?),
            None => tables.push(models::table(table, &alone, dialect)?),
        }
        Ok(Catalog { ignores_case: dialect.capabilities().names_ignore_case, tables, views, ..Catalog::default() })
    };
    if catalog(a)?.differences(&catalog(b)?).is_empty() {
        return Ok(());
    }
    let message = format!(
        "`{}` and `{}` describe the table {} differently; give one of them another table",
        a.model, b.model, a.name
    );
    Err(Error::new(ErrorKind::Schema, message))
}
