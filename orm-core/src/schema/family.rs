//! The types of a family, as they share a table, or have tables that are joined.

use std::borrow::Cow;
use std::ops::Range;

use super::build::add_field;
use super::embed::Place;
use super::indexes::{add_index, parts_of};
use super::{
    BaseSpec, CheckDef, ColumnDef, FamilySpec, FieldDef, FieldKind, IndexDef, IndexKeyPart, ModelRef, ModelSpec,
    SqlPart, TableDef, TableName, embed, naming, one_of,
};

/// The types of a family.
#[derive(Debug)]
pub struct FamilyDef {
    /// The column that says which type a row is, by index.
    pub discriminator: usize,
    /// The types: the base, and its subtypes in the order in which it names them.
    pub types: Vec<TypeDef>,
    /// The tables one by one, that of the base first, if there are several. Each has all columns of the family by their indexes, and is
    /// written as far as its number is that of a column.
    pub tables: Vec<TableDef>,
}

/// One of the tables of a family.
#[derive(Debug, Clone, Copy)]
pub struct PartDef {
    /// The base.
    pub root: ModelRef,
    /// Its number; 0 is that of the base's table.
    pub number: usize,
    /// The table that its key references, by number.
    pub above: usize,
}

/// One type of a family.
#[derive(Debug)]
pub struct TypeDef {
    /// The model.
    pub model: ModelRef,
    /// Its description.
    pub spec: &'static ModelSpec,
    /// What the discriminator holds in its rows; `None` for an abstract base, which has none.
    pub identity: Option<&'static str>,
    /// The columns that it adds to those of its base.
    pub columns: Range<usize>,
    /// What the discriminator holds in its rows and in those of the types below it.
    pub identities: Vec<&'static str>,
    /// The table that has its columns, by number; 0 is that of the base.
    pub table: usize,
}

impl FamilyDef {
    /// The type that a model is.
    fn type_of(&self, spec: &'static ModelSpec) -> Option<&TypeDef> {
        self.types.iter().find(|of| std::ptr::eq(of.spec, spec))
    }

    /// The number of the type whose rows have an identity.
    pub(crate) fn number_of(&self, identity: &str) -> Option<usize> {
        self.types.iter().position(|of| of.identity == Some(identity))
    }

    /// The joined table of a type that has one, or 0.
    pub(crate) fn table_of(&self, spec: &'static ModelSpec) -> usize {
        self.type_of(spec).map_or(0, |of| of.table)
    }

    /// The joined tables that each row of a type is in, from the base on, by number.
    pub(crate) fn tables_of(&self, spec: &'static ModelSpec) -> Vec<usize> {
        let above = std::iter::successors(Some(spec), |spec| spec.base());
        let mut tables: Vec<usize> = above.filter_map(|spec| Some(self.type_of(spec)?.table)).collect();
        tables.retain(|&table| table != 0);
        tables.reverse();
        tables.dedup();
        tables
    }

    /// The joined tables of the types below a type, by number.
    pub(crate) fn tables_below(&self, spec: &'static ModelSpec) -> Vec<usize> {
        let own = self.tables_of(spec);
        let mut tables: Vec<usize> =
            self.types.iter().filter(|of| is_below(of.spec, spec)).map(|of| of.table).collect();
        tables.retain(|table| *table != 0 && !own.contains(table));
        tables.dedup();
        tables
    }

    /// The name of a joined table.
    fn table_name(&self, number: usize) -> Option<&'static str> {
        self.types.iter().filter(|of| of.table == number).find_map(|of| of.spec.joined_table())
    }
}

impl ModelSpec {
    /// The name of its joined table, if it has one.
    fn joined_table(&self) -> Option<&'static str> {
        match &self.family {
            Some(FamilySpec::Subtype(of)) => of.table,
            Some(FamilySpec::Base(_)) | None => None,
        }
    }
}

