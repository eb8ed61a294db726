//! Lists of values: for `IN`, for the columns of a batch, and for arrays.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{ColumnType, CustomType, Mismatch, SqlType, Value, ValueRef, Values};

/// Values of one type that are sent as one parameter.
#[derive(Clone, Copy)]
pub enum List<'a> {
    /// Values that were collected from objects.
    Values(&'a [ValueRef<'a>]),
    /// Values that a query owns.
    Owned(&'a [Value]),
    /// The elements of an array column.
    Elements(&'a (dyn Elements + Sync)),
}

/// The elements of an array column, by index.
pub trait Elements {
    /// The number of elements.
    fn count(&self) -> usize;

    /// The element at `index`, counted from 0. NULL behind the last.
    fn element(&self, index: usize) -> ValueRef<'_>;
}

impl<'a> List<'a> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Owned(values) => values.len(),
            Self::Elements(elements) => elements.count(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values in their order.
    pub fn iter(self) -> impl Iterator<Item = ValueRef<'a>> {
        (0..self.len()).map(move |index| match self {
            Self::Values(values) => values[index],
            Self::Owned(values) => values[index].to_ref(),
            Self::Elements(elements) => elements.element(index),
        })
    }
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq<List<'_>> for List<'_> {
    fn eq(&self, other: &List<'_>) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

/// An element type of arrays. `Vec<T>` is a column type on databases that have arrays, and so is `Vec<Option<T>>`, whose elements may be
/// NULL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of an array column",
    label = "expected a column type other than bytes and arrays",
    note = "bytes are `Vec<u8>`, and an array of arrays is no column type"
)]
pub trait ArrayItem: ColumnType<Base = Self> + Sync {}

macro_rules! array_items {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ArrayItem for $ty {}
    )*};
}

#[diagnostic::do_not_recommend]
impl<T: CustomType> ArrayItem for T {}

array_items!(bool, i8, i16, i32, i64, u16, u32, u64, f32, f64, String, Box<str>, Arc<str>, Cow<'static, str>, Duration);
#[cfg(feature = "chrono")]
array_items!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>
);
#[cfg(feature = "time")]
array_items!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime);
#[cfg(feature = "jiff")]
array_items!(jiff::civil::Date, jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp);
#[cfg(feature = "uuid")]
array_items!(uuid::Uuid);
#[cfg(feature = "ulid")]
array_items!(ulid::Ulid);
#[cfg(feature = "decimal")]
array_items!(rust_decimal::Decimal);
#[cfg(feature = "json")]
array_items!(serde_json::Value);

impl<T: ArrayItem> Elements for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn element(&self, index: usize) -> ValueRef<'_> {
        self.get(index).map_or(ValueRef::Null, T::to_ref)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ArrayItem> ColumnType for Vec<T> {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Array(&T::SQL_TYPE);
    const VALUES: Values = T::VALUES.of_arrays();

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Array(List::Elements(self))
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Array(list) => list.iter().map(T::from_ref).collect(),
            other => Err(Mismatch::new("an array", other)),
        }
    }
}

impl<T: ArrayItem> Elements for Vec<Option<T>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn element(&self, index: usize) -> ValueRef<'_> {
        self.get(index).and_then(Option::as_ref).map_or(ValueRef::Null, T::to_ref)
    }
}

#[diagnostic::do_not_recommend]
impl<T: ArrayItem> ColumnType for Vec<Option<T>> {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Array(&T::SQL_TYPE);
    const VALUES: Values = T::VALUES.of_arrays();

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Array(List::Elements(self))
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let element = |item: ValueRef<'_>| if item.is_null() { Ok(None) } else { T::from_ref(item).map(Some) };
        match value {
            ValueRef::Array(list) => list.iter().map(element).collect(),
            other => Err(Mismatch::new("an array", other)),
        }
    }
}
