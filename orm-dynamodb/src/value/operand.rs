use chrono::{DateTime, Utc};
use orm_core::Result;
use orm_core::value::ColumnType;
use serde::Serialize;

use super::{Attribute, AttributeValue, Column, Epoch, Serde};

/// A value that stands for one of type `T`: as a key, in a condition or in an update.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value for an attribute of type `{T}`",
    label = "expected `{T}`"
)]
pub trait Operand<T> {
    /// The value for DynamoDB.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep it.
    fn operand(self) -> Result<AttributeValue>;
}

impl<T: Attribute> Operand<T> for T {
    fn operand(self) -> Result<AttributeValue> {
        self.to_attribute()
    }
}

impl<T: Attribute> Operand<T> for &T {
    fn operand(self) -> Result<AttributeValue> {
        self.to_attribute()
    }
}

impl Operand<String> for &str {
    fn operand(self) -> Result<AttributeValue> {
        Ok(AttributeValue::S(self.to_owned()))
    }
}

impl Operand<Vec<u8>> for &[u8] {
    fn operand(self) -> Result<AttributeValue> {
        Ok(AttributeValue::B(self.to_vec()))
    }
}

impl<T: Serialize> Operand<Serde<T>> for T {
    fn operand(self) -> Result<AttributeValue> {
        Serde::write(&self)
    }
}

impl<T: ColumnType> Operand<Column<T>> for T {
    fn operand(self) -> Result<AttributeValue> {
        Column::write(&self)
    }
}

impl Operand<Epoch<Self>> for DateTime<Utc> {
    fn operand(self) -> Result<AttributeValue> {
        Epoch::write(&self)
    }
}
