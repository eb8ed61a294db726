//! How many statements a flush takes: U-050 to U-054.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session, StatementKind, Value};

use crate::models::{AllTypes, Document, Invoice, Line, Node, OptionalTypes, Setting, Stamp, Ticket, Token, User};
use crate::{TestContext, expect_error};

cases! { batching {
    u_050_rows_with_the_same_columns_are_one_statement [];
    u_050_rows_are_never_reordered [];
    u_050_columns_left_to_the_server_part_batches [];
    u_051_thousands_of_keys_come_back_to_their_objects [];
    u_051_keys_and_server_defaults_come_back_together [];
    u_051_server_defaults_come_back_for_keys_set_by_hand [];
    u_051_rows_without_columns_get_keys [];
    u_051_batches_are_split_at_limits [];
    u_051_batches_are_split_by_what_they_weigh [];
    u_051_rows_of_every_type_travel_in_batches [];
    u_052_rows_that_did_not_arrive_are_an_error [];
    u_052_a_row_that_did_not_arrive_is_an_error [];
    u_053_updates_of_the_same_columns_are_one_batch [];
    u_053_updates_are_split_at_limits [];
    u_053_updates_of_composite_keys_are_one_batch [];
    u_053_rows_that_are_not_counted_are_looked_for [];
    u_053_versioned_rows_are_verified_each [];
    u_054_deletes_of_a_table_are_one_batch [];
    u_054_rows_with_composite_keys_are_one_batch [];
    u_149_generated_keys_are_matched_by_construction [];
} }

/// One statement for many rows, or for each list of them, or one for each row where the database returns values of single rows only.
fn rows_that_return(cx: &TestContext, one: &str, all: &str, rows: usize) -> Vec<String> {
    if cx.lists_rows() { cx.batches(one, rows) } else { each_row_returns(cx, one, all, rows) }
}

/// One statement for many rows, or one for each row where the database returns values of single rows only, or cannot tell such rows apart.
fn each_row_returns(cx: &TestContext, one: &str, all: &str, rows: usize) -> Vec<String> {
    if cx.row_by_row() { vec![one.to_owned(); rows] } else { vec![all.to_owned()] }
}

fn expect_all(cx: &mut TestContext, expected: &[String]) {
    cx.expect_log(&expected.iter().map(String::as_str).collect::<Vec<_>>());
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "cell")]
pub struct Cell {
    #[orm(primary_key)]
    sheet: i32,
    #[orm(primary_key, length = 20)]
    place: String,
    text: Option<String>,
}

pub fn u_050_rows_with_the_same_columns_are_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { email: Some("a@x".into()), ..User::named("a") });
    session.add(User::named("b"));
    session.add(User { age: 3, ..User::named("c") });
    session.commit()?;
    cx.expect_log(&["insert user x3"]);
    cx.expect_rows(
        r#"SELECT id, name, age, email FROM "user" ORDER BY id"#,
        &["1|a|0|a@x", "2|b|0|NULL", "3|c|3|NULL"],
    );
    Ok(())
}

pub fn u_050_rows_are_never_reordered(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let by_hand = |id: i64| Node { id, ..Node::named("by hand") };
    session.add_all([Node::named("a"), Node::named("b"), by_hand(50), by_hand(40), Node::named("c")]);
    session.commit()?;
    cx.expect_log(&["insert node x2", "insert node x2", "insert node"]);
    cx.expect_rows(
        "SELECT id, name FROM node WHERE name <> 'c' ORDER BY id",
        &["1|a", "2|b", "40|by hand", "50|by hand"],
    );
    Ok(())
}

