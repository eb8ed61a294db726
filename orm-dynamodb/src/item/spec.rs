use std::fmt;
use std::marker::PhantomData;

use super::{Item, RangeType};
use crate::Dynamo;
use crate::read::{Query, Scan};
use crate::value::{KeyAttribute, Operand, ScalarType};

/// What the derive says of a struct.
#[derive(Debug)]
pub struct ItemSpec {
    /// The struct's name.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// Its region, if it is not the client's.
    pub region: Option<&'static str>,
    /// The hash key.
    pub hash: KeySpec,
    /// The range key.
    pub range: Option<KeySpec>,
    /// The indexes.
    pub indexes: &'static [IndexSpec],
    /// The attribute with the end of an item.
    pub ttl: Option<&'static str>,
    /// The attribute with the version.
    pub version: Option<&'static str>,
}

/// An attribute that is a key.
#[derive(Debug, Clone, Copy)]
pub struct KeySpec {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub scalar: ScalarType,
}

/// An index.
#[derive(Debug)]
pub struct IndexSpec {
    /// Its name.
    pub name: &'static str,
    /// Whether it is within the partitions of the table.
    pub is_local: bool,
    /// The hash key.
    pub hash: KeySpec,
    /// The range key.
    pub range: Option<KeySpec>,
    /// What it has of the items.
    pub projected: Projected,
}

/// What an index has of the items.
#[derive(Debug, Clone, Copy)]
pub enum Projected {
    /// Everything.
    All,
    /// The keys.
    Keys,
    /// The keys and these attributes.
    Include(&'static [&'static str]),
}

/// An index of the table of `M`, as a constant of the derive.
///
/// See the example of [`Query`].
pub struct Index<M, H, R> {
    spec: &'static IndexSpec,
    model: PhantomData<fn() -> M>,
    keys: PhantomData<fn() -> (H, R)>,
}

impl<M: Item, H: KeyAttribute, R: RangeType> Index<M, H, R> {
    /// An index.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(spec: &'static IndexSpec) -> Self {
        Self { spec, model: PhantomData, keys: PhantomData }
    }

    /// The items with this hash key of the index, in the order of its range keys. What was just written may be missing.
    ///
    /// An index that does not have everything answers with [`select`](Query::select) only, of what it has.
    pub fn query(self, db: &Dynamo, hash: impl Operand<H>) -> Query<'_, M, R> {
        let IndexSpec { name, hash: key, range, .. } = self.spec;
        Query::of_key(db, key.name, range.as_ref(), Some(name), hash.operand())
    }

    /// All items that have the keys of the index.
    pub fn scan(self, db: &Dynamo) -> Scan<'_, M> {
        Scan::of_index(db, self.spec.name)
    }
}

impl<M, H, R> fmt::Debug for Index<M, H, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spec.fmt(f)
    }
}

/// The type of the field with `#[item(version)]`: an integer, 0 for an item that was never saved.
#[diagnostic::on_unimplemented(
    message = "a version is `u32`, `u64`, `i32` or `i64`, and not `{Self}`",
    label = "no version"
)]
pub trait Version: Copy {
    /// As a number.
    fn number(self) -> u64;

    /// Of a number.
    fn of(number: u64) -> Self;
}

macro_rules! versions {
    ($($ty:ty),*) => {$(
        impl Version for $ty {
            fn number(self) -> u64 {
                u64::try_from(self).unwrap_or(0)
            }

            fn of(number: u64) -> Self {
                Self::try_from(number).unwrap_or(Self::MAX)
            }
        }
    )*};
}

versions!(u32, u64, i32, i64);
