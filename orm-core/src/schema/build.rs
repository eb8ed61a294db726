//! From the derive's constant data to a [`TableDef`].

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::embed::Place;
use super::indexes::{add_index, index_def, parts_of};
use super::{
    BelongsToSpec, Cascade, CheckDef, ColumnDef, ColumnSpec, Direction, FamilySpec, FieldDef, FieldKind, FieldSpec,
    ForeignKeyDef, IndexKeyDef, IndexKeyPart, KeyOrder, ModelId, ModelRef, ModelSpec, PassiveDeletes, RelationDef,
    RelationKind, RelationSpec, SoftDelete, TableDef, TableName, embed, family, naming, one_of, secrets,
};
use crate::value::SqlType;

/// The table that `spec` describes.
pub(super) fn table(owner: ModelRef, spec: &'static ModelSpec) -> TableDef {
    let mut table = TableDef {
        id: ModelId::next(),
        model: spec.name,
        name: TableName { schema: spec.schema.map(Cow::Borrowed), name: Cow::Borrowed(spec.table) },
        kind: spec.kind,
        renamed_from: spec.renamed_from,
        fields: Vec::with_capacity(spec.fields.len()),
        columns: Vec::with_capacity(spec.fields.len()),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        one_ofs: Vec::new(),
        relations: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        exclusions: Vec::new(),
        comment: spec.comment,
        generated_key: false,
        version: None,
        optimistic: Vec::new(),
        compares: spec.compares,
        computed: Vec::new(),
        read_back: Vec::new(),
        returned: Vec::new(),
        deferred: Vec::new(),
        soft_delete: None,
        shard_key: None,
        family: None,
        part: None,
    };
    let place = Place::of(spec.table);
    for field in spec.fields {
        match &field.kind {
            FieldKind::Embedded(embedded) => embed::add(&mut table, owner, field.name, embedded, &place),
            FieldKind::OneOf(spec) => one_of::add(&mut table, owner, field, spec, &place),
            _ => add_field(&mut table, owner, field, &place),
        }
    }
    if let Some(FamilySpec::Base(base)) = &spec.family {
        family::add(&mut table, owner, spec, base);
    }
    table.primary_key = (0..table.columns.len()).filter(|&index| table.columns[index].primary_key).collect();
    table.generated_key = has_generated_key(&table);
    table.soft_delete =
        spec.soft_delete.map(|marks| SoftDelete { column: table.fields[marks.field].columns.start, marks });
    table.shard_key = spec.shard_key.map(|field| table.fields[field].columns.start);
    table.optimistic = spec.optimistic.iter().flat_map(|&field| table.fields[field].columns.clone()).collect();
    for index in spec.indexes {
        add_index(&mut table, index, 0, index.name.map(str::to_owned), spec.table);
    }
    mark_keyed(&mut table);
    for (number, exclusion) in (1..).zip(spec.exclusions) {
        let usual = || naming::constraint("ex", spec.table, [&*u32::to_string(&number)]);
        let name = exclusion.name.map_or_else(usual, str::to_owned);
        table.exclusions.push(CheckDef { name, sql: parts_of(&table, exclusion.sql, 0) });
    }
    // The model's own checks have the first numbers.
    let embedded = std::mem::take(&mut table.checks);
    for check in spec.checks {
        let sql = parts_of(&table, check.sql, 0);
        table.checks.push(CheckDef { name: check.name.unwrap_or_default().to_owned(), sql });
    }
    table.checks.extend(embedded);
    family::add_checks(&mut table);
    family::name_checks(&mut table);
    family::part(&mut table, owner);
    table
}

fn mark_keyed(table: &mut TableDef) {
    let indexed = table.indexes.iter().flat_map(|index| &index.columns).copied();
    let keys = table.primary_key.iter().copied().chain(table.foreign_keys.iter().flat_map(|key| key.columns.clone()));
    let keyed: Vec<usize> = indexed.chain(keys).collect();
    keyed.into_iter().for_each(|column| table.columns[column].keyed = true);
}

