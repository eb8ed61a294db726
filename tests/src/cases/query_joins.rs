//! Joins along every kind of relation.

use orm::functions::{coalesce, count, lower, max};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{
    Account, Address, Book, Company, Course, Employee, Enrollment, Message, Node, Passport, Person, Player, Pupil,
    Shelf, Student, Subject, Team, User,
};
use crate::{TestContext, expect_error};

cases! { query_joins {
    a_required_key_is_joined [];
    an_optional_key_is_joined [];
    many_members_are_joined [];
    one_member_is_joined [];
    pairs_are_joined [];
    pairs_are_joined_through_a_model [];
    a_through_model_may_be_joined_as_well [];
    a_composite_key_is_joined [];
    a_left_join_keeps_rows_without_a_member [];
    left_joined_aggregates [];
    joins_follow_each_other [];
    a_left_join_goes_on [];
    a_filter_reads_what_is_joined [];
    columns_of_two_models_are_compared [];
    an_object_query_reads_only_its_own_model [];
    a_model_joins_once [];
    mutual_tables_are_joined [];
} }

fn text(value: &str) -> String {
    value.to_owned()
}

fn maybe(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// alice in Rome and Paris, bob nowhere.
fn users(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let addresses = ["Rome", "Paris"].map(Address::in_city);
    session.add(User { addresses: addresses.into(), age: 30, ..User::named("alice") });
    session.add(User::named("bob"));
    session.commit()?;
    Ok(session)
}

pub fn a_required_key_is_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let query = Address::query().join(Address::user).order_by(Address::id);
    let rows: Vec<(String, String, i64)> = query.select((Address::city, User::name, Address::user_id)).all(session)?;
    let id = rows[0].2;
    assert_eq!(rows, [(text("Rome"), text("alice"), id), (text("Paris"), text("alice"), id)]);
    Ok(())
}

pub fn an_optional_key_is_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Employee])?;
    let mut session = cx.session();
    let acme = session.add(Company::named("acme"));
    session.add_all([Employee { company: Some(acme.into()), ..Employee::named("eve") }, Employee::named("free")]);
    let inner = Employee::query().join(Employee::company).select((Employee::name, Company::name)).all(&mut session)?;
    assert_eq!(inner, [(text("eve"), text("acme"))]);
    let left = Employee::query().left_join(Employee::company).order_by(Employee::id);
    let left: Vec<(String, Option<String>, Option<i64>)> =
        left.select((Employee::name, Company::name, Employee::company_id)).all(&mut session)?;
    assert_eq!(left, [(text("eve"), maybe("acme"), left[0].2), (text("free"), None, None)]);
    Ok(())
}

pub fn many_members_are_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let rows: Vec<(String, String)> =
        User::query().join(User::addresses).order_by(Address::city).select((User::name, Address::city)).all(session)?;
    assert_eq!(rows, [(text("alice"), text("Paris")), (text("alice"), text("Rome"))]);
    Ok(())
}

pub fn one_member_is_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    let mut session = cx.session();
    session.add(Person { passport: Passport::numbered("P1").into(), ..Person::named("ann") });
    session.add(Person::named("bea"));
    let inner = Person::query().join(Person::passport).select((Person::name, Passport::number)).all(&mut session)?;
    assert_eq!(inner, [(text("ann"), text("P1"))]);
    let left: Vec<(String, Option<String>)> = Person::query()
        .left_join(Person::passport)
        .order_by(Person::name)
        .select((Person::name, Passport::number))
        .all(&mut session)?;
    assert_eq!(left, [(text("ann"), maybe("P1")), (text("bea"), None)]);
    let back: Vec<(String, String)> =
        Passport::query().join(Passport::person).select((Passport::number, Person::name)).all(&mut session)?;
    assert_eq!(back, [(text("P1"), text("ann"))]);
    Ok(())
}

