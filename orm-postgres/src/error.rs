//! From PostgreSQL's errors to ours.

use std::error::Error as StdError;
use std::io;

use orm_core::{Constraint, Error, ErrorKind};
use postgres::error::{DbError, Severity, SqlState};

use crate::client::Failure;
use crate::encode::EncodeError;
use crate::wire::Copy;

/// Converts an error of the driver.
#[cold]
pub(crate) fn classify(error: postgres::Error) -> Error {
    let told = if let Some(told) = error.as_db_error() {
        from_server(told)
    } else if let Some(found) = error.source().and_then(|source| source.downcast_ref::<EncodeError>()) {
        found.classify()
    } else if is_connection_error(&error) {
        Error::new(ErrorKind::ConnectionLost, "the connection to the server broke")
    } else {
        Error::new(ErrorKind::Database, with_cause(&error))
    };
    with_driver(told, error)
}

/// The same error with the driver's as its source, and the SQLSTATE if the server raised it.
fn with_driver(error: Error, source: postgres::Error) -> Error {
    match source.code() {
        Some(code) => error.with_code(code.code()).with_source(source),
        None => error.with_source(source),
    }
}

/// Why a connection could not be made, and the kind of error that it is.
#[cold]
pub(crate) fn refusal(failure: &Failure) -> (ErrorKind, String) {
    let error = match failure {
        Failure::Driver(error) => error,
        // The time that the system gives up after is an error of the system, with a number.
        Failure::Socket(error) if error.kind() != io::ErrorKind::TimedOut || error.raw_os_error().is_some() => {
            return (ErrorKind::ConnectionLost, error.to_string());
        }
        Failure::Refused(kind, reason) => return (*kind, reason.clone()),
        Failure::Silent | Failure::Socket(_) => {
            let reason = "the server does not answer within `connect_timeout`, which the URL may set in seconds";
            return (ErrorKind::ConnectionLost, reason.to_owned());
        }
    };
    match error.as_db_error() {
        Some(told) => (connect_kind(told.code()), told.message().to_owned()),
        None if refuses_encryption(error) => (ErrorKind::Config, with_cause(error)),
        None if is_connection_error(error) => (ErrorKind::ConnectionLost, with_cause(error)),
        None if with_cause(error).contains("password missing") => {
            let reason = "the server wants a password: write it in the URL, in PGPASSWORD or in the password file";
            (ErrorKind::Config, reason.to_owned())
        }
        None => (ErrorKind::Config, with_cause(error)),
    }
}

/// The URL, or an option, is wrong.
#[cold]
pub(crate) fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}

/// An error with the failure that is behind it.
#[cold]
pub(crate) fn with_source(error: Error, failure: Failure) -> Error {
    match failure {
        Failure::Driver(source) => with_driver(error, source),
        Failure::Socket(source) => error.with_source(source),
        Failure::Silent | Failure::Refused(..) => error,
    }
}

/// Converts an error of an operation with a deadline.
#[cold]
pub(crate) fn lost(failure: Failure) -> Error {
    with_source(Error::new(ErrorKind::ConnectionLost, "the server does not answer"), failure)
}

/// Whether the cause is in the configuration: credentials, the database or its permissions. Other causes, such as too many connections or a
/// server that is starting, may be gone the next time.
fn connect_kind(code: &SqlState) -> ErrorKind {
    match code.code().get(..2) {
        Some("28" | "3D" | "42") => ErrorKind::Config,
        _ => ErrorKind::ConnectionLost,
    }
}

/// Whether no statement can follow this error.
pub(crate) fn ends_connection(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(told) => kind_of_error(told) == ErrorKind::ConnectionLost,
        None => is_connection_error(error),
    }
}

/// Whether this may be the error of a prepared statement whose tables have changed since: its result has other columns, its parameters have
/// other types, or a name in it is gone.
pub(crate) fn is_outdated(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(told) => {
            has_lost_statements(error)
                || is_outdated_plan(told)
                || told.code().code().starts_with("42")
                || (*told.code() == SqlState::INTERNAL_ERROR && told.message().starts_with("cache lookup failed"))
        }
        None => error.source().is_some_and(|source| source.is::<EncodeError>()),
    }
}

/// Whether the server has dropped the prepared statements of the connection, as by DISCARD ALL.
pub(crate) fn has_lost_statements(error: &postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_SQL_STATEMENT_NAME)
}

