use uuid::Uuid;

use super::{ColumnType, Mismatch, SqlType, ValueRef};

#[diagnostic::do_not_recommend]
impl ColumnType for Uuid {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Uuid;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Uuid(*self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = match value {
            ValueRef::Uuid(v) => Some(v),
            ValueRef::Text(v) => Self::try_parse(v).ok(),
            ValueRef::Bytes(v) => Self::from_slice(v).ok(),
            _ => None,
        };
        found.ok_or_else(|| Mismatch::new("a UUID", value))
    }
}