impl TableDef {
    /// The tables that its rows are in: itself, but for a family with joined tables.
    pub fn tables(&'static self) -> &'static [Self] {
        match &self.family {
            Some(family) if !family.tables.is_empty() => &family.tables,
            _ => std::slice::from_ref(self),
        }
    }

    /// The tables of its family, if they are several.
    pub(crate) fn joined_tables(&self) -> Option<&FamilyDef> {
        self.family.as_ref().filter(|family| !family.tables.is_empty())
    }

    /// The table of the whole family, where this is one of several.
    pub(crate) fn whole(&'static self) -> &'static Self {
        self.part.map_or(self, |part| (part.root.table)())
    }

    /// Its number, if it is the joined table of a subtype.
    pub(crate) fn joined(&self) -> Option<usize> {
        self.part.map(|part| part.number).filter(|&number| number != 0)
    }

    /// Its number among the tables of its family.
    pub(crate) fn number(&self) -> usize {
        self.part.map_or(0, |part| part.number)
    }

    /// Whether a column is in the table itself, where that is one of several. A key is in all.
    pub(crate) fn holds(&self, column: usize) -> bool {
        let def = &self.columns[column];
        self.part.is_none_or(|part| part.number == def.table || def.primary_key)
    }

    /// The table that a check is of, by number, and whether it names columns of another one besides.
    pub(crate) fn table_of_check(&self, check: &CheckDef) -> (usize, bool) {
        self.table_of(self.named_in(&check.sql))
    }

    /// The table that an index is of, as for a check.
    pub(crate) fn table_of_index(&self, index: &IndexDef) -> (usize, bool) {
        let expressions = index.keys.iter().filter_map(|key| match &key.of {
            IndexKeyPart::Column(_) => None,
            IndexKeyPart::Sql(parts) => Some(parts),
        });
        let plain = index.columns.iter().chain(&index.include).map(|&column| &self.columns[column]);
        self.table_of(plain.chain(expressions.chain([&index.predicate]).flat_map(|parts| self.named_in(parts))))
    }

    fn named_in<'d>(&'d self, parts: &'d [SqlPart]) -> impl Iterator<Item = &'d ColumnDef> {
        parts.iter().filter_map(|part| match part {
            SqlPart::Column(column) => Some(&self.columns[*column]),
            SqlPart::Text(_) => None,
        })
    }

    /// The table that columns are in, by number, and whether some are in another one. A key is in all.
    pub(crate) fn table_of<'c>(&self, columns: impl Iterator<Item = &'c ColumnDef>) -> (usize, bool) {
        let mut tables: Vec<usize> = columns.filter(|column| !column.primary_key).map(|column| column.table).collect();
        tables.dedup();
        (tables.first().copied().unwrap_or_default(), tables.len() > 1)
    }
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
    /// The table whose key is that of the model's rows and of no others: the joined table of a subtype that has one.
    pub(crate) fn own_table(self) -> &'static TableDef {
        let table = (self.table)();
        let own = table.joined_tables().and_then(|family| family.tables.get(family.type_of((self.spec)())?.table));
        own.unwrap_or(table)
    }

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
    let of_base = TypeDef {
        model: owner,
        spec,
        identity: base.identity,
        columns: 0..table.columns.len(),
        identities: Vec::new(),
        table: 0,
    };
    let (mut types, mut joined) = (vec![of_base], 0);
    let discriminator = table.columns.len();
    add_field(table, owner, base.discriminator, &Place::of(spec.table));
    for &subtype in base.subtypes {
        let spec = (subtype.spec)();
        let Some(FamilySpec::Subtype(of)) = &spec.family else { continue };
        let first = table.columns.len();
        let place = match of.table {
            Some(name) => {
                joined += 1;
                Place::joined(name, joined)
            }
            None => Place::of_subtype(spec.table),
        };
        add_fields(table, subtype, spec, &place);
        let columns = first..table.columns.len();
        types.push(TypeDef {
            model: subtype,
            spec,
            identity: Some(of.identity),
            columns,
            identities: Vec::new(),
            table: place.number,
        });
    }
    let all: Vec<(&'static ModelSpec, Option<&'static str>)> = types.iter().map(|of| (of.spec, of.identity)).collect();
    for of in &mut types {
        let below = all.iter().filter(|(spec, _)| is_below(spec, of.spec));
        of.identities = below.filter_map(|(_, identity)| *identity).collect();
    }
    table.family = Some(FamilyDef { discriminator, types, tables: Vec::new() });
}

/// Whether a type is another one, or inherits from it.
fn is_below(spec: &'static ModelSpec, other: &'static ModelSpec) -> bool {
    std::ptr::eq(spec, other) || spec.base().is_some_and(|base| is_below(base, other))
}

/// Adds the fields of a subtype.
fn add_fields(table: &mut TableDef, subtype: ModelRef, spec: &'static ModelSpec, place: &Place) {
    for field in spec.fields {
        match &field.kind {
            FieldKind::Embedded(embedded) => embed::add(table, subtype, field.name, embedded, place),
            FieldKind::OneOf(spec) => one_of::add(table, subtype, field, spec, place),
            _ => add_field(table, subtype, field, place),
        }
    }
    for index in spec.indexes {
        add_index(table, index, 0, index.name.map(str::to_owned), place.table);
    }
}

