use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorKind};

/// Why an object must not be written. The `validate` of a model's hooks returns it.
///
/// It becomes one of the [`violations`](Error::violations) of an [`Error`] of kind `Invalid`.
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

/// A rule that an object breaks. [`Error::violations`] lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    model: &'static str,
    object: String,
    invalid: Invalid,
}

impl Violation {
    pub(crate) fn new(model: &'static str, object: String, invalid: Invalid) -> Self {
        Self { model, object, invalid }
    }

    /// The name of the model: `"Article"`.
    ///
    /// See the example of [`Error::violations`].
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The object by its model and key: `"Article#3"`, or `"Article#new"` for one that has no key yet.
    ///
    /// See the example of [`Error::violations`].
    pub fn object(&self) -> &str {
        &self.object
    }

    /// The name of the field, as in `"title"` or `"billing.city"`. `None` where several fields contradict each other.
    ///
    /// See the example of [`Error::violations`].
    pub fn field(&self) -> Option<&str> {
        self.invalid.field_name()
    }

    /// What is wrong with it.
    ///
    /// See the example of [`Error::violations`].
    pub fn message(&self) -> &str {
        self.invalid.reason()
    }
}

/// All rules that were found broken, as the source of an error.
#[derive(Debug)]
struct Broken(Vec<Violation>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = None;
        for Violation { object, invalid, .. } in &self.0 {
            match last.replace(object) {
                Some(before) if before == object => write!(f, "; {invalid}")?,
                Some(_) => write!(f, "; {object} is not valid: {invalid}")?,
                None => write!(f, "{object} is not valid: {invalid}")?,
            }
        }
        Ok(())
    }
}

impl StdError for Broken {}

impl Error {
    /// The error for rules that objects break.
    pub(crate) fn invalid(violations: Vec<Violation>) -> Self {
        let broken = Broken(violations);
        Self::new(ErrorKind::Invalid, broken.to_string()).with_source(broken)
    }

    /// The rules that objects break, for an error of kind `Invalid`: all rules of all objects, in the order in which a flush would write
    /// them. Empty for other errors.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// fn not_empty<M>(text: &str, _: &M) -> Result<(), &'static str> {
    ///     if text.is_empty() { Err("must not be empty") } else { Ok(()) }
    /// }
    ///
    /// #[derive(Model, Debug, Clone, Default)]
    /// #[orm(table = "article")]
    /// struct Article {
    ///     #[orm(primary_key)]
    ///     id: i64,
    ///     #[orm(validate = not_empty)]
    ///     title: String,
    /// }
    ///
    /// # let engine = Engine::connect("sqlite://")?;
    /// # engine.create_all(models![Article])?;
    /// # let mut session = engine.session();
    /// session.add(Article::default());
    /// let error = session.commit().unwrap_err();
    /// let broken = &error.violations()[0];
    /// assert_eq!((broken.model(), broken.object()), ("Article", "Article#new"));
    /// assert_eq!((broken.field(), broken.message()), (Some("title"), "must not be empty"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn violations(&self) -> &[Violation] {
        let source = StdError::source(self).and_then(|source| source.downcast_ref::<Broken>());
        source.map_or(&[], |Broken(violations)| violations)
    }
}
