//! LISTEN and NOTIFY, on bare connections.

use std::thread;
use std::time::Duration;

use orm::driver::TransactionMode;
use orm::prelude::*;
use orm::{Conn, ErrorKind, Result};

use crate::{TestContext, expect_error};

cases! { notifications {
    a_listener_hears_what_is_told [notifications];
    a_listener_waits_for_what_comes [notifications];
    nothing_is_lost_between_statements [notifications];
    a_transaction_tells_when_it_commits [notifications];
    a_connection_that_goes_back_listens_no_longer [notifications];
    a_channel_has_any_name [notifications];
    a_wrong_channel_is_refused [notifications];
    listening_ends [notifications];
    a_listener_within_a_transaction_is_told_so [notifications];
    a_listener_is_cancelled [notifications];
    a_listener_notices_the_end_of_its_connection [notifications];
    telling_needs_channels [notifications];
    waiting_needs_channels [notifications];
} }

const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(120);

/// What has arrived, as `channel:payload`.
fn heard(listener: &mut Conn) -> Result<Vec<String>> {
    let told = listener.notifications(SHORT);
    told.map(|told| told.map(|told| format!("{}:{}", told.channel, told.payload))).collect()
}

fn listener(cx: &TestContext, channel: &str) -> Result<Conn> {
    let mut listener = cx.engine.connection()?;
    listener.listen(channel)?;
    Ok(listener)
}

pub fn a_listener_hears_what_is_told(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "heard")?;
    let mut teller = cx.engine.connection()?;
    teller.notify("heard", "one")?;
    teller.notify("other", "two")?;
    teller.notify("heard", "")?;
    listener.notify("heard", "its own")?;
    assert_eq!(heard(&mut listener)?, ["heard:one", "heard:", "heard:its own"]);
    assert_eq!(heard(&mut listener)?, [""; 0]);
    teller.notify("heard", "x")?;
    listener.notify("heard", "y")?;
    let told: Vec<_> = listener.notifications(SHORT).collect::<Result<_>>()?;
    assert!(told.len() == 2 && told[0].process_id > 0 && told[0].process_id != told[1].process_id, "{told:?}");
    Ok(())
}

pub fn a_listener_waits_for_what_comes(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "waits")?;
    assert!(listener.notifications(SHORT).next().is_none());
    let engine = cx.engine.clone();
    let teller = thread::spawn(move || {
        thread::sleep(SHORT);
        engine.connection()?.notify("waits", "late")
    });
    // It is told nothing if it does not wait, or ends its waiting too late.
    let told = listener.notifications(LONG).next().unwrap()?;
    assert_eq!((&*told.channel, &*told.payload), ("waits", "late"));
    teller.join().unwrap()?;
    assert!(listener.notifications(Duration::ZERO).next().is_none());
    Ok(())
}

pub fn nothing_is_lost_between_statements(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "between")?;
    let mut teller = cx.engine.connection()?;
    for number in 0..100 {
        teller.notify("between", &number.to_string())?;
        if number % 10 == 0 {
            listener.execute("SELECT 1", &[])?;
        }
    }
    listener.begin(TransactionMode::Write)?;
    teller.notify("between", "within")?;
    listener.execute("SELECT 1", &[])?;
    listener.commit()?;
    let expected: Vec<String> = (0..100).map(|number| number.to_string()).chain(["within".to_owned()]).collect();
    let told: Vec<String> = listener.notifications(SHORT).map(|told| Ok(told?.payload)).collect::<Result<_>>()?;
    assert_eq!(told, expected);
    Ok(())
}

