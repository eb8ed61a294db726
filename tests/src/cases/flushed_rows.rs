//! What listeners are told of the rows that a flush has written.

use std::sync::{Arc, Mutex};

use orm::prelude::*;
use orm::{ChangeKind, Result, RowChange, Session, Value};

use crate::TestContext;
use crate::models::{Address, Course, Egg, Hen, Login, Note, Site, Student, User, Venue};

cases! { flushed_rows {
    listeners_are_told_of_rows_with_their_keys [];
    only_what_differs_is_told [];
    a_row_that_is_written_twice_is_told_once [];
    a_row_that_a_new_object_takes_over_is_updated [];
    values_of_the_database_and_the_flush_are_told [];
    secrets_are_not_told [];
    there_is_nothing_outside_of_listeners [];
    a_trail_is_written_with_what_it_tells_of [];
} }

type Rows = Arc<Mutex<Vec<RowChange>>>;

/// Keeps what a session is told.
fn listen(session: &mut Session) -> Rows {
    let rows = Rows::default();
    let kept = Arc::clone(&rows);
    session.on_after_flush(move |session| {
        kept.lock().unwrap().extend(session.flushed().iter().cloned());
        Ok(())
    });
    rows
}

/// What was told since the last call, one text a row: kind, table, key, and the fields with their old and new values.
fn told(rows: &Rows) -> Vec<String> {
    let shown = |value: &Option<Value>| value.as_ref().map_or("-".into(), |value| value.to_ref().to_string());
    let row = |row: RowChange| {
        let key: Vec<String> = row.key.iter().map(|value| value.to_ref().to_string()).collect();
        let mut text = format!("{:?} {} {}:", row.kind, row.table, key.join("/"));
        for change in row.columns {
            text += &format!(" {} {}>{}", change.field, shown(&change.before), shown(&change.after));
        }
        text
    };
    rows.lock().unwrap().drain(..).map(row).collect()
}

pub fn listeners_are_told_of_rows_with_their_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address, Student, Course])?;
    let mut session = cx.session();
    let rows = listen(&mut session);
    let ann = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("ann") });
    let gone = session.add(User::named("gone"));
    session.commit()?;
    let expected = [
        r#"Insert user 1: id ->1 name ->"ann" age ->0 email ->NULL"#,
        r#"Insert user 2: id ->2 name ->"gone" age ->0 email ->NULL"#,
        r#"Insert address 1: id ->1 city ->"Rome" street ->NULL user ->1"#,
    ];
    assert_eq!(told(&rows), expected);

    session[ann].age = 30;
    let home = session.related(ann, User::addresses)?[0];
    session.remove(ann, User::addresses, home)?;
    session.delete(gone)?;
    session.add(Student { courses: [Course::titled("Rust")].into(), ..Student::named("eve") });
    session.flush()?;
    let mut now = told(&rows);
    now.sort();
    let expected = [
        r#"Delete address 1: id 1>- city "Rome">- street NULL>- user 1>-"#,
        r#"Delete user 2: id 2>- name "gone">- age 0>- email NULL>-"#,
        r#"Insert course 1: id ->1 title ->"Rust""#,
        r#"Insert student 1: id ->1 name ->"eve""#,
        "Update user 1: age 0>30",
    ];
    assert_eq!(now, expected, "an orphan is told of, and a link has no object");
    session.rollback()?;
    session[ann].age = 31;
    session.commit()?;
    assert_eq!(told(&rows), ["Update user 1: age 0>31"], "the old value is that of the row");
    Ok(())
}

