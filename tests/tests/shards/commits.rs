//! Commits of several shards.

use orm::prelude::*;
use orm::{CommitMode, ErrorKind, Result};
use orm_tests::expect_error;
use orm_tests::harness::Harness;

use crate::models::{Shop, User, user};

crate::on_databases! {
    with PostgresDatabase:
    one_shard_commits_in_every_mode,
    a_single_commit_refuses_a_second_shard,
    an_ordered_commit_tells_what_was_committed,
    two_phases_commit_all_or_none,
    a_transaction_commits_or_rolls_back,
}

fn one_shard_commits_in_every_mode<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Single)?;
    for (id, mode) in (1..).zip([CommitMode::Single, CommitMode::Ordered, CommitMode::TwoPhase]) {
        let mut session = shop.shards.clone().commit_mode(mode).session();
        let ann = session.add(user(4 * id, "ann"))?;
        // What has only read takes no part.
        assert_eq!(session.count(User::query())?, u64::try_from(id).unwrap());
        session.commit()?;
        session[ann].name = "anna".into();
        session.commit()?;
    }
    assert_eq!(shop.counts()?[0], (3, 0));
    Ok(())
}

fn a_single_commit_refuses_a_second_shard<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Single)?;
    let mut session = shop.shards.session();
    session.add(user(1, "ann"))?;
    session.add(user(2, "bob"))?;
    expect_error(session.commit(), ErrorKind::InvalidState, &["`b`, `c`", "cannot commit as one", "TwoPhase"]);
    session.rollback()?;
    assert_eq!(shop.counts()?, [(0, 0); 4]);
    Ok(())
}

fn an_ordered_commit_tells_what_was_committed<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    let mut session = shop.shards.session();
    let (ann, bob) = (session.add(user(1, "ann"))?, session.add(user(2, "bob"))?);
    session.commit()?;
    assert_eq!(shop.counts()?, [(0, 0), (1, 0), (1, 0), (0, 0)]);

    // The transaction of the second shard is gone when it is to commit.
    session[ann].name = "anna".into();
    session[bob].name = "rob".into();
    session.flush()?;
    session.shard("b")?.on_after_commit(|_| {});
    session.shard("c")?.on_before_commit(|_| Err(orm::Error::new(ErrorKind::InvalidState, "no")));
    expect_error(session.commit(), ErrorKind::InvalidState, &["no"]);
    session.rollback()?;
    assert_eq!((&*session[ann].name, &*session[bob].name), ("ann", "bob"));
    Ok(())
}

fn two_phases_commit_all_or_none<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::TwoPhase)?;
    let mut session = shop.shards.session();
    let ann = session.add(user(1, "ann"))?;
    session.add(user(2, "bob"))?;
    let committed = session.commit();
    if !shop.main.dialect().capabilities().prepared_transactions {
        expect_error(committed, ErrorKind::Unsupported, &["two-phase commit"]);
        session.rollback()?;
        assert_eq!(shop.counts()?, [(0, 0); 4]);
        return Ok(());
    }
    committed?;
    assert_eq!(shop.counts()?, [(0, 0), (1, 0), (1, 0), (0, 0)]);
    session[ann].name = "anna".into();
    session.add(user(3, "cid"))?;
    session.commit()?;
    session.refresh(ann)?;
    assert_eq!(session[ann].name, "anna");
    assert_eq!(shop.shards.resolve_prepared(std::time::Duration::ZERO)?, []);
    Ok(())
}

fn a_transaction_commits_or_rolls_back<H: Harness>() -> Result<()> {
    let shop = Shop::open::<H>(CommitMode::Ordered)?;
    shop.shards.transaction(|session| session.add(user(1, "ann")).map(drop))?;
    let failed = shop.shards.transaction(|session| {
        session.add(user(2, "bob"))?;
        session.flush()?;
        Err::<(), _>(orm::Error::new(ErrorKind::InvalidState, "no"))
    });
    expect_error(failed, ErrorKind::InvalidState, &["no"]);
    assert_eq!(shop.counts()?, [(0, 0), (1, 0), (0, 0), (0, 0)]);
    Ok(())
}
