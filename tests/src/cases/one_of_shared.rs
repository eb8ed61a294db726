//! Foreign keys to one of several models that share their columns: one names the model, and no constraint checks them.

use orm::catalog::Catalog;
use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Bridge, Fault, Inspection, Rail, Signal, Structure, Trackside, Tunnel};
use crate::{TestContext, expect_error};

cases! { one_of_shared {
    the_columns_are_a_name_and_a_key_with_an_index [];
    what_is_created_is_what_is_reflected [];
    the_object_is_one_of_the_variants [];
    a_load_sends_a_statement_for_each_model_that_occurs [];
    an_include_brings_all_of_them [];
    a_list_has_the_rows_that_name_its_model [];
    queries_ask_and_join_along_one_of_them [];
    joined_loads_bring_the_model_that_is_named [];
    a_relation_as_a_query_has_both_conditions [];
    a_new_target_gives_its_key_in_the_same_flush [];
    another_model_takes_the_place_at_the_same_key [];
    a_member_moves_between_lists_of_two_models [];
    one_has_to_be_set [];
    none_may_be_set_of_an_option [];
    a_deleted_parent_takes_its_members_or_their_keys [];
    rows_of_another_model_with_the_same_key_stay [];
    a_key_that_changes_is_followed [];
    a_name_that_no_variant_has_is_an_error [];
    a_rollback_brings_the_old_one_back [];
    a_merge_says_what_it_has [];
    plain_values_and_statements_beside_the_objects [];
    keys_of_several_columns_and_unique_pairs [];
} }

/// A bridge with two inspections, and a tunnel with one that surveys it too. Both have the key 1.
fn inspections(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Inspection])?;
    let mut session = cx.session();
    let bridge =
        Bridge { name: "old".into(), inspections: ["a", "b"].map(Inspection::named).into(), ..Bridge::default() };
    session.add(bridge);
    let tunnel = session.add(Tunnel { name: "deep".into(), ..Tunnel::default() });
    session.commit()?;
    session.add(Inspection { subject: tunnel.into(), passage: tunnel.into(), ..Inspection::named("c") });
    session.commit()?;
    session.close()?;
    session.begin()?;
    cx.clear_log();
    Ok(session)
}

fn by_name(session: &mut Session, name: &str) -> Result<Handle<Inspection>> {
    Inspection::query().filter(Inspection::name.eq(name)).one(session)
}

fn names(session: &mut Session, query: orm::Query<Inspection>) -> Result<Vec<String>> {
    query.order_by(Inspection::name).select(Inspection::name).all(session)
}

type Loaded = (Handle<Bridge>, Handle<Tunnel>, [Handle<Inspection>; 3]);

/// The bridge, the tunnel, and the inspections of both.
fn loaded(session: &mut Session) -> Result<Loaded> {
    let all = [by_name(session, "a")?, by_name(session, "b")?, by_name(session, "c")?];
    let (Structure::Bridge(bridge), Structure::Tunnel(tunnel)) =
        (session.load(all[0], Inspection::subject)?, session.load(all[2], Inspection::subject)?)
    else {
        panic!("other subjects");
    };
    Ok((bridge, tunnel, all))
}

const KEYS: &str = "SELECT name, subject_type, subject_no, passage_type, passage_id FROM inspection ORDER BY name";

pub fn the_columns_are_a_name_and_a_key_with_an_index(cx: &mut TestContext) -> Result<()> {
    drop(inspections(cx)?);
    cx.expect_rows(KEYS, &["a|Bridge|1|NULL|NULL", "b|Bridge|1|NULL|NULL", "c|tube|1|tube|1"]);
    let found = cx.engine.reflect()?;
    let table = found.tables.iter().find(|table| &*table.name.name == "inspection").unwrap();
    assert!(table.foreign_keys.is_empty() && table.checks.is_empty());
    let nullable = |name: &str| table.columns.iter().find(|column| column.name == name).unwrap().nullable;
    assert_eq!(["subject_type", "subject_no", "passage_type", "passage_id"].map(nullable), [false, false, true, true]);
    let indexes: Vec<&str> = table.indexes.iter().map(|index| &*index.name).collect();
    assert_eq!(indexes, ["ix_inspection__passage_type__passage_id", "ix_inspection__subject_type__subject_no"]);
    Ok(())
}

pub fn what_is_created_is_what_is_reflected(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Inspection, Fault])?;
    let (found, wanted) = (cx.engine.reflect()?, Catalog::of(models![Inspection, Fault], cx.engine.dialect())?);
    let differences: Vec<String> = found.differences(&wanted).iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    Ok(())
}

