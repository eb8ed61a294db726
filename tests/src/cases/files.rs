//! CSV and JSON lines into tables, and results into files.

use orm::files::{Csv, CsvWriter, JsonLines, ReadFiles as _, ReadTableFiles as _, WriteFiles as _};
use orm::prelude::*;
use orm::query::table::Table;
use orm::{Error, ErrorKind, Result};

use crate::models::{Address, AllTypes, Meeting, Note, OptionalTypes, Ticket, User};
use crate::{TestContext, expect_error};

cases! { files {
    a_csv_file_is_written_in_parts [];
    rows_of_every_type_go_into_csv_and_back [];
    rows_of_every_type_go_into_json_lines_and_back [];
    columns_are_found_by_name_or_field [];
    missing_columns_are_filled [];
    a_missing_column_is_named [];
    unknown_and_double_columns_are_refused [];
    a_form_of_csv_is_read_and_written [];
    a_bad_cell_is_named [];
    bad_lines_are_collected [];
    a_line_that_the_database_refuses_is_named [];
    rules_of_the_model_are_checked [];
    existing_rows_are_updated [];
    lines_may_leave_names_out [];
    bad_json_lines_are_named [];
    tables_without_models_take_files [];
    joins_and_sql_go_into_files [];
    a_writer_that_fails_ends_the_reading [];
    a_reader_that_fails_takes_all_rows_back [];
    the_database_writes_rows_itself [copy];
    a_copy_takes_no_values [];
    a_copy_whose_writer_fails_leaves_the_transaction [copy];
} }

const USERS: &str = r#"SELECT id, name, age, email FROM "user" ORDER BY id"#;

pub fn a_csv_file_is_written_in_parts(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let lines: String = (0..10_000).map(|age| format!("user {age},{age},\n")).collect();
    let mut progress = Vec::new();
    let insert = User::insert_csv(Csv::new(lines.as_bytes()).headers(["name", "age", "email"]));
    assert_eq!(insert.on_progress(|rows| progress.push(rows)).execute(&mut session)?, 10_000);
    let insert = format!("{} user (name, age, email)", cx.bulk_verb());
    cx.expect_batches(&[(&insert, 8_192), (&insert, 1_808)]);
    assert_eq!(progress, [8_192, 10_000]);
    session.commit()?;
    cx.expect_rows(
        r#"SELECT count(*), min(id), max(id), sum(age), count(email) FROM "user""#,
        &["10000|1|10000|49995000|0"],
    );
    Ok(())
}

fn rows_of_every_type() -> (Vec<AllTypes>, Vec<OptionalTypes>) {
    let row = |n: i16| AllTypes {
        id: n.into(),
        small: n,
        medium: -7,
        large: i64::MIN,
        single: 0.5,
        double: if n == 1 { 1e300 } else { 0.1 },
        flag: n == 1,
        text: "tab\t \\ \"quoted\", \r\n é".into(),
        bytes: vec![0, 255],
        date: "1999-12-31".parse().unwrap(),
        time: "23:59:59.999999".parse().unwrap(),
        date_time: "2024-02-29T12:00:00".parse().unwrap(),
        timestamp: "1960-01-01T00:00:00.000001Z".parse().unwrap(),
        uuid: uuid::Uuid::from_u128(7),
        decimal: "-12345.678".parse().unwrap(),
        json: serde_json::json!({ "n": [n, null, "a\nb"] }),
        status: crate::models::Status::InProgress,
    };
    let filled = OptionalTypes {
        id: 2,
        small: Some(-1),
        text: Some("x".into()),
        double: Some(0.25),
        flag: Some(false),
        date: Some("2024-01-31".parse().unwrap()),
        status: Some(Default::default()),
        ..Default::default()
    };
    ((1..=3).map(row).collect(), vec![OptionalTypes { id: 1, ..Default::default() }, filled])
}

