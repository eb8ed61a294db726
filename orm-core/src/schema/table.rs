use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    AssociationDef, Cascade, DeferralSpec, Direction, FamilyDef, KeyOrder, Load, ModelKind, ModelRef, ModelSpec,
    OnDelete, PartDef, PassiveDeletes, RelationKind, SoftDeleteSpec, SqlPart,
};
use crate::value::{Format, NativeEnum, SqlType, Values};

/// One table, resolved: every column has its name and type, every foreign key its target.
#[derive(Debug)]
pub struct TableDef {
    /// A small number, one per table and process.
    pub id: ModelId,
    /// The name of the model, or of the table if it has no model; for messages.
    pub model: &'static str,
    /// The table's name and schema.
    pub name: TableName,
    /// What it is in the database.
    pub kind: ModelKind,
    /// The name that it had before.
    pub renamed_from: Option<&'static str>,
    /// The fields of the model, by number.
    pub fields: Vec<FieldDef>,
    /// The columns, in the order of the fields.
    pub columns: Vec<ColumnDef>,
    /// The columns of the primary key, by index.
    pub primary_key: Vec<usize>,
    /// The foreign keys, in the order of the fields.
    pub foreign_keys: Vec<ForeignKeyDef>,
    /// Foreign keys of which one is set.
    pub one_ofs: Vec<OneOfDef>,
    /// The relations, in the order of the fields.
    pub relations: Vec<RelationDef>,
    /// Indexes and unique constraints.
    pub indexes: Vec<IndexDef>,
    /// Check constraints.
    pub checks: Vec<CheckDef>,
    /// EXCLUDE constraints, each by the text behind `EXCLUDE`.
    pub exclusions: Vec<CheckDef>,
    /// What is said of it in the database.
    pub comment: Option<&'static str>,
    /// Whether the database chooses the key: one integer column that no foreign key fills.
    pub generated_key: bool,
    /// The column that counts versions.
    pub version: Option<usize>,
    /// The columns that an UPDATE and a DELETE compare with what was loaded, besides the version.
    pub optimistic: Vec<usize>,
    /// Whether an UPDATE compares the old values of the columns that it changes, where nothing else protects them.
    pub compares: bool,
    /// The columns that the database computes.
    pub computed: Vec<usize>,
    /// The columns that triggers set.
    pub read_back: Vec<usize>,
    /// The columns whose values come back from statements that write rows: those that the database computes, and those that triggers set.
    pub returned: Vec<usize>,
    /// The columns that are not read with their rows.
    pub deferred: Vec<usize>,
    /// How a row is marked as deleted, instead of being deleted.
    pub soft_delete: Option<SoftDelete>,
    /// The column that tells on which shard a row lives.
    pub shard_key: Option<usize>,
    /// The types whose rows it has, if they are several.
    pub family: Option<FamilyDef>,
    /// Which of the tables of a family it is, where it stands for one of them alone.
    pub part: Option<PartDef>,
}

/// How the rows of a table are marked as deleted.
#[derive(Debug, Clone, Copy)]
pub struct SoftDelete {
    /// The column that holds the mark, by index.
    pub column: usize,
    /// What is written into it.
    pub marks: SoftDeleteSpec,
}

impl TableDef {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The columns of a field. A relation whose key is in another table has none.
    pub fn field_columns(&self, field: usize) -> &[ColumnDef] {
        self.fields.get(field).map_or(&[], |field| &self.columns[field.columns.clone()])
    }

    /// The relation that a field declares.
    pub fn relation_of(&self, field: usize) -> Option<&RelationDef> {
        self.fields.get(field)?.relation.map(|index| &self.relations[index])
    }

    /// Whether an UPDATE or a DELETE compares more than the primary key: the version, or other columns.
    pub fn is_compared(&self) -> bool {
        self.version.is_some() || !self.optimistic.is_empty()
    }

    /// The columns that are read when one of them is asked for: those of its group, or it alone.
    pub fn deferred_with(&self, column: usize) -> Vec<usize> {
        let group = |column: usize| self.columns[column].deferred.and_then(|deferral| deferral.group);
        let own = group(column);
        let together = |other: &usize| *other == column || (own.is_some() && group(*other) == own);
        self.deferred.iter().copied().filter(together).collect()
    }

    /// The enums of the database that columns of a table are of. Those of a view are those of the tables that it reads.
    pub(crate) fn native_enums(&self) -> impl Iterator<Item = &'static NativeEnum> {
        let columns = self.columns.iter().filter(|column| self.kind.view().is_none() && column.type_name.is_none());
        columns.filter_map(|column| column.values.native())
    }

    /// The columns of the primary key.
    pub fn key_columns(&self) -> impl ExactSizeIterator<Item = &ColumnDef> {
        self.primary_key.iter().map(|&index| &self.columns[index])
    }
}

