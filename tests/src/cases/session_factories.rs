//! Factories of sessions, and the sessions of threads.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use orm::prelude::*;
use orm::{KeyedSessions, LazyLoads, Result, ScopedSessions, TransactionOptions};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { session_factories {
    sessions_have_their_options [];
    options_leave_open_what_the_engine_says [];
    set_up_adds_listeners_to_each [];
    units_are_of_the_factory [];
    a_thread_has_one_session [];
    each_thread_has_its_own [];
    the_end_of_a_thread_rolls_back_and_gives_back [];
    a_panic_drops_the_session [];
    within_itself_it_is_refused [];
    removing_rolls_back [];
    registries_do_not_share [];
    a_key_has_one_session_on_all_threads [];
    a_key_is_lent_to_one_caller [];
    what_a_key_has_not_committed_is_rolled_back [];
} }

fn count(cx: &TestContext) -> String {
    cx.rows(r#"SELECT count(*) FROM "user""#).concat().concat()
}

pub fn sessions_have_their_options(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let sessions = cx.engine.sessions().autoflush(false).expire_on_commit(false).watch_lazy_loads(LazyLoads::Fail(0));
    for _ in 0..2 {
        let mut session = sessions.session();
        let alice = session.add(User::named("alice"));
        assert_eq!(User::query().count(&mut session)?, 0);
        session.commit()?;
        cx.clear_log();
        session.get::<User>(session[alice].id)?;
        cx.expect_log(&[]);
        let mut other = sessions.session();
        let again = User::query().one(&mut other)?;
        expect_error(other.load(again, User::addresses), ErrorKind::RepeatedLoad, &["User::addresses"]);
        drop(other);
        session.delete(alice)?;
        session.commit()?;
    }
    // Without options they are what `engine.session()` makes.
    let mut session = cx.engine.sessions().session();
    let alice = session.add(User::named("alice"));
    assert_eq!(User::query().count(&mut session)?, 1);
    let id = session[alice].id;
    session.commit()?;
    session.clear();
    let alice = session.get::<User>(id)?.unwrap();
    session.load(alice, User::addresses)?;
    Ok(())
}

pub fn options_leave_open_what_the_engine_says(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().compare_updates(false).transaction_options(Isolation::Serializable).build()?;
    engine.create_all(models![User, Address])?;
    let sessions = engine.sessions().transaction_options(TransactionOptions::new().read_only(true));
    let mut session = sessions.session();
    session.add(User::named("alice"));
    expect_error(session.flush(), ErrorKind::ReadOnly, &[]);
    session.rollback()?;
    cx.clear_log();
    // UPDATEs compare, other than the engine's.
    for (compares, keys) in [(None, 1), (Some(true), 2)] {
        let mut sessions = engine.sessions().expire_on_commit(false).transaction_options(Isolation::ReadCommitted);
        if let Some(compares) = compares {
            sessions = sessions.compare_updates(compares);
        }
        let mut session = sessions.session();
        let alice = session.add(User::named("alice"));
        session.commit()?;
        cx.clear_log();
        session[alice].age = 31;
        session.commit()?;
        let log = cx.take_log();
        assert_eq!(log[0].keys.len(), keys, "{}", log[0].sql);
    }
    Ok(())
}

pub fn set_up_adds_listeners_to_each(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let sessions = cx
        .engine
        .sessions()
        .set_up(|session| {
            session.on_before_flush(|session| {
                session.add(User::named("guest"));
                Ok(())
            });
        })
        .set_up(move |session| {
            let counted = Arc::clone(&counted);
            session.on_after_commit(move |_| {
                counted.fetch_add(1, Ordering::Relaxed);
            });
        });
    for _ in 0..2 {
        let mut session = sessions.session();
        session.add(User::named("alice"));
        session.commit()?;
    }
    assert_eq!((commits.load(Ordering::Relaxed), count(cx)), (2, "4".to_owned()));
    Ok(())
}

pub fn units_are_of_the_factory(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    let sessions = cx.engine.sessions().autoflush(false).set_up(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let pending = |session: &mut Session| {
        session.add(User::named("alice"));
        User::query().count(session)
    };
    assert_eq!(sessions.transaction(pending)?, 0);
    assert_eq!(sessions.try_transaction::<_, orm::Error>(pending)?, 1);
    assert_eq!(sessions.unit().run(pending)?, 2);
    assert_eq!(count(cx), "3");
    cx.fail_next(orm::StatementKind::Insert, ErrorKind::Busy);
    sessions.unit().retries(1).run(pending)?;
    assert_eq!((made.load(Ordering::Relaxed), count(cx)), (5, "4".to_owned()));
    Ok(())
}

fn add(scoped: &ScopedSessions, name: &str) -> Result<()> {
    scoped.with(|session| {
        session.add(User::named(name));
        Ok(())
    })
}

pub fn a_thread_has_one_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = cx.engine.sessions().scoped();
    assert!(!scoped.has_session());
    add(&scoped, "alice")?;
    add(&scoped, "bob")?;
    assert!(scoped.has_session());
    assert_eq!(count(cx), "0");
    scoped.with(Session::commit)?;
    assert_eq!(count(cx), "2");
    // An error leaves the session to its user, who may roll it back.
    let failed: Result<()> = scoped.with(|_| Err(orm::Error::new(ErrorKind::InvalidState, "no")));
    expect_error(failed, ErrorKind::InvalidState, &["no"]);
    assert!(scoped.has_session());
    scoped.remove()
}

pub fn each_thread_has_its_own(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = cx.engine.sessions().scoped();
    add(&scoped, "alice")?;
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            assert!(!scoped.has_session());
            add(&scoped, "bob")?;
            scoped.with(Session::commit)
        });
        other.join().unwrap()
    })?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["bob"]);
    scoped.with(Session::commit)?;
    scoped.remove()?;
    assert_eq!(count(cx), "2");
    Ok(())
}

