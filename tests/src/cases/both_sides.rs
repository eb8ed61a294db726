//! Both sides of a relation in memory: U-062 to U-068.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Account, Book, City, Company, Country, Course, Employee, Head, Message, Node, Passport, Person};
use crate::models::{License, Pilot, Robot, Shelf, Student};
use crate::{TestContext, expect_error};

cases! { both_sides {
    u_062_push_sets_the_key_at_once [];
    u_062_assigning_the_key_puts_the_child_into_the_collection [];
    u_062_assigning_a_key_value_is_as_good_as_a_handle [];
    u_062_a_table_that_references_itself_is_in_step_both_ways [];
    u_062_two_relations_to_one_model_are_kept_apart [];
    u_062_composite_keys_are_in_step [];
    u_062_a_parent_with_a_key_of_its_own_lists_children_set_by_that_key [];
    u_062_an_object_may_be_its_own_parent [];
    u_063_an_unloaded_collection_gets_the_change_when_it_loads [];
    u_063_an_unloaded_collection_loses_what_left [];
    u_064_a_moved_child_leaves_its_old_parent [];
    u_065_a_new_target_takes_the_old_one_s_key_away [];
    u_065_a_target_leaves_its_old_owner [];
    u_065_a_target_replaced_by_assignment_is_not_shown [];
    u_065_two_owners_exchange_their_targets [];
    u_065_a_target_that_is_not_loaded_loses_its_key_too [];
    u_065_a_replaced_target_is_deleted_as_an_orphan [];
    u_066_both_collections_of_many_to_many_are_equal [];
    u_066_net_zero_changes_vanish [];
    u_067_set_removes_the_leaving_and_adds_the_entering [];
    u_067_set_on_many_to_many_writes_the_difference [];
    u_067_set_that_is_refused_changes_nothing [];
    u_067_set_takes_the_only_member_of_a_has_one [];
    u_068_a_flushed_delete_leaves_every_loaded_collection [];
    an_expunged_member_is_gone_from_collections_also_after_a_rollback [];
    an_expunged_pending_member_is_not_listed [];
    remove_refuses_what_is_no_member [];
    an_optional_member_is_assigned [];
} }

/// Two objects of one model.
type Two<T> = [Handle<T>; 2];

/// Two companies with loaded collections, committed: acme with ann and bob, beta with nobody.
fn two_companies(cx: &mut TestContext) -> Result<(Session, Two<Company>, Two<Employee>)> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let people = ["ann", "bob"].map(|name| session.add(Employee::named(name)));
    let acme = session.add(Company { employees: people.into(), ..Company::named("acme") });
    let beta = session.add(Company::named("beta"));
    session.commit()?;
    cx.clear_log();
    Ok((session, [acme, beta], people))
}

pub fn u_062_push_sets_the_key_at_once(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    session.push(beta, Company::employees, ann)?;
    assert_eq!(session.load(ann, Employee::company)?, Some(beta));
    assert_eq!(session.related(beta, Company::employees)?, [ann]);
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    let eve = session.push(beta, Company::employees, Employee::named("eve"))?;
    assert_eq!(session.related(eve, Employee::company)?, Some(beta));
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&["update employee (company_id)", "insert employee"]);
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|2", "bob|1", "eve|2"]);
    Ok(())
}

pub fn u_062_assigning_the_key_puts_the_child_into_the_collection(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    session[ann].company = Some(beta.into());
    assert_eq!(session.related(beta, Company::employees)?, [ann]);
    assert_eq!(session.load(acme, Company::employees)?, [bob]);
    session[bob].company = None;
    assert_eq!(session.related(acme, Company::employees)?, []);
    session[bob].company = Some(acme.into());
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    session.commit()?;
    cx.expect_log(&["update employee (company_id)"]);
    Ok(())
}

