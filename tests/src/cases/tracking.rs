//! Change tracking: what counts as a change, and which columns are written.

use chrono::{NaiveDate, TimeZone as _, Utc};
use orm::Result;
use orm::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::TestContext;
use crate::models::{Address, AllTypes, Board, Card, Company, Employee, OptionalTypes, Post, Status, Tag, User};
use crate::values::held;

cases! { tracking {
    u_022_a_flush_without_changes_sends_nothing [];
    u_023_a_value_set_and_set_back_is_no_change [];
    u_023_a_member_removed_and_put_back_is_no_change [];
    u_023_a_reference_to_the_same_object_is_no_change [];
    u_024_an_update_names_the_changed_columns [];
    u_024_null_and_value_are_different [];
    u_025_dirty_and_is_modified_are_exact_and_silent [];
    u_025_a_stale_reference_does_not_disturb_the_question [];
    u_026_equality_is_by_the_type_of_the_column [];
    u_026_each_type_notices_another_value [];
    u_027_a_change_inside_a_json_value_is_noticed [];
    u_029_a_changed_collection_does_not_update_its_owner [];
    u_030_a_changed_and_deleted_object_is_only_deleted [];
} }

fn alice(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let alice = session.add(User { age: 30, ..User::named("alice") });
    session.commit()?;
    cx.clear_log();
    Ok((session, alice))
}

pub fn u_022_a_flush_without_changes_sends_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session.flush()?;
    let _ = &mut session[alice];
    session.flush()?;
    session.commit()?;
    cx.expect_full_log(&[]);
    assert!(!session.in_transaction());
    Ok(())
}

pub fn u_023_a_value_set_and_set_back_is_no_change(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].name = "alice".into();
    session[alice].age = 31;
    session[alice].age = 30;
    session[alice].email = Some("a".into());
    session[alice].email = None;
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_023_a_member_removed_and_put_back_is_no_change(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    cx.create(models![Post])?;
    let post = session.add(Post { tags: [Tag::labelled("x")].into(), ..Post::titled("a") });
    session.commit()?;
    let tag = session.related(post, Post::tags)?[0];
    cx.clear_log();
    session.remove(alice, User::addresses, home)?;
    session.push(alice, User::addresses, home)?;
    session.remove(post, Post::tags, tag)?;
    session.push(post, Post::tags, tag)?;
    session.set(alice, User::addresses, [home])?;
    session.set(post, Post::tags, [tag])?;
    assert!(session.dirty().is_empty());
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_023_a_reference_to_the_same_object_is_no_change(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let key = session[alice].id;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    cx.clear_log();
    session[home].user = alice.into();
    session.commit()?;
    session[home].user = BelongsTo::key(key);
    session.commit()?;
    cx.expect_full_log(&[]);
    session[home].user = alice.into();
    session.commit()?;
    assert_eq!(session[home].user.as_key(), Some(&key), "the key is readable after a flush");
    Ok(())
}

pub fn u_024_an_update_names_the_changed_columns(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.flush()?;
    session[alice].name = "alicia".into();
    session[alice].age = 32;
    session.flush()?;
    session[alice].name = "alice".into();
    session.commit()?;
    cx.expect_log(&["update user (age)", "update user (name, age)", "update user (name)"]);
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["alice|32"]);
    Ok(())
}

