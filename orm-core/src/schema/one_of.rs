//! Foreign keys to several models, of which one is set: one for each model, and a CHECK; or columns that all of them share, of which one
//! names the model.

use std::borrow::Cow;
use std::ops::Range;

use super::build::{add_index_of, add_key, foreign_columns};
use super::embed::Place;
use super::indexes::index_def;
use super::{
    BelongsToSpec, CheckDef, ColumnDef, FieldDef, FieldSpec, ForeignKeyDef, IndexKeyDef, IndexKeyPart, KeyOrder,
    ModelRef, OneOfDef, OneOfSpec, SqlPart, TableDef, naming,
};
use crate::value::{Format, SqlType, Values};

/// The role of the column that names the model, which is not part of a key.
pub(crate) const TYPE_PART: usize = usize::MAX;

impl ForeignKeyDef {
    /// Those of its columns that hold the key of the target.
    pub(crate) fn key_columns(&self) -> Range<usize> {
        self.columns.start..self.columns.end - usize::from(self.type_text.is_some())
    }

    /// Whether the database has a constraint for it.
    pub(crate) fn is_checked(&self) -> bool {
        self.type_text.is_none() && (self.target.spec)().kind.view().is_none()
    }

    /// The column that names the model, and what it holds where this key is set.
    pub(crate) fn named_by(&self) -> Option<(usize, &'static str)> {
        self.type_text.map(|text| (self.columns.end - 1, text))
    }
}

impl TableDef {
    /// The foreign key that a column belongs to. Of keys with the same columns it is the one whose field is set, or the first.
    pub(crate) fn key_at(&self, column: usize, is_set: impl Fn(usize) -> bool) -> Option<usize> {
        let key = self.fields[self.columns[column].field].foreign_key?;
        let mut sharing = self.sharing(key);
        // Nearly all keys have their columns for themselves.
        let set = (sharing.len() > 1).then(|| sharing.find(|&key| is_set(self.foreign_keys[key].field)));
        Some(set.flatten().unwrap_or(key))
    }

    /// The foreign keys with the columns of one, by index.
    pub(crate) fn sharing(&self, key: usize) -> Range<usize> {
        let def = &self.foreign_keys[key];
        let one_of = def.one_of.filter(|_| def.type_text.is_some());
        one_of.map_or(key..key + 1, |one_of| self.one_ofs[one_of].keys.clone())
    }
}

/// Adds the foreign keys of a field, each with the number of a field.
pub(super) fn add(
    table: &mut TableDef,
    owner: ModelRef,
    field: &'static FieldSpec,
    spec: &'static OneOfSpec,
    place: &Place,
) {
    match spec.type_column {
        Some(name) => add_shared(table, owner, field, (spec, name), place),
        None => add_apart(table, owner, field, spec, place),
    }
}

/// Adds keys that share their columns: those of a key, as all targets have keys of one type, and the one that names the model.
fn add_shared(
    table: &mut TableDef,
    owner: ModelRef,
    field: &'static FieldSpec,
    (spec, type_column): (&'static OneOfSpec, &'static str),
    place: &Place,
) {
    let (one_of, first, start) = (table.one_ofs.len(), table.foreign_keys.len(), table.columns.len());
    let key = BelongsToSpec { nullable: spec.nullable, ..spec.key };
    table.columns.extend(foreign_columns(table.fields.len(), field, field.name, &key, place));
    table.columns.push(ColumnDef {
        name: Cow::Borrowed(type_column),
        renamed_from: None,
        part: TYPE_PART,
        sql_type: SqlType::Text,
        values: Values::All,
        type_name: None,
        length: None,
        precision: None,
        format: Format::Mixed,
        ..table.columns[start].clone()
    });
    let columns = start..table.columns.len();
    for target in spec.models {
        let key = BelongsToSpec { target: target.model, nullable: true, ..spec.key };
        let (relation, foreign_key) = (Some(table.relations.len()), Some(table.foreign_keys.len()));
        add_key(table, owner, field, &key, columns.clone());
        if let Some(key) = table.foreign_keys.last_mut() {
            (key.one_of, key.type_text) = (Some(one_of), Some(target.text));
        }
        let name = place.path_to(field.name);
        table.fields.push(FieldDef { name, columns: columns.clone(), foreign_key, relation, whole: None });
    }
    let keys = first..table.foreign_keys.len();
    table.one_ofs.push(OneOfDef { name: field.name, keys, nullable: spec.nullable, owner });
    // The caller that looks for a key knows the model.
    let keys = std::iter::once(columns.end - 1).chain(start..columns.end - 1);
    let keys = keys.map(|column| IndexKeyDef { of: IndexKeyPart::Column(column), order: KeyOrder::USUAL });
    let index = index_def(table, None, keys.collect(), spec.key.unique, place.table);
    table.indexes.push(index);
}

/// Adds a key with columns of its own for each model, and the CHECK.
fn add_apart(
    table: &mut TableDef,
    owner: ModelRef,
    field: &'static FieldSpec,
    spec: &'static OneOfSpec,
    place: &Place,
) {
    let (one_of, first) = (table.one_ofs.len(), table.foreign_keys.len());
    let mut set = Vec::new();
    for target in spec.models {
        let name = format!("{}_{}", spec.key.column.unwrap_or(field.name), target.name);
        let key = BelongsToSpec { target: target.model, column: None, nullable: true, ..spec.key };
        let start = table.columns.len();
        table.columns.extend(foreign_columns(table.fields.len(), field, &name, &key, place));
        let columns = start..table.columns.len();
        set.push(start);
        let (relation, foreign_key) = (Some(table.relations.len()), Some(table.foreign_keys.len()));
        add_key(table, owner, field, &key, columns.clone());
        table.foreign_keys.iter_mut().skip(first).for_each(|key| key.one_of = Some(one_of));
        let name = place.path_to(field.name);
        table.fields.push(FieldDef { name, columns: columns.clone(), foreign_key, relation, whole: None });
        add_index_of(table, columns, (key.unique, key.index), place);
    }
    let keys = first..table.foreign_keys.len();
    table.one_ofs.push(OneOfDef { name: field.name, keys, nullable: spec.nullable, owner });
    // In the rows of other types of a family none is set.
    let sql = at_most_one(&set, spec.nullable || place.nullable);
    table.checks.push(CheckDef { name: naming::constraint("ck", place.table, [field.name]), sql });
}

/// The condition that exactly one of these columns is not NULL, or that none is.
fn at_most_one(columns: &[usize], or_none: bool) -> Vec<SqlPart> {
    let mut sql = Vec::new();
    let cases = columns.iter().map(Some).chain(or_none.then_some(None));
    for (number, set) in cases.enumerate() {
        sql.push(SqlPart::Text(if number == 0 { "(" } else { " OR (" }));
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                sql.push(SqlPart::Text(" AND "));
            }
            let is_set = set == Some(column);
            sql.extend([SqlPart::Column(*column), SqlPart::Text(if is_set { " IS NOT NULL" } else { " IS NULL" })]);
        }
        sql.push(SqlPart::Text(")"));
    }
    sql
}