pub fn pairs_are_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let maths = session.add(Course::titled("maths"));
    session.add(Course::titled("art"));
    session.add_all(["ann", "bea"].map(|name| Student { courses: [maths].into(), ..Student::named(name) }));
    session.add(Student::named("cora"));
    let rows: Vec<(String, String)> = Student::query()
        .join(Student::courses)
        .order_by(Student::name)
        .select((Student::name, Course::title))
        .all(&mut session)?;
    assert_eq!(rows, [(text("ann"), text("maths")), (text("bea"), text("maths"))]);
    let left: Vec<(Option<String>, String)> = Course::query()
        .left_join(Course::students)
        .order_by((Course::title, Student::name))
        .select((Student::name, Course::title))
        .all(&mut session)?;
    assert_eq!(left, [(None, text("art")), (maybe("ann"), text("maths")), (maybe("bea"), text("maths"))]);
    let lonely = Student::query().left_join(Student::courses).filter(Course::id.is_null()).one(&mut session)?;
    assert_eq!(session[lonely].name, "cora");
    Ok(())
}

fn school(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let art = session.add(Subject { title: "art".into(), ..Subject::default() });
    let pupil = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    session.add(Enrollment { pupil: pupil.into(), subject: art.into(), grade: Some(2) });
    session.commit()?;
    Ok(session)
}

pub fn pairs_are_joined_through_a_model(cx: &mut TestContext) -> Result<()> {
    let session = &mut school(cx)?;
    let rows = Pupil::query().join(Pupil::subjects).select((Pupil::name, Subject::title)).all(session)?;
    assert_eq!(rows, [(text("ann"), text("art"))]);
    let rows = Subject::query().join(Subject::pupils).select((Pupil::name, Subject::title)).all(session)?;
    assert_eq!(rows, [(text("ann"), text("art"))]);
    let query = Enrollment::query().join(Enrollment::pupil).join(Enrollment::subject);
    let rows = query.select((Pupil::name, Subject::title, Enrollment::grade)).all(session)?;
    assert_eq!(rows, [(text("ann"), text("art"), Some(2))]);
    Ok(())
}

pub fn a_through_model_may_be_joined_as_well(cx: &mut TestContext) -> Result<()> {
    let session = &mut school(cx)?;
    let query = Pupil::query().join(Pupil::subjects).join(Pupil::enrollments).filter(Enrollment::grade.eq(2));
    assert_eq!(query.select((Subject::title, Enrollment::grade)).all(session)?, [(text("art"), Some(2))]);
    Ok(())
}

pub fn a_composite_key_is_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    let shelf = |room: &str, number| Shelf { room: room.into(), number, ..Shelf::default() };
    let [first, _] = session.add_all([shelf("a", 1), shelf("a", 2)])[..] else { panic!("two shelves") };
    session.add_all([
        Book { title: "Emma".into(), shelf: Some(first.into()), ..Book::default() },
        Book { title: "lost".into(), ..Book::default() },
    ]);
    let rows: Vec<(String, String, i32)> =
        Book::query().join(Book::shelf).select((Book::title, Shelf::room, Shelf::number)).all(&mut session)?;
    assert_eq!(rows, [(text("Emma"), text("a"), 1)]);
    let rows: Vec<(i32, Option<String>)> = Shelf::query()
        .left_join(Shelf::books)
        .order_by(Shelf::number)
        .select((Shelf::number, Book::title))
        .all(&mut session)?;
    assert_eq!(rows, [(1, maybe("Emma")), (2, None)]);
    Ok(())
}

pub fn a_left_join_keeps_rows_without_a_member(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let joined = || User::query().left_join(User::addresses).order_by((User::name, Address::city));
    let rows: Vec<(String, Option<String>, Option<String>)> =
        joined().select((User::name, Address::city, Address::street)).all(session)?;
    let alice = |city| (text("alice"), maybe(city), None);
    assert_eq!(rows, [alice("Paris"), alice("Rome"), (text("bob"), None, None)]);
    assert_eq!(joined().count(session)?, 3);
    let homeless = joined().filter(Address::id.is_null()).one(session)?;
    assert_eq!(session[homeless].name, "bob");
    let cities: Vec<String> = joined().select(coalesce(Address::city, "-")).all(session)?;
    assert_eq!(cities, ["Paris", "Rome", "-"]);
    let unknown: Vec<Option<bool>> = joined().select(Address::city.eq("Rome")).all(session)?;
    assert_eq!(unknown, [Some(false), Some(true), None]);
    let tested: Vec<bool> = joined().select(Address::city.is_null()).all(session)?;
    assert_eq!(tested, [false, false, true]);
    Ok(())
}

pub fn left_joined_aggregates(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let rows: Vec<(String, i64, Option<String>)> = User::query()
        .left_join(User::addresses)
        .group_by(User::name)
        .order_by(User::name)
        .select((User::name, count(Address::id), max(Address::city)))
        .all(session)?;
    assert_eq!(rows, [(text("alice"), 2, maybe("Rome")), (text("bob"), 0, None)]);
    Ok(())
}

