//! Conditions of models and of sessions, wherever rows are read or written.

use orm::prelude::*;
use orm::query::Synchronize;
use orm::{ErrorKind, Result, Session};

use crate::models::{Cabinet, Dossier, Finding, Keyword, Muted, Scan, Thread};
use crate::{TestContext, expect_error};

cases! { filters {
    a_filter_of_a_model_holds_for_all_that_ends_a_query [];
    a_filter_of_a_model_holds_for_get [];
    a_filter_of_a_model_holds_for_loads_and_includes [];
    a_filter_of_a_model_holds_for_relations_as_conditions [];
    a_left_join_keeps_the_other_side [];
    a_right_join_reads_no_row_that_is_hidden [];
    a_full_join_reads_no_row_that_is_hidden [full_join];
    an_alias_has_the_filter_under_its_own_name [];
    subqueries_and_sets_have_the_filter [];
    what_is_lifted_is_lifted_for_the_whole_statement [];
    bulk_statements_leave_hidden_rows_alone [];
    updates_by_key_leave_hidden_rows_alone [];
    updates_of_any_number_of_rows_leave_hidden_rows_alone [];
    an_upsert_leaves_hidden_rows_alone [];
    a_filter_that_reads_other_rows_reads_them_all [];
    changes_that_a_filter_reads_are_flushed_before [];
    an_object_in_memory_is_not_found_when_it_is_hidden [];
    an_object_in_memory_is_read_anew_though_it_is_hidden [];
    a_filter_of_the_session_is_set_changed_and_taken_away [];
    lists_are_loaded_anew_under_another_filter [];
    a_new_object_outside_of_the_filter_is_refused [];
    a_changed_object_outside_of_the_filter_is_refused [];
    an_object_outside_of_the_filter_is_not_deleted [];
    a_filter_over_a_foreign_key_knows_new_parents [];
    a_filter_that_memory_cannot_evaluate_refuses_writes [];
    inserts_of_values_outside_of_the_filter_are_refused [];
    inserts_of_expressions_outside_of_the_filter_are_refused [];
    bulk_updates_do_not_leave_the_filter [];
    filters_are_lifted_for_a_piece_of_work [];
    objects_in_step_with_a_bulk_statement_are_those_that_pass [];
    the_text_of_a_query_has_the_filter [];
} }

/// Two visible keywords and a hidden one, on two dossiers of two tenants.
fn files(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Cabinet, Dossier, Finding, Scan, Keyword])?;
    let mut session = cx.session();
    let [tax, law, secret] = [("tax", false), ("law", false), ("secret", true)]
        .map(|(word, hidden)| session.add(Keyword::new(word, hidden)));
    let first = session.add(Dossier::of(1, "first"));
    let second = session.add(Dossier::of(2, "second"));
    session.flush()?;
    for (dossier, keywords) in [(first, vec![tax, secret]), (second, vec![secret])] {
        for keyword in keywords {
            session.push(dossier, Dossier::keywords, keyword)?;
        }
    }
    let _ = law;
    session.commit()?;
    cx.clear_log();
    Ok(())
}

fn words(session: &Session, keywords: &[Handle<Keyword>]) -> Vec<String> {
    keywords.iter().map(|&keyword| session[keyword].word.clone()).collect()
}

fn dossier(session: &mut Session, title: &str) -> Result<Handle<Dossier>> {
    Dossier::query().unfiltered().filter(Dossier::title.eq(title)).one(session)
}

fn keyword(session: &mut Session, word: &str) -> Result<Handle<Keyword>> {
    Keyword::query().unfiltered().filter(Keyword::word.eq(word)).one(session)
}

pub fn a_filter_of_a_model_holds_for_all_that_ends_a_query(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let all = || Keyword::query().order_by(Keyword::id);
    let found = all().all(&mut session)?;
    assert_eq!(words(&session, &found), ["tax", "law"]);
    assert_eq!(all().count(&mut session)?, 2);
    assert!(!all().filter(Keyword::word.eq("secret")).exists(&mut session)?);
    let selected: Vec<String> = all().select(Keyword::word).all(&mut session)?;
    assert_eq!(selected, ["tax", "law"]);
    assert_eq!(all().values(&mut session)?.len(), 2);
    assert_eq!(all().iter(&mut session)?.count(), 2);
    assert_eq!(all().page(&mut session, 1, 10)?.items.len(), 2);
    let grouped: Vec<(bool, i64)> = Keyword::query()
        .group_by(Keyword::hidden)
        .select((Keyword::hidden, orm::functions::count(Keyword::id)))
        .all(&mut session)?;
    assert_eq!(grouped, [(false, 2)]);
    cx.expect_log(&["select keyword"; 9]);
    Ok(())
}

