//! Patterns and text, also text that looks like SQL.

use orm::functions::{coalesce, lower, upper};
use orm::prelude::*;
use orm::query::Query;
use orm::{ErrorKind, Result};

use crate::models::{Measure, User};
use crate::{TestContext, expect_error};

cases! { query_texts {
    a_pattern_has_wildcards [];
    case_matters_to_like_and_not_to_ilike [];
    letters_outside_ascii [];
    ilike_outside_ascii [ilike];
    a_backslash_takes_the_meaning_away [];
    a_pattern_that_ends_in_a_backslash_is_refused [];
    letters_that_other_matchers_read_mean_themselves [];
    parts_are_found_letter_by_letter [];
    text_that_looks_like_sql_is_text [];
    case_is_changed [];
    a_pattern_may_be_a_value_of_nothing [];
} }

const TEXTS: &[&str] = &[
    "alice",
    "Alice",
    "al%ce",
    "al_ce",
    r"al\ce",
    "al*ce",
    "al?ce",
    "al[i]ce",
    "O'Hara",
    "straße",
    "ÉCOLE",
    "école",
    "日本語",
    "🦀 crab",
    "",
    "two\nlines",
    "100%",
    "'; DROP TABLE measure; --",
];

fn texts(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    session.add_all(TEXTS.iter().map(|text| Measure::named(text)));
    session.commit()?;
    Ok(session)
}

#[track_caller]
fn check(session: &mut Session, query: Query<Measure>, expected: &[&str]) {
    let found: Vec<String> = query.order_by(Measure::id).select(Measure::name).all(session).unwrap();
    assert_eq!(found, expected);
}

pub fn a_pattern_has_wildcards(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    let like = |pattern: &'static str| Measure::query().filter(Measure::name.like(pattern));
    check(session, like("al_ce"), &["alice", "al%ce", "al_ce", r"al\ce", "al*ce", "al?ce"]);
    check(session, like("_lice"), &["alice", "Alice"]);
    check(session, like("al%ce"), &["alice", "al%ce", "al_ce", r"al\ce", "al*ce", "al?ce", "al[i]ce"]);
    check(session, like("%lin%"), &["two\nlines"]);
    check(session, like("t%s"), &["two\nlines"]);
    check(session, like("alice"), &["alice"]);
    check(session, like(""), &[""]);
    assert_eq!(like("%").count(session)?, TEXTS.len() as u64);
    assert_eq!(Measure::query().filter(!Measure::name.like("%e%")).count(session)?, 6);
    Ok(())
}

pub fn case_matters_to_like_and_not_to_ilike(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    check(session, Measure::query().filter(Measure::name.like("A%")), &["Alice"]);
    check(session, Measure::query().filter(Measure::name.ilike("ALI%")), &["alice", "Alice"]);
    check(session, Measure::query().filter(Measure::name.ilike(r"AL\%%")), &["al%ce"]);
    check(session, Measure::query().filter(Measure::name.ilike("o'h%")), &["O'Hara"]);
    check(session, Measure::query().filter(Measure::name.contains("ALI")), &[]);
    check(session, Measure::query().filter(Measure::name.starts_with("Al")), &["Alice"]);
    check(session, Measure::query().filter(Measure::name.eq("ALICE")), &[]);
    Ok(())
}

pub fn letters_outside_ascii(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    check(session, Measure::query().filter(Measure::name.like("é%")), &["école"]);
    check(session, Measure::query().filter(Measure::name.like("__語")), &["日本語"]);
    check(session, Measure::query().filter(Measure::name.like("_ crab")), &["🦀 crab"]);
    check(session, Measure::query().filter(Measure::name.contains("ß")), &["straße"]);
    check(session, Measure::query().filter(Measure::name.ilike("日%")), &["日本語"]);
    check(session, Measure::query().filter(Measure::name.starts_with("🦀")), &["🦀 crab"]);
    Ok(())
}

/// A database that knows the case of ASCII letters only says so.
pub fn ilike_outside_ascii(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    let found: Vec<String> = Measure::query().filter(Measure::name.ilike("é%")).select(Measure::name).all(session)?;
    assert!(found.contains(&"école".to_owned()), "{found:?}");
    Ok(())
}

