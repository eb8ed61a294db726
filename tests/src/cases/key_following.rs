//! Primary keys that change, and rows to which the flush carries them over: U-097, U-098, U-100.

use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::{Egg, Hen, Station, Train, take_notes};
use crate::{TestContext, expect_error};

cases! { key_following {
    u_097_children_are_loaded_and_updated [deferrable_keys];
    u_097_children_of_several_parents_go_together [deferrable_keys];
    u_097_children_in_memory_need_no_select [deferrable_keys];
    u_097_children_that_leave_are_not_carried [deferrable_keys];
    u_097_new_children_get_the_new_key [deferrable_keys];
    u_097_a_child_that_is_changed_too_is_one_update [deferrable_keys];
    u_097_the_version_of_a_child_counts [deferrable_keys];
    u_097_a_child_that_somebody_else_changed_is_stale [deferrable_keys];
    u_097_a_child_that_somebody_else_moved_stays_where_it_is [deferrable_keys];
    u_097_hooks_of_children_are_called [deferrable_keys];
    u_097_a_new_object_takes_over_a_row_whose_parent_changes [deferrable_keys];
    u_097_keys_of_mutually_dependent_tables_are_carried_over [];
    u_097_rows_that_no_relation_lists_stop_the_commit [];
    u_030_a_changed_key_of_a_deleted_object_is_not_written [deferrable_keys];
    u_100_savepoints_bring_keys_back_that_the_flush_carried_over [deferrable_keys];
} }

/// Stations with their codes, each with two trains, committed in another session.
fn stations(cx: &mut TestContext, codes: &[&str]) -> Result<(Session, Vec<Handle<Station>>)> {
    cx.create(models![Station])?;
    let mut session = cx.only_writer();
    for code in codes {
        session.add(Station::coded(code, &[&format!("{code}1"), &format!("{code}2")]));
        session.flush()?;
    }
    session.commit()?;
    let mut session = cx.only_writer();
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
    cx.expect_log(&[
        "select train",
        "update station (code)",
        "update train (station_code, version) x3",
        "insert train x2",
    ]);
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
    session.rollback()?;
    session.load(stations[0], Station::trains)?;
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
    Ok(())
}

pub fn u_097_keys_of_mutually_dependent_tables_are_carried_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    if !cx.capabilities().deferrable_keys {
        // Such tables take no rows.
        return Ok(());
    }
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
    cx.expect_log(&["update hen (id, hatched_from_id)", "update egg (id, laid_by_id)"]);
    cx.expect_rows("SELECT e.id, e.laid_by_id, h.id, h.hatched_from_id FROM egg e, hen h", &["8|5|5|8"]);
    assert_eq!(session.load(egg, Egg::laid_by)?, hen);
    assert_eq!(session.load(hen, Hen::hatched_from)?, egg);
    Ok(())
}

pub fn u_097_rows_that_no_relation_lists_stop_the_commit(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Hen])?;
    if !cx.capabilities().deferrable_keys {
        // Such tables take no rows.
        return Ok(());
    }
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
