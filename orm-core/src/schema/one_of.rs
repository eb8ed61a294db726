//! Foreign keys to several models, of which one is set: one for each model, and a CHECK.

use super::build::{add_index_of, add_key, foreign_columns};
use super::embed::Place;
use super::{BelongsToSpec, CheckDef, FieldDef, FieldSpec, ModelRef, OneOfDef, OneOfSpec, SqlPart, TableDef, naming};

/// Adds the foreign keys of a field, each with the number of a field.
pub(super) fn add(
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
