//! Association proxies: relations to what association objects stand for.

use orm::prelude::*;
use orm::query::types::OfOwner;
use orm::{ErrorKind, Result, Session};

use crate::models::{Booking, Enrollment, Pupil, Subject, Tour, Traveler, take_notes};
use crate::{TestContext, expect_error};

cases! { proxies {
    a_pushed_member_is_an_association_object [];
    a_member_that_is_there_is_not_pushed_again [];
    a_closure_completes_the_association_object [];
    an_association_object_is_given [];
    a_refused_push_leaves_nothing [];
    a_rollback_takes_back_what_was_pushed [];
    a_removed_member_takes_its_association_objects_along [];
    a_member_is_removed_from_either_side [];
    what_is_no_member_is_not_removed [];
    members_are_loaded_for_a_whole_result [];
    members_are_included [];
    a_path_goes_on_behind_members [];
    what_stands_for_nothing_is_no_member [];
    lazy_loads_of_members_are_refused [];
    members_are_conditions [];
    members_are_joined [];
    pairs_of_keys_are_association_objects [];
} }

/// Ann goes to the sea and to the lake, Bob to the lake, Cid nowhere. Bob guides the tour to the lake.
fn booked(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Traveler])?;
    let mut session = cx.session();
    let [ann, bob, _] = ["ann", "bob", "cid"].map(|name| session.add(Traveler::named(name)));
    let sea = session.push(ann, Traveler::tours, Tour::titled("sea"))?;
    let lake = session.push(ann, Traveler::tours, Tour { guide: Some(bob.into()), ..Tour::titled("lake") })?;
    session.push_with(bob, Traveler::tours, lake, |booking| booking.seats = 3)?;
    session.commit()?;
    assert_ne!(sea, lake);
    session.close()?;
    take_notes();
    cx.clear_log();
    Ok(session)
}

fn traveler(session: &mut Session, name: &str) -> Result<Handle<Traveler>> {
    Traveler::query().filter(Traveler::name.eq(name)).one(session)
}

fn tour(session: &mut Session, title: &str) -> Result<Handle<Tour>> {
    Tour::query().filter(Tour::title.eq(title)).one(session)
}

fn titles(session: &Session, tours: &[Handle<Tour>]) -> Vec<String> {
    tours.iter().map(|&tour| session[tour].title.clone()).collect()
}

const BOOKINGS: &str = "SELECT traveler_id, tour_id, seats, paid, version FROM booking ORDER BY id";

pub fn a_pushed_member_is_an_association_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Traveler])?;
    let mut session = cx.only_writer();
    let ann = session.add(Traveler::named("ann"));
    let sea = session.add(Tour::titled("sea"));
    assert_eq!(session.push(ann, Traveler::tours, sea)?, sea);
    let lake = session.push(ann, Traveler::tours, Tour::titled("lake"))?;
    assert_eq!(session.related(ann, Traveler::tours)?, [sea, lake]);
    assert_eq!(session.related(lake, Tour::travelers)?, [ann]);
    take_notes();
    session.commit()?;
    // Each row brings its own default of the database back.
    let one_by_one = cx.row_by_row() && !cx.lists_rows();
    let bookings: &[&str] = if one_by_one { &["insert booking"; 2] } else { &["insert booking x2"] };
    cx.expect_log(&[&["insert traveler", "insert tour x2"], bookings].concat());
    cx.expect_rows(BOOKINGS, &["1|1|1|0|1", "1|2|1|0|1"]);
    assert_eq!(take_notes(), ["insert 1", "insert 1"]);
    let bookings = session.related(ann, Traveler::bookings)?;
    assert_eq!((bookings.len(), session[bookings[1]].id, session[bookings[1]].paid), (2, 2, Some(0)));
    Ok(())
}

pub fn a_member_that_is_there_is_not_pushed_again(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (ann, bob) = (traveler(&mut session, "ann")?, traveler(&mut session, "bob")?);
    let (sea, lake) = (tour(&mut session, "sea")?, tour(&mut session, "lake")?);
    cx.clear_log();
    session.push(ann, Traveler::tours, lake)?;
    session.push(bob, Traveler::tours, sea)?;
    session.push(bob, Traveler::tours, sea)?;
    session.commit()?;
    // A look for each of them, who came alone.
    cx.expect_log(&["select booking", "select booking", "insert booking"]);
    cx.expect_rows("SELECT traveler_id, tour_id FROM booking ORDER BY id", &["1|1", "1|2", "2|2", "2|1"]);
    // Nobody looks whether a new member is there.
    session.push(ann, Traveler::tours, Tour::titled("hill"))?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM booking", &["5"]);
    Ok(())
}

