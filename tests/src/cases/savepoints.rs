//! Savepoints: parts of a transaction that are rolled back by themselves, in the database and in memory.

use orm::prelude::*;
use orm::{ErrorKind, Result, State};

use crate::models::{Address, Post, Tag, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { savepoints {
    u_031_a_savepoint_flushes_first [];
    u_117_rolling_back_undoes_only_what_was_done_inside [];
    u_117_a_kept_savepoint_is_part_of_the_transaction [];
    u_117_savepoints_within_savepoints [];
    u_117_collections_and_pairs_are_back [];
    u_117_deleted_inside_and_outside [];
    u_118_a_failed_flush_inside_leaves_the_outside_usable [];
    u_129_objects_of_a_bulk_delete_inside_are_back [];
    u_123_a_scope_keeps_or_undoes [];
    a_dropped_savepoint_is_rolled_back [];
    a_transaction_is_not_committed_within_a_savepoint [];
    a_rollback_of_the_transaction_ends_its_savepoints [];
    u_100_changed_keys_are_back [];
    a_session_forgets_its_objects_within_a_savepoint [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let home = Address::in_city("Leeds");
    let alice = session.add(User { age: 30, addresses: [home].into(), ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_031_a_savepoint_flushes_first(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.begin_nested()?.rollback()?;
    cx.expect_full_log(&["begin", "update user (age)", "savepoint", "rollback to", "release"]);
    assert_eq!(session[alice].age, 31);
    session.commit()?;
    cx.expect_rows("SELECT age FROM \"user\"", &["31"]);
    Ok(())
}

pub fn u_117_rolling_back_undoes_only_what_was_done_inside(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let bob = session.add(User::named("bob"));
    session[alice].age = 31;
    let mut nested = session.begin_nested()?;
    nested[alice].age = 32;
    nested[bob].name = "Bob".into();
    let carol = nested.add(User::named("carol"));
    nested.flush()?;
    nested[alice].age = 33;
    nested.rollback()?;
    cx.expect_full_log(&[
        "begin",
        "update user (age)",
        "insert user",
        "savepoint",
        "update user (age)",
        "update user (name)",
        "insert user",
        "rollback to",
        "release",
    ]);
    assert_eq!((session[alice].age, &*session[bob].name), (31, "bob"));
    assert_eq!((session.state(bob), session.state(carol)), (State::Persistent, State::Transient));
    assert_eq!(session.expunge(carol)?.id, 0);
    session.commit()?;
    cx.expect_rows("SELECT name, age FROM \"user\" ORDER BY id", &["alice|31", "bob|0"]);
    Ok(())
}

pub fn u_117_a_kept_savepoint_is_part_of_the_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let mut nested = session.begin_nested()?;
    nested[alice].age = 32;
    let bob = nested.add(User::named("bob"));
    nested.commit()?;
    assert_eq!(session.state(bob), State::Persistent);
    session.rollback()?;
    assert_eq!((session[alice].age, session.state(bob)), (30, State::Transient));
    cx.expect_rows("SELECT name, age FROM \"user\"", &["alice|30"]);
    Ok(())
}

pub fn u_117_savepoints_within_savepoints(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let mut outer = session.begin_nested()?;
    outer[alice].age = 31;
    let mut inner = outer.begin_nested()?;
    inner[alice].age = 32;
    inner.commit()?;
    let mut inner = outer.begin_nested()?;
    inner[alice].age = 33;
    inner.flush()?;
    inner.rollback()?;
    assert_eq!(outer[alice].age, 32);
    outer.rollback()?;
    cx.expect_full_log(&[
        "begin",
        "savepoint",
        "update user (age)",
        "savepoint",
        "update user (age)",
        "release",
        "savepoint",
        "update user (age)",
        "rollback to",
        "release",
        "rollback to",
        "release",
    ]);
    assert_eq!(session[alice].age, 30);
    session.commit()?;
    cx.expect_rows("SELECT age FROM \"user\"", &["30"]);
    Ok(())
}

pub fn u_117_collections_and_pairs_are_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    cx.create(models![Post])?;
    let [red, blue] = ["red", "blue"].map(|label| session.add(Tag::labelled(label)));
    let post = session.add(Post { tags: [red].into(), ..Post::titled("one") });
    let home = session.load(alice, User::addresses)?[0];
    let mut nested = session.begin_nested()?;
    nested.push(post, Post::tags, blue)?;
    nested.remove(post, Post::tags, red)?;
    let work = nested.push(alice, User::addresses, Address::in_city("York"))?;
    nested.remove(alice, User::addresses, home)?;
    nested.flush()?;
    assert_eq!(nested.related(post, Post::tags)?, [blue]);
    assert_eq!(nested.related(alice, User::addresses)?, [work]);
    nested.rollback()?;
    assert_eq!(session.related(post, Post::tags)?, [red]);
    assert_eq!(session.related(alice, User::addresses)?, [home]);
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["Leeds"]);
    cx.expect_rows("SELECT label FROM tag JOIN post_tag ON tag.id = tag_id", &["red"]);
    Ok(())
}

pub fn u_117_deleted_inside_and_outside(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let bob = session.add(User::named("bob"));
    session.commit()?;
    session.delete(bob)?;
    let mut nested = session.begin_nested()?;
    nested.delete(alice)?;
    nested.flush()?;
    nested.rollback()?;
    assert_eq!((session.state(alice), session.state(bob)), (State::Persistent, State::Deleted));
    session.commit()?;
    cx.expect_rows("SELECT name FROM \"user\"", &["alice"]);
    cx.expect_rows("SELECT city FROM address", &["Leeds"]);
    Ok(())
}

pub fn u_118_a_failed_flush_inside_leaves_the_outside_usable(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].email = Some("a@example.com".into());
    let mut nested = session.begin_nested()?;
    let twin = nested.add(User { email: Some("a@example.com".into()), ..User::named("twin") });
    expect_error(nested.flush(), ErrorKind::UniqueViolation, &["User"]);
    assert_eq!(&*nested[twin].name, "twin");
    expect_error(User::query().all(&mut nested), ErrorKind::PendingRollback, &["rollback()"]);
    cx.expect_full_log(&["begin", "update user (email)", "savepoint", "failed insert user", "rollback to"]);
    nested.rollback()?;
    assert_eq!(session.state(twin), State::Transient);
    session[alice].age = 40;
    session.commit()?;
    cx.expect_rows("SELECT name, age, email FROM \"user\"", &["alice|40|a@example.com"]);
    Ok(())
}

pub fn u_129_objects_of_a_bulk_delete_inside_are_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.load(alice, User::addresses)?[0];
    let id = session[home].id;
    let mut nested = session.begin_nested()?;
    assert_eq!(Address::query().filter(Address::city.eq("Leeds")).delete().execute(&mut nested)?, 1);
    assert_eq!((nested.state(home), nested.related(alice, User::addresses)?), (State::Deleted, vec![]));
    nested.rollback()?;
    assert_eq!((session.state(home), session.related(alice, User::addresses)?), (State::Persistent, vec![home]));
    assert_eq!(session.get::<Address>(id)?, Some(home));
    cx.expect_full_log(&["begin", "savepoint", "delete address", "rollback to", "release"]);
    session[home].city = "York".into();
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["York"]);
    Ok(())
}

