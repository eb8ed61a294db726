//! The association table behind a `many_to_many` relation.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::{
    Cascade, ColumnDef, FieldDef, FieldKind, ForeignKeyDef, Load, ModelId, ModelKind, ModelRef, PassiveDeletes,
    RelationDef, RelationKind, RelationSpec, TableDef, TableName,
};
use crate::error::{Error, ErrorKind, Result};

/// The association table of a `many_to_many` relation, seen from its canonical side.
///
/// Both sides of a relation share one association: the side that comes first by table and field is the *left* one.
#[derive(Debug)]
pub struct AssociationDef {
    generated: Option<TableDef>,
    through: Option<ModelRef>,
    /// The columns that hold the key of the left side.
    pub left: Range<usize>,
    /// The columns that hold the key of the right side.
    pub right: Range<usize>,
}

impl AssociationDef {
    /// The association table.
    pub fn table(&'static self) -> Option<&'static TableDef> {
        self.generated.as_ref().or_else(|| self.through.map(|model| (model.table)()))
    }

    /// The model of the association table, if there is one.
    pub fn through(&self) -> Option<ModelRef> {
        self.through
    }

    /// The generated association table, if there is no model of it.
    pub fn generated(&self) -> Option<&TableDef> {
        self.generated.as_ref()
    }
}

/// See [`RelationDef::rank`].
pub(crate) type RelationRank = (Option<&'static str>, &'static str, usize);

impl RelationDef {
    /// The side of a `many_to_many` relation that owns the association: the first of the two by table and field.
    pub fn canonical(&'static self) -> &'static RelationDef {
        match self.inverse() {
            Some(inverse) if inverse.rank() < self.rank() => inverse,
            _ => self,
        }
    }

    /// The rank of a relation among several: by schema, table and field.
    pub(crate) fn rank(&self) -> RelationRank {
        let spec = (self.owner.spec)();
        (spec.schema, spec.table, self.field)
    }

    /// The association of a `many_to_many` relation, and whether this relation is its left side.
    ///
    /// # Errors
    ///
    /// `Schema` when this is not a `many_to_many`, or its `through` model lacks one of the two keys.
    pub fn association(&'static self) -> Result<(&'static AssociationDef, bool)> {
        let canonical = self.canonical();
        if let Some(found) = canonical.association.get() {
            return Ok((found, std::ptr::eq(canonical, self)));
        }
        let built = canonical.build_association()?;
        Ok((canonical.association.get_or_init(|| built), std::ptr::eq(canonical, self)))
    }

    fn relation_spec(&self) -> Option<&'static RelationSpec> {
        let mut fields = (self.owner.spec)().fields.iter().filter(|field| field.name == self.name);
        fields.find_map(|field| match &field.kind {
            FieldKind::Relation(spec) => Some(spec),
            _ => None,
        })
    }

    fn schema_error(&self, problem: &str) -> Error {
        Error::new(ErrorKind::Schema, format!("relation {}::{}: {problem}", (self.owner.spec)().name, self.name))
    }

    fn build_association(&'static self) -> Result<AssociationDef> {
        let spec = self.relation_spec().filter(|_| self.kind == RelationKind::ManyToMany);
        let spec =
            spec.ok_or_else(|| self.schema_error("no many_to_many relation, so there is no association table"))?;
        match (spec.table, spec.through) {
            (_, Some(model)) => self.through(model),
            (Some(name), None) => Ok(self.generate(name, spec)),
            (None, None) => Err(self.schema_error("needs `table = \"..\"` or `through = Model`")),
        }
    }

    /// Whether the association table of a `many_to_many` relation has a model.
    pub(crate) fn has_through(&self) -> bool {
        self.relation_spec().is_some_and(|spec| spec.through.is_some())
    }

    fn through(&self, model: ModelRef) -> Result<AssociationDef> {
        let table = (model.table)();
        let targets = |side: ModelRef| {
            let mut keys =
                table.foreign_keys.iter().filter(move |key| std::ptr::eq((key.target.spec)(), (side.spec)()));
            (keys.next(), keys.next())
        };
        match (targets(self.owner), targets(self.target)) {
            // A self-referencing relation: the first key of the model is the left side.
            ((Some(left), Some(right)), _) if std::ptr::eq((self.owner.spec)(), (self.target.spec)()) => {
                Ok((left.columns.clone(), right.columns.clone()))
            }
            ((Some(left), None), (Some(right), None)) => Ok((left.columns.clone(), right.columns.clone())),
            _ => Err(self.schema_error(&format!(
                "its `through` model {} needs exactly one belongs_to field for each side",
                table.model
            ))),
        }
        .map(|(left, right)| AssociationDef { generated: None, through: Some(model), left, right })
    }

