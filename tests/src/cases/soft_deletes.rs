//! Rows that are marked as deleted instead of being deleted, and their way back.

use std::sync::{Arc, Mutex};

use chrono::Utc;
use orm::prelude::*;
use orm::{ChangeKind, ErrorKind, Result, Session, State};

use crate::models::{Cabinet, Dossier, Finding, Keyword, Muted, Scan, Thread};
use crate::{TestContext, expect_error};

cases! { soft_deletes {
    a_delete_marks_the_row_and_hides_it [];
    a_mark_of_a_bool_hides_the_row [];
    what_the_cascade_reaches_is_marked_with_it [];
    rows_without_a_mark_stay [];
    a_delete_marks_many_rows_by_one_statement [];
    a_deleted_object_is_gone_from_memory [];
    a_rollback_brings_the_object_back [];
    a_delete_is_taken_back_before_the_flush [];
    undelete_brings_back_what_was_deleted_with_it [];
    undelete_leaves_what_was_deleted_at_another_time [];
    a_handle_from_before_is_not_undeleted [];
    an_orphan_is_marked [];
    a_pending_object_just_leaves [];
    purge_deletes_the_row [];
    purge_of_a_marked_row_takes_its_members [];
    a_row_that_goes_takes_marked_rows_along [];
    a_child_that_goes_softly_goes_for_good_with_its_parent [];
    a_bulk_delete_marks_rows [];
    a_bulk_delete_takes_objects_out_of_memory [];
    a_stale_object_is_not_deleted [];
    listeners_are_told_of_a_delete [];
    a_new_object_does_not_take_over_a_marked_row [];
    a_plan_says_what_is_marked [];
} }

/// A cabinet with one dossier, which has two findings, a scan and a keyword.
fn files(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Cabinet, Dossier, Finding, Scan, Keyword])?;
    let mut session = cx.session();
    let keyword = session.add(Keyword::new("tax", false));
    let cabinet = session.add(Cabinet { name: "left".into(), ..Default::default() });
    let dossier = session.add(Dossier {
        cabinet: Some(cabinet.into()),
        findings: ["one", "two"].map(Finding::new).into(),
        scans: [Scan { pages: 3, ..Default::default() }].into(),
        ..Dossier::of(1, "first")
    });
    session.push(dossier, Dossier::keywords, keyword)?;
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

fn only(session: &mut Session) -> Result<Handle<Dossier>> {
    Dossier::query().with_deleted().one(session)
}

/// The numbers of rows that are not marked, of dossiers and findings.
fn expect_live(cx: &TestContext, dossiers: u32, findings: u32) {
    let count = |table: &str| format!("SELECT count(*) FROM {table} WHERE deleted_at IS NULL");
    cx.expect_rows(&count("dossier"), &[&dossiers.to_string()]);
    cx.expect_rows(&count("finding"), &[&findings.to_string()]);
}

pub fn a_delete_marks_the_row_and_hides_it(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let before = Utc::now();
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    cx.expect_log(&[
        "select dossier",
        "select finding",
        "update dossier (deleted_at, version)",
        "update finding (deleted_at) x2",
    ]);
    assert_eq!(Dossier::query().count(&mut session)?, 0);
    assert_eq!(session.get::<Dossier>(1)?, None);
    assert_eq!(Finding::query().count(&mut session)?, 0);
    let dossier = only(&mut session)?;
    let at = session[dossier].deleted_at;
    assert!(at.is_some_and(|at| before - chrono::Duration::seconds(1) <= at && at <= Utc::now()), "{at:?}");
    assert_eq!(session[dossier].version, 2);
    Ok(())
}

pub fn a_mark_of_a_bool_hides_the_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Thread, Muted])?;
    let mut session = cx.session();
    let muted = session.add(Muted { thread: 1, ..Default::default() });
    session.commit()?;
    session.delete(muted)?;
    session.commit()?;
    assert_eq!(Muted::query().count(&mut session)?, 0);
    let muted = Muted::query().with_deleted().one(&mut session)?;
    assert!(session[muted].lifted);
    session.undelete(muted)?;
    session.commit()?;
    assert_eq!(Muted::query().count(&mut session)?, 1);
    Ok(())
}

