//! Listeners of sessions: U-037, U-140, and changes of state.

use orm::prelude::*;
use orm::{Error, ErrorKind, Result, Session, State, StateChange};

use crate::models::{Address, Clerk, Shop, User, Ware, note, take_notes};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { events {
    u_022_nothing_to_flush_tells_nobody_of_a_flush [];
    u_037_a_flush_in_a_flush_is_an_error [];
    u_037_changes_made_before_a_flush_take_part [];
    u_037_objects_added_after_a_flush_are_flushed_by_commit [];
    u_037_a_hundred_flushes_are_enough_for_a_commit [];
    u_140_events_have_one_order [];
    u_140_changes_of_state_have_their_place [];
    a_listener_that_fails_before_a_flush_stops_it [];
    a_listener_that_fails_after_a_flush_rolls_back [];
    a_listener_that_fails_before_a_commit_stops_it [];
    listeners_of_a_commit_may_use_the_session [];
    listeners_may_add_listeners [];
    listeners_after_a_rollback_see_memory_restored [];
    listeners_of_a_begin_get_the_connection [];
    every_change_of_state_is_told_of [];
    objects_taken_by_a_cascade_tell_of_it [];
    a_rollback_tells_of_states [];
    a_failed_flush_tells_of_no_state [];
    savepoints_flush_until_nothing_is_left_and_tell_of_states [];
    u_037_a_listener_may_clear_the_session_and_fail [];
    u_037_what_a_listener_deletes_in_a_cleared_session_stays_deleted [];
} }

fn refuses() -> Result<()> {
    Err(Error::new(ErrorKind::InvalidState, "the listener refuses"))
}

/// Records all events of a session.
fn listen(session: &mut Session) {
    let moment = |name: &'static str| {
        move |_: &mut Session| {
            note(name);
            Ok(())
        }
    };
    session.on_after_flush_postexec(moment("after_flush_postexec"));
    session.on_after_flush(moment("after_flush"));
    session.on_before_flush(moment("before_flush"));
    session.on_before_commit(moment("before_commit"));
    session.on_after_commit(|_| note("after_commit"));
    session.on_after_rollback(|_| note("after_rollback"));
    session.on_after_begin(|_| {
        note("after_begin");
        Ok(())
    });
    session.on_state_change(|_, change| note(states(change)));
}

fn states(change: StateChange) -> String {
    format!("{:?} -> {:?}", change.before, change.after)
}

