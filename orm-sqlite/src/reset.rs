//! Resetting a connection: undoing what statements of the user left in it.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};

/// The settings of a connection that statements can change and read again.
const SETTINGS: &[&str] = &[
    "foreign_keys",
    "ignore_check_constraints",
    "query_only",
    "recursive_triggers",
    "read_uncommitted",
    "reverse_unordered_selects",
    "trusted_schema",
    "writable_schema",
    "legacy_alter_table",
    "automatic_index",
    "cell_size_check",
    "busy_timeout",
    "synchronous",
    "locking_mode",
    "cache_size",
    "cache_spill",
    "temp_store",
    "secure_delete",
    "wal_autocheckpoint",
    "journal_size_limit",
    "mmap_size",
];

/// The settings before the first statement that may have changed one, and whether such a statement has run since the last reset.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    settings: Option<Vec<(&'static str, Option<Value>)>>,
    dirty: bool,
}

impl Traces {
    /// Call it before each statement.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub(crate) fn note(&mut self, native: &Connection, sql: &str) -> rusqlite::Result<()> {
        if self.dirty || leaves_nothing(sql) { Ok(()) } else { self.soil(native) }
    }

    /// Call it before each script, which may have several statements.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub(crate) fn note_script(&mut self, native: &Connection, sql: &str) -> rusqlite::Result<()> {
        let is_one = !sql.trim_ascii_end().trim_end_matches(';').contains(';');
        if self.dirty || is_one && leaves_nothing(sql) { Ok(()) } else { self.soil(native) }
    }

    fn soil(&mut self, native: &Connection) -> rusqlite::Result<()> {
        self.remember(native)?;
        self.dirty = true;
        Ok(())
    }

    /// Whether there may be temporary tables, attached databases or other settings.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Remembers the settings as they are now, unless that was done before.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(crate) fn remember(&mut self, native: &Connection) -> rusqlite::Result<()> {
        if self.settings.is_none() {
            self.settings = Some(settings(native)?);
        }
        Ok(())
    }

    /// Drops temporary tables, detaches attached databases and restores settings.
    ///
    /// # Errors
    ///
    /// The database's error.
    pub(crate) fn reset(&mut self, native: &Connection) -> rusqlite::Result<()> {
        if !self.dirty {
            return Ok(());
        }
        // Rows of a temporary table may reference each other.
        native.pragma_update(None, "foreign_keys", false)?;
        for statement in cleaning(native)? {
            native.execute_batch(&statement)?;
        }
        // It cannot be read.
        native.pragma_update(None, "case_sensitive_like", false)?;
        for (name, value) in self.settings.iter().flatten() {
            if let Some(before) = value
                && read(native, name)? != *value
            {
                native.pragma_update(None, name, before)?;
            }
        }
        self.dirty = false;
        Ok(())
    }
}

/// Whether a statement only reads and writes rows, or begins or ends a transaction.
fn leaves_nothing(sql: &str) -> bool {
    const HARMLESS: [&str; 13] = [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "REPLACE",
        "WITH",
        "VALUES",
        "BEGIN",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
    ];
    let first = sql.trim_ascii_start().split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    HARMLESS.iter().any(|word| first.eq_ignore_ascii_case(word))
}

fn settings(native: &Connection) -> rusqlite::Result<Vec<(&'static str, Option<Value>)>> {
    SETTINGS.iter().map(|&name| Ok((name, read(native, name)?))).collect()
}

/// The value of a setting; a database in memory does not have all of them.
fn read(native: &Connection, name: &str) -> rusqlite::Result<Option<Value>> {
    native.pragma_query_value(None, name, |row| row.get(0)).optional()
}

/// A query for the statements that drop temporary objects and detach databases.
fn cleaning(native: &Connection) -> rusqlite::Result<Vec<String>> {
    const LEFT: &str = "SELECT 'DROP ' || type || ' IF EXISTS temp.' || printf('\"%w\"', name) FROM temp.sqlite_schema \
        WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        UNION ALL SELECT 'DETACH ' || printf('\"%w\"', name) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')";
    native.prepare_cached(LEFT)?.query_map([], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_looked_at_whole() -> rusqlite::Result<()> {
        let native = Connection::open_in_memory()?;
        for (script, leaves) in
            [("BEGIN;", false), ("SELECT 1", false), ("BEGIN; PRAGMA foreign_keys = 0", true), ("PRAGMA x", true)]
        {
            let mut traces = Traces::default();
            traces.note_script(&native, script)?;
            assert_eq!(traces.is_dirty(), leaves, "{script}");
        }
        Ok(())
    }

    #[test]
    fn rows_and_transactions_leave_nothing_else() {
        for sql in [
            "SELECT 1",
            " \n insert into t values (1)",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "values(1)",
            "BEGIN IMMEDIATE",
            "COMMIT",
        ] {
            assert!(leaves_nothing(sql), "{sql}");
        }
        for sql in
            ["PRAGMA foreign_keys = 0", "ATTACH 'a' AS b", "CREATE TEMP TABLE t (a)", "-- x\nSELECT 1", "selection"]
        {
            assert!(!leaves_nothing(sql), "{sql}");
        }
    }
}
