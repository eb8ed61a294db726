//! A table, by its pragmas and its text.

use std::collections::BTreeMap;

use orm_core::catalog::{Action, CatalogTable, Deferral, ForeignKey, PrimaryKey, TableOptions, Unique};

use super::parse::{Foreign, Key, Text};
use super::{Object, Place, columns, index, parse};

/// The columns of the primary key, in its order.
const KEY: &str = "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0 ORDER BY pk";
const FOREIGN_KEYS: &str = "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1, ?2) ORDER BY id, seq";

pub(super) fn read(place: &Place<'_>, object: &Object) -> rusqlite::Result<CatalogTable> {
    let sql = place.text("table", &object.name)?;
    let is_virtual = object.kind == "virtual";
    let text = if is_virtual { Text::default() } else { parse::table(&sql) };
    let mut table = CatalogTable {
        name: place.named(&object.name),
        columns: columns(place, &object.name)?,
        primary_key: primary_key(place, &object.name, &text)?,
        foreign_keys: foreign_keys(place, &object.name, &text.foreign_keys)?,
        triggers: place.triggers(&object.name)?,
        options: TableOptions {
            without_rowid: object.without_rowid && !is_virtual,
            strict: object.strict,
            autoincrement: text.autoincrement,
            unlogged: false,
            module: is_virtual.then(|| parse::module(&sql)),
        },
        ..CatalogTable::default()
    };
    for (name, generated) in text.generated {
        if let Some(column) = table.columns.iter_mut().find(|column| column.name.eq_ignore_ascii_case(&name)) {
            column.generated = Some(generated);
        }
    }
    for found in index::list(place, &object.name)? {
        match &*found.origin {
            "c" => table.indexes.push(index::read(place, &found, &table.columns)?),
            "u" => table.uniques.push(unique(&text.keys, index::column_names(place, &found.name)?)),
            _ => {}
        }
    }
    table.checks = text.checks;
    Ok(table)
}

fn primary_key(place: &Place<'_>, table: &str, text: &Text) -> rusqlite::Result<Option<PrimaryKey>> {
    let mut statement = place.native.prepare_cached(KEY)?;
    let columns: Vec<String> =
        statement.query_map([table, place.schema], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if columns.is_empty() {
        return Ok(None);
    }
    let name = text.keys.iter().find(|key| key.primary).and_then(|key| key.name.clone());
    Ok(Some(PrimaryKey { name, columns, ..PrimaryKey::default() }))
}

/// A UNIQUE constraint by its columns, with the name that it has in the text.
fn unique(keys: &[Key], columns: Vec<String>) -> Unique {
    let is_same = |key: &&Key| {
        let mut pairs = key.columns.iter().zip(&columns);
        !key.primary && key.columns.len() == columns.len() && pairs.all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let name = keys.iter().find(is_same).and_then(|key| key.name.clone());
    Unique { name, columns, ..Unique::default() }
}

/// The pragma counts the keys from the last one in the text.
fn foreign_keys(place: &Place<'_>, table: &str, texts: &[Foreign]) -> rusqlite::Result<Vec<ForeignKey>> {
    let mut statement = place.native.prepare_cached(FOREIGN_KEYS)?;
    let mut rows = statement.query([table, place.schema])?;
    let mut keys: BTreeMap<usize, ForeignKey> = BTreeMap::new();
    let mut open = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get::<_, u32>(0)? as usize;
        let target: String = row.get(1)?;
        let key = match keys.entry(number) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                let text = texts.len().checked_sub(number + 1).and_then(|index| texts.get(index));
                free.insert(ForeignKey {
                    name: text.and_then(|text| text.name.clone()),
                    target: place.named(&target),
                    on_update: action(&row.get::<_, String>(4)?),
                    on_delete: action(&row.get::<_, String>(5)?),
                    deferral: text.map_or(Deferral::NotDeferrable, |text| text.deferral),
                    ..ForeignKey::default()
                })
            }
        };
        key.columns.push(row.get(2)?);
        match row.get(3)? {
            Some(column) => key.target_columns.push(column),
            None => open.push(number),
        }
    }
    drop(rows);
    for number in open {
        if let Some(key) = keys.get_mut(&number) {
            let mut statement = place.native.prepare_cached(KEY)?;
            let columns = statement.query_map([&*key.target.name, place.schema], |row| row.get(0))?;
            key.target_columns = columns.collect::<Result<_, _>>()?;
        }
    }
    Ok(keys.into_values().collect())
}

fn action(word: &str) -> Action {
    match word {
        "CASCADE" => Action::Cascade,
        "RESTRICT" => Action::Restrict,
        "SET NULL" => Action::SetNull(Vec::new()),
        "SET DEFAULT" => Action::SetDefault(Vec::new()),
        _ => Action::NoAction,
    }
}
