//! Primary keys that change, and rows to which the flush carries them over: U-097, U-098, U-100.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{
    Beacon, Berth, Buoy, Crane, Dock, Egg, Harbor, Hen, Node, Part, Quay, Station, Train, take_notes,
};
use crate::{TestContext, expect_error};

cases! { key_following {
    u_097_children_are_loaded_and_updated [];
    u_097_children_of_several_parents_go_together [];
    u_097_children_in_memory_need_no_select [];
    u_097_children_that_leave_are_not_carried [];
    u_097_new_children_get_the_new_key [];
    u_097_a_child_that_is_changed_too_is_one_update [];
    u_097_the_version_of_a_child_counts [];
    u_097_a_child_that_somebody_else_changed_is_stale [];
    u_097_a_child_that_somebody_else_moved_stays_where_it_is [];
    u_097_hooks_of_children_are_called [];
    u_097_a_key_within_a_key_is_carried_on_by_the_flush [];
    u_097_rows_behind_keys_that_the_database_carries_are_loaded [];
    u_097_keys_within_keys_are_handed_on_in_order [];
    u_097_a_new_object_takes_over_a_row_whose_parent_changes [];
    u_097_a_tree_follows_level_by_level [];
    u_097_a_row_may_reference_itself [];
    u_097_keys_of_mutually_dependent_tables_are_carried_over [];
    u_097_rows_that_no_relation_lists_stop_the_commit [];
    u_030_a_changed_key_of_a_deleted_object_is_not_written [];
    u_100_a_rollback_brings_keys_back_that_the_flush_carried_over [];
    u_100_savepoints_bring_keys_back_that_the_flush_carried_over [];
} }

/// Stations with their codes, each with two trains, committed in another session.
fn stations(cx: &mut TestContext, codes: &[&str]) -> Result<(Session, Vec<Handle<Station>>)> {
    cx.create(models![Station])?;
    let mut session = cx.session();
    for code in codes {
        session.add(Station::coded(code, &[&format!("{code}1"), &format!("{code}2")]));
        session.flush()?;
    }
    session.commit()?;
    let mut session = cx.session();
    let stations = Station::query().order_by(Station::code).all(&mut session)?;
    cx.clear_log();
    take_notes();
    Ok((session, stations))
}

const TRAINS: &str = "SELECT name, station_code, version FROM train ORDER BY id";

pub fn u_097_children_are_loaded_and_updated(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    session[stations[0]].code = "b".into();
    session.commit()?;
    cx.expect_log(&["select train", "update station (code)", "update train (station_code, version) x2"]);
    cx.expect_rows(TRAINS, &["a1|b|2", "a2|b|2"]);
    let trains = session.related(stations[0], Station::trains)?;
    assert_eq!(session[trains[0]].station, Some(BelongsTo::key("b".to_owned())));
    assert_eq!(session.get::<Station>("b".to_owned())?, Some(stations[0]));
    assert!(session.dirty().is_empty());
    session.commit()?;
    cx.expect_full_log(&[]);
    Ok(())
}

pub fn u_097_children_of_several_parents_go_together(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a", "b", "c"])?;
    for (&station, code) in stations.iter().zip(["x", "y", "z"]) {
        session[station].code = code.into();
    }
    session.commit()?;
    cx.expect_log(&["select train", "update station (code) x3", "update train (station_code, version) x6"]);
    cx.expect_rows(TRAINS, &["a1|x|2", "a2|x|2", "b1|y|2", "b2|y|2", "c1|z|2", "c2|z|2"]);
    Ok(())
}

pub fn u_097_children_in_memory_need_no_select(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a", "b"])?;
    let trains = session.load(stations[0], Station::trains)?;
    cx.clear_log();
    session[stations[0]].code = "c".into();
    session.commit()?;
    cx.expect_log(&["update station (code)", "update train (station_code, version) x2"]);
    assert_eq!(session.related(stations[0], Station::trains)?, trains);
    assert_eq!(session.load(trains[1], Train::station)?, Some(stations[0]));
    cx.expect_rows(TRAINS, &["a1|c|2", "a2|c|2", "b1|b|1", "b2|b|1"]);
    Ok(())
}

