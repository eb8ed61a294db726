use orm_core::{Error, ErrorKind, Result};

use super::{AttributeValue, invalid};

/// A type whose values are attributes of items.
///
/// These are: `bool`, `String`, integers of up to 64 bits, `f32` and `f64`, `Vec<u8>` as binary, lists (`Vec<T>`), maps (`BTreeMap<String, T>` and
/// `HashMap<String, T>`), sets (`BTreeSet<T>` and `HashSet<T>` of texts, integers or bytes), `Option<T>`, the dates and times of chrono, and with
/// their features `Uuid` and `Decimal`. Other types come by `#[item(serde)]` and `#[item(column)]`.
///
/// See the example of [`AttributeValue`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of attributes",
    label = "no attribute",
    note = "a type with `serde::Serialize` and `Deserialize` is one by `#[item(serde)]`, a column type of `orm` by `#[item(column)]`"
)]
pub trait Attribute: Sized {
    /// The type of the values that it is compared with: itself, or the type inside an `Option`.
    type Compared: Attribute;

    /// The value for DynamoDB. NULL stands for an attribute that is absent.
    ///
    /// # Errors
    ///
    /// `Invalid` when DynamoDB cannot keep the value.
    fn to_attribute(&self) -> Result<AttributeValue>;

    /// Reads a value, or NULL for an attribute that is absent.
    ///
    /// # Errors
    ///
    /// `Decode` when it does not fit the type.
    fn from_attribute(value: AttributeValue) -> Result<Self>;

    /// The value of a `Vec` of this type: a list, but for bytes.
    ///
    /// # Errors
    ///
    /// As [`to_attribute`](Self::to_attribute).
    #[doc(hidden)]
    fn list_to_attribute(items: &[Self]) -> Result<AttributeValue> {
        Ok(AttributeValue::L(items.iter().map(Self::to_attribute).collect::<Result<_>>()?))
    }

    /// Reads a `Vec` of this type.
    ///
    /// # Errors
    ///
    /// As [`from_attribute`](Self::from_attribute).
    #[doc(hidden)]
    fn list_from_attribute(value: AttributeValue) -> Result<Vec<Self>> {
        match value {
            AttributeValue::L(values) => values.into_iter().map(Self::from_attribute).collect(),
            other => Err(other.is_not("a list")),
        }
    }
}

/// The type of a key's attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarType {
    /// Text.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
}

/// A type that a key may have: text, a number or bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of a key",
    label = "no key",
    note = "a key is text, a number or bytes: `String`, an integer, `Vec<u8>`, `DateTime<Utc>`, ..."
)]
pub trait KeyAttribute: Attribute {
    /// How DynamoDB keeps it.
    const TYPE: ScalarType;
}

/// A number that an update may add to.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number", label = "no number")]
pub trait Numeric: Attribute {}

#[diagnostic::do_not_recommend]
impl Attribute for AttributeValue {
    type Compared = Self;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Ok(self.clone())
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        Ok(value)
    }
}

#[diagnostic::do_not_recommend]
impl Attribute for bool {
    type Compared = Self;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Ok(AttributeValue::Bool(*self))
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        match value {
            AttributeValue::Bool(value) => Ok(value),
            other => Err(other.is_not("a truth value")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl Attribute for String {
    type Compared = Self;

    fn to_attribute(&self) -> Result<AttributeValue> {
        Ok(AttributeValue::S(self.clone()))
    }

    fn from_attribute(value: AttributeValue) -> Result<Self> {
        match value {
            AttributeValue::S(text) => Ok(text),
            other => Err(other.is_not("a text")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl KeyAttribute for String {
    const TYPE: ScalarType = ScalarType::S;
}

/// Reads a number.
pub(super) fn number<T: std::str::FromStr>(value: &AttributeValue, expected: &str) -> Result<T> {
    let AttributeValue::N(text) = value else { return Err(value.is_not(expected)) };
    text.parse().map_err(|_| Error::new(ErrorKind::Decode, format!("expected {expected}, found another number")))
}

macro_rules! integer {
    ($($ty:ty: [$($list:tt)*]),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Attribute for $ty {
            type Compared = Self;

            fn to_attribute(&self) -> Result<AttributeValue> {
                Ok(AttributeValue::N(self.to_string()))
            }

            fn from_attribute(value: AttributeValue) -> Result<Self> {
                number(&value, concat!("a `", stringify!($ty), "`"))
            }

            $($list)*
        }

        #[diagnostic::do_not_recommend]
        impl KeyAttribute for $ty {
            const TYPE: ScalarType = ScalarType::N;
        }

        impl Numeric for $ty {}
    )*};
}

integer!(i8: [], i16: [], i32: [], i64: [], u16: [], u32: [], u64: [], u8: [
    fn list_to_attribute(items: &[Self]) -> Result<AttributeValue> {
        Ok(AttributeValue::B(items.to_vec()))
    }

    fn list_from_attribute(value: AttributeValue) -> Result<Vec<Self>> {
        match value {
            AttributeValue::B(bytes) => Ok(bytes),
            other => Err(other.is_not("bytes")),
        }
    }
]);

/// The text of a float in DynamoDB's range: zero, or from 1e-130 to below 1e126.
pub(super) fn float(value: f64, text: String) -> Result<AttributeValue> {
    match value.abs() {
        0.0 => Ok(AttributeValue::N("0".to_owned())),
        size if (1e-130..1e126).contains(&size) => Ok(AttributeValue::N(text)),
        _ => Err(invalid(format!("DynamoDB has no number {value}"))),
    }
}

macro_rules! float {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Attribute for $ty {
            type Compared = Self;

            fn to_attribute(&self) -> Result<AttributeValue> {
                float(f64::from(*self), format!("{self:e}"))
            }

            fn from_attribute(value: AttributeValue) -> Result<Self> {
                number(&value, concat!("a `", stringify!($ty), "`"))
            }
        }

        #[diagnostic::do_not_recommend]
        impl KeyAttribute for $ty {
            const TYPE: ScalarType = ScalarType::N;
        }

        impl Numeric for $ty {}
    )*};
}

float!(f64, f32);