pub fn the_end_of_a_thread_rolls_back_and_gives_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = Arc::new(cx.engine.sessions().scoped());
    let late = Arc::clone(&scoped);
    thread::spawn(move || {
        add(&late, "alice").unwrap();
        late.with(Session::flush).unwrap();
    })
    .join()
    .unwrap();
    assert_eq!(cx.engine.pool_status().checked_out, 0);
    assert_eq!(count(cx), "0");
    // A destructor of the same thread that comes back is refused, whichever of them runs first.
    thread_local!(static LATE: Mutex<Option<Late>> = const { Mutex::new(None) });
    struct Late(Arc<ScopedSessions>, Arc<AtomicUsize>);
    impl Drop for Late {
        fn drop(&mut self) {
            let outcome = add(&self.0, "bob");
            assert!(outcome.is_ok() || outcome.is_err_and(|error| error.kind() == ErrorKind::InvalidState));
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    for session_first in [true, false] {
        let late = Late(Arc::clone(&scoped), Arc::clone(&dropped));
        thread::spawn(move || {
            let scoped = Arc::clone(&late.0);
            let touch = || scoped.with(|session| User::query().count(session).map(drop)).unwrap();
            if session_first {
                touch();
            }
            LATE.with(|place| *place.lock().unwrap() = Some(late));
            touch();
        })
        .join()
        .unwrap();
    }
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
    assert_eq!(cx.engine.pool_status().checked_out, 0);
    Ok(())
}

pub fn a_panic_drops_the_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = Arc::new(cx.engine.sessions().scoped());
    let panicking = Arc::clone(&scoped);
    let outcome = thread::spawn(move || {
        add(&panicking, "alice").unwrap();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            panicking.with(|session| -> Result<()> {
                session.flush()?;
                panic!("a bug")
            })
        }));
        (caught.is_err(), panicking.has_session())
    })
    .join()
    .unwrap();
    assert_eq!(outcome, (true, false));
    assert_eq!(cx.engine.pool_status().checked_out, 0);
    assert_eq!(count(cx), "0");
    Ok(())
}

