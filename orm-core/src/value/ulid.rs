use ulid::Ulid;
use uuid::Uuid;

use super::{ColumnType, Mismatch, SqlType, ValueRef, Values};

/// The same 16 bytes as a UUID, whose order is that of the ULID.
#[diagnostic::do_not_recommend]
impl ColumnType for Ulid {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Uuid;
    const VALUES: Values = Values::Bits;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Uuid(Uuid::from_bytes(self.to_bytes()))
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        Uuid::from_ref(value).map(|uuid| Self::from_bytes(uuid.into_bytes()))
    }
}