pub fn a_closure_completes_the_association_object(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (cid, lake) = (traveler(&mut session, "cid")?, tour(&mut session, "lake")?);
    cx.clear_log();
    session.push_with(cid, Traveler::tours, lake, |booking| booking.seats = 2)?;
    session.push_with(cid, Traveler::tours, lake, |booking| (booking.seats, booking.paid) = (4, Some(9)))?;
    session.commit()?;
    cx.expect_rows("SELECT tour_id, seats, paid FROM booking WHERE traveler_id = 3 ORDER BY id", &["2|2|0", "2|4|9"]);
    assert_eq!(take_notes(), ["insert 2", "insert 4"]);
    session.close()?;
    let cid = traveler(&mut session, "cid")?;
    assert_eq!(session.load(cid, Traveler::bookings)?.len(), 2);
    assert_eq!(session.load(cid, Traveler::tours)?.len(), 1, "a member comes once");
    Ok(())
}

pub fn an_association_object_is_given(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (cid, sea) = (traveler(&mut session, "cid")?, tour(&mut session, "sea")?);
    session.load(cid, Traveler::tours)?;
    session.push(cid, Traveler::bookings, Booking { tour: sea.into(), seats: 7, ..Booking::default() })?;
    assert_eq!(session.related(cid, Traveler::tours)?, [sea]);
    session.commit()?;
    cx.expect_rows("SELECT tour_id, seats FROM booking WHERE traveler_id = 3", &["1|7"]);
    Ok(())
}

pub fn a_refused_push_leaves_nothing(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (ann, lake) = (traveler(&mut session, "ann")?, tour(&mut session, "lake")?);
    session.delete(ann)?;
    session.flush()?;
    cx.clear_log();
    take_notes();
    expect_error(session.push(ann, Traveler::tours, lake), ErrorKind::InvalidState, &["Traveler#1"]);
    let pushed = session.push_with(ann, Traveler::tours, Tour::titled("hill"), |booking| booking.seats = 2);
    expect_error(pushed, ErrorKind::InvalidState, &["Traveler#1"]);
    session.flush()?;
    cx.expect_log(&[]);
    session.rollback()
}

pub fn a_rollback_takes_back_what_was_pushed(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    session.begin()?;
    let (cid, bob) = (traveler(&mut session, "cid")?, traveler(&mut session, "bob")?);
    let (sea, lake) = (tour(&mut session, "sea")?, tour(&mut session, "lake")?);
    session.push(cid, Traveler::tours, sea)?;
    session.remove(bob, Traveler::tours, lake)?;
    session.flush()?;
    assert_eq!(session.related(bob, Traveler::tours)?, []);
    session.rollback()?;
    assert_eq!(session.load(cid, Traveler::tours)?, []);
    assert_eq!(session.load(bob, Traveler::tours)?, [lake]);
    cx.expect_rows("SELECT count(*) FROM booking", &["3"]);
    Ok(())
}

pub fn a_removed_member_takes_its_association_objects_along(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (ann, sea) = (traveler(&mut session, "ann")?, tour(&mut session, "sea")?);
    session.push_with(ann, Traveler::tours, sea, |booking| booking.seats = 5)?;
    session.commit()?;
    take_notes();
    cx.clear_log();
    session.load(ann, Traveler::tours)?;
    session.remove(ann, Traveler::tours, sea)?;
    assert_eq!(titles(&session, &session.related(ann, Traveler::tours)?), ["lake"]);
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["delete booking x2"]);
    assert_eq!(take_notes(), ["delete 1", "delete 5"]);
    cx.expect_rows("SELECT traveler_id, tour_id FROM booking ORDER BY id", &["1|2", "2|2"]);
    cx.expect_rows("SELECT count(*) FROM tour", &["2"]);
    Ok(())
}