pub fn the_object_is_one_of_the_variants(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel, [a, b, c]) = loaded(&mut session)?;
    assert_eq!(session.load(b, Inspection::subject)?, Structure::Bridge(bridge));
    assert_eq!((&*session[bridge].name, &*session[tunnel].name), ("old", "deep"));
    assert_eq!(session.load(c, Inspection::passage)?, Some(Structure::Tunnel(tunnel)));
    assert_eq!(session.load(a, Inspection::passage)?, None);
    assert!(session[a].subject.is::<Bridge>() && !session[a].subject.is::<Tunnel>());
    assert_eq!(session[c].subject.as_key::<Tunnel>(), Some(&1));
    assert_eq!(session[c].subject.as_key::<Bridge>(), None);
    Ok(())
}

pub fn a_load_sends_a_statement_for_each_model_that_occurs(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let found = Inspection::query().order_by(Inspection::name).all(&mut session)?;
    cx.clear_log();
    session.load(found[0], Inspection::subject)?;
    cx.expect_log(&["select bridge", "select tunnel"]);
    let _ = session.related(found[1], Inspection::subject)?;
    session.load(found[2], (Inspection::subject, Inspection::passage))?;
    cx.expect_log(&[]);
    session.close()?;
    session.begin()?;
    let c = by_name(&mut session, "c")?;
    cx.clear_log();
    session.load(c, Inspection::subject)?;
    cx.expect_log(&["select tunnel"]);
    Ok(())
}

pub fn an_include_brings_all_of_them(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let found = Inspection::query().include(Inspection::subject).order_by(Inspection::name).all(&mut session)?;
    cx.expect_log(&["select inspection", "select bridge", "select tunnel"]);
    assert!(matches!(session.related(found[2], Inspection::subject)?, Structure::Tunnel(_)));
    session.close()?;
    session.begin()?;
    let path = Inspection::subject.of::<Bridge>().then(Bridge::inspections);
    let found = Inspection::query().include(path).order_by(Inspection::name).all(&mut session)?;
    cx.expect_log(&["select inspection", "select bridge", "select inspection"]);
    assert_eq!(session.related(found[2], Inspection::subject.of::<Bridge>())?, None);
    Ok(())
}

pub fn a_list_has_the_rows_that_name_its_model(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel) = (session.get::<Bridge>(1)?.unwrap(), session.get::<Tunnel>(1)?.unwrap());
    cx.clear_log();
    let of_bridge = session.load(bridge, Bridge::inspections)?.to_vec();
    let of_tunnel = session.load(tunnel, Tunnel::inspections)?.to_vec();
    cx.expect_log(&["select inspection", "select inspection"]);
    let c = by_name(&mut session, "c")?;
    assert_eq!((of_bridge.len(), of_tunnel), (2, vec![c]));
    assert_eq!(session.load(tunnel, Tunnel::survey)?, Some(c));
    assert_eq!(session.count_related(&[bridge], Bridge::inspections)?, [2]);
    assert_eq!(session.count_related(&[tunnel], Tunnel::inspections)?, [1]);
    session.close()?;
    session.begin()?;
    let bridges = Bridge::query().include(Bridge::inspections).all(&mut session)?;
    assert_eq!(session.related(bridges[0], Bridge::inspections)?.len(), 2);
    Ok(())
}