pub fn u_062_assigning_a_key_value_is_as_good_as_a_handle(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    session[ann].company = Some(BelongsTo::key(session[beta].id));
    assert_eq!(session.related(beta, Company::employees)?, [ann]);
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    assert_eq!(session.load(ann, Employee::company)?, Some(beta));
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_062_a_table_that_references_itself_is_in_step_both_ways(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let [root, a, b] = ["root", "a", "b"].map(|name| session.add(Node::named(name)));
    session.push(root, Node::children, a)?;
    session[b].parent = Some(a.into());
    assert_eq!(session.related(a, Node::children)?, [b]);
    assert_eq!(session.related(b, Node::parent)?, Some(a));
    session.commit()?;
    session[b].parent = Some(root.into());
    assert_eq!(session.related(root, Node::children)?, [a, b]);
    assert_eq!(session.related(a, Node::children)?, []);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update node (parent_id)"]);
    cx.expect_rows("SELECT name, parent_id FROM node ORDER BY id", &["root|NULL", "a|1", "b|1"]);
    Ok(())
}

pub fn u_062_two_relations_to_one_model_are_kept_apart(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account])?;
    let mut session = cx.session();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Account::named(name)));
    let note = session.push(ann, Account::sent, Message { text: "hi".into(), ..Default::default() })?;
    session[note].recipient = Some(bob.into());
    session.commit()?;
    assert_eq!(session.related(ann, Account::sent)?, [note]);
    assert_eq!(session.related(ann, Account::received)?, []);
    assert_eq!(session.related(bob, Account::received)?, [note]);
    session.remove(bob, Account::received, note)?;
    assert_eq!(session.related(ann, Account::sent)?, [note]);
    session.commit()?;
    cx.expect_rows("SELECT sender_id, recipient_id FROM message", &["1|NULL"]);
    Ok(())
}

pub fn u_062_composite_keys_are_in_step(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    let shelf = |number| Shelf { room: "hall".into(), number, ..Default::default() };
    let [one, two] = [1, 2].map(|number| session.add(shelf(number)));
    let book = session.push(one, Shelf::books, Book { title: "emma".into(), ..Default::default() })?;
    session.commit()?;
    session[book].shelf = Some(BelongsTo::key(("hall".to_owned(), 2)));
    assert_eq!(session.related(one, Shelf::books)?, []);
    assert_eq!(session.related(two, Shelf::books)?, [book]);
    session.commit()?;
    cx.expect_rows("SELECT title, shelf_room, shelf_number FROM book", &["emma|hall|2"]);
    session.remove(two, Shelf::books, book)?;
    session.commit()?;
    cx.expect_rows("SELECT title, shelf_room, shelf_number FROM book", &["emma|NULL|NULL"]);
    Ok(())
}

pub fn u_062_a_parent_with_a_key_of_its_own_lists_children_set_by_that_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.session();
    let oslo =
        session.add(City { name: "Oslo".into(), country: BelongsTo::key("NO".to_owned()), ..Default::default() });
    let norway = session.add(Country { code: "NO".into(), name: "Norway".into(), ..Default::default() });
    session.commit()?;
    assert_eq!(session.load(norway, Country::cities)?, [oslo]);
    assert_eq!(session.related(norway, Country::cities)?, [oslo]);
    Ok(())
}

pub fn u_062_an_object_may_be_its_own_parent(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let loner = session.add(Node::named("loner"));
    session.push(loner, Node::children, loner)?;
    assert_eq!(session.related(loner, Node::children)?, [loner]);
    session.commit()?;
    cx.expect_rows("SELECT id, parent_id FROM node", &["1|1"]);
    session.delete(loner)?;
    session.commit()?;
    cx.expect_rows("SELECT id FROM node", &[]);
    Ok(())
}

pub fn u_063_an_unloaded_collection_gets_the_change_when_it_loads(cx: &mut TestContext) -> Result<()> {
    two_companies(cx)?;
    let mut session = cx.session();
    let acme = session.get::<Company>(1)?.unwrap();
    cx.clear_log();
    let eve = session.add(Employee { company: Some(acme.into()), ..Employee::named("eve") });
    cx.expect_log(&[]);
    expect_error(session.related(acme, Company::employees), ErrorKind::NotLoaded, &["Company#1", "load"]);
    let members = session.no_autoflush(|session| session.load(acme, Company::employees))?;
    cx.expect_log(&["select employee"]);
    assert_eq!(members.len(), 3);
    assert!(members.contains(&eve));
    session.commit()?;
    cx.expect_log(&["insert employee"]);
    assert_eq!(session.related(acme, Company::employees)?, members);
    Ok(())
}

pub fn u_063_an_unloaded_collection_loses_what_left(cx: &mut TestContext) -> Result<()> {
    two_companies(cx)?;
    let mut session = cx.session();
    let acme = session.get::<Company>(1)?.unwrap();
    let ann = session.get::<Employee>(1)?.unwrap();
    cx.clear_log();
    session.remove(acme, Company::employees, ann)?;
    cx.expect_log(&[]);
    let members = session.no_autoflush(|session| session.load(acme, Company::employees))?;
    assert_eq!(members.len(), 1);
    assert!(!members.contains(&ann));
    Ok(())
}