/// Adds a plain field, not an embedded value.
pub(super) fn add_field(table: &mut TableDef, owner: ModelRef, field: &'static FieldSpec, place: &Place) {
    let (first, number) = (table.columns.len(), table.fields.len());
    table.columns.extend(field_columns(number, field, place));
    let columns = first..table.columns.len();
    let name = place.path_to(field.name);
    let mut def = FieldDef { name, columns: columns.clone(), foreign_key: None, relation: None, whole: None };
    let (mut unique, mut index) = (false, false);
    match &field.kind {
        FieldKind::Column(column) => {
            (unique, index) = (column.unique, column.index);
            if column.secret {
                secrets::keep(place.table, place.column(column.column));
            }
            if column.version {
                table.version = Some(first);
            }
            if column.computed.is_some() {
                table.computed.push(first);
            }
            if column.read_back {
                table.read_back.push(first);
            }
            if column.computed.is_some() || column.read_back {
                table.returned.push(first);
            }
            if column.deferred.is_some() {
                table.deferred.push(first);
            }
        }
        FieldKind::BelongsTo(key) => {
            (unique, index) = (key.unique, key.index);
            def.relation = Some(table.relations.len());
            def.foreign_key = Some(table.foreign_keys.len());
            add_key(table, owner, field, key, columns.clone());
        }
        FieldKind::Relation(relation) => {
            def.relation = Some(table.relations.len());
            table.relations.push(to_many(owner, number, field.name, relation));
        }
        FieldKind::OneOf(_) | FieldKind::Embedded(_) => {}
    }
    table.fields.push(def);
    add_index_of(table, columns, (unique, index), place);
}

/// Adds the index of a field that says `unique` or `index`.
pub(super) fn add_index_of(table: &mut TableDef, columns: Range<usize>, (unique, index): (bool, bool), place: &Place) {
    // A UNIQUE constraint is an index already.
    if unique || index {
        let keys = columns.map(IndexKeyPart::Column).map(|of| IndexKeyDef { of, order: KeyOrder::USUAL });
        let def = index_def(table, None, keys.collect(), unique, place.table);
        table.indexes.push(def);
    }
}

/// Adds the foreign key of the next field, and its relation.
pub(super) fn add_key(
    table: &mut TableDef,
    owner: ModelRef,
    field: &FieldSpec,
    key: &BelongsToSpec,
    columns: Range<usize>,
) {
    let number = table.fields.len();
    table.relations.push(belongs_to(owner, number, field.name, key, table.foreign_keys.len()));
    table.foreign_keys.push(ForeignKeyDef {
        field: number,
        columns,
        target: key.target,
        nullable: key.nullable,
        primary_key: field.primary_key,
        on_delete: key.on_delete,
        on_update_cascade: key.on_update_cascade,
        deferrable: key.deferrable,
        post_update: key.post_update,
        relation: table.relations.len() - 1,
        one_of: None,
        type_text: None,
        deferred: OnceLock::new(),
    });
}

/// The columns of a field. The columns of a foreign key follow the key of its target.
fn field_columns(number: usize, field: &'static FieldSpec, place: &Place) -> Vec<ColumnDef> {
    match &field.kind {
        FieldKind::Column(column) => vec![plain_column(number, field, column, place)],
        FieldKind::BelongsTo(key) => foreign_columns(number, field, field.name, key, place),
        FieldKind::OneOf(_) | FieldKind::Relation(_) | FieldKind::Embedded(_) => Vec::new(),
    }
}

/// The columns of a foreign key, which are called after `name`.
pub(super) fn foreign_columns(
    number: usize,
    field: &FieldSpec,
    name: &str,
    key: &BelongsToSpec,
    place: &Place,
) -> Vec<ColumnDef> {
    let columns = key_columns((key.target.spec)()).into_iter().enumerate();
    let column = |(part, target): (usize, ColumnDef)| ColumnDef {
        name: foreign_column_name(name, key.column, key, &target.name),
        renamed_from: key.renamed_from.map(|old| foreign_column_name(name, Some(old), key, &target.name)),
        field: number,
        part,
        table: place.number,
        nullable: key.nullable || place.nullable,
        primary_key: field.primary_key,
        server_default: None,
        comment: key.comment,
        ..target
    };
    columns.map(column).collect()
}

