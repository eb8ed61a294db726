//! The renames that models declare by `renamed_from`.

use orm_core::catalog::{Catalog, Renames};
use orm_core::schema::TableDef;

/// What is still to be renamed in a schema: the old name is there, and the new one is not. So a declaration may stay in the model after the
/// revision that follows it.
pub(crate) fn declared(before: &Catalog, models: &[&'static TableDef]) -> Renames {
    let tables = models.iter().flat_map(|model| model.tables());
    tables.fold(Renames::new(), |renames, table| of_columns(of_table(renames, before, table), before, table))
}

fn of_table(renames: Renames, before: &Catalog, model: &TableDef) -> Renames {
    let Some(old) = old_name(model) else { return renames };
    let new = model.name.to_string();
    let is_due = before.find(&old).is_some() && before.find(&new).is_none();
    if is_due { renames.table(old, new) } else { renames }
}

fn of_columns(mut renames: Renames, before: &Catalog, model: &TableDef) -> Renames {
    let new = model.name.to_string();
    let table = before.find(&new).or_else(|| before.find(&old_name(model)?));
    let Some(table) = table else { return renames };
    for column in &model.columns {
        if let Some(old) = &column.renamed_from
            && table.column(old).is_some()
            && table.column(&column.name).is_none()
        {
            renames = renames.column(&new, &**old, &*column.name);
        }
    }
    renames
}

/// The name before, in the schema of the table.
fn old_name(model: &TableDef) -> Option<String> {
    let old = model.renamed_from?;
    Some(match &model.name.schema {
        Some(schema) => format!("{schema}.{old}"),
        None => old.to_owned(),
    })
}

/// Those of `more` that `given` does not tell in its own way, and all of `given`.
pub(crate) fn with(given: &Renames, more: Renames) -> Renames {
    let mut all = given.clone();
    let is_new_table = |(old, new): &(String, String)| given.tables.iter().all(|(from, to)| from != old && to != new);
    let is_new_column = |(table, old, new): &(String, String, String)| {
        given.columns.iter().all(|(of, from, to)| of != table || (from != old && to != new))
    };
    all.tables.extend(more.tables.into_iter().filter(is_new_table));
    all.columns.extend(more.columns.into_iter().filter(is_new_column));
    all
}
