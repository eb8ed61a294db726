//! The plan of a flush, printed.

use orm::prelude::*;
use orm::{Result, State};

use crate::TestContext;
use crate::models::{
    Company, Country, Course, Desk, Drawer, Egg, Employee, Hen, Player, Receipt, Region, Station, Student, Team, Town,
};

cases! { explaining {
    an_empty_flush_explains_itself [];
    every_statement_is_a_line [];
    many_objects_are_counted [];
    a_plan_says_why_a_value_has_to_be_free_first [];
    a_plan_says_where_a_cycle_is_closed [];
    a_plan_says_whose_rows_are_taken_over [];
    a_plan_says_which_keys_change_with_another [];
    a_plan_says_which_rows_follow_a_changed_key [deferrable_keys];
    a_plan_says_what_has_to_be_loaded_first [];
    explaining_sends_nothing_and_changes_nothing [];
    explaining_refuses_what_a_flush_refuses [];
    values_that_the_flush_fills_in_are_taken_back [];
} }

#[track_caller]
fn expect_plan(session: &mut Session, expected: &[&str]) {
    let plan = session.explain_flush().unwrap();
    assert_eq!(plan.lines().collect::<Vec<_>>(), expected, "{plan}");
}

pub fn an_empty_flush_explains_itself(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    expect_plan(&mut session, &["nothing to write"]);
    let acme = session.add(Company::named("acme"));
    session.commit()?;
    session[acme].name = "acme".into();
    expect_plan(&mut session, &["nothing to write"]);
    Ok(())
}

pub fn every_statement_is_a_line(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company, Student])?;
    let mut session = cx.only_writer();
    let acme = session.add(Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named("acme") });
    let ann = session.add(Student { courses: ["art", "law"].map(Course::titled).into(), ..Student::named("ann") });
    session.commit()?;
    let art = session.related(ann, Student::courses)?[0];
    session.remove(ann, Student::courses, art)?;
    session[ann].name = "Ann".into();
    session.push(ann, Student::courses, Course::titled("zoology"))?;
    session.delete(acme)?;
    cx.clear_log();
    expect_plan(
        &mut session,
        &[
            "1. DELETE student_course: Course#1 with Student#1",
            "2. INSERT course (title): Course#new",
            "3. UPDATE employee (company_id): Employee#1, Employee#2",
            "4. UPDATE student (name): Student#1",
            "5. INSERT student_course: Course#new with Student#1",
            "6. DELETE company: Company#1",
        ],
    );
    session.commit()?;
    cx.expect_log(&[
        "delete student_course",
        "insert course",
        "update employee (company_id) x2",
        "update student (name)",
        "insert student_course",
        "delete company",
    ]);
    Ok(())
}

pub fn many_objects_are_counted(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.session();
    let desks = session.add_all((0..100).map(Desk::numbered));
    expect_plan(&mut session, &["1. INSERT desk (number, nick): Desk#new x100"]);
    session.commit()?;
    for (index, &desk) in desks.iter().enumerate() {
        session[desk].nick = Some(index.to_string());
    }
    expect_plan(&mut session, &["1. UPDATE desk (nick): Desk#1, Desk#2, Desk#3 and 97 more"]);
    Ok(())
}

pub fn a_plan_says_why_a_value_has_to_be_free_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Desk])?;
    let mut session = cx.only_writer();
    let old = session.add(Desk { drawers: [Drawer::default()].into(), ..Desk::numbered(7) });
    let other = session.add(Desk { nick: Some("x".into()), ..Desk::numbered(8) });
    session.commit()?;
    let new = session.add(Desk { nick: Some("x".into()), ..Desk::numbered(7) });
    let drawer = session.related(old, Desk::drawers)?[0];
    session[drawer].desk = new.into();
    session.delete(old)?;
    session[other].nick = Some("y".into());
    cx.clear_log();
    expect_plan(
        &mut session,
        &[
            "1. UPDATE desk (nick): Desk#2",
            "2. UPDATE drawer (desk_id = NULL): Drawer#1, because the rows wait for each other in a cycle",
            "3. DELETE desk: Desk#1, because Desk#new takes the value of `number`",
            "4. INSERT desk (number, nick): Desk#new, because Desk#1 had the value of `number`",
            "5. UPDATE drawer (desk_id): Drawer#1, because rows that it references come first",
        ],
    );
    session.commit()?;
    cx.expect_log(&[
        "update desk (nick)",
        "update drawer (desk_id)",
        "delete desk",
        "insert desk",
        "update drawer (desk_id)",
    ]);
    Ok(())
}

