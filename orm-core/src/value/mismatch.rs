use std::fmt;

/// A value that does not fit the Rust type that was to hold it.
///
/// The reader of the row adds model and column and turns it into [`ErrorKind::Decode`](crate::ErrorKind::Decode).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// What the field's type needs, as a reader would say it: `a 32-bit integer`.
    pub expected: &'static str,
    /// What was found instead: `text "abc"`.
    pub found: String,
}

impl Mismatch {
    /// `expected` was wanted and `found` was there.
    pub fn new(expected: &'static str, found: impl fmt::Display) -> Self {
        Self { expected, found: found.to_string() }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}
