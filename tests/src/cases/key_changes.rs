//! Primary keys that change, and new objects with the keys of deleted ones: U-095 to U-097, U-099 to U-101.

use orm::prelude::*;
use orm::{ErrorKind, Result, State};

use crate::models::{City, Country, Door, Enrollment, Guide, Permit, Pupil, Region, Street, Subject, Town};
use crate::{TestContext, expect_error};

cases! { key_changes {
    u_095_an_update_finds_its_row_by_the_old_key [];
    u_096_the_database_carries_a_changed_key_over [];
    u_096_children_that_are_not_loaded_follow_too [];
    u_096_a_child_that_is_changed_too_writes_its_own_columns [];
    u_096_a_key_within_a_key_is_carried_on [];
    u_096_a_row_is_found_by_the_key_that_was_carried_over [];
    u_096_pairs_follow_a_changed_key [];
    u_097_a_key_that_is_not_carried_over_is_refused_before_any_sql [];
    u_097_rows_that_nobody_knows_are_the_databases_to_refuse [];
    u_096_children_that_leave_are_written_first [];
    u_096_children_that_are_deleted_go_first [];
    u_099_a_new_object_takes_the_row_of_a_deleted_one_over [];
    u_099_the_version_goes_on_counting [];
    u_099_a_row_that_somebody_else_changed_is_stale [];
    u_099_an_equal_object_is_no_statement [];
    u_099_an_object_named_by_its_foreign_keys_is_taken_over [];
    u_099_what_the_database_fills_in_needs_a_new_row [];
    u_099_a_rollback_brings_the_old_object_back [];
    u_100_a_rollback_brings_carried_keys_back [];
    u_100_savepoints_bring_carried_keys_back [];
    u_101_a_composite_key_is_compared_whole [];
} }

fn north(cx: &mut TestContext) -> Result<(Session, Handle<Region>, Handle<Town>)> {
    cx.create(models![Town, Street, Door, Guide])?;
    let mut session = cx.only_writer();
    let region = session.add(Region::coded("n", "North"));
    let town = session.push(region, Region::towns, Town { name: "Oslo".into(), ..Town::default() })?;
    session.commit()?;
    cx.clear_log();
    Ok((session, region, town))
}

pub fn u_095_an_update_finds_its_row_by_the_old_key(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, _) = north(cx)?;
    session[region].code = "no".into();
    session[region].name = "The North".into();
    session.commit()?;
    cx.expect_log(&["update region (code, name) by (code, name)"]);
    assert_eq!(session.get::<Region>("no".to_owned())?, Some(region));
    cx.expect_log(&[]);
    assert_eq!(session.get::<Region>("n".to_owned())?, None);
    session.commit()?;
    cx.expect_rows("SELECT code, name FROM region", &["no|The North"]);
    Ok(())
}

pub fn u_096_the_database_carries_a_changed_key_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, town) = north(cx)?;
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_log(&["update region (code)"]);
    assert_eq!(session[town].region, BelongsTo::key("no".to_owned()));
    assert!(session.dirty().is_empty());
    assert_eq!(session.load(town, Town::region)?, region);
    assert_eq!(session.related(region, Region::towns)?, [town]);
    session[town].name = "Bergen".into();
    session.commit()?;
    cx.expect_log(&["update town (name)"]);
    cx.expect_rows("SELECT name, region_code FROM town", &["Bergen|no"]);
    Ok(())
}

pub fn u_096_children_that_are_not_loaded_follow_too(cx: &mut TestContext) -> Result<()> {
    north(cx)?;
    let mut session = cx.session();
    let region = session.get::<Region>("n".to_owned())?.unwrap();
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_log(&["select region", "update region (code)"]);
    assert_eq!(session.load(region, Region::towns)?.len(), 1);
    session.commit()?;
    cx.expect_rows("SELECT region_code FROM town", &["no"]);
    Ok(())
}

pub fn u_096_a_child_that_is_changed_too_writes_its_own_columns(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, town) = north(cx)?;
    session[region].code = "no".into();
    session[town].name = "Bergen".into();
    session.push(region, Region::towns, Town { name: "Moss".into(), ..Town::default() })?;
    session.commit()?;
    cx.expect_log(&["update region (code)", "update town (name)", "insert town"]);
    cx.expect_rows("SELECT name, region_code FROM town ORDER BY id", &["Bergen|no", "Moss|no"]);
    assert_eq!(session[town].region, BelongsTo::key("no".to_owned()));
    Ok(())
}

