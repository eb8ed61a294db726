use rust_decimal::Decimal;

use super::{ColumnType, Mismatch, SqlType, ValueRef};

#[diagnostic::do_not_recommend]
impl ColumnType for Decimal {
    type Base = Self;
    const SQL_TYPE: SqlType = SqlType::Decimal;

    fn to_ref(&self) -> ValueRef<'_> {
        ValueRef::Decimal(*self)
    }

    fn from_ref(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let found = match value {
            ValueRef::Decimal(v) => Some(v),
            ValueRef::I64(v) => Some(Self::from(v)),
            // The shortest decimal that reads back as this float: 0.99 and not 0.98999999999999999.
            ValueRef::F64(v) => Self::try_from(v).ok(),
            ValueRef::Text(v) => v.parse().ok(),
            _ => None,
        };
        found.ok_or_else(|| Mismatch::new("a decimal number", value))
    }
}
