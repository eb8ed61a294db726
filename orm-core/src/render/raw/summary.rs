//! What a statement does and to which tables, read from its text. Nothing depends on it but what people are told.

use super::lexer::{Kind, Token, tokens};
use crate::dialect::LexicalRules;
use crate::sql::StatementKind;

/// The kind of a statement, and the tables that it names, without their schemas, each once and in their order.
pub fn summary(sql: &str, lexical_rules: &LexicalRules) -> (StatementKind, Vec<String>) {
    let Ok(tokens) = tokens(sql, lexical_rules) else { return (kind(sql), Vec::new()) };
    let tokens: Vec<Token<'_>> = tokens.into_iter().filter(|token| !token.is_blank()).collect();
    let mut reader = Reader { levels: vec![Level::default()], ..Reader::default() };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += reader.read(&tokens, at, *token);
    }
    (reader.wrote.unwrap_or_else(|| kind(sql)), reader.tables)
}

/// The kind of a statement by its first words. One behind `WITH` reads.
pub(crate) fn kind(sql: &str) -> StatementKind {
    const FIRST: &[(&str, StatementKind)] = &[
        ("select", StatementKind::Select),
        ("with", StatementKind::Select),
        ("values", StatementKind::Select),
        ("insert", StatementKind::Insert),
        ("replace", StatementKind::Insert),
        ("update", StatementKind::Update),
        ("delete", StatementKind::Delete),
        ("copy", StatementKind::Copy),
        ("create", StatementKind::Schema),
        ("alter", StatementKind::Schema),
        ("drop", StatementKind::Schema),
        ("truncate", StatementKind::Schema),
        ("begin", StatementKind::Begin),
        ("start", StatementKind::Begin),
        ("commit", StatementKind::Commit),
        ("end", StatementKind::Commit),
        ("rollback", StatementKind::Rollback),
        ("savepoint", StatementKind::Savepoint),
        ("release", StatementKind::Release),
    ];
    let mut words = sql.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return StatementKind::Other };
    let second_is = |word: &str| words.clone().next().is_some_and(|second| second.eq_ignore_ascii_case(word));
    if first.eq_ignore_ascii_case("rollback") && second_is("to") {
        return StatementKind::RollbackTo;
    }
    if first.eq_ignore_ascii_case("prepare") && second_is("transaction") {
        return StatementKind::Prepare;
    }
    let found = FIRST.iter().find(|(word, _)| first.eq_ignore_ascii_case(word));
    found.map_or(StatementKind::Other, |(_, kind)| *kind)
}

/// What the next name is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Expected {
    /// Nothing that matters.
    #[default]
    Nothing,
    /// A table, or a function that stands for one.
    Source,
    /// The table that a statement writes.
    Target,
    /// The name of a query behind `WITH`.
    Query,
}

/// What is between two parentheses.
#[derive(Default)]
struct Level {
    begun: bool,
    /// Whether tables may be named here: it is a statement and not the arguments of a function.
    statement: bool,
    in_sources: bool,
    in_with: bool,
    deletes: bool,
    expected: Expected,
}

#[derive(Default)]
struct Reader {
    levels: Vec<Level>,
    /// The kind of the first statement that writes.
    wrote: Option<StatementKind>,
    queries: Vec<String>,
    tables: Vec<String>,
}

