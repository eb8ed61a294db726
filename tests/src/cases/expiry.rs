//! Expiry and refresh of objects.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { expiry {
    u_119_expire_on_commit_marks_all_objects [];
    u_120_a_row_that_is_gone [];
    u_121_refresh_discards_what_was_written [];
    u_121_refresh_reloads_collections [];
    u_121_a_refresh_that_fails_discards_nothing [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_119_expire_on_commit_marks_all_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { addresses: [Address::in_city("Paris")].into(), ..User::named("alice") });
    session.commit()?;
    cx.execute(r#"UPDATE "user" SET age = 44"#);
    cx.clear_log();
    assert_eq!(session[alice].age, 0);
    assert_eq!(session.related(alice, User::addresses)?.len(), 1);
    session.get::<User>(session[alice].id)?;
    assert_eq!(session[alice].age, 44);
    assert_eq!(session.load(alice, User::addresses)?.len(), 1);
    cx.expect_log(&["select user", "select address"]);
    Ok(())
}

pub fn u_120_a_row_that_is_gone(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    let bob = session.add(User::named("bob"));
    session.commit()?;
    assert_eq!(session.get::<User>(id)?, Some(alice));
    cx.execute(r#"DELETE FROM "user""#);
    cx.clear_log();
    assert_eq!(session.get::<User>(id)?, Some(alice));
    expect_error(session.refresh(alice), ErrorKind::NotFound, &[&format!("User#{id}"), "gone"]);
    session.expire(bob)?;
    assert_eq!(session.get::<User>(session[bob].id)?, None);
    cx.expect_log(&["select user x0", "select user x0"]);
    assert_eq!([alice, bob].map(|user| session.state(user)), [State::Detached; 2]);
    Ok(())
}

pub fn u_121_refresh_discards_what_was_written(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    cx.execute(r#"UPDATE "user" SET age = 44"#);
    session[alice].name = "alicia".into();
    session.refresh(alice)?;
    assert_eq!((session[alice].age, &*session[alice].name), (44, "alice"));
    assert!(!session.is_modified(alice));
    session.commit()?;
    cx.expect_log(&["select user"]);
    Ok(())
}

pub fn u_121_refresh_reloads_collections(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    cx.execute(r#"INSERT INTO address (id, city, user_id) SELECT 99, 'Rome', id FROM "user""#);
    assert_eq!(session.related(alice, User::addresses)?, [home]);
    cx.clear_log();
    session.refresh(alice)?;
    expect_error(session.related(alice, User::addresses), ErrorKind::NotLoaded, &[]);
    assert_eq!(session.load(alice, User::addresses)?.len(), 2);
    cx.expect_log(&["select user", "select address x2"]);
    Ok(())
}

pub fn u_121_a_refresh_that_fails_discards_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].name = "alicia".into();
    cx.fail_next(StatementKind::Select, ErrorKind::Busy);
    expect_error(session.refresh(alice), ErrorKind::Busy, &[]);
    assert_eq!(&*session[alice].name, "alicia");
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alicia"]);
    Ok(())
}