/// The name of the server's function. The message depends on the server's language, and the function does not.
fn is_outdated_plan(told: &DbError) -> bool {
    *told.code() == SqlState::FEATURE_NOT_SUPPORTED && told.routine() == Some("RevalidateCachedQuery")
}

/// The error for a statement that is prepared anew the next time.
#[cold]
pub(crate) fn outdated(error: postgres::Error) -> Error {
    let reason = match has_lost_statements(&error) {
        true => "the server does not have the connection's prepared statements any more, as behind a pooler",
        false => "a table has changed since the statement was prepared",
    };
    let message = format!(
        "{reason} ({}): roll back and run it again",
        error.as_db_error().map_or_else(|| with_cause(&error), |told| told.message().to_owned())
    );
    with_driver(Error::new(ErrorKind::Serialization, message), error)
}

/// The error for a statement that was given more or fewer parameters than it has placeholders.
#[cold]
pub(crate) fn wrong_count(wanted: usize, given: usize) -> Error {
    let message = format!("the statement has {wanted} placeholders and was given {given} parameters");
    Error::new(ErrorKind::Database, message)
}

/// The error for a statement that moves rows outside of statements.
#[cold]
pub(crate) fn unsupported_copy(copy: Copy) -> Error {
    let message = match copy {
        Copy::In => {
            "`COPY .. FROM STDIN` waits for rows that no statement can send, so the connection was closed; insert the rows by `insert_all`, or \
             read a file of the server by `COPY .. FROM 'file'`"
        }
        Copy::Out => {
            "`COPY .. TO STDOUT` sends rows that no statement can receive; read the rows by a SELECT, or write a file of the server by \
             `COPY .. TO 'file'`"
        }
    };
    Error::new(ErrorKind::Unsupported, message)
}

fn is_connection_error(error: &postgres::Error) -> bool {
    // Input that cannot be sent, as text with a NUL, is refused by such an error too.
    error.is_closed() || io_kind(error).is_some_and(|kind| kind != io::ErrorKind::InvalidInput)
}

/// Whether the server does not take the encryption, as for a client's certificate that it does not know.
pub(crate) fn refuses_encryption(error: &postgres::Error) -> bool {
    io_kind(error) == Some(io::ErrorKind::InvalidData)
}

fn io_kind(error: &postgres::Error) -> Option<io::ErrorKind> {
    error.source()?.downcast_ref::<io::Error>().map(io::Error::kind)
}

fn with_cause(error: &postgres::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}").replacen(&format!("{cause}: {cause}"), &cause.to_string(), 1),
        None => error.to_string(),
    }
}

/// After some errors the server closes the connection, whatever their code.
fn kind_of_error(told: &DbError) -> ErrorKind {
    match told.parsed_severity() {
        Some(Severity::Fatal | Severity::Panic) => ErrorKind::ConnectionLost,
        // Timeouts and cancelling have one code. In another language than English, all of them are timeouts.
        _ if *told.code() == SqlState::QUERY_CANCELED && told.message().ends_with("due to user request") => {
            ErrorKind::Cancelled
        }
        _ => kind_of(told.code()),
    }
}

fn kind_of(code: &SqlState) -> ErrorKind {
    match *code {
        SqlState::UNIQUE_VIOLATION => ErrorKind::UniqueViolation,
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => ErrorKind::ForeignKeyViolation,
        SqlState::NOT_NULL_VIOLATION => ErrorKind::NotNullViolation,
        SqlState::CHECK_VIOLATION => ErrorKind::CheckViolation,
        SqlState::T_R_SERIALIZATION_FAILURE => ErrorKind::Serialization,
        SqlState::T_R_DEADLOCK_DETECTED => ErrorKind::Deadlock,
        SqlState::IN_FAILED_SQL_TRANSACTION => ErrorKind::PendingRollback,
        SqlState::FEATURE_NOT_SUPPORTED => ErrorKind::Unsupported,
        SqlState::LOCK_NOT_AVAILABLE => ErrorKind::Busy,
        SqlState::READ_ONLY_SQL_TRANSACTION => ErrorKind::ReadOnly,
        // Which of the two it was only the message says, see `kind_of_error`.
        SqlState::QUERY_CANCELED => ErrorKind::Timeout,
        SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN | SqlState::TRANSACTION_RESOLUTION_UNKNOWN => {
            ErrorKind::CommitUnknown
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_SESSION_TIMEOUT
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => ErrorKind::ConnectionLost,
        _ if code.code().starts_with("08") => ErrorKind::ConnectionLost,
        _ => ErrorKind::Database,
    }
}

fn from_server(told: &DbError) -> Error {
    if is_outdated_plan(told) {
        let message = "a table has changed since the statement was prepared: roll back and run it again";
        return Error::new(ErrorKind::Serialization, message);
    }
    let kind = kind_of_error(told);
    let constraint = Constraint {
        name: told.constraint().map(str::to_owned),
        table: told.table().map(str::to_owned),
        columns: match told.column() {
            Some(column) => vec![column.to_owned()],
            None => told.detail().map(key_columns).unwrap_or_default(),
        },
    };
    match kind {
        ErrorKind::UniqueViolation
        | ErrorKind::ForeignKeyViolation
        | ErrorKind::NotNullViolation
        | ErrorKind::CheckViolation => {
            Error::new(kind, constraint_message(kind, &constraint, told)).with_constraint(constraint)
        }
        _ => Error::new(kind, format!("{}{}", message(told), cure(told.code()))),
    }
}

/// A cure, for errors whose message has none.
fn cure(code: &SqlState) -> &'static str {
    match *code {
        SqlState::IN_FAILED_SQL_TRANSACTION => "; a statement before failed: call rollback() to go on",
        SqlState::INDETERMINATE_DATATYPE => "; in SQL of your own a cast says its type, as `:day::date`",
        _ => "",
    }
}

