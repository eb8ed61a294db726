//! Inserts of the rows of an iterator.

use orm::functions::excluded;
use orm::prelude::*;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, AllTypes, Meeting, Node, Note, OptionalTypes, Ticket, Token, User};
use crate::{TestContext, expect_error};

cases! { bulk_inserts {
    rows_of_an_iterator_are_written_in_parts [];
    rows_of_every_type_are_copied [];
    nothing_is_written_of_no_rows [];
    columns_left_to_the_database_part_the_rows [];
    rows_without_columns_get_keys [];
    keys_that_are_sent_are_not_chosen_again [];
    values_get_their_defaults_and_versions [];
    rows_reference_rows_before_them [];
    existing_rows_are_skipped [];
    existing_rows_are_updated_and_their_objects_follow [conflict_targets];
    a_row_that_fails_is_named [];
    a_value_that_does_not_fit_is_named [];
    an_item_that_fails_ends_the_insert [];
    rows_that_break_rules_are_all_named [];
    a_foreign_key_without_a_row_fails [];
    a_failed_insert_is_rolled_back_and_the_session_goes_on [];
    text_columns_of_other_types_are_written [];
    a_view_takes_no_copy [];
    triggers_may_say_much [];
} }

const USERS: &str = r#"SELECT id, name, age, email FROM "user" ORDER BY id"#;

/// The word of the log for a statement of a bulk insert.
fn users(names: &[&str]) -> Vec<User> {
    names.iter().map(|name| User::named(name)).collect()
}

pub fn rows_of_an_iterator_are_written_in_parts(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut progress = Vec::new();
    let rows = (0..10_000).map(|age| User { age, ..User::named("u") });
    let count = User::bulk_insert(rows).on_progress(|rows| progress.push(rows)).execute(&mut session)?;
    assert_eq!(count, 10_000);
    let insert = format!("{} user (name, age, email)", cx.bulk_verb());
    cx.expect_batches(&[(&insert, 8_192), (&insert, 1_808)]);
    assert_eq!(progress, [8_192, 10_000]);
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*), min(id), max(id), sum(age) FROM "user""#, &["10000|1|10000|49995000"]);
    Ok(())
}

pub fn rows_of_every_type_are_copied(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    let facts = cx.capabilities();
    let row = |n: i16| AllTypes {
        id: n.into(),
        small: n,
        medium: -7,
        large: i64::MIN,
        single: 0.5,
        double: if facts.non_finite_floats { f64::INFINITY } else { f64::MAX },
        flag: true,
        text: "tab\t \\ \"quoted\" \n".into(),
        bytes: vec![0, 255],
        date: "1999-12-31".parse().unwrap(),
        time: "23:59:59.999999".parse().unwrap(),
        date_time: "2024-02-29T12:00:00".parse().unwrap(),
        timestamp: "1960-01-01T00:00:00.000001Z".parse().unwrap(),
        uuid: uuid::Uuid::from_u128(7),
        decimal: "-12345.678".parse().unwrap(),
        json: serde_json::json!({ "n": [n, null] }),
        status: crate::models::Status::InProgress,
    };
    assert_eq!(AllTypes::bulk_insert((1..=3).map(row)).execute(&mut session)?, 3);
    // Behind it stands the statement that advances the sequence.
    assert!(cx.take_log()[0].matches(&format!("{} all_types x3", cx.bulk_verb())));
    let filled = OptionalTypes { text: Some(String::new()), status: Some(Default::default()), ..Default::default() };
    let optional = [OptionalTypes::default(), filled.clone()];
    assert_eq!(OptionalTypes::bulk_insert(optional).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_log(&[&format!("{} optional_types x2", cx.bulk_verb())]);
    let found = AllTypes::query().order_by(AllTypes::id).values(&mut session)?;
    assert_eq!(found, (1..=3).map(row).collect::<Vec<_>>());
    let found = OptionalTypes::query().order_by(OptionalTypes::id).values(&mut session)?;
    assert_eq!(found, [OptionalTypes { id: 1, ..Default::default() }, OptionalTypes { id: 2, ..filled }]);
    Ok(())
}

pub fn nothing_is_written_of_no_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    assert_eq!(User::bulk_insert(Vec::<User>::new()).execute(&mut session)?, 0);
    assert_eq!(User::bulk_insert(users(&[])).on_conflict(User::email).do_nothing().execute(&mut session)?, 0);
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn columns_left_to_the_database_part_the_rows(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let rows = [Some(1), None, Some(2), None].map(|priority| Ticket { priority, ..Ticket::default() });
    assert_eq!(Ticket::bulk_insert(rows).execute(&mut session)?, 4);
    session.commit()?;
    let verb = cx.bulk_verb();
    cx.expect_log(&[
        &format!("{verb} ticket (title, status, priority, cost) x2"),
        &format!("{verb} ticket (title, status, cost) x2"),
    ]);
    cx.expect_rows("SELECT priority FROM ticket ORDER BY priority, id", &["1", "2", "5", "5"]);
    Ok(())
}

pub fn rows_without_columns_get_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Token])?;
    let mut session = cx.session();
    assert_eq!(Token::bulk_insert((0..3).map(|_| Token::default())).execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_log(&["insert token x3"]);
    cx.expect_rows("SELECT id FROM token ORDER BY id", &["1", "2", "3"]);
    Ok(())
}