pub fn u_097_children_that_leave_are_not_carried(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a", "b", "c"])?;
    let [moved, freed] = session.load(stations[0], Station::trains)?[..] else { unreachable!() };
    let [deleted, _] = session.load(stations[1], Station::trains)?[..] else { unreachable!() };
    cx.clear_log();
    session[stations[0]].code = "x".into();
    session[stations[1]].code = "y".into();
    session[moved].station = stations[2].into();
    session.remove(stations[0], Station::trains, freed)?;
    session.delete(deleted)?;
    session.commit()?;
    cx.expect_log(&["update station (code) x2", "update train (station_code, version) x3", "delete train"]);
    cx.expect_rows(TRAINS, &["a1|c|2", "a2|NULL|2", "b2|y|2", "c1|c|1", "c2|c|1"]);
    assert_eq!(session[moved].station, Some(BelongsTo::key("c".to_owned())));
    assert_eq!(session.related(stations[0], Station::trains)?, []);
    Ok(())
}

pub fn u_097_new_children_get_the_new_key(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a", "b"])?;
    let from_b = session.get::<Train>(3)?.unwrap();
    cx.clear_log();
    session[stations[0]].code = "c".into();
    let night = session.add(Train { name: "night".into(), station: stations[0].into(), ..Train::default() });
    let named = Some(BelongsTo::key("a".to_owned()));
    let mail = session.add(Train { name: "mail".into(), station: named, ..Train::default() });
    session[from_b].station = stations[0].into();
    session.commit()?;
    cx.expect_log(&["select train", "update station (code)", "update train (station_code, version) x3", "insert train x2"]);
    cx.expect_rows(TRAINS, &["a1|c|2", "a2|c|2", "b1|c|2", "b2|b|1", "night|c|1", "mail|c|1"]);
    for train in [night, mail, from_b] {
        assert_eq!(session.load(train, Train::station)?, Some(stations[0]));
    }
    assert_eq!(session.load(stations[0], Station::trains)?.len(), 5);
    Ok(())
}

pub fn u_097_a_child_that_is_changed_too_is_one_update(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    let trains = session.load(stations[0], Station::trains)?;
    cx.clear_log();
    session[stations[0]].code = "b".into();
    session[trains[0]].name = "dawn".into();
    session.commit()?;
    cx.expect_log(&[
        "update station (code)",
        "update train (name, station_code, version)",
        "update train (station_code, version)",
    ]);
    cx.expect_rows(TRAINS, &["dawn|b|2", "a2|b|2"]);
    Ok(())
}

pub fn u_097_the_version_of_a_child_counts(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    let train = session.load(stations[0], Station::trains)?[0];
    for code in ["b", "c"] {
        session[stations[0]].code = code.into();
        session.flush()?;
    }
    assert_eq!(session[train].version, 3);
    session[train].name = "dawn".into();
    session.commit()?;
    cx.expect_rows(TRAINS, &["dawn|c|4", "a2|c|3"]);
    Ok(())
}

pub fn u_097_a_child_that_somebody_else_changed_is_stale(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    session.load(stations[0], Station::trains)?;
    session.rollback()?;
    cx.execute("UPDATE train SET version = 7 WHERE id = 2");
    session[stations[0]].code = "b".into();
    expect_error(session.commit(), ErrorKind::StaleData, &["Train#2", "version 1", "version 7"]);
    assert_eq!(session[stations[0]].code, "b");
    session.rollback()?;
    assert_eq!(session[stations[0]].code, "a");
    Ok(())
}

pub fn u_097_a_child_that_somebody_else_moved_stays_where_it_is(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a", "b"])?;
    session.load(stations[0], Station::trains)?;
    session.rollback()?;
    session.expire_all();
    cx.execute("UPDATE train SET station_code = 'b' WHERE id = 2");
    session[stations[0]].code = "c".into();
    session.commit()?;
    cx.expect_rows("SELECT id, station_code FROM train ORDER BY id", &["1|c", "2|b", "3|b", "4|b"]);
    Ok(())
}

pub fn u_097_hooks_of_children_are_called(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    session[stations[0]].code = "b".into();
    session.commit()?;
    assert_eq!(take_notes(), ["before_update of a1", "before_update of a2"]);
    Ok(())
}

