//! From SQLite's errors to ours.

use std::path::Path;

use orm_core::{Constraint, Error, ErrorKind};
use rusqlite::ffi;

use crate::stored;

/// Converts an error of SQLite.
#[cold]
pub(crate) fn classify(error: rusqlite::Error) -> Error {
    let code = code(&error).unwrap_or(ffi::SQLITE_ERROR);
    let text = text(&error);
    if let Some((kind, constraint)) = violated(code, &text) {
        let message = constraint_message(kind, &constraint, &text);
        return with_driver(Error::new(kind, message).with_constraint(constraint), error);
    }
    let (kind, message) = match code {
        ffi::SQLITE_BUSY_SNAPSHOT => (
            ErrorKind::Serialization,
            "another connection has written since this transaction began to read: roll back and run it again"
                .to_owned(),
        ),
        _ if matches!(code & 0xff, ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => (
            ErrorKind::Busy,
            format!(
                "{text}: another connection holds the write lock; keep transactions short, or raise `busy_timeout` in the URL"
            ),
        ),
        _ if code & 0xff == ffi::SQLITE_INTERRUPT => {
            (ErrorKind::Cancelled, "the statement was ended before its time".to_owned())
        }
        _ if code & 0xff == ffi::SQLITE_READONLY => (ErrorKind::ReadOnly, text),
        _ if matches!(code & 0xff, ffi::SQLITE_NOTADB | ffi::SQLITE_CANTOPEN) => (ErrorKind::Config, text),
        _ if text.starts_with(stored::UNREADABLE) => (ErrorKind::Decode, text),
        _ => (ErrorKind::Database, text),
    };
    with_driver(Error::new(kind, message), error)
}

/// The same error with the driver's as its source, and the extended result code if SQLite raised it.
fn with_driver(error: Error, source: rusqlite::Error) -> Error {
    match code(&source) {
        Some(code) => error.with_code(code.to_string()).with_source(source),
        None => error.with_source(source),
    }
}

/// The extended result code, if SQLite raised the error.
fn code(error: &rusqlite::Error) -> Option<i32> {
    match error {
        rusqlite::Error::SqliteFailure(told, _) | rusqlite::Error::SqlInputError { error: told, .. } => {
            Some(told.extended_code)
        }
        _ => None,
    }
}

/// The message, with the part of the statement around the mistake.
fn text(error: &rusqlite::Error) -> String {
    const AROUND: usize = 200;
    match error {
        rusqlite::Error::SqlInputError { msg, sql, offset, .. } if sql.len() > 4 * AROUND => {
            let at = usize::try_from(*offset).unwrap_or(0);
            let shown =
                sql.floor_char_boundary(at.saturating_sub(AROUND))..sql.floor_char_boundary(at.saturating_add(AROUND));
            format!("{msg} in .. {} .. at offset {offset}", &sql[shown])
        }
        _ => error.to_string(),
    }
}

/// Converts an error in opening the file at `path`.
#[cold]
pub(crate) fn classify_open(error: rusqlite::Error, path: &Path) -> Error {
    let cure = match code(&error).map(|code| code & 0xff) {
        Some(ffi::SQLITE_CANTOPEN) => {
            "the directory must exist and be writable, and with `mode=ro` or `mode=rw` the file must exist"
        }
        Some(ffi::SQLITE_NOTADB) => "the file is not a SQLite database",
        _ => return classify(error).context(format!("opening {}", path.display())),
    };
    let message = format!("cannot open the database {}: {cure}", path.display());
    with_driver(Error::new(ErrorKind::Config, message), error)
}

/// The violated constraint, from the extended code and its message:
/// `UNIQUE constraint failed: users.name, users.city`.
fn violated(code: i32, text: &str) -> Option<(ErrorKind, Constraint)> {
    let subject = text.split_once(" constraint failed: ").map_or("", |(_, subject)| subject);
    let constraint = match code {
        ffi::SQLITE_CONSTRAINT_CHECK => return Some((ErrorKind::CheckViolation, named(subject))),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Some((ErrorKind::ForeignKeyViolation, Constraint::default())),
        // ON DELETE RESTRICT is a trigger to SQLite.
        ffi::SQLITE_CONSTRAINT_TRIGGER if text.starts_with("FOREIGN KEY") => {
            return Some((ErrorKind::ForeignKeyViolation, Constraint::default()));
        }
        _ => match subject.strip_prefix("index ") {
            Some(index) => named(index.trim_matches('\'')),
            None => columns(subject),
        },
    };
    let kind = match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            ErrorKind::UniqueViolation
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
        _ => return None,
    };
    Some((kind, constraint))
}

