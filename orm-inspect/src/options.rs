//! What a table has besides its columns: options of the struct where there are some, else notes.

use orm_core::catalog::{CatalogTable, Deferral};

use crate::attribute::Attr;
use crate::names;
use crate::tables::{Table, plain_columns, same_set};

/// The options of the struct, and of its fields by column, and what cannot be said.
#[derive(Default)]
pub(crate) struct TableOptions {
    pub(crate) of_struct: Vec<Attr>,
    /// Columns with `unique` or `index`.
    pub(crate) of_columns: Vec<(Vec<usize>, &'static str)>,
    pub(crate) notes: Vec<String>,
}

/// The options of a model.
pub(crate) fn of(this: &Table<'_>) -> TableOptions {
    let mut options = TableOptions::default();
    options.of_struct.push(Attr::text("table", &this.name.name));
    options.of_struct.extend(this.name.schema.as_deref().map(|schema| Attr::text("schema", schema)));
    let Some(table) = this.table else { return options };
    uniques(this, table, &mut options);
    indexes(this, table, &mut options);
    checks(this, table, &mut options);
    rest(table, &mut options);
    options
}

fn uniques(this: &Table<'_>, table: &CatalogTable, options: &mut TableOptions) {
    for unique in &table.uniques {
        let is_usual =
            unique.deferral == Deferral::NotDeferrable && unique.include.is_empty() && !unique.nulls_not_distinct;
        match (is_usual, fields(this, &unique.columns)) {
            (true, Some(found)) => add(this, options, "unique", "uq", unique.name.as_deref(), &unique.columns, found),
            _ => options.notes.push(unique.to_string()),
        }
    }
}

fn indexes(this: &Table<'_>, table: &CatalogTable, options: &mut TableOptions) {
    for index in &table.indexes {
        let columns = plain_columns(index).unwrap_or_default();
        match fields(this, &columns).filter(|found| !found.is_empty()) {
            Some(found) if index.unique => add(this, options, "unique", "uq", Some(&index.name), &columns, found),
            Some(found) => add(this, options, "index", "ix", Some(&index.name), &columns, found),
            None => options.notes.push(index.to_string()),
        }
    }
}

/// Adds an index. That of the key needs no option.
fn add(
    this: &Table<'_>,
    options: &mut TableOptions,
    kind: &'static str,
    prefix: &str,
    name: Option<&str>,
    columns: &[String],
    fields: Vec<String>,
) {
    if kind == "unique" && this.positions(columns).is_some_and(|columns| same_set(&columns, &this.key)) {
        return;
    }
    let is_usual = name.is_none_or(|name| name == usual_name(prefix, &this.name.name, columns));
    match (is_usual, &*fields) {
        (true, [_]) => options.of_columns.extend(this.positions(columns).map(|columns| (columns, kind))),
        _ => {
            let name = name.filter(|_| !is_usual).map(|name| format!("name = {name:?}"));
            options.of_struct.push(Attr::Call(kind, fields.into_iter().chain(name).collect()));
        }
    }
}

/// The name by the convention of `create_all`, where it is readable.
fn usual_name(prefix: &str, table: &str, columns: &[String]) -> String {
    let separator = if columns.len() == 1 && !table.contains('_') { "_" } else { "__" };
    format!("{prefix}_{table}{separator}{}", columns.join(separator))
}

/// The fields of these columns. `None` if a column has none, or is only a part of a key.
fn fields(this: &Table<'_>, columns: &[String]) -> Option<Vec<String>> {
    let columns = this.positions(columns)?;
    let mut found = Vec::new();
    let mut rest = &*columns;
    while let Some(&first) = rest.first() {
        let key = this.keys.iter().find(|key| key.columns.contains(&first));
        let (field, width) = match key {
            Some(key) => (&key.field, rest.starts_with(&key.columns).then_some(key.columns.len())?),
            None => (&this.fields[first], 1),
        };
        this.types[first].as_ref().ok()?;
        found.push(names::field(field));
        rest = &rest[width..];
    }
    Some(found)
}

fn checks(this: &Table<'_>, table: &CatalogTable, options: &mut TableOptions) {
    // `{field}` in a check stands for the column of a field.
    let means_a_field =
        |sql: &str| this.fields.iter().any(|field| !field.is_empty() && sql.contains(&format!("{{{field}}}")));
    for check in &table.checks {
        if check.no_inherit || check.not_valid || means_a_field(&check.expression) {
            options.notes.push(check.to_string());
            continue;
        }
        let name = check.name.as_ref().map(|name| format!("name = {name:?}"));
        options
            .of_struct
            .push(Attr::Call("check", std::iter::once(format!("{:?}", check.expression)).chain(name).collect()));
    }
}

fn rest(table: &CatalogTable, options: &mut TableOptions) {
    let notes = &mut options.notes;
    notes.extend(table.exclusions.iter().map(ToString::to_string));
    notes.extend(table.triggers.iter().map(|trigger| format!("trigger {}", trigger.name)));
    notes.extend(table.partition_by.iter().map(|by| format!("partitioned by {by}")));
    notes.extend(table.inherits.iter().map(|parent| format!("inherits {parent}")));
    let known = &table.options;
    let flags = [
        (known.without_rowid, "WITHOUT ROWID"),
        (known.strict, "STRICT"),
        (known.autoincrement, "AUTOINCREMENT"),
        (known.unlogged, "UNLOGGED"),
    ];
    notes.extend(flags.iter().filter(|(is, _)| *is).map(|(_, what)| (*what).to_owned()));
    notes.extend(known.module.iter().map(|module| format!("a virtual table of {module}")));
}