pub fn a_backslash_takes_the_meaning_away(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    check(session, Measure::query().filter(Measure::name.like(r"al\%ce")), &["al%ce"]);
    check(session, Measure::query().filter(Measure::name.like(r"al\_ce")), &["al_ce"]);
    check(session, Measure::query().filter(Measure::name.like(r"al\\ce")), &[r"al\ce"]);
    check(session, Measure::query().filter(Measure::name.like(r"\alice")), &["alice"]);
    Ok(())
}

pub fn a_pattern_that_ends_in_a_backslash_is_refused(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    let query = Measure::query().filter(Measure::name.like(r"al\"));
    if !cx.capabilities().checked_patterns {
        // There it means itself.
        assert_eq!(query.count(session)?, 0);
        return Ok(());
    }
    expect_error(query.all(session), ErrorKind::Database, &["LIKE pattern must not end with"]);
    Ok(())
}

pub fn letters_that_other_matchers_read_mean_themselves(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    check(session, Measure::query().filter(Measure::name.like("al*ce")), &["al*ce"]);
    check(session, Measure::query().filter(Measure::name.like("al?ce")), &["al?ce"]);
    check(session, Measure::query().filter(Measure::name.like("al[i]%")), &["al[i]ce"]);
    check(session, Measure::query().filter(Measure::name.like("%]%")), &["al[i]ce"]);
    check(session, Measure::query().filter(Measure::name.ilike("AL*%")), &["al*ce"]);
    Ok(())
}

pub fn parts_are_found_letter_by_letter(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    for (part, expected) in [("%", vec!["al%ce", "100%"]), ("_", vec!["al_ce"]), (r"\", vec![r"al\ce"])] {
        check(session, Measure::query().filter(Measure::name.contains(part)), &expected);
    }
    for part in ["*", "?", "[", "]"] {
        assert_eq!(Measure::query().filter(Measure::name.contains(part)).count(session)?, 1, "{part}");
    }
    check(session, Measure::query().filter(Measure::name.starts_with("al%")), &["al%ce"]);
    check(session, Measure::query().filter(Measure::name.ends_with("0%")), &["100%"]);
    check(session, Measure::query().filter(Measure::name.ends_with("'Hara")), &["O'Hara"]);
    assert_eq!(Measure::query().filter(Measure::name.contains("")).count(session)?, TEXTS.len() as u64);
    Ok(())
}

pub fn text_that_looks_like_sql_is_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    for text in ["'; DROP TABLE measure; --", "' OR '1'='1", "\" OR 1=1 --", "$1", "?1", ":name", "NULL", "*/ --", "%'"]
    {
        let stored = session.add(Measure { note: Some(text.into()), ..Measure::named(text) });
        let id = |query: Query<Measure>| query.filter(Measure::note.is_not_null()).select(Measure::id);
        let queries = [
            Measure::query().filter(Measure::name.eq(text)),
            Measure::query().filter(Measure::name.in_([text])),
            Measure::query().filter(Measure::name.contains(text)),
            Measure::query().filter(Measure::name.starts_with(text)),
            Measure::query().filter(Measure::name.between(text, text)),
            Measure::query().filter(coalesce(Measure::note, "").eq(text)),
        ];
        session.flush()?;
        let key = session[stored].id;
        for query in queries {
            assert_eq!(id(query).all(session)?, [key], "{text}");
        }
        assert_eq!(id(Measure::query().filter(Measure::name.ilike(text))).all(session)?.len(), 1, "{text}");
        session.delete(stored)?;
    }
    session.commit()?;
    assert_eq!(Measure::query().count(session)?, TEXTS.len() as u64);
    let label = r#"a"b'; --"#;
    assert_eq!(Measure::query().limit(1).select(Measure::flag.label(label)).all(session)?, [false]);
    Ok(())
}

pub fn case_is_changed(cx: &mut TestContext) -> Result<()> {
    let session = &mut texts(cx)?;
    check(session, Measure::query().filter(lower(Measure::name).eq("alice")), &["alice", "Alice"]);
    check(session, Measure::query().filter(upper(Measure::name).like("O'H%")), &["O'Hara"]);
    let nothing: Vec<Option<String>> = Measure::query().limit(1).select(upper(Measure::note)).all(session)?;
    assert_eq!(nothing, [None]);
    Ok(())
}

pub fn a_pattern_may_be_a_value_of_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    let like = User::query().filter(User::name.like(None::<String>));
    assert_eq!(like.count(&mut session)?, 0);
    let ilike = User::query().filter(User::name.ilike(None::<String>));
    assert_eq!(ilike.count(&mut session)?, 0);
    Ok(())
}
