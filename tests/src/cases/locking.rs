//! Refreshing with a lock: U-108 and U-121.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::Counter;
use crate::{TestContext, expect_error};

cases! { locking {
    u_121_refresh_for_update_reads_and_locks [row_locks];
    u_121_a_lock_makes_others_wait [row_locks];
    u_108_a_locked_object_of_another_version_is_stale [row_locks];
    u_108_a_locking_query_finds_another_version_stale [row_locks];
    u_108_a_plain_refresh_is_the_cure [];
} }

pub fn u_121_refresh_for_update_reads_and_locks(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    cx.execute("UPDATE counter SET hits = 5");
    session[counter].hits = 9;
    cx.clear_log();
    session.refresh_for_update(counter)?;
    assert_eq!(session[counter].hits, 5);
    assert!(!session.is_modified(counter));
    let log = cx.take_log();
    assert_eq!(log.len(), 1);
    assert!(log[0].sql.ends_with(" FOR UPDATE"), "{}", log[0].sql);
    cx.execute("DELETE FROM counter WHERE 1 = 0");
    session.rollback()?;
    cx.execute("DELETE FROM counter");
    expect_error(session.refresh_for_update(counter), ErrorKind::NotFound, &["Counter#1"]);
    assert!(!session.contains(counter));
    Ok(())
}

pub fn u_121_a_lock_makes_others_wait(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    session.refresh_for_update(counter)?;
    let engine = cx.engine.clone();
    let other = std::thread::spawn(move || -> Result<()> {
        engine.connection()?.execute_script("UPDATE counter SET hits = hits + 10")
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert!(!other.is_finished());
    session[counter].hits += 1;
    session.commit()?;
    other.join().unwrap()?;
    cx.expect_rows("SELECT hits FROM counter", &["11"]);
    Ok(())
}

pub fn u_108_a_locked_object_of_another_version_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    session.refresh_for_update(counter)?;
    session.rollback()?;
    cx.execute("UPDATE counter SET hits = 5, version = 7");
    session[counter].hits = 3;
    let stale = session.refresh_for_update(counter);
    expect_error(stale, ErrorKind::StaleData, &["Counter#1", "version 1", "version 7", "refresh"]);
    assert_eq!(session[counter].hits, 3, "as it was");
    session.refresh(counter)?;
    session.refresh_for_update(counter)?;
    assert_eq!((session[counter].hits, session[counter].version), (5, 7));
    Ok(())
}

pub fn u_108_a_locking_query_finds_another_version_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    assert_eq!(Counter::query().for_update().one(&mut session)?, counter);
    session.rollback()?;
    // Values that the program has read in this unit may be used for the new ones.
    Counter::query().one(&mut session)?;
    cx.execute("UPDATE counter SET hits = 5, version = 7");
    cx.clear_log();
    let stale = Counter::query().for_update().all(&mut session);
    expect_error(stale, ErrorKind::StaleData, &["Counter#1", "version 1", "version 7", "refresh"]);
    assert_eq!((session[counter].hits, session[counter].version), (0, 1));
    Counter::query().populate_existing().for_update().one(&mut session)?;
    assert_eq!((session[counter].hits, session[counter].version), (5, 7));
    session.rollback()?;
    cx.execute("UPDATE counter SET version = 8");
    assert_eq!(Counter::query().for_update().one(&mut session)?, counter);
    assert_eq!(session[counter].version, 8);
    cx.expect_log(&["failed select counter x0", "select counter", "select counter"]);
    Ok(())
}

pub fn u_108_a_plain_refresh_is_the_cure(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    cx.execute("UPDATE counter SET hits = 5, version = 7");
    session[counter].hits = 3;
    expect_error(session.commit(), ErrorKind::StaleData, &["Counter#1", "refresh"]);
    session.rollback()?;
    session.refresh(counter)?;
    session[counter].hits += 1;
    session.commit()?;
    cx.expect_rows("SELECT hits, version FROM counter", &["6|8"]);
    Ok(())
}