pub fn a_member_is_removed_from_either_side(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (ann, bob) = (traveler(&mut session, "ann")?, traveler(&mut session, "bob")?);
    let lake = tour(&mut session, "lake")?;
    cx.clear_log();
    // `Tour::bookings` deletes no orphans; a booking for nobody is none all the same.
    session.remove(lake, Tour::travelers, bob)?;
    assert_eq!(session.load(lake, Tour::travelers)?, [ann]);
    session.commit()?;
    cx.expect_log(&["select booking", "delete booking"]);
    assert_eq!(take_notes(), ["delete 3"]);
    session.push(lake, Tour::travelers, bob)?;
    session.remove(bob, Traveler::tours, lake)?;
    session.commit()?;
    cx.expect_rows("SELECT traveler_id, tour_id FROM booking ORDER BY id", &["1|1", "1|2"]);
    Ok(())
}

pub fn what_is_no_member_is_not_removed(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let (cid, sea) = (traveler(&mut session, "cid")?, tour(&mut session, "sea")?);
    let words = ["Tour#1", "Traveler#3", "no member"];
    expect_error(session.remove(cid, Traveler::tours, sea), ErrorKind::InvalidState, &words);
    session.push(cid, Traveler::tours, sea)?;
    session.remove(cid, Traveler::tours, sea)?;
    expect_error(session.remove(cid, Traveler::tours, sea), ErrorKind::InvalidState, &words);
    Ok(())
}

pub fn members_are_loaded_for_a_whole_result(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    session.begin()?;
    let found = Traveler::query().order_by(Traveler::id).all(&mut session)?;
    let words = ["Traveler#1", "bookings", "not loaded"];
    expect_error(session.related(found[0], Traveler::tours), ErrorKind::NotLoaded, &words);
    assert!(!session.is_loaded(found[0], Traveler::tours)?);
    cx.clear_log();
    let mut all = Vec::new();
    for &traveler in &found {
        let tours = session.load(traveler, Traveler::tours)?;
        all.push(titles(&session, &tours).join(" "));
    }
    assert_eq!(all, ["sea lake", "lake", ""]);
    cx.expect_log(&["select booking", "select tour"]);
    assert!(session.is_loaded(found[2], Traveler::tours)?);
    session.commit()
}

pub fn members_are_included(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let found = Tour::query().order_by(Tour::id).include(Tour::travelers).all(&mut session)?;
    cx.expect_log(&["select tour", "select booking", "select traveler"]);
    let lake: Vec<Handle<Traveler>> = session.related(found[1], Tour::travelers)?;
    assert_eq!((session.related(found[0], Tour::travelers)?.len(), lake.len()), (1, 2));
    let booking = session.related(found[1], Tour::bookings)?[1];
    assert_eq!((session[booking].seats, session.related(booking, Booking::traveler)?), (3, lake[1]));
    let ann = traveler(&mut session, "ann")?;
    cx.clear_log();
    session.include([ann], Traveler::tours)?;
    assert_eq!(session.related(ann, Traveler::tours)?, found);
    cx.expect_log(&["select booking"]);
    Ok(())
}

pub fn a_path_goes_on_behind_members(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let path = Traveler::tours.then(Tour::guide);
    let ann = Traveler::query().filter(Traveler::name.eq("ann")).include(path).one(&mut session)?;
    cx.expect_log(&["select traveler", "select booking", "select tour", "select traveler"]);
    let tours = session.related(ann, Traveler::tours)?;
    let guide = session.related(tours[1], Tour::guide)?.unwrap();
    assert_eq!(session[guide].name, "bob");
    session.close()?;
    cx.clear_log();
    let path = Tour::guide.then(Traveler::tours);
    Tour::query().include(path).all(&mut session)?;
    cx.expect_log(&["select tour", "select traveler", "select booking"]);
    Ok(())
}

pub fn what_stands_for_nothing_is_no_member(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let cid = traveler(&mut session, "cid")?;
    session.push(cid, Traveler::bookings, Booking::default())?;
    session.commit()?;
    session.close()?;
    let cid = traveler(&mut session, "cid")?;
    assert_eq!(session.load(cid, Traveler::tours)?, []);
    assert_eq!(session.load(cid, Traveler::bookings)?.len(), 1);
    let idle = Traveler::query().filter(Traveler::tours.is_empty()).all(&mut session)?;
    assert_eq!(idle, [cid]);
    Ok(())
}

