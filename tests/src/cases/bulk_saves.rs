//! Rows of an iterator that update rows: by their keys, or where they are there.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{Document, Ticket, User};
use crate::{TestContext, expect_error};

cases! { bulk_saves {
    rows_are_updated_by_their_keys [];
    updates_of_many_parts_tell_their_progress [];
    keys_of_several_parts_find_their_rows [];
    a_wrong_update_is_refused [];
    an_update_that_fails_is_named [];
    objects_follow_an_update [];
    new_and_changed_rows_are_saved [];
    columns_that_are_not_set_stay_as_they_are [];
    versions_are_counted_on [];
    rows_of_nothing_but_keys_are_saved [];
    rows_are_upserted_by_unique_columns [];
} }

const USERS: &str = r#"SELECT id, name, age, email FROM "user" ORDER BY id"#;

fn with_users(cx: &mut TestContext, names: &[&str]) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = |name: &&str| User { email: Some(format!("{name}@x")), ..User::named(name) };
    User::bulk_insert(names.iter().map(user)).execute(&mut session)?;
    session.commit()?;
    cx.clear_log();
    Ok(session)
}

pub fn rows_are_updated_by_their_keys(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann", "bob", "cid"])?;
    let rows =
        [(1_i64, ("anna", 7, None::<String>)), (3, ("cid", 9, Some("c@y".to_owned()))), (8, ("nobody", 1, None))];
    assert_eq!(User::bulk_update((User::name, User::age, User::email), rows).execute(&mut session)?, 2);
    assert_eq!(User::bulk_update(User::age, Vec::<(i64, i32)>::new()).execute(&mut session)?, 0);
    session.commit()?;
    if !cx.capabilities().copy {
        cx.expect_log(&["update user (name, age, email) x3"]);
    }
    cx.expect_rows(USERS, &["1|anna|7|NULL", "2|bob|0|bob@x", "3|cid|9|c@y"]);
    Ok(())
}

pub fn updates_of_many_parts_tell_their_progress(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::bulk_insert((0..10_000).map(|_| User::named("u"))).execute(&mut session)?;
    let mut progress = Vec::new();
    let update = User::bulk_update(User::age, (1..=10_000).map(|id| (i64::from(id), id)));
    assert_eq!(update.on_progress(|rows| progress.push(rows)).execute(&mut session)?, 10_000);
    assert_eq!(progress, [8_192, 10_000]);
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user" WHERE age = id"#, &["10000"]);
    Ok(())
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "seat")]
struct Seat {
    #[orm(primary_key)]
    hall: i64,
    #[orm(primary_key)]
    code: String,
    guest: String,
}

pub fn keys_of_several_parts_find_their_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Seat])?;
    let mut session = cx.session();
    let seat = |hall, code: &str| Seat { hall, code: code.into(), ..Default::default() };
    session.add_all([seat(1, "a"), seat(1, "b"), seat(2, "a")]);
    session.commit()?;
    let rows = [((1_i64, "b".to_owned()), "ann"), ((2, "a".to_owned()), "bob"), ((3, "a".to_owned()), "cid")];
    assert_eq!(Seat::bulk_update(Seat::guest, rows).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows("SELECT hall, code, guest FROM seat ORDER BY hall, code", &["1|a|", "1|b|ann", "2|a|bob"]);
    Ok(())
}

pub fn a_wrong_update_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann"])?;
    let outcome = User::bulk_update((User::name, User::id), [(1_i64, ("x", 2_i64))]).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["`bulk_update` finds rows by their primary key", "`id`"]);
    let outcome = User::bulk_update((User::name, User::name), [(1_i64, ("x", "y"))]).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["bulk_update", "name"]);
    cx.expect_log(&[]);
    let rows = [Ok((1_i64, 5)), Err(Error::new(ErrorKind::Decode, "no age"))];
    let outcome = User::bulk_update(User::age, rows).execute(&mut session);
    assert_eq!(expect_error(outcome, ErrorKind::Decode, &["row 2: no age"]).row(), Some(2));
    session.rollback()?;
    cx.expect_rows(USERS, &["1|ann|0|ann@x"]);
    Ok(())
}

pub fn an_update_that_fails_is_named(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann", "bob", "cid"])?;
    let rows = [(1_i64, Some("x@x".to_owned())), (2, Some("cid@x".to_owned()))];
    let outcome = User::bulk_update(User::email, rows).execute(&mut session);
    let error = expect_error(outcome, ErrorKind::UniqueViolation, &["email"]);
    // One statement updates all rows where they are copied.
    assert_eq!(error.row(), if cx.capabilities().copy { None } else { Some(2) });
    session.rollback()?;
    if !cx.capabilities().nul_in_text {
        let outcome = User::bulk_update(User::name, [(1_i64, "a"), (2, "b\0")]).execute(&mut session);
        assert_eq!(expect_error(outcome, ErrorKind::Unsupported, &["row 2: ", "NUL"]).row(), Some(2));
        session.rollback()?;
    }
    cx.expect_rows(USERS, &["1|ann|0|ann@x", "2|bob|0|bob@x", "3|cid|0|cid@x"]);
    Ok(())
}

