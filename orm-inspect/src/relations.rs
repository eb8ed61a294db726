//! Foreign keys that become relations, and the names of both ends.

use orm_core::catalog::{CatalogTable, ForeignKey};

use crate::names::{plural, singular, snake};
use crate::tables::{Table, same_set};

/// A foreign key that is a `BelongsTo`.
pub(crate) struct Key {
    /// Its number among the foreign keys of its table.
    pub(crate) number: usize,
    /// Its columns.
    pub(crate) columns: Vec<usize>,
    /// The number of the table that it references.
    pub(crate) target: usize,
    /// The name of its column, or what the names of its columns begin with.
    pub(crate) column: String,
    /// Its field.
    pub(crate) field: String,
    /// The field at the other end.
    pub(crate) inverse: String,
}

/// The other end of a [`Key`].
pub(crate) struct Inverse {
    pub(crate) field: String,
    /// The number of the table with the key.
    pub(crate) source: usize,
    /// The field of the key there.
    pub(crate) back: String,
    /// Whether at most one row has the key.
    pub(crate) one: bool,
    /// Whether the database deletes the rows with the key.
    pub(crate) cascades: bool,
}

/// One side of a many-to-many relation.
pub(crate) struct Pair {
    pub(crate) field: String,
    /// The number of the table at the other side.
    pub(crate) target: usize,
    /// The field there.
    pub(crate) back: String,
    /// The table of pairs.
    pub(crate) table: String,
    /// Its column with the key of this side.
    pub(crate) column: String,
}

/// A table of pairs: its two foreign keys, and the tables that they reference.
pub(crate) struct Association<'a> {
    table: &'a CatalogTable,
    ends: [(usize, usize); 2],
}

/// Takes the tables of pairs out of the others. The numbers of the tables are those that are left.
pub(crate) fn associations<'a>(tables: &mut Vec<Table<'a>>) -> Vec<Association<'a>> {
    let is_pair: Vec<bool> = (0..tables.len()).map(|at| ends(tables, at).is_some()).collect();
    let mut found: Vec<Association<'a>> = (0..tables.len())
        .filter_map(|at| Some(Association { table: tables[at].table?, ends: ends(tables, at)? }))
        .collect();
    let moved = |at: usize| at - is_pair[..at].iter().filter(|&&is_pair| is_pair).count();
    for association in &mut found {
        association.ends = association.ends.map(|(key, target)| (key, moved(target)));
    }
    let mut at = 0;
    tables.retain(|_| {
        at += 1;
        !is_pair[at - 1]
    });
    found
}

