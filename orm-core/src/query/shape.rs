use crate::schema::{ColumnDef, EmbeddedSpec, FieldKind};
use crate::value::{ColumnType, SqlType, Values};

/// What is known of a selected value before it is read.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its values, where they are fewer than those of the type.
    pub values: Values,
}

impl Shape {
    /// A value of a column type.
    pub(crate) const fn of<V: ColumnType>() -> Self {
        Self { sql_type: V::SQL_TYPE, nullable: V::NULLABLE, values: V::VALUES }
    }

    /// A value of a column.
    pub(crate) fn of_column(column: &ColumnDef) -> Self {
        Self { sql_type: column.sql_type, nullable: column.nullable, values: column.values }
    }

    /// The columns of an embedded value, appended to `shapes`.
    pub(crate) fn list_embedded(spec: &'static EmbeddedSpec, nullable: bool, shapes: &mut Vec<Self>) {
        let nullable = nullable || spec.nullable;
        for field in spec.fields {
            match &field.kind {
                FieldKind::Column(column) => shapes.push(Self {
                    sql_type: column.sql_type,
                    nullable: nullable || column.nullable,
                    values: column.values,
                }),
                FieldKind::Embedded(inner) => Self::list_embedded(inner, nullable, shapes),
                FieldKind::BelongsTo(key) => shapes.extend(
                    (key.target.table)()
                        .key_columns()
                        .map(|column| Self { nullable: nullable || key.nullable, ..Self::of_column(column) }),
                ),
                FieldKind::OneOf(_) | FieldKind::Relation(_) => {}
            }
        }
    }
}
