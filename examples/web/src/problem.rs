//! Errors as answers: a status, a sentence, and the fields that are wrong. What happened inside goes to the log.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use orm::ErrorKind;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done, in the form of RFC 9457.
#[derive(Serialize, ToSchema, Debug, Clone, PartialEq)]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// What is wrong, for people.
    pub title: String,
    /// The fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema, Debug, Clone, PartialEq)]
pub struct FieldProblem {
    /// Its name in the request.
    pub field: String,
    /// What is wrong, as the end of a sentence that begins with the name.
    pub message: String,
}

impl Problem {
    /// A problem of that status.
    pub fn new(status: StatusCode, title: impl Into<String>) -> Self {
        Self { status: status.as_u16(), title: title.into(), fields: Vec::new() }
    }

    /// The problem of a status that comes without a word.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("The request was not done"))
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here")
    }

    /// The visitor may not do that.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This is not yours to change")
    }

    /// Somebody else changed the row meanwhile.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(StatusCode::CONFLICT, "Somebody else has changed this meanwhile")
    }

    /// A field is wrong.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::fields(
            StatusCode::UNPROCESSABLE_ENTITY,
            vec![FieldProblem { field: field.into(), message: message.into() }],
        )
    }

    /// A mistake of this program. `what` goes to the log.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        tracing::error!("{what}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here")
    }

    fn fields(status: StatusCode, fields: Vec<FieldProblem>) -> Self {
        Self { fields, ..Self::new(status, "Some fields need another look") }
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether somebody else was faster.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        *self == Self::stale()
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn message(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|it| it.field == field).map(|it| it.message.as_str())
    }

    /// The same, where the request calls a field by another name than the table.
    #[must_use]
    pub fn renamed(mut self, column: &str, field: &str) -> Self {
        for it in self.fields.iter_mut().filter(|it| it.field == column) {
            field.clone_into(&mut it.field);
        }
        self
    }
}

impl From<orm::Error> for Problem {
    fn from(error: orm::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::not_found(),
            ErrorKind::StaleData | ErrorKind::Serialization | ErrorKind::Deadlock => Self::stale(),
            ErrorKind::UniqueViolation => violated(&error, StatusCode::CONFLICT, "is taken already"),
            ErrorKind::ForeignKeyViolation => violated(&error, StatusCode::CONFLICT, "names something that is gone"),
            ErrorKind::NotNullViolation => violated(&error, StatusCode::UNPROCESSABLE_ENTITY, "must not be empty"),
            ErrorKind::CheckViolation => violated(&error, StatusCode::UNPROCESSABLE_ENTITY, "is not allowed"),
            ErrorKind::Invalid => invalid(&error),
            ErrorKind::Busy | ErrorKind::PoolTimeout | ErrorKind::Timeout | ErrorKind::ConnectionLost => {
                tracing::warn!(%error, "the database is busy");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Too many people want something right now")
            }
            // The text may name rows and tables.
            _ => Self::internal(&error.to_string()),
        }
    }
}

fn violated(error: &orm::Error, status: StatusCode, message: &str) -> Problem {
    tracing::info!(%error, "a constraint was violated");
    let columns = error.constraint().map(|constraint| constraint.columns.as_slice()).unwrap_or_default();
    let wrong = columns.iter().map(|column| FieldProblem { field: column.to_string(), message: message.into() });
    Problem::fields(status, wrong.collect())
}

fn invalid(error: &orm::Error) -> Problem {
    let wrong = error.violations().iter().map(|violation| FieldProblem {
        field: violation.field().unwrap_or_default().to_owned(),
        message: violation.message().to_owned(),
    });
    Problem::fields(StatusCode::UNPROCESSABLE_ENTITY, wrong.collect())
}

/// The status alone; the layers around pages and API add what can be read, by the [`Problem`] that goes along.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
