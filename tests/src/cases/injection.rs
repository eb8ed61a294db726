//! Hostile text at every place that takes a value: none of it changes a statement, and all of it comes back as it went, or is refused.

use orm::functions::{case, coalesce, greatest, json_agg, length, nullif, position, replace, string_agg, value};
use orm::prelude::*;
use orm::query::Cursor;
use orm::query::table::{Table, TableRow};
use orm::{Engine, ErrorKind, Result};
use serde_json::{Map, Value as Json, json};

use crate::models::{Address, AllTypes, Book, Sample, Shelf, User};
use crate::{TestContext, expect_error};

cases! { injection {
    values_are_values [];
    patterns_match_themselves [];
    raw_binds_are_values [];
    fragments_bind_values [];
    values_of_tables_are_values [];
    nul_is_refused_where_it_cannot_be_kept [];
    nul_in_documents_is_refused_where_it_cannot_be_kept [];
    nul_in_arrays_is_refused [arrays];
    long_text_is_text [];
    what_is_written_is_values [conflict_targets];
    tuples_are_values [];
    patterns_and_expressions_change_nothing [];
    arguments_of_functions_are_values [];
    keys_and_members_of_documents_are_values [];
    items_of_arrays_are_values [arrays];
    keys_of_rows_are_values [];
    cursors_are_values [];
    urls_are_urls [];
} }

/// Text that means something to some database, in some place.
pub(super) const HOSTILE: [&str; 24] = [
    "'",
    "''",
    "\"",
    "\"\"",
    "`",
    "]",
    "\\",
    "\\'",
    "'; DROP TABLE \"user\"; --",
    "\"; DROP TABLE \"user\"; --",
    "' OR '1'='1",
    "') OR ('1'='1",
    "1; DELETE FROM \"user\"",
    "-- comment",
    "/* comment",
    "*/",
    "%",
    "_",
    "$1",
    "?1",
    ":name",
    "$$",
    "ünïcödé \u{1f600} \u{202e}",
    "\u{feff} \u{a0}\t\r\n",
];

pub(super) fn users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add_all(HOSTILE.map(User::named));
    session.add(User::named("plain"));
    session.commit()?;
    cx.clear_log();
    Ok(cx.session())
}

/// All rows are there yet.
pub(super) fn check_unharmed(cx: &TestContext, session: &mut Session) -> Result<()> {
    session.commit()?;
    cx.expect_rows(r#"SELECT count(*) FROM "user""#, &[&(HOSTILE.len() + 1).to_string()]);
    cx.expect_rows("SELECT count(*) FROM address", &["0"]);
    Ok(())
}

pub fn values_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let found = User::query().filter(User::name.eq(text)).select(User::name).all(session)?;
        assert_eq!(found, [text]);
        let found = User::query().filter(User::name.in_([text])).select((User::name, value(text))).one(session)?;
        assert_eq!(found, (text.to_owned(), text.to_owned()));
        let user = User::query().filter(User::name.eq(text)).one(session)?;
        session[user].email = Some(text.to_owned());
        session.flush()?;
        assert_eq!(User::query().filter(User::email.eq(text)).select(User::name).one(session)?, text);
    }
    check_unharmed(cx, session)
}

pub fn patterns_match_themselves(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        for condition in [User::name.contains(text), User::name.starts_with(text), User::name.ends_with(text)] {
            let found = User::query().filter(condition).select(User::name).all(session)?;
            assert!(found.iter().any(|name| name == text), "{text:?}");
            assert!(found.iter().all(|name| name.contains(text)), "{text:?}: {found:?}");
        }
    }
    check_unharmed(cx, session)
}

pub fn raw_binds_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let found = sql(r#"SELECT name FROM "user" WHERE name = :name AND name IN (:names)"#);
        assert_eq!(found.bind("name", text).bind("names", [text]).all::<String>(session)?, [text]);
        let refused = sql("SELECT 1").bind(text, 1).all::<i64>(session);
        expect_error(refused, ErrorKind::InvalidState, &["is bound"]);
    }
    check_unharmed(cx, session)
}

pub fn fragments_bind_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let same = sql_expr::<bool>(":name = :text").with("name", User::name).bind("text", text);
        assert_eq!(User::query().filter(same).select(User::name).all(session)?, [text]);
    }
    check_unharmed(cx, session)
}

pub fn values_of_tables_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let table = Table::new("user").column::<i64>("id").column::<String>("name");
    for text in HOSTILE {
        let rows =
            table.query().filter(table.col("name")?.eq(text).and(table.col("name")?.in_([text]))).all(session)?;
        assert_eq!(rows[0].read::<String>("name")?, text);
        expect_error(table.col(text), ErrorKind::Schema, &["no column"]);
    }
    check_unharmed(cx, session)
}

