//! From the server's errors to ours.

use orm_core::{Constraint, Error, ErrorKind};

/// Whether the connection is of no use after the error.
pub(crate) fn ends_connection(error: &mysql::Error) -> bool {
    match error {
        mysql::Error::IoError(_) | mysql::Error::CodecError(_) => true,
        mysql::Error::MySqlError(told) => code_ends(told.code),
        _ => false,
    }
}

fn code_ends(code: u16) -> bool {
    // The server shuts down, the connection was killed, its packets are broken, its transaction was idle too long; the node of a cluster has
    // lost the others, before a statement or during a commit.
    matches!(code, 1047 | 1053 | 1077 | 1079 | 1180 | 1153..=1161 | 1927 | 4031)
}

/// Whether the server may have rolled the transaction back with the statement.
pub(crate) fn ends_transaction(error: &mysql::Error) -> bool {
    matches!(error, mysql::Error::MySqlError(told) if matches!(kind(told.code, &told.state), ErrorKind::Deadlock | ErrorKind::Serialization | ErrorKind::Busy | ErrorKind::Cancelled | ErrorKind::Database))
}

/// Converts an error of the driver.
#[cold]
pub(crate) fn classify(error: mysql::Error) -> Error {
    if let Some(constraint) = violated(&error) {
        return classify_violation(error, constraint);
    }
    match &error {
        mysql::Error::MySqlError(told) => {
            let kind = kind(told.code, &told.state);
            Error::new(kind, message(kind, &told.message)).with_code(told.code.to_string()).with_source(error)
        }
        mysql::Error::IoError(_) | mysql::Error::CodecError(_) => {
            Error::new(ErrorKind::ConnectionLost, "the connection to the server broke").with_source(error)
        }
        _ => Error::new(ErrorKind::Database, error.to_string()).with_source(error),
    }
}

/// Converts the error of a constraint.
#[cold]
pub(crate) fn classify_violation(error: mysql::Error, constraint: Constraint) -> Error {
    let mysql::Error::MySqlError(told) = &error else { return classify(error) };
    let kind = kind(told.code, &told.state);
    let message = constraint_message(kind, &constraint, &told.message);
    Error::new(kind, message).with_code(told.code.to_string()).with_constraint(constraint).with_source(error)
}

/// Converts an error in connecting.
#[cold]
pub(crate) fn classify_connect(error: mysql::Error, place: &str) -> Error {
    let (kind, reason) = match &error {
        // Wrong credentials, an unknown database, a host that may not connect.
        mysql::Error::MySqlError(told) if matches!(told.code, 1044 | 1045 | 1049 | 1130 | 1251 | 1698 | 1524) => {
            (ErrorKind::Config, told.message.clone())
        }
        mysql::Error::MySqlError(told) => (ErrorKind::ConnectionLost, told.message.clone()),
        mysql::Error::IoError(told) => (ErrorKind::ConnectionLost, told.to_string()),
        // The connection broke in the middle of a packet, unless the encryption refuses the server.
        mysql::Error::CodecError(told) if !is_invalid(told) => (ErrorKind::ConnectionLost, told.to_string()),
        mysql::Error::DriverError(told @ mysql::DriverError::CouldNotConnect(_)) => {
            (ErrorKind::ConnectionLost, told.to_string())
        }
        mysql::Error::DriverError(mysql::DriverError::TlsNotSupported) => {
            (ErrorKind::Config, "the server does not offer encryption, which `sslmode` asks for".to_owned())
        }
        other => (ErrorKind::Config, other.to_string()),
    };
    Error::new(kind, format!("connecting to {place}: {reason}")).with_source(error)
}

/// Whether what arrived is wrong, as a certificate that is not trusted.
fn is_invalid(error: &dyn std::error::Error) -> bool {
    let told = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    told.is_some_and(|told| told.kind() == std::io::ErrorKind::InvalidData)
}

fn kind(code: u16, state: &str) -> ErrorKind {
    match code {
        1022 | 1062 | 1169 | 1586 => ErrorKind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 | 1761 | 1762 => ErrorKind::ForeignKeyViolation,
        1048 | 1364 | 1263 => ErrorKind::NotNullViolation,
        3819 | 4025 => ErrorKind::CheckViolation,
        1213 | 1614 => ErrorKind::Deadlock,
        1205 | 1613 | 3572 | 1207 => ErrorKind::Busy,
        1020 => ErrorKind::Serialization,
        1317 => ErrorKind::Cancelled,
        1969 | 3024 => ErrorKind::Timeout,
        1290 | 1792 | 1836 => ErrorKind::ReadOnly,
        // A server that this one asks does not answer.
        1429 | 12701 => ErrorKind::ConnectionLost,
        1235 => ErrorKind::Unsupported,
        code if code_ends(code) => ErrorKind::ConnectionLost,
        _ if state == "40001" => ErrorKind::Serialization,
        _ => ErrorKind::Database,
    }
}

fn message(kind: ErrorKind, told: &str) -> String {
    match kind {
        ErrorKind::Busy => format!("{told}: another connection holds the lock; keep transactions short"),
        ErrorKind::Cancelled => "the statement was ended before its time".to_owned(),
        _ => told.to_owned(),
    }
}

