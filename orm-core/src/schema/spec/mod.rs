//! The constant data that the derive writes. All other code reads [`TableDef`].

mod family;
mod index;
mod kind;
mod relation;

pub use family::{BaseSpec, FamilySpec, SubtypeSpec};
pub use index::{IndexKeyOf, IndexKeySpec, IndexSpec, KeyOrder, Nulls};
pub use kind::{Definition, ModelKind, ViewSpec};
pub use relation::{
    BelongsToSpec, Direction, Load, OnDelete, OneOfSpec, OrderSpec, RelationKind, RelationSpec, TargetSpec,
};

use std::any::Any;
use std::time::SystemTime;

use super::TableDef;
use crate::value::{Format, SqlType, Value, Values};

/// One model, as its struct describes it.
#[derive(Debug)]
pub struct ModelSpec {
    /// The name of the struct.
    pub name: &'static str,
    /// The name of the table.
    pub table: &'static str,
    /// The schema of the table, if it is not the connection's own.
    pub schema: Option<&'static str>,
    /// What it is in the database.
    pub kind: ModelKind,
    /// The name that the table had before.
    pub renamed_from: Option<&'static str>,
    /// The fields in the order of the struct. A field's position is its number everywhere, where those of an embedded value count one by one
    /// in its place.
    pub fields: &'static [FieldSpec],
    /// Indexes and unique constraints over several columns.
    pub indexes: &'static [IndexSpec],
    /// Check constraints.
    pub checks: &'static [CheckSpec],
    /// EXCLUDE constraints, each by the text behind `EXCLUDE`.
    pub exclusions: &'static [CheckSpec],
    /// What is said of the table in the database.
    pub comment: Option<&'static str>,
    /// The fields that an UPDATE and a DELETE compare with what was loaded, by number.
    pub optimistic: &'static [usize],
    /// Whether an UPDATE compares the old values of the columns that it changes, where nothing else protects them.
    pub compares: bool,
    /// The conditions that hold for its rows wherever they are read.
    pub filters: &'static [FilterSpec],
    /// How a row is marked as deleted, instead of being deleted.
    pub soft_delete: Option<SoftDeleteSpec>,
    /// The field that tells on which shard a row lives, by number.
    pub shard_key: Option<usize>,
    /// Its place in a family, if it has one. The fields of a subtype are those that it adds, whose numbers follow those of the types before.
    pub family: Option<FamilySpec>,
}

impl ModelSpec {
    /// The model that it inherits from.
    pub(crate) fn base(&'static self) -> Option<&'static Self> {
        match &self.family {
            Some(FamilySpec::Subtype(subtype)) => Some((subtype.base)()),
            Some(FamilySpec::Base(_)) | None => None,
        }
    }

    /// The model that declares the key: the base of the family, or the model itself.
    pub(crate) fn root(&'static self) -> &'static Self {
        self.base().map_or(self, Self::root)
    }
}

/// A condition that holds for the rows of a model wherever they are read.
#[derive(Debug)]
pub struct FilterSpec {
    /// Why it is there, which says what lifts it.
    pub reason: FilterReason,
    /// Makes the condition, anew for each statement. The type is opaque here.
    pub condition: fn() -> Box<dyn Any>,
}

/// Why a model has a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterReason {
    /// It hides rows that are marked as deleted.
    Deleted,
    /// The model says so: `#[orm(filter = ..)]`.
    Rule,
}

/// How rows are marked as deleted.
#[derive(Debug, Clone, Copy)]
pub struct SoftDeleteSpec {
    /// The field that holds the mark, by number.
    pub field: usize,
    /// The mark of a row that is deleted at a time.
    pub deleted: fn(SystemTime) -> Value,
    /// What a row holds that is not deleted.
    pub live: fn() -> Value,
}

/// One field of the struct.
#[derive(Debug)]
pub struct FieldSpec {
    /// The name of the field.
    pub name: &'static str,
    /// Whether it is (a part of) the primary key.
    pub primary_key: bool,
    /// Its kind.
    pub kind: FieldKind,
}

/// The kind of a field.
#[derive(Debug)]
pub enum FieldKind {
    /// A column.
    Column(ColumnSpec),
    /// The columns of a foreign key.
    BelongsTo(BelongsToSpec),
    /// The columns of foreign keys of which one is set.
    OneOf(OneOfSpec),
    /// A relation without a column in this table.
    Relation(RelationSpec),
    /// A value whose fields are columns of this table.
    Embedded(EmbeddedSpec),
}

/// A struct or an enum whose fields stand among those of a table.
#[derive(Debug)]
pub struct EmbeddedSpec {
    /// What the names of its columns begin with.
    pub prefix: &'static str,
    /// Whether there may be no value: then all of its columns are NULL.
    pub nullable: bool,
    /// Whether its columns make up a value only together, so that none of them can be set alone.
    pub whole: bool,
    /// Its fields.
    pub fields: &'static [FieldSpec],
    /// Indexes and unique constraints, by the numbers of its fields.
    pub indexes: &'static [IndexSpec],
    /// Check constraints, by the numbers of its fields.
    pub checks: &'static [CheckSpec],
}

impl EmbeddedSpec {
    /// The number of its fields, each of which is a column. Those of what it embeds itself are counted, and not that as such.
    pub const fn width(&self) -> usize {
        let (mut width, mut at) = (0, 0);
        while at < self.fields.len() {
            width += match &self.fields[at].kind {
                FieldKind::Embedded(inner) => inner.width(),
                _ => 1,
            };
            at += 1;
        }
        width
    }

