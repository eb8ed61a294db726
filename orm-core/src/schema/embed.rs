//! The columns of embedded values, among those of their table.

use super::build::add_field;
use super::indexes::{add_index, parts_of};
use super::{CheckDef, EmbeddedSpec, FieldKind, ModelRef, SqlPart, TableDef};

/// Where fields stand: in the struct of the model itself, or in an embedded value.
pub(super) struct Place {
    /// The name of the table.
    pub(super) table: &'static str,
    /// Its number among those of the family.
    pub(super) number: usize,
    /// What the names of columns begin with.
    prefix: String,
    /// What the names of fields begin with.
    path: String,
    /// Whether the value may be missing.
    pub(super) nullable: bool,
}

impl Place {
    /// The struct of the model that has the table.
    pub(super) fn of(table: &'static str) -> Self {
        Self { table, number: 0, prefix: String::new(), path: String::new(), nullable: false }
    }

    /// A subtype, among others in one table.
    pub(super) fn of_subtype(table: &'static str) -> Self {
        Self { nullable: true, ..Self::of(table) }
    }

    /// A subtype that has a table of its own, with this number.
    pub(super) fn joined(table: &'static str, number: usize) -> Self {
        Self { number, ..Self::of(table) }
    }

    fn within(&self, field: &str, embedded: &EmbeddedSpec) -> Self {
        Self {
            table: self.table,
            number: self.number,
            prefix: format!("{}{}", self.prefix, embedded.prefix),
            path: format!("{}{field}.", self.path),
            nullable: self.nullable || embedded.nullable,
        }
    }

    /// The name of a column here.
    pub(super) fn column(&self, name: &'static str) -> &'static str {
        after(&self.prefix, name)
    }

    /// The name of a field here.
    pub(super) fn path_to(&self, name: &'static str) -> &'static str {
        after(&self.path, name)
    }
}

/// Both texts as one. The tables of models live as long as the program, and so do these names of theirs.
fn after(prefix: &str, name: &'static str) -> &'static str {
    if prefix.is_empty() { name } else { String::leak(format!("{prefix}{name}")) }
}

/// Adds the fields of an embedded value.
pub(super) fn add(
    table: &mut TableDef,
    owner: ModelRef,
    name: &'static str,
    embedded: &'static EmbeddedSpec,
    outside: &Place,
) {
    let (first, place) = (table.fields.len(), outside.within(name, embedded));
    for field in embedded.fields {
        match &field.kind {
            FieldKind::Embedded(inner) => add(table, owner, field.name, inner, &place),
            _ => add_field(table, owner, field, &place),
        }
    }
    let fields = first..table.fields.len();
    if embedded.whole {
        table.fields[fields.clone()].iter_mut().for_each(|field| field.whole = Some(fields.clone()));
    }
    for index in embedded.indexes {
        add_index(table, index, first, index.name.map(|name| format!("{}{name}", place.prefix)), place.table);
    }
    for check in embedded.checks {
        let mut sql = parts_of(table, check.sql, first);
        if place.nullable {
            sql = or_none(table, sql, table.fields[first].columns.start..table.columns.len());
        }
        let name = check.name.map(|name| format!("{}{name}", place.prefix)).unwrap_or_default();
        table.checks.push(CheckDef { name, sql });
    }
}

/// A condition that also holds for a missing value.
fn or_none(table: &TableDef, sql: Vec<SqlPart>, columns: std::ops::Range<usize>) -> Vec<SqlPart> {
    debug_assert!(columns.end == table.columns.len(), "the value was added last");
    let mut whole = vec![SqlPart::Text("(")];
    whole.extend(sql);
    whole.push(SqlPart::Text(") OR ("));
    for column in columns.clone() {
        let between = if column == columns.start { "" } else { " AND " };
        whole.extend([SqlPart::Text(between), SqlPart::Column(column), SqlPart::Text(" IS NULL")]);
    }
    whole.push(SqlPart::Text(")"));
    whole
}