pub fn u_064_a_moved_child_leaves_its_old_parent(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    session.push(beta, Company::employees, ann)?;
    session.push(acme, Company::employees, ann)?;
    session.push(beta, Company::employees, ann)?;
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    assert_eq!(session.related(beta, Company::employees)?, [ann]);
    session.commit()?;
    cx.expect_log(&["update employee (company_id)"]);
    Ok(())
}

/// Ann with passport one and bob with passport two, committed.
fn two_people(cx: &mut TestContext) -> Result<(Session, Two<Person>, Two<Passport>)> {
    cx.create(models![Person])?;
    let mut session = cx.only_writer();
    let passports = ["one", "two"].map(|number| session.add(Passport::numbered(number)));
    let [one, two] = passports;
    let ann = session.add(Person { passport: one.into(), ..Person::named("ann") });
    let bob = session.add(Person { passport: two.into(), ..Person::named("bob") });
    session.commit()?;
    cx.clear_log();
    Ok((session, [ann, bob], passports))
}

const PASSPORTS: &str = "SELECT number, person_id FROM passport ORDER BY id";

pub fn u_065_a_new_target_takes_the_old_one_s_key_away(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, _], [one, _]) = two_people(cx)?;
    let three = session.push(ann, Person::passport, Passport::numbered("three"))?;
    assert_eq!(session.related(ann, Person::passport)?, Some(three));
    assert_eq!(session.related(one, Passport::person)?, None);
    session.commit()?;
    cx.expect_log(&["update passport (person_id)", "insert passport"]);
    cx.expect_rows(PASSPORTS, &["one|NULL", "two|2", "three|1"]);
    Ok(())
}

pub fn u_065_a_target_leaves_its_old_owner(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], [one, two]) = two_people(cx)?;
    session[two].person = Some(ann.into());
    assert_eq!(session.load(ann, Person::passport)?, Some(two));
    assert_eq!(session.load(bob, Person::passport)?, None);
    assert_eq!(session.load(one, Passport::person)?, None);
    session.commit()?;
    cx.expect_log(&["update passport (person_id) x2"]);
    cx.expect_rows(PASSPORTS, &["one|NULL", "two|1"]);
    Ok(())
}

pub fn u_065_two_owners_exchange_their_targets(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], [one, two]) = two_people(cx)?;
    session[one].person = Some(bob.into());
    session[two].person = Some(ann.into());
    assert_eq!(session.load(ann, Person::passport)?, Some(two));
    assert_eq!(session.load(bob, Person::passport)?, Some(one));
    session.commit()?;
    cx.expect_log(&["update passport (person_id) x2"]);
    cx.expect_rows(PASSPORTS, &["one|2", "two|1"]);
    Ok(())
}

pub fn u_065_a_target_that_is_not_loaded_loses_its_key_too(cx: &mut TestContext) -> Result<()> {
    two_people(cx)?;
    let mut session = cx.session();
    let ann = session.get::<Person>(1)?.unwrap();
    cx.clear_log();
    let three = session.add(Passport { person: Some(ann.into()), ..Passport::numbered("three") });
    cx.expect_log(&[]);
    assert_eq!(session.load(ann, Person::passport)?, Some(three));
    session.commit()?;
    cx.expect_rows(PASSPORTS, &["one|NULL", "two|2", "three|1"]);
    assert_eq!(session.load(ann, Person::passport)?, Some(three));
    Ok(())
}

pub fn u_065_a_replaced_target_is_deleted_as_an_orphan(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Robot])?;
    let head = |shape: &str| Head { shape: shape.into(), ..Default::default() };
    let mut session = cx.only_writer();
    let robot = session.add(Robot { head: head("round").into(), ..Default::default() });
    session.commit()?;
    cx.clear_log();
    session.set(robot, Robot::head, [head("square")])?;
    session.commit()?;
    cx.expect_log(&["insert head", "delete head"]);
    cx.expect_rows("SELECT shape, robot_id FROM head", &["square|1"]);

    let mut session = cx.only_writer();
    let robot = session.get::<Robot>(1)?.unwrap();
    session.add(Head { robot: robot.into(), ..head("flat") });
    session.commit()?;
    cx.expect_rows("SELECT shape, robot_id FROM head", &["flat|1"]);
    Ok(())
}