fn sorted_types(session: &mut Session) -> Result<(Vec<AllTypes>, Vec<OptionalTypes>)> {
    let optional = OptionalTypes::query().order_by(OptionalTypes::id).values(session)?;
    Ok((AllTypes::query().order_by(AllTypes::id).values(session)?, optional))
}

pub fn rows_of_every_type_go_into_csv_and_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    let (all, optional) = rows_of_every_type();
    AllTypes::insert_all(all.clone()).execute(&mut session)?;
    OptionalTypes::insert_all(optional.clone()).execute(&mut session)?;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    assert_eq!(AllTypes::query().order_by(AllTypes::id).to_csv(&mut session, &mut one)?, 3);
    assert_eq!(OptionalTypes::query().order_by(OptionalTypes::id).to_csv(&mut session, &mut two)?, 2);
    let text = String::from_utf8_lossy(&one);
    let line = text.lines().nth(1).unwrap();
    assert!(line.starts_with("1,1,-7,-9223372036854775808,0.5,1"), "{line}");
    assert!(text.contains(",1999-12-31,23:59:59.999999,2024-02-29T12:00:00,1960-01-01T00:00:00.000001Z,"), "{text}");
    assert_eq!(String::from_utf8_lossy(&two).lines().nth(1), Some("1,,,,,,,,,,,,,,,,"));
    AllTypes::query().delete().execute(&mut session)?;
    OptionalTypes::query().delete().execute(&mut session)?;
    assert_eq!(AllTypes::insert_csv(&*one).execute(&mut session)?, 3);
    assert_eq!(OptionalTypes::insert_csv(&*two).execute(&mut session)?, 2);
    assert_eq!(sorted_types(&mut session)?, (all, optional));
    session.commit()
}

pub fn rows_of_every_type_go_into_json_lines_and_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes, OptionalTypes])?;
    let mut session = cx.session();
    let (all, optional) = rows_of_every_type();
    AllTypes::insert_all(all.clone()).execute(&mut session)?;
    OptionalTypes::insert_all(optional.clone()).execute(&mut session)?;
    let (mut one, mut two) = (Vec::new(), Vec::new());
    assert_eq!(AllTypes::query().order_by(AllTypes::id).to_json_lines(&mut session, &mut one)?, 3);
    assert_eq!(OptionalTypes::query().order_by(OptionalTypes::id).to_json_lines(&mut session, &mut two)?, 2);
    let text = String::from_utf8_lossy(&one);
    assert_eq!(text.lines().count(), 3);
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&first["flag"], &first["decimal"]), (&true.into(), &"-12345.678".into()));
    assert_eq!(first["json"]["n"][2], "a\nb");
    AllTypes::query().delete().execute(&mut session)?;
    OptionalTypes::query().delete().execute(&mut session)?;
    assert_eq!(AllTypes::insert_json_lines(&*one).execute(&mut session)?, 3);
    assert_eq!(OptionalTypes::insert_json_lines(&*two).execute(&mut session)?, 2);
    assert_eq!(sorted_types(&mut session)?, (all, optional));
    session.commit()
}

pub fn columns_are_found_by_name_or_field(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    User::insert_csv("\u{feff}age, name\n5,ann\n".as_bytes()).execute(&mut session)?;
    // `user_id` is the column of the field `user`.
    Address::insert_csv("user,city\n1,Rome\n".as_bytes()).execute(&mut session)?;
    let renamed = Csv::new("Town,note,user_id\nOslo,x,1\n".as_bytes()).rename("Town", "city").skip_unknown_columns();
    Address::insert_csv(renamed).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows(USERS, &["1|ann|5|NULL"]);
    cx.expect_rows("SELECT city, user_id FROM address ORDER BY id", &["Rome|1", "Oslo|1"]);
    Ok(())
}

