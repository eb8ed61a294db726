//! Indexes that are built and dropped while others write.

use orm_core::catalog::{Alteration, Catalog, CatalogTable, Index, IndexPart};
use orm_core::dialect::Dialect;
use orm_core::render;

use crate::words::{after, index_name, name};

/// Takes the indexes out of the transaction that can be built and dropped before it: they rest on nothing that the transaction changes.
pub(crate) fn concurrently(
    alteration: &mut Alteration,
    from: &Catalog,
    to: &Catalog,
    dialect: &dyn Dialect,
) -> orm_core::Result<()> {
    if dialect.try_lock_alone().is_none() {
        return Ok(());
    }
    let pairs = || to.tables.iter().filter_map(|table| Some((from.find(&table.name.to_string())?, table)));
    let new = |(old, table): (_, _)| only_in_second(old, table).filter(move |index| can_be_alone(old, table, index));
    let built: Vec<&str> = pairs().flat_map(new).map(|index| &*index.name).collect();
    let gone: Vec<&str> =
        pairs().flat_map(|(old, table)| only_in_second(table, old)).map(|index| &*index.name).collect();
    for step in &mut alteration.steps {
        let words = render::words(dialect, &step.sql)?;
        let dropped = after(&words, &["drop", "index"]).and_then(|rest| Some(name(rest)?.0));
        let bare = |full: String| full.rsplit_once('.').map_or(full.clone(), |(_, bare)| bare.to_owned());
        if index_name(&words).is_some_and(|name| built.contains(&&*name)) {
            step.sql = step.sql.replacen("INDEX ", "INDEX CONCURRENTLY IF NOT EXISTS ", 1);
        } else if dropped.is_some_and(|name| gone.contains(&&*bare(name))) {
            step.sql = step.sql.replacen("INDEX ", "INDEX CONCURRENTLY IF EXISTS ", 1);
        } else {
            continue;
        }
        step.alone = true;
    }
    alteration.steps.sort_by_key(|step| !step.alone);
    Ok(())
}

/// The indexes of the second table whose names the first has not.
fn only_in_second<'c>(first: &'c CatalogTable, second: &'c CatalogTable) -> impl Iterator<Item = &'c Index> {
    second.indexes.iter().filter(|index| first.indexes.iter().all(|other| other.name != index.name))
}

/// Whether an index rests on columns only that stay as they are.
fn can_be_alone(old: &CatalogTable, table: &CatalogTable, index: &Index) -> bool {
    let stays = |name: &String| {
        let column = |table: &CatalogTable| table.columns.iter().find(|column| column.name == *name).cloned();
        column(old).is_some() && column(old) == column(table)
    };
    let is_plain = |part: &IndexPart| matches!(part, IndexPart::ColumnName(_));
    let named = index.keys.iter().filter_map(|key| match &key.part {
        IndexPart::ColumnName(name) => Some(name),
        IndexPart::Sql(_) => None,
    });
    if index.predicate.is_none() && index.keys.iter().all(|key| is_plain(&key.part)) {
        return named.chain(&index.include).all(stays);
    }
    // An expression may name any column.
    old.columns == table.columns
}
