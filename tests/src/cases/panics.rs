//! Listeners and hooks that panic, in a program that catches the panic: the session is unchanged and usable.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::prelude::*;
use orm::{Result, Session};

use crate::models::{Shop, User};
use crate::{TestContext, expect_error};

cases! { panics {
    u_037_a_panic_before_a_flush_leaves_the_session_usable [];
    u_037_a_panic_after_a_flush_rolls_back [];
    u_037_a_panic_of_a_hook_is_taken_back [];
    a_panic_of_a_state_listener_leaves_it_listening [];
    u_035_a_panic_without_autoflush_turns_it_on_again [];
} }

/// Whether `work` panics.
fn panics<R>(session: &mut Session, work: impl FnOnce(&mut Session) -> R) -> bool {
    catch_unwind(AssertUnwindSafe(|| drop(work(session)))).is_err()
}

pub fn u_037_a_panic_before_a_flush_leaves_the_session_usable(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut calls = 0;
    session.on_before_flush(move |session| {
        calls += 1;
        assert_ne!(calls, 1, "on purpose");
        session.add(User::named(&format!("call {calls}")));
        Ok(())
    });
    let alice = session.add(User::named("alice"));
    assert!(panics(&mut session, Session::commit));
    cx.expect_full_log(&[]);
    assert_eq!(session.state(alice), State::Pending);
    // The listener is still there.
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY id"#, &["alice", "call 2"]);
    Ok(())
}

pub fn u_037_a_panic_after_a_flush_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut calls = 0;
    session.on_after_flush(move |_| {
        calls += 1;
        assert_ne!(calls, 1, "on purpose");
        Ok(())
    });
    let alice = session.add(User::named("alice"));
    assert!(panics(&mut session, Session::commit));
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    expect_error(User::query().count(&mut session), ErrorKind::PendingRollback, &["panicked"]);
    session.rollback()?;
    assert_eq!(session.state(alice), State::Transient);
    let alice = session.expunge(alice)?;
    session.add(alice);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_037_a_panic_of_a_hook_is_taken_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let shops = session.add_all(["Tea", "Panic"].map(Shop::named));
    assert!(panics(&mut session, Session::flush));
    assert_eq!((&*session[shops[0]].slug, session.state(shops[0])), ("", State::Pending), "as the user left it");
    session[shops[1]].name = "Coffee".into();
    session.commit()?;
    cx.expect_rows("SELECT slug FROM shop ORDER BY id", &["tea", "coffee"]);
    Ok(())
}

pub fn a_panic_of_a_state_listener_leaves_it_listening(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let heard = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&heard);
    session.on_state_change(move |_, _| assert_ne!(counter.fetch_add(1, Ordering::Relaxed), 0, "on purpose"));
    assert!(panics(&mut session, |session| session.add(User::named("alice"))));
    session.add(User::named("bob"));
    session.commit()?;
    assert_eq!(heard.load(Ordering::Relaxed), 4, "two became pending, then persistent");
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["2"]);
    Ok(())
}

pub fn u_035_a_panic_without_autoflush_turns_it_on_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    assert!(panics(&mut session, |session| session.no_autoflush(|_| panic!("on purpose"))));
    assert_eq!(User::query().count(&mut session)?, 1);
    Ok(())
}