pub fn a_filter_of_a_model_holds_for_get(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    assert!(session.get::<Keyword>(1)?.is_some());
    assert_eq!(session.get::<Keyword>(3)?, None);
    assert!(session.unfiltered(|session| session.get::<Keyword>(3))?.is_some());
    // It is in memory now, and is not found all the same.
    cx.clear_log();
    assert_eq!(session.get::<Keyword>(3)?, None);
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_filter_of_a_model_holds_for_loads_and_includes(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let first = dossier(&mut session, "first")?;
    let loaded = session.load(first, Dossier::keywords)?;
    assert_eq!(words(&session, &loaded), ["tax"]);

    let mut session = cx.session();
    let all = Dossier::query().order_by(Dossier::id).include(Dossier::keywords).all(&mut session)?;
    let counts: Vec<usize> =
        all.iter().map(|&one| session.related(one, Dossier::keywords).map(|list| list.len())).collect::<Result<_>>()?;
    assert_eq!(counts, [1, 0]);

    let mut session = cx.session();
    let all = Dossier::query().order_by(Dossier::id).include(Dossier::keywords.joined()).all(&mut session)?;
    assert_eq!(all.len(), 2);
    let counts: Vec<usize> =
        all.iter().map(|&one| session.related(one, Dossier::keywords).map(|list| list.len())).collect::<Result<_>>()?;
    assert_eq!(counts, [1, 0]);

    let mut session = cx.session();
    let all = Dossier::query().unfiltered().order_by(Dossier::id).include(Dossier::keywords).all(&mut session)?;
    let counts: Vec<usize> =
        all.iter().map(|&one| session.related(one, Dossier::keywords).map(|list| list.len())).collect::<Result<_>>()?;
    assert_eq!(counts, [2, 1]);
    Ok(())
}

pub fn a_filter_of_a_model_holds_for_relations_as_conditions(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let secret = || Dossier::keywords.any(Keyword::word.eq("secret"));
    assert_eq!(Dossier::query().filter(secret()).count(&mut session)?, 0);
    assert_eq!(Dossier::query().unfiltered().filter(secret()).count(&mut session)?, 2);
    assert_eq!(Dossier::query().filter(Dossier::keywords.is_empty()).count(&mut session)?, 1);
    let counts: Vec<i64> =
        Dossier::query().order_by(Dossier::id).select(Dossier::keywords.count()).all(&mut session)?;
    assert_eq!(counts, [1, 0]);
    let first = dossier(&mut session, "first")?;
    assert_eq!(session.query_related(first, Dossier::keywords)?.count(&mut session)?, 1);
    Ok(())
}

pub fn a_left_join_keeps_the_other_side(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("UPDATE dossier SET deleted_at = '2020-01-01 00:00:00' WHERE id = 2");
    cx.execute("INSERT INTO finding (id, text, dossier_id) VALUES (1, 'a', 1), (2, 'b', 2)");
    let mut session = cx.session();
    let all = Finding::query().order_by(Finding::id).left_join(Finding::dossier);
    let rows: Vec<(String, Option<String>)> = all.clone().select((Finding::text, Dossier::title)).all(&mut session)?;
    assert_eq!(rows, [("a".into(), Some("first".into())), ("b".into(), None)]);
    let rows: Vec<(String, Option<String>)> =
        all.with_deleted().select((Finding::text, Dossier::title)).all(&mut session)?;
    assert_eq!(rows[1].1.as_deref(), Some("second"));
    let inner: Vec<String> = Finding::query().join(Finding::dossier).select(Finding::text).all(&mut session)?;
    assert_eq!(inner, ["a"]);
    Ok(())
}

pub fn a_right_join_reads_no_row_that_is_hidden(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("INSERT INTO finding (id, text, dossier_id) VALUES (1, 'a', 1), (2, 'b', 2)");
    cx.execute("UPDATE dossier SET deleted_at = '2020-01-01 00:00:00' WHERE id = 2");
    cx.execute("UPDATE finding SET deleted_at = '2020-01-01 00:00:00' WHERE id = 1");
    let mut session = cx.session();
    let rows: Vec<(Option<String>, String)> =
        Finding::query().right_join(Finding::dossier).select((Finding::text, Dossier::title)).all(&mut session)?;
    assert_eq!(rows, [(None, "first".into())]);
    Ok(())
}

pub fn a_full_join_reads_no_row_that_is_hidden(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("INSERT INTO finding (id, text, dossier_id) VALUES (1, 'a', 1), (2, 'b', 2)");
    cx.execute("UPDATE dossier SET deleted_at = '2020-01-01 00:00:00' WHERE id = 2");
    cx.execute("UPDATE finding SET deleted_at = '2020-01-01 00:00:00' WHERE id = 1");
    let mut session = cx.session();
    let query = Finding::query().full_join(Finding::dossier).select((Finding::text, Dossier::title));
    let mut rows: Vec<(Option<String>, Option<String>)> = query.all(&mut session)?;
    rows.sort();
    assert_eq!(rows, [(None, Some("first".into())), (Some("b".into()), None)]);
    Ok(())
}

pub fn an_alias_has_the_filter_under_its_own_name(cx: &mut TestContext) -> Result<()> {
    alias!(Other = Keyword);
    files(cx)?;
    let mut session = cx.session();
    let pairs = Keyword::query()
        .join(Other::on(Other::col(Keyword::id).ne(Keyword::id)))
        .order_by(Keyword::id)
        .select((Keyword::word, Other::col(Keyword::word)));
    let rows: Vec<(String, String)> = pairs.all(&mut session)?;
    assert_eq!(rows, [("tax".into(), "law".into()), ("law".into(), "tax".into())]);
    let found = Other::query().order_by(Other::col(Keyword::id)).all(&mut session)?;
    assert_eq!(words(&session, &found), ["tax", "law"]);
    Ok(())
}

pub fn subqueries_and_sets_have_the_filter(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let ids = || Keyword::query().select(Keyword::id);
    assert_eq!(Dossier::query().filter(Dossier::id.in_query(ids())).count(&mut session)?, 2);
    let both = Keyword::query().union(Keyword::query().filter(Keyword::word.eq("secret")));
    assert_eq!(both.count(&mut session)?, 2);
    let one_sided = Keyword::query().union(Keyword::query().unfiltered());
    assert_eq!(one_sided.count(&mut session)?, 3);
    Ok(())
}

pub fn what_is_lifted_is_lifted_for_the_whole_statement(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    assert_eq!(Keyword::query().unfiltered().count(&mut session)?, 3);
    assert_eq!(Dossier::query().unfiltered().join(Dossier::keywords).count(&mut session)?, 3);
    // What hides deleted rows is one thing, and other filters another.
    assert_eq!(Keyword::query().with_deleted().count(&mut session)?, 2);
    Ok(())
}

pub fn bulk_statements_leave_hidden_rows_alone(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("DELETE FROM dossier_keyword");
    let mut session = cx.session();
    assert_eq!(
        Keyword::query().update(Keyword::word.set(orm::functions::upper(Keyword::word))).execute(&mut session)?,
        2
    );
    session.commit()?;
    cx.expect_rows("SELECT word FROM keyword ORDER BY id", &["TAX", "LAW", "secret"]);
    assert_eq!(Keyword::query().delete().execute(&mut session)?, 2);
    assert_eq!(Keyword::query().unfiltered().delete().execute(&mut session)?, 1);
    session.commit()?;
    Ok(())
}

pub fn updates_by_key_leave_hidden_rows_alone(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let update = || Keyword::update_by_key(Keyword::word, [(1, "one"), (3, "three")]);
    let secret = keyword(&mut session, "secret")?;
    assert_eq!(update().execute(&mut session)?, 1);
    session.refresh(secret)?;
    assert_eq!(session[secret].word, "secret");
    session.commit()?;
    cx.expect_rows("SELECT word FROM keyword ORDER BY id", &["one", "law", "secret"]);
    assert_eq!(session.unfiltered(|session| update().execute(session))?, 2);
    Ok(())
}

pub fn updates_of_any_number_of_rows_leave_hidden_rows_alone(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let update = |suffix: &str| {
        let rows = [(1, format!("one{suffix}")), (3, format!("three{suffix}")), (9, "none".to_owned())];
        Keyword::bulk_update(Keyword::word, rows)
    };
    assert_eq!(update("").execute(&mut session)?, 1);
    assert_eq!(session.unfiltered(|session| update("!").execute(session))?, 2);
    session.commit()?;
    cx.expect_rows("SELECT word FROM keyword ORDER BY id", &["one!", "law", "three!"]);
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let titles = || Dossier::bulk_update(Dossier::title, [(1, "own"), (2, "foreign")]);
    assert_eq!(titles().execute(&mut session)?, 1);
    // Several conditions hold together, and a row does not leave the filter.
    let away = Dossier::bulk_update(Dossier::tenant_id, [(1, 1), (1, 2)]).execute(&mut session);
    expect_error(away, ErrorKind::InvalidState, &["row 2", "Dossier", "tenant_id"]);
    session.rollback()?;
    assert_eq!(titles().execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT title FROM dossier ORDER BY id", &["own", "second"]);
    Ok(())
}

pub fn an_upsert_leaves_hidden_rows_alone(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let rows =
        || ["tax", "secret"].map(|word| Keyword { id: 0, word: word.into(), hidden: false, ..Default::default() });
    let upsert = Keyword::insert_all(rows()).on_conflict(Keyword::word).do_update(Keyword::hidden.set(false));
    match upsert.execute(&mut session) {
        // A database that takes no condition there refuses the statement.
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
        Ok(count) => assert_eq!(count, 1),
    }
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM keyword WHERE NOT hidden", &["2"]);
    Ok(())
}

pub fn a_filter_that_reads_other_rows_reads_them_all(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Thread, Muted])?;
    let mut session = cx.session();
    session.add_all(["a", "b", "c"].map(|title| Thread { title: title.into(), ..Default::default() }));
    session
        .add_all([Muted { thread: 1, ..Default::default() }, Muted { thread: 2, lifted: true, ..Default::default() }]);
    session.commit()?;
    // The filter of `Muted` does not apply within that of `Thread`.
    let titles: Vec<String> = Thread::query().select(Thread::title).all(&mut session)?;
    assert_eq!(titles, ["c"]);
    assert_eq!(Muted::query().count(&mut session)?, 1);
    // Memory cannot tell, so the database is asked.
    session.unfiltered(|session| session.get::<Thread>(1))?;
    cx.clear_log();
    assert_eq!(session.get::<Thread>(1)?, None);
    cx.expect_log(&["select thread"]);
    Ok(())
}

