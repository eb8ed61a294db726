//! A rollback undoes what the transaction did to objects.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Company, Country, Employee, Node, Passport, Person, Post, Tag, User};
use crate::{TestContext, expect_error};

cases! { rollback {
    u_116_changed_objects_get_their_values_back [];
    u_116_deleted_objects_are_persistent_again [];
    u_116_added_objects_are_readable_and_can_be_added_again [];
    u_116_collections_are_back [];
    u_116_pairs_are_back [];
    u_116_collections_loaded_meanwhile_are_right [];
    u_116_collections_loaded_after_a_clear_are_right [];
    u_116_pairs_loaded_meanwhile_are_right [];
    u_116_one_to_one_is_back [];
    u_116_a_tree_is_back [];
    u_116_references_to_new_objects_name_them_again [];
    u_116_inserted_and_deleted_in_one_transaction [];
    u_116_a_changed_key_is_back [];
    u_116_expunged_objects_stay_away [];
    u_116_an_expunged_place_is_not_taken_for_its_successor [];
    u_116_a_rollback_sends_no_statement_of_its_own [];
    u_116_only_the_open_transaction_is_taken_back [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_116_changed_objects_get_their_values_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    for age in [31, 32] {
        session[alice].age = age;
        session.flush()?;
    }
    session[alice].name = "unflushed".into();
    session.rollback()?;
    assert_eq!((session[alice].age, &*session[alice].name), (30, "alice"));
    assert!(!session.is_modified(alice));
    session[alice].age = 32;
    session.commit()?;
    cx.expect_log(&["update user (age)", "update user (age)", "update user (age)"]);
    cx.expect_rows(r#"SELECT age FROM "user""#, &["32"]);
    Ok(())
}

pub fn u_116_deleted_objects_are_persistent_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    cx.clear_log();
    session[alice].age = 31;
    session.delete(alice)?;
    session.flush()?;
    assert_eq!((session.state(alice), session.state(home)), (State::Deleted, State::Deleted));
    session.rollback()?;
    cx.expect_full_log(&["begin", "delete address", "delete user", "rollback"]);
    assert_eq!((session.state(alice), session.state(home)), (State::Persistent, State::Persistent));
    assert_eq!(session[alice].age, 30);
    cx.clear_log();
    assert_eq!(session.get::<User>(session[alice].id)?, Some(alice));
    assert_eq!(session.load(home, Address::user)?, alice);
    assert_eq!(session.load(alice, User::addresses)?, [home]);
    cx.expect_log(&["select user", "select address", "select address"]);
    session.delete(alice)?;
    session.rollback()?;
    assert_eq!(session.deleted(), []);
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_116_added_objects_are_readable_and_can_be_added_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let flushed = session.add(User::named("flushed"));
    session.flush()?;
    let pending = session.add(User::named("pending"));
    session.rollback()?;
    assert_eq!([flushed, pending].map(|user| session.state(user)), [State::Transient; 2]);
    assert_eq!((&*session[flushed].name, session[flushed].id, &*session[pending].name), ("flushed", 0, "pending"));
    assert!(!session.contains(flushed) && session.new_objects().is_empty());
    session[flushed].age = 9;
    expect_error(session.commit(), ErrorKind::InvalidState, &["User#new", "add_again"]);
    expect_error(session.delete(flushed), ErrorKind::InvalidState, &["transient", "expunge"]);
    expect_error(session.refresh(flushed), ErrorKind::InvalidState, &["Transient"]);
    let value = session.expunge(flushed)?;
    let again = session.add(value);
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["flushed|9"]);
    assert!(session.contains(again));
    Ok(())
}

pub fn u_116_collections_are_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let [a, b] = ["a", "b"].map(|name| session.add(Company::named(name)));
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Employee { company: a.into(), ..Employee::named(name) }));
    session.commit()?;
    for flush in [false, true] {
        session[ann].company = b.into();
        session.remove(a, Company::employees, bob)?;
        let new = session.push(b, Company::employees, Employee::named("new"))?;
        if flush {
            session.flush()?;
        }
        assert_eq!(session.related(b, Company::employees)?, [ann, new]);
        session.rollback()?;
        assert_eq!(session.related(a, Company::employees)?, [ann, bob], "flushed: {flush}");
        assert_eq!(session.related(b, Company::employees)?, [], "flushed: {flush}");
        assert_eq!(session.load(bob, Employee::company)?, Some(a));
    }
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_116_pairs_are_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.session();
    let post = session.add(Post { tags: [Tag::labelled("x")].into(), ..Post::titled("a") });
    session.commit()?;
    let x = session.related(post, Post::tags)?[0];
    for flush in [false, true] {
        session.remove(post, Post::tags, x)?;
        session.push(post, Post::tags, Tag::labelled("y"))?;
        if flush {
            session.flush()?;
        }
        session.rollback()?;
        assert_eq!(session.related(post, Post::tags)?, [x]);
        assert_eq!(session.related(x, Tag::posts)?, [post]);
    }
    session.delete(x)?;
    session.flush()?;
    assert_eq!(session.related(post, Post::tags)?, []);
    session.rollback()?;
    assert_eq!(session.related(post, Post::tags)?, [x]);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows("SELECT count(*) FROM post_tag", &["1"]);
    Ok(())
}