/// A street in the north, and a door in it.
fn door(session: &mut Session, region: Handle<Region>) -> Result<(Handle<Street>, Handle<Door>)> {
    let street = session.add(Street { region: region.into(), number: 1, ..Street::default() });
    let door = session.push(street, Street::doors, Door { color: "red".into(), ..Door::default() })?;
    session.commit()?;
    Ok((street, door))
}

pub fn u_096_a_key_within_a_key_is_carried_on(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, _) = north(cx)?;
    let (street, door) = door(&mut session, region)?;
    cx.clear_log();
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_log(&["update region (code)"]);
    assert_eq!(session.get::<Street>(("no".to_owned(), 1))?, Some(street));
    assert_eq!(session.get::<Street>(("n".to_owned(), 1))?, None);
    assert_eq!(session.load(door, Door::street)?, Some(street));
    session[street].name = "Main".into();
    session[door].color = "blue".into();
    session.commit()?;
    cx.expect_rows(
        "SELECT s.region_code, s.name, d.color FROM door d JOIN street s ON s.region_code = d.street_region_code",
        &["no|Main|blue"],
    );
    Ok(())
}

pub fn u_096_a_row_is_found_by_the_key_that_was_carried_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, _) = north(cx)?;
    let (street, _) = door(&mut session, region)?;
    let other = session.add(Street { region: region.into(), number: 2, ..Street::default() });
    session.commit()?;
    cx.clear_log();
    session[region].code = "no".into();
    session[street].name = "Main".into();
    session.delete(other)?;
    session.commit()?;
    cx.expect_log(&["update region (code)", "update street (name)", "delete street"]);
    cx.expect_rows("SELECT region_code, number, name FROM street", &["no|1|Main"]);
    Ok(())
}

pub fn u_096_pairs_follow_a_changed_key(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, _) = north(cx)?;
    let guide = session.add(Guide { regions: [region].into(), ..Guide::default() });
    session.commit()?;
    cx.clear_log();
    session[region].code = "no".into();
    session.commit()?;
    cx.expect_log(&["update region (code)"]);
    cx.expect_rows("SELECT guide_id, region_code FROM guide_region", &["1|no"]);
    session.remove(guide, Guide::regions, region)?;
    session.commit()?;
    cx.expect_log(&["delete guide_region"]);
    cx.expect_rows("SELECT count(*) FROM guide_region", &["0"]);
    Ok(())
}

fn france(cx: &mut TestContext) -> Result<(Session, Handle<Country>, Handle<City>)> {
    cx.create(models![Country])?;
    let mut session = cx.only_writer();
    let france = session.add(Country { code: "FR".into(), name: "France".into(), ..Country::default() });
    let paris = session.push(france, Country::cities, City { name: "Paris".into(), ..City::default() })?;
    session.commit()?;
    cx.clear_log();
    Ok((session, france, paris))
}