pub fn what_the_cascade_reaches_is_marked_with_it(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    expect_live(cx, 0, 0);
    // One flush, one time.
    cx.expect_rows("SELECT count(*) FROM finding, dossier WHERE finding.deleted_at = dossier.deleted_at", &["2"]);
    Ok(())
}

pub fn rows_without_a_mark_stay(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.load(dossier, Dossier::scans)?;
    session.load(dossier, Dossier::keywords)?;
    session.delete(dossier)?;
    session.commit()?;
    cx.expect_rows("SELECT dossier_id FROM scan", &["1"]);
    cx.expect_rows("SELECT count(*) FROM dossier_keyword", &["1"]);
    cx.expect_rows("SELECT cabinet_id FROM dossier", &["1"]);
    Ok(())
}

pub fn a_delete_marks_many_rows_by_one_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let all = Finding::query().all(&mut session)?;
    cx.clear_log();
    for finding in all {
        session.delete(finding)?;
    }
    session.commit()?;
    cx.expect_log(&["update finding (deleted_at) x2"]);
    Ok(())
}

pub fn a_deleted_object_is_gone_from_memory(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    let findings = session.load(dossier, Dossier::findings)?;
    session.delete(findings[0])?;
    session.flush()?;
    assert_eq!(session.state(findings[0]), State::Deleted);
    assert_eq!(&*session.related(dossier, Dossier::findings)?, &findings[1..]);
    session.commit()?;
    assert!(!session.contains(findings[0]));
    assert_eq!(session.load(dossier, Dossier::findings)?.len(), 1);
    Ok(())
}

pub fn a_rollback_brings_the_object_back(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.flush()?;
    assert!(!session.contains(dossier));
    session.rollback()?;
    assert!(session.contains(dossier));
    assert_eq!(session[dossier].deleted_at, None);
    expect_live(cx, 1, 2);
    session.delete(dossier)?;
    session.commit()?;
    expect_live(cx, 0, 0);
    Ok(())
}

pub fn a_delete_is_taken_back_before_the_flush(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.load(dossier, Dossier::findings)?;
    session.delete(dossier)?;
    assert_eq!(session.deleted().len(), 3);
    session.undelete(dossier)?;
    assert_eq!(session.deleted(), []);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    expect_live(cx, 1, 2);
    Ok(())
}

pub fn undelete_brings_back_what_was_deleted_with_it(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    let dossier = only(&mut session)?;
    session.undelete(dossier)?;
    session.commit()?;
    expect_live(cx, 1, 2);
    assert_eq!(session.load(dossier, Dossier::findings)?.len(), 2);
    assert_eq!(session.load(dossier, Dossier::scans)?.len(), 1);
    assert_eq!(session.load(dossier, Dossier::keywords)?.len(), 1);
    Ok(())
}

pub fn undelete_leaves_what_was_deleted_at_another_time(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    let findings = session.load(dossier, Dossier::findings)?;
    session.delete(findings[0])?;
    session.commit()?;
    cx.execute("UPDATE finding SET deleted_at = '2020-01-01 00:00:00' WHERE deleted_at IS NOT NULL");
    session.delete(dossier)?;
    session.commit()?;
    expect_live(cx, 0, 0);
    let dossier = only(&mut session)?;
    session.undelete(dossier)?;
    session.commit()?;
    expect_live(cx, 1, 1);
    assert_eq!(session.load(dossier, Dossier::findings)?.len(), 1);
    Ok(())
}

pub fn a_handle_from_before_is_not_undeleted(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.flush()?;
    expect_error(session.undelete(dossier), ErrorKind::InvalidState, &["Dossier#1", "with_deleted"]);
    session.commit()?;
    expect_error(session.undelete(dossier), ErrorKind::Detached, &["Dossier"]);
    Ok(())
}

pub fn an_orphan_is_marked(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    let findings = session.load(dossier, Dossier::findings)?;
    session.remove(dossier, Dossier::findings, findings[0])?;
    session.commit()?;
    expect_live(cx, 1, 1);
    cx.expect_rows("SELECT count(*) FROM finding WHERE dossier_id = 1", &["2"]);
    Ok(())
}