pub fn u_050_columns_left_to_the_server_part_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let priorities = [Some(1), Some(2), None, None, Some(3)];
    let tickets = session.add_all(priorities.map(|priority| Ticket { priority, ..Ticket::default() }));
    session.commit()?;
    let mut expected = vec!["insert ticket (title, status, priority, cost) x2".to_owned()];
    expected.extend(rows_that_return(
        cx,
        "insert ticket (title, status, cost)",
        "insert ticket (id, title, status, cost) x2",
        2,
    ));
    expected.push("insert ticket (title, status, priority, cost)".to_owned());
    let log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    assert_eq!(log.len(), expected.len(), "{log:?}");
    let found: Vec<Option<i32>> = tickets.iter().map(|&ticket| session[ticket].priority).collect();
    assert_eq!(found, [Some(1), Some(2), Some(5), Some(5), Some(3)]);
    cx.expect_rows("SELECT priority FROM ticket ORDER BY id", &["1", "2", "5", "5", "3"]);
    Ok(())
}

pub fn u_051_thousands_of_keys_come_back_to_their_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User::named("first"));
    session.commit()?;
    cx.clear_log();
    let users = session.add_all((0..5_000).map(|n| User { age: n, ..User::named(&format!("user {n}")) }));
    session.commit()?;
    cx.expect_batches(&[("insert user", 5_000)]);
    let rows = cx.rows(r#"SELECT id, age FROM "user" WHERE name <> 'first' ORDER BY age"#);
    let found: Vec<String> = rows.into_iter().map(|row| row[0].clone()).collect();
    let known: Vec<String> = users.iter().map(|&user| session[user].id.to_string()).collect();
    assert_eq!(found, known);
    assert!(
        known.windows(2).all(|pair| pair[0].parse::<i64>().unwrap() < pair[1].parse().unwrap()),
        "in order of adding"
    );
    Ok(())
}

pub fn u_051_keys_and_server_defaults_come_back_together(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let tickets = session.add_all((0..3_000).map(|n| Ticket { title: n.to_string(), ..Ticket::default() }));
    session.commit()?;
    let expected = rows_that_return(
        cx,
        "insert ticket (title, status, cost)",
        "insert ticket (id, title, status, cost) x3000",
        3_000,
    );
    expect_all(cx, &expected);
    let rows = cx.rows("SELECT title, id, priority FROM ticket ORDER BY id");
    assert_eq!(rows.len(), 3_000);
    for (row, &ticket) in rows.iter().zip(&tickets) {
        let Ticket { id, title, priority, .. } = &session[ticket];
        assert_eq!(row, &[title.clone(), id.to_string(), priority.unwrap().to_string()]);
    }
    Ok(())
}

pub fn u_051_server_defaults_come_back_for_keys_set_by_hand(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Setting])?;
    let mut session = cx.session();
    let settings = session.add_all(["z", "a", "m"].map(|name| Setting { name: name.into(), value: None }));
    session.commit()?;
    let expected = each_row_returns(cx, "insert setting (name)", "insert setting (name) x3", 3);
    expect_all(cx, &expected);
    assert!(settings.iter().all(|&setting| session[setting].value.as_deref() == Some("on")));
    Ok(())
}

pub fn u_051_rows_without_columns_get_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Token, Stamp])?;
    let mut session = cx.session();
    let tokens = session.add_all((0..4).map(|_| Token::default()));
    let stamps = session.add_all((0..3).map(|_| Stamp::default()));
    session.commit()?;
    let mut expected = each_row_returns(cx, "insert stamp", "insert stamp x3", 3);
    match cx.lists_rows() {
        true => expected.extend(each_row_returns(cx, "insert token", "", 4)),
        false => expected.push("insert token x4".to_owned()),
    }
    expect_all(cx, &expected);
    let keys: Vec<i32> = tokens.iter().map(|&token| session[token].id).collect();
    assert_eq!(keys, [1, 2, 3, 4]);
    assert!(stamps.iter().zip(1..).all(|(&stamp, id)| session[stamp].id == id && session[stamp].count == Some(7)));
    session.add(Token::default());
    session.commit()?;
    cx.expect_rows("SELECT id FROM token ORDER BY id", &["1", "2", "3", "4", "5"]);
    Ok(())
}

