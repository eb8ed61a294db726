use chrono::{DateTime, Utc};
use orm_core::{Error, ErrorKind, Result};

use super::attribute::number;
use super::{Attribute, AttributeValue, KeyAttribute, Numeric, ScalarType};

/// A time as whole seconds since 1970: the form of `#[item(ttl)]`, which DynamoDB understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch<T>(pub T);

/// The type of the field with `#[item(ttl)]`: `DateTime<Utc>`, or `Option` of it for items that may stay.
#[diagnostic::on_unimplemented(
    message = "the end of an item is `DateTime<Utc>` or `Option<DateTime<Utc>>`, and not `{Self}`",
    label = "no time to live"
)]
pub trait TimeToLive: Sized {
    /// The time, if there is one.
    fn get(&self) -> Option<DateTime<Utc>>;

    /// The value for a time that was read, if the type has one.
    fn of(at: Option<DateTime<Utc>>) -> Option<Self>;
}

impl TimeToLive for DateTime<Utc> {
    fn get(&self) -> Option<DateTime<Utc>> {
        Some(*self)
    }

    fn of(at: Option<DateTime<Utc>>) -> Option<Self> {
        at
    }
}

impl TimeToLive for Option<DateTime<Utc>> {
    fn get(&self) -> Option<DateTime<Utc>> {
        *self
    }

    fn of(at: Option<DateTime<Utc>>) -> Option<Self> {
        Some(at)
    }
}

impl<T: TimeToLive> Epoch<T> {
    /// The attribute's value. Parts of a second are cut off.
    ///
    /// # Errors
    ///
    /// None.
    #[doc(hidden)]
    pub fn write(value: &T) -> Result<AttributeValue> {
        Ok(value.get().map_or(AttributeValue::Null, |at| AttributeValue::N(at.timestamp().to_string())))
    }

    /// Reads the attribute's value.
    ///
    /// # Errors
    ///
    /// When it is no time.
    #[doc(hidden)]
    pub fn read(value: &AttributeValue) -> Result<T> {
        let at = match value {
            AttributeValue::Null => None,
            value => {
                let at = DateTime::from_timestamp(number(value, "seconds since 1970")?, 0);
                Some(at.ok_or_else(|| Error::new(ErrorKind::Decode, "the seconds are no time"))?)
            }
        };
        T::of(at).ok_or_else(|| value.is_not("seconds since 1970"))
    }
}

#[diagnostic::do_not_recommend]
impl<T: TimeToLive> Attribute for Epoch<T> {
    type Compared = Epoch<DateTime<Utc>>;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Self::write(&self.0)
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        Self::read(&value).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl KeyAttribute for Epoch<DateTime<Utc>> {
    const TYPE: ScalarType = ScalarType::N;
}

impl Numeric for Epoch<DateTime<Utc>> {}
