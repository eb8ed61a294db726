use std::borrow::Cow;

use super::Expr;
use crate::value::{SqlType, Value};

/// SQL that was written by hand, with the values of its names: `age > :least`.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// The text.
    pub text: Cow<'static, str>,
    /// The bound values, in the order of binding.
    pub binds: Vec<(Cow<'static, str>, RawBind)>,
}

/// The value of a name.
#[derive(Debug, Clone, PartialEq)]
pub enum RawBind {
    /// A value. The type is that of the value without its `Option`.
    Value(Value, SqlType),
    /// A list of values, for `IN (:name)`.
    List(Vec<Value>, SqlType),
    /// An expression, in a fragment of a statement.
    Expr(Expr),
}

impl Raw {
    /// Text with nothing bound.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), binds: Vec::new() }
    }
}