pub fn objects_follow_an_update(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann", "bob"])?;
    let [ann, bob] = User::query().order_by(User::id).all(&mut session)?[..] else { unreachable!() };
    session[bob].name = "robert".into();
    assert_eq!(User::bulk_update(User::age, [(1_i64, 5), (2, 6)]).execute(&mut session)?, 2);
    session.refresh(ann)?;
    session.refresh(bob)?;
    assert_eq!((session[ann].age, session[bob].age, session[bob].name.as_str()), (5, 6, "robert"));
    session.rollback()?;
    session.refresh(ann)?;
    assert_eq!(session[ann].age, 0);
    Ok(())
}

pub fn new_and_changed_rows_are_saved(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann", "bob"])?;
    let mut users = User::query().order_by(User::id).values(&mut session)?;
    users[0].age = 7;
    users.insert(1, User::named("cid"));
    users.push(User { id: 40, age: 8, ..User::named("dan") });
    if !cx.capabilities().conflict_targets {
        // A row that violates the other key would be taken for the same.
        expect_error(User::bulk_save(users).execute(&mut session), ErrorKind::Unsupported, &["several unique keys"]);
        session.rollback()?;
        cx.expect_rows(USERS, &["1|ann|0|ann@x", "2|bob|0|bob@x"]);
        return Ok(());
    }
    assert_eq!(User::bulk_save(users).execute(&mut session)?, 4);
    session.add(User::named("eve"));
    session.commit()?;
    cx.expect_rows(
        r#"SELECT name, age, email FROM "user" ORDER BY name"#,
        &["ann|7|ann@x", "bob|0|bob@x", "cid|0|NULL", "dan|8|NULL", "eve|0|NULL"],
    );
    cx.expect_rows(r#"SELECT count(*) FROM "user" WHERE id > 40"#, &["2"]);
    Ok(())
}

pub fn columns_that_are_not_set_stay_as_they_are(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let ticket = |id, title: &str, priority| Ticket { id, title: title.into(), priority, ..Ticket::default() };
    Ticket::bulk_insert([ticket(1, "a", Some(1)), ticket(2, "b", Some(2))]).execute(&mut session)?;
    let changed = [ticket(1, "x", None), ticket(2, "y", Some(9)), ticket(3, "z", None)];
    assert_eq!(Ticket::bulk_save(changed).execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_rows("SELECT title, priority FROM ticket ORDER BY id", &["x|1", "y|9", "z|5"]);
    Ok(())
}

pub fn versions_are_counted_on(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let document = |id, title: &str| Document { id, title: title.into(), ..Default::default() };
    Document::bulk_save([document(1, "a"), document(2, "b")]).execute(&mut session)?;
    Document::bulk_save([document(2, "c"), document(3, "d")]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT title, version FROM document ORDER BY id", &["a|1", "c|2", "d|1"]);
    Ok(())
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "word")]
struct Word {
    #[orm(primary_key)]
    text: String,
}

pub fn rows_of_nothing_but_keys_are_saved(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Word])?;
    let mut session = cx.session();
    let words = |words: &[&str]| words.iter().map(|word| Word { text: (*word).to_owned() }).collect::<Vec<_>>();
    assert_eq!(Word::bulk_save(words(&["a", "b"])).execute(&mut session)?, 2);
    assert_eq!(Word::bulk_save(words(&["b", "c"])).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT text FROM word ORDER BY text", &["a", "b", "c"]);
    Ok(())
}

pub fn rows_are_upserted_by_unique_columns(cx: &mut TestContext) -> Result<()> {
    let mut session = with_users(cx, &["ann", "bob"])?;
    let user = |name: &str, age| User { age, email: Some(format!("{name}@x")), ..User::named(name) };
    let mut seen = 0;
    let upsert = User::bulk_upsert(User::email, [user("bob", 5), user("cid", 6)]).on_progress(|rows| seen = rows);
    assert_eq!((upsert.execute(&mut session)?, seen), (2, 2));
    let younger =
        User::bulk_upsert(User::email, [user("bob", 1), user("cid", 9)]).filter(excluded(User::age).gt(User::age));
    if !cx.capabilities().conflict_targets {
        expect_error(younger.execute(&mut session), ErrorKind::Unsupported, &["a condition on the rows"]);
        session.rollback()?;
        cx.expect_rows(USERS, &["1|ann|0|ann@x", "2|bob|0|bob@x"]);
        return Ok(());
    }
    assert_eq!(younger.execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["ann|0", "bob|5", "cid|9"]);
    Ok(())
}