/// A harbor with two quays, and a berth and a buoy at each; and with a dock that has a crane, and a beacon.
fn harbor(session: &mut Session, code: &str) -> Result<Handle<Harbor>> {
    let harbor = session.add(Harbor { code: code.into(), ..Harbor::default() });
    for number in [1, 2] {
        let quay = session.push(harbor, Harbor::quays, Quay { number, ..Quay::default() })?;
        session.push(quay, Quay::berths, Berth::default())?;
        session.add(Buoy { quay: quay.into(), ..Buoy::default() });
    }
    let dock = session.push(harbor, Harbor::docks, Dock { number: 1, ..Dock::default() })?;
    session.push(dock, Dock::cranes, Crane::default())?;
    session.push(harbor, Harbor::beacon, Beacon::default())?;
    session.commit()?;
    Ok(harbor)
}

/// What there is in a harbor, by its code.
const IN_HARBOR: &str = "SELECT h.code, (SELECT count(*) FROM quay q WHERE q.harbor_code = h.code), \
     (SELECT count(*) FROM berth b WHERE b.quay_harbor_code = h.code), \
     (SELECT count(*) FROM buoy b WHERE b.quay_harbor_code = h.code), \
     (SELECT count(*) FROM dock d WHERE d.harbor_code = h.code), \
     (SELECT count(*) FROM crane c WHERE c.dock_harbor_code = h.code), \
     (SELECT count(*) FROM beacon b WHERE b.harbor_code = h.code) FROM harbor h ORDER BY h.code";

pub fn u_097_a_key_within_a_key_is_carried_on_by_the_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Buoy])?;
    let mut session = cx.session();
    let rye = harbor(&mut session, "rye")?;
    let quay = session.related(rye, Harbor::quays)?[0];
    let berth = session.related(quay, Quay::berths)?[0];
    let buoy = Buoy::query().order_by(Buoy::id).first(&mut session)?.unwrap();
    let crane = Crane::query().one(&mut session)?;
    cx.clear_log();
    session[rye].code = "ryde".into();
    session[quay].number = 7;
    session.commit()?;
    cx.expect_log(&[
        "update harbor (code)",
        "update beacon (harbor_code)",
        "update crane (dock_harbor_code, dock_number)",
        "update quay (harbor_code, number)",
        "update quay (harbor_code)",
        "update berth (quay_harbor_code, quay_number) x2",
    ]);
    cx.expect_rows(IN_HARBOR, &["ryde|2|2|2|1|1|1"]);
    cx.expect_rows("SELECT quay_number FROM berth ORDER BY id", &["7", "2"]);
    assert_eq!(session.get::<Quay>(("ryde".to_owned(), 7))?, Some(quay));
    assert_eq!(session.get::<Quay>(("rye".to_owned(), 1))?, None);
    assert_eq!(session[berth].quay, BelongsTo::key(("ryde".to_owned(), 7)));
    assert_eq!(session[buoy].quay, BelongsTo::key(("ryde".to_owned(), 7)));
    assert_eq!(session[crane].dock, BelongsTo::key(("ryde".to_owned(), 1)));
    assert_eq!(session.load(berth, Berth::quay)?, quay);
    assert!(session.dirty().is_empty());
    session[quay].name = "main".into();
    session.commit()?;
    cx.expect_rows("SELECT harbor_code, number, name FROM quay WHERE name <> ''", &["ryde|7|main"]);
    Ok(())
}

pub fn u_097_rows_behind_keys_that_the_database_carries_are_loaded(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Buoy])?;
    harbor(&mut cx.session(), "rye")?;
    let mut session = cx.session();
    let rye = session.get::<Harbor>("rye".to_owned())?.unwrap();
    cx.clear_log();
    session[rye].code = "ryde".into();
    session.commit()?;
    cx.expect_log(&[
        "select quay",
        "select dock",
        "select beacon",
        "select crane",
        "select berth",
        "update harbor (code)",
        "update beacon (harbor_code)",
        "update crane (dock_harbor_code, dock_number)",
        "update quay (harbor_code) x2",
        "update berth (quay_harbor_code, quay_number) x2",
    ]);
    cx.expect_rows(IN_HARBOR, &["ryde|2|2|2|1|1|1"]);
    let dock = session.related(rye, Harbor::docks)?[0];
    assert_eq!(session.get::<Dock>(("ryde".to_owned(), 1))?, Some(dock));
    Ok(())
}

