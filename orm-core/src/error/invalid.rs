use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind};

/// Why an object is not fit to be written: what the `validate` of a model's hooks returns.
///
/// It becomes an [`Error`] of kind `Invalid`, whose [`source`](StdError::source) it is.
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

    /// The fields do not go together: `Invalid::object("ends before it begins")`.
    pub fn object(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field: None, reason: reason.into() }
    }

    /// The name of the field that is wrong, if it is one.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What is wrong.
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
