//! What models say of foreign keys and of relations.

use super::ModelRef;
use crate::schema::{Cascade, PassiveDeletes};

/// Foreign keys of which one is set. Each of them has a number, as if it were a field.
#[derive(Debug)]
pub struct OneOfSpec {
    /// The models, each of which has a key.
    pub models: &'static [TargetSpec],
    /// Whether none may be set.
    pub nullable: bool,
    /// What is said of each key, but for its target.
    pub key: BelongsToSpec,
    /// The column that names the model, where all of them share the columns of one key, which no constraint checks.
    pub type_column: Option<&'static str>,
}

/// One of the models that a field may reference.
#[derive(Debug, Clone, Copy)]
pub struct TargetSpec {
    /// Its name among them, as a part of the names of columns.
    pub name: &'static str,
    /// What stands for it in a column that names the model.
    pub text: &'static str,
    /// The model.
    pub model: ModelRef,
}

/// A foreign key.
#[derive(Debug, Clone, Copy)]
pub struct BelongsToSpec {
    /// The model it references.
    pub target: ModelRef,
    /// The column's name, if it is not `<field>_<key of the target>`.
    pub column: Option<&'static str>,
    /// The name that the column had before. What it begins with, if there are several.
    pub renamed_from: Option<&'static str>,
    /// Whether the field is an `Option`.
    pub nullable: bool,
    /// Whether at most one row may reference a row.
    pub unique: bool,
    /// Whether it has an index.
    pub index: bool,
    /// What is said of its columns in the database.
    pub comment: Option<&'static str>,
    /// What the database does with this row when the referenced row is deleted.
    pub on_delete: Option<OnDelete>,
    /// Whether the database changes this key when the referenced row's key changes: `ON UPDATE CASCADE`.
    pub on_update_cascade: bool,
    /// Whether the database checks it at the end of the transaction: `DEFERRABLE INITIALLY DEFERRED`.
    pub deferrable: bool,
    /// Whether it is written apart from its row, so that it does not influence the order.
    pub post_update: bool,
    /// The field at the other side.
    pub back_populates: Option<&'static str>,
    /// What spreads along the relation.
    pub cascade: Cascade,
    /// Whether at most one object may reference a target.
    pub single_parent: bool,
    /// When its target is loaded.
    pub load: Load,
}

/// A relation whose foreign key is elsewhere.
#[derive(Debug)]
pub struct RelationSpec {
    /// Which of the three.
    pub kind: RelationKind,
    /// The model at the other side.
    pub target: ModelRef,
    /// The field at the other side.
    pub back_populates: Option<&'static str>,
    /// What spreads along the relation.
    pub cascade: Cascade,
    /// Which members are left to the database when the parent is deleted.
    pub passive_deletes: PassiveDeletes,
    /// Whether a member may have no second parent (`many_to_many`).
    pub single_parent: bool,
    /// Whether the relation is never written.
    pub view_only: bool,
    /// The order in which members are loaded.
    pub order_by: &'static [OrderSpec],
    /// The name of the generated association table (`many_to_many`).
    pub table: Option<&'static str>,
    /// The model that is the association table (`many_to_many`).
    pub through: Option<ModelRef>,
    /// The association table's column for this side's key (`many_to_many`), if it is not the default.
    pub column: Option<&'static str>,
    /// When its members are loaded.
    pub load: Load,
    /// The field of the target that holds the place among the members of its parent (`has_many`).
    pub ordering: Option<usize>,
}

/// When a relation is loaded, where a query does not say another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Load {
    /// When it is asked for.
    Lazy,
    /// With its owners, by a statement of its own.
    SelectIn,
    /// With its owners, by their statement.
    Joined,
    /// By an `include` only.
    Raise,
    /// Never.
    WriteOnly,
}

/// The kinds of relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RelationKind {
    /// This row holds the key of one other.
    BelongsTo,
    /// Many other rows hold this row's key.
    HasMany,
    /// At most one other row holds this row's key.
    HasOne,
    /// An association table stands between.
    ManyToMany,
}

/// One column of an order, by the number of the target's field.
#[derive(Debug, Clone, Copy)]
pub struct OrderSpec {
    /// The number of the field.
    pub field: usize,
    /// The direction.
    pub direction: Direction,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Greatest first.
    Desc,
}

/// What a database does with referencing rows when the referenced row is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnDelete {
    /// Deletes them too.
    Cascade,
    /// Sets their keys to NULL.
    SetNull,
    /// Refuses.
    Restrict,
}
