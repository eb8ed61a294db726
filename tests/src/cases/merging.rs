//! Merging values into a session: U-125 to U-127.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Address, Counter, Course, Invoice, Line, Node, Passport, Person, Student, User, Wallet};
use crate::{TestContext, expect_error};

cases! { merging {
    u_125_a_value_of_an_object_in_the_session_is_copied_without_sql [];
    u_125_a_value_of_a_row_is_read_and_copied [];
    u_125_a_value_without_a_row_is_added [];
    u_125_what_was_expunged_can_be_merged_back [];
    u_125_what_a_value_does_not_say_stays [];
    u_126_equal_data_writes_nothing [];
    u_126_children_are_added_updated_and_removed [];
    u_126_children_of_a_new_value_are_merged_too [];
    u_126_a_field_left_alone_is_untouched_and_an_empty_one_is_not [];
    u_126_a_copy_of_what_was_added_with_an_empty_list_takes_nobody_away [];
    u_126_pairs_are_reconciled [];
    u_126_a_has_one_is_replaced [];
    u_126_children_known_by_their_parents_key [];
    u_126_one_identity_is_one_object [];
    u_126_levels_are_merged_at_any_depth [];
    u_127_another_version_is_stale [];
    a_rollback_undoes_a_merge [];
    an_error_leaves_everything_as_it_was [];
} }

const ADDRESSES: &str = "SELECT id, city FROM address ORDER BY id";

pub fn u_125_a_value_of_an_object_in_the_session_is_copied_without_sql(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.only_writer();
    let ann = session.add(User::named("ann"));
    session.commit()?;
    cx.clear_log();
    let merged = session.merge(User { id: session[ann].id, age: 30, ..User::named("anna") })?;
    assert_eq!(merged, ann);
    assert_eq!((session[ann].name.as_str(), session[ann].age), ("anna", 30));
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&["update user (name, age)"]);
    Ok(())
}

pub fn u_125_a_value_of_a_row_is_read_and_copied(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    cx.execute(r#"INSERT INTO "user" (id, name, age) VALUES (5, 'ann', 20)"#);
    let mut session = cx.session();
    let ann = session.merge(User { id: 5, age: 21, ..User::named("ann") })?;
    assert_eq!(session.state(ann), State::Persistent);
    assert_eq!(session.get::<User>(5)?, Some(ann));
    session.commit()?;
    cx.expect_log(&["select user", "update user (age)"]);
    Ok(())
}

pub fn u_125_a_value_without_a_row_is_added(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.merge(User { id: 7, ..User::named("ann") })?;
    let bob = session.merge(User::named("bob"))?;
    assert_eq!([ann, bob].map(|user| session.state(user)), [State::Pending, State::Pending]);
    session.commit()?;
    cx.expect_log(&["select user x0", "insert user", "insert user"]);
    assert_eq!(session[ann].id, 7);
    cx.expect_rows(r#"SELECT name FROM "user" ORDER BY name"#, &["ann", "bob"]);
    Ok(())
}

pub fn u_125_what_was_expunged_can_be_merged_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    session.commit()?;
    let mut value = session.expunge(ann)?;
    value.age = 40;
    let mut other = cx.session();
    let same = other.merge(value)?;
    other.commit()?;
    assert_eq!(other[same].age, 40);
    cx.expect_rows(r#"SELECT name, age FROM "user""#, &["ann|40"]);
    Ok(())
}

pub fn u_125_what_a_value_does_not_say_stays(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Wallet])?;
    let mut session = cx.session();
    let ann = session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    let wallet = session.add(Wallet::with("ann", 1));
    session.commit()?;
    let [address] = session.related(ann, User::addresses)?[..] else { panic!("one address") };
    session.merge(Address { id: session[address].id, ..Address::in_city("Bern") })?;
    session.merge(Wallet { id: session[wallet].id, ..Wallet::with("ann", 2) })?;
    session.commit()?;
    cx.expect_rows("SELECT city, user_id FROM address", &["Bern|1"]);
    cx.expect_rows("SELECT balance, grade FROM wallet", &["2|gold"]);
    Ok(())
}