pub fn changes_that_a_filter_reads_are_flushed_before(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Thread, Muted])?;
    let mut session = cx.session();
    session.add(Thread { title: "a".into(), ..Default::default() });
    session.commit()?;
    session.add(Muted { thread: 1, ..Default::default() });
    assert_eq!(Thread::query().count(&mut session)?, 0);
    Ok(())
}

pub fn an_object_in_memory_is_not_found_when_it_is_hidden(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let Some(tax) = session.get::<Keyword>(1)? else { return Ok(()) };
    session[tax].hidden = true;
    assert_eq!(session.get::<Keyword>(1)?, None);
    session.commit()?;
    assert_eq!(session.get::<Keyword>(1)?, None);
    // It is an object of the session still.
    session[tax].hidden = false;
    assert_eq!(session.get::<Keyword>(1)?, Some(tax));
    Ok(())
}

pub fn an_object_in_memory_is_read_anew_though_it_is_hidden(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let secret = keyword(&mut session, "secret")?;
    session.commit()?;
    cx.execute("UPDATE keyword SET word = 'known' WHERE id = 3");
    assert_eq!(session.get::<Keyword>(3)?, None);
    session.refresh(secret)?;
    assert_eq!(session[secret].word, "known");
    assert!(session.contains(secret));
    Ok(())
}