/// A table's name, with its schema if it is not the connection's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TableName {
    /// The schema.
    pub schema: Option<Cow<'static, str>>,
    /// The name.
    pub name: Cow<'static, str>,
}

impl TableName {
    /// The name of a table in the connection's own schema.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { schema: None, name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The number of a table in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(u32);

impl ModelId {
    /// The next number.
    pub(super) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One field of a model.
#[derive(Debug, Clone)]
pub struct FieldDef {
    /// Its name in the struct; a path, `billing.city`, for the field of an embedded value.
    pub name: &'static str,
    /// Its columns, as a range of [`TableDef::columns`]. Empty for a relation whose key is in another table.
    pub columns: Range<usize>,
    /// The index of its foreign key.
    pub foreign_key: Option<usize>,
    /// The index of its relation.
    pub relation: Option<usize>,
    /// The numbers of the fields that can be set only together, if it is one of some.
    pub whole: Option<Range<usize>>,
}

/// One column.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    /// Its name in the database.
    pub name: Cow<'static, str>,
    /// The name that it had before.
    pub renamed_from: Option<Cow<'static, str>>,
    /// The number of its field.
    pub field: usize,
    /// Which part of the field's key it is; 0 for a plain column.
    pub part: usize,
    /// Which of the tables of its family has it, by number; 0 is that of the base.
    pub table: usize,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Its values, where they are not just those of the type.
    pub values: Values,
    /// The name of its type, on databases whose types have names that `sql_type` does not tell: an enum, a domain, an address.
    pub type_name: Option<&'static str>,
    /// Whether it belongs to the primary key.
    pub primary_key: bool,
    /// Whether it belongs to a key, a unique constraint or an index, for which some databases need a bounded type.
    pub keyed: bool,
    /// The greatest length of text, in characters.
    pub length: Option<u32>,
    /// Digits in all and digits after the point, of a decimal.
    pub precision: Option<(u32, u32)>,
    /// The spelling of stored values, if the database has no type for them.
    pub format: Format,
    /// The SQL expression that fills it when an INSERT leaves it out.
    pub server_default: Option<&'static str>,
    /// The SQL expression by which the database computes it in every row. It is never written.
    pub computed: Option<&'static str>,
    /// What is said of it in the database.
    pub comment: Option<&'static str>,
    /// How it is read when it is asked for, if it is not read with its row.
    pub deferred: Option<DeferralSpec>,
}

/// One foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKeyDef {
    /// The field that holds it.
    pub field: usize,
    /// Its columns, by index.
    pub columns: Range<usize>,
    /// The table it references, by its primary key.
    pub target: ModelRef,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether it is part of the primary key.
    pub primary_key: bool,
    /// What happens when the referenced row is deleted.
    pub on_delete: Option<OnDelete>,
    /// Whether the database changes the key when the referenced row's key changes: `ON UPDATE CASCADE`.
    pub on_update_cascade: bool,
    /// Whether it is declared `DEFERRABLE INITIALLY DEFERRED`.
    pub deferrable: bool,
    /// Whether a flush writes it apart from its row, so that it does not influence the order.
    pub post_update: bool,
    /// The index of its relation in the same table.
    pub relation: usize,
    /// The index of the keys of which it is one, if there are others to be set instead.
    pub one_of: Option<usize>,
    /// What the last of its columns holds where it is set, if keys to other models have the same columns: the name of its model.
    pub type_text: Option<&'static str>,
    /// Whether the database checks it at the end of the transaction. Computed at the first call.
    pub(super) deferred: OnceLock<bool>,
}

/// Foreign keys to several models, of which one is set.
#[derive(Debug, Clone)]
pub struct OneOfDef {
    /// The name of the field that holds them.
    pub name: &'static str,
    /// The keys, as a range of [`TableDef::foreign_keys`].
    pub keys: Range<usize>,
    /// Whether none may be set.
    pub nullable: bool,
    /// The model that has the field.
    pub owner: ModelRef,
}

