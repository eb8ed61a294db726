//! Reads what our own renderer writes. Not a parser of SQL: it relies on quoted names and upper-case keywords.

use orm_core::engine::StatementKind;

/// What a statement's text tells.
pub(super) struct Parsed {
    pub(super) kind: StatementKind,
    pub(super) table: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) keys: Vec<String>,
}

/// The first words of statements whose target is not looked at.
const KEYWORDS: &[(&str, StatementKind)] = &[
    ("CREATE", StatementKind::Schema),
    ("ALTER", StatementKind::Schema),
    ("DROP", StatementKind::Schema),
    ("BEGIN", StatementKind::Begin),
    ("START TRANSACTION", StatementKind::Begin),
    ("PREPARE TRANSACTION", StatementKind::Prepare),
    ("COMMIT", StatementKind::Commit),
    ("ROLLBACK TO", StatementKind::RollbackTo),
    ("ROLLBACK", StatementKind::Rollback),
    ("SAVEPOINT", StatementKind::Savepoint),
    ("RELEASE", StatementKind::Release),
];

/// The words before the target's name, in the order in which they are looked for: a write behind `WITH` also holds SELECTs.
const TARGETS: &[(&str, StatementKind)] = &[
    ("INSERT INTO ", StatementKind::Insert),
    ("UPDATE ", StatementKind::Update),
    ("DELETE FROM ", StatementKind::Delete),
    ("COPY ", StatementKind::Copy),
];

/// The word for a kind, in the notation of logs.
pub(super) fn word(kind: StatementKind) -> &'static str {
    match kind {
        StatementKind::Select => "select",
        StatementKind::Insert => "insert",
        StatementKind::Update => "update",
        StatementKind::Delete => "delete",
        StatementKind::Copy => "copy",
        StatementKind::Schema => "ddl",
        StatementKind::Begin => "begin",
        StatementKind::Prepare => "prepare",
        StatementKind::Commit => "commit",
        StatementKind::Rollback => "rollback",
        StatementKind::Savepoint => "savepoint",
        StatementKind::Release => "release",
        StatementKind::RollbackTo => "rollback to",
        _ => "other",
    }
}

pub(super) fn parse(sql: &str) -> Parsed {
    let sql = sql.trim_start();
    if let Some(&(_, kind)) = KEYWORDS.iter().find(|(word, _)| starts_with(sql, word)) {
        return Parsed { kind, table: None, columns: Vec::new(), keys: Vec::new() };
    }
    let plain = without_quoted(sql);
    let behind_with = starts_with(&plain, "WITH ");
    for &(words, kind) in TARGETS {
        let at = if behind_with { plain.find(words) } else { starts_with(&plain, words).then_some(0) };
        if let Some(at) = at {
            let rest = &sql[at + words.len()..];
            let (table, rest) = name(rest);
            let columns = match kind {
                StatementKind::Insert | StatementKind::Copy => column_list(rest),
                StatementKind::Update => assigned_columns(rest),
                _ => Vec::new(),
            };
            let finds_rows = matches!(kind, StatementKind::Update | StatementKind::Delete);
            let keys = if finds_rows { compared_columns(rest) } else { Vec::new() };
            return Parsed { kind, table, columns, keys };
        }
    }
    if behind_with || starts_with(&plain, "SELECT") {
        // A query in parentheses reads what it reads.
        let sources = plain.match_indices(" FROM ").map(|(at, words)| &sql[at + words.len()..]);
        let table = sources.filter(|source| !source.starts_with('(')).find_map(|source| name(source).0);
        return Parsed { kind: StatementKind::Select, table, columns: Vec::new(), keys: Vec::new() };
    }
    Parsed { kind: StatementKind::Other, table: None, columns: Vec::new(), keys: Vec::new() }
}

fn starts_with(sql: &str, words: &str) -> bool {
    sql.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
}

/// The text with everything inside quotes blanked, of the same length, so that names cannot be taken for keywords.
fn without_quoted(sql: &str) -> String {
    let mut quote = None;
    let blank = sql.bytes().map(|byte| match (quote, byte) {
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            byte
        }
        (Some(open), _) if open == byte => {
            quote = None;
            byte
        }
        (Some(_), _) => b'.',
        (None, _) if byte.is_ascii() => byte,
        (None, _) => b'.',
    });
    let bytes: Vec<u8> = blank.collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The name at the start of `sql`, without its schema, and what follows it.