    fn generate(&'static self, name: &'static str, spec: &RelationSpec) -> AssociationDef {
        let inverse_column = self.inverse().and_then(RelationDef::relation_spec).and_then(|inverse| inverse.column);
        let (own, other) = ((self.owner.table)(), (self.target.table)());
        let (mut left_name, mut right_name) = (default_prefix(own.model), default_prefix(other.model));
        if left_name == right_name {
            // Two roles of one model: each side's column is named after the field that lists it.
            right_name = self.name.to_owned();
            left_name = self.back_populates.map_or(left_name, str::to_owned);
        }
        let mut table = TableDef {
            id: ModelId::next(),
            model: name,
            name: TableName { schema: own.name.schema.clone(), name: Cow::Borrowed(name) },
            kind: ModelKind::Table,
            renamed_from: None,
            fields: Vec::new(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            one_ofs: Vec::new(),
            relations: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            comment: None,
            generated_key: false,
            version: None,
            optimistic: Vec::new(),
            compares: true,
            computed: Vec::new(),
            read_back: Vec::new(),
            returned: Vec::new(),
            deferred: Vec::new(),
            soft_delete: None,
            shard_key: None,
            family: None,
            part: None,
        };
        let left = table.add_side(self.owner, self.target, spec.column, &left_name);
        let right = table.add_side(self.target, self.owner, inverse_column, &right_name);
        table.primary_key = (0..table.columns.len()).collect();
        AssociationDef { generated: Some(table), through: None, left, right }
    }
}

impl TableDef {
    /// Adds the columns for the key of `side`.
    fn add_side(
        &mut self,
        side: ModelRef,
        other: ModelRef,
        column: Option<&'static str>,
        prefix: &str,
    ) -> Range<usize> {
        let (number, first) = (self.fields.len(), self.columns.len());
        let keys: Vec<&ColumnDef> = (side.table)().key_columns().collect();
        let single = keys.len() == 1;
        for (part, key) in keys.into_iter().enumerate() {
            let name = match column {
                Some(name) if single => Cow::Borrowed(name),
                Some(prefix) => Cow::Owned(format!("{prefix}_{}", key.name)),
                None => Cow::Owned(format!("{prefix}_{}", key.name)),
            };
            self.columns.push(ColumnDef {
                name,
                renamed_from: None,
                field: number,
                part,
                table: 0,
                nullable: false,
                primary_key: true,
                keyed: true,
                server_default: None,
                comment: None,
                ..key.clone()
            });
        }
        let columns = first..self.columns.len();
        self.fields.push(FieldDef {
            name: (side.spec)().table,
            columns: columns.clone(),
            foreign_key: Some(number),
            relation: Some(number),
            whole: None,
        });
        self.relations.push(RelationDef {
            owner: other,
            field: number,
            name: (side.spec)().table,
            kind: RelationKind::BelongsTo,
            target: side,
            back_populates: None,
            cascade: Cascade::NONE,
            passive_deletes: PassiveDeletes::No,
            single_parent: false,
            view_only: false,
            order_by: Vec::new(),
            load: Load::Lazy,
            ordering: None,
            foreign_key: Some(number),
            inverse: OnceLock::new(),
            association: OnceLock::new(),
        });
        self.foreign_keys.push(ForeignKeyDef {
            field: number,
            columns: columns.clone(),
            target: side,
            nullable: false,
            primary_key: true,
            on_delete: None,
            // No object references these rows, and only keys that the user chooses can change.
            on_update_cascade: !(side.table)().generated_key,
            deferrable: false,
            post_update: false,
            relation: number,
            one_of: None,
            type_text: None,
            deferred: OnceLock::new(),
        });
        columns
    }
}

/// `Student` gives `student`, `CarBrand` gives `car_brand`.
fn default_prefix(model: &str) -> String {
    let mut out = String::with_capacity(model.len() + 4);
    for (index, letter) in model.char_indices() {
        if letter.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