pub fn a_plan_says_where_a_cycle_is_closed(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Team])?;
    let mut session = cx.session();
    let ann = session.add(Player { name: "ann".into(), ..Player::default() });
    let reds = session.add(Team { name: "reds".into(), captain: ann.into(), ..Team::default() });
    session[ann].team = reds.into();
    let plan = session.explain_flush()?;
    let lines: Vec<&str> = plan.lines().collect();
    assert_eq!(lines.len(), 3, "{plan}");
    assert!(lines[2].ends_with("because the rows waited for each other in a cycle"), "{plan}");
    Ok(())
}

pub fn a_plan_says_whose_rows_are_taken_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Country])?;
    let mut session = cx.session();
    let old = session.add(Country { code: "FR".into(), name: "France".into(), ..Country::default() });
    session.commit()?;
    session.delete(old)?;
    session.add(Country { code: "FR".into(), name: "La France".into(), ..Country::default() });
    let first = r#"first: SELECT city, because Country::cities of Country#"FR" is not loaded"#;
    let line = r#"1. UPDATE country (name): Country#new("FR"), taking over the rows of Country#"FR""#;
    expect_plan(&mut session, &[first, line]);
    Ok(())
}

pub fn a_plan_says_which_keys_change_with_another(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Town])?;
    let mut session = cx.session();
    let north = session.add(Region::coded("n", "North"));
    session.push(north, Region::towns, Town { name: "Oslo".into(), ..Town::default() })?;
    session.commit()?;
    session[north].code = "no".into();
    expect_plan(&mut session, &[r#"1. UPDATE region (code): Region#"n", which changes Town#1 too"#]);
    Ok(())
}

pub fn a_plan_says_which_rows_follow_a_changed_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Station])?;
    let mut session = cx.session();
    session.add(Station::coded("a", &["dawn", "dusk"]));
    session.commit()?;
    let mut session = cx.session();
    let station = session.get::<Station>("a".to_owned())?.unwrap();
    session[station].code = "b".into();
    cx.clear_log();
    expect_plan(
        &mut session,
        &[
            "first: SELECT train, because Station::trains of Station#\"a\" is not loaded",
            "1. UPDATE station (code): Station#\"a\"",
        ],
    );
    cx.expect_log(&[]);
    session.no_autoflush(|session| session.load(station, Station::trains))?;
    cx.clear_log();
    expect_plan(
        &mut session,
        &[
            "1. UPDATE station (code): Station#\"a\"",
            "2. UPDATE train (station_code, version): Train#1, Train#2, following Station#\"a\"",
        ],
    );
    cx.expect_log(&[]);
    let train = session.related(station, Station::trains)?[0];
    assert_eq!(session[train].station, Some(BelongsTo::key("a".to_owned())));
    Ok(())
}

pub fn a_plan_says_what_has_to_be_loaded_first(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("acme") });
    session.commit()?;
    let mut session = cx.session();
    let acme = session.get::<Company>(1)?.unwrap();
    session.delete(acme)?;
    cx.clear_log();
    expect_plan(
        &mut session,
        &[
            "first: SELECT employee, because Company::employees of Company#1 is not loaded",
            "1. DELETE company: Company#1",
        ],
    );
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&["select employee", "update employee (company_id)", "delete company"]);
    Ok(())
}

pub fn explaining_sends_nothing_and_changes_nothing(cx: &mut TestContext) -> Result<()> {
    use std::sync::{Arc, Mutex};
    cx.create(models![Country])?;
    let mut session = cx.session();
    let changes = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&changes);
    let france = session.add(Country { code: "FR".into(), ..Country::default() });
    let paris =
        session.push(france, Country::cities, crate::models::City { name: "Paris".into(), ..Default::default() })?;
    session.commit()?;
    session.on_state_change(move |_, _| *counted.lock().unwrap() += 1);
    session[paris].country = BelongsTo::default();
    cx.clear_log();
    let plan = session.explain_flush()?;
    assert_eq!(plan, session.explain_flush()?);
    assert_eq!(plan, "1. DELETE city: City#1\n");
    cx.expect_full_log(&[]);
    assert_eq!(*changes.lock().unwrap(), 0);
    assert_eq!(session.state(paris), State::Persistent);
    assert!(session.deleted().is_empty());
    session.commit()?;
    cx.expect_log(&["delete city"]);
    Ok(())
}

pub fn explaining_refuses_what_a_flush_refuses(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    let mut session = cx.session();
    let egg = session.add(Egg::default());
    let hen = session.add(Hen { hatched_from: egg.into(), ..Hen::default() });
    session[egg].laid_by = hen.into();
    let error = session.explain_flush().unwrap_err().to_string();
    assert!(error.contains("Egg#new.laid_by -> Hen#new.hatched_from -> Egg#new"), "{error}");
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn values_that_the_flush_fills_in_are_taken_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Receipt])?;
    let mut session = cx.session();
    let token = session.add(Receipt::default());
    let before = session[token].clone();
    session.explain_flush()?;
    assert_eq!(session[token], before);
    session.commit()?;
    Ok(())
}