pub fn a_transaction_tells_when_it_commits(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "commits")?;
    let mut teller = cx.engine.connection()?;
    teller.begin(TransactionMode::Write)?;
    teller.notify("commits", "one")?;
    assert_eq!(heard(&mut listener)?, [""; 0]);
    teller.commit()?;
    assert_eq!(heard(&mut listener)?, ["commits:one"]);
    teller.begin(TransactionMode::Write)?;
    teller.notify("commits", "two")?;
    teller.rollback()?;
    assert_eq!(heard(&mut listener)?, [""; 0]);
    // A session tells by SQL of its own.
    cx.engine.transaction(|session| sql("SELECT pg_notify('commits', 'three')").execute(session).map(drop))?;
    assert_eq!(heard(&mut listener)?, ["commits:three"]);
    Ok(())
}

pub fn a_connection_that_goes_back_listens_no_longer(cx: &mut TestContext) -> Result<()> {
    let engine = cx.builder().pool_size(1).max_overflow(0).build()?;
    let mut listener = engine.connection()?;
    listener.listen("gone")?;
    cx.engine.connection()?.notify("gone", "one")?;
    drop(listener);
    cx.engine.connection()?.notify("gone", "two")?;
    assert_eq!(heard(&mut engine.connection()?)?, [""; 0]);
    Ok(())
}

pub fn a_channel_has_any_name(cx: &mut TestContext) -> Result<()> {
    for channel in ["Orders", "a \"quoted\" one", "x; DROP TABLE t", "é", &"n".repeat(63)] {
        let mut listener = listener(cx, channel)?;
        cx.engine.connection()?.notify(channel, "it's \"told\"")?;
        assert_eq!(heard(&mut listener)?, [format!("{channel}:it's \"told\"")]);
    }
    Ok(())
}

pub fn a_wrong_channel_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut connection = listener(cx, "right")?;
    for channel in ["", "a\0b", &"n".repeat(64)] {
        expect_error(connection.listen(channel), ErrorKind::Config, &["name of a channel"]);
        expect_error(connection.unlisten(channel), ErrorKind::Config, &["name of a channel"]);
        expect_error(connection.notify(channel, ""), ErrorKind::Config, &["name of a channel"]);
    }
    connection.execute("SELECT 1", &[]).map(drop)
}

pub fn listening_ends(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "ends")?;
    listener.listen("stays")?;
    let mut teller = cx.engine.connection()?;
    teller.notify("ends", "before")?;
    listener.unlisten("ends")?;
    teller.notify("ends", "after")?;
    teller.notify("stays", "after")?;
    assert_eq!(heard(&mut listener)?, ["ends:before", "stays:after"]);
    Ok(())
}

pub fn a_listener_within_a_transaction_is_told_so(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "within")?;
    listener.begin(TransactionMode::Write)?;
    let outcome = listener.notifications(LONG).next().unwrap();
    expect_error(outcome, ErrorKind::InvalidState, &["commit it or roll it back"]);
    listener.rollback()
}

pub fn a_listener_is_cancelled(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "cancelled")?;
    let token = listener.cancel_token();
    let canceller = thread::spawn(move || {
        thread::sleep(SHORT);
        token.cancel();
    });
    // After that time there is no error, but nothing.
    let mut told = listener.notifications(LONG);
    expect_error(told.next().unwrap(), ErrorKind::Cancelled, &[]);
    assert!(told.next().is_none());
    canceller.join().unwrap();
    Ok(())
}

pub fn a_listener_notices_the_end_of_its_connection(cx: &mut TestContext) -> Result<()> {
    let mut listener = listener(cx, "lost")?;
    listener.notify("lost", "")?;
    let process_id = listener.notifications(SHORT).next().unwrap()?.process_id;
    cx.execute(&format!("SELECT pg_terminate_backend({process_id})"));
    expect_error(listener.notifications(LONG).next().unwrap(), ErrorKind::ConnectionLost, &[]);
    assert!(listener.is_broken());
    Ok(())
}

pub fn telling_needs_channels(cx: &mut TestContext) -> Result<()> {
    cx.engine.connection()?.notify("x", "y")
}

pub fn waiting_needs_channels(cx: &mut TestContext) -> Result<()> {
    cx.engine.connection()?.notifications(Duration::ZERO).next().transpose().map(drop)
}
