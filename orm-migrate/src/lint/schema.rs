//! Rules that look at the whole revision.

use orm_core::catalog::{CatalogTable, ForeignKey, IndexPart};

use super::{Context, Find, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "foreign-key-without-index",
        cure: "add an index that begins with its columns: `#[orm(index)]` on the field",
        // Others make an index for each foreign key.
        databases: &["postgresql", "sqlite"],
        find: Find::InRevision(foreign_key_without_index),
    },
    Rule {
        code: "no-way-back",
        cure: "write the statements of the way back; if there is none, write a statement that fails, so that nobody takes it for done",
        databases: &[],
        find: Find::InRevision(no_way_back),
    },
];

fn foreign_key_without_index(context: &Context<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for table in &context.after.tables {
        let before = context.before.find(&table.name.to_string());
        let is_new = |key: &&ForeignKey| before.is_none_or(|before| !before.foreign_keys.contains(key));
        for key in table.foreign_keys.iter().filter(is_new).filter(|key| !is_indexed(table, key)) {
            found.push(format!(
                "no index of {} begins with {}: a row of {} that is deleted or gets another key has all its rows read",
                table.name,
                key.columns.join(", "),
                key.target
            ));
        }
    }
    found
}

/// Whether an index or a key begins with the columns of a foreign key, in any order.
fn is_indexed(table: &CatalogTable, key: &ForeignKey) -> bool {
    let serves = |columns: &[&String]| {
        let first = columns.get(..key.columns.len());
        first.is_some_and(|first| key.columns.iter().all(|column| first.contains(&column)))
    };
    let of_index = |keys: &[orm_core::catalog::IndexKey]| {
        let names = keys.iter().map_while(|key| match &key.part {
            IndexPart::ColumnName(name) => Some(name.clone()),
            IndexPart::Sql(_) => None,
        });
        let names: Vec<String> = names.collect();
        serves(&names.iter().collect::<Vec<_>>())
    };
    table.primary_key.iter().any(|known| serves(&known.columns.iter().collect::<Vec<_>>()))
        || table.uniques.iter().any(|known| serves(&known.columns.iter().collect::<Vec<_>>()))
        || table.indexes.iter().any(|index| index.predicate.is_none() && of_index(&index.keys))
}

fn no_way_back(context: &Context<'_>) -> Vec<String> {
    let text = |way: &str| context.revision.script_file(way, context.dialect).map_or("", |(_, text)| text.trim());
    let is_missing = !text("up").is_empty() && text("down").is_empty();
    let said = "its script `down` does nothing, so that a downgrade leaves what the revision has made";
    is_missing.then(|| said.to_owned()).into_iter().collect()
}
