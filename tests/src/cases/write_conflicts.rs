//! Inserts of rows that are there already.

use orm::functions::{excluded, upper};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{CartLine, Desk, Setting, Shelf, Spot, User, Wallet, Worker, hire_workers};
use crate::{TestContext, expect_error};

cases! { write_conflicts {
    nothing_happens_to_rows_that_are_there [];
    rows_that_are_there_take_the_new_values [];
    an_update_reads_both_rows [];
    an_update_may_be_left_to_a_condition [conflict_targets];
    nulls_conflict_with_nothing [];
    several_columns_are_one_target [];
    the_primary_key_is_a_target [];
    a_query_meets_rows_that_are_there [conflict_targets];
    objects_follow_an_upsert [];
    what_was_not_written_yet_is_flushed_first [];
    another_constraint_is_still_violated [];
    a_target_without_a_constraint_is_refused [];
    any_constraint_may_be_ignored [conflict_targets];
    a_constraint_by_its_name [conflict_constraints];
    keys_come_back_in_the_order_of_the_values [];
    rows_that_stay_do_not_come_back [conflict_targets];
    keys_of_composite_targets_come_back [];
    a_set_target_still_tells_rows_apart [];
    many_values_go_in_batches [conflict_targets];
    computed_columns_follow_an_upsert [];
} }

const USERS: &str = r#"SELECT name, age, email FROM "user" ORDER BY id"#;

fn user(name: &str, age: i32, email: &str) -> User {
    User { age, email: Some(email.into()), ..User::named(name) }
}

fn users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::insert_all([user("ann", 30, "a@x"), user("bob", 40, "b@x")]).execute(&mut session)?;
    session.commit()?;
    cx.clear_log();
    Ok(session)
}

pub fn nothing_happens_to_rows_that_are_there(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = [user("bea", 1, "b@x"), user("cid", 2, "c@x"), user("abe", 3, "a@x")];
    assert_eq!(User::insert_all(new.clone()).on_conflict(User::email).do_nothing().execute(&mut session)?, 1);
    assert_eq!(User::insert_all(new).on_conflict(User::email).do_nothing().execute(&mut session)?, 0);
    session.commit()?;
    cx.expect_rows(USERS, &["ann|30|a@x", "bob|40|b@x", "cid|2|c@x"]);
    Ok(())
}

