//! The states of an object, from a plain value to a plain value.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Company, Employee, Node, Post, Tag, User};
use crate::{TestContext, expect_error};

cases! { states {
    u_012_an_object_goes_through_its_states [];
    u_013_expunge_gives_the_value_back_with_its_keys [];
    u_013_an_expunged_value_is_added_as_new [];
    u_014_delete_of_a_pending_object_removes_it_with_its_cascade [];
    u_014_a_deleted_pending_object_is_no_member [];
    u_016_deleting_twice_is_one_delete [];
    u_016_undelete_cancels_the_delete_and_its_cascade [];
    u_016_undelete_brings_a_pending_object_back [];
    u_016_a_flushed_delete_cannot_be_taken_back [];
    u_017_a_deleted_object_is_readable_until_the_commit [];
    u_018_expunge_works_in_every_state [];
    u_018_expunge_follows_its_cascade [];
    u_018_expunge_of_a_tree_that_bites_its_tail [];
    u_007_attach_adds_the_children_it_carries [];
    u_019_close_rolls_back_and_gives_the_connection_back [];
    u_019_drop_rolls_back [];
    u_019_clear_forgets_objects_and_keeps_the_transaction [];
    u_020_a_committed_delete_is_final [];
    u_021_a_transaction_begins_with_the_first_statement [];
    u_124_a_value_outside_a_session_is_plain_data [];
} }

/// A committed user with two addresses.
fn family(cx: &mut TestContext) -> Result<(Session, Handle<User>, Vec<Handle<Address>>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let addresses = ["Paris", "Rome"].map(Address::in_city).into();
    let alice = session.add(User { addresses, ..User::named("alice") });
    session.commit()?;
    let homes = session.related(alice, User::addresses)?;
    cx.clear_log();
    Ok((session, alice, homes))
}

pub fn u_012_an_object_goes_through_its_states(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    assert_eq!((session.state(alice), session.new_objects()), (State::Pending, vec![alice.raw()]));
    session.flush()?;
    assert_eq!((session.state(alice), session.new_objects()), (State::Persistent, vec![]));
    session.delete(alice)?;
    assert_eq!((session.state(alice), session.deleted()), (State::Persistent, vec![alice.raw()]));
    session.flush()?;
    assert_eq!((session.state(alice), session.deleted()), (State::Deleted, vec![]));
    session.commit()?;
    assert_eq!(session.state(alice), State::Detached);
    expect_error(session.try_get(alice).map(|_| ()), ErrorKind::Detached, &["User"]);
    cx.expect_full_log(&["begin", "insert user", "delete user", "commit"]);
    Ok(())
}

pub fn u_013_expunge_gives_the_value_back_with_its_keys(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    let key = session[alice].id;
    session[homes[0]].user = alice.into();
    let home = session.expunge(homes[0])?;
    assert_eq!(home.user.as_key(), Some(&key));
    assert_eq!(session.related(alice, User::addresses)?, [homes[1]]);
    session.commit()?;
    cx.expect_log(&[]);
    let again = session.attach(home)?;
    assert_eq!(session.load(again, Address::user)?, alice);
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_013_an_expunged_value_is_added_as_new(cx: &mut TestContext) -> Result<()> {
    let (mut session, _, homes) = family(cx)?;
    let home = session.expunge(homes[0])?;
    let copy = session.add(Address { id: 0, ..home });
    assert_eq!(session.state(copy), State::Pending);
    session.commit()?;
    cx.expect_log(&["insert address"]);
    cx.expect_rows("SELECT count(*) FROM address", &["3"]);
    Ok(())
}

pub fn u_014_delete_of_a_pending_object_removes_it_with_its_cascade(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { addresses: [Address::in_city("Paris")].into(), ..User::named("alice") });
    let home = session.related(alice, User::addresses)?[0];
    session.delete(alice)?;
    assert!(!session.contains(alice) && !session.contains(home));
    assert_eq!((session.new_objects(), session.deleted()), (vec![], vec![]));
    session.commit()?;
    cx.expect_full_log(&[]);
    assert_eq!(session.expunge(alice)?.name, "alice");
    Ok(())
}