fn named(name: &str) -> Constraint {
    Constraint { name: Some(name.to_owned()).filter(|name| !name.is_empty()), ..Constraint::default() }
}

/// `users.name, users.city` as a table and its columns.
fn columns(subject: &str) -> Constraint {
    let pairs = || subject.split(", ").filter_map(|column| column.split_once('.'));
    Constraint {
        name: None,
        table: pairs().next().map(|(table, _)| table.to_owned()),
        columns: pairs().map(|(_, column)| column.to_owned()).collect(),
    }
}

fn constraint_message(kind: ErrorKind, constraint: &Constraint, text: &str) -> String {
    let (table, columns) = (constraint.table.as_deref().unwrap_or_default(), constraint.columns.join(", "));
    match kind {
        ErrorKind::UniqueViolation if !columns.is_empty() => {
            format!("table `{table}` has another row with the same value of `{columns}`, which is unique")
        }
        ErrorKind::NotNullViolation if !columns.is_empty() => {
            format!("`{columns}` of table `{table}` must not be NULL")
        }
        ErrorKind::ForeignKeyViolation => {
            "a foreign key names a row that does not exist, or a row is still referenced by others".to_owned()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32, text: &str) -> Error {
        classify(rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(text.to_owned())))
    }

    #[test]
    fn a_long_statement_is_shown_where_it_is_wrong() {
        let sql = format!("SELECT {} nope é{}", "1, ".repeat(10_000), ", 1".repeat(10_000));
        let offset = i32::try_from(sql.find("nope").unwrap()).unwrap();
        let error = rusqlite::Error::SqlInputError {
            error: ffi::Error::new(ffi::SQLITE_ERROR),
            msg: "no such column: nope".to_owned(),
            sql,
            offset,
        };
        let told = classify(error).to_string();
        assert!(told.starts_with("no such column: nope in .. ") && told.contains(" nope é, 1"), "{told}");
        assert!(told.ends_with(&format!(" .. at offset {offset}")) && told.len() < 600, "{told}");
    }

    #[test]
    fn constraints_are_told_apart() {
        let error = failure(ffi::SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: users.name, users.city");
        assert_eq!(error.kind(), ErrorKind::UniqueViolation);
        assert_eq!(
            error.constraint(),
            Some(&Constraint { name: None, table: Some("users".into()), columns: vec!["name".into(), "city".into()] })
        );
        let error = failure(ffi::SQLITE_CONSTRAINT_UNIQUE, "UNIQUE constraint failed: index 'lower_name'");
        assert_eq!(error.constraint().and_then(|constraint| constraint.name.as_deref()), Some("lower_name"));
        let error = failure(ffi::SQLITE_CONSTRAINT_CHECK, "CHECK constraint failed: adult");
        assert_eq!(error.kind(), ErrorKind::CheckViolation);
        assert_eq!(error.constraint().and_then(|constraint| constraint.name.as_deref()), Some("adult"));
        assert_eq!(
            failure(ffi::SQLITE_CONSTRAINT_NOTNULL, "NOT NULL constraint failed: users.name").kind(),
            ErrorKind::NotNullViolation
        );
        for code in [ffi::SQLITE_CONSTRAINT_FOREIGNKEY, ffi::SQLITE_CONSTRAINT_TRIGGER] {
            assert_eq!(failure(code, "FOREIGN KEY constraint failed").kind(), ErrorKind::ForeignKeyViolation);
        }
        assert_eq!(failure(ffi::SQLITE_CONSTRAINT_TRIGGER, "no such luck").kind(), ErrorKind::Database);
    }

    #[test]
    fn locks_name_their_cure() {
        let error = failure(ffi::SQLITE_BUSY, "database is locked");
        assert_eq!(error.kind(), ErrorKind::Busy);
        assert!(error.to_string().contains("busy_timeout"), "{error}");
        assert_eq!(failure(ffi::SQLITE_BUSY_SNAPSHOT, "database is locked").kind(), ErrorKind::Serialization);
    }
}
