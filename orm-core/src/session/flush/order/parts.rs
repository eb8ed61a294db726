//! Steps about rows that are in several tables, as steps about one table each.

use crate::schema::{FamilyDef, TableDef};
use crate::session::flush::plan::{Insert, Stage, Step, Update};
use crate::session::store::Store;
use crate::value::ValueRef;

/// The steps, each about one table: the base's rows are inserted first, and deleted last.
pub(super) fn of_tables(store: &Store, step: Step) -> Vec<Step> {
    let Some(family) = step.table().joined_tables() else { return vec![step] };
    match step {
        Step::Insert(insert) => {
            family.tables.iter().filter_map(|table| inserted(store, family, table, &insert)).map(Step::Insert).collect()
        }
        Step::Update(update) => {
            family.tables.iter().rev().filter_map(|table| updated(table, &update)).map(Step::Update).collect()
        }
        Step::Delete { rows, .. } => {
            let tables = family.tables.iter().rev();
            let deleted = tables.map(|table| Step::Delete { table, rows: rows_in(store, family, table, &rows) });
            deleted.filter(|step| !matches!(step, Step::Delete { rows, .. } if rows.is_empty())).collect()
        }
        links @ (Step::Link { .. } | Step::Unlink { .. }) => vec![links],
    }
}

/// Those of the rows that are in a table.
fn rows_in(store: &Store, family: &FamilyDef, table: &TableDef, rows: &[u32]) -> Vec<u32> {
    let Some(number) = table.joined() else { return rows.to_vec() };
    let Some(arena) = store.any(table.id) else { return Vec::new() };
    let types = family.types.iter().filter(|of| family.tables_of(of.spec).contains(&number));
    let identities: Vec<&str> = types.filter_map(|of| of.identity).collect();
    let is_in = |slot: &u32| match arena.row_value(*slot, family.discriminator) {
        ValueRef::Text(identity) => identities.contains(&identity),
        _ => false,
    };
    rows.iter().copied().filter(is_in).collect()
}

fn inserted(store: &Store, family: &FamilyDef, table: &'static TableDef, insert: &Insert) -> Option<Insert> {
    let rows = rows_in(store, family, table, &insert.rows);
    if rows.is_empty() {
        return None;
    }
    let own = |column: &usize| table.columns[*column].table == table.number();
    let (key, generated) = match table.joined() {
        Some(_) => (&table.primary_key[..], None),
        None => (&[][..], insert.generated),
    };
    let columns = insert.columns.iter().copied().filter(|column| own(column) && !key.contains(column));
    Some(Insert {
        table,
        columns: key.iter().copied().chain(columns).collect(),
        generated,
        fetch: insert.fetch.iter().copied().filter(own).collect(),
        deferred: insert.deferred.clone(),
        rows,
    })
}

fn updated(table: &'static TableDef, update: &Update) -> Option<Update> {
    let own = |column: &usize| table.columns[*column].table == table.number();
    let mut set: Vec<usize> = update.set.iter().copied().filter(own).collect();
    if set.is_empty() {
        // What the base compares it compares also where another table is written: it keeps the value that it has.
        set.extend(table.optimistic.first().filter(|_| update.stage == Stage::Main));
    }
    let compare = update.compare.iter().copied().filter(own).collect();
    (!set.is_empty()).then(|| Update { table, set, compare, rows: update.rows.clone(), stage: update.stage })
}
