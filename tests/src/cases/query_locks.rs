//! Queries that lock their rows.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Buyer, Sale, open_music_shop};
use crate::{TestContext, expect_error};

cases! { query_locks {
    a_locked_row_is_skipped [row_locks];
    a_locked_row_is_refused [row_locks];
    a_shared_lock_is_shared [row_locks];
    joined_rows_are_not_locked [row_locks, table_locks];
    waiting_needs_a_lock [];
} }

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

pub fn a_locked_row_is_skipped(cx: &mut TestContext) -> Result<()> {
    let mine = &mut shop(cx)?;
    let first = Buyer::query().order_by(Buyer::id).limit(1).for_update().one(mine)?;
    assert_eq!(mine[first].name, "Eve");
    let theirs = &mut cx.session();
    let next = Buyer::query().order_by(Buyer::id).limit(1).for_update().skip_locked().one(theirs)?;
    assert_eq!(theirs[next].name, "Fay");
    Ok(())
}

pub fn a_locked_row_is_refused(cx: &mut TestContext) -> Result<()> {
    let mine = &mut shop(cx)?;
    let keys =
        Buyer::query().filter(Buyer::name.in_(["Eve", "Fay"])).order_by(Buyer::name).select(Buyer::id).all(mine)?;
    Buyer::query().filter(Buyer::id.eq(keys[0])).for_update().select(Buyer::id).all(mine)?;
    let theirs = &mut cx.session();
    // By its key: a scan may meet the locked row.
    assert_eq!(Buyer::query().filter(Buyer::id.eq(keys[1])).for_update().nowait().all(theirs)?.len(), 1);
    let refused = Buyer::query().for_share().nowait().all(theirs);
    assert!(refused.is_err());
    Ok(())
}

pub fn a_shared_lock_is_shared(cx: &mut TestContext) -> Result<()> {
    let mine = &mut shop(cx)?;
    assert_eq!(Buyer::query().for_share().all(mine)?.len(), 4);
    let theirs = &mut cx.session();
    assert_eq!(Buyer::query().for_share().nowait().all(theirs)?.len(), 4);
    assert_eq!(Buyer::query().for_update().skip_locked().all(theirs)?.len(), 0);
    Ok(())
}

pub fn joined_rows_are_not_locked(cx: &mut TestContext) -> Result<()> {
    let mine = &mut shop(cx)?;
    let sales = Sale::query().left_join(Sale::buyer).filter(Buyer::name.eq("Eve")).for_update();
    assert_eq!(sales.all(mine)?.len(), 3);
    let theirs = &mut cx.session();
    assert_eq!(Buyer::query().for_update().skip_locked().all(theirs)?.len(), 4);
    assert_eq!(Sale::query().for_update().skip_locked().all(theirs)?.len(), 2);
    Ok(())
}

pub fn waiting_needs_a_lock(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect_error(Buyer::query().nowait().all(session), ErrorKind::InvalidState, &["nowait", "for_update"]);
    expect_error(Buyer::query().skip_locked().count(session), ErrorKind::InvalidState, &["skip_locked"]);
    expect_error(Buyer::query().for_update().count(session), ErrorKind::InvalidState, &["count", "lock"]);
    Ok(())
}