pub fn u_123_a_scope_keeps_or_undoes(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.nested(|session| {
        session[alice].age = 31;
        Ok(())
    })?;
    let refused = session.nested(|session| {
        session[alice].age = 99;
        session.flush()?;
        User::query().filter(User::name.eq("nobody")).one(session).map(|_| ())
    });
    expect_error(refused, ErrorKind::NotFound, &[]);
    assert_eq!(session[alice].age, 31);
    cx.expect_full_log(&[
        "begin",
        "savepoint",
        "update user (age)",
        "release",
        "savepoint",
        "update user (age)",
        "select user x0",
        "rollback to",
        "release",
    ]);
    session.commit()?;
    cx.expect_rows("SELECT age FROM \"user\"", &["31"]);
    Ok(())
}

pub fn a_dropped_savepoint_is_rolled_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let mut nested = session.begin_nested()?;
    nested[alice].age = 31;
    nested.flush()?;
    drop(nested);
    assert_eq!(session[alice].age, 30);
    cx.expect_full_log(&["begin", "savepoint", "update user (age)", "rollback to", "release"]);
    session.commit()?;
    cx.expect_rows("SELECT age FROM \"user\"", &["30"]);
    Ok(())
}

pub fn a_transaction_is_not_committed_within_a_savepoint(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let kept = session.nested(|session| {
        session[alice].age = 31;
        session.commit()
    });
    expect_error(kept, ErrorKind::InvalidState, &["savepoint"]);
    assert_eq!(session[alice].age, 30);
    session.commit()
}

pub fn a_rollback_of_the_transaction_ends_its_savepoints(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    let mut nested = session.begin_nested()?;
    nested[alice].age = 32;
    Session::rollback(&mut nested)?;
    assert_eq!(nested[alice].age, 30);
    nested.rollback()?;
    session[alice].age = 33;
    session.commit()?;
    cx.expect_rows("SELECT age FROM \"user\"", &["33"]);
    Ok(())
}

pub fn u_100_changed_keys_are_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    let bob = session.add(User { id: 50, ..User::named("bob") });
    session.commit()?;
    session[bob].id = 51;
    let mut nested = session.begin_nested()?;
    assert_eq!(nested.get::<User>(51)?, Some(bob));
    nested[bob].id = 52;
    nested.flush()?;
    nested[bob].id = 53;
    nested.flush()?;
    assert_eq!(nested.get::<User>(53)?, Some(bob));
    nested.rollback()?;
    assert_eq!((session.get::<User>(51)?, session.get::<User>(53)?), (Some(bob), None));
    session.rollback()?;
    assert_eq!((session.get::<User>(50)?, session.get::<User>(51)?), (Some(bob), None));
    cx.fail_next(StatementKind::Update, ErrorKind::Busy);
    session[bob].name = "Bob".into();
    expect_error(session.flush(), ErrorKind::Busy, &[]);
    session.rollback()?;
    assert_eq!(&*session[bob].name, "bob");
    Ok(())
}

pub fn a_session_forgets_its_objects_within_a_savepoint(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    let mut nested = session.begin_nested()?;
    nested.clear();
    let bob = nested.add(User::named("bob"));
    nested.rollback()?;
    assert_eq!(session.state(bob), State::Transient);
    session.commit()?;
    cx.expect_rows("SELECT name FROM \"user\"", &["alice"]);
    Ok(())
}