pub fn a_pending_object_just_leaves(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = session.add(Dossier { findings: [Finding::new("new")].into(), ..Dossier::of(1, "new") });
    session.delete(dossier)?;
    session.commit()?;
    cx.expect_log(&[]);
    assert_eq!(session.state(dossier), State::Transient);
    Ok(())
}

pub fn purge_deletes_the_row(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.purge(dossier)?;
    session.commit()?;
    for table in ["dossier", "finding", "scan", "dossier_keyword"] {
        cx.expect_rows(&format!("SELECT count(*) FROM {table}"), &["0"]);
    }
    Ok(())
}

pub fn purge_of_a_marked_row_takes_its_members(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    let dossier = only(&mut session)?;
    session.purge(dossier)?;
    session.commit()?;
    for table in ["dossier", "finding", "scan", "dossier_keyword"] {
        cx.expect_rows(&format!("SELECT count(*) FROM {table}"), &["0"]);
    }
    Ok(())
}

pub fn a_row_that_goes_takes_marked_rows_along(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    let Some(cabinet) = session.get::<Cabinet>(1)? else { return Ok(()) };
    assert_eq!(session.load(cabinet, Cabinet::dossiers)?, []);
    session.delete(cabinet)?;
    session.commit()?;
    for table in ["cabinet", "dossier", "finding", "scan"] {
        cx.expect_rows(&format!("SELECT count(*) FROM {table}"), &["0"]);
    }
    Ok(())
}

pub fn a_child_that_goes_softly_goes_for_good_with_its_parent(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    let Some(cabinet) = session.get::<Cabinet>(1)? else { return Ok(()) };
    session.load(cabinet, Cabinet::dossiers)?;
    session.delete(dossier)?;
    session.delete(cabinet)?;
    session.commit()?;
    for table in ["cabinet", "dossier", "finding", "scan"] {
        cx.expect_rows(&format!("SELECT count(*) FROM {table}"), &["0"]);
    }
    Ok(())
}

pub fn a_bulk_delete_marks_rows(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let one = || Finding::query().filter(Finding::text.eq("one"));
    assert_eq!(one().delete().execute(&mut session)?, 1);
    assert_eq!(one().delete().execute(&mut session)?, 0);
    session.commit()?;
    expect_live(cx, 1, 1);
    assert_eq!(one().purge().execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT text FROM finding", &["two"]);
    Ok(())
}

pub fn a_bulk_delete_takes_objects_out_of_memory(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let all = Finding::query().order_by(Finding::id).all(&mut session)?;
    Finding::query().filter(Finding::text.eq("one")).delete().execute(&mut session)?;
    assert!(!session.contains(all[0]) && session.contains(all[1]));
    session.rollback()?;
    assert!(session.contains(all[0]));
    Ok(())
}

pub fn a_stale_object_is_not_deleted(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    cx.execute("UPDATE dossier SET version = 7");
    session.delete(dossier)?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Dossier#1"]);
    session.rollback()?;
    expect_live(cx, 1, 2);
    Ok(())
}

pub fn listeners_are_told_of_a_delete(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    session.on_after_flush(move |session| {
        let changes = session.flushed();
        heard.lock().unwrap().extend(changes.iter().map(|change| (change.table.to_owned(), change.kind)));
        Ok(())
    });
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.commit()?;
    let mut told = told.lock().unwrap().clone();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = ["dossier", "finding", "finding"].map(|table| (table.to_owned(), ChangeKind::Delete));
    assert_eq!(told, expected);
    Ok(())
}

pub fn a_new_object_does_not_take_over_a_marked_row(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.delete(dossier)?;
    session.add(Dossier { id: 1, ..Dossier::of(1, "again") });
    expect_error(session.commit(), ErrorKind::UniqueViolation, &[]);
    session.rollback()?;
    expect_live(cx, 1, 2);
    Ok(())
}

pub fn a_plan_says_what_is_marked(cx: &mut TestContext) -> Result<()> {
    let mut session = files(cx)?;
    let dossier = only(&mut session)?;
    session.load(dossier, Dossier::findings)?;
    session.delete(dossier)?;
    let plan = session.explain_flush()?;
    assert_eq!(
        plan,
        "1. UPDATE dossier (deleted_at, version): Dossier#1\n2. UPDATE finding (deleted_at): Finding#1, Finding#2\n"
    );
    Ok(())
}
