//! The error for a row that somebody else deleted or changed.

use crate::error::{Error, ErrorKind};
use crate::schema::TableDef;
use crate::value::Value;

/// Somebody else has deleted a row, or changed it.
pub(crate) fn conflict(
    table: &TableDef,
    object: &str,
    verb: &str,
    mut expected: Vec<(usize, Value)>,
    found: Option<Vec<(usize, Value)>>,
) -> Error {
    let message = match found {
        None if expected.is_empty() => format!("no row to {verb} for {object}: it was deleted by somebody else"),
        None => {
            let expected = values(table, &expected);
            format!("no row to {verb} for {object}: expected {expected}, and somebody else deleted it")
        }
        Some(mut found) => {
            let differs = |column: usize| {
                let of = |values: &[(usize, Value)]| values.iter().find(|(known, _)| *known == column).cloned();
                of(&expected) != of(&found)
            };
            let different: Vec<usize> =
                expected.iter().map(|(column, _)| *column).filter(|&column| differs(column)).collect();
            if !different.is_empty() {
                expected.retain(|(column, _)| different.contains(column));
                found.retain(|(column, _)| different.contains(column));
            }
            format!(
                "no row to {verb} for {object}: expected {}, found {}: somebody else changed it; refresh it and try again",
                values(table, &expected),
                values(table, &found)
            )
        }
    };
    Error::new(ErrorKind::StaleData, message)
}

/// `version 3, title "new"`.
fn values(table: &TableDef, values: &[(usize, Value)]) -> String {
    let texts = values.iter().map(|(column, value)| format!("{} {}", table.columns[*column].name, value.to_ref()));
    texts.collect::<Vec<_>>().join(", ")
}