pub fn u_126_equal_data_writes_nothing(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User, Wallet])?;
    let value = || User {
        id: 1,
        addresses: [Address { id: 1, ..Address::in_city("Basel") }, Address { id: 2, ..Address::in_city("Bern") }]
            .into(),
        ..User::named("ann")
    };
    let wallet = || Wallet { id: 1, ..Wallet::with("ann", 1) };
    let mut session = cx.only_writer();
    session.merge(value())?;
    session.merge(wallet())?;
    session.commit()?;
    cx.clear_log();
    session.merge(value())?;
    session.merge(wallet())?;
    session.commit()?;
    cx.expect_log(&[]);
    let mut other = cx.only_writer();
    other.merge(value())?;
    other.commit()?;
    cx.expect_log(&["select user", "select address"]);
    Ok(())
}

pub fn u_126_children_are_added_updated_and_removed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let cities = ["Basel", "Bern", "Chur"].map(Address::in_city);
    let ann = session.add(User { addresses: cities.into(), ..User::named("ann") });
    session.commit()?;
    session.clear();
    cx.clear_log();
    let addresses = [
        Address { id: 1, ..Address::in_city("Basel") },
        Address { id: 3, ..Address::in_city("Zug") },
        Address::in_city("Genf"),
    ];
    let merged = session.merge(User { id: 1, addresses: addresses.into(), ..User::named("ann") })?;
    assert_eq!(session.related(merged, User::addresses)?.len(), 3);
    session.commit()?;
    cx.expect_log(&["select user", "select address", "update address (city)", "insert address", "delete address"]);
    cx.expect_rows(ADDRESSES, &["1|Basel", "3|Zug", "4|Genf"]);
    assert!(session.try_get(ann).is_err());
    Ok(())
}

pub fn u_126_children_of_a_new_value_are_merged_too(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    session.commit()?;
    let moved = Address { id: 1, ..Address::in_city("Basel") };
    let bob = session.merge(User { addresses: [moved, Address::in_city("Bern")].into(), ..User::named("bob") })?;
    session.commit()?;
    assert!(session.related(ann, User::addresses)?.is_empty());
    assert_eq!(session.related(bob, User::addresses)?.len(), 2);
    cx.expect_rows("SELECT id, user_id FROM address ORDER BY id", &["1|2", "2|2"]);
    Ok(())
}

pub fn u_126_a_field_left_alone_is_untouched_and_an_empty_one_is_not(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    session.commit()?;
    session.merge(User { id: 1, ..User::named("anna") })?;
    session.commit()?;
    cx.expect_rows(ADDRESSES, &["1|Basel"]);
    let nobody: [Address; 0] = [];
    session.merge(User { id: 1, addresses: nobody.into(), ..User::named("anna") })?;
    session.commit()?;
    cx.expect_rows(ADDRESSES, &[]);
    Ok(())
}

pub fn u_126_a_copy_of_what_was_added_with_an_empty_list_takes_nobody_away(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let nobody: [Address; 0] = [];
    let ann = session.add(User { addresses: nobody.into(), ..User::named("ann") });
    session.push(ann, User::addresses, Address::in_city("Basel"))?;
    session.commit()?;
    let copy = User { age: 30, ..session[ann].clone() };
    session.merge(copy)?;
    session.commit()?;
    cx.expect_rows(ADDRESSES, &["1|Basel"]);
    Ok(())
}

pub fn u_126_pairs_are_reconciled(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let courses = ["art", "biology"].map(Course::titled);
    session.add(Student { courses: courses.into(), ..Student::named("ann") });
    session.commit()?;
    session.clear();
    cx.clear_log();
    let courses = [Course { id: 2, ..Course::titled("biology") }, Course::titled("chess")];
    session.merge(Student { id: 1, courses: courses.into(), ..Student::named("ann") })?;
    session.commit()?;
    cx.expect_log(&[
        "select student",
        "select course",
        "delete student_course",
        "insert course",
        "insert student_course",
    ]);
    cx.expect_rows("SELECT student_id, course_id FROM student_course ORDER BY 2", &["1|2", "1|3"]);
    Ok(())
}

pub fn u_126_a_has_one_is_replaced(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    let mut session = cx.session();
    let passport = Passport { number: "A".into(), ..Passport::default() };
    session.add(Person { name: "ann".into(), passport: passport.into(), ..Person::default() });
    session.commit()?;
    session.clear();
    cx.clear_log();
    let renewed = Passport { id: 1, number: "B".into(), ..Passport::default() };
    let ann = session.merge(Person { id: 1, name: "ann".into(), passport: renewed.into() })?;
    session.commit()?;
    cx.expect_log(&["select person", "select passport", "update passport (number)"]);
    cx.expect_rows("SELECT id, number, person_id FROM passport", &["1|B|1"]);
    assert!(session.related(ann, Person::passport)?.is_some());
    Ok(())
}