/// A database that has no such text says so, and which object and field it was.
pub fn nul_is_refused_where_it_cannot_be_kept(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = session.add(User::named("a\0b"));
    let place = Address { street: Some("\0".into()), ..Address::in_city("x") };
    if cx.capabilities().nul_in_text {
        session.push(user, User::addresses, place)?;
        session.flush()?;
        assert_eq!(User::query().filter(User::name.eq("a\0b")).select(User::name).all(session)?, ["a\0b"]);
        return Ok(());
    }
    let words = ["NUL", cx.backend_name()];
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`User::name`"), "{error}");
    session.rollback()?;
    let users = User::query().limit(2).all(session)?;
    for user in &users {
        session.push(*user, User::addresses, place.clone())?;
    }
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`Address::street`"), "{error}");
    session.rollback()?;
    let user = User::query().first(session)?;
    if let Some(user) = user {
        session[user].email = Some("\0".into());
    }
    let error = expect_error(session.flush(), ErrorKind::Unsupported, &words);
    assert!(error.to_string().contains("`User::email`"), "{error}");
    session.rollback()?;
    expect_error(User::query().filter(User::name.eq("\0")).all(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    expect_error(sql("SELECT 1 WHERE 'a' = :a").bind("a", "\0").all::<i64>(session), ErrorKind::Unsupported, &words);
    session.rollback()?;
    check_unharmed(cx, session)
}

pub fn long_text_is_text(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let long = "'\"\\;--".repeat(50_000);
    assert_eq!(User::query().select(value(long.clone())).first(session)?, Some(long.clone()));
    assert!(!User::query().filter(User::name.contains(&long[..9_000])).exists(session)?);
    assert_eq!(
        sql(cx.spelled_by(["SELECT CAST(:text AS TEXT)", "SELECT CAST(:text AS TEXT)", "SELECT CAST(:text AS CHAR)"]))
            .bind("text", &*long)
            .one::<String>(session)?,
        long
    );
    check_unharmed(cx, session)
}

pub fn nul_in_documents_is_refused_where_it_cannot_be_kept(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let session = &mut cx.session();
    let documents = [json!("a\0b"), json!({"a\0": 1}), json!({"a": [1, {"b": "\0"}]})];
    if cx.capabilities().nul_in_text {
        let rows = documents.clone().map(|json| AllTypes { json, ..AllTypes::default() });
        AllTypes::insert_all(rows).execute(session)?;
        session.commit()?;
        let found = AllTypes::query().order_by(AllTypes::id).select(AllTypes::json).all(session)?;
        assert_eq!(found, documents);
        if cx.backend_name() == "SQLite" {
            let member = AllTypes::query().filter(AllTypes::json.json_has("a\0b")).count(session);
            expect_error(member, ErrorKind::Database, &["NUL", "JSON member"]);
        }
        let texts = AllTypes::query().order_by(AllTypes::id).select(AllTypes::json.json_as::<String>());
        assert_eq!(texts.first(session)?, Some(Some("a\0b".to_owned())));
        return Ok(());
    }
    for json in documents {
        let rows = [json!("fine"), json.clone()].map(|json| AllTypes { json, ..AllTypes::default() });
        session.add(rows[1].clone());
        let words = ["NUL", "`AllTypes::json`", cx.backend_name()];
        expect_error(session.flush(), ErrorKind::Unsupported, &words);
        session.rollback()?;
        expect_error(AllTypes::insert_all(rows).execute(session), ErrorKind::Unsupported, &words);
        session.rollback()?;
        let found = AllTypes::query().filter(AllTypes::json.eq(json)).count(session);
        expect_error(found, ErrorKind::Unsupported, &words[..1]);
        session.rollback()?;
    }
    let member = AllTypes::query().filter(AllTypes::json.json_has("\0")).count(session);
    expect_error(member, ErrorKind::Unsupported, &["NUL"]);
    session.rollback()
}

pub fn nul_in_arrays_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Sample])?;
    let session = &mut cx.session();
    for rows in [1, 2] {
        session.add_all(vec![Sample::of("x", [], ["a", "b\0"]); rows]);
        expect_error(session.flush(), ErrorKind::Unsupported, &["NUL", "`Sample::words`"]);
        session.rollback()?;
    }
    expect_error(
        Sample::query().filter(Sample::words.array_has("\0")).count(session),
        ErrorKind::Unsupported,
        &["NUL"],
    );
    session.rollback()
}

