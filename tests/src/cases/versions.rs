//! Versions of rows, and rows that are gone: U-104 to U-106, U-111.

use orm::prelude::*;
use orm::{ErrorKind, Result, State};

use crate::models::{Document, Mark, Memo, Note, Price, Station, User};
use crate::{TestContext, expect_error, logged};

cases! { versions {
    u_104_a_version_begins_at_one_and_counts_updates [];
    u_104_a_version_is_not_counted_without_a_change [];
    u_104_an_update_compares_the_version [];
    u_104_a_delete_compares_the_version [];
    u_104_versions_count_in_batches [];
    u_104_a_key_nulled_by_a_delete_counts_too [deferrable_keys];
    u_104_a_rollback_takes_the_version_back [];
    u_104_a_point_in_time_is_a_version [];
    u_105_the_row_that_is_stale_is_named_among_many [];
    u_105_columns_are_compared_with_what_was_loaded [];
    u_105_a_compared_column_may_be_null [];
    u_105_a_delete_compares_columns_too [];
    u_105_an_update_of_a_missing_row_is_stale [];
    u_105_a_delete_of_a_missing_row_passes_without_a_version [];
    u_106_a_version_set_by_hand_is_honoured [];
    u_107_any_function_makes_the_next_version [];
    u_111_on_update_values_are_set_by_updates_only [];
    u_111_a_value_set_by_hand_stays [];
    u_111_nothing_is_set_without_a_change [];
} }

fn document(title: &str) -> Document {
    Document { title: title.into(), ..Document::default() }
}

pub fn u_104_a_version_begins_at_one_and_counts_updates(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let draft = session.add(document("draft"));
    session.commit()?;
    assert_eq!(session[draft].version, 1);
    for expected in 2..5 {
        session[draft].title.push('!');
        session.commit()?;
        assert_eq!(session[draft].version, expected);
    }
    let update = "update document (title, version) by (id, version)";
    cx.expect_log(&["insert document (title, version)", update, update, update]);
    cx.expect_rows("SELECT title, version FROM document", &["draft!!!|4"]);
    Ok(())
}

pub fn u_104_a_version_is_not_counted_without_a_change(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.only_writer();
    let draft = session.add(document("draft"));
    session.commit()?;
    cx.clear_log();
    session[draft].title = "other".into();
    session[draft].title = "draft".into();
    session.commit()?;
    cx.expect_full_log(&[]);
    assert_eq!(session[draft].version, 1);
    Ok(())
}

pub fn u_104_an_update_compares_the_version(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let draft = session.add(document("draft"));
    session.commit()?;
    let mut other = cx.session();
    let theirs = other.get::<Document>(1)?.unwrap();
    other[theirs].title = "theirs".into();
    other.commit()?;
    assert_eq!(other[theirs].version, 2);

    cx.clear_log();
    session[draft].title = "mine".into();
    expect_error(
        session.commit(),
        ErrorKind::StaleData,
        &["Document#1", "expected version 1", "found version 2", "refresh"],
    );
    cx.expect_log(&["update document (title, version) by (id, version)", "select document"]);
    assert_eq!((&*session[draft].title, session[draft].version), ("mine", 1));
    session.rollback()?;
    session.refresh(draft)?;
    session[draft].title = "mine".into();
    session.commit()?;
    cx.expect_rows("SELECT title, version FROM document", &["mine|3"]);
    Ok(())
}

pub fn u_104_a_delete_compares_the_version(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let drafts = session.add_all(["a", "b"].map(document));
    session.commit()?;
    cx.clear_log();
    cx.execute("UPDATE document SET version = 5 WHERE id = 2");
    session.delete(drafts[1])?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Document#2", "expected version 1", "found version 5"]);
    cx.expect_log(&["delete document by (id, version)", "select document"]);
    session.rollback()?;
    cx.execute("UPDATE document SET version = 6 WHERE id = 2");
    session.delete(drafts[0])?;
    session.delete(drafts[1])?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Document#2", "expected version 5", "found version 6"]);
    session.rollback()?;
    assert!(session.contains(drafts[0]) && session.contains(drafts[1]));
    cx.expect_rows("SELECT count(*) FROM document", &["2"]);
    Ok(())
}

pub fn u_104_versions_count_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let drafts = session.add_all(["a", "b", "c"].map(document));
    session.commit()?;
    session[drafts[1]].title = "bb".into();
    session.commit()?;
    cx.clear_log();
    for &draft in &drafts {
        session[draft].title.push('!');
    }
    session.commit()?;
    cx.expect_log(&["update document (title, version) x3"]);
    cx.expect_rows("SELECT title, version FROM document ORDER BY id", &["a!|2", "bb!|3", "c!|2"]);
    Ok(())
}

pub fn u_104_a_key_nulled_by_a_delete_counts_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Station])?;
    let mut session = cx.only_writer();
    let station = session.add(Station::coded("a", &["dawn", "dusk"]));
    session.commit()?;
    let trains = session.related(station, Station::trains)?;
    cx.clear_log();
    session.delete(station)?;
    session.commit()?;
    cx.expect_log(&["update train (station_code, version) by (id, version) x2", "delete station by (code)"]);
    cx.expect_rows("SELECT name, station_code, version FROM train ORDER BY id", &["dawn|NULL|2", "dusk|NULL|2"]);
    assert_eq!(session[trains[0]].version, 2);
    Ok(())
}

