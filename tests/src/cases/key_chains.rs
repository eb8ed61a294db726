//! Primary keys that change, and what follows them behind one level: keys within keys, and trees: U-097, U-100.

use orm::Result;
use orm::prelude::*;

use crate::TestContext;
use crate::models::{Beacon, Berth, Buoy, Crane, Dock, Harbor, Node, Part, Quay};

cases! { key_chains {
    u_097_a_key_within_a_key_is_carried_on_by_the_flush [deferrable_keys];
    u_097_rows_behind_keys_that_the_database_carries_are_loaded [deferrable_keys];
    u_097_keys_within_keys_are_handed_on_in_order [deferrable_keys];
    u_097_a_new_object_takes_over_a_key_within_a_key [deferrable_keys];
    u_097_a_tree_follows_level_by_level [deferrable_keys];
    u_097_keys_of_a_tree_are_handed_on [deferrable_keys];
    u_097_children_follow_to_the_key_of_a_deleted_row [deferrable_keys];
    u_097_a_child_that_left_the_session_is_loaded_again [deferrable_keys];
    u_097_a_row_may_reference_itself [];
    u_100_a_rollback_brings_keys_back_that_the_flush_carried_over [deferrable_keys];
} }

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
    let mut session = cx.only_writer();
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

pub fn u_097_a_new_object_takes_over_a_key_within_a_key(cx: &mut TestContext) -> Result<()> {
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

pub fn u_100_a_rollback_brings_keys_back_that_the_flush_carried_over(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Buoy])?;
    let mut session = cx.only_writer();
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

/// Two objects of one model.
type Two<T> = [Handle<T>; 2];

/// The parts `a` and `b` with a part each, committed.
fn two_parts(cx: &mut TestContext) -> Result<(Session, Two<Part>, Two<Part>)> {
    cx.create(models![Part])?;
    let mut session = cx.only_writer();
    let wholes = ["a", "b"].map(|code| session.add(Part::coded(code)));
    let parts = [0, 1].map(|at| session.add(Part { whole: wholes[at].into(), ..Part::coded(["a1", "b1"][at]) }));
    session.commit()?;
    cx.clear_log();
    Ok((session, wholes, parts))
}

const PARTS: &str = "SELECT code, whole_code FROM part ORDER BY code";

pub fn u_097_keys_of_a_tree_are_handed_on(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b], [a1, b1]) = two_parts(cx)?;
    session[a].code = "b".into();
    session[b].code = "c".into();
    session.commit()?;
    cx.expect_log(&[
        "update part (code) by (code)",
        "update part (code) by (code)",
        "update part (whole_code) by (code)",
        "update part (whole_code) by (code)",
    ]);
    cx.expect_rows(PARTS, &["a1|b", "b|NULL", "b1|c", "c|NULL"]);
    assert_eq!((session.load(a1, Part::whole)?, session.load(b1, Part::whole)?), (Some(a), Some(b)));
    assert_eq!((session.related(a, Part::parts)?, session.related(b, Part::parts)?), (vec![a1], vec![b1]));
    Ok(())
}

pub fn u_097_children_follow_to_the_key_of_a_deleted_row(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, b], [a1, b1]) = two_parts(cx)?;
    session.delete(b)?;
    session[a].code = "b".into();
    let new = session.add(Part { whole: a.into(), ..Part::coded("a") });
    session.commit()?;
    cx.expect_rows(PARTS, &["a|b", "a1|b", "b|NULL", "b1|NULL"]);
    assert_eq!(session.get::<Part>("b".to_owned())?, Some(a));
    assert_eq!((session.load(a1, Part::whole)?, session.load(b1, Part::whole)?), (Some(a), None));
    assert_eq!(session.related(a, Part::parts)?, [a1, new]);
    session.rollback()?;
    assert!(session.dirty().is_empty());
    Ok(())
}

pub fn u_097_a_child_that_left_the_session_is_loaded_again(cx: &mut TestContext) -> Result<()> {
    let (mut session, [a, _], [a1, _]) = two_parts(cx)?;
    session.expunge(a1)?;
    session[a].code = "c".into();
    session.commit()?;
    cx.expect_log(&["select part", "update part (code)", "update part (whole_code)"]);
    cx.expect_rows(PARTS, &["a1|c", "b|NULL", "b1|b", "c|NULL"]);
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
    cx.expect_log(&["without self_references: update node (parent_id)", "update node (id, parent_id)"]);
    cx.expect_rows("SELECT id, parent_id FROM node", &["9|9"]);
    assert_eq!(session.load(node, Node::parent)?, Some(node));
    Ok(())
}