pub fn u_116_collections_loaded_meanwhile_are_right(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    cx.engine.transaction(|session| {
        session
            .add(Company { employees: [Employee::named("ann"), Employee::named("eve")].into(), ..Company::named("a") });
        session.add(Company { employees: [Employee::named("bob")].into(), ..Company::named("b") });
        Ok(())
    })?;
    for flush in [false, true] {
        let mut session = cx.session();
        let [ann, eve, bob] = Employee::query().order_by(Employee::id).all(&mut session)?[..] else { panic!() };
        let [a, b] = Company::query().order_by(Company::id).all(&mut session)?[..] else { panic!() };
        session[ann].company = b.into();
        session.delete(eve)?;
        let new = session.push(b, Company::employees, Employee::named("new"))?;
        session.set_autoflush(flush);
        assert_eq!(session.load(b, Company::employees)?.len(), 3);
        session.load(a, Company::employees)?;
        session.rollback()?;
        assert_eq!(
            session.related(a, Company::employees).map(|mut found| {
                found.sort_by_key(|&employee| session[employee].id);
                found
            })?,
            [ann, eve],
            "flushed: {flush}"
        );
        assert_eq!(session.related(b, Company::employees)?, [bob], "flushed: {flush}");
        assert_eq!(session.state(new), State::Transient);
    }
    Ok(())
}

pub fn u_116_collections_loaded_after_a_clear_are_right(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let company = session.add(Company::named("a"));
    session.commit()?;
    let id = session[company].id;
    session.push(company, Company::employees, Employee::named("ann"))?;
    session.flush()?;
    session.clear();
    let company = session.get::<Company>(id)?.unwrap();
    assert_eq!(session.load(company, Company::employees)?.len(), 1);
    session.push(company, Company::employees, Employee::named("eve"))?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session.load(company, Company::employees)?, []);
    assert_eq!(Employee::query().count(&mut session)?, 0);
    Ok(())
}

pub fn u_116_pairs_loaded_meanwhile_are_right(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    cx.engine.transaction(|session| {
        session.add(Post { tags: [Tag::labelled("x"), Tag::labelled("y")].into(), ..Post::titled("a") });
        session.add(Post::titled("b"));
        Ok(())
    })?;
    let mut session = cx.session();
    let [a, b] = Post::query().order_by(Post::id).all(&mut session)?[..] else { panic!() };
    let [x, y] = Tag::query().order_by(Tag::id).all(&mut session)?[..] else { panic!() };
    session.push(b, Post::tags, x)?;
    session.delete(y)?;
    session.flush()?;
    assert_eq!(session.load(x, Tag::posts)?, [a, b]);
    assert_eq!(session.load(a, Post::tags)?, [x]);
    session.rollback()?;
    assert_eq!(session.load(x, Tag::posts)?, [a]);
    assert_eq!(session.load(a, Post::tags)?, [x, y]);
    assert_eq!(session.load(b, Post::tags)?, []);
    Ok(())
}

pub fn u_116_one_to_one_is_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    let mut session = cx.session();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Person::named(name)));
    let old = session.push(ann, Person::passport, Passport::numbered("1"))?;
    session.commit()?;
    let new = session.push(ann, Person::passport, Passport::numbered("2"))?;
    session.push(bob, Person::passport, old)?;
    session.flush()?;
    assert_eq!(session.related(ann, Person::passport)?, Some(new));
    session.rollback()?;
    assert_eq!(session.related(ann, Person::passport)?, Some(old));
    assert_eq!(session.related(bob, Person::passport)?, None);
    assert_eq!(session.load(old, Passport::person)?, Some(ann));
    Ok(())
}

