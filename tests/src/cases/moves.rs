//! Members that change owners while owners come, go and fail.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Address, Clip, Company, Employee, Hall, Head, Node, Parcel, Playlist, Robot, Seat, Show, User};
use crate::{TestContext, expect_error};
use orm::StatementKind;

cases! { moves {
    a_branch_moved_out_of_a_deleted_tree_survives [];
    a_branch_moved_within_a_deleted_tree_goes_too [];
    a_member_of_many_to_many_given_to_another_owner_survives [];
    a_member_given_back_to_its_deleted_owner_goes [];
    a_child_that_was_deleted_by_the_user_stays_deleted [];
    a_deleted_child_cannot_be_pushed [];
    undeleting_the_owner_brings_back_what_went_with_it [];
    a_moved_child_survives_the_undelete_of_its_owner [];
    a_failed_flush_leaves_orphans_as_they_were [];
    a_rollback_brings_members_and_keys_back [];
    a_rollback_brings_a_removed_owner_s_place_back [];
    the_last_of_two_new_members_of_a_has_one_wins [];
    a_pending_owner_may_take_over_and_give_back [];
    an_orphan_by_two_owners_may_be_claimed_again [];
    handles_of_another_session_are_refused [];
    the_same_member_twice_is_one [];
    a_child_may_reference_a_parent_that_is_added_later [];
    clearing_a_shared_label_by_key_value_deletes_it [];
} }

fn tree(cx: &mut TestContext) -> Result<(Session, [Handle<Node>; 4])> {
    cx.create(models![Node])?;
    let mut session = cx.only_writer();
    let [root, a, b, c] = ["root", "a", "b", "c"].map(|name| session.add(Node::named(name)));
    session.push(root, Node::children, a)?;
    session.push(a, Node::children, b)?;
    session.push(b, Node::children, c)?;
    session.commit()?;
    cx.clear_log();
    Ok((session, [root, a, b, c]))
}

const NODES: &str = "SELECT name, parent_id FROM node ORDER BY id";

pub fn a_branch_moved_out_of_a_deleted_tree_survives(cx: &mut TestContext) -> Result<()> {
    let (mut session, [root, a, b, c]) = tree(cx)?;
    session.delete(a)?;
    assert_eq!(session.deleted().len(), 3);
    session[b].parent = Some(root.into());
    assert_eq!(session.load(root, Node::children)?, [a, b]);
    session.commit()?;
    cx.expect_log(&["update node (parent_id)", "delete node"]);
    cx.expect_rows(NODES, &["root|NULL", "b|1", "c|3"]);
    assert_eq!(session.related(root, Node::children)?, [b]);
    assert_eq!(session.related(b, Node::children)?, [c]);
    Ok(())
}

pub fn a_branch_moved_within_a_deleted_tree_goes_too(cx: &mut TestContext) -> Result<()> {
    let (mut session, [_, a, _, c]) = tree(cx)?;
    session.delete(a)?;
    session.push(a, Node::children, c)?;
    session.commit()?;
    cx.expect_rows(NODES, &["root|NULL"]);
    Ok(())
}

pub fn a_member_of_many_to_many_given_to_another_owner_survives(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Playlist])?;
    let mut session = cx.only_writer();
    let [first, second] = [session.add(Playlist::default()), session.add(Playlist::default())];
    let clip = session.push(first, Playlist::clips, Clip::default())?;
    session.commit()?;
    cx.clear_log();
    session.delete(first)?;
    session.push(second, Playlist::clips, clip)?;
    session.commit()?;
    cx.expect_log(&["delete playlist_clip", "insert playlist_clip", "delete playlist"]);
    assert_eq!(session.related(second, Playlist::clips)?, [clip]);
    Ok(())
}

fn two_users(cx: &mut TestContext) -> Result<(Session, [Handle<User>; 2], Handle<Address>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(User::named(name)));
    let oslo = session.push(ann, User::addresses, Address::in_city("Oslo"))?;
    session.commit()?;
    cx.clear_log();
    Ok((session, [ann, bob], oslo))
}

