//! Loading relations: U-132, U-133, U-135 to U-137, and lazy loads for a whole result.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{
    Address, Book, Company, Course, Employee, Mixtape, Node, Passport, Person, Record, Shelf, Singer, Student,
};
use crate::models::{Track, User};
use crate::{TestContext, expect_error, logged};

cases! { loading {
    u_132_a_target_in_memory_needs_no_sql [];
    u_132_a_target_that_is_gone_is_not_found [];
    u_133_an_include_keeps_loaded_and_changed_collections [];
    u_133_populate_existing_loads_them_anew [];
    u_135_an_include_is_one_statement_a_level [];
    u_135_nothing_to_load_is_no_statement [];
    u_135_composite_keys_are_loaded_in_one_statement [];
    u_135_many_keys_are_one_statement [];
    u_136_a_cyclic_include_ends [];
    u_137_several_rows_of_a_has_one_give_the_first [];
    a_lazy_load_serves_the_whole_result [];
    a_lazy_load_of_the_next_level_serves_it_too [];
    a_lazy_load_of_parents_serves_the_whole_result [];
    a_lazy_load_of_pairs_serves_the_whole_result [];
    a_lazy_load_leaves_what_is_loaded_alone [];
    an_order_of_members_is_kept [];
    a_collection_is_loaded_with_what_autoflush_wrote [];
    an_included_empty_collection_is_loaded [];
} }

/// Three companies with two employees each, committed, in a session that has loaded nothing.
fn companies(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    for name in ["acme", "beta", "corp"] {
        session.add(Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named(name) });
    }
    session.add(Employee::named("free"));
    session.commit()?;
    cx.clear_log();
    Ok(cx.only_writer())
}

pub fn u_132_a_target_in_memory_needs_no_sql(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let acme = session.get::<Company>(1)?.unwrap();
    let ann = session.get::<Employee>(1)?.unwrap();
    let free = session.get::<Employee>(7)?.unwrap();
    cx.clear_log();
    assert_eq!(session.load(ann, Employee::company)?, Some(acme));
    assert_eq!(session.load(free, Employee::company)?, None);
    cx.expect_log(&[]);
    let other = session.get::<Employee>(3)?.unwrap();
    cx.clear_log();
    expect_error(session.related(other, Employee::company), ErrorKind::NotLoaded, &["Employee#3", "company", "load"]);
    session.load(other, Employee::company)?;
    session.load(other, Employee::company)?;
    cx.expect_log(&["select company"]);
    Ok(())
}

pub fn u_132_a_target_that_is_gone_is_not_found(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let ann = session.get::<Employee>(1)?.unwrap();
    session[ann].company = Some(BelongsTo::key(99));
    let outcome = session.no_autoflush(|session| session.load(ann, Employee::company));
    expect_error(outcome, ErrorKind::NotFound, &["Employee#1", "company", "Company"]);
    Ok(())
}

pub fn u_133_an_include_keeps_loaded_and_changed_collections(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    session.set_autoflush(false);
    let acme = session.get::<Company>(1)?.unwrap();
    let members = session.load(acme, Company::employees)?;
    let eve = session.push(acme, Company::employees, Employee::named("eve"))?;
    session.remove(acme, Company::employees, members[0])?;
    cx.clear_log();
    let all = Company::query().include(Company::employees).order_by(Company::id).all(&mut session)?;
    cx.expect_log(&["select company x3", "select employee x4"]);
    assert_eq!(session.related(acme, Company::employees)?, [members[1], eve]);
    assert_eq!(session.related(all[2], Company::employees)?.len(), 2);
    Ok(())
}

pub fn u_133_populate_existing_loads_them_anew(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let acme = session.get::<Company>(1)?.unwrap();
    let beta = session.get::<Company>(2)?.unwrap();
    let [ann, bob] = session.load(acme, Company::employees)?[..] else { panic!("two employees") };
    session.load(beta, Company::employees)?;
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = 2, name = 'anna' WHERE id = 1");
    Company::query().populate_existing().include(Company::employees).all(&mut session)?;
    assert_eq!(session.related(acme, Company::employees)?, [bob]);
    assert!(session.related(beta, Company::employees)?.contains(&ann));
    assert_eq!(session[ann].name, "anna");
    session.commit()?;
    cx.expect_rows("SELECT company_id FROM employee WHERE id = 1", &["2"]);
    Ok(())
}

/// Two singers with two records of two tracks each, committed, in a session that has loaded nothing.
fn singers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Singer])?;
    let mut session = cx.only_writer();
    let record = || Record { tracks: [Track::default(), Track::default()].into(), ..Default::default() };
    for name in ["nina", "kate"] {
        session.add(Singer { name: name.into(), records: [record(), record()].into(), ..Default::default() });
    }
    session.commit()?;
    cx.clear_log();
    Ok(cx.only_writer())
}