pub fn u_014_a_deleted_pending_object_is_no_member(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    let new = session.push(alice, User::addresses, Address::in_city("Oslo"))?;
    session.delete(new)?;
    assert_eq!(session.related(alice, User::addresses)?, homes);
    cx.create(models![Post])?;
    let post = session.add(Post::titled("a"));
    let tag = session.push(post, Post::tags, Tag::labelled("x"))?;
    session.delete(tag)?;
    assert_eq!(session.related(post, Post::tags)?, []);
    session.commit()?;
    cx.expect_log(&["insert post"]);
    Ok(())
}

pub fn u_016_deleting_twice_is_one_delete(cx: &mut TestContext) -> Result<()> {
    let (mut session, _, homes) = family(cx)?;
    session.delete(homes[0])?;
    session.delete(homes[0])?;
    session.flush()?;
    session.delete(homes[0])?;
    session.commit()?;
    cx.expect_log(&["delete address"]);
    expect_error(session.delete(homes[0]), ErrorKind::Detached, &["Address"]);
    Ok(())
}

pub fn u_016_undelete_cancels_the_delete_and_its_cascade(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    session.delete(homes[1])?;
    session.delete(alice)?;
    assert_eq!(session.deleted().len(), 3);
    session.undelete(alice)?;
    assert_eq!(session.deleted(), [homes[1].raw()]);
    session.undelete(homes[1])?;
    assert_eq!(session.deleted(), []);
    session.commit()?;
    cx.expect_full_log(&[]);
    session.delete(alice)?;
    session.commit()?;
    cx.expect_log(&["delete address x2", "delete user"]);
    Ok(())
}

pub fn u_016_undelete_brings_a_pending_object_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    let oslo = session.push(alice, User::addresses, Address::in_city("Oslo"))?;
    session.delete(alice)?;
    assert_eq!(session.state(oslo), State::Transient);
    session.undelete(alice)?;
    assert_eq!(session.state(oslo), State::Pending);
    assert_eq!(session.related(alice, User::addresses)?, [homes, vec![oslo]].concat());
    session.commit()?;
    cx.expect_log(&["insert address"]);
    Ok(())
}

pub fn u_016_a_flushed_delete_cannot_be_taken_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, _, homes) = family(cx)?;
    let id = session[homes[0]].id;
    session.delete(homes[0])?;
    session.flush()?;
    expect_error(session.undelete(homes[0]), ErrorKind::InvalidState, &[&format!("Address#{id}"), "roll back"]);
    Ok(())
}

pub fn u_017_a_deleted_object_is_readable_until_the_commit(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    let key = session[alice].id;
    session.delete(homes[0])?;
    session.flush()?;
    assert_eq!(session[homes[0]].city, "Paris");
    assert_eq!(session.get::<Address>(session[homes[0]].id)?, None);
    expect_error(session.push(alice, User::addresses, homes[0]), ErrorKind::InvalidState, &["Deleted"]);
    let value = session[homes[0]].clone();
    let again = session.add(value);
    session.commit()?;
    assert_eq!(session.state(homes[0]), State::Detached);
    assert_eq!(session[again].user.as_key(), Some(&key));
    cx.expect_log(&["delete address", "select address", "insert address"]);
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["Paris", "Rome"]);
    Ok(())
}

pub fn u_018_expunge_works_in_every_state(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    let bob = session.add(User::named("bob"));
    assert_eq!(session.expunge(bob)?.name, "bob");
    session[homes[0]].city = "Lyon".into();
    assert_eq!(session.expunge(homes[0])?.city, "Lyon");
    session.delete(homes[1])?;
    session.expunge(homes[1])?;
    assert_eq!(session.deleted(), []);
    expect_error(session.expunge(homes[1]), ErrorKind::Detached, &["Address"]);
    session.commit()?;
    cx.expect_full_log(&[]);
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["Paris", "Rome"]);
    assert!(session.contains(alice));
    Ok(())
}

pub fn u_018_expunge_follows_its_cascade(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, homes) = family(cx)?;
    session.expunge(alice)?;
    assert!(homes.iter().all(|&home| session.state(home) == State::Detached));
    cx.create(models![Company])?;
    let company = session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("a") });
    let ann = session.related(company, Company::employees)?[0];
    session.commit()?;
    session.expunge(company)?;
    assert!(session.contains(ann));
    Ok(())
}