pub fn u_126_children_known_by_their_parents_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Invoice])?;
    let mut session = cx.session();
    let line = |number| Line { number, ..Line::default() };
    session.add(Invoice { lines: [line(1), line(2)].into(), ..Invoice::titled("a") });
    session.commit()?;
    session.clear();
    cx.clear_log();
    session.merge(Invoice { id: 1, lines: [line(2), line(3)].into(), ..Invoice::titled("a") })?;
    session.commit()?;
    cx.expect_log(&[
        "select invoice",
        "select line x2",
        "select line x0",
        "select remark x0",
        "insert line",
        "delete line by (invoice_id, number)",
    ]);
    cx.expect_rows("SELECT invoice_id, number FROM line ORDER BY 2", &["1|2", "1|3"]);
    Ok(())
}

pub fn u_126_one_identity_is_one_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let art = || Course { id: 4, ..Course::titled("art") };
    let ann = session.merge(Student { courses: [art(), art()].into(), ..Student::named("ann") })?;
    assert_eq!(session.related(ann, Student::courses)?.len(), 1);
    session.commit()?;
    cx.expect_rows("SELECT id, title FROM course", &["4|art"]);
    cx.expect_rows("SELECT count(*) FROM student_course", &["1"]);
    Ok(())
}

pub fn u_126_levels_are_merged_at_any_depth(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let tree = |leaf: &str| {
        let leaf = Node { id: 3, ..Node::named(leaf) };
        let branch = Node { id: 2, children: [leaf].into(), ..Node::named("branch") };
        Node { id: 1, children: [branch].into(), ..Node::named("root") }
    };
    session.merge(tree("leaf"))?;
    session.commit()?;
    session.clear();
    cx.clear_log();
    session.merge(tree("twig"))?;
    session.commit()?;
    cx.expect_log(&["select node", "select node", "select node", "update node (name)"]);
    cx.expect_rows("SELECT id, name, parent_id FROM node ORDER BY id", &["1|root|NULL", "2|branch|1", "3|twig|2"]);
    Ok(())
}

pub fn u_127_another_version_is_stale(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Counter])?;
    let mut session = cx.session();
    let counter = session.add(Counter::default());
    session.commit()?;
    let value = session.expunge(counter)?;
    cx.execute("UPDATE counter SET version = 2");
    cx.clear_log();
    let stale = session.merge(Counter { hits: 3, ..value.clone() });
    expect_error(stale, ErrorKind::StaleData, &["Counter#1", "version 2", "version 1"]);
    assert!(session.dirty().is_empty());
    cx.expect_log(&["select counter"]);
    let merged = session.merge(Counter { hits: 3, version: 2, ..value })?;
    session.commit()?;
    assert_eq!((session[merged].hits, session[merged].version), (3, 3));
    session.merge(Counter { id: 1, hits: 4, ..Counter::default() })?;
    session.commit()?;
    cx.expect_rows("SELECT hits, version FROM counter", &["4|4"]);
    Ok(())
}

pub fn a_rollback_undoes_a_merge(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    session.commit()?;
    let before = session.related(ann, User::addresses)?;
    let merged = User { id: 1, addresses: [Address::in_city("Bern")].into(), ..User::named("eva") };
    session.merge(merged)?;
    session.flush()?;
    session.rollback()?;
    assert_eq!(session[ann].name, "ann");
    assert_eq!(session.related(ann, User::addresses)?, before);
    cx.expect_rows(ADDRESSES, &["1|Basel"]);
    Ok(())
}

pub fn an_error_leaves_everything_as_it_was(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let ann = session.add(User { addresses: [Address::in_city("Basel")].into(), ..User::named("ann") });
    session.commit()?;
    let stranger = cx.session().add(Address::in_city("Bern"));
    let addresses: Vec<New<Address>> = vec![Address { id: 1, ..Address::in_city("Chur") }.into(), stranger.into()];
    let refused = session.merge(User { id: 1, addresses: addresses.into(), ..User::named("eva") });
    expect_error(refused, ErrorKind::Detached, &["Address"]);
    assert_eq!(session[ann].name, "ann");
    assert!(session.dirty().is_empty() && session.new_objects().is_empty());
    Ok(())
}
