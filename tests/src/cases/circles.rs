//! Rows that reference each other in a circle, or themselves: U-046.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Egg, Hen, Node, Player, Team};
use crate::{TestContext, expect_error};

cases! { circles {
    u_046_a_circle_of_new_rows_is_closed_by_an_update [];
    u_046_a_circle_of_old_rows_is_opened_by_an_update [];
    u_046_a_row_references_itself [];
    u_046_a_deleted_row_that_references_itself_is_one_statement [];
    u_046_a_rollback_brings_a_circle_back [];
    u_046_many_circles_are_broken_in_batches [];
    u_046_a_circle_without_a_nullable_key_is_refused_before_any_sql [];
} }

/// A team, and its captain who plays for it.
fn circle(session: &mut Session) -> (Handle<Team>, Handle<Player>) {
    let ann = session.add(Player { name: "ann".into(), ..Player::default() });
    let reds = session.add(Team { name: "reds".into(), captain: ann.into(), ..Team::default() });
    session[ann].team = reds.into();
    (reds, ann)
}

pub fn u_046_a_circle_of_new_rows_is_closed_by_an_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let (reds, ann) = circle(&mut session);
    session.commit()?;
    let log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    assert_eq!(log.len(), 3, "{log:?}");
    assert!(log[2].starts_with("update"), "{log:?}");
    cx.expect_rows("SELECT captain_id FROM team", &["1"]);
    cx.expect_rows("SELECT team_id FROM player", &["1"]);
    assert_eq!(session[reds].captain, Some(BelongsTo::key(1)));
    assert_eq!(session[ann].team, Some(BelongsTo::key(1)));
    assert!(session.dirty().is_empty());
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_046_a_circle_of_old_rows_is_opened_by_an_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let (reds, ann) = circle(&mut session);
    session.commit()?;
    cx.clear_log();
    session.delete(reds)?;
    session.delete(ann)?;
    session.commit()?;
    let log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    assert_eq!(log.iter().map(|line| &line[..6]).collect::<Vec<_>>(), ["update", "delete", "delete"], "{log:?}");
    cx.expect_rows("SELECT (SELECT count(*) FROM team) + (SELECT count(*) FROM player)", &["0"]);
    Ok(())
}

pub fn u_046_a_row_references_itself(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let own = session.add(Node::named("own"));
    session[own].parent = own.into();
    session.commit()?;
    cx.expect_log(&["insert node", "update node (parent_id)"]);
    cx.expect_rows("SELECT id, parent_id FROM node", &["1|1"]);
    assert_eq!(session.related(own, Node::children)?, [own]);

    let hand = session.add(Node { id: 9, parent: Some(BelongsTo::key(9)), ..Node::named("by hand") });
    session.commit()?;
    cx.expect_log(&["insert node"]);
    assert_eq!(session.load(hand, Node::parent)?, Some(hand));
    Ok(())
}

pub fn u_046_a_deleted_row_that_references_itself_is_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let own = session.add(Node::named("own"));
    session[own].parent = own.into();
    session.commit()?;
    cx.clear_log();
    session.delete(own)?;
    session.commit()?;
    cx.expect_log(&["delete node"]);
    Ok(())
}

pub fn u_046_a_rollback_brings_a_circle_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let (reds, ann) = circle(&mut session);
    session.commit()?;
    session.delete(reds)?;
    session.delete(ann)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[reds].captain, Some(BelongsTo::key(1)));
    assert_eq!(session[ann].team, Some(BelongsTo::key(1)));
    assert_eq!(session.related(reds, Team::players)?, [ann]);

    let (blues, bob) = circle(&mut session);
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[blues].captain, bob.into());
    assert_eq!(session[bob].team, blues.into());
    cx.expect_rows("SELECT (SELECT count(*) FROM team) + (SELECT count(*) FROM player)", &["2"]);
    Ok(())
}

pub fn u_046_many_circles_are_broken_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    for _ in 0..2_000 {
        circle(&mut session);
    }
    session.commit()?;
    let log: Vec<usize> = cx.take_log().iter().map(|entry| entry.rows).collect();
    assert_eq!(log, [2_000; 3]);
    cx.expect_rows(
        "SELECT count(*) FROM team t JOIN player p ON p.id = t.captain_id AND p.team_id = t.id",
        &["2000"],
    );
    Ok(())
}

pub fn u_046_a_circle_without_a_nullable_key_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    let mut session = cx.session();
    let egg = session.add(Egg::default());
    let hen = session.add(Hen { hatched_from: egg.into(), ..Hen::default() });
    session[egg].laid_by = hen.into();
    expect_error(session.flush(), ErrorKind::InvalidState, &["Hen#new", "hatched_from", "Egg#new", "laid_by", "Option"]);
    cx.expect_full_log(&[]);
    assert_eq!(session[egg].laid_by, hen.into());
    Ok(())
}
