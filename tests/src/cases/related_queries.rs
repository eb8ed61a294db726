//! Relations of objects as queries: nothing is loaded.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{
    Book, City, Company, Country, Course, Employee, Enrollment, Node, Passport, Person, Pupil, Shelf, Student, Subject,
};
use crate::{TestContext, expect_error};

cases! { related_queries {
    members_are_filtered_ordered_and_paged [];
    members_are_updated_and_deleted_without_being_loaded [];
    members_in_memory_follow_a_bulk_statement [];
    what_is_pending_is_flushed_first [];
    an_object_without_a_row_has_no_query [];
    the_query_holds_the_key_of_the_row [];
    pairs_are_queried [];
    pairs_through_a_model_are_queried [];
    the_one_target_is_queried [];
    composite_and_text_keys_are_queried [];
    members_of_the_same_model_are_queried [];
    members_are_counted_in_one_statement [];
    pairs_are_counted_in_one_statement [];
    many_objects_are_counted_in_one_statement [];
} }

/// Two companies, of three and one employees, in a session that has loaded the companies only.
fn companies(cx: &mut TestContext) -> Result<(Session, Handle<Company>, Handle<Company>)> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    for (name, employees) in [("acme", &["ann", "bob", "cid"][..]), ("beta", &["dan"])] {
        let employees: Vec<Employee> = employees.iter().map(|name| Employee::named(name)).collect();
        session.add(Company { employees: employees.into(), ..Company::named(name) });
    }
    session.add(Employee::named("free"));
    session.commit()?;
    session.close()?;
    session.begin()?;
    let companies = Company::query().order_by(Company::id).all(&mut session)?;
    cx.clear_log();
    Ok((session, companies[0], companies[1]))
}

pub fn members_are_filtered_ordered_and_paged(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, beta) = companies(cx)?;
    let query = session.query_related(acme, Company::employees)?;
    cx.expect_log(&[]);
    let late = query.clone().filter(Employee::name.gt("ann")).order_by(Employee::name.desc());
    assert_eq!(late.clone().select(Employee::name).all(&mut session)?, ["cid", "bob"]);
    assert_eq!(late.limit(1).offset(1).select(Employee::name).all(&mut session)?, ["bob"]);
    assert_eq!(query.clone().count(&mut session)?, 3);
    assert!(session.exists_related(beta, Company::employees)?);
    cx.expect_log(&["select employee", "select employee", "select employee", "select employee"]);
    assert!(!session.is_loaded(acme, Company::employees)?);
    expect_error(session.related(acme, Company::employees), ErrorKind::NotLoaded, &["employees"]);
    let found = query.order_by(Employee::id).all(&mut session)?;
    assert_eq!(session.load(acme, Company::employees)?, found);
    Ok(())
}

pub fn members_are_updated_and_deleted_without_being_loaded(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, beta) = companies(cx)?;
    let raised =
        session.query_related(acme, Company::employees)?.update(Employee::salary.set(5)).execute(&mut session)?;
    let gone = session.query_related(beta, Company::employees)?.delete().execute(&mut session)?;
    assert_eq!((raised, gone), (3, 1));
    cx.expect_log(&["update employee (salary)", "delete employee"]);
    session.commit()?;
    cx.expect_rows("SELECT name, salary FROM employee ORDER BY id", &["ann|5", "bob|5", "cid|5", "free|NULL"]);
    assert!(!session.exists_related(beta, Company::employees)?);
    Ok(())
}

pub fn members_in_memory_follow_a_bulk_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, beta) = companies(cx)?;
    let members = session.load(acme, Company::employees)?;
    session.load(beta, Company::employees)?;
    session.query_related(acme, Company::employees)?.update(Employee::salary.set(7)).execute(&mut session)?;
    assert!(members.iter().all(|&member| session[member].salary == Some(7)));
    session.query_related(acme, Company::employees)?.filter(Employee::name.ne("bob")).delete().execute(&mut session)?;
    assert_eq!(session.load(acme, Company::employees)?, [members[1]]);
    assert_eq!(session.load(beta, Company::employees)?.len(), 1);
    Ok(())
}