/// Where the database looks at a key at once, neither end can be changed first.
pub fn u_097_a_key_that_is_not_carried_over_is_refused_before_any_sql(cx: &mut TestContext) -> Result<()> {
    let (mut session, france, _) = france(cx)?;
    session[france].code = "FX".into();
    let told = &[
        "Country#\"FR\"",
        "City#1",
        "`country`",
        "on_update = \"cascade\"",
        "belongs_to(deferrable)",
        "City::country",
    ];
    expect_error(session.flush(), ErrorKind::InvalidState, told);
    cx.expect_full_log(&[]);
    assert_eq!(session[france].code, "FX");
    session[france].code = "FR".into();
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_097_rows_that_nobody_knows_are_the_databases_to_refuse(cx: &mut TestContext) -> Result<()> {
    france(cx)?;
    let mut session = cx.session();
    let france = session.get::<Country>("FR".to_owned())?.unwrap();
    session[france].code = "FX".into();
    expect_error(session.flush(), ErrorKind::ForeignKeyViolation, &["Country#\"FR\""]);
    cx.expect_log(&["select country", "failed update country (code)"]);
    Ok(())
}

pub fn u_096_children_that_leave_are_written_first(cx: &mut TestContext) -> Result<()> {
    let (mut session, france, paris) = france(cx)?;
    let texas = session.add(Country { code: "TX".into(), name: "Texas".into(), ..Country::default() });
    session.commit()?;
    cx.clear_log();
    session[france].code = "FX".into();
    session[paris].country = texas.into();
    session.commit()?;
    cx.expect_log(&["update city (country_code)", "update country (code)"]);
    cx.expect_rows("SELECT name, country_code FROM city", &["Paris|TX"]);
    Ok(())
}

pub fn u_096_children_that_are_deleted_go_first(cx: &mut TestContext) -> Result<()> {
    let (mut session, france, paris) = france(cx)?;
    session[france].code = "FX".into();
    session.delete(paris)?;
    session.commit()?;
    cx.expect_log(&["delete city", "update country (code)"]);
    assert_eq!(session.get::<Country>("FX".to_owned())?, Some(france));
    Ok(())
}

pub fn u_099_a_new_object_takes_the_row_of_a_deleted_one_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, old, paris) = france(cx)?;
    session.delete(old)?;
    let new = session.add(Country { code: "FR".into(), name: "La France".into(), ..Country::default() });
    let lyon = session.push(new, Country::cities, City { name: "Lyon".into(), ..City::default() })?;
    session.flush()?;
    cx.expect_log(&["update country (name)", "insert city", "delete city"]);
    assert_eq!((session.state(old), session.state(new)), (State::Deleted, State::Persistent));
    session.commit()?;
    assert_eq!((session.state(old), session.state(paris)), (State::Detached, State::Detached));
    assert_eq!(session.get::<Country>("FR".to_owned())?, Some(new));
    assert_eq!(session.related(new, Country::cities)?, [lyon]);
    cx.expect_rows("SELECT c.name, city.name FROM country c JOIN city ON c.code = country_code", &["La France|Lyon"]);
    session[new].name = "France".into();
    session.commit()?;
    cx.expect_log(&["update country (name)"]);
    Ok(())
}

fn permit(cx: &mut TestContext) -> Result<(Session, Handle<Permit>)> {
    cx.create(models![Permit])?;
    let mut session = cx.only_writer();
    let permit = session.add(Permit::of("p1", "ann"));
    session.commit()?;
    session[permit].holder = "bob".into();
    session.commit()?;
    cx.clear_log();
    Ok((session, permit))
}

pub fn u_099_the_version_goes_on_counting(cx: &mut TestContext) -> Result<()> {
    let (mut session, old) = permit(cx)?;
    session.delete(old)?;
    let new = session.add(Permit::of("p1", "cleo"));
    session.commit()?;
    cx.expect_log(&["update permit (holder, version)"]);
    cx.expect_rows("SELECT holder, version FROM permit", &["cleo|3"]);
    assert_eq!(session[new].version, 3);
    session[new].holder = "dan".into();
    session.commit()?;
    cx.expect_rows("SELECT holder, version FROM permit", &["dan|4"]);
    Ok(())
}

pub fn u_099_a_row_that_somebody_else_changed_is_stale(cx: &mut TestContext) -> Result<()> {
    let (mut session, old) = permit(cx)?;
    cx.execute("UPDATE permit SET version = 9");
    session.delete(old)?;
    session.add(Permit::of("p1", "cleo"));
    expect_error(session.commit(), ErrorKind::StaleData, &["Permit", "p1", "version 2"]);
    session.rollback()?;
    assert!(session.contains(old));
    Ok(())
}

pub fn u_099_an_equal_object_is_no_statement(cx: &mut TestContext) -> Result<()> {
    let (mut session, old) = permit(cx)?;
    session.delete(old)?;
    let new = session.add(Permit::of("p1", "bob"));
    session.commit()?;
    cx.expect_log(&[]);
    assert_eq!((session.state(old), session[new].version), (State::Detached, 2));
    session[new].holder = "eve".into();
    session.commit()?;
    cx.expect_rows("SELECT holder, version FROM permit", &["eve|3"]);
    Ok(())
}

