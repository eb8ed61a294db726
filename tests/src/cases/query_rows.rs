//! Rows as structs, and objects among the values of rows.

use orm::functions::{count, max};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, User};
use crate::{TestContext, expect_error};

cases! { query_rows {
    structs_are_filled_in_order [];
    structs_have_optional_fields [];
    structs_hold_objects [];
    structs_of_one_field [];
    structs_name_themselves_in_errors [];
    objects_stand_beside_values [];
    objects_are_those_of_the_session [];
    objects_may_be_missing [];
    objects_come_under_other_names [];
    objects_of_two_models [];
    objects_are_loaded_together [];
    objects_may_be_overwritten [];
    errors_name_the_model [];
} }

#[derive(FromRow, Debug, PartialEq)]
struct Household {
    name: String,
    addresses: i64,
}

#[derive(FromRow, Debug, PartialEq)]
struct Place {
    who: String,
    street: Option<String>,
    city: Option<String>,
}

#[derive(FromRow, Debug, PartialEq)]
struct Resident {
    user: Handle<User>,
    address: Option<Handle<Address>>,
    #[orm(column = "years")]
    age: i32,
}

#[derive(FromRow, Debug, PartialEq)]
struct Name {
    name: String,
}

fn town(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.push(alice, User::addresses, Address { street: Some("Main".into()), ..Address::in_city("Ulm") })?;
    session.push(alice, User::addresses, Address::in_city("Bonn"))?;
    session.add(User { age: 25, ..User::named("bob") });
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

pub fn structs_are_filled_in_order(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let query = User::query()
        .left_join(User::addresses)
        .group_by((User::id, User::name))
        .order_by(User::name)
        .select((User::name, count(Address::id)))
        .rows_as::<Household>();
    let rows = query.clone().all(session)?;
    let household = |name: &str, addresses| Household { name: name.into(), addresses };
    assert_eq!(rows, [household("alice", 2), household("bob", 0)]);
    assert_eq!(query.clone().first(session)?, Some(household("alice", 2)));
    assert_eq!(query.clone().filter(User::name.eq("bob")).one(session)?, household("bob", 0));
    assert_eq!(query.clone().filter(User::name.eq("zoe")).one_or_none(session)?, None);
    assert_eq!(query.count(session)?, 2);
    Ok(())
}

pub fn structs_have_optional_fields(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows: Vec<Place> = User::query()
        .left_join(User::addresses)
        .order_by((User::name, Address::id))
        .select((User::name, Address::street, Address::city))
        .rows_as::<Place>()
        .all(session)?;
    let place = |who: &str, street: Option<&str>, city: Option<&str>| Place {
        who: who.into(),
        street: street.map(Into::into),
        city: city.map(Into::into),
    };
    let expected =
        [place("alice", Some("Main"), Some("Ulm")), place("alice", None, Some("Bonn")), place("bob", None, None)];
    assert_eq!(rows, expected);
    Ok(())
}

pub fn structs_hold_objects(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = User::query()
        .left_join(User::addresses)
        .order_by((User::name, Address::id))
        .select((User::object(), Address::object(), User::age))
        .rows_as::<Resident>()
        .all(session)?;
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].user, rows[1].user);
    assert_eq!(rows[1].address.map(|address| session[address].city.as_str()), Some("Bonn"));
    assert_eq!((session[rows[2].user].name.as_str(), rows[2].address, rows[2].age), ("bob", None, 25));
    Ok(())
}

pub fn structs_of_one_field(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let names = User::query().order_by(User::name).select((User::name,)).rows_as::<Name>().all(session)?;
    assert_eq!(names, [Name { name: "alice".into() }, Name { name: "bob".into() }]);
    Ok(())
}