pub fn u_051_batches_are_split_at_limits(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let documents = session.add_all((0..17_000).map(|n| Document { title: n.to_string(), ..Document::default() }));
    session.commit()?;
    // One prepared statement for each row, or arrays or lists that are not too long.
    cx.expect_batches(&[("insert document", 17_000)]);
    for &document in &documents {
        session[document].title.push('!');
    }
    session.commit()?;
    cx.expect_batches(&[("update document (title, version) by (id, version)", 17_000)]);
    assert_eq!(session[documents[16_999]].id, 17_000);
    let right = "SELECT count(*) FROM document WHERE version = 2 AND title = concat(id - 1, '!')";
    cx.expect_rows(right, &["17000"]);
    for document in documents {
        session.delete(document)?;
    }
    session.commit()?;
    cx.expect_batches(&[("delete document by (id, version)", 17_000)]);
    cx.expect_rows("SELECT count(*) FROM document", &["0"]);
    Ok(())
}

/// Memory holds several copies of the parameters, and a server refuses more than a gigabyte of them.
pub fn u_051_batches_are_split_by_what_they_weigh(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let heavy = |letter: &str| Document { title: letter.repeat(25 << 20), ..Default::default() };
    session.add_all(["a", "b", "c", "d", "e"].map(heavy));
    session.commit()?;
    let split: &[&str] = if cx.lists_rows() {
        &["insert document"; 5]
    } else if cx.row_by_row() {
        &["insert document x5"]
    } else {
        &["insert document x2", "insert document x2", "insert document x1"]
    };
    cx.expect_log(split);
    cx.expect_rows(
        r#"SELECT substr(title, 1, 1), length(title) FROM document ORDER BY id"#,
        &["a|26214400", "b|26214400", "c|26214400", "d|26214400", "e|26214400"],
    );
    let table = orm::query::table::Table::new("document").column::<String>("title").column::<i32>("version");
    let row = |letter: &str| orm::query::table::TableRow::new().set("title", letter.repeat(25 << 20)).set("version", 1);
    table.insert_all(["f", "g", "h"].map(row)).execute(&mut session)?;
    session.commit()?;
    cx.expect_log(&["insert document x2", "insert document x1"]);
    Ok(())
}

pub fn u_051_rows_of_every_type_travel_in_batches(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    let all = session.add_all([1, 2].map(|n| AllTypes {
        small: n,
        text: format!("{n}"),
        bytes: vec![0, 255],
        json: serde_json::json!({ "n": [n, null] }),
        decimal: rust_decimal::Decimal::new(i64::from(n), 3),
        uuid: uuid::Uuid::from_u128(u128::from(n.unsigned_abs())),
        ..AllTypes::default()
    }));
    let none =
        session.add_all([OptionalTypes::default(), OptionalTypes { text: Some(String::new()), ..Default::default() }]);
    session.commit()?;
    cx.expect_log(&["insert all_types x2", "insert optional_types x2"]);
    let double = if cx.capabilities().non_finite_floats { f64::NAN } else { -0.5 };
    for &object in &all {
        let object = &mut session[object];
        (object.flag, object.double, object.json) = (true, double, serde_json::Value::Null);
        (object.bytes, object.decimal) = (vec![7], rust_decimal::Decimal::ONE);
        object.date = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    }
    for &object in &none {
        session[object].json = Some(serde_json::json!(["x"]));
        session[object].flag = Some(false);
    }
    session.commit()?;
    cx.expect_log(&["update all_types x2", "update optional_types x2"]);
    let mut other = cx.session();
    for object in all {
        let again = other.get::<AllTypes>(session[object].id)?.unwrap();
        assert_eq!(format!("{:?}", other[again]), format!("{:?}", session[object]));
    }
    for object in none {
        let again = other.get::<OptionalTypes>(session[object].id)?.unwrap();
        assert_eq!(other[again], session[object]);
    }
    Ok(())
}

