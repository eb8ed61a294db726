//! The meaning of an SQL expression, so that a model's text and the database's text of it are one.
//!
//! A database keeps an expression as a tree, and writes it anew: with parentheses and casts, with `= ANY (ARRAY[..])` for `IN`, with `~~` for
//! `LIKE`. Here both texts are parsed, and written in one way. What cannot be parsed is compared word by word.

mod parse;
mod tokens;

use parse::{Tree, parse};
use tokens::{Token, tokens};

/// A text that equivalent expressions have in common.
pub(super) fn canonical(sql: &str, ignores_case: bool) -> String {
    let tokens = words(sql, ignores_case);
    match parse(&tokens) {
        Some(tree) => tree.to_string(),
        None => tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// A text that equivalent defaults have in common: `'1.50'` and `1.50` fill a column with the same value.
pub(super) fn canonical_default(sql: &str, ignores_case: bool) -> String {
    match parse(&words(sql, ignores_case)) {
        Some(Tree::Leaf(Token::Text(literal) | Token::Number(literal))) => literal,
        _ => canonical(sql, ignores_case),
    }
}

fn words(sql: &str, ignores_case: bool) -> Vec<Token> {
    let mut tokens = tokens(sql);
    if ignores_case {
        tokens.iter_mut().for_each(|token| {
            if let Token::Name(name) = token {
                name.make_ascii_lowercase();
            }
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::{canonical, canonical_default};

    #[track_caller]
    fn same(model: &str, database: &str) {
        assert_eq!(canonical(model, false), canonical(database, false), "{model} and {database}");
    }

    #[track_caller]
    fn different(a: &str, b: &str) {
        assert_ne!(canonical(a, false), canonical(b, false), "{a} and {b}");
    }

    #[test]
    fn texts_that_a_database_rewrites() {
        same("price > 0", "(price > (0)::numeric)");
        same("PRICE > -1", "(price > '-1'::integer)");
        same("a > 0 and b > 0 AND c", "((a > 0) AND (b > 0) AND c)");
        same(
            "status IN ('a', 'b')",
            "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        );
        same("status NOT IN ('a', 'b')", "((status)::text <> ALL (ARRAY['a'::text, 'b'::text]))");
        same("status IN ('a')", "(status = 'a'::text)");
        same("n BETWEEN 1 AND 10 OR n IS NULL", "(((n >= 1) AND (n <= 10)) OR (n IS NULL))");
        same("name LIKE 'a%'", "((name)::text ~~ 'a%'::text)");
        same("name NOT ILIKE 'a%'", "(name !~~* 'a%'::text)");
        same("NOT (a = 1)", "(NOT (a = 1))");
        same("NOT (a = 1 AND b < 2)", "a <> 1 or b >= 2");
        same("NOT (a LIKE 'x' OR a IS NULL)", "a not like 'x' and a is not null");
        same("NOT (a BETWEEN 1 AND 2)", "a not between 1 and 2");
        same("a = TRUE AND b = false", "a = 1 and b = 0");
        same("a != 1", "(a <> 1)");
        same("length(name) > 2", "(length((name)::text) > 2)");
        same("\"Name\" <> ''", "((\"Name\")::text <> ''::text)");
        same("a + b * 2 > 3", "((a + (b * 2)) > 3)");
        same("CASE WHEN a THEN 1 ELSE 2 END = 1", "(\nCASE\n    WHEN a THEN 1\n    ELSE 2\nEND = 1)");
        same("EXTRACT(year FROM made) > 2000", "(EXTRACT(year FROM made) > (2000)::numeric)");
        same("CAST(a AS TEXT) = 'x'", "((a)::text = 'x'::text)");
        same("tags @> '{\"a\": 1}'", "(tags @> '{\"a\": 1}'::jsonb)");
        same("made < now() - interval '1 day'", "(made < (now() - '1 day'::interval))");
        same("nextval('s')", "nextval('s'::regclass)");
        same("active", "active");
        same("'x'", "'x'::character varying(20)");
        same("TRUE", "true");
        same("a.b IS NOT NULL AND a.c[1] = 2", "((a.b IS NOT NULL) AND (a.c[1] = 2))");
    }

    #[test]
    fn other_meanings_stay_apart() {
        different("a > 0", "a > 1");
        different("a > 0", "a >= 0");
        different("a AND b OR c", "a AND (b OR c)");
        different("a = 'x'", "a = x");
        different("a = 'x'", "a = 'X'");
        different("\"A\" = 1", "a = 1");
        different("a IN (1, 2)", "a IN (1, 3)");
        different("a - (b - c) > 0", "a - b - c > 0");
        different("a LIKE 'x'", "a NOT LIKE 'x'");
        different("'1'", "1");
        different("NOT (a = 1)", "a = 1");
        different("NOT (a < 1)", "a > 1");
        different("\"true\"", "true");
    }

    #[test]
    fn literals_of_defaults() {
        assert_eq!(canonical_default("'12.50'", false), canonical_default("12.50", false));
        assert_eq!(canonical_default("'x'::text", false), canonical_default("'x'", false));
        assert_ne!(canonical_default("'now'", false), canonical_default("now()", false));
    }

    #[test]
    fn case_of_names() {
        assert_eq!(canonical("\"A\" = 1", true), canonical("a = 1", true));
        assert_ne!(canonical("a = 'X'", true), canonical("a = 'x'", true));
    }

    #[test]
    fn other_statements_are_compared_word_by_word() {
        same("SELECT a,  b FROM t -- all\nWHERE a", "select a, b\nfrom t where a");
        different("SELECT a FROM t", "SELECT b FROM t");
    }
}