pub fn a_member_given_back_to_its_deleted_owner_goes(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], oslo) = two_users(cx)?;
    session.delete(ann)?;
    session.push(bob, User::addresses, oslo)?;
    session.push(ann, User::addresses, oslo)?;
    session.commit()?;
    cx.expect_log(&["delete address", "delete user"]);
    assert_eq!(session.related(bob, User::addresses)?, []);
    Ok(())
}

pub fn a_child_that_was_deleted_by_the_user_stays_deleted(cx: &mut TestContext) -> Result<()> {
    let (mut session, [_, bob], oslo) = two_users(cx)?;
    session.delete(oslo)?;
    session[oslo].user = bob.into();
    session.commit()?;
    cx.expect_log(&["delete address"]);
    assert_eq!(session.related(bob, User::addresses)?, []);
    Ok(())
}

pub fn a_deleted_child_cannot_be_pushed(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], oslo) = two_users(cx)?;
    session.delete(ann)?;
    session.flush()?;
    let words = ["Address#1", "Deleted", "expunge"];
    expect_error(session.push(bob, User::addresses, oslo), ErrorKind::InvalidState, &words);
    session.rollback()?;
    assert_eq!(session.related(ann, User::addresses)?, [oslo]);
    session.push(bob, User::addresses, oslo)?;
    session.commit()?;
    cx.expect_rows("SELECT user_id FROM address", &["2"]);
    Ok(())
}

pub fn undeleting_the_owner_brings_back_what_went_with_it(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], oslo) = two_users(cx)?;
    let rome = session.push(ann, User::addresses, Address::in_city("Rome"))?;
    session.delete(ann)?;
    session.undelete(ann)?;
    assert_eq!(session.related(ann, User::addresses)?, [oslo, rome]);
    session.commit()?;
    cx.expect_log(&["insert address"]);
    Ok(())
}

pub fn a_moved_child_survives_the_undelete_of_its_owner(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], oslo) = two_users(cx)?;
    session.delete(ann)?;
    session.push(bob, User::addresses, oslo)?;
    session.undelete(ann)?;
    session.commit()?;
    cx.expect_log(&["update address (user_id)"]);
    assert_eq!(session.related(ann, User::addresses)?, []);
    assert_eq!(session.related(bob, User::addresses)?, [oslo]);
    Ok(())
}

pub fn a_failed_flush_leaves_orphans_as_they_were(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], oslo) = two_users(cx)?;
    session.remove(ann, User::addresses, oslo)?;
    cx.fail_next(StatementKind::Delete, ErrorKind::Busy);
    expect_error(session.commit(), ErrorKind::Busy, &[]);
    assert!(session.deleted().is_empty());
    assert_eq!(session.state(oslo), State::Persistent);
    session.rollback()?;
    assert_eq!(session.related(ann, User::addresses)?, [oslo]);
    session.remove(ann, User::addresses, oslo)?;
    session.push(bob, User::addresses, oslo)?;
    session.commit()?;
    cx.expect_rows("SELECT user_id FROM address", &["2"]);
    Ok(())
}

pub fn a_rollback_brings_members_and_keys_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Robot])?;
    let mut session = cx.session();
    let robot = session.add(Robot { head: Head::default().into(), ..Default::default() });
    session.commit()?;
    let old = session.related(robot, Robot::head)?.unwrap();
    let new = session.push(robot, Robot::head, Head::default())?;
    session.flush()?;
    assert_eq!(session.state(old), State::Deleted);
    session.rollback()?;
    assert_eq!(session.state(new), State::Transient);
    assert_eq!(session.related(robot, Robot::head)?, Some(old));
    assert_eq!(session.related(old, Head::robot)?, robot);
    session.commit()?;
    cx.expect_rows("SELECT id, robot_id FROM head", &["1|1"]);
    Ok(())
}

pub fn a_rollback_brings_a_removed_owner_s_place_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], oslo) = two_users(cx)?;
    let rome = session.push(ann, User::addresses, Address::in_city("Rome"))?;
    session.delete(ann)?;
    session.rollback()?;
    assert_eq!(session.related(ann, User::addresses)?, [oslo]);
    assert_eq!(session.state(rome), State::Transient);
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["Oslo"]);
    Ok(())
}