pub fn u_022_nothing_to_flush_tells_nobody_of_a_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    listen(&mut session);
    session.flush()?;
    session.commit()?;
    assert_eq!(take_notes(), ["before_commit", "after_commit"]);
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_037_a_flush_in_a_flush_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_before_flush(|session| {
        for outcome in [session.flush(), session.commit(), session.rollback(), session.close()] {
            expect_error(outcome, ErrorKind::InvalidState, &["within a flush"]);
        }
        // A query finds what is in the database, and does not flush.
        assert_eq!(User::query().count(session)?, 0);
        Ok(())
    });
    session.on_after_flush(|session| {
        expect_error(session.flush(), ErrorKind::InvalidState, &["within a flush"]);
        assert_eq!(User::query().count(session)?, 1);
        Ok(())
    });
    session.add(User::named("alice"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_037_changes_made_before_a_flush_take_part(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let alice = session.add(User::named("alice"));
    let gone = session.add(User::named("gone"));
    session.commit()?;
    session.on_before_flush(move |session| {
        session[alice].age = 30;
        session.push(alice, User::addresses, Address::in_city("Rome"))?;
        session.delete(gone)
    });
    cx.clear_log();
    session.add(User::named("bob"));
    session.flush()?;
    cx.expect_log(&["update user (age)", "insert user", "insert address", "delete user"]);
    assert!(session.dirty().is_empty() && session.new_objects().is_empty());
    Ok(())
}

pub fn u_037_objects_added_after_a_flush_are_flushed_by_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut left = 3;
    session.on_after_flush(move |session| {
        if left > 0 {
            left -= 1;
            session.add(User::named(&format!("after {left}")));
        }
        Ok(())
    });
    session.add(User::named("first"));
    session.flush()?;
    assert_eq!(session.new_objects().len(), 1, "flush() goes once");
    session.commit()?;
    cx.expect_log(&["insert user", "insert user", "insert user", "insert user"]);
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY id"#, &["first", "after 2", "after 1", "after 0"]);
    Ok(())
}

pub fn u_037_a_hundred_flushes_are_enough_for_a_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_after_flush(|session| {
        session.add(User::named("another"));
        Ok(())
    });
    session.add(User::named("first"));
    expect_error(session.commit(), ErrorKind::InvalidState, &["100 flushes", "after_flush"]);
    cx.expect_log(&["insert user"; 100]);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn u_140_events_have_one_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    listen(&mut session);
    session.add(Shop { wares: [Ware::priced("tea", 3)].into(), ..Shop::named("Corner") });
    session.commit()?;
    let expected = [
        "Transient -> Pending",
        "Transient -> Pending",
        "before_commit",
        "before_flush",
        "before_insert Shop Corner",
        "validate Shop Corner",
        "before_insert Ware tea",
        "after_begin",
        "after_insert Shop Corner",
        "after_insert Ware tea",
        "after_flush",
        "Pending -> Persistent",
        "Pending -> Persistent",
        "after_flush_postexec",
        "after_commit",
    ];
    assert_eq!(take_notes(), expected);
    cx.expect_full_log(&["begin", "insert shop", "insert ware", "commit"]);
    Ok(())
}

pub fn u_140_changes_of_state_have_their_place(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.only_writer();
    let shop = session.add(Shop { wares: [Ware::priced("tea", 3)].into(), ..Shop::named("Corner") });
    session.commit()?;
    listen(&mut session);
    take_notes();
    session.delete(shop)?;
    session.commit()?;
    let expected = [
        "before_commit",
        "before_flush",
        "before_delete Ware tea",
        "before_delete Shop Corner",
        "after_begin",
        "after_delete Ware tea",
        "after_delete Shop Corner",
        "after_flush",
        "Persistent -> Deleted",
        "Persistent -> Deleted",
        "after_flush_postexec",
        "Deleted -> Detached",
        "Deleted -> Detached",
        "after_commit",
    ];
    assert_eq!(take_notes(), expected);
    Ok(())
}

pub fn a_listener_that_fails_before_a_flush_stops_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut calls = 0;
    session.on_before_flush(move |_| {
        calls += 1;
        if calls == 1 { refuses() } else { Ok(()) }
    });
    let alice = session.add(User::named("alice"));
    expect_error(session.commit(), ErrorKind::InvalidState, &["a listener of before_flush", "refuses"]);
    assert_eq!(session.state(alice), State::Pending);
    cx.expect_full_log(&[]);
    session.commit()?;
    cx.expect_log(&["insert user"]);
    Ok(())
}

pub fn a_listener_that_fails_after_a_flush_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    for postexec in [false, true] {
        let mut session = cx.session();
        if postexec {
            session.on_after_flush_postexec(|_| refuses());
        } else {
            session.on_after_flush(|_| refuses());
        }
        let alice = session.add(User::named("alice"));
        expect_error(session.commit(), ErrorKind::InvalidState, &["a listener of after_flush", "refuses"]);
        expect_error(session.commit(), ErrorKind::PendingRollback, &["rollback()"]);
        session.rollback()?;
        assert_eq!(session.state(alice), State::Transient);
    }
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_listener_that_fails_before_a_commit_stops_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_before_commit(|_| refuses());
    session.add(User::named("alice"));
    expect_error(session.commit(), ErrorKind::InvalidState, &["a listener of before_commit"]);
    cx.expect_full_log(&[]);
    session.flush()?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["a listener of before_commit"]);
    assert!(session.in_transaction());
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn listeners_of_a_commit_may_use_the_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_before_commit(|session| {
        session.flush()?;
        session.add(User::named("late"));
        Ok(())
    });
    session.on_after_commit(|session| {
        assert!(!session.in_transaction());
        note(format!("{} users", User::query().count(session).unwrap()));
        session.commit().unwrap();
    });
    session.add(User::named("alice"));
    session.commit()?;
    assert_eq!(take_notes(), ["2 users"]);
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY id"#, &["alice", "late", "late"]);
    Ok(())
}