pub fn what_is_pending_is_flushed_first(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, _) = companies(cx)?;
    let corp = session.add(Company::named("corp"));
    session.push(corp, Company::employees, Employee::named("eve"))?;
    assert_eq!(session.query_related(corp, Company::employees)?.select(Employee::name).all(&mut session)?, ["eve"]);
    cx.expect_log(&["insert company", "insert employee", "select employee"]);
    let query = session.query_related(acme, Company::employees)?;
    let ann = query.clone().filter(Employee::name.eq("ann")).one(&mut session)?;
    session[ann].company = Some(corp.into());
    cx.clear_log();
    assert_eq!(query.count(&mut session)?, 2);
    cx.expect_log(&["update employee (company_id)", "select employee"]);
    assert_eq!(session.count_related(&[corp, acme], Company::employees)?, [2, 2]);
    Ok(())
}

pub fn an_object_without_a_row_has_no_query(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, _) = companies(cx)?;
    session.set_autoflush(false);
    let corp = session.add(Company::named("corp"));
    let no_row = ["Company#new", "employees", "flush"];
    expect_error(session.query_related(corp, Company::employees), ErrorKind::InvalidState, &no_row);
    expect_error(session.exists_related(corp, Company::employees), ErrorKind::InvalidState, &no_row);
    expect_error(session.count_related(&[acme, corp], Company::employees), ErrorKind::InvalidState, &no_row);
    session.expunge(corp)?;
    expect_error(session.query_related(corp, Company::employees), ErrorKind::Detached, &["Company"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn the_query_holds_the_key_of_the_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.session();
    let cities = [City { name: "Oslo".into(), ..City::default() }];
    let norway = session.add(Country { code: "NN".into(), name: "Norway".into(), cities: cities.into() });
    session.commit()?;
    session.set_autoflush(false);
    session[norway].code = "NO".into();
    assert_eq!(session.query_related(norway, Country::cities)?.count(&mut session)?, 1, "the row has the old key");
    assert_eq!(session.count_related(&[norway], Country::cities)?, [1]);
    session.rollback()
}

pub fn pairs_are_queried(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let courses = session.add_all(["art", "biology", "chess"].map(Course::titled));
    let ann = session.add(Student { courses: [courses[0], courses[2]].into(), ..Student::named("ann") });
    let bob = session.add(Student { courses: [courses[0]].into(), ..Student::named("bob") });
    session.commit()?;
    cx.clear_log();
    let query = session.query_related(ann, Student::courses)?;
    let titles = query.clone().order_by(Course::title.desc()).select(Course::title).all(&mut session)?;
    assert_eq!(titles, ["chess", "art"]);
    let changed = query.filter(Course::title.ne("art")).update(Course::title.set("go")).execute(&mut session)?;
    assert_eq!((changed, &*session[courses[2]].title), (1, "go"));
    session.push(bob, Student::courses, courses[1])?;
    assert_eq!(session.query_related(bob, Student::courses)?.count(&mut session)?, 2, "the new pair is flushed");
    assert_eq!(session.query_related(courses[0], Course::students)?.count(&mut session)?, 2);
    session.remove(bob, Student::courses, courses[1])?;
    session.remove(bob, Student::courses, courses[0])?;
    assert!(!session.exists_related(bob, Student::courses)?);
    Ok(())
}

pub fn pairs_through_a_model_are_queried(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let pupil = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    let subjects = session.add_all(["art", "chess"].map(|title| Subject { title: title.into(), ..Subject::default() }));
    for &subject in &subjects {
        session.add(Enrollment { pupil: pupil.into(), subject: subject.into(), grade: None });
    }
    let query = session.query_related(pupil, Pupil::subjects)?;
    assert_eq!(query.order_by(Subject::title).all(&mut session)?, subjects);
    // A query that reads the association itself.
    let query = session.query_related(pupil, Pupil::subjects)?.join(Subject::enrollments);
    assert_eq!(query.filter(Enrollment::grade.is_null()).count(&mut session)?, 2);
    assert_eq!(session.count_related(&subjects, Subject::pupils)?, [1, 1]);
    Ok(())
}

pub fn the_one_target_is_queried(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company, Person])?;
    let mut session = cx.session();
    let company = session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("acme") });
    let free = session.add(Employee::named("free"));
    let person = session.add(Person::default());
    session.flush()?;
    let ann = session.load(company, Company::employees)?[0];
    let name = session.query_related(ann, Employee::company)?.select(Company::name).one(&mut session)?;
    assert_eq!(name, "acme");
    assert!(!session.exists_related(free, Employee::company)?);
    assert_eq!(session.query_related(free, Employee::company)?.all(&mut session)?, []);
    session[free].company = Some(company.into());
    assert!(session.exists_related(free, Employee::company)?, "the new key is flushed");
    assert_eq!(session.query_related(person, Person::passport)?.one_or_none(&mut session)?, None::<Handle<Passport>>);
    Ok(())
}

