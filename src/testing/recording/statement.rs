use std::fmt;

use orm_core::engine::StatementKind;

use super::notation;

/// One statement that was sent, from [`Recorder::take`](super::Recorder::take). It shows in the notation of [`matches`](Recorded::matches).
///
/// See the example of [`Recorder`](super::Recorder).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// What it does.
    pub kind: StatementKind,
    /// The table it is about: the target of a write, the first table of a SELECT.
    pub table: Option<String>,
    /// The columns that an UPDATE sets, or that an INSERT lists.
    pub columns: Vec<String>,
    /// The columns by which an UPDATE or a DELETE finds its rows.
    pub keys: Vec<String>,
    /// How many rows it carried, or how many rows a SELECT returned.
    pub rows: usize,
    /// The text.
    pub sql: String,
    /// Whether it failed, by itself or because it was told to.
    pub failed: bool,
}

impl Recorded {
    /// Reads the text of a statement.
    pub(super) fn parse(sql: &str) -> Self {
        let notation::Parsed { kind, table, columns, keys } = notation::parse(sql);
        Self { kind, table, columns, keys, rows: 0, sql: sql.to_owned(), failed: false }
    }

    /// How many rows the text lists.
    pub(super) fn listed_rows(&self) -> usize {
        notation::listed_rows(&self.sql, self.kind)
    }

    /// Whether `pattern` describes the statement: `insert user x3`, `update post (title, body)`, `select post`; with `failed `
    /// before it when the statement failed.
    ///
    /// Columns are compared when the pattern names some, and those by which rows are found behind `by`: `update post (title) by (id,
    /// version) x3`, `delete post by (id)`. The number of rows is compared for writes, and one when the pattern
    /// does not say; for SELECT only when it does.
    pub fn matches(&self, pattern: &str) -> bool {
        let full = self.to_string();
        let (head, rows) = split_rows(pattern);
        let (head, keys) = head.split_once(" by (").map_or((head, None), |(head, keys)| (head, keys.strip_suffix(')')));
        let (name, columns) = head.split_once(" (").map_or((head, None), |(name, rest)| (name, rest.strip_suffix(')')));
        let is_write = matches!(self.kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete);
        let expected_rows = rows.or(is_write.then_some(1));
        let own_name = full.split(" (").next().map_or("", |name| split_rows(name).0);
        name == own_name
            && expected_rows.is_none_or(|rows| rows == self.rows)
            && columns.is_none_or(|columns| columns == self.columns.join(", "))
            && keys.is_none_or(|keys| keys == self.keys.join(", "))
    }
}

/// `insert user x3` as `insert user` and 3.
fn split_rows(pattern: &str) -> (&str, Option<usize>) {
    let split = pattern.rsplit_once(" x").and_then(|(head, rows)| Some((head, rows.parse().ok()?)));
    split.map_or((pattern, None), |(head, rows)| (head, Some(rows)))
}

/// In the notation of [`matches`](Recorded::matches), in full.
impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = if self.failed { "failed " } else { "" };
        write!(f, "{failed}{}", notation::word(self.kind))?;
        if let Some(table) = &self.table {
            write!(f, " {table}")?;
        }
        if !self.columns.is_empty() {
            write!(f, " ({})", self.columns.join(", "))?;
        }
        if self.rows != 1 && !self.kind.is_transaction() && self.kind != StatementKind::Schema {
            write!(f, " x{}", self.rows)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Recorded;

    #[track_caller]
    fn check(sql: &str, rows: usize, matching: &[&str], others: &[&str]) {
        let recorded = Recorded { rows, ..Recorded::parse(sql) };
        for pattern in matching {
            assert!(recorded.matches(pattern), "`{pattern}` should match `{recorded}`");
        }
        for pattern in others {
            assert!(!recorded.matches(pattern), "`{pattern}` should not match `{recorded}`");
        }
    }

    #[test]
    fn writes_match_by_rows_and_by_columns_when_named() {
        check(
            r#"UPDATE "post" SET "title" = ?1, "body" = ?2 WHERE "id" = ?3"#,
            3,
            &["update post x3", "update post (title, body) x3", "update post by (id) x3"],
            &[
                "update post",
                "update post (title) x3",
                "update post by (id, title) x3",
                "update user x3",
                "delete post x3",
            ],
        );
    }

    #[test]
    fn reads_match_whatever_they_return() {
        check(r#"SELECT "a" FROM "post""#, 7, &["select post", "select post x7"], &["select user", "select post x1"]);
    }
}