pub fn keys_that_are_sent_are_not_chosen_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let rows = [(5, "a"), (9, "b"), (7, "c")].map(|(id, name)| User { id, ..User::named(name) });
    User::bulk_insert(rows).execute(&mut session)?;
    User::bulk_insert(users(&["d"])).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows(r#"SELECT id, name FROM "user" ORDER BY id"#, &["5|a", "7|c", "9|b", "10|d"]);
    Ok(())
}

pub fn values_get_their_defaults_and_versions(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note])?;
    let mut session = cx.session();
    Note::bulk_insert([Note::default(), Note { weight: 1, ..Note::default() }]).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT text, weight, mark, version FROM note ORDER BY id", &["empty|3|new|1", "empty|1|new|1"]);
    Ok(())
}

pub fn rows_reference_rows_before_them(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node, User, Address])?;
    let mut session = cx.session();
    let node = |id: i64| Node { id, parent: (id > 1).then(|| BelongsTo::key(id / 2)), ..Node::named("n") };
    assert_eq!(Node::bulk_insert((1..=9_000).map(node)).execute(&mut session)?, 9_000);
    let ann = session.add(User::named("ann"));
    let addresses = ["Rome", "Oslo"].map(|city| Address { user: ann.into(), ..Address::in_city(city) });
    Address::bulk_insert(addresses).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*), sum(parent_id) FROM node", &["9000|20250000"]);
    cx.expect_rows("SELECT city, user_id FROM address ORDER BY id", &["Rome|1", "Oslo|1"]);
    Ok(())
}

fn with_mails(names: &[&str]) -> Vec<User> {
    names.iter().map(|name| User { email: Some(format!("{name}@x")), ..User::named(name) }).collect()
}

pub fn existing_rows_are_skipped(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::bulk_insert(with_mails(&["ann", "bob"])).execute(&mut session)?;
    let again = User::bulk_insert(with_mails(&["bob", "cid", "ann", "dan", "cid"])).on_conflict(User::email);
    assert_eq!(again.do_nothing().execute(&mut session)?, 2);
    let again = User::bulk_insert(with_mails(&["cid", "eve"])).ignore_conflicts();
    assert_eq!(again.execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["ann", "bob", "cid", "dan", "eve"]);
    Ok(())
}