pub fn u_135_an_include_is_one_statement_a_level(cx: &mut TestContext) -> Result<()> {
    let mut session = singers(cx)?;
    let path = Singer::records.then(Record::tracks).then(Track::mixtapes);
    let singers = Singer::query().include(path).order_by(Singer::id).all(&mut session)?;
    cx.expect_log(&["select singer x2", "select record x4", "select track x8", "select mixtape x0"]);
    for singer in singers {
        for record in session.related(singer, Singer::records)? {
            for track in session.related(record, Record::tracks)? {
                assert_eq!(session.related(track, Track::mixtapes)?, []);
            }
        }
    }
    let tracks = Track::query().include(Track::record.then(Record::singer)).all(&mut session)?;
    cx.expect_log(&["select track x8"]);
    let record = &session[&session[tracks[0]].record];
    assert_eq!(session[&record.singer].name, "nina");
    Ok(())
}

pub fn u_135_nothing_to_load_is_no_statement(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    Company::query().filter(Company::id.eq(99)).include(Company::employees).all(&mut session)?;
    cx.expect_log(&["select company"]);
    Employee::query().filter(Employee::name.eq("free")).include(Employee::company).all(&mut session)?;
    cx.expect_log(&["select employee"]);
    Ok(())
}

pub fn u_135_composite_keys_are_loaded_in_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    for number in [1, 2, 3] {
        let book = |title: &str| Book { title: format!("{title} {number}"), ..Default::default() };
        let books = [book("emma"), book("ivanhoe")];
        session.add(Shelf { room: "hall".into(), number, books: books.into(), ..Default::default() });
    }
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let shelves = Shelf::query().include(Shelf::books).order_by(Shelf::number).all(&mut session)?;
    cx.expect_log(&["select shelf x3", "select book x6"]);
    let titles: Vec<String> =
        session.related(shelves[1], Shelf::books)?.into_iter().map(|book| session[book].title.clone()).collect();
    assert_eq!(titles, ["emma 2", "ivanhoe 2"]);
    session.close()?;
    let books = Book::query().all(&mut session)?;
    cx.clear_log();
    session.load(books[0], Book::shelf)?;
    cx.expect_log(&["select shelf x3"]);
    Ok(())
}

pub fn u_135_many_keys_are_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    session.add_all((0..35_000).map(|number| Company::named(&number.to_string())));
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let companies = Company::query().include(Company::employees).all(&mut session)?;
    assert_eq!(companies.len(), 35_000);
    // Keys are one parameter, or as many as a statement takes.
    let parts = if cx.lists_values() { 2 } else { 1 };
    let mut expected = vec!["select company x35000"];
    expected.extend(vec!["select employee x0"; parts]);
    cx.expect_log(&expected);
    Ok(())
}

pub fn u_136_a_cyclic_include_ends(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = companies(cx)?;
    let path = Company::employees.then(Employee::company).then(Company::employees);
    Company::query().include(path).all(&mut session)?;
    cx.expect_log(&["select company x3", "select employee x6"]);

    session.add(Node { children: [Node::named("a"), Node::named("b")].into(), ..Node::named("root") });
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let path = Node::children.then(Node::parent).then(Node::children);
    let root = Node::query().filter(Node::name.eq("root")).include(path).one(&mut session)?;
    cx.expect_log(&["select node x1", "select node x2"]);
    assert_eq!(session.related(root, Node::children)?.len(), 2);
    Ok(())
}

pub fn u_137_several_rows_of_a_has_one_give_the_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    cx.execute(
        "INSERT INTO person (id, name) VALUES (1, 'ann'), (2, 'bob');
         INSERT INTO passport (id, number, person_id) VALUES (3, 'late', 1), (2, 'early', 1), (4, 'his', 2)",
    );
    let mut session = cx.session();
    let people = Person::query().order_by(Person::id).all(&mut session)?;
    cx.clear_log();
    let mut first = None;
    let told = logged(|| session.load(people[0], Person::passport).map(|found| first = found))?;
    assert!(told.contains("WARN") && told.contains("several rows"), "{told}");
    cx.expect_log(&["select passport x3"]);
    let first = first.unwrap();
    assert_eq!(session[first].number, "early");
    session.commit()?;
    cx.expect_rows("SELECT person_id FROM passport ORDER BY id", &["1", "1", "2"]);
    let late = session.get::<Passport>(3)?.unwrap();
    assert_eq!(session.load(late, Passport::person)?, Some(people[0]));
    Ok(())
}