/// What is left first can be entered: the keys of the harbors, and those of the quays with them.
pub fn u_097_keys_within_keys_are_handed_on_in_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Buoy])?;
    let mut session = cx.session();
    let [a, b] = ["a", "b"].map(|code| harbor(&mut session, code));
    let (a, b) = (a?, b?);
    let of_b = session.related(b, Harbor::quays)?;
    cx.clear_log();
    session[a].code = "b".into();
    session[b].code = "c".into();
    session.commit()?;
    let log: Vec<String> = cx.take_log().iter().map(ToString::to_string).collect();
    assert_eq!(log.iter().filter(|line| line.starts_with("update harbor")).count(), 2, "{log:?}");
    cx.expect_rows(IN_HARBOR, &["b|2|2|2|1|1|1", "c|2|2|2|1|1|1"]);
    cx.expect_rows("SELECT quay_harbor_code FROM berth ORDER BY id", &["b", "b", "c", "c"]);
    assert_eq!(session.get::<Harbor>("b".to_owned())?, Some(a));
    assert_eq!(session.get::<Quay>(("c".to_owned(), 2))?, Some(of_b[1]));
    Ok(())
}

pub fn u_097_a_new_object_takes_over_a_row_whose_parent_changes(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    let [old, _] = session.load(stations[0], Station::trains)?[..] else { unreachable!() };
    session[stations[0]].code = "b".into();
    session.delete(old)?;
    let named = Some(BelongsTo::key("a".to_owned()));
    let new = session.add(Train { id: 1, name: "dawn".into(), station: named, ..Train::default() });
    session.commit()?;
    cx.expect_rows(TRAINS, &["dawn|b|2", "a2|b|2"]);
    assert_eq!(session.load(new, Train::station)?, Some(stations[0]));

    cx.create(models![Buoy])?;
    let mut session = cx.session();
    let rye = session.add(Harbor { code: "rye".into(), ..Harbor::default() });
    let old = session.push(rye, Harbor::quays, Quay { number: 1, ..Quay::default() })?;
    session.commit()?;
    session[rye].code = "ryde".into();
    session.delete(old)?;
    let new = session.push(rye, Harbor::quays, Quay { number: 1, name: "new".into(), ..Quay::default() })?;
    session.commit()?;
    cx.expect_rows("SELECT harbor_code, number, name FROM quay", &["ryde|1|new"]);
    assert_eq!(session.get::<Quay>(("ryde".to_owned(), 1))?, Some(new));
    Ok(())
}

pub fn u_097_a_tree_follows_level_by_level(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Part])?;
    let mut session = cx.session();
    let car = session.add(Part { parts: ["axle", "door"].map(Part::coded).into(), ..Part::coded("car") });
    let axle = session.related(car, Part::parts)?[0];
    session.push(axle, Part::parts, Part::coded("wheel"))?;
    session.commit()?;
    let mut session = cx.session();
    let car = session.get::<Part>("car".to_owned())?.unwrap();
    let axle = session.load(car, Part::parts)?[0];
    cx.clear_log();
    session[car].code = "van".into();
    session[axle].code = "shaft".into();
    session.commit()?;
    cx.expect_log(&[
        "select part",
        "update part (code)",
        "update part (code, whole_code)",
        "update part (whole_code)",
        "update part (whole_code)",
    ]);
    cx.expect_rows(
        "SELECT code, whole_code FROM part ORDER BY code",
        &["door|van", "shaft|van", "van|NULL", "wheel|shaft"],
    );
    assert_eq!(session.load(axle, Part::whole)?, Some(car));
    Ok(())
}

/// Both ends are one row: it takes one UPDATE, whenever the database looks at the key.
pub fn u_097_a_row_may_reference_itself(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Node])?;
    let mut session = cx.session();
    let node = session.add(Node::named("self"));
    session.flush()?;
    session[node].parent = node.into();
    session.commit()?;
    cx.clear_log();
    session[node].id = 9;
    session.commit()?;
    cx.expect_log(&["update node (id, parent_id)"]);
    cx.expect_rows("SELECT id, parent_id FROM node", &["9|9"]);
    assert_eq!(session.load(node, Node::parent)?, Some(node));
    Ok(())
}