    /// Whether the database fills in one of its columns.
    pub const fn is_filled(&self) -> bool {
        let mut at = 0;
        while at < self.fields.len() {
            let filled = match &self.fields[at].kind {
                FieldKind::Column(column) => column.server_default.is_some() || column.computed.is_some(),
                FieldKind::Embedded(inner) => inner.is_filled(),
                _ => false,
            };
            if filled {
                return true;
            }
            at += 1;
        }
        false
    }

    /// How many of its columns count versions.
    pub const fn versions(&self) -> usize {
        let (mut count, mut at) = (0, 0);
        while at < self.fields.len() {
            count += match &self.fields[at].kind {
                FieldKind::Column(column) => column.version as usize,
                FieldKind::Embedded(inner) => inner.versions(),
                _ => 0,
            };
            at += 1;
        }
        count
    }
}

/// A plain column.
#[derive(Debug)]
pub struct ColumnSpec {
    /// Its name in the database.
    pub column: &'static str,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Its values, where they are fewer than those of the type.
    pub values: Values,
    /// The name of its type on PostgreSQL-like databases, instead of the one that follows from `sql_type`.
    pub type_name: Option<&'static str>,
    /// The greatest length of text, in characters.
    pub length: Option<u32>,
    /// Digits in all and digits after the point, of a decimal.
    pub precision: Option<(u32, u32)>,
    /// The spelling of stored values, if the database has no type for them.
    pub format: Format,
    /// Whether its values are unique.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// The SQL expression that fills it when an INSERT leaves it out.
    pub server_default: Option<&'static str>,
    /// The SQL expression by which the database computes it in every row.
    pub computed: Option<&'static str>,
    /// Whether triggers set it, so that it comes back from the statement that writes its row.
    pub read_back: bool,
    /// Whether it counts the row's versions.
    pub version: bool,
    /// Whether its values are kept out of logs and errors.
    pub secret: bool,
    /// The name that it had before.
    pub renamed_from: Option<&'static str>,
    /// What is said of it in the database.
    pub comment: Option<&'static str>,
    /// How it is read when it is asked for, if it is not read with its row.
    pub deferred: Option<DeferralSpec>,
}

/// A column that is not read with its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeferralSpec {
    /// The columns of a model that come together.
    pub group: Option<&'static str>,
}

impl ColumnSpec {
    /// A column with no options.
    pub const fn new(column: &'static str, sql_type: SqlType, nullable: bool, values: Values) -> Self {
        Self {
            column,
            sql_type,
            nullable,
            values,
            type_name: None,
            length: None,
            precision: None,
            format: Format::Mixed,
            unique: false,
            index: false,
            server_default: None,
            computed: None,
            read_back: false,
            version: false,
            secret: false,
            renamed_from: None,
            comment: None,
            deferred: None,
        }
    }
}

/// A CHECK constraint.
#[derive(Debug)]
pub struct CheckSpec {
    /// Its name, where it is not made by the naming convention.
    pub name: Option<&'static str>,
    /// The condition.
    pub sql: &'static [SqlPart],
}

/// A piece of an SQL text that names columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlPart {
    /// Text as it stands.
    Text(&'static str),
    /// The name of a column: of a field by its number, and in a [`TableDef`] by its index.
    Column(usize),
}

/// A model, named without needing its table yet: models may reference each other in cycles.
#[derive(Clone, Copy)]
pub struct ModelRef {
    /// The model's constant data.
    pub spec: fn() -> &'static ModelSpec,
    /// The model's table.
    pub table: fn() -> &'static TableDef,
    /// Makes an arena for a session to keep the model's objects in. The type is opaque here.
    pub arena: fn() -> Box<dyn Any + Send>,
}

/// Two are equal that name the same model.
impl PartialEq for ModelRef {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq((self.spec)(), (other.spec)())
    }
}

impl Eq for ModelRef {}

impl std::fmt::Debug for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.spec)().name)
    }
}