fn plain_column(number: usize, field: &'static FieldSpec, column: &'static ColumnSpec, place: &Place) -> ColumnDef {
    ColumnDef {
        name: Cow::Borrowed(place.column(column.column)),
        renamed_from: column.renamed_from.map(|old| Cow::Borrowed(place.column(old))),
        field: number,
        part: 0,
        table: place.number,
        sql_type: column.sql_type,
        nullable: column.nullable || place.nullable,
        values: column.values,
        type_name: column.type_name,
        primary_key: field.primary_key,
        keyed: false,
        length: column.length,
        precision: column.precision,
        format: column.format,
        server_default: column.server_default,
        computed: column.computed,
        comment: column.comment,
        deferred: column.deferred,
    }
}

/// `<field>_<key of the target>`, or the name of `column = ".."`. Several columns of one key need different names.
fn foreign_column_name(
    field: &str,
    given: Option<&'static str>,
    key: &BelongsToSpec,
    target: &str,
) -> Cow<'static, str> {
    match given {
        Some(name) if key_width((key.target.spec)()) == 1 => Cow::Borrowed(name),
        Some(prefix) => Cow::Owned(format!("{prefix}_{target}")),
        None => Cow::Owned(format!("{field}_{target}")),
    }
}

fn key_columns(spec: &'static ModelSpec) -> Vec<ColumnDef> {
    let spec = spec.root();
    let fields = spec.fields.iter().enumerate().filter(|(_, field)| field.primary_key);
    fields.flat_map(|(number, field)| field_columns(number, field, &Place::of(spec.table))).collect()
}

fn key_width(spec: &'static ModelSpec) -> usize {
    let fields = spec.root().fields.iter().filter(|field| field.primary_key);
    fields
        .map(|field| match &field.kind {
            FieldKind::BelongsTo(key) => key_width((key.target.spec)()),
            _ => 1,
        })
        .sum()
}

fn has_generated_key(table: &TableDef) -> bool {
    let [only] = table.primary_key[..] else { return false };
    let column = &table.columns[only];
    table.kind.view().is_none()
        && table.fields[column.field].foreign_key.is_none()
        && column.server_default.is_none()
        && matches!(column.sql_type, SqlType::I16 | SqlType::I32 | SqlType::I64)
}

fn belongs_to(
    owner: ModelRef,
    field: usize,
    name: &'static str,
    key: &BelongsToSpec,
    foreign_key: usize,
) -> RelationDef {
    RelationDef {
        owner,
        field,
        name,
        kind: RelationKind::BelongsTo,
        target: key.target,
        back_populates: key.back_populates,
        cascade: key.cascade,
        passive_deletes: PassiveDeletes::No,
        single_parent: key.single_parent,
        view_only: false,
        order_by: Vec::new(),
        load: key.load,
        ordering: None,
        foreign_key: Some(foreign_key),
        inverse: OnceLock::new(),
        association: OnceLock::new(),
    }
}

fn to_many(owner: ModelRef, field: usize, name: &'static str, relation: &'static RelationSpec) -> RelationDef {
    let order_by = relation.order_by.iter().map(|order| (order.field, order.direction));
    let places = relation.ordering.map(|field| (field, Direction::Asc));
    let reads_only = (relation.target.spec)().kind.is_read_only();
    RelationDef {
        owner,
        field,
        name,
        kind: relation.kind,
        target: relation.target,
        back_populates: relation.back_populates,
        cascade: if reads_only { Cascade::NONE } else { relation.cascade },
        passive_deletes: relation.passive_deletes,
        single_parent: relation.single_parent,
        view_only: relation.view_only || reads_only,
        order_by: order_by.chain(places).collect(),
        load: relation.load,
        ordering: relation.ordering,
        foreign_key: None,
        inverse: OnceLock::new(),
        association: OnceLock::new(),
    }
}
