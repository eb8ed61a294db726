use std::borrow::Cow;
use std::fmt;

/// A value that does not fit its Rust type.
///
/// The reader of the row adds model and column, and makes it an error of kind [`Decode`](crate::ErrorKind::Decode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected: `a 32-bit integer`.
    pub expected: Cow<'static, str>,
    /// What was found: `text "abc"`.
    pub found: String,
}

impl Mismatch {
    /// A mismatch of what was expected and what was found.
    pub fn new(expected: impl Into<Cow<'static, str>>, found: impl fmt::Display) -> Self {
        Self { expected: expected.into(), found: found.to_string() }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}