pub fn existing_rows_are_updated_and_their_objects_follow(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let [ann, bob] = session.add_all(with_mails(&["ann", "bob"]))[..] else { unreachable!() };
    session.flush()?;
    session[bob].name = "robert".into();
    let rows = with_mails(&["ann", "bob", "cid"]).into_iter().map(|user| User { age: 5, ..user });
    let update = User::bulk_insert(rows)
        .on_conflict(User::email)
        .do_update((User::age.set(User::age + excluded(User::age)), User::name))
        .filter(User::name.ne("ann"));
    assert_eq!(update.execute(&mut session)?, 2);
    session.refresh(ann)?;
    session.refresh(bob)?;
    assert_eq!((session[ann].age, session[bob].age, session[bob].name.as_str()), (0, 5, "bob"));
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["ann|0", "bob|5", "cid|5"]);
    Ok(())
}

pub fn a_row_that_fails_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let rows =
        (1..=20_000).map(|n| User { email: Some(format!("{}@x", if n == 9_500 { 4 } else { n })), ..User::named("u") });
    let error = expect_error(
        User::bulk_insert(rows).execute(&mut session),
        ErrorKind::UniqueViolation,
        &["row 9500: ", "email"],
    );
    assert_eq!(error.row(), Some(9_500));
    session.rollback()?;
    cx.expect_rows(USERS, &[]);
    let too_long = users(&["a", "b", &"x".repeat(81)]);
    if cx.capabilities().copy {
        expect_error(User::bulk_insert(too_long).execute(&mut session), ErrorKind::Database, &["row 3: "]);
        session.rollback()?;
    }
    assert_eq!(User::bulk_insert(users(&["a"])).execute(&mut session)?, 1);
    session.commit()
}

pub fn a_value_that_does_not_fit_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let rows = users(&["a", "b\0", "c"]);
    let outcome = User::bulk_insert(rows).execute(&mut session);
    if cx.capabilities().nul_in_text {
        assert_eq!(outcome?, 3);
    } else {
        let error = expect_error(outcome, ErrorKind::Unsupported, &["row 2: ", "NUL"]);
        assert_eq!(error.row(), Some(2));
        session.rollback()?;
    }
    assert_eq!(User::bulk_insert(users(&["a"])).execute(&mut session)?, 1);
    session.commit()
}

pub fn an_item_that_fails_ends_the_insert(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let rows =
        (1..).map(|n| if n < 10_000 { Ok(User::named("u")) } else { Err(Error::new(ErrorKind::Decode, "no user")) });
    let error = User::bulk_insert(rows).execute(&mut session);
    assert_eq!(expect_error(error, ErrorKind::Decode, &["row 10000: no user"]).row(), Some(10_000));
    expect_error(session.commit(), ErrorKind::PendingRollback, &["no user"]);
    session.rollback()?;
    cx.expect_rows(USERS, &[]);
    Ok(())
}

pub fn rows_that_break_rules_are_all_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting])?;
    let mut session = cx.session();
    let meeting = |title: &str| Meeting {
        title: title.into(),
        ends: 1,
        room: crate::models::Room { name: "A".into(), floor: 1 },
        ..Default::default()
    };
    let rows = [meeting("a"), meeting("no!"), meeting("")];
    let outcome = Meeting::bulk_insert(rows).execute(&mut session);
    expect_error(outcome, ErrorKind::Invalid, &["row 2 (Meeting#new)", "row 3 (Meeting#new)", "must not shout"]);
    session.rollback()?;
    cx.expect_rows("SELECT title FROM meeting", &[]);
    Ok(())
}

pub fn a_foreign_key_without_a_row_fails(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let rows = ["a", "b"].map(|city| Address { user: BelongsTo::key(7), ..Address::in_city(city) });
    expect_error(Address::bulk_insert(rows).execute(&mut session), ErrorKind::ForeignKeyViolation, &[]);
    session.rollback()
}

