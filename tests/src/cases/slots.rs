//! Data that a session keeps about its objects: it lives as long as they do, a rollback restores it, and a reused slot does not inherit it.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Door, Fixed, Post, Region, Shop, Street, Tag, Town, User, Ware};
use crate::{TestContext, expect_error};

cases! { slots {
    an_expunged_deleted_object_frees_its_slot_once [];
    a_bulk_deleted_object_frees_its_slot_once [];
    nobody_inherits_the_list_of_an_expunged_parent [];
    nobody_inherits_the_links_of_an_expunged_object [];
    keys_carried_by_the_database_go_with_a_rollback [];
    keys_carried_by_the_database_go_with_a_savepoint [];
    what_was_written_to_a_deleted_object_goes_with_a_rollback [];
    what_was_written_to_a_deleted_object_goes_with_a_savepoint [];
    marks_of_a_delete_end_with_its_savepoint [];
    undelete_leaves_what_was_deleted_for_another_reason [];
    an_expired_object_is_expired_again_after_a_rollback [];
    a_list_that_saw_a_bulk_delete_is_loaded_anew_after_a_rollback [];
    a_list_does_not_show_a_new_object_that_was_deleted_again [];
    a_key_is_a_key_after_the_flush [];
    a_member_pushed_to_a_deleted_object_goes_with_it_after_a_refresh [];
    an_explicit_null_is_not_overruled_by_a_default [];
    values_for_updates_are_made_once [];
    a_hook_that_objects_after_an_insert_leaves_the_objects [];
    a_hook_that_objects_after_an_update_leaves_the_objects [];
    a_hook_that_objects_after_a_delete_leaves_the_objects [];
    a_listener_that_objects_leaves_objects_and_collections [];
    a_listener_that_objects_leaves_links_and_expressions [];
} }

pub fn an_expunged_deleted_object_frees_its_slot_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let old = session.add(User::named("old"));
    session.commit()?;
    session.delete(old)?;
    session.flush()?;
    session.expunge(old)?;
    session.commit()?;
    let (x, y) = (session.add(User::named("x")), session.add(User::named("y")));
    assert_ne!(x, y);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY id"#, &["x", "y"]);
    Ok(())
}

pub fn a_bulk_deleted_object_frees_its_slot_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    for commit in [true, false] {
        let mut session = cx.session();
        let old = session.add(User::named("old"));
        session.commit()?;
        User::query().filter(User::name.eq("old")).delete().execute(&mut session)?;
        session.expunge(old)?;
        if commit {
            session.commit()?
        } else {
            session.rollback()?
        }
        let users = session.add_all(["x", "y"].map(User::named));
        assert_ne!(users[0], users[1]);
        assert_eq!((&*session[users[0]].name, &*session[users[1]].name), ("x", "y"));
    }
    Ok(())
}

pub fn nobody_inherits_the_list_of_an_expunged_parent(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let a = session.add(User { addresses: [Address::in_city("1")].into(), ..User::named("a") });
    session.commit()?;
    session.expunge(a)?;
    session.commit()?;
    let b = session.add(User { addresses: ["2", "3"].map(Address::in_city).into(), ..User::named("b") });
    session.commit()?;
    assert_eq!(session.load(b, User::addresses)?.len(), 2);
    User::query()
        .filter(User::name.eq("b"))
        .include(User::addresses.filter(Address::city.eq("2")))
        .one(&mut session)?;
    assert_eq!(session.load(b, User::addresses)?.len(), 2);
    session.delete(b)?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["1"]);
    Ok(())
}

pub fn nobody_inherits_the_links_of_an_expunged_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    let mut session = cx.session();
    let x = session.add(Tag::labelled("x"));
    let a = session.add(Post { tags: [x].into(), ..Post::titled("a") });
    session.commit()?;
    session.expunge(x)?;
    assert!(!session.is_loaded(a, Post::tags)?);
    session.expunge(a)?;
    session.commit()?;
    let b = session.add(Post::titled("b"));
    assert!(session.related(b, Post::tags)?.is_empty());
    session.push(b, Post::tags, Tag::labelled("y"))?;
    session.commit()?;
    assert_eq!(session.load(b, Post::tags)?.len(), 1);
    cx.expect_rows("SELECT post_id, tag_id FROM post_tag ORDER BY post_id", &["1|1", "2|2"]);
    Ok(())
}

/// A region with two towns, and the session that will change its code.
fn region(cx: &mut TestContext) -> Result<(Session, Handle<Region>)> {
    cx.create(models![Region])?;
    cx.engine.transaction(|session| {
        let towns = ["p", "q"].map(|name| Town { name: name.into(), ..Town::default() }).into();
        session.add(Region { code: "A".into(), towns, ..Region::default() });
        Ok(())
    })?;
    let mut session = cx.session();
    let region = session.get::<Region>("A".to_owned())?.unwrap();
    Ok((session, region))
}