pub fn u_066_both_collections_of_many_to_many_are_equal(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Student::named(name)));
    let art = session.push(ann, Student::courses, Course::titled("art"))?;
    session.push(art, Course::students, bob)?;
    assert_eq!(session.related(art, Course::students)?, [ann, bob]);
    assert_eq!(session.related(bob, Student::courses)?, [art]);
    session.commit()?;
    cx.expect_log(&["insert course", "insert student x2", "insert student_course x2"]);
    session.remove(art, Course::students, ann)?;
    assert_eq!(session.related(ann, Student::courses)?, []);
    assert_eq!(session.related(art, Course::students)?, [bob]);
    session.commit()?;
    cx.expect_log(&["delete student_course"]);
    cx.expect_rows("SELECT student_id, course_id FROM student_course", &["2|1"]);
    Ok(())
}

pub fn u_066_net_zero_changes_vanish(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let ann = session.add(Student::named("ann"));
    let art = session.push(ann, Student::courses, Course::titled("art"))?;
    let law = session.add(Course::titled("law"));
    session.commit()?;
    cx.clear_log();
    session.remove(ann, Student::courses, art)?;
    session.push(art, Course::students, ann)?;
    session.push(ann, Student::courses, law)?;
    session.remove(law, Course::students, ann)?;
    session.commit()?;
    cx.expect_full_log(&[]);
    assert_eq!(session.related(ann, Student::courses)?, [art]);
    Ok(())
}

pub fn u_067_set_removes_the_leaving_and_adds_the_entering(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    let eve = session.push(beta, Company::employees, Employee::named("eve"))?;
    session.commit()?;
    cx.clear_log();
    session.set(acme, Company::employees, [bob, eve])?;
    assert_eq!(session.related(acme, Company::employees)?, [bob, eve]);
    assert_eq!(session.related(beta, Company::employees)?, []);
    session.commit()?;
    cx.expect_log(&["update employee (company_id) x2"]);
    cx.expect_rows("SELECT name, company_id FROM employee ORDER BY id", &["ann|NULL", "bob|1", "eve|1"]);
    session.set(acme, Company::employees, [] as [Handle<Employee>; 0])?;
    session.set(acme, Company::employees, [bob, eve])?;
    session.commit()?;
    cx.expect_log(&[]);
    assert_eq!(session.related(ann, Employee::company)?, None);
    Ok(())
}

pub fn u_067_set_on_many_to_many_writes_the_difference(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.only_writer();
    let ann = session.add(Student::named("ann"));
    let [art, law, gym] = ["art", "law", "gym"].map(|title| session.add(Course::titled(title)));
    session.set(ann, Student::courses, [art, law])?;
    session.commit()?;
    cx.clear_log();
    session.set(ann, Student::courses, [law, gym, gym])?;
    session.commit()?;
    cx.expect_log(&["delete student_course", "insert student_course"]);
    cx.expect_rows("SELECT course_id FROM student_course ORDER BY 1", &["2", "3"]);
    assert_eq!(session.related(art, Course::students)?, []);
    Ok(())
}

pub fn u_067_set_that_is_refused_changes_nothing(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, _], [ann, bob]) = two_companies(cx)?;
    let gone = session.add(Employee::named("gone"));
    session.expunge(gone)?;
    expect_error(session.set(acme, Company::employees, [bob, gone]), ErrorKind::Detached, &["Employee"]);
    let new = New::from(Employee::named("new"));
    expect_error(session.set(acme, Company::employees, [new, gone.into()]), ErrorKind::Detached, &["Employee"]);
    assert_eq!(session.related(acme, Company::employees)?, [ann, bob]);
    assert!(session.new_objects().is_empty());
    session.commit()?;
    cx.expect_log(&[]);
    Ok(())
}

pub fn u_067_set_takes_the_only_member_of_a_has_one(cx: &mut TestContext) -> Result<()> {
    let (mut session, [ann, bob], [one, two]) = two_people(cx)?;
    session.set(ann, Person::passport, [two])?;
    assert_eq!(session.related(ann, Person::passport)?, Some(two));
    assert_eq!(session.related(bob, Person::passport)?, None);
    session.set(ann, Person::passport, [] as [Handle<Passport>; 0])?;
    assert_eq!(session.related(ann, Person::passport)?, None);
    session.set(ann, Person::passport, [one])?;
    session.commit()?;
    cx.expect_log(&["update passport (person_id)"]);
    cx.expect_rows(PASSPORTS, &["one|1", "two|NULL"]);
    Ok(())
}