pub fn within_itself_it_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = cx.engine.sessions().scoped();
    scoped.with(|session| {
        session.add(User::named("alice"));
        expect_error(add(&scoped, "bob"), ErrorKind::InvalidState, &["lent to a caller already", "as an argument"]);
        expect_error(scoped.remove(), ErrorKind::InvalidState, &["lent to a caller already"]);
        session.commit()
    })?;
    assert_eq!(count(cx), "1");
    scoped.remove()
}

pub fn removing_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let scoped = cx.engine.sessions().scoped();
    scoped.remove()?;
    assert!(!scoped.has_session());
    add(&scoped, "alice")?;
    scoped.with(Session::flush)?;
    scoped.remove()?;
    assert_eq!((scoped.has_session(), count(cx)), (false, "0".to_owned()));
    assert_eq!(scoped.with(|session| User::query().count(session))?, 0);
    scoped.remove()
}

pub fn registries_do_not_share(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let (one, other) = (cx.engine.sessions().scoped(), cx.engine.sessions().autoflush(false).scoped());
    one.with(|session| {
        session.add(User::named("alice"));
        other.with(|inner| {
            inner.add(User::named("bob"));
            inner.commit()
        })?;
        session.commit()
    })?;
    assert_eq!(count(cx), "2");
    one.remove()?;
    assert!(other.has_session());
    other.remove()
}

/// A registry, and what sets the key.
fn keyed(cx: &TestContext) -> (KeyedSessions<u64>, Arc<AtomicU64>) {
    let key = Arc::new(AtomicU64::new(1));
    let asked = Arc::clone(&key);
    (cx.engine.sessions().scoped_by(move || asked.load(Ordering::Relaxed)), key)
}

pub fn a_key_has_one_session_on_all_threads(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let (keyed, key) = keyed(cx);
    let on_another_thread = |name: &str| {
        thread::scope(|scope| {
            let add = || {
                keyed.with(|session| {
                    session.add(User::named(name));
                    Ok(session.new_objects().len())
                })
            };
            scope.spawn(add).join().unwrap()
        })
    };
    assert!(!keyed.has_session());
    assert_eq!((on_another_thread("alice")?, on_another_thread("bob")?), (1, 2));
    key.store(2, Ordering::Relaxed);
    assert!(!keyed.has_session());
    assert_eq!(on_another_thread("carol")?, 1);
    keyed.with(Session::commit)?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["carol"]);
    key.store(1, Ordering::Relaxed);
    // Its threads have ended, and it is still there.
    assert!(keyed.has_session());
    keyed.with(Session::commit)?;
    assert_eq!(count(cx), "3");
    Ok(())
}

pub fn a_key_is_lent_to_one_caller(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let (keyed, key) = keyed(cx);
    let elsewhere = || thread::scope(|scope| scope.spawn(|| keyed.with(|_| Ok(()))).join().unwrap());
    keyed.with(|_| {
        expect_error(elsewhere(), ErrorKind::InvalidState, &["the session of the key", "as an argument"]);
        expect_error(keyed.remove(), ErrorKind::InvalidState, &["the session of the key"]);
        key.store(2, Ordering::Relaxed);
        elsewhere()?;
        keyed.remove()
    })?;
    // It was lent for the key of that moment, and is put back there.
    assert!(!keyed.has_session());
    key.store(1, Ordering::Relaxed);
    assert!(keyed.has_session());
    elsewhere()
}

pub fn what_a_key_has_not_committed_is_rolled_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let (keyed, _) = keyed(cx);
    let flush = || {
        keyed.with(|session| {
            session.add(User::named("alice"));
            session.flush()
        })
    };
    flush()?;
    keyed.remove()?;
    assert_eq!((keyed.has_session(), cx.engine.pool_status().checked_out, count(cx)), (false, 0, "0".to_owned()));
    flush()?;
    let panics = || keyed.with(|_| -> Result<()> { std::panic::resume_unwind(Box::new("a bug")) });
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).is_err());
    assert_eq!((keyed.has_session(), cx.engine.pool_status().checked_out, count(cx)), (false, 0, "0".to_owned()));
    flush()?;
    drop(keyed);
    assert_eq!((cx.engine.pool_status().checked_out, count(cx)), (0, "0".to_owned()));
    Ok(())
}
