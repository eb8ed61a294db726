//! Objects that a rollback made transient: nothing that is written to them is lost, and one call adds them again.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Company, Employee, Node, Post, Tag, User};
use crate::{TestContext, expect_error};

cases! { transient {
    what_is_written_to_a_transient_object_is_not_lost [];
    a_transient_object_that_is_left_alone_disturbs_nobody [];
    an_object_is_added_again_with_its_members [];
    an_object_is_added_again_with_what_it_references [];
    an_object_is_added_again_with_its_links [];
    an_object_is_added_again_after_a_savepoint [];
    an_object_is_added_again_and_rolled_back_again [];
    a_tree_is_added_again [];
    what_was_deleted_before_the_rollback_stays_out [];
    only_transient_objects_are_added_again [];
    a_literal_that_names_a_transient_object_is_refused [];
    a_literal_that_names_a_deleted_object_is_refused [];
} }

/// A commit that fails because of the name of a company, with the session rolled back, and the company that it was about.
fn failed(cx: &mut TestContext, company: Company) -> Result<(Session, Handle<Company>)> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    session.add(Company::named("taken"));
    session.commit()?;
    let twin = session.add(company);
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["Company"]);
    session.rollback()?;
    assert_eq!(session.state(twin), State::Transient);
    Ok((session, twin))
}

pub fn what_is_written_to_a_transient_object_is_not_lost(cx: &mut TestContext) -> Result<()> {
    let (mut session, twin) = failed(cx, Company::named("taken"))?;
    session[twin].name = "free".into();
    for _ in 0..2 {
        expect_error(session.commit(), ErrorKind::InvalidState, &["Company#new", "transient", "add_again", "expunge"]);
    }
    session.add_again(twin)?;
    session.commit()?;
    assert_eq!((session.state(twin), session[twin].id != 0), (State::Persistent, true));
    cx.expect_rows("SELECT name FROM company ORDER BY name", &["free", "taken"]);
    Ok(())
}

pub fn a_transient_object_that_is_left_alone_disturbs_nobody(cx: &mut TestContext) -> Result<()> {
    let (mut session, twin) = failed(cx, Company::named("taken"))?;
    assert_eq!(session[twin].name, "taken");
    session.add(Company::named("other"));
    session.commit()?;
    // Out of the session it may be written to, and a rollback forgets that it was.
    session[twin].name = "free".into();
    session.rollback()?;
    session.commit()?;
    session[twin].name = "free".into();
    let value = session.expunge(twin)?;
    session.add(value);
    session.commit()?;
    cx.expect_rows("SELECT name FROM company ORDER BY name", &["free", "other", "taken"]);
    Ok(())
}

pub fn an_object_is_added_again_with_its_members(cx: &mut TestContext) -> Result<()> {
    let employees = ["ann", "bob"].map(Employee::named).into();
    let (mut session, twin) = failed(cx, Company { employees, ..Company::named("taken") })?;
    let staff = session.related(twin, Company::employees)?;
    assert_eq!(staff.len(), 2);
    session[twin].name = "free".into();
    session[staff[1]].name = "eve".into();
    session.add_again(twin)?;
    assert_eq!(session.related(twin, Company::employees)?, staff);
    session.commit()?;
    cx.expect_rows(
        "SELECT e.name FROM employee e JOIN company c ON c.id = e.company_id WHERE c.name = 'free' ORDER BY e.id",
        &["ann", "eve"],
    );
    assert_eq!(session.load(twin, Company::employees)?, staff);
    Ok(())
}

pub fn an_object_is_added_again_with_what_it_references(cx: &mut TestContext) -> Result<()> {
    let (mut session, twin) =
        failed(cx, Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named("taken") })?;
    let staff = session.related(twin, Company::employees)?;
    session[twin].name = "free".into();
    // The company is needed; its other member is not.
    session.add_again(staff[0])?;
    assert_eq!((session.state(twin), session.state(staff[1])), (State::Pending, State::Transient));
    session.commit()?;
    cx.expect_rows("SELECT name FROM employee", &["ann"]);
    assert_eq!(session.load(twin, Company::employees)?, [staff[0]]);
    session.add_again(staff[1])?;
    session.commit()?;
    assert_eq!(session.load(twin, Company::employees)?, staff);
    cx.expect_rows("SELECT count(*) FROM employee WHERE company_id IS NOT NULL", &["2"]);
    Ok(())
}