pub fn u_099_an_object_named_by_its_foreign_keys_is_taken_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let maths = session.add(Subject { title: "maths".into(), ..Subject::default() });
    let ann = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    let old = session.add(Enrollment { pupil: ann.into(), subject: maths.into(), grade: Some(1) });
    session.commit()?;
    cx.clear_log();
    session.delete(old)?;
    let new = session.add(Enrollment { pupil: ann.into(), subject: maths.into(), grade: Some(2) });
    session.commit()?;
    cx.expect_log(&["update enrollment (grade)"]);
    cx.expect_rows("SELECT pupil_id, subject_id, grade FROM enrollment", &["1|1|2"]);
    assert_eq!(session.get::<Enrollment>((1, 1))?, Some(new));
    Ok(())
}

pub fn u_099_what_the_database_fills_in_needs_a_new_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, old) = permit(cx)?;
    session[old].status = Some("closed".into());
    session.commit()?;
    cx.clear_log();
    session.delete(old)?;
    let new = session.add(Permit { status: None, ..Permit::of("p1", "cleo") });
    session.commit()?;
    cx.expect_log(&["delete permit", "insert permit"]);
    assert_eq!((session[new].status.as_deref(), session[new].version), (Some("open"), 1));
    Ok(())
}

pub fn u_099_a_rollback_brings_the_old_object_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, old, paris) = france(cx)?;
    session.delete(old)?;
    let new = session.add(Country { code: "FR".into(), name: "La France".into(), ..Country::default() });
    session.flush()?;
    session.rollback()?;
    assert_eq!((session.state(old), session.state(new)), (State::Persistent, State::Transient));
    assert_eq!(session.get::<Country>("FR".to_owned())?, Some(old));
    assert_eq!(&*session[old].name, "France");
    assert_eq!(session.related(old, Country::cities)?, [paris]);
    session[old].name = "Gaul".into();
    session.commit()?;
    cx.expect_rows("SELECT name FROM country", &["Gaul"]);
    Ok(())
}

pub fn u_100_a_rollback_brings_carried_keys_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, town) = north(cx)?;
    let (street, door) = door(&mut session, region)?;
    for code in ["no", "nor"] {
        session[region].code = code.into();
        session.flush()?;
        assert_eq!(session[town].region, BelongsTo::key(code.to_owned()));
    }
    session.rollback()?;
    assert_eq!(session[region].code, "n");
    assert_eq!(session[town].region, BelongsTo::key("n".to_owned()));
    assert_eq!(session.get::<Region>("n".to_owned())?, Some(region));
    assert_eq!(session.get::<Street>(("n".to_owned(), 1))?, Some(street));
    assert_eq!(session.load(door, Door::street)?, Some(street));
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_100_savepoints_bring_carried_keys_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, town) = north(cx)?;
    session[region].code = "no".into();
    let mut nested = session.begin_nested()?;
    nested[region].code = "nor".into();
    nested[town].name = "Bergen".into();
    nested.flush()?;
    assert_eq!(nested[town].region, BelongsTo::key("nor".to_owned()));
    nested.rollback()?;
    assert_eq!(session[town].region, BelongsTo::key("no".to_owned()));
    assert_eq!(session.get::<Region>("no".to_owned())?, Some(region));
    session.commit()?;
    cx.expect_rows("SELECT name, region_code FROM town", &["Oslo|no"]);
    session[town].name = "Moss".into();
    session.commit()?;
    cx.expect_rows("SELECT name, region_code FROM town", &["Moss|no"]);
    Ok(())
}

pub fn u_101_a_composite_key_is_compared_whole(cx: &mut TestContext) -> Result<()> {
    let (mut session, region, _) = north(cx)?;
    let south = session.add(Region::coded("s", "South"));
    let [a, b] =
        [region, south].map(|region| session.add(Street { region: region.into(), number: 1, ..Street::default() }));
    session.commit()?;
    cx.clear_log();
    session[a].number = 2;
    session.commit()?;
    cx.expect_log(&["update street (number) by (region_code, number)"]);
    cx.expect_rows("SELECT region_code, number FROM street ORDER BY region_code", &["n|2", "s|1"]);
    session.delete(b)?;
    session.commit()?;
    cx.expect_log(&["delete street by (region_code, number)"]);
    cx.expect_rows("SELECT region_code, number FROM street", &["n|2"]);
    Ok(())
}