/// Makes the database drop every row of `user` that is called `lost`, without an error.
fn lose_rows(cx: &TestContext) {
    if cx.backend_name() == "MariaDB" {
        // It has no trigger that leaves a row out.
        return cx.next_of(StatementKind::Insert).returns(&["id"], Vec::new());
    }
    cx.execute(cx.spelled(
        r#"CREATE TRIGGER lose BEFORE INSERT ON "user" WHEN NEW.name = 'lost' BEGIN SELECT RAISE(IGNORE); END"#,
        r#"CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN IF NEW.name = 'lost' THEN RETURN NULL; END IF; RETURN NEW; END $$;
           CREATE TRIGGER lose BEFORE INSERT ON "user" FOR EACH ROW EXECUTE FUNCTION lose()"#,
    ));
}

fn expect_lost(cx: &TestContext, session: &mut Session, user: Handle<User>) -> Result<()> {
    expect_error(session.commit(), ErrorKind::Database, &["user"]);
    assert_eq!(session[user].id, 0);
    session.rollback()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &["0"]);
    Ok(())
}

pub fn u_052_rows_that_did_not_arrive_are_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    lose_rows(cx);
    let mut session = cx.session();
    let users = session.add_all(["a", "lost", "c"].map(User::named));
    expect_lost(cx, &mut session, users[2])
}

pub fn u_052_a_row_that_did_not_arrive_is_an_error(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    lose_rows(cx);
    let mut session = cx.session();
    let user = session.add(User::named("lost"));
    expect_lost(cx, &mut session, user)
}

pub fn u_053_updates_of_the_same_columns_are_one_batch(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let users = session.add_all((0..5).map(|n| User::named(&n.to_string())));
    session.commit()?;
    cx.clear_log();
    for (n, &user) in users.iter().enumerate() {
        session[user].age = 10;
        if n == 2 {
            session[user].name = "two".into();
        }
    }
    session.commit()?;
    cx.expect_log(&["update user (age) by (id, age) x4", "update user (name, age) by (id, name, age)"]);
    Ok(())
}