pub fn keys_carried_by_the_database_go_with_a_rollback(cx: &mut TestContext) -> Result<()> {
    let (mut session, a) = region(cx)?;
    session[a].code = "B".into();
    let towns = session.load(a, Region::towns)?;
    session.delete(towns[0])?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session.load(a, Region::towns)?, towns);
    for town in towns {
        assert_eq!(session[town].region, BelongsTo::key("A".to_owned()));
    }
    assert_eq!(session[a].code, "A");
    Ok(())
}

pub fn keys_carried_by_the_database_go_with_a_savepoint(cx: &mut TestContext) -> Result<()> {
    let (mut session, a) = region(cx)?;
    let mut nested = session.begin_nested()?;
    nested[a].code = "B".into();
    nested.flush()?;
    let towns = Town::query().order_by(Town::id).all(&mut nested)?;
    assert_eq!(nested[towns[0]].region, BelongsTo::key("B".to_owned()));
    nested.rollback()?;
    assert_eq!(session.load(a, Region::towns)?, towns);
    Town::query().all(&mut session)?;
    assert_eq!(session[towns[1]].region, BelongsTo::key("A".to_owned()));
    Ok(())
}

pub fn what_was_written_to_a_deleted_object_goes_with_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User::named("old"));
    session.commit()?;
    session.delete(user)?;
    session.flush()?;
    session[user].name = "written".into();
    session.rollback()?;
    assert_eq!((session.state(user), &*session[user].name), (State::Persistent, "old"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["old"]);
    Ok(())
}

pub fn what_was_written_to_a_deleted_object_goes_with_a_savepoint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User::named("old"));
    session.commit()?;
    session[user].name = "new".into();
    session.flush()?;
    let mut nested = session.begin_nested()?;
    nested.delete(user)?;
    nested.flush()?;
    nested[user].name = "written".into();
    nested.rollback()?;
    assert_eq!((session.state(user), &*session[user].name), (State::Persistent, "new"));
    session.rollback()?;
    assert_eq!(session[user].name, "old");
    Ok(())
}

pub fn marks_of_a_delete_end_with_its_savepoint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut nested = session.begin_nested()?;
    let user = nested.add(User { addresses: [Address::in_city("x")].into(), ..User::named("new") });
    nested.delete(user)?;
    nested.rollback()?;
    assert_eq!(session.state(user), State::Transient);
    session.undelete(user)?;
    assert_eq!(session.state(user), State::Transient);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    Ok(())
}

pub fn undelete_leaves_what_was_deleted_for_another_reason(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let addresses = ["x", "y"].map(Address::in_city).into();
    let (a, b) = (session.add(User { addresses, ..User::named("a") }), session.add(User::named("b")));
    session.commit()?;
    let homes = session.load(a, User::addresses)?;
    session.delete(a)?;
    // The other user takes both over, and then one is deleted and the other goes with the other user.
    session.push(b, User::addresses, homes[0])?;
    session.push(b, User::addresses, homes[1])?;
    session.delete(homes[0])?;
    session.delete(b)?;
    session.undelete(a)?;
    let deleted = session.deleted();
    assert_eq!(deleted.len(), 3);
    assert!([b.raw(), homes[0].raw(), homes[1].raw()].iter().all(|object| deleted.contains(object)), "{deleted:?}");
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &["a"]);
    cx.expect_rows("SELECT city FROM address", &[]);
    Ok(())
}

pub fn an_expired_object_is_expired_again_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User::named("old"));
    session.commit()?;
    cx.execute(r#"UPDATE "user" SET age = 30"#);
    session.expire(user)?;
    session[user].name = "new".into();
    session.flush()?;
    session.refresh(user)?;
    assert_eq!(session[user].age, 30);
    session.rollback()?;
    let id = session[user].id;
    assert_eq!(session.get::<User>(id)?, Some(user));
    assert_eq!((&*session[user].name, session[user].age), ("old", 30));
    Ok(())
}

pub fn a_member_pushed_to_a_deleted_object_goes_with_it_after_a_refresh(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = session.add(User::named("a"));
    session.commit()?;
    session.delete(user)?;
    session.push(user, User::addresses, Address::in_city("x"))?;
    // It writes the DELETE first, as every query does, and finds no row then.
    expect_error(session.refresh(user), ErrorKind::NotFound, &["User#1"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user""#, &[]);
    cx.expect_rows("SELECT city FROM address", &[]);
    Ok(())
}

pub fn an_explicit_null_is_not_overruled_by_a_default(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fixed])?;
    let mut session = cx.session();
    let fixed = session.add(Fixed::default());
    session.set_null(fixed, Fixed::filled)?;
    session.set_null(fixed, Fixed::served)?;
    session.flush()?;
    assert_eq!((session[fixed].filled, session[fixed].served), (None, None));
    let nulls = Fixed::query().filter(Fixed::filled.is_null()).filter(Fixed::served.is_null()).count(&mut session)?;
    assert_eq!(nulls, 1);
    session.rollback()?;
    // The change for the first row applies to its successor.
    session.add_again(fixed)?;
    session.commit()?;
    cx.expect_rows("SELECT filled, served FROM fixed", &["NULL|NULL"]);
    Ok(())
}