/// Adds the checks of the subtypes, and those that their rows have what they require. Joined tables have no rows of other types.
pub(super) fn add_checks(table: &mut TableDef) {
    let Some(family) = &table.family else { return };
    let mut checks = Vec::new();
    for of in family.types.iter().skip(1) {
        let (is_joined, required) = (of.table != 0, required(table, of));
        if !required.is_empty() && !is_joined {
            checks.push(CheckDef { name: String::new(), sql: only_in(family, of, required) });
        }
        for check in of.spec.checks {
            let sql = parts_of(table, check.sql, 0);
            let name = check.name.unwrap_or_default().to_owned();
            checks.push(CheckDef { name, sql: if is_joined { sql } else { only_in(family, of, sql) } });
        }
    }
    table.checks.extend(checks);
}

/// Names the checks that have no name yet, by their numbers among those of their table.
pub(super) fn name_checks(table: &mut TableDef) {
    let mut counts: Vec<usize> = Vec::new();
    for index in 0..table.checks.len() {
        let number = table.table_of_check(&table.checks[index]).0;
        counts.resize(counts.len().max(number + 1), 0);
        counts[number] += 1;
        if table.checks[index].name.is_empty() {
            let joined = table.family.as_ref().and_then(|family| family.table_name(number));
            let name = joined.unwrap_or(&table.name.name);
            table.checks[index].name = naming::constraint("ck", name, [&*counts[number].to_string()]);
        }
    }
}

/// Makes the tables of a family one by one, if they are several.
pub(super) fn part(table: &mut TableDef, root: ModelRef) {
    let Some(family) = &table.family else { return };
    let joined: Vec<&TypeDef> = family.types.iter().filter(|of| of.spec.joined_table().is_some()).collect();
    if joined.is_empty() {
        return;
    }
    let base = PartDef { root, number: 0, above: 0 };
    let mut tables = vec![part_of_family(table, table.model, table.name.name.clone(), base)];
    for of in joined {
        let above = family.tables_of(of.spec).iter().rev().nth(1).copied().unwrap_or_default();
        let part = PartDef { root, number: of.table, above };
        let name = of.spec.joined_table().unwrap_or_default();
        let comment = of.spec.comment;
        tables.push(TableDef { comment, ..part_of_family(table, of.spec.name, name.into(), part) });
    }
    if let Some(family) = &mut table.family {
        family.tables = tables;
    }
}

/// One of the tables of a family.
fn part_of_family(table: &TableDef, model: &'static str, name: Cow<'static, str>, part: PartDef) -> TableDef {
    let is_base = part.number == 0;
    let own = |columns: &[usize]| {
        columns.iter().copied().filter(|&column| table.columns[column].table == part.number).collect::<Vec<_>>()
    };
    let fields = table.fields.iter().map(|field| FieldDef { relation: None, ..field.clone() }).collect();
    TableDef {
        id: table.id,
        model,
        name: TableName { schema: table.name.schema.clone(), name },
        kind: table.kind,
        renamed_from: table.renamed_from.filter(|_| is_base),
        fields,
        columns: table.columns.clone(),
        primary_key: table.primary_key.clone(),
        foreign_keys: table.foreign_keys.clone(),
        one_ofs: table.one_ofs.clone(),
        relations: Vec::new(),
        indexes: table.indexes.clone(),
        checks: table.checks.clone(),
        exclusions: table.exclusions.clone(),
        comment: table.comment,
        generated_key: table.generated_key && is_base,
        version: table.version.filter(|_| is_base),
        optimistic: if is_base { table.optimistic.clone() } else { Vec::new() },
        compares: table.compares,
        computed: own(&table.computed),
        read_back: own(&table.read_back),
        returned: own(&table.returned),
        deferred: own(&table.deferred),
        soft_delete: table.soft_delete.filter(|_| is_base),
        shard_key: table.shard_key.filter(|_| is_base),
        family: None,
        part: Some(part),
    }
}

/// The condition that no column is NULL that the type requires.
fn required(table: &TableDef, of: &TypeDef) -> Vec<SqlPart> {
    let mut sql = Vec::new();
    let required = |field: &&super::FieldSpec| match &field.kind {
        FieldKind::Column(column) => !column.nullable,
        FieldKind::BelongsTo(key) => !key.nullable,
        FieldKind::OneOf(_) | FieldKind::Relation(_) | FieldKind::Embedded(_) => false,
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