pub fn missing_columns_are_filled(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note, Ticket])?;
    let mut session = cx.session();
    Note::insert_csv("pinned,weight\ntrue,9\nfalse,8\n".as_bytes()).execute(&mut session)?;
    Ticket::insert_csv("status,cost\nopen,1.50\nclosed,\n".as_bytes()).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT text, weight, mark, version FROM note ORDER BY id", &["empty|9|new|1", "empty|8|new|1"]);
    cx.expect_rows("SELECT title, status, priority FROM ticket ORDER BY id", &["untitled|open|5", "untitled|closed|5"]);
    Ok(())
}

pub fn a_missing_column_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let outcome = User::insert_csv("name\nann\n".as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["User", "no column `age`", "declare a default"]);
    session.rollback()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn unknown_and_double_columns_are_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let outcome = User::insert_csv("name,ages\nann,5\n".as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::Schema, &["the first line: User has no column `ages`", "`id`, `name`, `age`"]);
    session.rollback()?;
    let outcome = User::insert_csv("name,age,name\nann,5,bob\n".as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["the first line", "`name` is there twice"]);
    session.rollback()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_form_of_csv_is_read_and_written(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let file = "# users\nname|age|email\n'a|b'|1|\\N\n'it\\'s'|2|\nx|3|\\N\n";
    let form = Csv::new(file.as_bytes()).delimiter(b'|').quote(b'\'').escape(b'\\').comment(b'#').null("\\N");
    let outcome = User::insert_csv(form).execute(&mut session);
    assert_eq!(outcome?, 3);
    session.commit()?;
    cx.expect_rows(USERS, &["1|a|b|1|NULL", "2|it's|2|", "3|x|3|NULL"]);
    let mut file = Vec::new();
    let form = CsvWriter::new(&mut file).delimiter(b'\t').without_headers().null("\\N");
    let users = User::query().order_by(User::id).select((User::name, User::email));
    assert_eq!(users.to_csv(&mut session, form)?, 3);
    assert_eq!(String::from_utf8_lossy(&file), "a|b\t\\N\nit's\t\nx\t\\N\n");
    Ok(())
}

pub fn a_bad_cell_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address, Ticket])?;
    let mut session = cx.session();
    let cases = [
        ("name,age\nann,1\nbob,two\n", "line 3: User, column `age`: expected an integer, found \"two\""),
        ("name,age\nann,3000000000\n", "line 2: User, column `age`: expected a 32-bit integer"),
        ("name,age\n\"a\nb\",1\nbob,\n", "line 4: User, column `age`: expected a value, found NULL"),
        ("name,age\nann,1,x\n", "line 2: 3 fields, and the first line has 2"),
        ("id,name,age\n0,ann,1\n", "line 2: User, column `id`: expected a key other than 0"),
    ];
    for (file, message) in cases {
        expect_error(User::insert_csv(file.as_bytes()).execute(&mut session), ErrorKind::Decode, &[message]);
        session.rollback()?;
    }
    let outcome = Address::insert_csv("city,user\nRome,x\n".as_bytes()).execute(&mut session);
    expect_error(
        outcome,
        ErrorKind::Decode,
        &["line 2: Address, column `user_id` (field `user`): expected an integer"],
    );
    session.rollback()?;
    let outcome = Ticket::insert_csv("status\nopened\n".as_bytes()).execute(&mut session);
    expect_error(
        outcome,
        ErrorKind::Decode,
        &["line 2: Ticket, column `status`: expected one of \"open\", \"in_progress\""],
    );
    session.rollback()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn bad_lines_are_collected(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut file = b"name,age\nann,1\nbob,x\ncid,2\n\xff,3\ndan\n".to_vec();
    file.extend_from_slice(b"eve,4\nfay,-\n");
    let mut bad = Vec::new();
    assert_eq!(User::insert_csv(Csv::new(&*file).collect_bad_lines(&mut bad)).execute(&mut session)?, 3);
    session.commit()?;
    cx.expect_log(&[&format!("{} user (name, age) x3", cx.bulk_verb())]);
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY id"#, &["ann|1", "cid|2", "eve|4"]);
    let places: Vec<_> = bad.iter().map(|bad| (bad.line, bad.column.as_deref())).collect();
    assert_eq!(places, [(3, Some("age")), (5, None), (6, None), (8, Some("age"))]);

    let most = |bad: orm::files::BadLine| if bad.line > 4 { Err(Error::from(bad)) } else { Ok(()) };
    let outcome = User::insert_csv(Csv::new(&*file).on_bad_line(most)).execute(&mut session);
    expect_error(outcome, ErrorKind::Decode, &["line 5: it is not encoded in UTF-8"]);
    session.rollback()
}