impl Reader {
    /// Reads what begins at `at`, and tells how many tokens that were.
    fn read(&mut self, tokens: &[Token<'_>], at: usize, token: Token<'_>) -> usize {
        let nested = self.levels.len() > 1;
        let Some(level) = self.levels.last_mut() else { return 1 };
        match token.kind {
            Kind::Open => {
                let joins = std::mem::take(&mut level.expected) == Expected::Source;
                let expected = if joins { Expected::Source } else { Expected::Nothing };
                self.levels.push(Level { statement: joins, in_sources: joins, expected, ..Level::default() });
            }
            Kind::Close if nested => drop(self.levels.pop()),
            Kind::Semicolon => self.levels = vec![Level::default()],
            Kind::Sign if token.text == "," && level.in_with => level.expected = Expected::Query,
            Kind::Sign if token.text == "," && level.in_sources => level.expected = Expected::Source,
            Kind::Quoted if level.expected != Expected::Nothing => return self.name(tokens, at),
            Kind::Word => {
                let before = at.checked_sub(1).and_then(|before| tokens.get(before));
                let is_name = before.is_some_and(|before| before.kind == Kind::Sign && before.text == ".");
                if !is_name && !level.word(token, before, &mut self.wrote) && level.expected != Expected::Nothing {
                    return self.name(tokens, at);
                }
            }
            _ => {}
        }
        1
    }

    /// Reads `schema.table`.
    fn name(&mut self, tokens: &[Token<'_>], at: usize) -> usize {
        let mut last = at;
        while tokens.get(last + 1).is_some_and(|dot| dot.text == ".") && tokens.get(last + 2).is_some() {
            last += 2;
        }
        let (Some(level), Some(token)) = (self.levels.last_mut(), tokens.get(last)) else { return 1 };
        let expected = std::mem::take(&mut level.expected);
        let name = unquoted(token.text);
        let is_function = tokens.get(last + 1).is_some_and(|next| next.kind == Kind::Open);
        let names = match expected {
            Expected::Query => &mut self.queries,
            Expected::Source if is_function || (last == at && self.queries.contains(&name)) => return last + 1 - at,
            _ => &mut self.tables,
        };
        if !names.contains(&name) {
            names.push(name);
        }
        last + 1 - at
    }
}

impl Level {
    /// Reads a word, and tells whether it is one of those that have a meaning here. `before` is what stands before it.
    fn word(&mut self, word: Token<'_>, before: Option<&Token<'_>>, wrote: &mut Option<StatementKind>) -> bool {
        let follows = |words: &[&str]| before.is_some_and(|before| words.iter().any(|word| before.is_word(word)));
        let is = |words: &[&str]| words.iter().any(|one| word.is_word(one));
        let main = !std::mem::replace(&mut self.begun, true) || self.in_with;
        let replaces = before.is_none() && is(&["replace"]);
        let names_source =
            (is(&["from"]) && !follows(&["distinct"])) || is(&["join"]) || (self.deletes && is(&["using"]));
        let names_target =
            is(&["into"]) || (is(&["table"]) && follows(&["create", "alter", "drop", "truncate", "temporary", "temp"]));
        if main && (replaces || is(&["select", "values", "insert", "update", "delete"])) {
            let writes = if is(&["select", "values"]) { None } else { Some(kind(word.text)) };
            let expected = if is(&["update"]) { Expected::Target } else { Expected::Nothing };
            *self = Self { begun: true, statement: true, deletes: is(&["delete"]), expected, ..Self::default() };
            *wrote = wrote.or(writes);
        } else if main && is(&["with"]) {
            *self = Self { begun: true, statement: true, in_with: true, expected: Expected::Query, ..Self::default() };
        } else if main && is(&["create", "alter", "drop", "truncate"]) {
            self.statement = true;
        } else if main && is(&["copy"]) {
            (self.statement, self.expected) = (true, Expected::Target);
        } else if self.statement && names_source {
            (self.in_sources, self.expected) = (true, Expected::Source);
        } else if self.statement && names_target {
            self.expected = Expected::Target;
        } else if is(ENDS) {
            (self.in_sources, self.expected) = (false, Expected::Nothing);
        } else {
            return self.expected != Expected::Nothing && is(FILLERS);
        }
        true
    }
}

/// Words that end the list of tables.
const ENDS: &[&str] = &[
    "where",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "union",
    "except",
    "intersect",
    "returning",
    "set",
    "for",
    "select",
    "values",
];

/// Words that may stand before the name of a table.
const FILLERS: &[&str] = &["only", "lateral", "recursive", "if", "not", "exists"];

fn unquoted(name: &str) -> String {
    match name.chars().next() {
        Some('[') => name.trim_matches(['[', ']']).to_owned(),
        Some(quote @ ('"' | '`')) => {
            let inside = name.get(1..name.len() - 1).unwrap_or_default();
            inside.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: LexicalRules = LexicalRules {
        placeholders: &['$', '?'],
        dollar_quotes: true,
        escape_strings: true,
        line_ends: &['\n'],
        nested_comments: true,
        bracket_quotes: false,
        backtick_quotes: false,
        hash_comments: false,
    };

    #[track_caller]
    fn check(sql: &str, kind: StatementKind, tables: &[&str]) {
        let (found, named) = summary(sql, &RULES);
        assert_eq!((found, named.iter().map(String::as_str).collect::<Vec<_>>()), (kind, tables.to_vec()), "{sql}");
    }

    #[test]
    fn reads() {
        use StatementKind::Select;
        check(r#"SELECT "user"."id" FROM "user" WHERE "user"."from" = $1"#, Select, &["user"]);
        check(
            r#"SELECT 1 FROM a, "s"."b" AS x LEFT JOIN c ON c.x = f(a.x, b.x), d WHERE y IN (1, 2)"#,
            Select,
            &["a", "b", "c", "d"],
        );
        check("SELECT extract(year FROM moment), trim(both FROM x) FROM t WHERE a IS DISTINCT FROM b", Select, &["t"]);
        check(
            "SELECT x FROM (SELECT y FROM inner_one) AS s JOIN LATERAL (SELECT 1 FROM l) AS m ON true",
            Select,
            &["inner_one", "l"],
        );
        check("SELECT x FROM (a JOIN b USING (id)) FOR UPDATE OF a", Select, &["a", "b"]);
        check("SELECT * FROM unnest($1) AS u, generate_series(1, 2)", Select, &[]);
        check(
            "WITH RECURSIVE c(n) AS (SELECT id FROM node UNION ALL SELECT n FROM c) SELECT n FROM c, d",
            Select,
            &["node", "d"],
        );
        check(
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u) UNION SELECT b FROM v ORDER BY 1, 2",
            Select,
            &["t", "u", "v"],
        );
        check("SELECT 'FROM x', \"FROM\" FROM t -- FROM z", Select, &["t"]);
    }

    #[test]
    fn writes() {
        use StatementKind::{Delete, Insert, Update};
        check(
            r#"INSERT INTO "user" ("name") VALUES ($1) ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name""#,
            Insert,
            &["user"],
        );
        check(
            "WITH src AS (SELECT 1 FROM unnest($1)), ins AS (INSERT INTO t (id) SELECT 1 FROM src) SELECT id FROM src",
            Insert,
            &["t"],
        );
        check(r#"UPDATE "t" AS t SET "a" = u."a", "b" = 1 FROM unnest($1) AS u WHERE t."id" = u.k"#, Update, &["t"]);
        check("UPDATE t SET a = b.a FROM b WHERE t.id = b.id", Update, &["t", "b"]);
        check("DELETE FROM t USING u, v WHERE t.id = u.id", Delete, &["t", "u", "v"]);
    }

    #[test]
    fn others() {
        use StatementKind::{Begin, Other, RollbackTo, Schema};
        check(r#"CREATE TABLE IF NOT EXISTS "a" ("id" INTEGER REFERENCES b)"#, Schema, &["a"]);
        check("ROLLBACK TO SAVEPOINT \"a\"", RollbackTo, &[]);
        check("BEGIN ISOLATION LEVEL READ COMMITTED", Begin, &[]);
        check("PRAGMA foreign_keys = ON", Other, &[]);
        check("", Other, &[]);
        check("SELECT 'open FROM t", StatementKind::Select, &[]);
    }
}