pub fn a_lazy_load_serves_the_whole_result(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let all = Company::query().order_by(Company::id).all(&mut session)?;
    cx.clear_log();
    let mut count = 0;
    for &company in &all {
        count += session.load(company, Company::employees)?.len();
    }
    assert_eq!(count, 6);
    cx.expect_log(&["select employee x6"]);
    session.close()?;
    let one = Company::query().filter(Company::id.eq(2)).one(&mut session)?;
    cx.clear_log();
    session.load(one, Company::employees)?;
    cx.expect_log(&["select employee x2"]);
    Ok(())
}

pub fn a_lazy_load_of_the_next_level_serves_it_too(cx: &mut TestContext) -> Result<()> {
    let mut session = singers(cx)?;
    let mut tracks = 0;
    for singer in Singer::query().all(&mut session)? {
        for record in session.load(singer, Singer::records)? {
            tracks += session.load(record, Record::tracks)?.len();
        }
    }
    assert_eq!(tracks, 8);
    cx.expect_log(&["select singer", "select record", "select track"]);
    Ok(())
}

pub fn a_lazy_load_of_parents_serves_the_whole_result(cx: &mut TestContext) -> Result<()> {
    let mut session = singers(cx)?;
    for track in Track::query().all(&mut session)? {
        let record = session.load(track, Track::record)?;
        session.load(record, Record::singer)?;
    }
    cx.expect_log(&["select track x8", "select record x4", "select singer x2"]);
    Ok(())
}

pub fn a_lazy_load_of_pairs_serves_the_whole_result(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let courses = ["art", "law", "gym"].map(|title| session.add(Course::titled(title)));
    for name in ["ann", "bob"] {
        session.add(Student { courses: courses.into(), ..Student::named(name) });
    }
    session.add(Student::named("cid"));
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let students = Student::query().order_by(Student::id).all(&mut session)?;
    let sizes: Vec<usize> =
        students.iter().map(|&student| Ok(session.load(student, Student::courses)?.len())).collect::<Result<_>>()?;
    assert_eq!(sizes, [3, 3, 0]);
    cx.expect_log(&["select student x3", "select course x6"]);
    Ok(())
}

pub fn a_lazy_load_leaves_what_is_loaded_alone(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let all = Company::query().order_by(Company::id).all(&mut session)?;
    session.load(all[0], Company::employees)?;
    let new = session.add(Company::named("new"));
    session.commit()?;
    cx.clear_log();
    assert_eq!(session.load(new, Company::employees)?, []);
    cx.expect_log(&[]);
    session.expire(all[1])?;
    session.load(all[1], Company::employees)?;
    cx.expect_log(&["select employee x2"]);
    Ok(())
}

pub fn an_order_of_members_is_kept(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { addresses: ["a", "b", "c"].map(Address::in_city).into(), ..User::named("ann") });
    session.commit()?;
    cx.execute("UPDATE address SET id = 9 WHERE id = 1");
    let mut session = cx.session();
    let ann = User::query().include(User::addresses).one(&mut session)?;
    let cities: Vec<String> =
        session.related(ann, User::addresses)?.into_iter().map(|address| session[address].city.clone()).collect();
    assert_eq!(cities, ["b", "c", "a"]);
    Ok(())
}

pub fn a_collection_is_loaded_with_what_autoflush_wrote(cx: &mut TestContext) -> Result<()> {
    let mut session = companies(cx)?;
    let all = Company::query().order_by(Company::id).all(&mut session)?;
    let ann = session.get::<Employee>(1)?.unwrap();
    let eve = session.add(Employee { company: Some(all[1].into()), ..Employee::named("eve") });
    session[ann].company = Some(all[1].into());
    cx.clear_log();
    let members = session.load(all[1], Company::employees)?;
    cx.expect_log(&["update employee (company_id)", "insert employee", "select employee x7"]);
    assert!(members.contains(&ann) && members.contains(&eve) && members.len() == 4);
    assert_eq!(session.related(all[0], Company::employees)?.len(), 1);
    Ok(())
}

pub fn an_included_empty_collection_is_loaded(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Singer])?;
    let mut session = cx.session();
    session.add(Singer::default());
    session.add(Mixtape::default());
    session.commit()?;
    let mut session = cx.session();
    let singer = Singer::query().include(Singer::records.then(Record::tracks)).one(&mut session)?;
    let tape = Mixtape::query().include(Mixtape::tracks).one(&mut session)?;
    cx.clear_log();
    assert_eq!(session.load(singer, Singer::records)?, []);
    assert_eq!(session.load(tape, Mixtape::tracks)?, []);
    cx.expect_log(&[]);
    Ok(())
}