pub fn queries_ask_and_join_along_one_of_them(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let all = Inspection::query;
    assert_eq!(names(&mut session, all().filter(Inspection::subject.is::<Bridge>()))?, ["a", "b"]);
    assert_eq!(names(&mut session, all().filter(Inspection::subject.is::<Tunnel>()))?, ["c"]);
    assert_eq!(names(&mut session, all().filter(Inspection::passage.is::<Tunnel>()))?, ["c"]);
    assert_eq!(names(&mut session, all().filter(Inspection::subject.key::<Tunnel>().eq(1)))?, ["c"]);
    assert_eq!(names(&mut session, all().filter(Inspection::subject.key::<Tunnel>().is_null()))?, ["a", "b"]);
    let of_old = Inspection::query().join(Inspection::subject.of::<Bridge>()).filter(Bridge::name.eq("old"));
    cx.clear_log();
    assert_eq!(of_old.count(&mut session)?, 2);
    let log = cx.take_log();
    let on = log[0].sql.split(" ON ").nth(1).unwrap();
    let (name, key) = (on.find("subject_type").unwrap(), on.find("subject_no").unwrap());
    assert!(name < key && !on.contains("CASE"), "{on}");
    let of_deep = Inspection::subject.of::<Tunnel>().has(Tunnel::name.eq("deep"));
    assert_eq!(names(&mut session, all().filter(of_deep))?, ["c"]);
    let rows = all().left_join(Inspection::subject.of::<Bridge>()).left_join(Inspection::subject.of::<Tunnel>());
    let rows = rows.order_by(Inspection::name).select((Inspection::name, Bridge::name, Tunnel::name));
    let rows = rows.all(&mut session)?;
    assert_eq!(rows[1], ("b".to_owned(), Some("old".to_owned()), None));
    assert_eq!(rows[2], ("c".to_owned(), None, Some("deep".to_owned())));
    assert_eq!(Bridge::query().join(Bridge::inspections).count(&mut session)?, 2);
    assert_eq!(Tunnel::query().filter(Tunnel::inspections.any(Inspection::name.eq("a"))).count(&mut session)?, 0);
    assert_eq!(Bridge::query().filter(Bridge::inspections.any(Inspection::name.eq("a"))).count(&mut session)?, 1);
    Ok(())
}

pub fn joined_loads_bring_the_model_that_is_named(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let query = Inspection::query().include(Inspection::subject.of::<Bridge>().joined());
    let query = query.include(Inspection::subject.of::<Tunnel>().joined()).order_by(Inspection::name);
    let found = query.all(&mut session)?;
    assert!(matches!(session.related(found[0], Inspection::subject)?, Structure::Bridge(_)));
    assert!(matches!(session.related(found[2], Inspection::subject)?, Structure::Tunnel(_)));
    cx.expect_log(&["select inspection"]);
    session.close()?;
    session.begin()?;
    let tunnels = Tunnel::query().include(Tunnel::inspections.joined()).include(Tunnel::survey.joined());
    let tunnels = tunnels.all(&mut session)?;
    assert_eq!(session.related(tunnels[0], Tunnel::inspections)?.len(), 1);
    assert!(session.related(tunnels[0], Tunnel::survey)?.is_some());
    Ok(())
}

pub fn a_relation_as_a_query_has_both_conditions(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel) = (session.get::<Bridge>(1)?.unwrap(), session.get::<Tunnel>(1)?.unwrap());
    assert_eq!(session.query_related(bridge, Bridge::inspections)?.count(&mut session)?, 2);
    let query = session.query_related(tunnel, Tunnel::inspections)?;
    query.update(Inspection::name.set("z")).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT name FROM inspection ORDER BY name", &["a", "b", "z"]);
    let c = by_name(&mut session, "z")?;
    let of_c = session.query_related(c, Inspection::subject.of::<Tunnel>())?;
    assert_eq!(of_c.select(Tunnel::name).all(&mut session)?, ["deep"]);
    Ok(())
}

pub fn a_new_target_gives_its_key_in_the_same_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Inspection])?;
    let mut session = cx.session();
    let first = session.add(Inspection::named("x"));
    let tunnel = session.add(Tunnel { name: "new".into(), ..Tunnel::default() });
    let bridge = session.add(Bridge {
        name: "new".into(),
        inspections: [Inspection { passage: tunnel.into(), ..Inspection::named("y") }].into(),
        ..Bridge::default()
    });
    session[first].subject = tunnel.into();
    assert_eq!(session.related(first, Inspection::subject)?, Structure::Tunnel(tunnel));
    session.commit()?;
    cx.expect_rows(KEYS, &["x|tube|1|NULL|NULL", "y|Bridge|1|tube|1"]);
    assert_eq!(session[first].subject.as_key::<Tunnel>(), Some(&1));
    assert_eq!(session.load(bridge, Bridge::inspections)?.len(), 1);
    Ok(())
}