pub fn u_068_a_flushed_delete_leaves_every_loaded_collection(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account, Student])?;
    let mut session = cx.only_writer();
    let [ann, bob] = ["ann", "bob"].map(|name| session.add(Account::named(name)));
    let note = session.push(ann, Account::sent, Message { recipient: Some(bob.into()), ..Default::default() })?;
    let art = session.add(Course::titled("art"));
    let student = session.push(art, Course::students, Student::named("cid"))?;
    session.commit()?;
    cx.clear_log();
    session.delete(note)?;
    session.delete(student)?;
    assert_eq!(session.related(ann, Account::sent)?, [note]);
    session.flush()?;
    cx.expect_log(&["delete student_course", "delete student", "delete message"]);
    assert_eq!(session.related(ann, Account::sent)?, []);
    assert_eq!(session.related(bob, Account::received)?, []);
    assert_eq!(session.related(art, Course::students)?, []);
    session.rollback()?;
    assert_eq!(session.related(ann, Account::sent)?, [note]);
    assert_eq!(session.related(bob, Account::received)?, [note]);
    assert_eq!(session.related(art, Course::students)?, [student]);
    Ok(())
}

pub fn an_expunged_member_is_gone_from_collections_also_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    session.expunge(ann)?;
    session.push(beta, Company::employees, Employee::named("eve"))?;
    session.flush()?;
    session.rollback()?;
    session.add(Employee::named("new"));
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    assert_eq!(session.related(beta, Company::employees)?, []);
    Ok(())
}

pub fn remove_refuses_what_is_no_member(cx: &mut TestContext) -> Result<()> {
    let (mut session, [acme, beta], [ann, bob]) = two_companies(cx)?;
    let words = ["Employee#1", "employees", "Company#2"];
    expect_error(session.remove(beta, Company::employees, ann), ErrorKind::InvalidState, &words);
    session.delete(bob)?;
    session.flush()?;
    expect_error(session.remove(acme, Company::employees, bob), ErrorKind::InvalidState, &["Employee#2"]);
    expect_error(session.push(acme, Company::employees, bob), ErrorKind::InvalidState, &["Employee#2", "Deleted"]);
    Ok(())
}

pub fn u_065_a_target_replaced_by_assignment_is_not_shown(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let ann = session.add(Person::named("ann"));
    let [old, new] = ["1", "2"].map(|number| session.add(Passport::numbered(number)));
    session[old].person = ann.into();
    session[new].person = ann.into();
    assert_eq!(session.related(ann, Person::passport)?, Some(new));
    Ok(())
}

pub fn an_expunged_pending_member_is_not_listed(cx: &mut TestContext) -> Result<()> {
    let mut session = cx.session();
    let shelf = session.add(Shelf { room: "hall".into(), number: 1, ..Shelf::default() });
    let book = session.add(Book { title: "book".into(), ..Book::default() });
    session[book].shelf = shelf.into();
    session.expunge(book)?;
    assert_eq!(session.related(shelf, Shelf::books)?, []);
    Ok(())
}

/// `HasOne` takes an `Option`.
pub fn an_optional_member_is_assigned(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pilot])?;
    let mut session = cx.session();
    let license = |class: Option<&str>| class.map(|class| License { class: class.into(), ..License::default() });
    let with = session.add(Pilot { license: license(Some("A")).into(), ..Pilot::default() });
    let without = session.add(Pilot { license: license(None).into(), ..Pilot::default() });
    let free = session.add(License { class: "B".into(), ..License::default() });
    let by_handle = session.add(Pilot { license: Some(free).into(), ..Pilot::default() });
    session.flush()?;
    let class = |session: &mut Session, pilot| -> Result<Option<String>> {
        Ok(session.load(pilot, Pilot::license)?.map(|license| session[license].class.clone()))
    };
    assert_eq!(class(&mut session, with)?.as_deref(), Some("A"));
    assert_eq!(class(&mut session, without)?, None);
    assert_eq!(class(&mut session, by_handle)?.as_deref(), Some("B"));
    session.commit()
}
