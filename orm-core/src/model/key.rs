use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use super::RowReader;
use crate::error::Result;
use crate::value::{ColumnType, CustomType, TextForm, ValueRef};

/// The type of a primary key: an integer, text, a UUID, a date, or a tuple of keys.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary key",
    label = "keys are integers, bool, char, texts, bytes, Decimal, Uuid, chrono's date and time types, `BelongsTo` fields, and types of your own that are `Eq`, \
             `Hash` and `Debug`, by `#[derive(DbType)]` or `CustomKey`; no `Option`, no float"
)]
pub trait Key: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// The number of columns.
    const WIDTH: usize;

    /// The value of one column.
    fn part(&self, index: usize) -> ValueRef<'_>;

    /// Reads a key from the next `WIDTH` columns of a row.
    ///
    /// # Errors
    ///
    /// `Decode` when a cell does not fit.
    fn read(row: &mut RowReader<'_>) -> Result<Self>;

    /// Like [`read`](Key::read), but `None` when a column is NULL.
    ///
    /// # Errors
    ///
    /// `Decode` when a cell does not fit.
    fn read_nullable(row: &mut RowReader<'_>) -> Result<Option<Self>>;

    /// The key in a normal form, which is the same for all keys that the database takes for one. `forms` has the rules of each column.
    #[must_use]
    fn folded(self, forms: &[TextForm]) -> Self {
        let _ = forms;
        self
    }

    /// Whether the key is set: it is not 0, not "", and not the nil UUID.
    fn is_set(&self) -> bool;
}

/// A key of type `K`, or what converts into one: what implements `Into<K>`. Without this trait the compiler would list all conversions.
///
/// See the example of [`Session::get`](crate::session::Session::get).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of type `{K}`",
    label = "expected `{K}`, or what converts into it"
)]
pub trait IntoKey<K> {
    /// Stands in bounds, so that the compiler reports the call alone.
    type Checked;

    /// The key.
    fn into_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K, V: Into<K>> IntoKey<K> for V {
    type Checked = ();

    fn into_key(self) -> K {
        self.into()
    }
}

/// A [`CustomType`] that may be a primary key: `impl CustomKey for Network {}`. Equal keys have equal encodings.
pub trait CustomKey: CustomType + Eq + Hash + Debug + Send {}

impl CustomKey for char {}
impl CustomKey for IpAddr {}
impl CustomKey for Ipv4Addr {}
impl CustomKey for Ipv6Addr {}
#[cfg(feature = "ipnet")]
impl CustomKey for ipnet::IpNet {}
#[cfg(feature = "ipnet")]
impl CustomKey for ipnet::Ipv4Net {}
#[cfg(feature = "ipnet")]
impl CustomKey for ipnet::Ipv6Net {}

macro_rules! column_keys {
    ($($ty:ty, |$key:ident| $set:expr $(, |$text:ident, $form:ident| $folded:expr)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Key for $ty {
            const WIDTH: usize = 1;

            fn part(&self, _: usize) -> ValueRef<'_> {
                self.to_ref()
            }

            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                row.column()
            }

            fn read_nullable(row: &mut RowReader<'_>) -> Result<Option<Self>> {
                row.column()
            }

            $(
                fn folded(self, forms: &[TextForm]) -> Self {
                    let $text = self;
                    match forms {
                        [$form, ..] => $folded,
                        [] => $text,
                    }
                }
            )?

            fn is_set(&self) -> bool {
                let $key = self;
                $set
            }
        }
    )*};
}

column_keys! {
    i16, |key| *key != 0;
    i32, |key| *key != 0;
    i64, |key| *key != 0;
    i8, |key| *key != 0;
    u8, |key| *key != 0;
    u16, |key| *key != 0;
    u32, |key| *key != 0;
    u64, |key| *key != 0;
    bool, |_key| true;
    String, |key| !key.is_empty(), |key, form| form.folded(&key).unwrap_or(key);
    Box<str>, |key| !key.is_empty(), |key, form| form.folded(&key).map_or(key, Into::into);
    Arc<str>, |key| !key.is_empty(), |key, form| form.folded(&key).map_or(key, Into::into);
    Cow<'static, str>, |key| !key.is_empty(), |key, form| form.folded(&key).map_or(key, Into::into);
    Vec<u8>, |key| !key.is_empty();
    Duration, |_key| true;
}

#[cfg(feature = "decimal")]
column_keys! { rust_decimal::Decimal, |_key| true; }

#[cfg(feature = "uuid")]
column_keys! { uuid::Uuid, |key| !key.is_nil(); }

#[cfg(feature = "ulid")]
column_keys! { ulid::Ulid, |key| !key.is_nil(); }

#[cfg(feature = "time")]
column_keys! {
    time::Date, |_key| true;
    time::Time, |_key| true;
    time::PrimitiveDateTime, |_key| true;
    time::OffsetDateTime, |_key| true;
}

#[cfg(feature = "jiff")]
column_keys! {
    jiff::civil::Date, |_key| true;
    jiff::civil::Time, |_key| true;
    jiff::civil::DateTime, |_key| true;
    jiff::Timestamp, |_key| true;
}

#[cfg(feature = "chrono")]
column_keys! {
    chrono::NaiveDate, |_key| true;
    chrono::NaiveTime, |_key| true;
    chrono::NaiveDateTime, |_key| true;
    chrono::DateTime<chrono::Utc>, |_key| true;
    chrono::DateTime<chrono::FixedOffset>, |_key| true;
}

#[diagnostic::do_not_recommend]
impl<T: CustomKey> Key for T {
    const WIDTH: usize = 1;

    fn part(&self, _: usize) -> ValueRef<'_> {
        self.to_ref()
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.column()
    }

    fn read_nullable(row: &mut RowReader<'_>) -> Result<Option<Self>> {
        row.column()
    }

    fn is_set(&self) -> bool {
        true
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> Key for [u8; N] {
    const WIDTH: usize = 1;

    fn part(&self, _: usize) -> ValueRef<'_> {
        self.to_ref()
    }

    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        row.column()
    }

    fn read_nullable(row: &mut RowReader<'_>) -> Result<Option<Self>> {
        row.column()
    }

    fn is_set(&self) -> bool {
        true
    }
}

macro_rules! tuple_keys {
    ($($name:ident $index:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Key),*> Key for ($($name,)*) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)*;

            fn part(&self, index: usize) -> ValueRef<'_> {
                let mut index = index;
                $(
                    if index < $name::WIDTH {
                        return self.$index.part(index);
                    }
                    index -= $name::WIDTH;
                )*
                let _ = index;
                ValueRef::Null
            }

            fn read(row: &mut RowReader<'_>) -> Result<Self> {
                Ok(($($name::read(row)?,)*))
            }

            fn read_nullable(row: &mut RowReader<'_>) -> Result<Option<Self>> {
                // Every part is read, even after a NULL, so that the reader ends up behind the key.
                let parts = ($($name::read_nullable(row)?,)*);
                Ok((|| Some(($(parts.$index?,)*)))())
            }

            fn folded(self, forms: &[TextForm]) -> Self {
                let mut at = 0;
                let mut own = |width: usize| {
                    at += width;
                    forms.get(at - width..).unwrap_or_default()
                };
                ($(self.$index.folded(own($name::WIDTH)),)*)
            }

            fn is_set(&self) -> bool {
                true
            }
        }
    };
}

tuple_keys!(A 0, B 1);
tuple_keys!(A 0, B 1, C 2);
tuple_keys!(A 0, B 1, C 2, D 3);
