/// The operations that spread along a relation, from the object that has the field to its members.
///
/// The default is `save_update` and `merge`, as in SQLAlchemy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cascade(u8);

impl Cascade {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Adding an object adds what it holds.
    pub const SAVE_UPDATE: Self = Self(1);
    /// Merging an object merges what it holds.
    pub const MERGE: Self = Self(1 << 1);
    /// Deleting an object deletes its members.
    pub const DELETE: Self = Self(1 << 2);
    /// A member that leaves is deleted.
    pub const DELETE_ORPHAN: Self = Self(1 << 3);
    /// Expunging an object expunges its members.
    pub const EXPUNGE: Self = Self(1 << 4);
    /// Refreshing or expiring an object does so with its members.
    pub const REFRESH_EXPIRE: Self = Self(1 << 5);
    /// Everything but `delete_orphan`.
    pub const ALL: Self = Self(0b11_0111);
    /// The default.
    pub const DEFAULT: Self = Self(0b11);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The members that a delete leaves to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PassiveDeletes {
    /// None: members that are not loaded are loaded first.
    No,
    /// Members that are not loaded.
    Unloaded,
    /// All members: they are neither loaded nor written, also when they are removed from the relation.
    All,
}
