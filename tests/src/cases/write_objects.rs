//! `returning` of objects: inserted, updated and deleted rows come back as objects of the session.

use orm::functions::upper;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Shop, User, Ware, take_notes};
use crate::{TestContext, expect_error};

cases! { write_objects {
    inserted_objects_come_beside_values [];
    upserted_objects_come_beside_values [];
    updated_objects_come_beside_values [update_returning];
    deleted_objects_come_beside_values [];
    joined_objects_come_beside_changed_ones [returning_sources];
    rows_that_do_not_fit_change_no_object [];
    hooks_hear_of_loads [];
    new_objects_go_into_loaded_lists [update_returning];
} }

fn user(name: &str, age: i32) -> User {
    User { age, email: Some(name.into()), ..User::named(name) }
}

fn users(cx: &mut TestContext) -> Result<(Session, [Handle<User>; 3])> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let handles = ["ann", "bob", "cid"].map(|name| session.add(user(name, 1)));
    session.commit()?;
    cx.clear_log();
    Ok((session, handles))
}

pub fn inserted_objects_come_beside_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let new = User::insert_all([user("ann", 1), user("bob", 2), user("cid", 3)]);
    let rows: Vec<(Handle<User>, String)> = new.returning((User::object(), upper(User::name))).all(&mut session)?;
    let names: Vec<&str> = rows.iter().map(|(user, _)| session[*user].name.as_str()).collect();
    assert_eq!(names, ["ann", "bob", "cid"]);
    assert_eq!(rows[1].1, "BOB");
    assert_eq!(session.state(rows[2].0), State::Persistent);
    session[rows[2].0].age = 33;
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY id"#, &["ann|1", "bob|2", "cid|33"]);
    let dan: Handle<User> = User::insert(user("dan", 4)).returning(User::object()).one(&mut session)?;
    assert_eq!(User::query().filter(User::name.eq("dan")).one(&mut session)?, dan);
    session.rollback()?;
    assert_eq!(session.state(dan), State::Transient);
    Ok(())
}

pub fn upserted_objects_come_beside_values(cx: &mut TestContext) -> Result<()> {
    let (mut session, [.., cid]) = users(cx)?;
    let upsert = User::insert_all([user("cid", 9), user("dan", 4)]).on_conflict(User::email).do_update(User::age);
    let rows = upsert.returning((User::age, User::object())).all(&mut session)?;
    assert_eq!((rows[0], rows[1].0, session[cid].age), ((9, cid), 4, 9));
    assert_eq!(session[rows[1].1].name, "dan");
    Ok(())
}

pub fn updated_objects_come_beside_values(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob, _]) = users(cx)?;
    session[ann].name = "written".into();
    let update = User::query().update(User::age.set(User::age + 6));
    let rows = update.returning((User::name, User::object(), User::age * 10)).all(&mut session)?;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|(name, user, age)| session[*user].name == *name && *age == 70));
    assert!(rows.iter().any(|(name, user, _)| *user == ann && name == "written"));
    assert_eq!(session[bob].age, 7);
    session.rollback()?;
    assert_eq!((session[ann].age, session[bob].age), (1, 1));
    Ok(())
}

pub fn deleted_objects_come_beside_values(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob, _]) = users(cx)?;
    session.expunge(bob)?;
    let gone = User::query().filter(User::name.lt("c")).delete();
    let mut gone = gone.returning((User::object(), User::name, User::object())).all(&mut session)?;
    gone.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!((gone[0].clone(), gone[1].0), ((ann, "ann".to_owned(), ann), gone[1].2));
    assert_eq!((session[gone[1].0].name.as_str(), session.state(ann)), ("bob", State::Deleted));
    session.rollback()?;
    assert_eq!(session.state(ann), State::Persistent);
    Ok(())
}

pub fn joined_objects_come_beside_changed_ones(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, ..]) = users(cx)?;
    session.push(ann, User::addresses, Address::in_city("Ulm"))?;
    session.commit()?;
    session.clear();
    let update = Address::query().join(Address::user).update(Address::city.set(User::name));
    let rows = update.returning((User::object(), Address::object(), Address::city)).all(&mut session)?;
    let (owner, address, city) = rows[0].clone();
    assert_eq!((rows.len(), city.as_str()), (1, "ann"));
    assert_eq!((session[address].city.as_str(), session[owner].name.as_str()), ("ann", "ann"));
    let delete = Address::query().join(Address::user).delete();
    let only: Vec<Handle<User>> = delete.returning(User::object()).all(&mut session)?;
    assert_eq!((only, session.state(address)), (vec![owner], State::Deleted));
    Ok(())
}

pub fn rows_that_do_not_fit_change_no_object(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, ..]) = users(cx)?;
    let wrong = sql_expr::<i32>("NULLIF(:age, 1)").with("age", User::age);
    let failed = User::query().delete().returning((User::object(), wrong)).all(&mut session);
    expect_error(failed, ErrorKind::Decode, &["NULL"]);
    assert_eq!(session.state(ann), State::Persistent);
    session.rollback()
}

pub fn hooks_hear_of_loads(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ware])?;
    let mut session = cx.session();
    take_notes();
    let shop = Shop { slug: "s".into(), ..Shop::named("Tea") };
    let (shop, slug) = Shop::insert(shop).returning((Shop::object(), Shop::slug)).one(&mut session)?;
    assert_eq!(take_notes(), ["validate Shop Tea", "after_load Shop Tea"]);
    assert_eq!((session[shop].slug.as_str(), slug.as_str()), ("s!", "s"));
    Ok(())
}

pub fn new_objects_go_into_loaded_lists(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let ann = session.add(user("ann", 1));
    session.push(ann, User::addresses, Address::in_city("Ulm"))?;
    session.commit()?;
    assert_eq!(session.load(ann, User::addresses)?.len(), 1);
    let mut other = cx.session();
    let theirs = other.get::<User>(1)?.unwrap();
    other.push(theirs, User::addresses, Address::in_city("Rome"))?;
    other.commit()?;
    let update = Address::query().filter(Address::city.eq("Rome")).update(Address::city.set("Roma"));
    let roma: Handle<Address> = update.returning(Address::object()).one(&mut session)?;
    assert_eq!(session.related(ann, User::addresses)?.last(), Some(&roma));
    Ok(())
}
