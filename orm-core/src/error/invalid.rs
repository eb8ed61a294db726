use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind};

/// Why an object must not be written. The `validate` of a model's hooks returns it.
///
/// It becomes the [`source`](StdError::source) of an [`Error`] of kind `Invalid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    field: Option<Cow<'static, str>>,
    reason: Cow<'static, str>,
}

impl Invalid {
    /// One field is wrong: `Invalid::field("age", "must be positive")`.
    pub fn field(name: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field: Some(name.into()), reason: reason.into() }
    }

    /// The fields contradict each other: `Invalid::object("ends before it begins")`.
    pub fn object(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field: None, reason: reason.into() }
    }

    /// The name of the wrong field, if it is a single one.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "`{field}` {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl StdError for Invalid {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::new(ErrorKind::Invalid, invalid.to_string()).with_source(invalid)
    }
}