pub fn what_is_written_is_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = Table::new("user").column::<i64>("id").column::<String>("name").column::<i32>("age");
    let user = user.column::<Option<String>>("email");
    for text in HOSTILE {
        let row = || User { email: Some(text.into()), ..User::named(text) };
        let set = (User::name.set(text), User::age.set(1), User::email.set(text));
        let names: [Vec<String>; 3] = [
            User::insert(row()).returning(User::name).all(session)?,
            User::insert_all([row()])
                .on_conflict(User::email)
                .do_update(User::name.set(text))
                .returning(User::name)
                .all(session)?,
            User::insert_with(set)
                .on_conflict(User::email)
                .do_update((User::name, User::age))
                .returning(User::email)
                .all(session)?
                .into_iter()
                .flatten()
                .collect(),
        ];
        assert_eq!(names, [[text], [text], [text]]);
        let row = || TableRow::new().set("name", text).set("age", 2).set("email", text);
        let upsert = user.insert_all([row(), row().set("email", "other")]).on_conflict(["email"]).do_update();
        let back = upsert.set("name", text).returning([user.col("name")?.label(text)]).all(session)?;
        assert_eq!([back[0].read::<String>(text)?, back[1].read::<String>(text)?], [text, text]);
        let mine = User::query().filter(User::email.in_([text, "other"]));
        assert_eq!(mine.clone().update((User::name.set(text), User::age.set(3))).execute(session)?, 2);
        assert_eq!(user.update().set("name", text).filter(user.col("email")?.eq(text)).execute(session)?, 1);
        let key = mine.clone().filter(User::email.eq(text)).select(User::id).one(session)?;
        assert_eq!(User::update_by_key((User::name, User::email), [(key, (text, Some(text)))]).execute(session)?, 1);
        let copied = User::query().filter(User::id.eq(key)).select((value(text), User::age));
        assert_eq!(User::insert_from((User::name, User::age), copied).execute(session)?, 1);
        let gone = User::query().filter(User::name.eq(text).and(User::age.eq(3))).delete();
        let gone: Vec<String> = gone.returning(User::name).all(session)?;
        assert_eq!(gone, [text, text, text]);
    }
    check_unharmed(cx, session)
}

pub fn tuples_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    for text in HOSTILE {
        let rows = (User::name, User::age).in_([(text, 0), ("nobody", 1)]);
        assert_eq!(User::query().filter(rows).select(User::name).all(session)?, [text]);
        let same = User::query().filter((User::name, User::age).eq((text, 0))).select(User::name);
        assert_eq!(same.all(session)?, [text]);
        let between = User::query().filter(User::name.between(text, text)).select(User::name);
        assert_eq!(between.all(session)?, [text]);
        assert_eq!(User::query().filter(User::name.is_not_distinct_from(text)).count(session)?, 1);
    }
    check_unharmed(cx, session)
}

/// The database may refuse a malformed pattern, but it gets it as a value.
pub fn patterns_and_expressions_change_nothing(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let user = Table::new("user").column::<String>("name");
    for text in HOSTILE {
        for condition in [User::name.like(text), User::name.ilike(text)] {
            match User::query().filter(condition).select(User::name).all(session) {
                Ok(found) if text.contains(['%', '_', '\\']) => assert!(!found.is_empty() || text.contains('\\')),
                Ok(found) => assert_eq!(found, [text]),
                Err(error) => {
                    assert!(text.ends_with('\\') || error.kind() == ErrorKind::Unsupported, "{text:?}: {error}");
                    session.rollback()?;
                }
            }
        }
        if cx.capabilities().regular_expressions
            && User::query().filter(User::name.matches(text)).count(session).is_err()
        {
            session.rollback()?;
        }
        if user.query().filter(user.col("name")?.like(text) | user.col("name")?.ilike(text)).count(session).is_err() {
            session.rollback()?;
        }
    }
    check_unharmed(cx, session)
}

pub fn arguments_of_functions_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let plain = || User::query().filter(User::name.eq("plain"));
    for text in HOSTILE {
        let twice = format!("{text}{text}");
        let texts = (
            User::name.concat(text),
            replace(User::name, "plain", text),
            coalesce(User::email, text),
            case().when(User::name.eq("plain"), text).otherwise("else"),
            nullif(value(text), User::name),
            greatest(value(text), text),
        );
        let found = plain().select(texts).one(session)?;
        let expected = (format!("plain{text}"), text.into(), text.into(), text.into(), Some(text.into()), text.into());
        assert_eq!(found, expected);
        let numbers = plain().select((position(value(text), text), length(value(text)))).one(session)?;
        assert_eq!(numbers, (1, i32::try_from(text.chars().count()).unwrap_or(0)));
        let both = User::query().filter(User::name.in_([text])).select(string_agg(User::name.concat(text), text));
        assert_eq!(both.one(session)?, Some(twice));
        let fragment = sql_expr::<String>("coalesce(:email, :text)").with("email", User::email).bind("text", text);
        assert_eq!(plain().select(fragment).one(session)?, text);
    }
    check_unharmed(cx, session)
}