pub fn lazy_loads_of_members_are_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = booked(cx)?;
    let ann = Traveler::query().filter(Traveler::name.eq("ann")).raise_all().one(&mut session)?;
    expect_error(session.load(ann, Traveler::tours), ErrorKind::NotLoaded, &["Traveler#1", "bookings", "raise_all"]);
    let query = Traveler::query().filter(Traveler::name.eq("ann")).include(Traveler::bookings).raise_all();
    let ann = query.one(&mut session)?;
    expect_error(
        session.load(ann, Traveler::tours),
        ErrorKind::NotLoaded,
        &["Booking#1", "Booking::tour", "raise_all"],
    );
    let ann =
        Traveler::query().filter(Traveler::name.eq("ann")).include(Traveler::tours).raise_all().one(&mut session)?;
    assert_eq!(session.load(ann, Traveler::tours)?.len(), 2);
    Ok(())
}

pub fn members_are_conditions(cx: &mut TestContext) -> Result<()> {
    let session = &mut booked(cx)?;
    let mut names = |condition: OfOwner<Traveler>| {
        let query = Traveler::query().filter(condition).order_by(Traveler::id);
        query.select(Traveler::name).all(session).map(|names| names.join(" "))
    };
    assert_eq!(names(Traveler::tours.any(Tour::title.eq("lake")))?, "ann bob");
    assert_eq!(names(Traveler::tours.none(Tour::title.eq("sea")))?, "bob cid");
    assert_eq!(names(Traveler::tours.all(Tour::title.eq("lake")))?, "bob cid");
    assert_eq!(names(Traveler::tours.is_empty())?, "cid");
    assert_eq!(names(Traveler::tours.is_not_empty())?, "ann bob");
    // Within another condition, from the model to itself.
    let with_bob = Tour::travelers.any(Traveler::name.eq("bob"));
    assert_eq!(names(Traveler::tours.any(with_bob))?, "ann bob");
    Ok(())
}

pub fn members_are_joined(cx: &mut TestContext) -> Result<()> {
    let session = &mut booked(cx)?;
    let pair = |name: &str, title: &str| (name.to_owned(), title.to_owned());
    let query = Traveler::query().join(Traveler::tours).order_by((Traveler::name, Tour::title));
    let rows = query.select((Traveler::name, Tour::title)).all(session)?;
    assert_eq!(rows, [pair("ann", "lake"), pair("ann", "sea"), pair("bob", "lake")]);
    let query = Traveler::query().left_join(Traveler::tours).filter(Traveler::name.eq("cid"));
    assert_eq!(query.select((Traveler::name, Tour::title)).all(session)?, [("cid".to_owned(), None)]);
    // The association objects may be joined as well.
    let query = Traveler::query().join(Traveler::tours).join(Traveler::bookings).filter(Booking::seats.eq(3));
    assert_eq!(query.select((Traveler::name, Tour::title)).all(session)?, [pair("bob", "lake")]);
    let tours = Tour::query().join(Tour::travelers).filter(Traveler::name.eq("ann")).order_by(Tour::id).all(session)?;
    assert_eq!(titles(session, &tours), ["sea", "lake"]);
    Ok(())
}

pub fn pairs_of_keys_are_association_objects(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    let mut session = cx.session();
    let ann = session.add(Pupil { name: "ann".into(), ..Pupil::default() });
    let maths = session.push(ann, Pupil::lessons, Subject { title: "maths".into(), ..Subject::default() })?;
    let music = Subject { title: "music".into(), ..Subject::default() };
    session.push_with(ann, Pupil::lessons, music, |enrollment| enrollment.grade = Some(2))?;
    session.push(ann, Pupil::lessons, maths)?;
    session.commit()?;
    cx.expect_log(&["insert pupil", "insert subject x2", "insert enrollment x2"]);
    cx.expect_rows("SELECT subject_id, grade FROM enrollment ORDER BY 1", &["1|NULL", "2|2"]);
    session.remove(ann, Pupil::lessons, maths)?;
    session.commit()?;
    cx.expect_rows("SELECT subject_id FROM enrollment", &["2"]);
    let key = (session[ann].id, 2);
    let enrollment = session.get::<Enrollment>(key)?.unwrap();
    assert_eq!(session[enrollment].grade, Some(2));
    Ok(())
}
