//! Integers whose column is wider than they are: databases have them with a sign only, and none of 8 bits.

use super::{ColumnType, Mismatch, SqlType, ValueRef, Values};

macro_rules! integers {
    ($($ty:ty, $sql:ident, $name:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ColumnType for $ty {
            type Base = Self;
            const SQL_TYPE: SqlType = SqlType::$sql;
            const VALUES: Values = Values::Range(Self::MIN as i64, Self::MAX as i64);

            fn to_ref(&self) -> ValueRef<'_> {
                ValueRef::I64(i64::from(*self))
            }

            fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let found = i64::from_ref(value).ok().and_then(|wide| Self::try_from(wide).ok());
                found.ok_or_else(|| Mismatch::new($name, value))
            }
        }
    )*};
}

integers! {
    i8, I16, "an 8-bit integer";
    u8, I16, "an 8-bit integer without a sign";
    u16, I32, "a 16-bit integer without a sign";
    u32, I64, "a 32-bit integer without a sign";
}

/// The upper half of its values is refused: no integer column holds them.
#[diagnostic::do_not_recommend]
impl ColumnType for u64 {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::I64;
    const VALUES: Values = Values::Range(0, i64::MAX);

    fn to_ref(&self) -> ValueRef<'_> {
        i64::try_from(*self)
            .map_or(ValueRef::Refused("a `u64` beyond `i64::MAX` has no column; use a decimal"), ValueRef::I64)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = i64::from_ref(value).ok().and_then(|wide| Self::try_from(wide).ok());
        found.ok_or_else(|| Mismatch::new("a 64-bit integer without a sign", value))
    }
}
