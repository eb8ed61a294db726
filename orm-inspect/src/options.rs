//! What a table has besides its columns: options of the struct where there are some, else notes.

use orm_core::catalog::{CatalogTable, Deferral, Index, IndexKey, IndexPart, Nulls};

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
    if let Some(view) = this.view {
        let kind = if view.materialized { "materialized_view" } else { "view" };
        options.of_struct.push(Attr::Word(kind.to_owned()));
        options.notes.extend(view.indexes.iter().map(ToString::to_string));
    }
    let Some(table) = this.table else { return options };
    options.of_struct.extend(this.comment.map(|text| Attr::text("comment", text)));
    uniques(this, table, &mut options);
    indexes(this, table, &mut options);
    checks(this, table, &mut options);
    rest(table, &mut options);
    options
}

fn uniques(this: &Table<'_>, table: &CatalogTable, options: &mut TableOptions) {
    for unique in &table.uniques {
        let found = fields(this, &unique.columns).filter(|_| unique.deferral == Deferral::NotDeferrable);
        match found {
            Some(found) if unique.include.is_empty() && !unique.nulls_not_distinct => {
                add(this, options, "unique", "uq", unique.name.as_deref(), &unique.columns, found);
            }
            Some(_) => {
                let column = |name: &String| IndexPart::ColumnName(name.clone());
                let key = |name| IndexKey { part: column(name), ..IndexKey::default() };
                let index = Index {
                    name: unique.name.clone().unwrap_or_default(),
                    unique: true,
                    keys: unique.columns.iter().map(key).collect(),
                    include: unique.include.clone(),
                    nulls_not_distinct: unique.nulls_not_distinct,
                    ..Index::default()
                };
                add_special(this, options, &index, || unique.to_string());
            }
            None => options.notes.push(unique.to_string()),
        }
    }
}

fn indexes(this: &Table<'_>, table: &CatalogTable, options: &mut TableOptions) {
    for index in &table.indexes {
        let columns = plain_columns(index).unwrap_or_default();
        match fields(this, &columns).filter(|found| !found.is_empty()) {
            Some(found) if index.unique => add(this, options, "unique", "uq", Some(&index.name), &columns, found),
            Some(found) => add(this, options, "index", "ix", Some(&index.name), &columns, found),
            None => add_special(this, options, index, || index.to_string()),
        }
    }
}

/// Adds an index with options. What there is no option for is noted.
fn add_special(this: &Table<'_>, options: &mut TableOptions, index: &Index, note: impl Fn() -> String) {
    match special(this, index) {
        Some(items) => {
            options.of_struct.push(Attr::Call(if index.unique { "unique" } else { "index" }, items));
        }
        None => options.notes.push(note()),
    }
}

/// The keys and options of an index. `None` if one of them cannot be said.
fn special(this: &Table<'_>, index: &Index) -> Option<Vec<String>> {
    let is_method_said = index.method.is_none() || !index.unique;
    let mut items: Vec<String> =
        index.keys.iter().map(|key| index_key(this, key)).collect::<Option<_>>().filter(|_| is_method_said)?;
    if let Some(condition) = &index.predicate {
        items.push(format!("where = {:?}", can_be_said(this, condition)?));
    }
    if !index.include.is_empty() {
        items.push(format!("include({})", fields(this, &index.include)?.join(", ")));
    }
    items.extend(index.method.as_ref().map(|method| format!("using = {method:?}")));
    items.extend(index.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    items.extend((!index.name.is_empty()).then(|| format!("name = {:?}", index.name)));
    Some(items)
}

fn index_key(this: &Table<'_>, key: &IndexKey) -> Option<String> {
    if key.collation.is_some() {
        return None;
    }
    let mut text = match &key.part {
        IndexPart::ColumnName(name) => match &*fields(this, std::slice::from_ref(name))? {
            [field] => field.clone(),
            _ => return None,
        },
        IndexPart::Sql(expression) => format!("expr = {:?}", can_be_said(this, expression)?),
    };
    text.push_str(if key.descending { " desc" } else { "" });
    text.push_str(match key.nulls {
        None => "",
        Some(Nulls::First) => " nulls_first",
        Some(Nulls::Last) => " nulls_last",
    });
    if let Some(class) = &key.operator_class {
        text.push_str(&format!(" class = {class:?}"));
    }
    Some(text)
}

/// The text, if it means the same in an attribute: there `{field}` stands for the column of a field. It must not need a column that is
/// left out.
fn can_be_said<'s>(this: &Table<'_>, sql: &'s str) -> Option<&'s str> {
    let means_a_field = this.fields.iter().any(|field| !field.is_empty() && sql.contains(&format!("{{{field}}}")));
    let left_out = this.columns.iter().zip(&this.types).filter(|(_, field)| field.is_err());
    let needs = left_out.into_iter().any(|(column, _)| {
        let mut words = sql.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        words.any(|word| word == column.name)
    });
    (!means_a_field && !needs).then_some(sql)
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
    for check in &table.checks {
        let said = can_be_said(this, &check.expression).filter(|_| !check.no_inherit && !check.not_valid);
        match said {
            Some(sql) => options.of_struct.push(check_of("check", sql, check.name.as_deref())),
            None => options.notes.push(check.to_string()),
        }
    }
    for exclusion in &table.exclusions {
        let text = exclusion.definition.strip_prefix("EXCLUDE ").and_then(|text| can_be_said(this, text));
        match text {
            Some(sql) => options.of_struct.push(check_of("exclude", sql, Some(&exclusion.name))),
            None => options.notes.push(exclusion.to_string()),
        }
    }
}

fn check_of(kind: &'static str, sql: &str, name: Option<&str>) -> Attr {
    let name = name.map(|name| format!("name = {name:?}"));
    Attr::Call(kind, std::iter::once(format!("{sql:?}")).chain(name).collect())
}

fn rest(table: &CatalogTable, options: &mut TableOptions) {
    let notes = &mut options.notes;
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