/// One relation, seen from the model that declares it.
pub struct RelationDef {
    /// The model that declares it.
    pub owner: ModelRef,
    /// Its field, by number.
    pub field: usize,
    /// The field's name.
    pub name: &'static str,
    /// Its kind.
    pub kind: RelationKind,
    /// The model at the other side.
    pub target: ModelRef,
    /// The field at the other side.
    pub back_populates: Option<&'static str>,
    /// What spreads along it.
    pub cascade: Cascade,
    /// Which members are left to the database when the parent is deleted.
    pub passive_deletes: PassiveDeletes,
    /// Whether a target may have at most one parent.
    pub single_parent: bool,
    /// Whether it is never written.
    pub view_only: bool,
    /// The order in which members are loaded: fields of the target.
    pub order_by: Vec<(usize, Direction)>,
    /// When it is loaded, where a query does not say another.
    pub load: Load,
    /// The field of the target that holds the place among the members of its parent.
    pub ordering: Option<usize>,
    /// Its foreign key in this table (`belongs_to`).
    pub foreign_key: Option<usize>,
    pub(super) inverse: OnceLock<Option<&'static RelationDef>>,
    pub(super) association: OnceLock<AssociationDef>,
}

/// By its name: a relation knows its other side, which knows it.
impl fmt::Debug for RelationDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelationDef({}::{})", (self.owner.spec)().name, self.name)
    }
}

impl RelationDef {
    /// The relation on the other side, if it is declared.
    pub fn inverse(&self) -> Option<&'static RelationDef> {
        *self.inverse.get_or_init(|| {
            let (table, name) = ((self.target.table)(), self.back_populates?);
            let is_other_end = |other: &&RelationDef| {
                let leads_back = || std::ptr::eq((other.target.spec)(), (self.owner.spec)());
                // Of keys of which one is set, it is the one that leads back; and not each model needs to list what references it.
                let key = |relation: &Self| relation.foreign_key.map(|key| &(relation.owner.table)().foreign_keys[key]);
                let is_one_of = |relation: &Self| key(relation).is_some_and(|key| key.one_of.is_some());
                other.name == name && (!is_one_of(other) && !is_one_of(self) || leads_back())
            };
            table.relations.iter().find(is_other_end)
        })
    }

    /// Whether changes of the relation change the keys of its members.
    pub(crate) fn writes_keys(&self) -> bool {
        !self.view_only && self.passive_deletes != PassiveDeletes::All
    }

    /// The table of the members of a `has_many` or `has_one`, and the index of the foreign key that they hold.
    pub fn member_key(&self) -> Option<(&'static TableDef, usize)> {
        Some(((self.target.table)(), self.inverse()?.foreign_key?))
    }
}

/// An index or a UNIQUE constraint.
#[derive(Debug, Clone)]
pub struct IndexDef {
    /// Its name.
    pub name: String,
    /// The columns among its keys, by index.
    pub columns: Vec<usize>,
    /// Whether no two rows have the same keys.
    pub unique: bool,
    /// Its keys, in its order.
    pub keys: Vec<IndexKeyDef>,
    /// The rows that it has, if it is partial.
    pub predicate: Vec<SqlPart>,
    /// The columns that it has besides, by index.
    pub include: Vec<usize>,
    /// Its method, if it is not the database's usual one.
    pub method: Option<&'static str>,
    /// Whether NULL equals NULL.
    pub nulls_not_distinct: bool,
}

impl IndexDef {
    /// Whether it is a UNIQUE constraint, and not an index that is unique.
    pub fn is_constraint(&self) -> bool {
        let is_plain = |key: &IndexKeyDef| key.order == KeyOrder::USUAL && matches!(key.of, IndexKeyPart::Column(_));
        self.unique && self.predicate.is_empty() && self.keys.iter().all(is_plain)
    }

    /// Whether its columns alone tell which rows exclude each other, as far as it has both of them.
    pub(crate) fn is_unique_by_columns(&self) -> bool {
        self.unique && self.columns.len() == self.keys.len()
    }
}

/// A key of an index.
#[derive(Debug, Clone)]
pub struct IndexKeyDef {
    /// What is looked up.
    pub of: IndexKeyPart,
    /// Its place in the order of the index.
    pub order: KeyOrder,
}

/// What a key of an index looks up.
#[derive(Debug, Clone)]
pub enum IndexKeyPart {
    /// A column, by index.
    Column(usize),
    /// An expression.
    Sql(Vec<SqlPart>),
}

/// A CHECK constraint.
#[derive(Debug, Clone)]
pub struct CheckDef {
    /// Its name.
    pub name: String,
    /// Its condition.
    pub sql: Vec<SqlPart>,
}

/// Keeps the table of a model after it was built. The code of the derive has one as a `static`.
#[derive(Debug, Default)]
pub struct TableSlot(OnceLock<TableDef>);

impl TableSlot {
    /// An empty slot.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The table, built of `spec` the first time.
    pub fn get(&self, owner: ModelRef) -> &TableDef {
        self.0.get_or_init(|| TableDef::build(owner, (owner.spec)()))
    }
}

impl TableDef {
    fn build(owner: ModelRef, spec: &'static ModelSpec) -> Self {
        super::build::table(owner, spec)
    }
}