fn name(sql: &str) -> (Option<String>, &str) {
    let (first, rest) = part(sql);
    match rest.strip_prefix('.') {
        Some(rest) => name(rest),
        None => (first, rest),
    }
}

/// `"a"."b" ..` as `a` and `."b" ..`; a name without quotes ends before anything but a letter, a digit or an underscore.
fn part(sql: &str) -> (Option<String>, &str) {
    match sql.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map_or((None, ""), |(name, rest)| (Some(name.to_owned()), rest)),
        None => {
            let end = sql.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(sql.len());
            let (name, rest) = sql.split_at(end);
            ((!name.is_empty()).then(|| name.to_owned()), rest)
        }
    }
}

/// ` ("a", "b") ..` as `a`, `b`.
fn column_list(rest: &str) -> Vec<String> {
    let inside = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    inside.map_or_else(Vec::new, |(list, _)| list.split(',').filter_map(|column| name(column.trim()).0).collect())
}

/// ` SET "a" = .., "b" = .. WHERE ..` as `a`, `b`; an alias may stand before SET.
fn assigned_columns(rest: &str) -> Vec<String> {
    let plain = without_quoted(rest);
    let Some(start) = plain.find("SET ") else { return Vec::new() };
    let mut columns = Vec::new();
    let mut depth = 0;
    let mut expects_column = true;
    for (index, byte) in plain.bytes().enumerate().skip(start + "SET ".len()) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => expects_column = true,
            _ if depth == 0 && ends_assignments(&plain[index..]) => break,
            _ if expects_column && byte != b' ' => {
                columns.extend(name(&rest[index..]).0);
                expects_column = false;
            }
            _ => {}
        }
    }
    columns
}

fn ends_assignments(sql: &str) -> bool {
    [" WHERE ", " FROM ", " RETURNING "].iter().any(|end| sql.starts_with(end))
}

/// How many rows a text without arrays carries: those of VALUES, and those whose keys follow WHERE, as `IN (?, ?)` or as
/// `("a" = ? AND "b" = ?) OR ("a" = ? AND "b" = ?)`.
pub(super) fn listed_rows(sql: &str, kind: StatementKind) -> usize {
    let plain = without_quoted(sql);
    match kind {
        StatementKind::Insert => behind(&plain, " VALUES ").map_or(1, |values| groups(values).max(1)),
        StatementKind::Update | StatementKind::Delete => behind(&plain, " WHERE ").map_or(1, |condition| {
            let list = condition.split_once(" IN (").and_then(|(_, list)| list.strip_suffix(')'));
            let placeholders = list.filter(|list| list.split(", ").all(|part| part == "?"));
            let is_list = |first: &str| condition.split(OR).all(|row| row.trim_matches(['(', ')']) == first);
            match placeholders {
                Some(list) => list.split(", ").count(),
                None if first_row(condition).is_some_and(is_list) => condition.split(OR).count(),
                None => 1,
            }
        }),
        _ => 1,
    }
}

/// What stands between the keys of two rows.
const OR: &str = ") OR (";

fn behind<'s>(sql: &'s str, words: &str) -> Option<&'s str> {
    sql.split_once(words).map(|(_, rest)| rest)
}

/// `(..), (..) ..` as 2.
fn groups(list: &str) -> usize {
    let (mut depth, mut count) = (0, 0);
    for byte in list.bytes() {
        match byte {
            b'(' if depth == 0 => (depth, count) = (1, count + 1),
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' | b' ' => {}
            _ if depth == 0 => break,
            _ => {}
        }
    }
    count
}

/// The keys of the first row of `(..) OR (..)`.
fn first_row(condition: &str) -> Option<&str> {
    condition.strip_prefix('(')?.split_once(OR).map(|(first, _)| first)
}

/// ` .. WHERE "a" = .. AND t."b" = .. RETURNING ..` as `a`, `b`.
fn compared_columns(rest: &str) -> Vec<String> {
    let plain = without_quoted(rest);
    let Some(mut start) = plain.find(" WHERE ").map(|at| at + " WHERE ".len()) else { return Vec::new() };
    let mut end = plain.find(" RETURNING ").filter(|&end| end > start).unwrap_or(plain.len());
    if let Some(first) = first_row(&plain[start..end]) {
        (start, end) = (start + 1, start + 1 + first.len());
    }
    let mut columns = Vec::new();
    let mut from = start;
    for to in plain[start..end].match_indices(" AND ").map(|(at, _)| start + at).chain([end]) {
        columns.extend(name(rest[from..to].trim_start()).0);
        from = to + " AND ".len();
    }
    columns
}

