//! From the derive's constant data to a [`TableDef`].

use std::borrow::Cow;
use std::sync::OnceLock;

use super::{
    BelongsToSpec, CheckDef, ColumnDef, ColumnSpec, FieldDef, FieldKind, FieldSpec, ForeignKeyDef, IndexDef, ModelId,
    ModelRef, ModelSpec, PassiveDeletes, RelationDef, RelationKind, RelationSpec, TableDef, TableName, naming, secrets,
};
use crate::value::SqlType;

/// The table that `spec` describes.
pub(super) fn table(owner: ModelRef, spec: &'static ModelSpec) -> TableDef {
    let mut table = TableDef {
        id: ModelId::next(),
        model: spec.name,
        name: TableName { schema: spec.schema.map(Cow::Borrowed), name: Cow::Borrowed(spec.table) },
        fields: Vec::with_capacity(spec.fields.len()),
        columns: Vec::with_capacity(spec.fields.len()),
        primary_key: Vec::new(),
        foreign_keys: Vec::new(),
        relations: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        generated_key: false,
        version: None,
        optimistic: Vec::new(),
        compares: spec.compares,
        computed: Vec::new(),
    };
    for (number, field) in spec.fields.iter().enumerate() {
        add_field(&mut table, owner, number, field);
        if let FieldKind::Column(ColumnSpec { column, secret: true, .. }) = field.kind {
            secrets::keep(spec.table, column);
        }
    }
    table.primary_key = (0..table.columns.len()).filter(|&index| table.columns[index].primary_key).collect();
    table.generated_key = has_generated_key(&table);
    table.optimistic = spec.optimistic.iter().flat_map(|&field| table.fields[field].columns.clone()).collect();
    add_indexes(&mut table, spec);
    table
}

fn add_field(table: &mut TableDef, owner: ModelRef, number: usize, field: &'static FieldSpec) {
    let first = table.columns.len();
    table.columns.extend(field_columns(number, field));
    let columns = first..table.columns.len();
    let mut def = FieldDef { name: field.name, columns: columns.clone(), foreign_key: None, relation: None };
    match &field.kind {
        FieldKind::Column(column) => {
            if column.version {
                table.version = Some(first);
            }
            if column.computed.is_some() {
                table.computed.push(first);
            }
        }
        FieldKind::BelongsTo(key) => {
            def.relation = Some(table.relations.len());
            def.foreign_key = Some(table.foreign_keys.len());
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
                deferred: OnceLock::new(),
            });
        }
        FieldKind::Relation(relation) => {
            def.relation = Some(table.relations.len());
            table.relations.push(to_many(owner, number, field.name, relation));
        }
    }
    table.fields.push(def);
}

/// The columns of a field. The columns of a foreign key follow the key of its target.
fn field_columns(number: usize, field: &'static FieldSpec) -> Vec<ColumnDef> {
    match &field.kind {
        FieldKind::Column(column) => vec![plain_column(number, field, column)],
        FieldKind::BelongsTo(key) => key_columns((key.target.spec)())
            .into_iter()
            .enumerate()
            .map(|(part, target)| ColumnDef {
                name: foreign_column_name(field.name, key, &target.name),
                field: number,
                part,
                nullable: key.nullable,
                primary_key: field.primary_key,
                server_default: None,
                ..target
            })
            .collect(),
        FieldKind::Relation(_) => Vec::new(),
    }
}

fn plain_column(number: usize, field: &'static FieldSpec, column: &'static ColumnSpec) -> ColumnDef {
    ColumnDef {
        name: Cow::Borrowed(column.column),
        field: number,
        part: 0,
        sql_type: column.sql_type,
        nullable: column.nullable,
        values: column.values,
        type_name: column.type_name,
        primary_key: field.primary_key,
        length: column.length,
        precision: column.precision,
        format: column.format,
        server_default: column.server_default,
        computed: column.computed,
    }
}

/// `<field>_<key of the target>`, or the name of `column = ".."`. Several columns of one key need different names.
fn foreign_column_name(field: &str, key: &BelongsToSpec, target: &str) -> Cow<'static, str> {
    match key.column {
        Some(name) if key_width((key.target.spec)()) == 1 => Cow::Borrowed(name),
        Some(prefix) => Cow::Owned(format!("{prefix}_{target}")),
        None => Cow::Owned(format!("{field}_{target}")),
    }
}

fn key_columns(spec: &'static ModelSpec) -> Vec<ColumnDef> {
    let fields = spec.fields.iter().enumerate().filter(|(_, field)| field.primary_key);
    fields.flat_map(|(number, field)| field_columns(number, field)).collect()
}

fn key_width(spec: &'static ModelSpec) -> usize {
    let fields = spec.fields.iter().filter(|field| field.primary_key);
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
    table.fields[column.field].foreign_key.is_none()
        && column.server_default.is_none()
        && matches!(column.sql_type, SqlType::I16 | SqlType::I32 | SqlType::I64)
}

fn belongs_to(
    owner: ModelRef,
    field: usize,
    name: &'static str,
    key: &'static BelongsToSpec,
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
        foreign_key: Some(foreign_key),
        inverse: OnceLock::new(),
        association: OnceLock::new(),
    }
}

fn to_many(owner: ModelRef, field: usize, name: &'static str, relation: &'static RelationSpec) -> RelationDef {
    RelationDef {
        owner,
        field,
        name,
        kind: relation.kind,
        target: relation.target,
        back_populates: relation.back_populates,
        cascade: relation.cascade,
        passive_deletes: relation.passive_deletes,
        single_parent: relation.single_parent,
        view_only: relation.view_only,
        order_by: relation.order_by.iter().map(|order| (order.field, order.direction)).collect(),
        foreign_key: None,
        inverse: OnceLock::new(),
        association: OnceLock::new(),
    }
}

fn add_indexes(table: &mut TableDef, spec: &'static ModelSpec) {
    for (number, field) in spec.fields.iter().enumerate() {
        let (unique, index) = match &field.kind {
            FieldKind::Column(column) => (column.unique, column.index),
            FieldKind::BelongsTo(key) => (key.unique, key.index),
            FieldKind::Relation(_) => (false, false),
        };
        // A UNIQUE constraint is an index already.
        if unique || index {
            let columns = table.fields[number].columns.clone().collect();
            let def = index_def(table, None, columns, unique);
            table.indexes.push(def);
        }
    }
    for index in spec.indexes {
        let columns = index.fields.iter().flat_map(|&field| table.fields[field].columns.clone()).collect();
        let def = index_def(table, index.name, columns, index.unique);
        table.indexes.push(def);
    }
    for (number, check) in spec.checks.iter().enumerate() {
        let name = check
            .name
            .map_or_else(|| naming::constraint("ck", spec.table, [&*(number + 1).to_string()]), str::to_owned);
        table.checks.push(CheckDef { name, sql: check.sql });
    }
}

/// An index, under its given name or one by the naming convention.
fn index_def(table: &TableDef, name: Option<&str>, columns: Vec<usize>, unique: bool) -> IndexDef {
    let name = name.map_or_else(
        || {
            let prefix = if unique { "uq" } else { "ix" };
            let columns = columns.iter().map(|&column| &*table.columns[column].name);
            naming::constraint(prefix, &table.name.name, columns)
        },
        str::to_owned,
    );
    IndexDef { name, columns, unique }
}