pub fn a_line_that_the_database_refuses_is_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut file = "name,age,email\nx,wrong,\n".to_owned();
    file.extend((1..=9_000).map(|n| format!("u,{n},{}@x\n", if n == 8_500 { 4 } else { n })));
    let mut bad = Vec::new();
    let insert = User::insert_csv(Csv::new(file.as_bytes()).collect_bad_lines(&mut bad));
    let outcome = insert.execute(&mut session);
    let error = expect_error(outcome, ErrorKind::UniqueViolation, &["line 8502: ", "email"]);
    assert_eq!((error.row(), bad.len()), (Some(8_500), 1));
    session.rollback()?;
    cx.expect_rows(USERS, &[]);
    Ok(())
}

pub fn rules_of_the_model_are_checked(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Meeting])?;
    let mut session = cx.session();
    let file = |title: &str| format!("title,starts,ends,room_name,room_floor\nok,1,2,A,1\n{title},1,2,A,1\n");
    let outcome = Meeting::insert_csv(file("NO!").as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::Invalid, &["row 2 (Meeting#new)", "must not shout"]);
    session.rollback()?;
    assert_eq!(Meeting::insert_csv(file("fine").as_bytes()).execute(&mut session)?, 2);
    let outcome = Meeting::insert_csv("title\nok\n".as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::InvalidState, &["Meeting", "no column `starts`"]);
    session.rollback()
}

pub fn existing_rows_are_updated(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User { email: Some("ann@x".into()), ..User::named("ann") });
    session.flush()?;
    let file = "name,age,email\nanna,7,ann@x\nbob,8,bob@x\n";
    let upsert = User::insert_csv(file.as_bytes()).on_conflict(User::email).do_update((User::name, User::age));
    assert_eq!(upsert.execute(&mut session)?, 2);
    assert_eq!(User::insert_csv(file.as_bytes()).ignore_conflicts().execute(&mut session)?, 0);
    session.refresh(ann)?;
    assert_eq!((session[ann].name.as_str(), session[ann].age), ("anna", 7));
    session.commit()?;
    cx.expect_rows(r#"SELECT name, age FROM "user" ORDER BY name"#, &["anna|7", "bob|8"]);
    Ok(())
}

pub fn lines_may_leave_names_out(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ticket])?;
    let mut session = cx.session();
    let lines = [
        r#"{"title": "a", "status": "open", "cost": "1.50"}"#,
        "",
        r#"{"status": "open", "title": "b"}"#,
        r#"{"status": "closed", "title": "c", "priority": 1}"#,
        r#"{"status": "closed", "title": "d", "priority": null, "cost": "2.25"}"#,
        r#"{"status": "open"}"#,
    ];
    assert_eq!(Ticket::insert_json_lines(lines.join("\n").as_bytes()).execute(&mut session)?, 5);
    session.commit()?;
    let verb = cx.bulk_verb();
    cx.expect_log(&[
        &format!("{verb} ticket (title, status, cost) x2"),
        &format!("{verb} ticket (title, status, priority, cost) x2"),
        &format!("{verb} ticket (status, cost, title) x1"),
    ]);
    cx.expect_rows(
        "SELECT title, status, priority FROM ticket ORDER BY id",
        &["a|open|5", "b|open|5", "c|closed|1", "d|closed|NULL", "untitled|open|5"],
    );
    let costs = Ticket::query().order_by(Ticket::id).select(Ticket::cost).all(&mut session)?;
    let costs: Vec<Option<String>> = costs.into_iter().map(|cost| cost.map(|cost| cost.to_string())).collect();
    assert_eq!(costs, [Some("1.50".into()), None, None, Some("2.25".into()), None]);
    Ok(())
}