/// The two ends, if the table is nothing but two keys of models.
fn ends(tables: &[Table<'_>], at: usize) -> Option<[(usize, usize); 2]> {
    let this = &tables[at];
    let table = this.table?;
    let columns: Vec<String> = table.foreign_keys.iter().flat_map(|key| key.columns.clone()).collect();
    let is_referenced = tables
        .iter()
        .filter_map(|other| other.table)
        .flat_map(|other| &other.foreign_keys)
        .any(|key| key.target == table.name);
    let is_plain = table.columns.len() == 2
        && table.foreign_keys.len() == 2
        && same_set(&this.positions(&columns)?, &[0, 1])
        && same_set(&this.key, &[0, 1])
        && table.columns.iter().all(|column| column.default.is_none() && !column.nullable)
        && table.partition_by.is_none()
        && table.checks.is_empty()
        && table.triggers.is_empty();
    if is_referenced || !is_plain {
        return None;
    }
    let end = |number: usize| {
        let key = &table.foreign_keys[number];
        let target = tables.iter().position(|other| *other.name == key.target)?;
        let column = this.position(key.columns.first()?)?;
        let other = &tables[target];
        let references_key = other.positions(&key.target_columns)? == other.key && other.key.len() == 1;
        let fits =
            this.types[column].as_ref().ok()?.in_key() == other.types[*other.key.first()?].as_ref().ok()?.in_key();
        (references_key && fits && other.name.schema == table.name.schema && target != at).then_some((number, target))
    };
    Some([end(0)?, end(1)?])
}

/// Finds the foreign keys that are relations, and notes why the others are none.
pub(crate) fn find_keys(tables: &mut [Table<'_>]) {
    let mut edges: Vec<(usize, usize)> = Vec::new();
    for at in 0..tables.len() {
        let Some(table) = tables[at].table.filter(|_| tables[at].is_model()) else { continue };
        let mut keys: Vec<Key> = Vec::new();
        let mut notes = Vec::new();
        for (number, foreign) in table.foreign_keys.iter().enumerate() {
            match key(tables, at, number, foreign, &keys, &edges) {
                Ok(key) => {
                    if tables[at].key.contains(&key.columns[0]) {
                        edges.push((at, key.target));
                    }
                    keys.push(key);
                }
                Err(reason) => notes.push(format!("{foreign}: {reason}")),
            }
        }
        tables[at].keys = keys;
        tables[at].notes.extend(notes);
    }
}

fn key(
    tables: &[Table<'_>],
    at: usize,
    number: usize,
    foreign: &ForeignKey,
    known: &[Key],
    edges: &[(usize, usize)],
) -> Result<Key, &'static str> {
    let this = &tables[at];
    let columns = this.positions(&foreign.columns).ok_or("it names a column that does not exist")?;
    let target =
        tables.iter().position(|other| *other.name == foreign.target).ok_or("its table is not in this file")?;
    let other = &tables[target];
    if !other.is_model() {
        return Err("its table has no key by which a model could be found");
    }
    let targets = other.positions(&foreign.target_columns).ok_or("it references columns that do not exist")?;
    if !same_set(&targets, &other.key) {
        return Err("a `BelongsTo` references the primary key");
    }
    if columns.iter().any(|column| known.iter().any(|key| key.columns.contains(column))) {
        return Err("its columns belong to another relation already");
    }
    let fits = |(column, target): (&usize, &usize)| match (&this.types[*column], &other.types[*target]) {
        (Ok(own), Ok(key)) => own.is_like(key),
        _ => false,
    };
    if !columns.iter().zip(&targets).all(fits) {
        return Err("its columns have other types than those that it references");
    }
    let alike = |test: &dyn Fn(usize) -> bool| {
        columns.iter().all(|&column| test(column)) || !columns.iter().any(|&column| test(column))
    };
    if !alike(&|column| this.key.contains(&column)) || !alike(&|column| this.columns[column].nullable) {
        return Err("a `BelongsTo` is in the primary key, or may be NULL, as a whole");
    }
    if columns.iter().any(|&column| this.columns[column].generated.is_some()) {
        return Err("the database computes it");
    }
    if this.key.contains(&columns[0]) && reaches(edges, target, at) {
        return Err("keys that consist of each other's keys have no beginning");
    }
    let names = foreign.columns.iter().zip(&foreign.target_columns);
    let column = match &*foreign.columns {
        [only] => only.clone(),
        _ => prefix(names).ok_or("its columns are not named `prefix_column` after those that it references")?,
    };
    Ok(Key { number, columns, target, column, field: String::new(), inverse: String::new() })
}

/// Whether a way of primary keys leads from a table to another.
fn reaches(edges: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(&table) = seen.get(next) {
        if table == to {
            return true;
        }
        let further: Vec<usize> = edges
            .iter()
            .filter(|(source, target)| *source == table && !seen.contains(target))
            .map(|(_, target)| *target)
            .collect();
        seen.extend(further);
        next += 1;
    }
    false
}

/// What the names of several columns begin with.
fn prefix<'a>(names: impl Iterator<Item = (&'a String, &'a String)>) -> Option<String> {
    let mut prefixes =
        names.map(|(column, target)| column.strip_suffix(target.as_str())?.strip_suffix('_').map(str::to_owned));
    let first = prefixes.next()??;
    prefixes.all(|prefix| prefix.as_deref() == Some(&first)).then_some(first)
}

/// Names the fields of columns and keys, then those of the other ends.
pub(crate) fn name_fields(tables: &mut [Table<'_>], associations: &[Association<'_>]) {
    for at in 0..tables.len() {
        let this = &mut tables[at];
        let is_key = |column: usize| this.keys.iter().any(|key| key.columns.contains(&column));
        this.fields = (0..this.columns.len())
            .map(|column| match is_key(column) {
                true => String::new(),
                false => this.names.take(&[snake(&this.columns[column].name)], |_| None),
            })
            .collect();
        for number in 0..tables[at].keys.len() {
            let wanted = key_names(tables, at, number);
            let this = &mut tables[at];
            this.keys[number].field = this.names.take(&wanted, |name| Some(format!("{name}_id")));
        }
    }
    for at in 0..tables.len() {
        for number in 0..tables[at].keys.len() {
            name_inverse(tables, at, number);
        }
    }
    associations.iter().for_each(|association| name_pair(tables, association));
}

/// `artist` of a key `artist_id`.
fn key_names(tables: &[Table<'_>], at: usize, number: usize) -> Vec<String> {
    let key = &tables[at].keys[number];
    let target = &tables[key.target];
    let column = snake(&key.column);
    let of_key = target.key.first().map(|&first| snake(&target.columns[first].name));
    let ends = ["id".to_owned()].into_iter().chain(of_key);
    let short = ends
        .filter_map(|end| column.strip_suffix(&format!("_{end}")).map(str::to_owned))
        .find(|short| !short.is_empty());
    short.into_iter().chain([column.clone(), format!("{column}_ref")]).collect()
}

fn name_inverse(tables: &mut [Table<'_>], at: usize, number: usize) {
    let this = &tables[at];
    let key = &this.keys[number];
    let (target, field) = (key.target, key.field.clone());
    let one = this.is_unique(&key.columns);
    let base = if one { singular(&this.base()) } else { plural(&this.base()) };
    let is_only = target != at && this.keys.iter().filter(|other| other.target == target).count() == 1;
    let long = format!("{base}_by_{field}");
    let wanted = match (is_only, &*field) {
        (true, _) => vec![base, long],
        (false, "parent") if target == at && !one => vec!["children".to_owned(), long],
        _ => vec![long],
    };
    let foreign = this.table.and_then(|table| table.foreign_keys.get(key.number));
    let cascades = foreign.is_some_and(|foreign| foreign.on_delete == orm_core::catalog::Action::Cascade);
    let inverse = tables[target].names.take(&wanted, |_| None);
    tables[at].keys[number].inverse.clone_from(&inverse);
    tables[target].inverses.push(Inverse { field: inverse, source: at, back: field, one, cascades });
}

fn name_pair(tables: &mut [Table<'_>], association: &Association<'_>) {
    let table = association.table;
    let [(left_key, left), (right_key, right)] = association.ends;
    let column = |key: usize| table.foreign_keys[key].columns.concat();
    let wanted = |end: usize, other: usize, other_key: usize| {
        let base = plural(&tables[other].base());
        let own = snake(&column(other_key));
        let by_column = plural(own.strip_suffix("_id").unwrap_or(&own));
        let long = format!("{base}_by_{}", snake(&table.name.name));
        if end == other { vec![by_column, long] } else { vec![base, long] }
    };
    let (left_wanted, right_wanted) = (wanted(left, right, right_key), wanted(right, left, left_key));
    let left_field = tables[left].names.take(&left_wanted, |_| None);
    let right_field = tables[right].names.take(&right_wanted, |_| None);
    let pair = |field: &String, target, back: &String, key| Pair {
        field: field.clone(),
        target,
        back: back.clone(),
        table: table.name.name.to_string(),
        column: column(key),
    };
    tables[left].pairs.push(pair(&left_field, right, &right_field, left_key));
    tables[right].pairs.push(pair(&right_field, left, &left_field, right_key));
}