pub fn u_018_expunge_of_a_tree_that_bites_its_tail(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node { children: [Node::named("leaf")].into(), ..Node::named("root") });
    let leaf = session.related(root, Node::children)?[0];
    session.commit()?;
    session[root].parent = leaf.into();
    session.flush()?;
    assert_eq!(session.expunge(root)?.name, "root");
    assert_eq!(session.state(leaf), State::Detached);
    session.rollback()?;
    let leaf = Node::query().filter(Node::name.eq("leaf")).one(&mut session)?;
    let root = session.load(leaf, Node::parent)?.unwrap();
    assert_eq!(session.load(root, Node::parent)?, None);
    session[root].parent = root.into();
    session.commit()?;
    assert_eq!(session.load(root, Node::children)?, [root, leaf]);
    session.expunge(root)?;
    assert_eq!(session.state(leaf), State::Detached);
    Ok(())
}

pub fn u_007_attach_adds_the_children_it_carries(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, _) = family(cx)?;
    let value = session.expunge(alice)?;
    let alice = session.attach(User { addresses: [Address::in_city("Oslo")].into(), ..value })?;
    assert_eq!(session.new_objects().len(), 1);
    session.commit()?;
    cx.expect_log(&["insert address"]);
    assert_eq!(session.load(alice, User::addresses)?.len(), 3);
    Ok(())
}

pub fn u_019_close_rolls_back_and_gives_the_connection_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.flush()?;
    session.close()?;
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    assert_eq!(session.state(alice), State::Detached);
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    session.add(User::named("bob"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["bob"]);
    Ok(())
}

pub fn u_019_drop_rolls_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("alice"));
    session.flush()?;
    drop(session);
    cx.expect_full_log(&["begin", "insert user", "rollback"]);
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn u_019_clear_forgets_objects_and_keeps_the_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User::named("alice"));
    session.flush()?;
    session.add(User::named("never"));
    session.clear();
    assert_eq!(session.state(alice), State::Detached);
    let again = User::query().one(&mut session)?;
    assert_ne!(again, alice);
    session.commit()?;
    cx.expect_full_log(&["begin", "insert user", "select user", "commit"]);
    cx.expect_rows(r#"SELECT name FROM "user""#, &["alice"]);
    Ok(())
}

pub fn u_020_a_committed_delete_is_final(cx: &mut TestContext) -> Result<()> {
    let (mut session, _, homes) = family(cx)?;
    let id = session[homes[0]].id;
    session.delete(homes[0])?;
    session.commit()?;
    session.add(User::named("bob"));
    session.flush()?;
    session.rollback()?;
    assert_eq!(session.state(homes[0]), State::Detached);
    assert_eq!(session.get::<Address>(id)?, None);
    Ok(())
}

pub fn u_021_a_transaction_begins_with_the_first_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice, _) = family(cx)?;
    session[alice].age = 5;
    assert!(!session.in_transaction());
    User::query().count(&mut session)?;
    assert!(session.in_transaction());
    cx.expect_full_log(&["begin", "update user (age)", "select user"]);
    expect_error(session.begin(), ErrorKind::InvalidState, &["open already", "commit()"]);
    session.rollback()?;
    assert!(!session.in_transaction());
    session.begin()?;
    expect_error(session.begin(), ErrorKind::InvalidState, &["open already"]);
    session.commit()?;
    cx.expect_full_log(&["rollback", "begin", "commit"]);
    Ok(())
}

pub fn u_124_a_value_outside_a_session_is_plain_data(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { addresses: [Address::in_city("Rome")].into(), ..User::named("alice") });
    session.commit()?;
    session.load(alice, User::addresses)?;
    let users = User::query().values(&mut session)?;
    let addresses = Address::query().values(&mut session)?;
    let expunged = session.expunge(alice)?;
    drop(session);
    cx.clear_log();
    let plain = User { id: 1, ..User::named("alice") };
    assert_eq!((&users[..], &expunged), (&[plain.clone()][..], &plain), "relations are asked of a session only");
    assert_eq!((addresses[0].user.as_key(), &*addresses[0].city), (Some(&1), "Rome"));
    cx.expect_full_log(&[]);
    Ok(())
}
