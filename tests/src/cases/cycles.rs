//! Rows that reference each other in a cycle, or themselves: U-046, U-102, U-103, U-147.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Club, Egg, Fan, Hen, Link, Node, Player, Team};
use crate::{TestContext, expect_error};

cases! { cycles {
    u_147_a_cycle_of_new_rows_is_closed_by_an_update [];
    u_147_a_cycle_of_old_rows_is_opened_by_an_update [];
    u_147_a_row_references_itself [];
    u_147_a_deleted_row_that_references_itself_is_one_statement [];
    u_147_a_rollback_brings_a_cycle_back [];
    u_046_many_cycles_are_broken_in_batches [];
    u_147_a_cycle_of_deferred_keys_is_written_in_any_order [];
    u_147_a_cycle_of_keys_that_are_declared_deferrable_is_written_in_any_order [deferrable_keys];
    u_147_a_cycle_without_a_nullable_key_is_refused_before_any_sql [];
    u_102_a_row_is_inserted_without_the_key_and_updated_afterwards [];
    u_102_a_key_to_a_row_that_is_there_is_written_with_its_row [];
    u_102_a_changed_key_to_a_new_row_is_an_update_of_its_own [];
    u_102_before_a_delete_the_key_is_nulled [];
    u_103_two_keys_of_a_row_are_one_update [];
    u_103_no_key_is_no_update [];
} }

/// A team, and its captain who plays for it.
fn cycle(session: &mut Session) -> (Handle<Team>, Handle<Player>) {
    let ann = session.add(Player { name: "ann".into(), ..Player::default() });
    let reds = session.add(Team { name: "reds".into(), captain: ann.into(), ..Team::default() });
    session[ann].team = reds.into();
    (reds, ann)
}

pub fn u_147_a_cycle_of_new_rows_is_closed_by_an_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let (reds, ann) = cycle(&mut session);
    session.commit()?;
    cx.expect_log(&["insert team", "insert player", "update team (captain_id)"]);
    cx.expect_rows("SELECT captain_id FROM team", &["1"]);
    cx.expect_rows("SELECT team_id FROM player", &["1"]);
    assert_eq!(session[reds].captain, Some(BelongsTo::key(1)));
    assert_eq!(session[ann].team, Some(BelongsTo::key(1)));
    assert!(session.dirty().is_empty());
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_147_a_cycle_of_old_rows_is_opened_by_an_update(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.only_writer();
    let (reds, ann) = cycle(&mut session);
    session.commit()?;
    cx.clear_log();
    session.delete(reds)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["update player (team_id)", "delete team", "delete player"]);
    cx.expect_rows("SELECT (SELECT count(*) FROM team) + (SELECT count(*) FROM player)", &["0"]);
    Ok(())
}

pub fn u_147_a_row_references_itself(cx: &mut TestContext) -> Result<()> {
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

pub fn u_147_a_deleted_row_that_references_itself_is_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.only_writer();
    let own = session.add(Node::named("own"));
    session[own].parent = own.into();
    session.commit()?;
    cx.clear_log();
    session.delete(own)?;
    session.commit()?;
    cx.expect_log(&["without self_references: update node (parent_id)", "delete node"]);
    Ok(())
}

pub fn u_147_a_rollback_brings_a_cycle_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let (reds, ann) = cycle(&mut session);
    session.commit()?;
    session.delete(reds)?;
    session.delete(ann)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[reds].captain, Some(BelongsTo::key(1)));
    assert_eq!(session[ann].team, Some(BelongsTo::key(1)));
    assert_eq!(session.related(reds, Team::players)?, [ann]);

    let (blues, bob) = cycle(&mut session);
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[blues].captain, bob.into());
    assert_eq!(session[bob].team, blues.into());
    cx.expect_rows("SELECT (SELECT count(*) FROM team) + (SELECT count(*) FROM player)", &["2"]);
    Ok(())
}

pub fn u_046_many_cycles_are_broken_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    for _ in 0..1_000 {
        cycle(&mut session);
    }
    session.commit()?;
    cx.expect_batches(&[("insert team", 1_000), ("insert player", 1_000), ("update team (captain_id)", 1_000)]);
    cx.expect_rows("SELECT count(*) FROM team t JOIN player p ON p.id = t.captain_id AND p.team_id = t.id", &["1000"]);
    Ok(())
}

/// The foreign keys of mutually dependent tables are checked at the end of the transaction.
pub fn u_147_a_cycle_of_deferred_keys_is_written_in_any_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    let mut session = cx.session();
    let egg = session.add(Egg { id: 7, ..Egg::default() });
    let hen = session.add(Hen { id: 3, hatched_from: egg.into() });
    session[egg].laid_by = hen.into();
    if !cx.capabilities().deferrable_keys {
        let words = ["Egg#new(7).laid_by", "Hen#new(3).hatched_from", "Option"];
        expect_error(session.commit(), ErrorKind::InvalidState, &words);
        cx.expect_log(&[]);
        return Ok(());
    }
    session.commit()?;
    let mut log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    log.sort();
    assert_eq!(log, ["insert egg (id, laid_by_id)", "insert hen (id, hatched_from_id)"]);
    cx.expect_rows("SELECT e.id, e.laid_by_id, h.id, h.hatched_from_id FROM egg e, hen h", &["7|3|3|7"]);

    session.delete(egg)?;
    session.delete(hen)?;
    session.commit()?;
    cx.expect_rows("SELECT (SELECT count(*) FROM egg) + (SELECT count(*) FROM hen)", &["0"]);
    Ok(())
}