pub fn u_024_null_and_value_are_different(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    for email in [Some(""), None, Some("a"), None] {
        session[alice].email = email.map(str::to_owned);
        session.commit()?;
        cx.expect_log(&["update user (email)"]);
        cx.expect_rows(r#"SELECT email FROM "user""#, &[email.unwrap_or("NULL")]);
    }
    Ok(())
}

pub fn u_025_dirty_and_is_modified_are_exact_and_silent(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let bob = session.add(User::named("bob"));
    assert!(session.is_modified(bob) && !session.is_modified(alice));
    session[alice].age = 31;
    assert!(session.is_modified(alice));
    assert_eq!(session.dirty(), [alice.raw()]);
    session[alice].age = 30;
    assert!(!session.is_modified(alice) && session.dirty().is_empty());
    session[alice].age = 31;
    session.delete(alice)?;
    cx.expect_log(&[]);
    assert_eq!((session.dirty(), session.deleted()), (vec![], vec![alice.raw()]));
    session.undelete(alice)?;
    assert_eq!(session.dirty(), [alice.raw()]);
    for _ in 0..2 {
        session.expire(alice)?;
        session[alice].age = 31;
        assert_eq!(session.dirty(), [alice.raw()]);
        session.delete(alice)?;
        assert_eq!(session.deleted(), [alice.raw()]);
        session.undelete(alice)?;
    }
    cx.expect_log(&[]);
    session.commit()?;
    assert!(session.dirty().is_empty() && !session.is_modified(alice) && !session.is_modified(bob));
    cx.expect_log(&["update user (age)", "insert user"]);
    Ok(())
}

pub fn u_025_a_stale_reference_does_not_disturb_the_question(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    let home = session.push(alice, User::addresses, Address::in_city("Paris"))?;
    session.commit()?;
    let mut other = cx.session();
    let stranger = (0..50).map(|_| other.add(User::named("stranger"))).last().unwrap();
    session[home].user = stranger.into();
    assert!(session.is_modified(home));
    assert_eq!(session.dirty(), [home.raw()]);
    assert_eq!(session.related(alice, User::addresses)?, []);
    session[home].user = alice.into();
    assert!(!session.is_modified(home));
    Ok(())
}

pub fn u_026_equality_is_by_the_type_of_the_column(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.only_writer();
    let value = AllTypes {
        bytes: vec![0, 1],
        json: json!({"a": [1, 2.5], "b": null}),
        decimal: Decimal::new(150, 2),
        timestamp: Utc.with_ymd_and_hms(2024, 5, 6, 7, 8, 9).unwrap(),
        uuid: Uuid::from_u128(7),
        status: Status::InProgress,
        double: f64::NAN,
        single: f32::NAN,
        ..AllTypes::default()
    };
    let value = held(cx.capabilities(), value);
    session.add(value.clone());
    session.commit()?;
    session.clear();
    let object = AllTypes::query().one(&mut session)?;
    session.commit()?;
    cx.clear_log();
    let id = session[object].id;
    // Every column again, in values of their own.
    session[object] = AllTypes { id, json: json!({"b": null, "a": [1, 2.5]}), ..value };
    assert!(!session.is_modified(object));
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_026_each_type_notices_another_value(cx: &mut TestContext) -> Result<()> {
    cx.create(models![OptionalTypes])?;
    let mut session = cx.only_writer();
    let object = session.add(OptionalTypes::default());
    session.commit()?;
    cx.clear_log();
    type Change = fn(&mut OptionalTypes);
    let changes: [(&str, Change); 14] = [
        ("double", |o| o.double = Some(f64::NAN)),
        ("small", |o| o.small = Some(1)),
        ("large", |o| o.large = Some(i64::MIN)),
        ("single", |o| o.single = Some(0.5)),
        ("double", |o| o.double = Some(0.0)),
        ("flag", |o| o.flag = Some(false)),
        ("text", |o| o.text = Some("a\u{301}".into())),
        ("text", |o| o.text = Some("\u{e1}".into())),
        ("bytes", |o| o.bytes = Some(vec![])),
        ("date", |o| o.date = NaiveDate::from_ymd_opt(2020, 2, 29)),
        ("uuid", |o| o.uuid = Some(Uuid::nil())),
        ("decimal", |o| o.decimal = Some(Decimal::new(1, 3))),
        ("json", |o| o.json = Some(json!([]))),
        ("status", |o| o.status = Some(Status::Open)),
    ];
    let first = usize::from(!cx.capabilities().non_finite_floats);
    for (column, change) in &changes[first..] {
        change(&mut session[object]);
        assert!(session.is_modified(object), "{column}");
        session.commit()?;
        cx.expect_log(&[&format!("update optional_types ({column})")]);
        change(&mut session[object]);
        session.commit()?;
        cx.expect_log(&[]);
    }
    Ok(())
}

pub fn u_027_a_change_inside_a_json_value_is_noticed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![AllTypes])?;
    let mut session = cx.only_writer();
    let object = session.add(AllTypes { json: json!({"a": [1]}), bytes: vec![1], ..AllTypes::default() });
    session.commit()?;
    cx.clear_log();
    session[object].json["a"].as_array_mut().unwrap().push(json!(2));
    session.commit()?;
    session[object].bytes.push(2);
    session.commit()?;
    session[object].json["a"][0] = json!(1);
    session.commit()?;
    cx.expect_log(&["update all_types (json)", "update all_types (bytes)"]);
    session.clear();
    assert_eq!(AllTypes::query().values(&mut session)?[0].json, json!({"a": [1, 2]}));
    Ok(())
}

pub fn u_029_a_changed_collection_does_not_update_its_owner(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Board, Post])?;
    let mut session = cx.only_writer();
    let board = session.add(Board { title: "b".into(), ..Board::default() });
    let card = session.add(Card { text: "c".into(), ..Card::default() });
    let post = session.add(Post::titled("a"));
    let tag = session.add(Tag::labelled("x"));
    session.commit()?;
    cx.clear_log();
    session.push(board, Board::cards, card)?;
    session.push(post, Post::tags, tag)?;
    assert!(!session.is_modified(board) && !session.is_modified(post) && !session.is_modified(tag));
    session.commit()?;
    cx.expect_log(&["update card (board_id)", "insert post_tag"]);
    session.remove(board, Board::cards, card)?;
    session.commit()?;
    session.remove(post, Post::tags, tag)?;
    session.commit()?;
    cx.expect_log(&["update card (board_id)", "delete post_tag"]);
    assert_eq!(session[board].version, 1);
    cx.expect_rows("SELECT version FROM board", &["1"]);
    Ok(())
}

pub fn u_030_a_changed_and_deleted_object_is_only_deleted(cx: &mut TestContext) -> Result<()> {
    let (mut session, alice) = alice(cx)?;
    session[alice].age = 31;
    session.delete(alice)?;
    session[alice].name = "later".into();
    session.commit()?;
    cx.expect_log(&["delete user"]);
    cx.create(models![Company])?;
    let ann = session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("a") });
    session.commit()?;
    cx.clear_log();
    session[ann].name = "b".into();
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["update employee (company_id)", "delete company"]);
    Ok(())
}