pub fn an_object_is_added_again_with_its_links(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.session();
    let known = session.add(Tag::labelled("known"));
    session.commit()?;
    let post = session.add(Post { tags: [Tag::labelled("new"), Tag::labelled("known")].into(), ..Post::titled("p") });
    session.push(post, Post::tags, known)?;
    let tags = session.related(post, Post::tags)?;
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["Tag"]);
    session.rollback()?;
    let twin = tags.iter().copied().find(|&tag| tag != known && session[tag].label == "known").unwrap();
    session[twin].label = "other".into();
    session.add_again(post)?;
    assert_eq!(session.related(post, Post::tags)?.len(), 3);
    session.commit()?;
    cx.expect_rows(
        "SELECT t.label FROM post_tag pt JOIN tag t ON t.id = pt.tag_id ORDER BY t.label",
        &["known", "new", "other"],
    );
    assert_eq!(session.load(known, Tag::posts)?, [post]);
    Ok(())
}

pub fn an_object_is_added_again_after_a_savepoint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let mut nested = session.begin_nested()?;
    let company = nested.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("a") });
    nested.flush()?;
    nested.rollback()?;
    session.add_again(company)?;
    session.commit()?;
    cx.expect_rows("SELECT name FROM company", &["a"]);
    cx.expect_rows("SELECT name FROM employee", &["ann"]);
    Ok(())
}

pub fn an_object_is_added_again_and_rolled_back_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, twin) =
        failed(cx, Company { employees: [Employee::named("ann")].into(), ..Company::named("taken") })?;
    for _ in 0..2 {
        session.add_again(twin)?;
        expect_error(session.commit(), ErrorKind::UniqueViolation, &["Company"]);
        session.rollback()?;
        assert_eq!((session.state(twin), session[twin].id), (State::Transient, 0));
        assert_eq!(session.related(twin, Company::employees)?.len(), 1);
    }
    session[twin].name = "free".into();
    session.add_again(twin)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM employee", &["1"]);
    Ok(())
}

pub fn a_tree_is_added_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let mut parent = session.add(Node { name: "0".into(), ..Node::default() });
    let root = parent;
    for depth in 1..200 {
        parent = session.push(parent, Node::children, Node { name: depth.to_string(), ..Node::default() })?;
    }
    session.flush()?;
    session.rollback()?;
    session.add_again(root)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*), count(parent_id) FROM node", &["200|199"]);
    Ok(())
}

pub fn what_was_deleted_before_the_rollback_stays_out(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User { addresses: ["x", "y", "z"].map(Address::in_city).into(), ..User::named("a") });
    let homes = session.related(user, User::addresses)?;
    session.delete(homes[0])?;
    session.flush()?;
    session.delete(homes[1])?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session.related(user, User::addresses)?, [homes[2]]);
    session.add_again(user)?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["z"]);
    Ok(())
}

pub fn only_transient_objects_are_added_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User::named("a"));
    session.add_again(user)?;
    session.commit()?;
    expect_error(session.add_again(user), ErrorKind::InvalidState, &["User#1", "Persistent"]);
    session.delete(user)?;
    session.flush()?;
    expect_error(session.add_again(user), ErrorKind::InvalidState, &["User#1", "Deleted"]);
    session.commit()?;
    expect_error(session.add_again(user), ErrorKind::Detached, &["User"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_literal_that_names_a_transient_object_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Post])?;
    let mut session = cx.session();
    let (home, tag) = (session.add(Address::in_city("x")), session.add(Tag::labelled("x")));
    session.rollback()?;
    let user = session.add(User { addresses: [home].into(), ..User::named("a") });
    expect_error(
        session.flush(),
        ErrorKind::InvalidState,
        &["User::addresses", "Address#new", "Transient", "add_again"],
    );
    session.expunge(user)?;
    session.add(Post { tags: [tag].into(), ..Post::titled("p") });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Post::tags", "Tag#new", "Transient", "add_again"]);
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn a_literal_that_names_a_deleted_object_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Post])?;
    let mut session = cx.session();
    let user = session.add(User { addresses: [Address::in_city("x")].into(), ..User::named("a") });
    let post = session.add(Post { tags: [Tag::labelled("x")].into(), ..Post::titled("p") });
    session.commit()?;
    let (home, tag) = (session.load(user, User::addresses)?[0], session.load(post, Post::tags)?[0]);
    session.delete(home)?;
    session.delete(tag)?;
    session.flush()?;
    let bad = session.add(User { addresses: [home].into(), ..User::named("b") });
    expect_error(session.flush(), ErrorKind::InvalidState, &["User::addresses", "Address#1", "Deleted", "expunge"]);
    session.expunge(bad)?;
    session.add(Post { tags: [tag].into(), ..Post::titled("q") });
    expect_error(session.flush(), ErrorKind::InvalidState, &["Post::tags", "Tag#1", "Deleted", "expunge"]);
    session.rollback()?;
    Ok(())
}