pub fn another_model_takes_the_place_at_the_same_key(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel, [a, _, c]) = loaded(&mut session)?;
    assert_eq!(
        (session.load(bridge, Bridge::inspections)?.len(), session.load(tunnel, Tunnel::inspections)?.len()),
        (2, 1)
    );
    cx.clear_log();
    session[a].subject = tunnel.into();
    assert_eq!(session.related(a, Inspection::subject)?, Structure::Tunnel(tunnel));
    assert_eq!(session.related(bridge, Bridge::inspections)?.len(), 1);
    assert_eq!(session.related(tunnel, Tunnel::inspections)?, [c, a]);
    session.commit()?;
    cx.expect_log(&["update inspection (subject_type)"]);
    cx.expect_rows("SELECT subject_type, subject_no FROM inspection WHERE name = 'a'", &["tube|1"]);
    assert!(session.contains(a), "who has another subject is no orphan of the first");
    let other = session.add(Tunnel { name: "other".into(), ..Tunnel::default() });
    session[a].subject = other.into();
    session.commit()?;
    cx.expect_log(&["insert tunnel", "update inspection (subject_no)"]);
    cx.expect_rows("SELECT subject_type, subject_no FROM inspection WHERE name = 'a'", &["tube|2"]);
    session[a].subject = OneOf::key::<Bridge>(1);
    session.commit()?;
    cx.expect_log(&["update inspection (subject_no, subject_type)"]);
    assert_eq!(session.load(a, Inspection::subject)?, Structure::Bridge(bridge));
    Ok(())
}

pub fn a_member_moves_between_lists_of_two_models(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel, [_, _, c]) = loaded(&mut session)?;
    session.push(bridge, Bridge::inspections, c)?;
    let new = session.push(tunnel, Tunnel::inspections, Inspection::named("e"))?;
    session.push(bridge, Bridge::inspections, new)?;
    assert!(session.load(tunnel, Tunnel::inspections)?.is_empty());
    assert_eq!(session.load(bridge, Bridge::inspections)?.len(), 4);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM inspection WHERE subject_type = 'Bridge' AND subject_no = 1", &["4"]);
    Ok(())
}

