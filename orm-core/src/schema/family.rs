//! The types of a family, as they share a table.

use std::ops::Range;

use super::build::add_field;
use super::embed::Place;
use super::indexes::{add_index, parts_of};
use super::{BaseSpec, CheckDef, ColumnDef, FamilySpec, FieldKind, ModelRef, ModelSpec, SqlPart, TableDef, embed};

/// The types whose rows are in one table.
#[derive(Debug)]
pub struct FamilyDef {
    /// The column that says which type a row is, by index.
    pub discriminator: usize,
    /// The types: the base, and its subtypes in the order in which it names them.
    pub types: Vec<TypeDef>,
}

/// One type of a family.
#[derive(Debug)]
pub struct TypeDef {
    /// Its description.
    pub spec: &'static ModelSpec,
    /// What the discriminator holds in its rows.
    pub identity: &'static str,
    /// The columns that it adds to those of its base.
    pub columns: Range<usize>,
    /// What the discriminator holds in its rows and in those of the types below it.
    pub identities: Vec<&'static str>,
}

/// Which rows of a table are of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Criterion {
    /// The discriminator, by index.
    pub(crate) column: usize,
    /// The table that has it.
    pub(crate) table: &'static TableDef,
    /// What it holds.
    pub(crate) identities: &'static [&'static str],
}

impl Criterion {
    /// The discriminator.
    pub(crate) fn discriminator(&self) -> &'static ColumnDef {
        &self.table.columns[self.column]
    }
}

impl ModelRef {
    /// Which rows of its table are of the model, where there are others. There are for a subtype.
    pub(crate) fn criterion(self) -> Option<Criterion> {
        let spec = (self.spec)();
        let Some(FamilySpec::Subtype(_)) = &spec.family else { return None };
        let table = (self.table)();
        let family = table.family.as_ref()?;
        let of = family.types.iter().find(|of| std::ptr::eq(of.spec, spec))?;
        Some(Criterion { column: family.discriminator, table, identities: &of.identities })
    }
}

impl ModelRef {
    /// The type that has a field of the family, if that is neither the model nor one above it.
    pub(crate) fn foreign_owner(self, field: usize) -> Option<&'static ModelSpec> {
        let (table, spec) = ((self.table)(), (self.spec)());
        let columns = table.fields.get(field)?.columns.clone();
        let types = &table.family.as_ref()?.types;
        let owner = types.iter().find(|of| of.columns.contains(&columns.start))?;
        (!is_below(spec, owner.spec)).then_some(owner.spec)
    }
}

/// Adds the discriminator, and what the subtypes add.
pub(super) fn add(table: &mut TableDef, owner: ModelRef, spec: &'static ModelSpec, base: &'static BaseSpec) {
    let mut types =
        vec![TypeDef { spec, identity: base.identity, columns: 0..table.columns.len(), identities: Vec::new() }];
    let discriminator = table.columns.len();
    add_field(table, owner, base.discriminator, &Place::of(spec.table));
    for &subtype in base.subtypes {
        let spec = (subtype.spec)();
        let Some(FamilySpec::Subtype(of)) = &spec.family else { continue };
        let first = table.columns.len();
        add_fields(table, subtype, spec);
        let columns = first..table.columns.len();
        types.push(TypeDef { spec, identity: of.identity, columns, identities: Vec::new() });
    }
    let all: Vec<(&'static ModelSpec, &'static str)> = types.iter().map(|of| (of.spec, of.identity)).collect();
    for of in &mut types {
        let below = all.iter().filter(|(spec, _)| is_below(spec, of.spec));
        of.identities = below.map(|(_, identity)| *identity).collect();
    }
    table.family = Some(FamilyDef { discriminator, types });
}

/// Whether a type is another one, or inherits from it.
fn is_below(spec: &'static ModelSpec, other: &'static ModelSpec) -> bool {
    std::ptr::eq(spec, other) || spec.base().is_some_and(|base| is_below(base, other))
}

/// Adds the fields of a subtype. Rows of other types have no values in them.
fn add_fields(table: &mut TableDef, subtype: ModelRef, spec: &'static ModelSpec) {
    let place = Place::of_subtype(spec.table);
    for field in spec.fields {
        match &field.kind {
            FieldKind::Embedded(embedded) => embed::add(table, subtype, field.name, embedded, &place),
            _ => add_field(table, subtype, field, &place),
        }
    }
    for index in spec.indexes {
        add_index(table, index, 0, index.name.map(str::to_owned));
    }
}

/// Adds the checks of the subtypes, and those that their rows have what they require.
pub(super) fn add_checks(table: &mut TableDef) {
    let Some(family) = &table.family else { return };
    let mut checks = Vec::new();
    for of in family.types.iter().skip(1) {
        let required = required(table, of);
        if !required.is_empty() {
            checks.push(CheckDef { name: String::new(), sql: only_in(family, of, required) });
        }
        for check in of.spec.checks {
            let sql = parts_of(table, check.sql, 0);
            let name = check.name.unwrap_or_default().to_owned();
            checks.push(CheckDef { name, sql: only_in(family, of, sql) });
        }
    }
    table.checks.extend(checks);
}

/// The condition that no column is NULL that the type requires.
fn required(table: &TableDef, of: &TypeDef) -> Vec<SqlPart> {
    let mut sql = Vec::new();
    let required = |field: &&super::FieldSpec| match &field.kind {
        FieldKind::Column(column) => !column.nullable,
        FieldKind::BelongsTo(key) => !key.nullable,
        FieldKind::Relation(_) | FieldKind::Embedded(_) => false,
    };
    for field in of.spec.fields.iter().filter(required) {
        let columns = of.columns.clone().filter(|&column| table.fields[table.columns[column].field].name == field.name);
        for column in columns {
            let between = if sql.is_empty() { "" } else { " AND " };
            sql.extend([SqlPart::Text(between), SqlPart::Column(column), SqlPart::Text(" IS NOT NULL")]);
        }
    }
    sql.retain(|part| *part != SqlPart::Text(""));
    sql
}

/// A condition on the rows of a type and of those below it.
fn only_in(family: &FamilyDef, of: &TypeDef, condition: Vec<SqlPart>) -> Vec<SqlPart> {
    let texts: Vec<String> = of.identities.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
    // The tables of models live as long as the program, and so does this text.
    let others: &'static str = match &texts[..] {
        [only] => String::leak(format!(" <> {only} OR (")),
        _ => String::leak(format!(" NOT IN ({}) OR (", texts.join(", "))),
    };
    let mut sql = vec![SqlPart::Column(family.discriminator), SqlPart::Text(others)];
    sql.extend(condition);
    sql.push(SqlPart::Text(")"));
    sql
}