pub fn bad_json_lines_are_named(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let good = r#"{"name": "ann", "age": 1}"#;
    let cases = [
        (r#"{"name": "ann", "age": "x"}"#, "line 2: User, column `age`: expected an integer, found \"x\""),
        (r#"{"name": "ann", "age": 1.5}"#, "line 2: User, column `age`: expected an integer, found the JSON 1.5"),
        (r#"{"name": ["ann"], "age": 1}"#, "line 2: User, column `name`: expected a text"),
        (r#"{"name": "ann", "ages": 1}"#, "line 2: User has no column `ages`"),
        (r#"{"name": "ann", "age": 1"#, "line 2: column 24: it is no JSON object"),
        ("[1]", "line 2: column "),
    ];
    for (line, message) in cases {
        let file = format!("{good}\n{line}\n");
        expect_error(User::insert_json_lines(file.as_bytes()).execute(&mut session), ErrorKind::Decode, &[message]);
        session.rollback()?;
    }
    let file: Vec<&str> = std::iter::once(good).chain(cases.map(|(line, _)| line)).collect();
    let (file, mut bad) = (file.join("\n"), Vec::new());
    let lines = JsonLines::new(file.as_bytes()).collect_bad_lines(&mut bad);
    assert_eq!(User::insert_json_lines(lines).execute(&mut session)?, 1);
    assert_eq!(bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7]);
    session.commit()
}

pub fn tables_without_models_take_files(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let table = Table::new("user").column::<String>("name").column::<i32>("age").column::<Option<String>>("email");
    assert_eq!(table.insert_csv("age,name\n1,ann\n".as_bytes()).execute(&mut session)?, 1);
    let lines = "{\"name\": \"bob\", \"age\": 2}\n{\"name\": \"cid\", \"age\": 3, \"email\": \"c@x\"}\n";
    assert_eq!(table.insert_json_lines(lines.as_bytes()).execute(&mut session)?, 2);
    let outcome = table.insert_csv("age,name\n1,ann\nx,bob\n".as_bytes()).execute(&mut session);
    expect_error(outcome, ErrorKind::Decode, &["line 3: user, column `age`: expected an integer"]);
    session.rollback()?;
    assert_eq!(table.insert_csv("age,name\n1,ann\n".as_bytes()).execute(&mut session)?, 1);
    let mut file = Vec::new();
    assert_eq!(table.query().to_csv(&mut session, &mut file)?, 1);
    assert_eq!(String::from_utf8_lossy(&file), "name,age,email\nann,1,\n");
    session.commit()
}

pub fn joins_and_sql_go_into_files(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Address])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    session.add(User::named("bob"));
    session.add(Address { user: ann.into(), ..Address::in_city("Rome") });
    // The changes are flushed before they are read.
    let mut file = Vec::new();
    let rows = User::query().left_join(User::addresses).order_by(User::id).select((User::id, User::name, Address::id));
    assert_eq!(rows.to_csv(&mut session, &mut file)?, 2);
    assert_eq!(String::from_utf8_lossy(&file), "id,name,address.id\n1,ann,1\n2,bob,\n");
    file.clear();
    let sum = sql(r#"SELECT count(*) AS users, 'x' AS mark FROM "user""#).to_json_lines(&mut session, &mut file)?;
    assert_eq!((sum, String::from_utf8_lossy(&file).as_ref()), (1, "{\"users\":2,\"mark\":\"x\"}\n"));
    file.clear();
    let twice = User::query().select((User::name, User::name.label("name")));
    expect_error(twice.to_csv(&mut session, &mut file), ErrorKind::InvalidState, &["two values are called `name`"]);
    session.commit()
}

/// A file that takes only so many bytes, or gives them.
struct Limited(usize);

impl std::io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| std::io::Error::other("the disk is full"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::io::Read for Limited {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::Error::other("the disk is broken"));
        }
        self.0 -= 1;
        let line = b"ann,1\n";
        into[..line.len()].copy_from_slice(line);
        Ok(line.len())
    }
}

pub fn a_writer_that_fails_ends_the_reading(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::bulk_insert((0..20_000).map(|_| User::named("somebody"))).execute(&mut session)?;
    session.commit()?;
    let outcome = User::query().to_csv(&mut session, Limited(50_000));
    expect_error(outcome, ErrorKind::Io, &["the disk is full"]);
    let outcome = User::query().to_json_lines(&mut session, Limited(50_000));
    expect_error(outcome, ErrorKind::Io, &["the disk is full"]);
    assert_eq!(User::query().count(&mut session)?, 20_000);
    session.commit()
}

pub fn a_reader_that_fails_takes_all_rows_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let outcome = User::insert_csv(Csv::new(Limited(10_000)).headers(["name", "age"])).execute(&mut session);
    expect_error(outcome, ErrorKind::Io, &["the disk is broken"]);
    expect_error(session.commit(), ErrorKind::PendingRollback, &["the disk is broken"]);
    session.rollback()?;
    cx.expect_rows(USERS, &[]);
    Ok(())
}

