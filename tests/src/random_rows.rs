//! Rows in tables of random catalogs, and what is left of them after a change.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use orm::Engine;
use orm::SqlType;
use orm::catalog::{Catalog, CatalogColumn, CatalogTable, Change, Difference, TypeKind};
use orm::driver::SqlWriter;

use crate::changes::expect_catalog;

/// Two rows in each table, whose values convert to most other types. Foreign keys are NULL.
pub(crate) fn fill(engine: &Engine, catalog: &Catalog) {
    for table in &catalog.tables {
        for number in 1..=2 {
            let is_key =
                |column: &CatalogColumn| table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
            let columns = table.columns.iter().filter(|column| column.generated.is_none() && !is_key(column));
            let (names, values): (Vec<_>, Vec<_>) =
                columns.map(|column| (quoted(&column.name), value(catalog, &column.data_type.kind, number))).unzip();
            let overriding = if catalog.tables.iter().any(has_identity) { " OVERRIDING SYSTEM VALUE" } else { "" };
            let sql = format!(
                "INSERT INTO {} ({}){overriding} VALUES ({})",
                quoted(&table.name.name),
                names.join(", "),
                values.join(", ")
            );
            let outcome = engine.connection().unwrap().execute(&sql, &[]);
            // A type of one value has no other for the second row.
            let is_like_the_first = |error: &orm::Error| number == 2 && error.kind() == orm::ErrorKind::UniqueViolation;
            if let Err(error) = outcome
                && !is_like_the_first(&error)
            {
                panic!("{sql}: {error}");
            }
        }
    }
}

fn has_identity(table: &CatalogTable) -> bool {
    table.columns.iter().any(|column| column.identity.is_some())
}

fn value(catalog: &Catalog, kind: &TypeKind, number: usize) -> String {
    match kind {
        TypeKind::Bool => (number == 1).to_string(),
        TypeKind::Date => format!("'2026-01-0{number}'"),
        TypeKind::DateTime(_) | TypeKind::Timestamp(_) => format!("'2026-01-0{number} 00:00:00'"),
        TypeKind::Text | TypeKind::VarChar(_) | TypeKind::Char(_) => format!("'{number}'"),
        TypeKind::Domain { base, .. } => value(catalog, base, number),
        TypeKind::Enum(name) => {
            let known = catalog.enums.iter().find(|known| known.name == *name).unwrap();
            format!("'{}'", known.values[(number - 1) % known.values.len()].replace('\'', "''"))
        }
        _ => number.to_string(),
    }
}

/// Changes a database with rows. Either it has the other catalog, and all values of columns that stay; or the change failed, which it may, and
/// nothing has changed, unless each statement commits. Returns whether it was done.
pub(crate) fn change(engine: &Engine, from: &Catalog, to: &Catalog, said: &str) -> bool {
    let alteration = from.alteration(to, engine.dialect()).unwrap_or_else(|error| panic!("{error}\n{said}"));
    let sql = alteration.steps.iter().map(|step| &*step.sql).collect::<Vec<_>>().join(";\n");
    let kept = kept(from, to);
    let before = rows(engine, &kept);
    let outcome = alteration.apply(engine);
    let shown = || format!("{said}\n{sql}\nfrom:\n{from}\nto:\n{to}");
    match &outcome {
        Ok(()) => expect_catalog(engine, to, &shown()),
        Err(error) => {
            let is_told = alteration.steps.iter().any(|step| step.danger.is_some()) || constrains(from, to);
            assert!(is_told, "{error}\n{}", shown());
            if !engine.dialect().capabilities().transactional_schema {
                return false;
            }
            let mut whole = from.clone();
            // A value of an enum is added in a transaction of its own.
            if alteration.steps.iter().any(|step| step.alone) {
                whole.enums.clone_from(&engine.reflect().unwrap().enums);
            }
            expect_catalog(engine, &whole, &shown());
        }
    }
    assert_eq!(rows(engine, &kept), before, "{}", shown());
    outcome.is_ok()
}

/// The columns of both catalogs that have the same type in both, by their tables.
fn kept(from: &Catalog, to: &Catalog) -> BTreeMap<String, Vec<String>> {
    let of = |table: &CatalogTable| {
        let other = to.find(&table.name.to_string())?;
        let stays = |column: &&CatalogColumn| {
            let after = other.column(&column.name);
            let is_same = |after: &CatalogColumn| {
                after.data_type.kind == column.data_type.kind && after.nullable >= column.nullable
            };
            column.generated.is_none() && after.is_some_and(|after| after.generated.is_none() && is_same(after))
        };
        let columns: Vec<String> = table.columns.iter().filter(stays).map(|column| column.name.clone()).collect();
        // Of a table without one of its columns nothing is left.
        (!columns.is_empty()).then(|| (table.name.name.to_string(), columns))
    };
    from.tables.iter().filter_map(of).collect()
}

/// Whether a change asks for something that rows may not have.
fn constrains(from: &Catalog, to: &Catalog) -> bool {
    from.differences(to).iter().any(|each| match each {
        Difference::Unique(_, change) => !matches!(change, Change::Removed(_)),
        Difference::PrimaryKey(_, change) => !matches!(change, Change::Removed(_)),
        Difference::Check(_, change) => !matches!(change, Change::Removed(_)),
        Difference::ForeignKey(_, change) => !matches!(change, Change::Removed(_)),
        Difference::Index(_, Change::Added(index) | Change::Changed { to: index, .. }) => index.unique,
        Difference::Domain(change) => !matches!(change, Change::Removed(_)),
        _ => false,
    })
}

fn rows(engine: &Engine, tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<Vec<String>>> {
    let read = |(table, columns): (&String, &Vec<String>)| {
        let mut text = SqlWriter::new(engine.dialect());
        engine.dialect().cast_type(&mut text, SqlType::Text);
        let text = text.into_text();
        let names: Vec<String> = columns.iter().map(|name| format!("CAST({} AS {text})", quoted(name))).collect();
        let sql = format!("SELECT {} FROM {}", names.join(", "), quoted(table));
        let mut found = Vec::new();
        let mut connection = engine.connection().unwrap();
        let outcome = connection.query(&sql, &[], &mut |row| {
            found.push((0..row.len()).map(|at| row.get(at).unwrap().to_string()).collect());
            Ok(ControlFlow::Continue(()))
        });
        outcome.unwrap_or_else(|error| panic!("{sql}: {error}"));
        found.sort();
        (table.clone(), found)
    };
    tables.iter().map(read).collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
