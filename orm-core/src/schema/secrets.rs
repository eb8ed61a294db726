//! Secret columns. Logs and errors leave out the values of statements that name one.

use std::sync::{PoisonError, RwLock};

/// The secret columns of the tables that were used so far, each with its table.
static SECRETS: RwLock<Vec<(&'static str, &'static str)>> = RwLock::new(Vec::new());

/// From now on no value of the column is shown.
pub(super) fn keep(table: &'static str, column: &'static str) {
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).push((table, column));
}

/// The secret column that a statement names, whose parameters may be its values.
pub(crate) fn named_in(sql: &str) -> Option<&'static str> {
    first(|table, column| has_word(sql, column) && has_word(sql, table))
}

/// A secret column of a table that a statement names. The database's message about a row may contain the value.
pub(crate) fn behind(sql: &str) -> Option<&'static str> {
    first(|table, _| has_word(sql, table))
}

/// Whether no value of a column is to be shown.
pub(crate) fn holds(table: &str, column: &str) -> bool {
    first(|secret_table, secret| (secret_table, secret) == (table, column)).is_some()
}

fn first(is: impl Fn(&str, &str) -> bool) -> Option<&'static str> {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    secrets.iter().find(|(table, column)| is(table, column)).map(|(_, column)| *column)
}

/// Whether a text has a name, in whatever case and quotes.
fn has_word(text: &str, name: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let (text, name) = (text.as_bytes(), name.as_bytes());
    text.windows(name.len().max(1)).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let after = text.get(at + name.len());
        window.eq_ignore_ascii_case(name) && ![before, after].into_iter().flatten().any(|&byte| inside(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(has_word(r#"UPDATE "login" SET "password" = $1"#, "password"));
        assert!(has_word("select Password from x", "password"));
        assert!(!has_word("SELECT password_hash, old_password FROM x", "password"));
        assert!(!has_word("", "password"));
    }

    #[test]
    fn a_statement_is_secret_by_what_it_names() {
        keep("vault", "combination");
        assert_eq!(named_in("UPDATE vault SET combination = 1"), Some("combination"));
        assert_eq!(named_in("UPDATE vault SET owner = 1"), None);
        assert_eq!(named_in("UPDATE lock SET combination = 1"), None);
        assert_eq!(behind("UPDATE vault SET owner = 1"), Some("combination"));
        assert_eq!(behind("UPDATE lock SET owner = 1"), None);
    }
}