pub fn keys_and_members_of_documents_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    cx.create(models![AllTypes])?;
    let members: Map<String, Json> = HOSTILE.iter().map(|text| ((*text).to_owned(), json!([text]))).collect();
    let document = Json::Object(members);
    session.add(AllTypes { json: document.clone(), ..AllTypes::default() });
    session.flush()?;
    let json = || AllTypes::json;
    // Its paths take a key that begins with a minus for a number from the end.
    let possible = |text: &&str| cx.backend_name() != "MariaDB" || !text.starts_with('-');
    for text in HOSTILE.into_iter().filter(possible) {
        let member = json().json_get(text);
        let read = (member.clone(), member.clone().json_at(0).json_as::<String>(), json().json_has(text));
        let row = AllTypes::query().select(read).one(session)?;
        assert_eq!(row, (Some(json!([text])), Some(text.to_owned()), true));
        let found = AllTypes::query().filter(member.json_at(0).json_as::<String>().eq(text));
        assert_eq!(found.count(session)?, 1);
        let part = json!({ text: [text] });
        assert_eq!(AllTypes::query().filter(json().json_contains(part)).count(session)?, 1);
        let list = User::query().filter(User::name.eq(text)).select(json_agg(User::name)).one(session)?;
        assert_eq!(list, Some(json!([text])));
    }
    assert_eq!(AllTypes::query().filter(AllTypes::json.eq(document)).count(session)?, 1);
    check_unharmed(cx, session)
}

pub fn items_of_arrays_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    cx.create(models![Sample])?;
    session.add_all(HOSTILE.map(|text| Sample::of(text, [], [text, "x"])));
    session.flush()?;
    for text in HOSTILE {
        let conditions = [
            Sample::words.array_has(text),
            Sample::words.array_contains(vec![text.to_owned()]),
            Sample::words.array_overlaps(vec![text.to_owned()]),
        ];
        for condition in conditions {
            assert_eq!(Sample::query().filter(condition).select(Sample::name).all(session)?, [text]);
        }
        let words = (Sample::words.array_at(0), Sample::words.array_remove(text).array_append(text.to_owned()));
        let found = Sample::query().filter(Sample::name.eq(text)).select(words).one(session)?;
        assert_eq!(found, (Some(text.to_owned()), vec!["x".to_owned(), text.to_owned()]));
    }
    check_unharmed(cx, session)
}

/// In the identity map, in what loads relations, and in what a flush writes by key.
pub fn keys_of_rows_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    cx.create(models![Shelf, Book])?;
    for text in HOSTILE {
        let shelf = session.add(Shelf { room: text.into(), number: 1, ..Shelf::default() });
        session.push(shelf, Shelf::books, Book { title: text.into(), ..Book::default() })?;
    }
    session.commit()?;
    session.clear();
    for text in HOSTILE {
        let Some(shelf) = session.get::<Shelf>((text.to_owned(), 1))? else { panic!("{text:?} is gone") };
        let books = session.load(shelf, Shelf::books)?;
        assert_eq!(session[books[0]].title, text);
        session[shelf].label = Some(text.into());
    }
    session.commit()?;
    session.clear();
    let shelves = Shelf::query().include(Shelf::books).all(session)?;
    assert!(shelves.iter().all(|&shelf| session[shelf].label.as_ref() == Some(&session[shelf].room)));
    shelves.into_iter().try_for_each(|shelf| {
        let books = session.related(shelf, Shelf::books)?;
        books.into_iter().try_for_each(|book| session.delete(book))?;
        session.delete(shelf)
    })?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM shelf", &["0"]);
    check_unharmed(cx, session)
}

pub fn cursors_are_values(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let query = || User::query().order_by((User::name, User::id)).select((User::name, User::id));
    let (all, mut found, mut next) = (query().all(session)?, Vec::new(), None::<Cursor>);
    loop {
        let slice = query().after(next).slice(session, 1)?;
        found.extend(slice.items);
        let Some(cursor) = slice.next else { break };
        next = Some(cursor.to_string().parse()?);
    }
    assert_eq!(found, all);
    for text in HOSTILE {
        expect_error(text.parse::<Cursor>(), ErrorKind::Decode, &["no", "cursor"]);
    }
    check_unharmed(cx, session)
}

/// None of it panics, and none of it reaches the database of the case.
pub fn urls_are_urls(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let (scheme, _) = cx.url().split_once("://").unwrap_or((cx.url(), ""));
    for text in HOSTILE {
        expect_error(Engine::connect(text), ErrorKind::Config, &[]);
        expect_error(Engine::connect(&format!("{scheme}:///x?{text}=1")), ErrorKind::Config, &[]);
    }
    check_unharmed(cx, session)
}