pub fn rows_that_are_there_take_the_new_values(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = [user("bea", 1, "b@x"), user("cid", 2, "c@x")];
    let upsert = User::insert_all(new).on_conflict(User::email).do_update((User::name, User::age));
    assert_eq!(upsert.execute(&mut session)?, 2);
    let one = User::insert(user("abe", 3, "a@x")).on_conflict(User::email).do_update(User::name);
    assert_eq!(one.execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows(USERS, &["abe|30|a@x", "bea|1|b@x", "cid|2|c@x"]);
    Ok(())
}

pub fn an_update_reads_both_rows(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let upsert = User::insert_all([user("bea", 5, "b@x"), user("cid", 2, "c@x")]).on_conflict(User::email).do_update((
        User::age.set(User::age + excluded(User::age) * 2 + 1),
        User::name.set(User::name.concat("/").concat(excluded(User::name))),
    ));
    assert_eq!(upsert.execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows(USERS, &["ann|30|a@x", "bob/bea|51|b@x", "cid|2|c@x"]);
    Ok(())
}

pub fn an_update_may_be_left_to_a_condition(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = [user("abe", 31, "a@x"), user("bea", 39, "b@x")];
    let upsert = User::insert_all(new)
        .on_conflict(User::email)
        .do_update((User::name, User::age.set(excluded(User::age))))
        .filter(excluded(User::age).gt(User::age))
        .filter(User::name.ne("zoe"));
    assert_eq!(upsert.execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows(USERS, &["abe|31|a@x", "bob|40|b@x"]);
    Ok(())
}

pub fn nulls_conflict_with_nothing(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = || [User::named("x"), user("bea", 1, "b@x"), User::named("y")];
    let upsert = |session: &mut Session| {
        User::insert_all(new())
            .on_conflict(User::email)
            .do_update(User::name)
            .returning((User::id, User::name))
            .all(session)
    };
    let row = |id: i64, name: &str| (id, name.to_owned());
    let (first, second) = (upsert(&mut session)?, upsert(&mut session)?);
    assert_eq!(first.iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["x", "bea", "y"]);
    assert_eq!((&first[1], &second[1]), (&row(2, "bea"), &row(2, "bea")));
    session.commit()?;
    cx.expect_rows(
        r#"SELECT name, count(*) FROM "user" GROUP BY name ORDER BY name"#,
        &["ann|1", "bea|1", "x|2", "y|2"],
    );
    Ok(())
}

pub fn several_columns_are_one_target(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Spot])?;
    let mut session = cx.session();
    let spot = |line, place| Spot { line, place, ..Spot::default() };
    Spot::insert_all([spot(1, Some(1)), spot(1, Some(2)), spot(2, None)]).execute(&mut session)?;
    let upsert = Spot::insert_all([spot(1, Some(2)), spot(1, Some(3)), spot(2, None)])
        .on_conflict((Spot::line, Spot::place))
        .do_update(Spot::version.set(Spot::version + 10));
    assert_eq!(upsert.execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_rows(
        "SELECT line, place, version FROM spot WHERE place IS NOT NULL ORDER BY place",
        &["1|1|1", "1|2|11", "1|3|1"],
    );
    cx.expect_rows("SELECT count(*) FROM spot WHERE place IS NULL", &["2"]);
    Ok(())
}

pub fn the_primary_key_is_a_target(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf, Setting])?;
    let mut session = cx.session();
    let shelf = |room: &str, number, label: &str| Shelf {
        room: room.into(),
        number,
        label: Some(label.into()),
        ..Shelf::default()
    };
    Shelf::insert_all([shelf("a", 1, "old"), shelf("b", 1, "old")]).execute(&mut session)?;
    let new = [shelf("b", 1, "new"), shelf("b", 2, "new"), shelf("a", 1, "new")];
    let upsert = Shelf::insert_all(new.clone()).on_conflict_key().do_update(Shelf::label);
    let keys = upsert.returning((Shelf::room, Shelf::number)).all(&mut session)?;
    assert_eq!(keys, [("b".to_owned(), 1), ("b".to_owned(), 2), ("a".to_owned(), 1)]);
    let ignored = Shelf::insert_all(new).on_conflict((Shelf::room, Shelf::number)).do_nothing();
    assert_eq!(ignored.execute(&mut session)?, 0);
    session.commit()?;
    cx.expect_rows("SELECT room, number, label FROM shelf ORDER BY room, number", &["a|1|new", "b|1|new", "b|2|new"]);

    let setting = |name: &str, value: Option<&str>| Setting { name: name.into(), value: value.map(Into::into) };
    Setting::insert(setting("a", Some("off"))).execute(&mut session)?;
    let mixed = Setting::insert_all([setting("a", None), setting("b", Some("x")), setting("c", None)])
        .on_conflict(Setting::name)
        .do_update(Setting::value);
    assert_eq!(mixed.execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_rows("SELECT name, value FROM setting ORDER BY name", &["a|on", "b|x", "c|on"]);
    Ok(())
}

pub fn a_query_meets_rows_that_are_there(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    cx.create(models![Worker])?;
    hire_workers(&mut session)?;
    let rows = || {
        Worker::query().filter(Worker::salary.gt(50)).select((Worker::name, Worker::salary, Worker::name.concat("@x")))
    };
    let columns = (User::name, User::age, User::email);
    assert_eq!(User::insert_from(columns, rows()).on_conflict(User::email).do_nothing().execute(&mut session)?, 3);
    let raise = User::insert_from(columns, rows())
        .on_conflict(User::email)
        .do_update(User::age.set(User::age + excluded(User::age)))
        .filter(User::name.ne("Cid"));
    assert_eq!(raise.execute(&mut session)?, 2);
    let one = (User::name.set("zoe"), User::age.set(1), User::email.set("b@x"));
    assert_eq!(User::insert_with(one).on_conflict(User::email).do_update(User::name).execute(&mut session)?, 1);
    session.commit()?;
    let all = r#"SELECT name, age FROM "user" ORDER BY age, name"#;
    cx.expect_rows(all, &["ann|30", "zoe|40", "Cid|95", "Bob|120", "Ann|180"]);
    Ok(())
}

pub fn objects_follow_an_upsert(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let [ann, bob] = User::query().order_by(User::id).all(&mut session)?[..] else { panic!("two users") };
    session[ann].age = 99;
    session.set_autoflush(false);
    let upsert = User::insert_all([user("bea", 5, "b@x"), user("abe", 6, "a@x"), user("cid", 7, "c@x")])
        .on_conflict(User::email)
        .do_update((User::name, User::age.set(User::age + 1)));
    assert_eq!(upsert.execute(&mut session)?, 3);
    assert_eq!((session[bob].name.as_str(), session[bob].age), ("bea", 41));
    assert_eq!((session[ann].name.as_str(), session[ann].age), ("abe", 99), "what the user wrote stays");
    let bob_again = User::query().filter(User::id.eq(2)).select((upper(User::name), User::age, User::email));
    let names = User::insert_from((User::name, User::age, User::email), bob_again);
    assert_eq!(names.on_conflict(User::email).do_update(User::name).execute(&mut session)?, 1);
    assert_eq!(session[bob].name, "BEA");
    session.rollback()?;
    assert_eq!((session[bob].name.as_str(), session[bob].age), ("bob", 40));
    assert_eq!((session[ann].name.as_str(), session[ann].age), ("ann", 30));
    Ok(())
}

pub fn what_was_not_written_yet_is_flushed_first(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let cid = session.add(user("cid", 1, "c@x"));
    cx.clear_log();
    let upsert = User::insert(user("new", 2, "c@x")).on_conflict(User::email).do_update(User::name);
    assert_eq!(upsert.execute(&mut session)?, 1);
    assert_eq!((session[cid].name.as_str(), session[cid].age), ("new", 1));
    cx.expect_log(&["insert user", "insert user"]);
    session.commit()?;
    cx.expect_rows(USERS, &["ann|30|a@x", "bob|40|b@x", "new|1|c@x"]);
    Ok(())
}

pub fn another_constraint_is_still_violated(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desk = |number, nick: &str| Desk { number, nick: Some(nick.into()), ..Desk::default() };
    Desk::insert(desk(1, "one")).execute(&mut session)?;
    session.commit()?;
    let other = Desk::insert(desk(2, "one")).on_conflict(Desk::number).do_nothing().execute(&mut session);
    // A database that cannot tell the keys apart must not take the row for one that is there.
    let targets = cx.capabilities().conflict_targets;
    let kind = if targets { ErrorKind::UniqueViolation } else { ErrorKind::Unsupported };
    expect_error(other, kind, if targets { &["Desk"] } else { &["several unique keys"] });
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM desk", &["1"]);
    Ok(())
}

pub fn a_target_without_a_constraint_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let refused = User::insert(user("x", 1, "y")).on_conflict(User::age).do_nothing().execute(&mut session);
    assert!(refused.is_err());
    session.rollback()?;
    let twice = User::insert(user("x", 1, "y")).on_conflict(User::email).do_update((User::age, User::age.set(1)));
    expect_error(twice.execute(&mut session), ErrorKind::InvalidState, &["`do_update`", "`age`", "twice"]);
    Ok(())
}