pub fn only_what_differs_is_told(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let site = Site { street: "Main Street".into(), city: "Bern".into(), floor: None, at: None };
    let hall = session.add(Venue { name: "hall".into(), site, ..Venue::default() });
    session.commit()?;
    let rows = listen(&mut session);
    session[hall].name = "other".into();
    session[hall].name = "hall".into();
    session[hall].site.city = "Basel".into();
    session.commit()?;
    let rows = rows.lock().unwrap();
    let fields: Vec<&str> = rows[0].columns.iter().map(|change| change.field).collect();
    assert_eq!((rows.len(), rows[0].kind, rows[0].model), (1, ChangeKind::Update, "Venue"));
    assert!(fields.contains(&"site.city") && !fields.contains(&"name"), "{fields:?}");
    assert_eq!(rows[0].object.typed::<Venue>(), Some(hall));
    let city = rows[0].columns.iter().find(|change| change.field == "site.city").unwrap();
    assert_eq!((city.column, &city.before), ("town", &Some(Value::Text("Bern".into()))));
    Ok(())
}

pub fn a_row_that_is_written_twice_is_told_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let one = session.add(User { email: Some("a".into()), ..User::named("one") });
    let two = session.add(User { email: Some("b".into()), ..User::named("two") });
    session.commit()?;
    let rows = listen(&mut session);
    // The values change places by way of NULL.
    session[one].email = Some("b".into());
    session[two].email = Some("a".into());
    session.commit()?;
    let mut now = told(&rows);
    now.sort();
    assert_eq!(now, [r#"Update user 1: email "a">"b""#, r#"Update user 2: email "b">"a""#]);
    Ok(())
}

pub fn a_row_that_a_new_object_takes_over_is_updated(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let old = session.add(User { id: 7, ..User::named("old") });
    session.commit()?;
    let rows = listen(&mut session);
    session.delete(old)?;
    let new = session.add(User { id: 7, ..User::named("new") });
    session.commit()?;
    assert_eq!(rows.lock().unwrap()[0].object, new.raw());
    assert_eq!(told(&rows), [r#"Update user 7: name "old">"new""#]);
    Ok(())
}

pub fn values_of_the_database_and_the_flush_are_told(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    let note = session.add(Note::default());
    session.commit()?;
    let rows = listen(&mut session);
    session[note].pinned = true;
    session.commit()?;
    let now = told(&rows);
    for part in [r#"mark "new">"edited""#, "touched NULL>7", "version 1>2", "pinned false>true"] {
        assert!(now[0].contains(part), "{now:?} does not say {part}");
    }
    Ok(())
}

pub fn secrets_are_not_told(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Login])?;
    let mut session = cx.session();
    let rows = listen(&mut session);
    let ann = session.add(Login::of("ann", "geheim"));
    session.commit()?;
    session[ann].password = "secret".into();
    session.commit()?;
    session.delete(ann)?;
    session.commit()?;
    let shown = format!("{:?}", rows.lock().unwrap());
    assert!(!shown.contains("geheim") && !shown.contains("secret"), "{shown}");
    assert_eq!(told(&rows)[1], "Update login 1: password ->-", "that it changed is no secret");
    Ok(())
}

pub fn there_is_nothing_outside_of_listeners(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen, Egg, User, Address])?;
    let mut session = cx.session();
    session.on_before_flush(|session| {
        assert!(session.flushed().is_empty());
        Ok(())
    });
    let rows = listen(&mut session);
    let ann = session.add(User::named("ann"));
    cx.fail_next(orm::StatementKind::Insert, ErrorKind::Database);
    session.flush().unwrap_err();
    session.rollback()?;
    assert!(told(&rows).is_empty(), "nothing was written");
    session.add_again(ann)?;
    session.flush()?;
    assert_eq!((told(&rows).len(), session.flushed().len()), (1, 0));
    Ok(())
}

pub fn a_trail_is_written_with_what_it_tells_of(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address, Student, Course])?;
    let mut session = cx.session();
    session.on_after_flush(|session| {
        let users = session.flushed();
        let users = users.iter().filter(|row| row.object.typed::<User>().is_some());
        let lines = users.map(|row| Student::named(&format!("{:?} {:?}", row.kind, row.key)));
        Student::insert_all(lines.collect::<Vec<_>>()).execute(session)?;
        Ok(())
    });
    session.add(User::named("ann"));
    session.flush()?;
    cx.expect_log(&["insert user", "insert student"]);
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM student", &["0"]);
    session.add(User::named("bob"));
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM student", &["1"]);
    Ok(())
}
