//! The one error type of the framework.

mod bounded;
mod constraint;
mod invalid;
mod kind;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

pub(crate) use bounded::Bounded;
pub use constraint::Constraint;
pub use invalid::{Invalid, Violation};
pub use kind::ErrorKind;

/// The result of every fallible operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of every operation. [`kind`](Error::kind) is for programs. `Display` is for people, with model, field, key and cure.
/// [`source`](StdError::source) is the driver's own error, if there is one.
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    context: Vec<String>,
    constraint: Option<Constraint>,
    parameter: Option<usize>,
    row: Option<u64>,
    code: Option<Box<str>>,
    statement: Option<Box<str>>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind`. The message names what happened, where, and the cure.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Repr {
            kind,
            message: message.into(),
            context: Vec::new(),
            constraint: None,
            parameter: None,
            row: None,
            code: None,
            statement: None,
            source: None,
        }))
    }

    /// The error for something that `database` cannot do.
    pub fn unsupported(database: &str, feature: &str) -> Self {
        Self::new(ErrorKind::Unsupported, format!("{database} does not support {feature}"))
    }

    /// The error for a value that its type could not encode, with the reason.
    pub fn not_encoded(reason: &str) -> Self {
        Self::new(ErrorKind::InvalidState, format!("a value cannot be encoded: {reason}"))
    }

    /// The same error with the driver's error as its source.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error with the violated constraint.
    #[must_use]
    pub fn with_constraint(mut self, constraint: Constraint) -> Self {
        self.0.constraint = Some(constraint);
        self
    }

    /// The same error, over one parameter of a statement: its index, from 0. For backends, which do not know the columns.
    #[must_use]
    pub fn with_parameter(mut self, index: usize) -> Self {
        self.0.parameter = Some(index);
        self
    }

    /// The same error, over one of the rows that a statement was given: its number, from 1. For backends.
    #[must_use]
    pub fn with_row(mut self, number: u64) -> Self {
        self.0.row = Some(number);
        self
    }

    /// The same error with the code that the database gave it, see [`code`](Error::code). For backends.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Box<str>>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// The same error with the statement that it is about, unless it has one already.
    #[must_use]
    pub(crate) fn with_statement(mut self, sql: &str) -> Self {
        self.0.statement.get_or_insert_with(|| Bounded(sql).to_string().into());
        self
    }

    /// The same error without what a database or a driver has told of the values in a statement: one may be of `column`, which is secret.
    #[must_use]
    pub(crate) fn without_values(mut self, column: &str) -> Self {
        self.0.source = None;
        let names_columns_only =
            matches!(self.0.kind, ErrorKind::UniqueViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation);
        if !names_columns_only && self.may_show_values() {
            self.0.message = format!("the message is hidden, as the column `{column}` is secret").into();
            self.0.context.clear();
        }
        self
    }

    /// Whether the message may hold values: it is about one that could not be read, or that the database did not take.
    fn may_show_values(&self) -> bool {
        // Class 22 of SQLSTATE is about data.
        let is_about_data = self.code().is_some_and(|code| code.len() == 5 && code.starts_with("22"));
        is_about_data
            || self.0.parameter.is_some()
            || matches!(self.0.kind, ErrorKind::Decode | ErrorKind::Unsupported | ErrorKind::ForeignKeyViolation)
    }

    /// The parameter that the error is about, where a backend has said so.
    pub(crate) fn parameter(&self) -> Option<usize> {
        self.0.parameter
    }

    /// The same error with a context, such as `while inserting User#new`. The outermost context is printed first.
    #[must_use]
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.0.context.push(context.into());
        self
    }

    /// What happened.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The code that the database gave the error: PostgreSQL's SQLSTATE (`23505`), SQLite's extended result code (`2067`). `None` for
    /// errors that no database has raised.
    ///
    /// ```
    /// # use orm_core::{Error, ErrorKind};
    /// fn is_full(error: &Error) -> bool {
    ///     matches!(error.code(), Some("53100" | "13"))
    /// }
    /// assert!(!is_full(&Error::new(ErrorKind::Config, "no such database")));
    /// ```
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The row that a bulk insert failed over, where that is known: its position in what was given, from 1.
    pub fn row(&self) -> Option<u64> {
        self.0.row
    }

    /// The text of the statement that failed, or whose rows could not be read, as it was sent: with placeholders, and without their values.
    /// The middle of a very long one is left out.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// The violated constraint, for the four kinds of constraint violation, with the parts that the database reports.
    pub fn constraint(&self) -> Option<&Constraint> {
        self.0.constraint.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for context in self.0.context.iter().rev() {
            write!(f, "{}: ", Bounded(context))?;
        }
        Bounded(&self.0.message).fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        match &self.0.source {
            Some(source) => write!(f, " (caused by: {})", Bounded(&source.to_string())),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn the_innermost_statement_stays() {
        let error = Error::new(ErrorKind::Database, "no").with_statement("SELECT 1").with_statement("SELECT 2");
        assert_eq!((error.statement(), error.to_string().as_str()), (Some("SELECT 1"), "no"));
    }

    #[test]
    fn a_message_is_short_whatever_the_database_says() {
        let long = "x".repeat(1 << 20);
        let error = Error::new(ErrorKind::Database, long.clone()).with_source(Error::new(ErrorKind::Database, long));
        assert!(error.to_string().len() < 3_000, "{}", error.to_string().len());
        assert!(format!("{error:?}").len() < 6_000);
    }

    #[test]
    fn values_are_left_out_where_one_is_secret() {
        let refused = |kind, code| Error::new(kind, "no \"s3cret\"").with_code(code).with_source("s3cret");
        for (kind, code) in
            [(ErrorKind::Database, "22P02"), (ErrorKind::Decode, ""), (ErrorKind::ForeignKeyViolation, "23503")]
        {
            let error = refused(kind, code).without_values("password");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
            assert!(error.source().is_none() && error.kind() == kind && error.code() == Some(code));
        }
        let unique = refused(ErrorKind::UniqueViolation, "23505").without_values("password");
        assert_eq!((unique.to_string().as_str(), unique.source().is_none()), ("no \"s3cret\"", true));
    }

    #[test]
    fn outer_contexts_come_first() {
        let error = Error::new(ErrorKind::Decode, "bad cell").context("column `age`").context("loading User");
        assert_eq!(error.to_string(), "loading User: column `age`: bad cell");
    }
}