pub fn u_053_updates_are_split_at_limits(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all((1..=300).map(|n| User::named(&n.to_string())));
    session.commit()?;
    let users = User::query().order_by(User::id).all(&mut session)?;
    cx.clear_log();
    for (n, user) in (1..).zip(users) {
        session[user].age = n;
        session[user].email = Some(format!("{n}'@x"));
    }
    session.commit()?;
    cx.expect_batches(&[("update user (age, email)", 300)]);
    cx.expect_rows(r#"SELECT count(*) FROM "user" WHERE name = CAST(age AS CHAR(9))"#, &["300"]);
    cx.expect_rows(r#"SELECT email, age FROM "user" WHERE id IN (1, 300) ORDER BY id"#, &["1'@x|1", "300'@x|300"]);
    Ok(())
}

pub fn u_053_updates_of_composite_keys_are_one_batch(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Cell])?;
    let mut session = cx.only_writer();
    let cell = |sheet, place: &str| Cell { sheet, place: place.into(), ..Cell::default() };
    let cells = session.add_all([cell(1, "a"), cell(1, "A"), cell(2, "a"), cell(2, "b")]);
    session.commit()?;
    cx.clear_log();
    for &cell in &cells[..3] {
        session[cell].text = Some(format!("{}{}", session[cell].sheet, session[cell].place));
    }
    session.commit()?;
    cx.expect_log(&["update cell (text) by (sheet, place, text) x3"]);
    let rows = "SELECT sheet, place, text FROM cell ORDER BY sheet, place";
    cx.expect_rows(rows, &["1|A|1A", "1|a|1a", "2|a|2a", "2|b|NULL"]);
    cx.execute("UPDATE cell SET text = 'other' WHERE sheet = 2");
    for &cell in &cells {
        session[cell].text = None;
    }
    session[cells[3]].text = Some("new".into());
    expect_error(session.commit(), ErrorKind::StaleData, &[r#"Cell#(2, "a")"#, "other"]);
    session.rollback()?;
    cx.expect_rows(rows, &["1|A|1A", "1|a|1a", "2|a|other", "2|b|other"]);
    Ok(())
}

/// A row that a statement does not find is looked at, and written if it holds what was expected. The count of a list does not tell which row
/// it is, so that all of them are written again.
pub fn u_053_rows_that_are_not_counted_are_looked_for(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all((0..4).map(|n| User::named(&n.to_string())));
    session.commit()?;
    for user in User::query().order_by(User::id).all(&mut session)? {
        session[user].age = 7;
    }
    // The statement is not sent.
    if cx.row_by_row() {
        cx.next_of(StatementKind::Update).affects(3);
    } else {
        let found = [1, 2, 3].map(|position| vec![Value::I64(position)]);
        cx.next_of(StatementKind::Update).returns(&["position"], found.to_vec());
    }
    session.commit()?;
    let written = if cx.lists_rows() { ["7"; 4] } else { ["0", "0", "0", "7"] };
    cx.expect_rows(r#"SELECT age FROM "user" ORDER BY id"#, &written);
    Ok(())
}

pub fn u_053_versioned_rows_are_verified_each(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Document])?;
    let mut session = cx.session();
    let documents = session.add_all((0..3).map(|n| Document { title: n.to_string(), ..Document::default() }));
    session.commit()?;
    cx.clear_log();
    cx.execute("UPDATE document SET version = 7 WHERE id = 2");
    for &document in &documents {
        session[document].title = "changed".into();
    }
    expect_error(session.commit(), ErrorKind::StaleData, &["Document#2", "version 1", "version 7"]);
    // Of a list the rows are tried one by one. The row is known; its contents are read for the message.
    let tried = if cx.lists_rows() { 2 } else { 1 };
    let updates = vec!["update document (title, version) x3"; tried];
    cx.expect_log(&[&updates[..], &["select document"]].concat());
    session.rollback()?;
    cx.expect_rows("SELECT title, version FROM document ORDER BY id", &["0|1", "1|7", "2|1"]);
    assert_eq!((session[documents[0]].version, &*session[documents[0]].title), (1, "0"));
    Ok(())
}

pub fn u_054_deletes_of_a_table_are_one_batch(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let users = session.add_all(["a", "b", "c"].map(User::named));
    session.commit()?;
    cx.clear_log();
    for user in users {
        session.delete(user)?;
    }
    session.commit()?;
    cx.expect_log(&["delete user x3"]);
    Ok(())
}

pub fn u_054_rows_with_composite_keys_are_one_batch(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Invoice])?;
    let mut session = cx.only_writer();
    let lines = [3, 1, 2].map(|number| Line { number, ..Line::default() });
    let invoice = session.add(Invoice { lines: lines.into(), ..Invoice::titled("a") });
    let other = session.add(Invoice { lines: [Line { number: 1, ..Line::default() }].into(), ..Invoice::titled("b") });
    session.commit()?;
    cx.expect_log(&["insert invoice x2", "insert line x4"]);
    session.delete(invoice)?;
    session.commit()?;
    cx.expect_log(&["delete line by (invoice_id, number) x3", "delete invoice by (id)"]);
    cx.expect_rows("SELECT invoice_id, number FROM line", &["2|1"]);
    assert!(session.contains(other));
    Ok(())
}

pub fn u_149_generated_keys_are_matched_by_construction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let users = session.add_all((0..300).map(|number| User::named(&format!("user {}", number * 7 % 300))));
    session.commit()?;
    let log = cx.take_log();
    let [insert] = &log[..] else { panic!("one statement for all: {log:?}") };
    assert_eq!(insert.rows, 300);
    // One prepared statement with a single row of values, rows whose keys ascend, or rows that return with the keys that were drawn for them.
    match cx.row_by_row() {
        true if cx.lists_rows() => {
            assert!(insert.sql.contains(") RETURNING ") && insert.sql.matches("(?").count() == 300)
        }
        true => assert!(!insert.sql.contains("RETURNING") && insert.sql.matches("VALUES (").count() == 1),
        false => assert!(insert.sql.contains("JOIN ins ON") && insert.sql.contains("ORDER BY")),
    }
    let named: Vec<String> = users.iter().map(|&user| format!("{}|{}", session[user].id, session[user].name)).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    cx.expect_rows(r#"SELECT id, name FROM "user" ORDER BY id"#, &named);
    Ok(())
}