pub fn composite_and_text_keys_are_queried(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf, Country])?;
    let mut session = cx.session();
    let book = |title: &str| Book { title: title.into(), ..Book::default() };
    let shelf = |number, books: Vec<Book>| Shelf { room: "A".into(), number, books: books.into(), ..Shelf::default() };
    let full = session.add(shelf(1, vec![book("x"), book("y")]));
    let empty = session.add(shelf(2, Vec::new()));
    let country = session.add(Country { code: "IS".into(), ..Country::default() });
    session.commit()?;
    assert_eq!(
        session.query_related(full, Shelf::books)?.order_by(Book::id).select(Book::title).all(&mut session)?,
        ["x", "y"]
    );
    assert!(!session.exists_related(empty, Shelf::books)?);
    cx.clear_log();
    assert_eq!(session.count_related(&[empty, full], Shelf::books)?, [0, 2]);
    cx.expect_log(&["select book"]);
    assert_eq!(session.count_related(&[country], Country::cities)?, [0]);
    Ok(())
}

pub fn members_of_the_same_model_are_queried(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let leaf = |name: &str| Node::named(name);
    let root = session.add(Node { children: [leaf("a"), leaf("b")].into(), ..Node::named("root") });
    session.commit()?;
    let query = session.query_related(root, Node::children)?;
    assert_eq!(query.clone().order_by(Node::id).select(Node::name).all(&mut session)?, ["a", "b"]);
    let children = query.order_by(Node::id).all(&mut session)?;
    let parent = session.query_related(children[0], Node::parent)?.one(&mut session)?;
    assert_eq!(parent, root);
    assert_eq!(session.count_related(&[root, children[0]], Node::children)?, [2, 0]);
    Ok(())
}

pub fn members_are_counted_in_one_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, acme, beta) = companies(cx)?;
    let corp = session.add(Company::named("corp"));
    session.flush()?;
    cx.clear_log();
    assert_eq!(session.count_related(&[beta, acme, corp, beta], Company::employees)?, [1, 3, 0, 1]);
    cx.expect_log(&["select employee"]);
    assert!(session.count_related(&[], Company::employees)?.is_empty());
    cx.expect_log(&[]);
    assert!(!session.is_loaded(acme, Company::employees)?);
    Ok(())
}

pub fn pairs_are_counted_in_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Student])?;
    let mut session = cx.session();
    let courses = session.add_all(["art", "biology", "chess"].map(Course::titled));
    let ann = session.add(Student { courses: [courses[0], courses[2]].into(), ..Student::named("ann") });
    let bob = session.add(Student::named("bob"));
    session.commit()?;
    cx.clear_log();
    assert_eq!(session.count_related(&[ann, bob], Student::courses)?, [2, 0]);
    assert_eq!(session.count_related(&courses, Course::students)?, [1, 0, 1]);
    assert_eq!(cx.take_log().len(), 2);
    Ok(())
}

pub fn many_objects_are_counted_in_one_statement(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let companies = session.add_all((0..40_000).map(|number| Company::named(&format!("c{number}"))));
    session.add(Employee { company: Some(companies[39_999].into()), ..Employee::named("ann") });
    session.flush()?;
    cx.clear_log();
    let counts = session.count_related(&companies, Company::employees)?;
    assert_eq!((counts.len(), counts.iter().sum::<u64>(), counts[39_999]), (40_000, 1, 1));
    if cx.lists_values() {
        // As many keys go with a statement as it takes parameters.
        cx.expect_log(&["select employee x0", "select employee x1"]);
    } else {
        cx.expect_log(&["select employee"]);
    }
    Ok(())
}