pub fn structs_name_themselves_in_errors(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    cx.execute(r#"DROP TABLE address"#);
    cx.execute(r#"ALTER TABLE "user" RENAME TO people"#);
    cx.execute(r#"CREATE VIEW "user" AS SELECT NULL AS name"#);
    let rows = User::query().select((User::name,)).rows_as::<Name>();
    expect_error(rows.one(session), ErrorKind::Decode, &["Name, column `name`", "expected text, found NULL"]);
    Ok(())
}

pub fn objects_stand_beside_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows: Vec<(Handle<User>, Option<String>)> = User::query()
        .left_join(User::addresses)
        .group_by(User::id)
        .order_by(User::name)
        .select((User::object(), max(Address::city)))
        .all(session)?;
    let rows: Vec<_> = rows.iter().map(|(user, city)| (session[*user].name.as_str(), city.as_deref())).collect();
    assert_eq!(rows, [("alice", Some("Ulm")), ("bob", None)]);
    cx.expect_log(&["select user x2"]);
    Ok(())
}

pub fn objects_are_those_of_the_session(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    session[bob].age = 26;
    let (found, age) = User::query().filter(User::name.eq("bob")).select((User::object(), User::age)).one(session)?;
    assert_eq!((found, age), (bob, 26));
    cx.expect_log(&["select user", "update user (age)", "select user"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT age FROM "user" WHERE name = 'bob'"#, &["26"]);
    Ok(())
}

pub fn objects_may_be_missing(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = User::query()
        .left_join(User::addresses)
        .filter(Address::id.is_null())
        .select((User::name, Address::object()))
        .all(session)?;
    assert_eq!(rows, [("bob".to_owned(), None)]);
    Ok(())
}

alias! { Neighbour = User }

pub fn objects_come_under_other_names(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = User::query()
        .join(Neighbour::on(Neighbour::col(User::name).ne(User::name)))
        .order_by(User::name)
        .select((User::object(), Neighbour::object()))
        .all(session)?;
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].0, rows[0].1), (rows[1].1, rows[1].0));
    assert_eq!(session[rows[0].1].name, "bob");
    Ok(())
}

pub fn objects_of_two_models(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = Address::query()
        .join(Address::user)
        .order_by(Address::id)
        .select((Address::object(), User::object()))
        .all(session)?;
    for (address, user) in rows {
        assert_eq!(session[&session[address].user].name, session[user].name);
    }
    cx.expect_log(&["select address x2"]);
    Ok(())
}

/// A relation of one of them is loaded for all.
pub fn objects_are_loaded_together(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let rows = User::query().order_by(User::name).select((User::object(), User::age)).all(session)?;
    cx.clear_log();
    assert_eq!(session.load(rows[0].0, User::addresses)?.len(), 2);
    assert_eq!(session.load(rows[1].0, User::addresses)?.len(), 0);
    cx.expect_log(&["select address x2"]);
    Ok(())
}

pub fn objects_may_be_overwritten(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    let bob = User::query().filter(User::name.eq("bob")).one(session)?;
    session.set_autoflush(false);
    cx.execute(r#"UPDATE "user" SET age = 99 WHERE name = 'bob'"#);
    session[bob].age = 7;
    let rows = || User::query().filter(User::name.eq("bob")).select((User::object(), User::age));
    assert_eq!(rows().one(session)?, (bob, 99));
    assert_eq!(session[bob].age, 7);
    let rows = User::query().populate_existing().filter(User::name.eq("bob")).select((User::object(),));
    assert_eq!(rows.one(session)?, (bob,));
    assert_eq!(session[bob].age, 99);
    Ok(())
}

pub fn errors_name_the_model(cx: &mut TestContext) -> Result<()> {
    let session = &mut town(cx)?;
    expect_error(
        User::query().select((User::name, User::age)).one(session),
        ErrorKind::MultipleFound,
        &["row of User"],
    );
    let none = User::query().filter(User::age.gt(99)).select(User::name);
    expect_error(none.one(session), ErrorKind::NotFound, &["row of User", "one_or_none()"]);
    let none = Address::query().join(Address::user).filter(User::age.gt(99)).select((User::object(),));
    expect_error(none.one(session), ErrorKind::NotFound, &["row of Address"]);
    Ok(())
}