pub fn values_for_updates_are_made_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fixed])?;
    let mut session = cx.session();
    let fixed = session.add(Fixed::default());
    session.commit()?;
    let before = Fixed::made();
    session[fixed].data = "y".into();
    session.commit()?;
    assert_eq!(Fixed::made(), before + 1);
    Ok(())
}

pub fn a_hook_that_objects_after_an_insert_leaves_the_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let shop = session.add(Shop { wares: [Ware::priced("after_insert", 1)].into(), ..Shop::named("Corner") });
    let ware = session.related(shop, Shop::wares)?[0];
    expect_error(session.flush(), ErrorKind::InvalidState, &["after_insert of Ware"]);
    assert_eq!((session.state(shop), session[shop].id, &*session[shop].slug), (State::Pending, 0, ""));
    assert_eq!((session.state(ware), session[ware].id), (State::Pending, 0));
    assert_eq!(session[ware].shop, shop.into());
    assert_eq!(session.related(shop, Shop::wares)?, [ware]);
    assert_eq!(session.new_objects().len(), 2);
    session[ware].name = "tea".into();
    expect_error(session.flush(), ErrorKind::PendingRollback, &["rollback"]);
    session.rollback()?;
    session.add_again(shop)?;
    session.commit()?;
    cx.expect_rows("SELECT slug FROM shop", &["corner"]);
    cx.expect_rows("SELECT name FROM ware", &["tea"]);
    Ok(())
}

pub fn a_hook_that_objects_after_an_update_leaves_the_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let shop = session.add(Shop::named("Corner"));
    session.commit()?;
    session[shop].name = "after_update".into();
    expect_error(session.flush(), ErrorKind::InvalidState, &["after_update of Shop"]);
    assert_eq!((&*session[shop].name, &*session[shop].slug, session[shop].edits), ("after_update", "corner", 0));
    assert!(session.is_modified(shop));
    session.rollback()?;
    assert_eq!((&*session[shop].name, session.is_modified(shop)), ("Corner", false));
    Ok(())
}

pub fn a_hook_that_objects_after_a_delete_leaves_the_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let shop = session.add(Shop { wares: [Ware::priced("after_delete", 1)].into(), ..Shop::named("Corner") });
    session.commit()?;
    let ware = session.related(shop, Shop::wares)?[0];
    session.delete(shop)?;
    expect_error(session.flush(), ErrorKind::InvalidState, &["after_delete of Ware"]);
    assert_eq!((session.state(shop), session.state(ware)), (State::Persistent, State::Persistent));
    assert_eq!(session.deleted().len(), 2);
    assert_eq!(session.related(shop, Shop::wares)?, [ware]);
    session.rollback()?;
    assert!(session.deleted().is_empty());
    assert_eq!(session.load(shop, Shop::wares)?, [ware]);
    cx.expect_rows("SELECT name FROM ware", &["after_delete"]);
    Ok(())
}

/// A session with a listener of `after_flush` that objects when told to.
fn objecting(cx: &TestContext) -> Session {
    let mut session = cx.session();
    session.on_after_flush(|session| {
        let objects = User::query().filter(User::name.eq("object")).exists(session)?;
        session.add(User::named("by the listener"));
        match objects {
            true => Err(orm::Error::new(ErrorKind::InvalidState, "objected")),
            false => Ok(()),
        }
    });
    session
}