pub fn joins_follow_each_other(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account])?;
    let mut session = cx.session();
    let ann = session.add(Account::named("ann"));
    session.add(Message { text: "hi".into(), sender: ann.into(), ..Message::default() });
    let query = Message::query().join(Message::sender).filter(Account::name.eq("ann"));
    assert_eq!(query.count(&mut session)?, 1);
    let query = Account::query().left_join(Account::received).select((Account::name, Message::text));
    assert_eq!(query.all(&mut session)?, [(text("ann"), None)]);
    drop(session);
    let session = &mut school(cx)?;
    let query = Pupil::query().join(Pupil::enrollments).join(Enrollment::subject).filter(Subject::title.eq("art"));
    assert_eq!(query.select(Enrollment::grade).all(session)?, [Some(2)]);
    Ok(())
}

pub fn a_left_join_goes_on(cx: &mut TestContext) -> Result<()> {
    let session = &mut school(cx)?;
    session.add(Pupil { name: "bea".into(), ..Pupil::default() });
    let rows: Vec<(String, Option<String>)> = Pupil::query()
        .left_join(Pupil::enrollments)
        .left_join(Enrollment::subject)
        .order_by(Pupil::name)
        .select((Pupil::name, Subject::title))
        .all(session)?;
    assert_eq!(rows, [(text("ann"), maybe("art")), (text("bea"), None)]);
    Ok(())
}

pub fn a_filter_reads_what_is_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let query = User::query().join(User::addresses).filter(Address::city.eq("Rome").and(User::age.ge(30)));
    let alice = query.one(session)?;
    assert_eq!(session[alice].name, "alice");
    let mut query = Address::query().join(Address::user).filter(User::name.eq("bob").or(Address::city.eq("Rome")));
    query = query.order_by(User::name);
    assert_eq!(query.count(session)?, 1);
    Ok(())
}

pub fn columns_of_two_models_are_compared(cx: &mut TestContext) -> Result<()> {
    let session = &mut users(cx)?;
    let query = User::query().join(User::addresses);
    assert_eq!(query.clone().filter(User::name.lt(Address::city)).count(session)?, 0);
    assert_eq!(query.clone().filter(lower(Address::city).gt(User::name)).count(session)?, 2);
    assert_eq!(query.filter(User::email.eq(Address::street)).count(session)?, 0);
    Ok(())
}

pub fn an_object_query_reads_only_its_own_model(cx: &mut TestContext) -> Result<()> {
    users(cx)?;
    let mut session = cx.session();
    let found = Address::query().join(Address::user).order_by(Address::id).values(&mut session)?;
    assert_eq!(found.iter().map(|address| address.city.as_str()).collect::<Vec<_>>(), ["Rome", "Paris"]);
    let handles = Address::query().join(Address::user).all(&mut session)?;
    assert_eq!(session[handles[0]].user.as_key(), found[0].user.as_key());
    Ok(())
}

pub fn a_model_joins_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Account, Node])?;
    let mut session = cx.session();
    let twice = Message::query().join(Message::sender).join(Message::recipient);
    let words = ["Message::recipient", "account", "once", "alias!"];
    expect_error(twice.clone().all(&mut session), ErrorKind::InvalidState, &words);
    expect_error(twice.clone().count(&mut session), ErrorKind::InvalidState, &words);
    expect_error(twice.exists(&mut session), ErrorKind::InvalidState, &words);
    let itself = Node::query().join(Node::parent);
    expect_error(itself.values(&mut session), ErrorKind::InvalidState, &["Node::parent"]);
    Ok(())
}

pub fn mutual_tables_are_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let team = session.add(Team { name: "reds".into(), ..Team::default() });
    let player = session.add(Player { name: "ann".into(), team: Some(team.into()), ..Player::default() });
    session.flush()?;
    session[team].captain = Some(player.into());
    let captains = Team::query().join(Team::captain).select((Team::name, Player::name)).all(&mut session)?;
    assert_eq!(captains, [(text("reds"), text("ann"))]);
    let players = Team::query().join(Team::players).select(Player::name).all(&mut session)?;
    assert_eq!(players, ["ann"]);
    Ok(())
}