pub fn a_failed_insert_is_rolled_back_and_the_session_goes_on(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let twice = || with_mails(&["ann", "bob", "ann"]);
    let nested = session.nested(|session| User::bulk_insert(twice()).execute(session));
    expect_error(nested, ErrorKind::UniqueViolation, &["row 3: "]);
    let nested = session.nested(|session| {
        User::bulk_insert(twice()).on_conflict(User::email).do_nothing().execute(session)?;
        Err::<(), _>(Error::new(ErrorKind::InvalidState, "no"))
    });
    assert_eq!(nested.unwrap_err().to_string(), "no");
    assert_eq!(User::bulk_insert(twice()).on_conflict(User::email).do_nothing().execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["ann", "bob"]);
    Ok(())
}

#[derive(Model, Debug, Clone, Default, PartialEq)]
#[orm(table = "visit")]
struct Visit {
    #[orm(primary_key)]
    id: i64,
    address: String,
    day: String,
}

pub fn text_columns_of_other_types_are_written(cx: &mut TestContext) -> Result<()> {
    let table = cx.spelled_by([
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, address TEXT NOT NULL, day TEXT NOT NULL)",
        "CREATE TABLE visit (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, address INET NOT NULL, day DATE NOT NULL)",
        "CREATE TABLE visit (id BIGINT AUTO_INCREMENT PRIMARY KEY, address INET4 NOT NULL, day DATE NOT NULL)",
    ]);
    cx.execute(table);
    let mut session = cx.session();
    let visit = |id, address: &str| Visit { id, address: address.into(), day: "2024-02-29".into() };
    Visit::bulk_insert([visit(0, "10.0.0.1"), visit(0, "10.0.0.2")]).execute(&mut session)?;
    Visit::bulk_insert([visit(40, "10.0.0.3")]).on_conflict_key().do_nothing().execute(&mut session)?;
    Visit::bulk_insert([visit(0, "10.0.0.4")]).execute(&mut session)?;
    session.commit()?;
    let rows = cx.spelled_by([
        "SELECT id, address FROM visit ORDER BY id",
        "SELECT id, host(address) FROM visit ORDER BY id",
        "SELECT id, address FROM visit ORDER BY id",
    ]);
    cx.expect_rows(rows, &["1|10.0.0.1", "2|10.0.0.2", "40|10.0.0.3", "41|10.0.0.4"]);
    Ok(())
}

pub fn a_view_takes_no_copy(cx: &mut TestContext) -> Result<()> {
    cx.execute(cx.spelled(
        "CREATE TABLE visit_all (id INTEGER PRIMARY KEY, address TEXT NOT NULL, day TEXT NOT NULL); CREATE VIEW visit AS SELECT * FROM visit_all",
        "CREATE TABLE visit_all (id BIGINT PRIMARY KEY, address TEXT NOT NULL, day TEXT NOT NULL); CREATE VIEW visit AS SELECT * FROM visit_all",
    ));
    let mut session = cx.session();
    let rows = [1, 2].map(|id| Visit { id, ..Visit::default() });
    let outcome = Visit::bulk_insert(rows).execute(&mut session);
    if cx.backend_name() != "SQLite" {
        assert_eq!(outcome?, 2);
        return session.commit();
    }
    expect_error(outcome, ErrorKind::Database, &["row 1: ", "view"]);
    session.rollback()
}

/// What the server says while it takes rows must be read, or it would wait for that.
pub fn triggers_may_say_much(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    if cx.capabilities().copy {
        cx.execute(
            "CREATE FUNCTION chatter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', repeat('x', 500); RETURN NEW; END $$;
             CREATE TRIGGER chatter BEFORE INSERT ON \"user\" FOR EACH ROW EXECUTE FUNCTION chatter()",
        );
    }
    let mut session = cx.session();
    let rows = (0..8_000).map(|_| User::named("u"));
    assert_eq!(User::bulk_insert(rows).execute(&mut session)?, 8_000);
    session.commit()
}