pub fn a_listener_that_objects_leaves_objects_and_collections(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Region])?;
    cx.engine.transaction(|session| {
        session.add(User { addresses: ["x", "y"].map(Address::in_city).into(), ..User::named("a") });
        session.add(User::named("b"));
        session.add(Region { code: "A".into(), towns: [Town::default()].into(), ..Region::default() });
        Ok(())
    })?;
    let mut session = objecting(cx);
    let [a, b] = User::query().order_by(User::id).include(User::addresses).all(&mut session)?[..] else { panic!() };
    let homes = session.related(a, User::addresses)?;
    let region = Region::query().include(Region::towns).one(&mut session)?;
    let town = session.related(region, Region::towns)?[0];
    session[region].code = "B".into();
    session.push(b, User::addresses, homes[0])?;
    session.delete(homes[1])?;
    let new = session.push(b, User::addresses, Address::in_city("z"))?;
    session[b].name = "object".into();
    expect_error(session.flush(), ErrorKind::InvalidState, &["after_flush", "objected"]);
    assert!(session.related(a, User::addresses)?.len() <= 1);
    assert_eq!(session.related(b, User::addresses)?, [homes[0], new]);
    assert_eq!((session.state(new), session[new].id, session.state(homes[1])), (State::Pending, 0, State::Persistent));
    assert_eq!((session.deleted(), session.is_modified(homes[0])), (vec![homes[1].raw()], true));
    assert_eq!((&*session[region].code, session.is_modified(region)), ("B", true));
    assert_eq!(session[town].region, BelongsTo::key("A".to_owned()));
    assert_eq!(session.new_objects().len(), 2, "the listener's object is one");
    session.rollback()?;
    assert_eq!(session.load(a, User::addresses)?, homes);
    assert_eq!(session.load(region, Region::towns)?, [town]);
    assert_eq!(session.state(new), State::Transient);
    Ok(())
}

pub fn a_listener_that_objects_leaves_links_and_expressions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Post])?;
    cx.engine.transaction(|session| {
        session.add(User { age: 1, ..User::named("a") });
        session.add(Post { tags: ["x", "y"].map(Tag::labelled).into(), ..Post::titled("p") });
        Ok(())
    })?;
    let mut session = cx.session();
    let fail = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    session.on_after_flush({
        let fail = std::sync::Arc::clone(&fail);
        move |_| match fail.load(std::sync::atomic::Ordering::Relaxed) {
            true => Err(orm::Error::new(ErrorKind::InvalidState, "objected")),
            false => Ok(()),
        }
    });
    let user = User::query().one(&mut session)?;
    let post = Post::query().include(Post::tags).one(&mut session)?;
    let tags = session.related(post, Post::tags)?;
    for round in [true, false] {
        fail.store(round, std::sync::atomic::Ordering::Relaxed);
        session.set_expr(user, User::age, User::age + 1)?;
        session.remove(post, Post::tags, tags[0])?;
        let new = session.push(post, Post::tags, Tag::labelled("z"))?;
        if !round {
            session.commit()?;
            break;
        }
        expect_error(session.flush(), ErrorKind::InvalidState, &["objected"]);
        assert_eq!(session[user].age, 1);
        assert!(session.is_modified(user), "the expression waits still");
        assert_eq!(session.related(post, Post::tags)?, [tags[1], new]);
        assert_eq!(session.state(new), State::Pending);
        session.rollback()?;
        assert_eq!(session.load(post, Post::tags)?.len(), 2);
    }
    assert_eq!(session[user].age, 2);
    cx.expect_rows("SELECT count(*) FROM post_tag", &["2"]);
    Ok(())
}

pub fn a_list_that_saw_a_bulk_delete_is_loaded_anew_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.engine.transaction(|session| {
        session.add(User { addresses: [Address::in_city("x")].into(), ..User::named("a") });
        Ok(())
    })?;
    let mut session = cx.session();
    let user = User::query().one(&mut session)?;
    let mut nested = session.begin_nested()?;
    Address::query().delete().execute(&mut nested)?;
    assert!(nested.load(user, User::addresses)?.is_empty());
    nested.rollback()?;
    expect_error(session.related(user, User::addresses), ErrorKind::NotLoaded, &["addresses", "User#1"]);
    assert_eq!(session.load(user, User::addresses)?.len(), 1);
    Ok(())
}

pub fn a_list_does_not_show_a_new_object_that_was_deleted_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Post])?;
    cx.engine.transaction(|session| {
        session.add(Post::titled("p"));
        Ok(())
    })?;
    let mut session = cx.session();
    let post = Post::query().one(&mut session)?;
    let tag = session.add(Tag::labelled("x"));
    session.push(tag, Tag::posts, post)?;
    session.delete(tag)?;
    assert!(session.load(post, Post::tags)?.is_empty());
    session.undelete(tag)?;
    assert_eq!(session.load(post, Post::tags)?, [tag]);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM post_tag", &["1"]);
    Ok(())
}

pub fn a_key_is_a_key_after_the_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Region, Door])?;
    let mut session = cx.session();
    let region = session.add(Region { code: "A".into(), ..Region::default() });
    let street = session.add(Street { region: region.into(), number: 1, ..Street::default() });
    session.commit()?;
    // The same as before, by the handle: the key of the street waits for that of the region.
    session[street].region = region.into();
    let door = session.push(street, Street::doors, Door::default())?;
    session.commit()?;
    assert_eq!(session[door].street, Some(BelongsTo::key(("A".to_owned(), 1))));
    Ok(())
}