pub fn the_database_writes_rows_itself(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let mut file = Vec::new();
    assert_eq!(User::query().copy_out(&mut session, &mut file)?, 0);
    assert_eq!(String::from_utf8_lossy(&file), "id,name,age,email\n");
    session.add_all([User::named("ann"), User { email: Some("b@x".into()), ..User::named("bob, \"b\"") }]);
    file.clear();
    let users = User::query().order_by(User::id).select((User::id, User::name, User::email.label("mail")));
    assert_eq!(users.copy_out(&mut session, &mut file)?, 2);
    assert_eq!(String::from_utf8_lossy(&file), "id,name,mail\n1,ann,\n2,\"bob, \"\"b\"\"\",b@x\n");
    file.clear();
    let text = r#"SELECT count(*) AS users FROM "user""#;
    assert_eq!(sql(text).copy_out(&mut session, &mut file)?, 1);
    let table = session.table("user")?;
    assert_eq!(table.query().copy_out(&mut session, &mut file)?, 2);
    assert!(String::from_utf8_lossy(&file).starts_with("users\n2\nid,name,age,email\n"));
    session.commit()?;
    // What was copied is read again.
    User::query().delete().execute(&mut session)?;
    let file = &file[b"users\n2\n".len()..];
    assert_eq!(User::insert_csv(file).execute(&mut session)?, 2);
    session.commit()
}

pub fn a_copy_takes_no_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let outcome = User::query().filter(User::age.gt(3)).copy_out(&mut session, Vec::new());
    expect_error(outcome, ErrorKind::Unsupported, &["to_csv"]);
    let outcome = sql("SELECT :n AS n").bind("n", 1).copy_out(&mut session, Vec::new());
    expect_error(outcome, ErrorKind::Unsupported, &["to_csv"]);
    cx.expect_log(&[]);
    assert_eq!(User::query().count(&mut session)?, 0);
    session.commit()
}

pub fn a_copy_whose_writer_fails_leaves_the_transaction(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    User::bulk_insert((0..20_000).map(|_| User::named("somebody"))).execute(&mut session)?;
    assert_eq!(User::query().copy_out(&mut session, Vec::new())?, 20_000);
    expect_error(User::query().copy_out(&mut session, Limited(50_000)), ErrorKind::Io, &["the disk is full"]);
    assert_eq!(User::query().count(&mut session)?, 20_000);
    expect_error(sql("SELECT 1/0").copy_out(&mut session, Vec::new()), ErrorKind::Database, &[]);
    session.rollback()?;
    assert_eq!(User::query().count(&mut session)?, 0);
    Ok(())
}