#[cfg(test)]
mod tests {
    use crate::testing::recording::Recorded;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        assert_eq!(Recorded { rows: 1, ..Recorded::parse(sql) }.to_string(), expected);
    }

    #[test]
    fn inserts() {
        check(r#"INSERT INTO "user" ("name", "age") VALUES (?1, ?2)"#, "insert user (name, age)");
        check(r#"INSERT INTO "app"."user" ("name") VALUES ($1)"#, "insert user (name)");
        check(r#"INSERT INTO "user" DEFAULT VALUES"#, "insert user");
        check(
            r#"WITH src AS (SELECT nextval('user_id_seq') AS "id" FROM unnest($1)), ins AS (INSERT INTO "user" ("id", "name") SELECT 1) SELECT "id" FROM src"#,
            "insert user (id, name)",
        );
    }

    #[test]
    fn updates() {
        check(r#"UPDATE "post" SET "title" = ?1, "body" = ?2 WHERE "id" = ?3"#, "update post (title, body)");
        check(r#"UPDATE "t" SET "a" = u."a", "b" = coalesce(u."b", 1) FROM unnest($1, $2) AS u"#, "update t (a, b)");
        check(r#"UPDATE "t" AS x SET "FROM" = $1"#, "update t (FROM)");
    }

    #[track_caller]
    fn check_keys(sql: &str, expected: &[&str]) {
        assert_eq!(Recorded::parse(sql).keys, expected);
    }

    #[test]
    fn rows_are_found_by_columns() {
        check_keys(r#"UPDATE "t" SET "a" = ?1 WHERE "id" = ?2 AND "WHERE" IS ?3 RETURNING "b""#, &["id", "WHERE"]);
        check_keys(
            r#"UPDATE "t" AS t SET "a" = u.s0 FROM unnest($1, $2) AS u(s0, k0) WHERE t."x" = u.k0 AND t."y" = u.k1"#,
            &["x", "y"],
        );
        check_keys(r#"DELETE FROM "t" WHERE "id" = ANY($1)"#, &["id"]);
        check_keys(r#"DELETE FROM "t""#, &[]);
        check_keys(r#"DELETE FROM "t" WHERE ("a" = ? AND "b" = ?) OR ("a" = ? AND "b" = ?)"#, &["a", "b"]);
    }

    #[test]
    fn rows_are_counted_where_they_are_listed() {
        let rows = |sql: &str| super::listed_rows(sql, Recorded::parse(sql).kind);
        assert_eq!(rows(r#"INSERT INTO "t" ("a", "b") VALUES (?, f(?)), (?, f(?)) ON CONFLICT ("a") DO NOTHING"#), 2);
        assert_eq!(rows(r#"INSERT INTO "t" DEFAULT VALUES"#), 1);
        assert_eq!(rows(r#"DELETE FROM "t" WHERE "a" IN (?, ?, ?)"#), 3);
        assert_eq!(rows(r#"UPDATE "t" SET "c" = ? WHERE ("a" = ? AND "b" = ?) OR ("a" = ? AND "b" = ?)"#), 2);
        assert_eq!(rows(r#"UPDATE "t" SET "c" = ? WHERE ("a" = ? AND "b" = ?) OR ("c" = ?)"#), 1);
        assert_eq!(rows(r#"DELETE FROM "t" WHERE "a" IN (SELECT ?)"#), 1);
        assert_eq!(rows(r#"SELECT "a" FROM "t" WHERE "a" IN (?, ?)"#), 1);
    }

    #[test]
    fn deletes_and_selects() {
        check(r#"DELETE FROM "post" WHERE "id" = ANY($1)"#, "delete post");
        check(r#"SELECT "user"."id", "user"."UPDATE x" FROM "user" JOIN "post" ON 1"#, "select user");
        check("SELECT name FROM sqlite_master", "select sqlite_master");
        check("SELECT 1", "select");
    }

    #[test]
    fn transactions_and_tables() {
        check("BEGIN IMMEDIATE", "begin");
        check("ROLLBACK TO SAVEPOINT \"a\"", "rollback to");
        check("CREATE TABLE \"a\" (\"id\" INTEGER)", "ddl");
        check("PRAGMA foreign_keys = ON", "other");
    }
}