pub fn u_097_keys_of_mutually_dependent_tables_are_carried_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    let mut session = cx.session();
    let egg = session.add(Egg { id: 7, ..Egg::default() });
    let hen = session.add(Hen { id: 3, hatched_from: egg.into() });
    session[egg].laid_by = hen.into();
    session.commit()?;
    cx.clear_log();
    session[hen].id = 4;
    session.commit()?;
    cx.expect_log(&["update hen (id)", "update egg (laid_by_id)"]);
    session[hen].id = 5;
    session[egg].id = 8;
    session.commit()?;
    cx.expect_rows("SELECT e.id, e.laid_by_id, h.id, h.hatched_from_id FROM egg e, hen h", &["8|5|5|8"]);
    assert_eq!(session.load(egg, Egg::laid_by)?, hen);
    assert_eq!(session.load(hen, Hen::hatched_from)?, egg);
    Ok(())
}

pub fn u_097_rows_that_no_relation_lists_stop_the_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    cx.execute("BEGIN; INSERT INTO egg VALUES (7, 3); INSERT INTO hen VALUES (3, 7); COMMIT");
    let mut session = cx.session();
    let hen = session.get::<Hen>(3)?.unwrap();
    cx.clear_log();
    session[hen].id = 4;
    session.flush()?;
    cx.expect_log(&["update hen (id)"]);
    expect_error(session.commit(), ErrorKind::ForeignKeyViolation, &[]);
    session.rollback()?;
    assert_eq!(session[hen].id, 3);
    cx.expect_rows("SELECT id FROM hen", &["3"]);
    Ok(())
}

pub fn u_030_a_changed_key_of_a_deleted_object_is_not_written(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    session[stations[0]].code = "b".into();
    session.delete(stations[0])?;
    session.commit()?;
    cx.expect_log(&["select train x2", "update train (station_code, version) x2", "delete station by (code)"]);
    cx.expect_rows(TRAINS, &["a1|NULL|2", "a2|NULL|2"]);
    Ok(())
}

pub fn u_100_a_rollback_brings_keys_back_that_the_flush_carried_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Buoy])?;
    let mut session = cx.session();
    let rye = harbor(&mut session, "rye")?;
    let quay = session.related(rye, Harbor::quays)?[0];
    let berth = session.related(quay, Quay::berths)?[0];
    for code in ["ryde", "rhyl"] {
        session[rye].code = code.into();
        session.flush()?;
        assert_eq!(session[berth].quay, BelongsTo::key((code.to_owned(), 1)));
    }
    session.rollback()?;
    assert_eq!(session[rye].code, "rye");
    assert_eq!(session[berth].quay, BelongsTo::key(("rye".to_owned(), 1)));
    assert_eq!(session.get::<Quay>(("rye".to_owned(), 1))?, Some(quay));
    assert_eq!(session.load(berth, Berth::quay)?, quay);
    assert!(session.dirty().is_empty());
    cx.expect_rows(IN_HARBOR, &["rye|2|2|2|1|1|1"]);
    session[rye].code = "rhyl".into();
    session.commit()?;
    cx.expect_rows(IN_HARBOR, &["rhyl|2|2|2|1|1|1"]);
    Ok(())
}

pub fn u_100_savepoints_bring_keys_back_that_the_flush_carried_over(cx: &mut TestContext) -> Result<()> {
    let (mut session, stations) = stations(cx, &["a"])?;
    let train = session.load(stations[0], Station::trains)?[0];
    session[stations[0]].code = "b".into();
    let mut nested = session.begin_nested()?;
    nested[stations[0]].code = "c".into();
    nested.flush()?;
    assert_eq!(nested[train].station, Some(BelongsTo::key("c".to_owned())));
    assert_eq!(nested[train].version, 3);
    nested.rollback()?;
    assert_eq!(session[train].station, Some(BelongsTo::key("b".to_owned())));
    assert_eq!(session[train].version, 2);
    assert_eq!(session.get::<Station>("b".to_owned())?, Some(stations[0]));
    session[train].name = "dawn".into();
    session.commit()?;
    cx.expect_rows(TRAINS, &["dawn|b|3", "a2|b|2"]);
    Ok(())
}
