//! One row, one object: the identity map.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Company, Country, Employee, Enrollment, Pupil, Shelf, Subject, User};
use crate::{TestContext, expect_error};

cases! { identity {
    u_001_every_load_of_a_row_gives_the_same_handle [];
    u_001_composite_keys_identify_objects_too [];
    u_002_get_of_an_object_in_memory_is_no_statement [];
    u_003_get_of_a_missing_row_is_none_and_not_remembered [];
    u_003_get_of_the_key_zero_is_asked_for [];
    u_004_a_query_leaves_unsaved_changes_as_they_are [];
    u_005_populate_existing_overwrites_objects [];
    u_005_populate_existing_moves_members [];
    u_006_an_expired_object_is_filled_by_what_brings_its_row [];
    u_006_writing_to_an_expired_object_is_not_lost [];
    u_006_expiring_takes_back_a_move [];
    u_007_attach_makes_a_value_persistent_without_a_statement [];
    u_007_attach_refuses_a_second_object_of_one_row [];
    u_007_attach_refuses_values_that_name_no_row [];
    u_007_an_attached_object_is_listed_by_its_parent [];
    u_008_a_new_object_with_the_key_of_another_is_refused_by_the_database [];
    u_009_values_and_each_leave_no_objects_behind [];
    u_010_a_handle_is_of_use_in_its_session_only [];
    u_010_a_handle_stays_stale_when_its_place_is_used_again [];
    u_011_contains_is_true_until_an_object_leaves [];
} }

/// Alice, aged 30, committed, with an empty log.
fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_001_every_load_of_a_row_gives_the_same_handle(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    for _ in 0..2 {
        assert_eq!(User::query().one(&mut session)?, alice);
        assert_eq!(User::query().filter(User::id.eq(id)).first(&mut session)?, Some(alice));
        assert_eq!(session.get::<User>(id)?, Some(alice));
        assert_eq!(session.load(home, Address::user)?, alice);
        let joined = User::query().join(User::addresses).all(&mut session)?;
        assert_eq!(joined, [alice]);
    }
    session.commit()?;
    let mut other = cx.session();
    let first = other.get::<User>(id)?.unwrap();
    assert_eq!(User::query().include(User::addresses).all(&mut other)?, [first]);
    let address = Address::query().one(&mut other)?;
    assert_eq!(other.related(first, User::addresses)?, [address]);
    Ok(())
}

pub fn u_001_composite_keys_identify_objects_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf, Enrollment])?;
    let mut session = cx.only_writer();
    let shelf = session.add(Shelf { room: "a".into(), number: 1, label: None, ..Default::default() });
    let pupil = session.add(Pupil { name: "p".into(), ..Default::default() });
    let subject = session.add(Subject { title: "s".into(), ..Default::default() });
    let enrollment = session.add(Enrollment { pupil: pupil.into(), subject: subject.into(), grade: None });
    session.commit()?;
    let keys = (session[pupil].id, session[subject].id);
    cx.clear_log();
    assert_eq!(session.get::<Shelf>(("a".to_owned(), 1))?, Some(shelf));
    assert_eq!(session.get::<Enrollment>(keys)?, Some(enrollment));
    cx.expect_log(&[]);
    assert_eq!(Shelf::query().one(&mut session)?, shelf);
    assert_eq!(Enrollment::query().one(&mut session)?, enrollment);
    assert_eq!(session.get::<Shelf>(("a".to_owned(), 2))?, None);
    Ok(())
}

pub fn u_002_get_of_an_object_in_memory_is_no_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    session[alice].age = 31;
    cx.expect_full_log(&[]);
    assert_eq!(session.get::<User>(id)?, Some(alice));
    Ok(())
}