pub fn any_constraint_may_be_ignored(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desk = |number, nick: &str| Desk { number, nick: Some(nick.into()), ..Desk::default() };
    let desks = [desk(1, "one"), desk(1, "two"), desk(3, "one"), desk(4, "four")];
    let kept = Desk::insert_all(desks).ignore_conflicts().returning(Desk::number).all(&mut session)?;
    assert_eq!(kept, [1, 4]);
    session.commit()?;
    cx.expect_rows("SELECT number, nick FROM desk ORDER BY id", &["1|one", "4|four"]);
    Ok(())
}

pub fn a_constraint_by_its_name(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let named = |number| Desk::insert(Desk::numbered(number)).on_constraint("uq_desk_number");
    assert_eq!(named(1).do_nothing().execute(&mut session)?, 1);
    assert_eq!(named(1).do_nothing().execute(&mut session)?, 0);
    let nick = named(1).do_update(Desk::nick.set("uno")).returning((Desk::id, Desk::nick)).all(&mut session)?;
    assert_eq!(nick, [(1, Some("uno".to_owned()))]);
    Ok(())
}

pub fn keys_come_back_in_the_order_of_the_values(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = [user("cid", 1, "c@x"), user("bea", 2, "b@x"), user("dan", 3, "d@x"), user("abe", 4, "a@x")];
    let upsert = User::insert_all(new).on_conflict(User::email).do_update(User::name);
    let rows = upsert.returning((User::id, User::name, User::age + 1)).all(&mut session)?;
    let names: Vec<(&str, i32)> = rows.iter().map(|(_, name, age)| (name.as_str(), *age)).collect();
    assert_eq!(names, [("cid", 2), ("bea", 41), ("dan", 4), ("abe", 31)]);
    assert_eq!((rows[1].0, rows[3].0), (2, 1));
    session.commit()?;
    for (id, name, _) in rows {
        let stored = User::query().filter(User::id.eq(id)).select(User::name).one(&mut session)?;
        assert_eq!(stored, name);
    }
    Ok(())
}