pub fn a_filter_of_the_session_is_set_changed_and_taken_away(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    let titles = |session: &mut Session| -> Result<Vec<String>> {
        Dossier::query().order_by(Dossier::id).select(Dossier::title).all(session)
    };
    for tenant in [1, 2] {
        session.set_filter::<Dossier>(Dossier::tenant_id.eq(tenant));
        assert_eq!(titles(&mut session)?, [["first", "second"][tenant as usize - 1]]);
        assert!(session.get::<Dossier>(tenant)?.is_some());
        assert_eq!(session.get::<Dossier>(3 - tenant)?, None);
    }
    // Another session has none.
    assert_eq!(titles(&mut cx.session())?.len(), 2);
    assert_eq!(Keyword::query().filter(Keyword::dossiers.any(Dossier::id.gt(0))).count(&mut session)?, 0);
    session.clear_filter::<Dossier>();
    assert_eq!(titles(&mut session)?, ["first", "second"]);
    Ok(())
}

pub fn lists_are_loaded_anew_under_another_filter(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("INSERT INTO cabinet (id, name) VALUES (1, 'left')");
    cx.execute("UPDATE dossier SET cabinet_id = 1");
    let mut session = cx.session();
    let Some(cabinet) = session.get::<Cabinet>(1)? else { return Ok(()) };
    assert_eq!(session.load(cabinet, Cabinet::dossiers)?.len(), 2);
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(2));
    assert_eq!(session.load(cabinet, Cabinet::dossiers)?.len(), 1);
    session.clear_filter::<Dossier>();
    assert_eq!(session.load(cabinet, Cabinet::dossiers)?.len(), 2);
    Ok(())
}