fn constraint_message(kind: ErrorKind, constraint: &Constraint, told: &DbError) -> String {
    let (table, columns) = (constraint.table.as_deref().unwrap_or_default(), constraint.columns.join(", "));
    match kind {
        ErrorKind::UniqueViolation if !columns.is_empty() => {
            format!("table `{table}` has another row with the same value of `{columns}`, which is unique")
        }
        ErrorKind::NotNullViolation => format!("`{columns}` of table `{table}` must not be NULL"),
        ErrorKind::ForeignKeyViolation => match told.detail() {
            Some(detail) => format!("a foreign key of table `{table}` is violated: {detail}"),
            None => told.message().to_owned(),
        },
        _ => told.message().to_owned(),
    }
}

/// Message, detail and hint.
fn message(told: &DbError) -> String {
    let more = [("", told.detail()), ("hint: ", told.hint())];
    let mut text = told.message().to_owned();
    for (label, part) in more.into_iter().filter_map(|(label, part)| Some((label, part?))) {
        text.push_str("; ");
        text.push_str(label);
        text.push_str(part);
    }
    text
}

/// The columns in the detail of a violated key: `Key (a, b)=(1, 2) already exists.`
fn key_columns(detail: &str) -> Vec<String> {
    let columns = detail.strip_prefix("Key (").and_then(|rest| rest.split_once(")=(")).map(|(columns, _)| columns);
    let plain = |column: &str| column.trim_matches('"').replace("\"\"", "\"");
    columns.map(|columns| columns.split(", ").map(plain).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_the_detail() {
        assert_eq!(key_columns("Key (name, \"birth day\")=(a, b) already exists."), ["name", "birth day"]);
        assert_eq!(key_columns("Key (lower(name))=(a) already exists."), ["lower(name)"]);
        assert!(key_columns("Failing row contains (1, null).").is_empty());
    }

    #[test]
    fn states_have_their_kinds() {
        for (code, kind) in [
            ("23505", ErrorKind::UniqueViolation),
            ("23001", ErrorKind::ForeignKeyViolation),
            ("40001", ErrorKind::Serialization),
            ("40P01", ErrorKind::Deadlock),
            ("55P03", ErrorKind::Busy),
            ("25006", ErrorKind::ReadOnly),
            ("57014", ErrorKind::Timeout),
            ("40003", ErrorKind::CommitUnknown),
            ("08007", ErrorKind::CommitUnknown),
            ("57P01", ErrorKind::ConnectionLost),
            ("57P05", ErrorKind::ConnectionLost),
            ("25P03", ErrorKind::ConnectionLost),
            ("08006", ErrorKind::ConnectionLost),
            ("25P02", ErrorKind::PendingRollback),
            ("0A000", ErrorKind::Unsupported),
            ("42P01", ErrorKind::Database),
        ] {
            assert_eq!(kind_of(&SqlState::from_code(code)), kind, "{code}");
        }
        assert_eq!(connect_kind(&SqlState::from_code("28P01")), ErrorKind::Config);
        assert_eq!(connect_kind(&SqlState::from_code("3D000")), ErrorKind::Config);
        assert_eq!(connect_kind(&SqlState::from_code("53300")), ErrorKind::ConnectionLost);
    }
}