pub fn rows_that_stay_do_not_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = || [user("cid", 1, "c@x"), user("bea", 2, "b@x"), user("dan", 3, "d@x"), user("ced", 4, "c@x")];
    let nothing =
        User::insert_all(new()).on_conflict(User::email).do_nothing().returning(User::name).all(&mut session)?;
    assert_eq!(nothing, ["cid", "dan"]);
    let some = User::insert_all(new().into_iter().take(3))
        .on_conflict(User::email)
        .do_update(User::name.set("seen"))
        .filter(User::age.gt(2));
    assert_eq!(some.returning(User::email).all(&mut session)?, [Some("b@x".to_owned()), Some("d@x".to_owned())]);
    Ok(())
}

pub fn keys_of_composite_targets_come_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Spot])?;
    let mut session = cx.session();
    let spot = |line, place| Spot { line, place, ..Spot::default() };
    let spots = || [spot(1, Some(1)), spot(2, None), spot(1, Some(2)), spot(3, None)];
    let upsert = |session: &mut Session| {
        let upsert = Spot::insert_all(spots())
            .on_conflict((Spot::line, Spot::place))
            .do_update(Spot::version.set(Spot::version + 1));
        upsert.returning((Spot::line, Spot::version)).all(session)
    };
    assert_eq!(upsert(&mut session)?, [(1, 1), (2, 1), (1, 1), (3, 1)]);
    assert_eq!(upsert(&mut session)?, [(1, 2), (2, 1), (1, 2), (3, 1)]);
    Ok(())
}

pub fn a_set_target_still_tells_rows_apart(cx: &mut TestContext) -> Result<()> {
    let mut session = users(cx)?;
    let new = [user("cid", 1, "c@x"), user("bea", 2, "b@x"), user("abe", 4, "a@x")];
    let upsert = User::insert_all(new)
        .on_conflict(User::email)
        .do_update((User::email.set(excluded(User::email).concat("!")), User::name));
    let names: Vec<String> = upsert.returning(User::name).all(&mut session)?;
    assert_eq!(names, ["cid", "bea", "abe"]);
    session.commit()?;
    cx.expect_rows(r#"SELECT email FROM "user" ORDER BY email"#, &["a@x!", "b@x!", "c@x"]);
    Ok(())
}

pub fn many_values_go_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desks = || (1..=2_000).rev().map(Desk::numbered);
    assert_eq!(Desk::insert_all(desks().step_by(2)).execute(&mut session)?, 1_000);
    let upsert = Desk::insert_all(desks()).on_conflict(Desk::number).do_update(Desk::nick);
    let rows = upsert.returning((Desk::number, Desk::id)).all(&mut session)?;
    assert!(rows.iter().map(|row| row.0).eq((1..=2_000).rev()));
    let mut keys: Vec<i64> = rows.iter().map(|row| row.1).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 2_000);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM desk", &["2000"]);
    Ok(())
}

pub fn computed_columns_follow_an_upsert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine, Wallet])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 2, 3));
    session.commit()?;
    let upsert = CartLine::insert(CartLine { id: session[tea].id, ..CartLine::of("tea", 5, 4) })
        .on_conflict_key()
        .do_update((CartLine::price, CartLine::quantity));
    assert_eq!(upsert.execute(&mut session)?, 1);
    assert_eq!((session[tea].price, session[tea].total), (5, 20));
    session.commit()?;
    cx.expect_rows("SELECT price, total, version FROM cart_line", &["5|20|1"]);
    Ok(())
}