/// What is said of a write outside of a filter.
const REFUSED: [&str; 3] = ["Dossier", "tenant_id", "unfiltered"];

pub fn a_new_object_outside_of_the_filter_is_refused(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    session.add(Dossier::of(1, "own"));
    let foreign = session.add(Dossier::of(2, "foreign"));
    expect_error(session.commit(), ErrorKind::InvalidState, &REFUSED);
    cx.expect_full_log(&[]);
    session[foreign].tenant_id = 1;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM dossier WHERE tenant_id = 1", &["3"]);
    Ok(())
}

pub fn a_changed_object_outside_of_the_filter_is_refused(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let (own, foreign) = (dossier(&mut session, "first")?, dossier(&mut session, "second")?);
    cx.clear_log();
    // Given away, changed where it is, and taken: each is refused.
    session[own].tenant_id = 2;
    expect_error(session.flush(), ErrorKind::InvalidState, &["Dossier#1", "tenant_id"]);
    session[own].tenant_id = 1;
    session[foreign].title = "changed".into();
    expect_error(session.flush(), ErrorKind::InvalidState, &["Dossier#2", "tenant_id"]);
    session[foreign].tenant_id = 1;
    expect_error(session.flush(), ErrorKind::InvalidState, &["Dossier#2", "tenant_id"]);
    cx.expect_full_log(&[]);
    session.unfiltered(|session| session.commit())?;
    cx.expect_rows("SELECT title FROM dossier WHERE tenant_id = 1 ORDER BY id", &["first", "changed"]);
    Ok(())
}

pub fn an_object_outside_of_the_filter_is_not_deleted(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let foreign = dossier(&mut session, "second")?;
    session.delete(foreign)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &REFUSED);
    session.undelete(foreign)?;
    session.purge(foreign)?;
    expect_error(session.commit(), ErrorKind::InvalidState, &REFUSED);
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM dossier WHERE deleted_at IS NULL", &["2"]);
    Ok(())
}

pub fn a_filter_over_a_foreign_key_knows_new_parents(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    cx.execute("INSERT INTO cabinet (id, name) VALUES (1, 'left'), (2, 'right')");
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::cabinet_id.eq(1));
    let (Some(left), Some(right)) = (session.get::<Cabinet>(1)?, session.get::<Cabinet>(2)?) else { return Ok(()) };
    let placed = session.add(Dossier { cabinet: Some(right.into()), ..Dossier::of(1, "placed") });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Dossier", "cabinet_id"]);
    session[placed].cabinet = Some(left.into());
    session.commit()?;
    cx.expect_rows("SELECT cabinet_id FROM dossier WHERE title = 'placed'", &["1"]);
    Ok(())
}

pub fn a_filter_that_memory_cannot_evaluate_refuses_writes(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::title.starts_with("f"));
    assert_eq!(Dossier::query().count(&mut session)?, 1);
    session.add(Dossier::of(1, "fine"));
    expect_error(session.flush(), ErrorKind::InvalidState, &["a pattern", "unfiltered"]);
    session.unfiltered(Session::commit)?;
    assert_eq!(Dossier::query().count(&mut session)?, 2);
    Ok(())
}

