//! Renames: as arguments, or asked for.

use std::io::{BufRead, IsTerminal, Write};

use orm_core::catalog::{Catalog, CatalogTable, Change, Difference, Renames};
use orm_core::dialect::Dialect;
use orm_core::schema::TableDef;

use crate::autogenerate::Draft;
use crate::error::{Error, Result, file};
use crate::renames;
use crate::revision::Migrations;

/// `user:users` and `users.nick:name`.
pub(super) fn parse(given: &[String]) -> Result<Renames> {
    let mut renames = Renames::new();
    for text in given {
        let wrong =
            || Error::Usage(format!("`--rename {text}`: write `old:new` for a table, `table.old:new` for a column"));
        let (old, new) = text.split_once(':').ok_or_else(wrong)?;
        renames = match old.rsplit_once('.') {
            Some((table, column)) => renames.column(table, column, new),
            None => renames.table(old, new),
        };
    }
    Ok(renames)
}

/// Asks at a terminal whether what is gone and what is new are one. Without a terminal nothing is asked, and nothing is guessed.
pub(super) fn ask(
    draft: &mut Draft,
    migrations: &Migrations,
    models: &[&'static TableDef],
    dialects: &[&'static dyn Dialect],
) -> Result<()> {
    let (input, mut output) = (std::io::stdin(), std::io::stderr());
    if !(input.is_terminal() && output.is_terminal()) {
        return Ok(());
    }
    let Some(dialect) = dialects.first() else { return Ok(()) };
    let parents: Vec<String> = match draft.revision.facts.parents.is_empty() {
        true => migrations.heads().iter().map(|head| head.id().to_owned()).collect(),
        false => draft.revision.facts.parents.clone(),
    };
    let before = migrations.schema_after(&parents, *dialect)?;
    let after = Catalog::of(models.iter().copied(), *dialect)?;
    for (question, renames) in
        alike(&before, &after, &renames::with(&draft.renames, renames::declared(&before, models)))
    {
        write!(output, "{question} [y/N] ").and_then(|()| output.flush()).map_err(|error| file("terminal", error))?;
        let mut answer = String::new();
        input.lock().read_line(&mut answer).map_err(|error| file("terminal", error))?;
        if answer.trim().eq_ignore_ascii_case("y") {
            draft.renames.tables.extend(renames.tables);
            draft.renames.columns.extend(renames.columns);
        }
    }
    Ok(())
}

/// Questions about what is gone and what is new and looks like it.
pub(super) fn alike(before: &Catalog, after: &Catalog, known: &Renames) -> Vec<(String, Renames)> {
    let differences = before.differences(after);
    let mut questions = Vec::new();
    for old in &differences {
        for new in &differences {
            match (old, new) {
                (Difference::Table(Change::Removed(old)), Difference::Table(Change::Added(new))) => {
                    let names = |table: &CatalogTable| {
                        table
                            .columns
                            .iter()
                            .map(|column| column.name.clone())
                            .collect::<std::collections::BTreeSet<_>>()
                    };
                    let (old_names, new_names) = (names(old), names(new));
                    let shared = old_names.intersection(&new_names).count();
                    let is_known = known.tables.iter().any(|(from, _)| *from == old.name.to_string());
                    if shared * 2 > old_names.len().max(new_names.len()) && !is_known {
                        let renames = Renames::new().table(old.name.to_string(), new.name.to_string());
                        questions.push((format!("Is the table {} called {} now?", old.name, new.name), renames));
                    }
                }
                (
                    Difference::TableColumn(table, Change::Removed(old)),
                    Difference::TableColumn(other, Change::Added(new)),
                ) if table == other && old.data_type.kind == new.data_type.kind => {
                    let is_known =
                        known.columns.iter().any(|(of, from, _)| *of == table.to_string() && *from == old.name);
                    if !is_known {
                        let renames = Renames::new().column(table.to_string(), &*old.name, &*new.name);
                        questions
                            .push((format!("Is the column {table}.{} called {} now?", old.name, new.name), renames));
                    }
                }
                _ => {}
            }
        }
    }
    questions
}