pub fn u_003_get_of_a_missing_row_is_none_and_not_remembered(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    assert_eq!(session.get::<User>(77)?, None);
    session.rollback()?;
    cx.execute(r#"INSERT INTO "user" (id, name, age) VALUES (77, 'bob', 1)"#);
    let bob = session.get::<User>(77)?.unwrap();
    assert_eq!(session[bob].name, "bob");
    cx.expect_log(&["select user", "select user"]);
    Ok(())
}

pub fn u_003_get_of_the_key_zero_is_asked_for(cx: &mut TestContext) -> Result<()> {
    let (mut session, _) = alice(cx)?;
    // A new object holds 0 until it gets its key; a row may have it for good.
    assert_eq!(session.get::<User>(0)?, None);
    cx.execute(r#"INSERT INTO "user" (id, name, age) VALUES (0, 'nobody', 1)"#);
    let nobody = session.get::<User>(0)?.unwrap();
    assert_eq!(session.get::<User>(0)?, Some(nobody));
    cx.expect_log(&["select user", "select user"]);
    Ok(())
}

pub fn u_004_a_query_leaves_unsaved_changes_as_they_are(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    assert_eq!(User::query().one(&mut session)?, alice);
    cx.execute(r#"UPDATE "user" SET name = 'alicia'"#);
    session[alice].age = 31;
    session.no_autoflush(|session| User::query().one(session))?;
    assert_eq!((session[alice].age, &*session[alice].name), (31, "alice"));
    assert!(session.is_modified(alice));
    cx.expect_log(&["select user", "select user"]);
    session.commit()?;
    cx.expect_log(&["update user (age)"]);
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alicia|31"]);
    Ok(())
}

pub fn u_005_populate_existing_overwrites_objects(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    cx.execute(r#"UPDATE "user" SET age = 99"#);
    session[alice].age = 31;
    session[alice].name = "alicia".into();
    let found = session.no_autoflush(|session| User::query().populate_existing().one(session))?;
    assert_eq!(found, alice);
    assert_eq!((session[alice].age, &*session[alice].name), (99, "alice"));
    assert!(!session.is_modified(alice) && session.dirty().is_empty());
    session.commit()?;
    cx.expect_log(&["select user"]);
    Ok(())
}

pub fn u_005_populate_existing_moves_members(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let [a, b] = ["a", "b"].map(|name| session.add(Company::named(name)));
    let ann = session.push(a, Company::employees, Employee::named("ann"))?;
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = (SELECT id FROM company WHERE name = 'b')");
    Employee::query().populate_existing().all(&mut session)?;
    assert_eq!(session.load(ann, Employee::company)?, Some(b));
    assert_eq!(session.related(a, Company::employees)?, []);
    assert_eq!(session.related(b, Company::employees)?, [ann]);
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = NULL");
    session.refresh(ann)?;
    assert_eq!(session.related(b, Company::employees)?, []);
    Ok(())
}

pub fn u_006_an_expired_object_is_filled_by_what_brings_its_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    type Bring = fn(&mut Session, Handle<User>, i64) -> Result<()>;
    let ways: [(Bring, Bring); 3] = [
        (|s, alice, _| s.expire(alice), |s, alice, id| s.get::<User>(id).map(|found| assert_eq!(found, Some(alice)))),
        (
            |s, _, _| {
                s.expire_all();
                Ok(())
            },
            |s, alice, _| User::query().one(s).map(|found| assert_eq!(found, alice)),
        ),
        (|s, alice, _| s.expire(alice), |s, alice, _| s.refresh(alice)),
    ];
    for (age, (expire, bring)) in (40..).zip(ways) {
        session.rollback()?;
        cx.execute(&format!(r#"UPDATE "user" SET age = {age}"#));
        let known = session[alice].age;
        expire(&mut session, alice, id)?;
        assert_eq!(session[alice].age, known);
        cx.expect_log(&[]);
        bring(&mut session, alice, id)?;
        assert_eq!(session[alice].age, age);
        cx.expect_log(&["select user"]);
        assert_eq!(session.get::<User>(id)?, Some(alice));
        cx.expect_log(&[]);
    }
    Ok(())
}

pub fn u_006_writing_to_an_expired_object_is_not_lost(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.expire(alice)?;
    session[alice].age = 50;
    session.no_autoflush(|session| User::query().one(session))?;
    assert_eq!(session[alice].age, 50);
    session.commit()?;
    cx.expect_log(&["select user", "update user (age)"]);
    Ok(())
}

pub fn u_006_expiring_takes_back_a_move(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let [a, b] = ["a", "b"].map(|name| session.add(Company::named(name)));
    let ann = session.push(a, Company::employees, Employee::named("ann"))?;
    session.commit()?;
    session[ann].company = b.into();
    assert_eq!(session.related(b, Company::employees)?, [ann]);
    session.expire(ann)?;
    assert_eq!(session.related(a, Company::employees)?, [ann]);
    assert_eq!(session.related(b, Company::employees)?, []);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_007_attach_makes_a_value_persistent_without_a_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let value = session.expunge(alice)?;
    let again = session.attach(value)?;
    assert_ne!(again, alice);
    assert_eq!(session.state(again), State::Persistent);
    assert!(!session.is_modified(again));
    assert_eq!(User::query().one(&mut session)?, again);
    session[again].age = 31;
    session.commit()?;
    cx.expect_log(&["select user", "update user (age)"]);
    let mut other = cx.session();
    let elsewhere = other.attach(session[again].clone())?;
    assert_eq!(other.get::<User>(other[elsewhere].id)?, Some(elsewhere));
    other.delete(elsewhere)?;
    other.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn u_007_attach_refuses_a_second_object_of_one_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let id = session[alice].id;
    let twin = session[alice].clone();
    expect_error(session.attach(twin), ErrorKind::InvalidState, &[&format!("User#{id}"), "already"]);
    cx.expect_full_log(&[]);
    assert_eq!(session.get::<User>(id)?, Some(alice));
    Ok(())
}

pub fn u_007_attach_refuses_values_that_name_no_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    expect_error(session.attach(User::named("nobody")), ErrorKind::InvalidState, &["User", "no key", "add()"]);
    let homeless = Address { id: 3, ..Address::in_city("Rome") };
    expect_error(session.attach(homeless.clone()), ErrorKind::InvalidState, &["Address#3", "`user`"]);
    let housed = Address { user: alice.into(), ..homeless };
    expect_error(session.attach(housed), ErrorKind::InvalidState, &["Address#3", "`user`", "BelongsTo::key"]);
    assert_eq!(session.new_objects(), []);
    Ok(())
}

pub fn u_007_an_attached_object_is_listed_by_its_parent(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    cx.clear_log();
    let value = session.expunge(home)?;
    assert_eq!(session.related(alice, User::addresses)?, []);
    let home = session.attach(value)?;
    assert_eq!(session.related(alice, User::addresses)?, [home]);
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_008_a_new_object_with_the_key_of_another_is_refused_by_the_database(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.only_writer();
    let country = |name: &str| Country { code: "nl".into(), name: name.into(), ..Default::default() };
    let old = session.add(country("Nederland"));
    session.commit()?;
    let new = session.add(country("Netherlands"));
    assert_eq!(session.get::<Country>("nl")?, Some(old));
    let error = expect_error(session.commit(), ErrorKind::UniqueViolation, &["Country#new(\"nl\")", "Country#\"nl\""]);
    assert!(error.constraint().is_some());
    session.rollback()?;
    assert_eq!((session.state(old), session.state(new)), (State::Persistent, State::Transient));
    assert_eq!(session.get::<Country>("nl")?, Some(old));
    session.expunge(new)?;
    assert_eq!(session.get::<Country>("nl")?, Some(old));
    Ok(())
}

pub fn u_009_values_and_each_leave_no_objects_behind(cx: &mut TestContext) -> Result<()> {
    let (_, _) = alice(cx)?;
    let mut session = cx.session();
    assert_eq!(User::query().values(&mut session)?.len(), 1);
    User::query().each(&mut session, |user| {
        assert_eq!(user.name, "alice");
        Ok(())
    })?;
    assert!(format!("{session:?}").contains("slots: 0"), "{session:?}");
    let alice = User::query().one(&mut session)?;
    assert!(format!("{session:?}").contains("slots: 1"), "{session:?}");
    session.clear();
    assert!(format!("{session:?}").contains("slots: 0"), "{session:?}");
    assert_eq!(session.state(alice), State::Detached);
    Ok(())
}

pub fn u_010_a_handle_is_of_use_in_its_session_only(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.rollback()?;
    let mut other = cx.session();
    let bob = other.add(User::named("bob"));
    let detached = ErrorKind::Detached;
    expect_error(other.try_get(alice).map(|_| ()), detached, &["User", "another session"]);
    expect_error(other.try_edit(alice).map(|_| ()), detached, &["User"]);
    expect_error(other.pair(bob, alice).map(|_| ()), detached, &["User"]);
    expect_error(other.delete(alice), detached, &["User"]);
    expect_error(other.undelete(alice), detached, &["User"]);
    expect_error(other.expunge(alice), detached, &["User"]);
    expect_error(other.expire(alice), detached, &["User"]);
    expect_error(other.refresh(alice), detached, &["User"]);
    expect_error(other.load(alice, User::addresses), detached, &["User"]);
    expect_error(other.related(alice, User::addresses), detached, &["User"]);
    expect_error(other.push(alice, User::addresses, Address::in_city("Rome")), detached, &["User"]);
    assert_eq!((other.state(alice), other.contains(alice), other.is_modified(alice)), (State::Detached, false, false));
    assert_eq!(other.new_objects(), [bob.raw()]);
    let rome = other.add(Address { user: alice.into(), ..Address::in_city("Rome") });
    expect_error(other.commit(), detached, &["Address#new", "`user`", "another session"]);
    cx.expect_log(&[]);
    other[rome].user = bob.into();
    other.commit()?;
    cx.expect_log(&["insert user", "insert address"]);
    Ok(())
}

pub fn u_010_a_handle_stays_stale_when_its_place_is_used_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.delete(alice)?;
    session.commit()?;
    for number in 0..5 {
        session.add(User::named(&format!("user {number}")));
    }
    session.commit()?;
    expect_error(session.try_get(alice).map(|_| ()), ErrorKind::Detached, &["User"]);
    assert_eq!(session.state(alice), State::Detached);
    let rome = session.add(Address { user: alice.into(), ..Address::in_city("Rome") });
    expect_error(session.flush(), ErrorKind::Detached, &["Address#new", "`user`"]);
    session.expunge(rome)?;
    session.commit()
}

pub fn u_011_contains_is_true_until_an_object_leaves(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let bob = session.add(User::named("bob"));
    assert!(session.contains(alice) && session.contains(bob));
    session.delete(alice)?;
    session.delete(bob)?;
    assert!(session.contains(alice) && !session.contains(bob));
    session.flush()?;
    assert!(!session.contains(alice));
    session.rollback()?;
    assert!(session.contains(alice) && !session.contains(bob));
    session.expunge(alice)?;
    assert!(!session.contains(alice));
    Ok(())
}