pub fn the_last_of_two_new_members_of_a_has_one_wins(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Robot])?;
    let mut session = cx.session();
    let robot = session.add(Robot::default());
    let [one, two] = ["one", "two"]
        .map(|shape| session.add(Head { robot: robot.into(), shape: shape.into(), ..Default::default() }));
    assert_eq!(session.load(robot, Robot::head)?, Some(two));
    assert!(!session.contains(one));
    session.commit()?;
    cx.expect_rows("SELECT shape FROM head", &["two"]);
    Ok(())
}

pub fn a_pending_owner_may_take_over_and_give_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], oslo) = two_users(cx)?;
    let eve = session.add(User::named("eve"));
    session.push(eve, User::addresses, oslo)?;
    session.push(ann, User::addresses, oslo)?;
    session.delete(eve)?;
    session.commit()?;
    cx.expect_log(&[]);
    assert_eq!(session.related(ann, User::addresses)?, [oslo]);

    let eve = session.add(User::named("eve"));
    session.push(eve, User::addresses, oslo)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["insert user", "update address (user_id)", "delete user"]);
    Ok(())
}

pub fn an_orphan_by_two_owners_may_be_claimed_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hall])?;
    let mut session = cx.session();
    let (hall, show) = (session.add(Hall::default()), session.add(Show::default()));
    let seat = session.add(Seat { hall: Some(hall.into()), show: Some(show.into()), ..Default::default() });
    session.remove(hall, Hall::seats, seat)?;
    assert_eq!(session.related(show, Show::seats)?, []);
    session.push(hall, Hall::seats, seat)?;
    assert_eq!(session.related(show, Show::seats)?, [seat]);
    session.commit()?;
    session.delete(hall)?;
    session.commit()?;
    assert_eq!(session.related(show, Show::seats)?, []);
    cx.expect_rows("SELECT id FROM seat", &[]);
    Ok(())
}

pub fn handles_of_another_session_are_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], oslo) = two_users(cx)?;
    let mut other = cx.session();
    let stranger = other.add(Address::in_city("Bonn"));
    expect_error(session.push(ann, User::addresses, stranger), ErrorKind::Detached, &["Address"]);
    expect_error(session.remove(ann, User::addresses, stranger), ErrorKind::Detached, &["Address"]);
    expect_error(session.set(ann, User::addresses, [oslo, stranger]), ErrorKind::Detached, &["Address"]);
    expect_error(other.related(ann, User::addresses), ErrorKind::Detached, &["User"]);
    expect_error(other.load(oslo, Address::user), ErrorKind::Detached, &["Address"]);
    assert_eq!(session.related(ann, User::addresses)?, [oslo]);
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn the_same_member_twice_is_one(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let bob = session.add(Employee::named("bob"));
    let acme = session.add(Company { employees: [bob, bob].into(), ..Company::named("acme") });
    session.push(acme, Company::employees, bob)?;
    session.set(acme, Company::employees, [bob, bob])?;
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    session.commit()?;
    cx.expect_log(&["insert company", "insert employee"]);
    Ok(())
}

pub fn a_child_may_reference_a_parent_that_is_added_later(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let bob = session.add(Employee { company: Some(BelongsTo::key(7)), ..Employee::named("bob") });
    let acme = session.add(Company { id: 7, ..Company::named("acme") });
    session.commit()?;
    assert_eq!(session.related(bob, Employee::company)?, Some(acme));
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    session.delete(acme)?;
    session.commit()?;
    cx.expect_rows("SELECT name, company_id FROM employee", &["bob|NULL"]);
    Ok(())
}

pub fn clearing_a_shared_label_by_key_value_deletes_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Parcel])?;
    cx.execute("INSERT INTO label (id, text) VALUES (1, 'a'), (2, 'b'); INSERT INTO parcel (id, name, label_id) VALUES (1, 'p', 1)");
    let mut session = cx.session();
    let parcel = session.get::<Parcel>(1)?.unwrap();
    session[parcel].label = Some(BelongsTo::key(2));
    session.commit()?;
    cx.expect_rows("SELECT id FROM label", &["2"]);
    session[parcel].label = Some(BelongsTo::key(2));
    session.delete(parcel)?;
    session.commit()?;
    cx.expect_rows("SELECT id FROM label", &[]);
    Ok(())
}