pub fn u_116_a_tree_is_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let root = session.add(Node { children: [Node::named("a"), Node::named("b")].into(), ..Node::named("root") });
    session.commit()?;
    let children = session.related(root, Node::children)?;
    session[children[1]].parent = children[0].into();
    session.flush()?;
    session.delete(children[0])?;
    session.flush()?;
    assert_eq!(session.related(root, Node::children)?, []);
    session.rollback()?;
    assert_eq!(session.related(root, Node::children)?, children);
    assert_eq!(session.load(children[0], Node::children)?, []);
    assert_eq!(session.load(children[1], Node::parent)?, Some(root));
    Ok(())
}

pub fn u_116_references_to_new_objects_name_them_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let a = session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("a") });
    let ann = session.related(a, Company::employees)?[0];
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[&session[ann].company.clone().unwrap()].name, "a");
    let company = session.expunge(a)?;
    let ann = session.expunge(ann)?;
    let a = session.add(company);
    let ann = session.add(Employee { company: a.into(), ..ann });
    session.commit()?;
    assert_eq!(session.related(a, Company::employees)?, [ann]);
    cx.expect_rows("SELECT count(company_id) FROM employee", &["1"]);
    Ok(())
}

pub fn u_116_inserted_and_deleted_in_one_transaction(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.flush()?;
    session.delete(home)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!((session.state(home), session[home].id), (State::Transient, 0));
    assert_eq!(session.related(alice, User::addresses)?, []);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM address", &["0"]);
    Ok(())
}

pub fn u_116_a_changed_key_is_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.only_writer();
    let nl = session.add(Country { code: "nl".into(), ..Country::default() });
    session.commit()?;
    for code in ["xx", "yy"] {
        session[nl].code = code.into();
        session.flush()?;
        assert_eq!(session.get::<Country>(code)?, Some(nl));
    }
    session.rollback()?;
    cx.clear_log();
    assert_eq!(session[nl].code, "nl");
    assert_eq!(session.get::<Country>("nl")?, Some(nl));
    cx.expect_log(&["select country x1"]);
    assert_eq!(session.get::<Country>("yy")?, None);
    Ok(())
}

pub fn u_116_expunged_objects_stay_away(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company, Post])?;
    let mut session = cx.session();
    let employees = [Employee::named("ann"), Employee::named("bob")].into();
    let a = session.add(Company { employees, ..Company::named("a") });
    let post = session.add(Post { tags: [Tag::labelled("x"), Tag::labelled("y")].into(), ..Post::titled("p") });
    session.commit()?;
    let employees = session.related(a, Company::employees)?;
    let tags = session.related(post, Post::tags)?;
    session.begin()?;
    session.expunge(employees[0])?;
    session.expunge(tags[0])?;
    session.rollback()?;
    assert_eq!(session.related(a, Company::employees)?, [employees[1]]);
    assert_eq!(session.related(post, Post::tags)?, [tags[1]]);
    Ok(())
}

pub fn u_116_an_expunged_place_is_not_taken_for_its_successor(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    session.clear();
    let bob = session.add(User::named("bob"));
    session.flush()?;
    session.expunge(bob)?;
    session.add(User::named("carol"));
    session.flush()?;
    let alice = session.get::<User>(id)?.unwrap();
    session.rollback()?;
    assert_eq!((session.state(alice), session[alice].id), (State::Persistent, id));
    Ok(())
}

pub fn u_116_a_rollback_sends_no_statement_of_its_own(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.rollback()?;
    cx.expect_full_log(&[]);
    assert_eq!(session[alice].age, 30);
    session[alice].age = 31;
    session.flush()?;
    session.rollback()?;
    cx.expect_full_log(&["begin", "update user (age)", "rollback"]);
    Ok(())
}

pub fn u_116_only_the_open_transaction_is_taken_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.commit()?;
    session[alice].age = 32;
    session.flush()?;
    session.rollback()?;
    session.rollback()?;
    cx.expect_full_log(&["update user (age)", "begin", "update user (age)", "rollback"]);
    assert_eq!(session[alice].age, 31);
    assert_eq!(session.state(alice), State::Persistent);
    Ok(())
}