pub fn u_147_a_cycle_of_keys_that_are_declared_deferrable_is_written_in_any_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Link])?;
    let mut session = cx.session();
    let links = [3, 5, 7].map(|id| session.add(Link { id, ..Link::default() }));
    for (link, next) in [(0, 1), (1, 2), (2, 0)] {
        session[links[link]].next = links[next].into();
    }
    session.commit()?;
    cx.expect_log(&["insert link (id, next_id)"; 3]);
    cx.expect_rows("SELECT id, next_id FROM link ORDER BY id", &["3|5", "5|7", "7|3"]);
    for link in links {
        session.delete(link)?;
    }
    session.commit()?;
    cx.expect_log(&["delete link by (id)"; 3]);
    cx.expect_rows("SELECT count(*) FROM link", &["0"]);
    Ok(())
}

pub fn u_147_a_cycle_without_a_nullable_key_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    let mut session = cx.session();
    let egg = session.add(Egg::default());
    let hen = session.add(Hen { hatched_from: egg.into(), ..Hen::default() });
    session[egg].laid_by = hen.into();
    expect_error(
        session.flush(),
        ErrorKind::InvalidState,
        &["Hen#new", "hatched_from", "Egg#new", "laid_by", "Option"],
    );
    cx.expect_full_log(&[]);
    assert_eq!(session[egg].laid_by, hen.into());
    Ok(())
}

/// A club, its chair and its mascot.
fn club(cx: &mut TestContext) -> Result<(Session, Handle<Club>, [Handle<Fan>; 2])> {
    cx.create(models![Club])?;
    let mut session = cx.only_writer();
    let club = session.add(Club { name: "reds".into(), ..Club::default() });
    let fans = ["ann", "bob"].map(|name| session.add(Fan { name: name.into(), club: club.into(), ..Fan::default() }));
    Ok((session, club, fans))
}

pub fn u_102_a_row_is_inserted_without_the_key_and_updated_afterwards(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, [ann, _]) = club(cx)?;
    session[club].chair = ann.into();
    session.commit()?;
    cx.expect_log(&["insert club", "insert fan x2", "update club (chair_id)"]);
    cx.expect_rows("SELECT chair_id, mascot_id FROM club", &["1|NULL"]);
    assert_eq!(session[club].chair, Some(BelongsTo::key(1)));
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_102_a_key_to_a_row_that_is_there_is_written_with_its_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, [ann, bob]) = club(cx)?;
    session.commit()?;
    cx.clear_log();
    session[club].chair = ann.into();
    session[club].name = "blues".into();
    session.add(Club { mascot: bob.into(), ..Club::default() });
    session.commit()?;
    cx.expect_log(&["update club (name, chair_id)", "insert club"]);
    cx.expect_rows("SELECT chair_id, mascot_id FROM club ORDER BY id", &["1|NULL", "NULL|2"]);
    Ok(())
}

pub fn u_102_a_changed_key_to_a_new_row_is_an_update_of_its_own(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, _) = club(cx)?;
    session.commit()?;
    cx.clear_log();
    let cleo = session.add(Fan { name: "cleo".into(), club: club.into(), ..Fan::default() });
    session[club].chair = cleo.into();
    session[club].name = "blues".into();
    session.commit()?;
    cx.expect_log(&["update club (name)", "insert fan", "update club (chair_id)"]);
    let dan = session.add(Fan { name: "dan".into(), club: club.into(), ..Fan::default() });
    session[club].chair = dan.into();
    session.commit()?;
    cx.expect_log(&["insert fan", "update club (chair_id)"]);
    cx.expect_rows("SELECT name, chair_id FROM club", &["blues|4"]);
    assert_eq!(session[club].chair, Some(BelongsTo::key(4)));
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_102_before_a_delete_the_key_is_nulled(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, [ann, bob]) = club(cx)?;
    session[club].chair = ann.into();
    session[club].mascot = bob.into();
    session.commit()?;
    cx.clear_log();
    session.delete(club)?;
    session.commit()?;
    let update = "update club (chair_id, mascot_id)";
    cx.expect_log(&["select club", "select club", update, "delete fan x2", "delete club"]);
    cx.expect_rows("SELECT (SELECT count(*) FROM club) + (SELECT count(*) FROM fan)", &["0"]);
    Ok(())
}

pub fn u_103_two_keys_of_a_row_are_one_update(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, [ann, bob]) = club(cx)?;
    session[club].chair = ann.into();
    session[club].mascot = bob.into();
    session.commit()?;
    cx.expect_log(&["insert club", "insert fan x2", "update club (chair_id, mascot_id)"]);
    cx.expect_rows("SELECT chair_id, mascot_id FROM club", &["1|2"]);
    Ok(())
}

pub fn u_103_no_key_is_no_update(cx: &mut TestContext) -> Result<()> {
    let (mut session, club, _) = club(cx)?;
    session.commit()?;
    cx.expect_log(&["insert club", "insert fan x2"]);
    session.delete(club)?;
    session.commit()?;
    // Other clubs may have them as chairs and mascots.
    cx.expect_log(&["select club x0", "select club x0", "delete fan x2", "delete club"]);
    Ok(())
}