/// The violated constraint, from the message.
pub(crate) fn violated(error: &mysql::Error) -> Option<Constraint> {
    let mysql::Error::MySqlError(told) = error else { return None };
    let message = &*told.message;
    Some(match kind(told.code, &told.state) {
        ErrorKind::UniqueViolation => unique(message),
        ErrorKind::ForeignKeyViolation => foreign(message),
        ErrorKind::NotNullViolation => {
            Constraint { columns: quoted(message, '\'').take(1).collect(), ..Constraint::default() }
        }
        ErrorKind::CheckViolation => check(message),
        _ => return None,
    })
}

/// `Duplicate entry 'x' for key 'uq_user_name'`, in MySQL `.. for key 'user.uq_user_name'`.
fn unique(message: &str) -> Constraint {
    let key = message.rsplit_once(" for key ").map_or("", |(_, key)| key.trim_matches(['\'', '`']));
    let (table, name) = key.split_once('.').map_or((None, key), |(table, name)| (Some(table.to_owned()), name));
    Constraint { name: some(name), table, columns: Vec::new() }
}

/// ``.. a foreign key constraint fails (`db`.`user`, CONSTRAINT `fk` FOREIGN KEY (`a`, `b`) REFERENCES ..)``.
fn foreign(message: &str) -> Constraint {
    let Some((before, after)) = message.split_once("CONSTRAINT ") else { return Constraint::default() };
    let columns =
        after.split_once("FOREIGN KEY (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
    Constraint {
        name: quoted(after, '`').next(),
        table: quoted(before, '`').last(),
        columns: quoted(columns, '`').collect(),
    }
}

/// ``CONSTRAINT `age` failed for `db`.`user` ``, in MySQL `Check constraint 'age' is violated.`
fn check(message: &str) -> Constraint {
    let quote = if message.contains('`') { '`' } else { '\'' };
    let names: Vec<String> = quoted(message, quote).collect();
    let name = names.first().map(|name| name.rsplit('.').next().unwrap_or(name).to_owned());
    Constraint { name, table: names.get(2).cloned(), columns: Vec::new() }
}

/// What stands between quotes.
fn quoted(text: &str, quote: char) -> impl Iterator<Item = String> {
    text.split(quote).skip(1).step_by(2).map(str::to_owned)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn constraint_message(kind: ErrorKind, constraint: &Constraint, told: &str) -> String {
    let of = constraint.table.as_ref().map_or_else(String::new, |table| format!(" of `{table}`"));
    match (kind, constraint.columns.as_slice()) {
        (ErrorKind::NotNullViolation, [column]) => format!("`{column}`{of} must not be NULL"),
        (ErrorKind::UniqueViolation, [_, ..]) => {
            format!("another row{of} has the same value of `{}`, which is unique", constraint.columns.join(", "))
        }
        (ErrorKind::UniqueViolation, []) => match &constraint.name {
            Some(name) => format!("another row has the same values of the unique key `{name}`"),
            None => "another row has the same values of a unique key".to_owned(),
        },
        (ErrorKind::ForeignKeyViolation, _) => {
            format!("a foreign key{of} names a row that does not exist, or a row is still referenced by others")
        }
        _ => told.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: u16, state: &str, message: &str) -> Error {
        classify(mysql::Error::MySqlError(mysql::MySqlError { state: state.into(), message: message.into(), code }))
    }

    #[track_caller]
    fn check(code: u16, message: &str, kind: ErrorKind, name: Option<&str>, table: Option<&str>, columns: &[&str]) {
        let error = failure(code, "23000", message);
        assert_eq!(error.kind(), kind);
        let expected = Constraint {
            name: name.map(str::to_owned),
            table: table.map(str::to_owned),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
        };
        assert_eq!(error.constraint(), Some(&expected));
    }

    #[test]
    fn constraints_are_told_apart() {
        use ErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
        check(1062, "Duplicate entry 'a' for key 'uq_name'", UniqueViolation, Some("uq_name"), None, &[]);
        check(1062, "Duplicate entry 'a' for key 'user.uq'", UniqueViolation, Some("uq"), Some("user"), &[]);
        check(1048, "Column 'name' cannot be null", NotNullViolation, None, None, &["name"]);
        check(4025, "CONSTRAINT `age` failed for `db`.`user`", CheckViolation, Some("age"), Some("user"), &[]);
        check(3819, "Check constraint 'age' is violated.", CheckViolation, Some("age"), None, &[]);
        let message = "Cannot add or update a child row: a foreign key constraint fails (`db`.`car`, CONSTRAINT `fk_car` FOREIGN \
                       KEY (`a`, `b`) REFERENCES `line` (`x`, `y`))";
        check(1452, message, ForeignKeyViolation, Some("fk_car"), Some("car"), &["a", "b"]);
    }

    #[test]
    fn what_others_do_is_transient() {
        for (code, kind) in [
            (1213, ErrorKind::Deadlock),
            (1205, ErrorKind::Busy),
            (1317, ErrorKind::Cancelled),
            (1047, ErrorKind::ConnectionLost),
            (1053, ErrorKind::ConnectionLost),
            (1429, ErrorKind::ConnectionLost),
            (1235, ErrorKind::Unsupported),
            (1146, ErrorKind::Database),
        ] {
            assert_eq!(failure(code, "HY000", "told").kind(), kind);
        }
        assert_eq!(failure(1, "40001", "told").kind(), ErrorKind::Serialization);
    }
}