pub fn u_104_a_rollback_takes_the_version_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let draft = session.add(document("draft"));
    session.commit()?;
    session[draft].title = "other".into();
    session.flush()?;
    assert_eq!(session[draft].version, 2);
    session.rollback()?;
    assert_eq!((&*session[draft].title, session[draft].version), ("draft", 1));
    session[draft].title = "third".into();
    session.commit()?;
    cx.expect_rows("SELECT title, version FROM document", &["third|2"]);
    Ok(())
}

pub fn u_105_an_update_of_a_missing_row_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let users = session.add_all(["a", "b", "c"].map(User::named));
    session.commit()?;
    let mut other = cx.session();
    let theirs = User::query().all(&mut other)?;
    cx.execute(r#"DELETE FROM "user" WHERE id = 2"#);
    session[users[1]].age = 9;
    expect_error(session.commit(), ErrorKind::StaleData, &["User#2"]);
    session.rollback()?;
    for &user in &theirs {
        other[user].age = 9;
    }
    expect_error(other.commit(), ErrorKind::StaleData, &["ser"]);
    other.rollback()?;
    assert_eq!((other[theirs[0]].age, other.state(theirs[1])), (0, State::Transient));
    cx.expect_rows(r#"SELECT id, age FROM "user" ORDER BY id"#, &["1|0", "3|0"]);
    Ok(())
}

pub fn u_105_a_delete_of_a_missing_row_passes_without_a_version(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let users = session.add_all(["a", "b"].map(User::named));
    session.commit()?;
    cx.execute(r#"DELETE FROM "user" WHERE id = 2"#);
    for user in users {
        session.delete(user)?;
    }
    cx.clear_log();
    let told = logged(|| session.commit())?;
    assert!(told.contains("WARN") && told.contains("rows to delete were gone already"), "{told}");
    cx.expect_log(&["select address", "delete user by (id) x2"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn u_106_a_version_set_by_hand_is_honoured(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let draft = session.add(Document { version: 5, ..document("draft") });
    session.commit()?;
    assert_eq!(session[draft].version, 5);
    session[draft].version = 9;
    session[draft].title = "nine".into();
    session.commit()?;
    cx.expect_log(&["insert document", "update document (title, version) by (id, version)"]);
    cx.expect_rows("SELECT title, version FROM document", &["nine|9"]);
    session[draft].title = "ten".into();
    session.commit()?;
    cx.expect_rows("SELECT title, version FROM document", &["ten|10"]);
    cx.execute("UPDATE document SET version = 20");
    session[draft].version = 20;
    session[draft].title = "guessed".into();
    expect_error(session.commit(), ErrorKind::StaleData, &["Document#1", "version 10"]);
    Ok(())
}

pub fn u_111_on_update_values_are_set_by_updates_only(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    let note = session.add(Note::default());
    session.commit()?;
    assert_eq!((&*session[note].mark, session[note].touched), ("new", None));
    cx.clear_log();
    session[note].text = "words".into();
    session.commit()?;
    cx.expect_log(&["update note (text, mark, touched, version)"]);
    assert_eq!((&*session[note].mark, session[note].touched, session[note].version), ("edited", Some(7), 2));
    session[note].pinned = true;
    session.commit()?;
    // They hold these values already.
    cx.expect_log(&["update note (pinned, version)"]);
    cx.expect_rows("SELECT text, mark, touched, version FROM note", &["words|edited|7|3"]);
    Ok(())
}

pub fn u_111_a_value_set_by_hand_stays(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    let note = session.add(Note::default());
    session.commit()?;
    cx.clear_log();
    session[note].mark = "mine".into();
    session.commit()?;
    cx.expect_log(&["update note (mark, touched, version)"]);
    assert_eq!((&*session[note].mark, session[note].touched), ("mine", Some(7)));
    cx.expect_rows("SELECT mark, touched FROM note", &["mine|7"]);
    Ok(())
}

pub fn u_111_nothing_is_set_without_a_change(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.only_writer();
    let note = session.add(Note::default());
    session.commit()?;
    cx.clear_log();
    session[note].pinned = false;
    session.commit()?;
    cx.expect_full_log(&[]);
    assert_eq!(session[note].touched, None);

    session[note].pinned = true;
    session.flush()?;
    session.rollback()?;
    assert_eq!((session[note].touched, session[note].pinned), (None, false));
    Ok(())
}

pub fn u_104_a_point_in_time_is_a_version(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Memo])?;
    let mut session = cx.session();
    let memos = session.add_all(["a", "b"].map(|text| Memo { text: text.into(), ..Memo::default() }));
    let before = chrono::Utc::now() - chrono::TimeDelta::seconds(1);
    session.commit()?;
    let mut last = session[memos[0]].changed_at;
    assert!(last > before, "{last}");
    for text in ["c", "d"] {
        session[memos[0]].text = text.into();
        session.commit()?;
        assert!(session[memos[0]].changed_at > last);
        last = session[memos[0]].changed_at;
    }
    cx.expect_log(&["insert memo x2", "update memo (text, changed_at)", "update memo (text, changed_at)"]);
    let mut other = cx.session();
    let theirs = other.get::<Memo>(2)?.unwrap();
    assert_eq!(other[theirs].changed_at, session[memos[1]].changed_at);
    other[theirs].text = "theirs".into();
    other.commit()?;
    session[memos[1]].text = "mine".into();
    expect_error(session.commit(), ErrorKind::StaleData, &["Memo#2", "expected changed_at", "found changed_at"]);
    Ok(())
}

pub fn u_105_the_row_that_is_stale_is_named_among_many(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let drafts = session.add_all(["a", "b", "c", "d"].map(document));
    session.commit()?;
    cx.execute("UPDATE document SET version = 2 WHERE id = 3");
    for &draft in &drafts {
        session[draft].title.push('!');
    }
    let told = &["Document#3", "expected version 1", "found version 2"];
    expect_error(session.commit(), ErrorKind::StaleData, told);
    session.rollback()?;
    cx.execute("DELETE FROM document WHERE id = 3");
    for &draft in &drafts {
        session[draft].title.push('!');
    }
    expect_error(session.commit(), ErrorKind::StaleData, &["Document#3", "expected version 2", "deleted"]);
    Ok(())
}

fn price(cx: &mut TestContext, note: Option<&str>) -> Result<(Session, Handle<Price>)> {
    cx.create(models![Price])?;
    let mut session = cx.session();
    let price = session.add(Price { amount: 5, note: note.map(str::to_owned), ..Price::default() });
    session.commit()?;
    cx.clear_log();
    Ok((session, price))
}

pub fn u_105_columns_are_compared_with_what_was_loaded(cx: &mut TestContext) -> Result<()> {
    let (mut session, price) = price(cx, Some("net"))?;
    session[price].amount = 6;
    session.commit()?;
    cx.expect_log(&["update price (amount) by (id, amount, note)"]);
    // Columns that are not compared may change.
    cx.execute("UPDATE price SET seen = 9");
    session[price].amount = 7;
    session.commit()?;
    cx.execute("UPDATE price SET note = 'gross'");
    session[price].amount = 8;
    let told = &["Price#1", "expected note \"net\"", "found note \"gross\""];
    expect_error(session.commit(), ErrorKind::StaleData, told);
    session.rollback()?;
    session.refresh(price)?;
    session[price].amount = 8;
    session.commit()?;
    cx.expect_rows("SELECT amount, note, seen FROM price", &["8|gross|9"]);
    Ok(())
}

pub fn u_105_a_compared_column_may_be_null(cx: &mut TestContext) -> Result<()> {
    let (mut session, price) = price(cx, None)?;
    session.add(Price::default());
    session.commit()?;
    session[price].amount = 6;
    session.commit()?;
    session[price].note = Some("net".into());
    session.set_expr(price, Price::seen, Price::seen + 1)?;
    session.commit()?;
    session[price].note = None;
    session.commit()?;
    session.set_expr(price, Price::seen, Price::seen + 1)?;
    session.commit()?;
    cx.expect_rows("SELECT amount, note, seen FROM price WHERE id = 1", &["6|NULL|2"]);
    cx.execute("UPDATE price SET note = 'gross' WHERE id = 1");
    session[price].seen = 0;
    expect_error(session.commit(), ErrorKind::StaleData, &["Price#1", "expected note NULL", "found note \"gross\""]);
    Ok(())
}

pub fn u_105_a_delete_compares_columns_too(cx: &mut TestContext) -> Result<()> {
    let (mut session, price) = price(cx, None)?;
    let other = session.add(Price { note: Some("x".into()), ..Price::default() });
    session.commit()?;
    cx.execute("UPDATE price SET amount = 9 WHERE id = 1");
    session.delete(price)?;
    session.delete(other)?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Price#1", "expected amount 5", "found amount 9"]);
    session.rollback()?;
    session.refresh(price)?;
    session.delete(price)?;
    session.delete(other)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM price", &["0"]);
    Ok(())
}

pub fn u_107_any_function_makes_the_next_version(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Mark])?;
    let mut session = cx.session();
    let mark = session.add(Mark::default());
    session.commit()?;
    let first = session[mark].tag;
    session[mark].text = "a".into();
    session.commit()?;
    let second = session[mark].tag;
    assert_ne!(first, second);
    cx.expect_log(&["insert mark", "update mark (text, tag)"]);
    let mut other = cx.session();
    let theirs = other.get::<Mark>(1)?.unwrap();
    other[theirs].text = "theirs".into();
    other.commit()?;
    assert_ne!(other[theirs].tag, second);
    session[mark].text = "mine".into();
    let told = &["Mark#1", &second.to_string(), &other[theirs].tag.to_string()];
    expect_error(session.commit(), ErrorKind::StaleData, told);
    Ok(())
}