pub fn one_has_to_be_set(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let new = session.add(Inspection::named("e"));
    let words = ["Inspection#new: `subject` was never set; assign a handle of one of Bridge, Tunnel"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    cx.expect_log(&[]);
    session.expunge(new)?;
    let (_, tunnel, [_, _, c]) = loaded(&mut session)?;
    session.remove(tunnel, Tunnel::inspections, c)?;
    cx.clear_log();
    let words = ["Inspection#3 loses Tunnel#1, but its `subject` must reference one of Bridge, Tunnel"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    cx.expect_log(&[]);
    Ok(())
}

pub fn none_may_be_set_of_an_option(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel, [_, _, c]) = loaded(&mut session)?;
    session.load(tunnel, Tunnel::survey)?;
    cx.clear_log();
    session[c].passage = None;
    assert_eq!(session.load(tunnel, Tunnel::survey)?, None);
    session.commit()?;
    cx.expect_log(&["update inspection (passage_id, passage_type)"]);
    session[c].passage = bridge.into();
    session.commit()?;
    cx.expect_rows("SELECT passage_type, passage_id FROM inspection WHERE name = 'c'", &["Bridge|1"]);
    assert_eq!(session.load(tunnel, Tunnel::survey)?, None);
    Ok(())
}

pub fn a_deleted_parent_takes_its_members_or_their_keys(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let tunnel = session.get::<Tunnel>(1)?.unwrap();
    session.delete(tunnel)?;
    let words = ["Inspection#3 loses Tunnel#1, but its `subject` must reference one of"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    session.rollback()?;

    let (bridge, tunnel, [_, _, c]) = loaded(&mut session)?;
    session[c].subject = bridge.into();
    session.delete(tunnel)?;
    session.commit()?;
    cx.expect_rows(KEYS, &["a|Bridge|1|NULL|NULL", "b|Bridge|1|NULL|NULL", "c|Bridge|1|NULL|NULL"]);
    assert_eq!(session[c].passage, None);

    session.delete(bridge)?;
    session.commit()?;
    cx.expect_rows(KEYS, &[]);
    Ok(())
}

pub fn rows_of_another_model_with_the_same_key_stay(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let bridge = session.get::<Bridge>(1)?.unwrap();
    session.delete(bridge)?;
    session.commit()?;
    cx.expect_rows(KEYS, &["c|tube|1|tube|1"]);
    let c = by_name(&mut session, "c")?;
    assert!(matches!(session.load(c, Inspection::subject)?, Structure::Tunnel(_)));
    Ok(())
}

pub fn a_key_that_changes_is_followed(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, _, [a, ..]) = loaded(&mut session)?;
    session[bridge].id = 7;
    session.commit()?;
    cx.expect_rows(KEYS, &["a|Bridge|7|NULL|NULL", "b|Bridge|7|NULL|NULL", "c|tube|1|tube|1"]);
    assert_eq!(session[a].subject.as_key::<Bridge>(), Some(&7));
    Ok(())
}

pub fn a_name_that_no_variant_has_is_an_error(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    sql("UPDATE inspection SET subject_type = 'viaduct' WHERE name = 'a'").execute(&mut session)?;
    let words = ["Inspection, column `subject_type`: expected \"Bridge\" or \"tube\"", "viaduct"];
    expect_error(Inspection::query().all(&mut session), ErrorKind::Decode, &words);
    assert_eq!(names(&mut session, Inspection::query().filter(Inspection::subject.is::<Bridge>()))?, ["b"]);
    Ok(())
}

pub fn a_rollback_brings_the_old_one_back(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let (bridge, tunnel, [a, ..]) = loaded(&mut session)?;
    session.load(bridge, Bridge::inspections)?;
    session.load(tunnel, Tunnel::inspections)?;
    let mut nested = session.begin_nested()?;
    nested[a].subject = tunnel.into();
    nested.flush()?;
    nested.rollback()?;
    assert_eq!(session.load(a, Inspection::subject)?, Structure::Bridge(bridge));
    assert_eq!(session.load(bridge, Bridge::inspections)?.len(), 2);
    assert_eq!(session.load(tunnel, Tunnel::inspections)?.len(), 1);
    session.commit()?;
    cx.expect_rows("SELECT subject_type FROM inspection WHERE name = 'a'", &["Bridge"]);
    Ok(())
}

pub fn a_merge_says_what_it_has(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    session.merge(Inspection { id: 1, ..Inspection::named("aa") })?;
    session.merge(Inspection { id: 3, ..Inspection::named("cc") })?;
    session.merge(Inspection { id: 2, subject: OneOf::key::<Tunnel>(1), ..Inspection::named("b") })?;
    session.commit()?;
    let rows = ["aa|Bridge|1", "b|tube|1", "cc|tube|1"];
    cx.expect_rows("SELECT name, subject_type, subject_no FROM inspection ORDER BY name", &rows);
    Ok(())
}

pub fn plain_values_and_statements_beside_the_objects(cx: &mut TestContext) -> Result<()> {
    let mut session = inspections(cx)?;
    let values = Inspection::query().order_by(Inspection::name).values(&mut session)?;
    assert!(values[2].subject.is::<Tunnel>() && values[0].passage.is_none());
    Inspection::insert(Inspection { subject: OneOf::key::<Tunnel>(1), ..Inspection::named("e") })
        .execute(&mut session)?;
    assert_eq!(Inspection::query().filter(Inspection::subject.is::<Tunnel>()).count(&mut session)?, 2);
    let update = Inspection::query().filter(Inspection::subject.is::<Bridge>());
    let outcome = update.update(Inspection::subject.key::<Tunnel>().set(1)).execute(&mut session);
    expect_error(outcome, ErrorKind::Unsupported, &["`subject` of Inspection", "set together"]);
    let a = by_name(&mut session, "a")?;
    sql("UPDATE inspection SET subject_type = 'tube' WHERE name = 'a'").execute(&mut session)?;
    session.refresh(a)?;
    assert!(session[a].subject.is::<Tunnel>());
    Ok(())
}

pub fn keys_of_several_columns_and_unique_pairs(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Fault])?;
    let mut session = cx.session();
    let rail = session.add(Rail { line: "north".into(), km: 4, ..Rail::default() });
    let signal = session.add(Signal { line: "north".into(), km: 4, ..Signal::default() });
    session.add(Fault { spot: rail.into(), ..Fault::default() });
    session.add(Fault { spot: signal.into(), ..Fault::default() });
    session.commit()?;
    let rows = "SELECT spot_type, spot_line, spot_km FROM fault ORDER BY id";
    cx.expect_rows(rows, &["Rail|north|4", "Signal|north|4"]);
    assert_eq!(session.load(signal, Signal::faults)?.len(), 1);
    assert_eq!(Fault::query().join(Fault::spot.of::<Rail>()).count(&mut session)?, 1);
    session.close()?;
    session.begin()?;
    let found = Fault::query().include(Fault::spot).order_by(Fault::id).all(&mut session)?;
    assert!(matches!(session.related(found[1], Fault::spot)?, Some(Trackside::Signal(_))));
    session.add(Fault { spot: Some(OneOf::key::<Rail>(("north".to_owned(), 4))), ..Fault::default() });
    expect_error(session.flush(), ErrorKind::UniqueViolation, &[]);
    Ok(())
}