pub fn listeners_may_add_listeners(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_before_flush(|session| {
        note("first");
        session.on_before_flush(|_| {
            note("added");
            Ok(())
        });
        Ok(())
    });
    session.add(User::named("alice"));
    session.commit()?;
    assert_eq!(take_notes(), ["first"]);
    session.add(User::named("bob"));
    session.commit()?;
    assert_eq!(take_notes(), ["first", "added"]);
    Ok(())
}

pub fn listeners_after_a_rollback_see_memory_restored(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.commit()?;
    session.on_after_rollback(move |session| {
        note(format!("{} {}", session[alice].name, session.in_transaction()));
    });
    session[alice].name = "alicia".into();
    session.flush()?;
    session.rollback()?;
    assert_eq!(take_notes(), ["alice false"]);
    Ok(())
}

pub fn listeners_of_a_begin_get_the_connection(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut calls = 0;
    session.on_after_begin(move |connection| {
        calls += 1;
        if calls == 3 {
            return refuses();
        }
        connection.execute(r#"INSERT INTO "user" (name, age) VALUES ('by listener', 1)"#, &[]).map(drop)
    });
    session.begin()?;
    session.rollback()?;
    session.add(User::named("alice"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY age DESC"#, &["by listener", "alice"]);
    expect_error(User::query().count(&mut session), ErrorKind::InvalidState, &["a listener of after_begin"]);
    assert!(!session.in_transaction());
    assert_eq!(User::query().count(&mut session)?, 3, "the fourth transaction begins");
    Ok(())
}

/// Notes changes of state with the names of users.
fn listen_to_users(session: &mut Session) {
    session.on_state_change(|session, change| {
        let Some(user) = change.object.typed::<User>() else { return };
        let name = session.try_get(user).map_or("?", |user| &user.name);
        note(format!("{name}: {}", states(change)));
    });
}

pub fn every_change_of_state_is_told_of(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.execute(r#"INSERT INTO "user" (name, age) VALUES ('carl', 1)"#);
    let mut session = cx.session();
    listen_to_users(&mut session);
    let carl = User::query().one(&mut session)?;
    assert_eq!(take_notes(), ["carl: Detached -> Persistent"]);
    let carl = session.expunge(carl)?;
    assert_eq!(take_notes(), ["?: Persistent -> Detached"]);
    let carl = session.attach(carl)?;
    assert_eq!(take_notes(), ["carl: Detached -> Persistent"]);
    let alice = session.add(User::named("alice"));
    session.delete(alice)?;
    session.undelete(alice)?;
    assert_eq!(
        take_notes(),
        ["alice: Transient -> Pending", "alice: Pending -> Transient", "alice: Transient -> Pending"]
    );
    session.delete(carl)?;
    session.commit()?;
    assert_eq!(take_notes(), ["alice: Pending -> Persistent", "carl: Persistent -> Deleted", "?: Deleted -> Detached"]);
    session.clear();
    assert_eq!(take_notes(), ["?: Persistent -> Detached"]);
    session.add(User::named("dora"));
    assert_eq!(take_notes(), ["dora: Transient -> Pending"], "after clear() too");
    Ok(())
}

pub fn objects_taken_by_a_cascade_tell_of_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.on_state_change(|_, change| {
        let model = if change.object.typed::<Address>().is_some() { "Address" } else { "User" };
        note(format!("{model}: {}", states(change)));
    });
    let alice = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    take_notes();
    let rome = session.related(alice, User::addresses)?[0];
    session.remove(alice, User::addresses, rome)?;
    assert_eq!(take_notes(), ["Address: Pending -> Transient"]);
    session.push(alice, User::addresses, rome)?;
    assert_eq!(take_notes(), ["Address: Transient -> Pending"]);
    session.expunge(alice)?;
    assert_eq!(take_notes(), ["Address: Pending -> Detached", "User: Pending -> Detached"]);
    Ok(())
}

pub fn a_rollback_tells_of_states(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let old = session.add(User::named("old"));
    session.commit()?;
    listen_to_users(&mut session);
    session.add(User::named("flushed"));
    session.delete(old)?;
    session.flush()?;
    session.add(User::named("pending"));
    take_notes();
    session.rollback()?;
    assert_eq!(
        take_notes(),
        ["flushed: Persistent -> Transient", "pending: Pending -> Transient", "old: Deleted -> Persistent"]
    );
    Ok(())
}

pub fn a_failed_flush_tells_of_no_state(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let ann = session.add(Clerk::named("ann"));
    session.on_state_change(|_, change| note(states(change)));
    cx.fail_next(StatementKind::Insert, ErrorKind::Database);
    session.flush().unwrap_err();
    assert!(take_notes().is_empty());
    assert_eq!(session.state(ann), State::Pending);
    Ok(())
}

pub fn savepoints_flush_until_nothing_is_left_and_tell_of_states(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut left = 1;
    session.on_after_flush(move |session| {
        if left > 0 {
            left -= 1;
            session.add(User::named("late"));
        }
        Ok(())
    });
    let mut nested = session.begin_nested()?;
    nested.add(User::named("alice"));
    nested.commit()?;
    cx.expect_full_log(&["begin", "savepoint", "insert user", "insert user", "release"]);

    listen_to_users(&mut session);
    session.on_after_rollback(|_| note("after_rollback"));
    let mut nested = session.begin_nested()?;
    nested.add(User::named("bob"));
    nested.flush()?;
    nested.rollback()?;
    let expected = ["bob: Transient -> Pending", "bob: Pending -> Persistent", "bob: Persistent -> Transient"];
    assert_eq!(take_notes(), expected, "the transaction goes on");
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY id"#, &["alice", "late"]);
    Ok(())
}

pub fn u_037_a_listener_may_clear_the_session_and_fail(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let kept = session.add(User::named("kept"));
    session.flush()?;
    let mut fails = true;
    session.on_after_flush(move |session| {
        if std::mem::take(&mut fails) {
            session.clear();
            return Err(Error::new(ErrorKind::Invalid, "enough"));
        }
        Ok(())
    });
    let outcome = session.nested(|session| {
        session.add(User::named("lost"));
        session.flush()
    });
    expect_error(outcome, ErrorKind::Invalid, &["enough"]);
    assert_eq!(session.state(kept), State::Detached);
    let later = session.add(User::named("later"));
    session.nested(|session| {
        session[later].age = 5;
        session.flush()
    })?;
    let undone = session.nested(|session| {
        session[later].age = 6;
        session.flush()?;
        Err::<(), _>(Error::new(ErrorKind::Invalid, "undone"))
    });
    expect_error(undone, ErrorKind::Invalid, &["undone"]);
    assert_eq!(session[later].age, 5);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY id"#, &["kept|0", "later|5"]);
    Ok(())
}

pub fn u_037_what_a_listener_deletes_in_a_cleared_session_stays_deleted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    session.push(ann, User::addresses, Address::in_city("Ulm"))?;
    session.commit()?;
    let mut fails = true;
    session.on_before_flush(move |session| {
        if std::mem::take(&mut fails) {
            session.clear();
            let ann = session.get::<User>(1)?.unwrap();
            session.load(ann, User::addresses)?;
            session.delete(ann)?;
            return Err(Error::new(ErrorKind::Invalid, "enough"));
        }
        Ok(())
    });
    session.delete(ann)?;
    expect_error(session.flush(), ErrorKind::Invalid, &["enough"]);
    assert_eq!(session.deleted().len(), 2);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM address", &["0"]);
    Ok(())
}
