//! The text of a query, and the database's plan for it.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Tag, User};
use crate::{TestContext, expect_error};

cases! { query_plans {
    a_query_shows_its_statement [];
    the_database_explains_a_query [];
    the_database_explains_raw_sql [];
    an_index_finds_what_a_text_begins_with [];
    an_explained_query_may_be_run [];
    what_cannot_run_is_not_explained [];
} }

pub fn a_query_shows_its_statement(cx: &mut TestContext) -> Result<()> {
    let query = User::query().filter(User::name.eq("it's").and(User::age.gt(3))).order_by(User::id).select(User::name);
    let shown = format!("{query:?}");
    assert!(
        shown.ends_with(r#"WHERE "user"."name" = $1 AND "user"."age" > $2 ORDER BY "user"."id" ["it's", 3]"#),
        "{shown}"
    );
    let (text, params) = query.to_sql(cx.engine.dialect())?;
    assert!(text.starts_with(r#"SELECT "user"."name" FROM "user""#), "{text}");
    assert_eq!(params.len(), 2);
    Ok(())
}

pub fn the_database_explains_a_query(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let session = &mut cx.session();
    session.add(User::named("alice"));
    let query = User::query().join(User::addresses).filter(Address::city.eq("Ulm"));
    let lines = query.explain(session)?;
    assert!(!lines.is_empty() && lines.iter().any(|line| line.contains("address")), "{lines:?}");
    assert!(!query.clone().select(User::name).explain(session)?.is_empty());
    assert!(!query.exists(session)?);
    // Nothing was run before, and so nothing was flushed.
    let log = cx.take_log();
    assert!(log[0].sql.starts_with("EXPLAIN") && log[1].sql.starts_with("EXPLAIN"), "{log:?}");
    assert!(log[2].matches("insert user") && log.len() == 4, "{log:?}");
    Ok(())
}

/// A plan does not depend on the value, because it outlives it.
pub fn an_index_finds_what_a_text_begins_with(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Tag])?;
    let session = &mut cx.session();
    let plan = Tag::query().filter(Tag::label.starts_with("ru")).explain(session)?.join("\n");
    // Elsewhere it depends on the collation of the database.
    let how = cx.spelled_by(["SEARCH tag USING", "label ~~ 'ru%'", "\"access_type\": \"range\""]);
    assert!(plan.contains(how), "{plan}");
    Ok(())
}

pub fn the_database_explains_raw_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let session = &mut cx.session();
    let delete = sql(r#"DELETE FROM "user" WHERE name = :name"#).bind("name", "x");
    assert!(!delete.explain(session)?.is_empty());
    expect_error(sql("DELETE FROM a; DELETE FROM b").explain(session), ErrorKind::InvalidState, &["has 2"]);
    Ok(())
}

pub fn an_explained_query_may_be_run(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let session = &mut cx.session();
    let query = User::query().filter(User::age.gt(3));
    if cx.capabilities().plans.analyze.is_some() {
        let lines = query.explain_analyze(session)?;
        assert!(
            lines.iter().any(|line| line.contains(cx.spelled("actual", cx.spelled_by(["", "actual", "r_loops"])))),
            "{lines:?}"
        );
    } else {
        expect_error(query.explain_analyze(session), ErrorKind::Unsupported, &["EXPLAIN ANALYZE", cx.backend_name()]);
    }
    Ok(())
}

pub fn what_cannot_run_is_not_explained(cx: &mut TestContext) -> Result<()> {
    let session = &mut cx.session();
    let twice = User::query().join(User::addresses).join(User::addresses);
    expect_error(twice.explain(session), ErrorKind::InvalidState, &["address"]);
    cx.expect_full_log(&[]);
    Ok(())
}