pub fn inserts_of_values_outside_of_the_filter_are_refused(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let rows = || vec![Dossier::of(1, "own"), Dossier::of(2, "foreign")];
    expect_error(Dossier::insert_all(rows()).execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    expect_error(
        Dossier::insert_all(rows()).returning(Dossier::id).all(&mut session),
        ErrorKind::InvalidState,
        &REFUSED,
    );
    expect_error(Dossier::bulk_insert(rows()).execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    session.rollback()?;
    assert_eq!(Dossier::insert_all(rows().drain(..1)).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM dossier", &["3"]);
    Ok(())
}

pub fn inserts_of_expressions_outside_of_the_filter_are_refused(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let row = |tenant: i64| Dossier::insert_with((Dossier::tenant_id.set(tenant), Dossier::title.set("made")));
    expect_error(row(2).execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    assert_eq!(row(1).execute(&mut session)?, 1);
    let copy = |tenant: i64| {
        let rows = Keyword::query().select((orm::functions::value(tenant), Keyword::word));
        Dossier::insert_from((Dossier::tenant_id, Dossier::title), rows)
    };
    expect_error(copy(2).execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    assert_eq!(copy(1).execute(&mut session)?, 2);
    // What is computed may be anything.
    let computed = Keyword::query().select((Keyword::id, Keyword::word));
    let computed = Dossier::insert_from((Dossier::tenant_id, Dossier::title), computed);
    expect_error(computed.execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    Ok(())
}

pub fn bulk_updates_do_not_leave_the_filter(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1) & Dossier::id.gt(0));
    assert_eq!(Dossier::query().update(Dossier::title.set("mine")).execute(&mut session)?, 1);
    assert_eq!(Dossier::query().update(Dossier::tenant_id.set(1)).execute(&mut session)?, 1);
    let away = Dossier::query().update(Dossier::tenant_id.set(2));
    expect_error(away.execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    let computed = Dossier::query().update(Dossier::tenant_id.set(Dossier::tenant_id + 1));
    expect_error(computed.execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    let by_key = Dossier::update_by_key(Dossier::tenant_id, [(1, 2)]);
    expect_error(by_key.execute(&mut session), ErrorKind::InvalidState, &REFUSED);
    session.commit()?;
    cx.expect_rows("SELECT tenant_id, title FROM dossier ORDER BY id", &["1|mine", "2|second"]);
    Ok(())
}

pub fn filters_are_lifted_for_a_piece_of_work(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Dossier>(Dossier::tenant_id.eq(1));
    let all = session.unfiltered(|session| Dossier::query().count(session))?;
    let panicked =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.unfiltered(|_| std::panic::panic_any(()))));
    assert!(panicked.is_err());
    assert_eq!((all, Dossier::query().count(&mut session)?), (2, 1));
    session.add(Dossier::of(2, "foreign"));
    expect_error(session.flush(), ErrorKind::InvalidState, &REFUSED);
    Ok(())
}

pub fn objects_in_step_with_a_bulk_statement_are_those_that_pass(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    for how in [Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch] {
        let mut session = cx.only_writer();
        let all = Keyword::query().unfiltered().order_by(Keyword::id).all(&mut session)?;
        Keyword::query()
            .filter(Keyword::id.gt(1))
            .update(Keyword::word.set("w"))
            .synchronize(how)
            .execute(&mut session)?;
        assert_eq!(words(&session, &all), ["tax", "w", "secret"]);
        session.rollback()?;
    }
    Ok(())
}

pub fn the_text_of_a_query_has_the_filter(cx: &mut TestContext) -> Result<()> {
    files(cx)?;
    let mut session = cx.session();
    session.set_filter::<Keyword>(Keyword::id.lt(9));
    session.record_statements();
    Keyword::query().filter(Keyword::word.eq("tax")).count(&mut session)?;
    let [text] = &session.recorded_statements()[..] else { return Ok(()) };
    let (_, conditions) = text.split_once("WHERE").unwrap_or_default();
    let places = ["word", "hidden", "id"].map(|column| conditions.find(column));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    Ok(())
}
