//! How objects of families with joined tables are loaded: I-010 and I-013 to I-015.

use orm::prelude::*;
use orm::{ErrorKind, Result, State, StatementKind};

use crate::fleets::{busy_fleet, plates};
use crate::models::{AnyVehicle, Bicycle, Boat, Journey, Motor, Truck, Vehicle};
use crate::{TestContext, expect_error};

cases! { inheritance_loading {
    i_010_every_object_is_brought_as_what_it_is [];
    i_013_one_more_statement_for_each_type_that_occurs [];
    i_013_types_below_a_subtype_are_read_apart [];
    i_013_limits_and_slices_count_objects [];
    i_013_objects_in_memory_follow_their_rows [];
    i_013_a_statement_that_fails_leaves_nothing_half_known [];
    i_013_rows_are_locked_in_all_tables [row_locks];
    i_014_one_statement_with_left_joins [];
    i_014_left_joined_rows_are_locked_in_the_base [row_locks];
    i_015_base_only_reads_one_table [];
    i_015_the_rest_of_a_result_is_read_by_one_statement [];
    i_015_base_only_locks_the_rows_of_the_base [row_locks];
    i_015_a_part_is_lent_as_the_base_only [];
    i_015_reads_of_a_subtype_bring_the_rest [];
    i_015_a_part_is_changed_in_the_base [];
    i_015_unsaved_changes_stay_when_the_rest_is_read [];
    i_015_what_is_deleted_is_read_as_a_whole [];
    i_015_whole_objects_stay_whole [];
    i_015_a_rollback_keeps_what_was_read [];
    i_015_merge_and_bulk_statements_know_parts [];
} }

pub fn i_010_every_object_is_brought_as_what_it_is(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let queries = [Vehicle::query(), Vehicle::query().with_subtypes()];
    for query in queries {
        let mut session = cx.session();
        let found = query.order_by(Vehicle::id).all(&mut session)?;
        let kinds: Vec<AnyVehicle> = found.iter().map(|&vehicle| session.variant(vehicle)).collect::<Result<_>>()?;
        let [
            AnyVehicle::Vehicle(_),
            AnyVehicle::Bicycle(bike),
            AnyVehicle::Motor(van),
            AnyVehicle::Boat(boat),
            AnyVehicle::Truck(big),
        ] = kinds[..]
        else {
            panic!("{kinds:?}")
        };
        assert_eq!((session[bike].gears, session[van].power, session[boat].draught), (3, 100, Some(1.5)));
        let truck = &session[big];
        assert_eq!((truck.cargo, truck.motor.power, truck.motor.fuel.as_str()), (20, 400, "diesel"));
        assert_eq!(truck.motor.state.as_str(), "new");
    }
    Ok(())
}

pub fn i_013_one_more_statement_for_each_type_that_occurs(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().order_by(Vehicle::id).all(&mut session)?;
    assert_eq!(plates(&session, &found, |vehicle| &vehicle.plate), ["it", "bike", "van", "boat", "big"]);
    let log = cx.take_log();
    let rows: Vec<usize> = log.iter().map(|statement| statement.rows).collect();
    assert_eq!(rows, [5, 1, 1, 1], "{log:?}");
    assert!(!log[0].sql.contains("JOIN"), "{log:?}");
    let tables =
        |sql: &str| ["motor", "truck", "boat"].map(|table| sql.contains(&format!("JOIN {}", quoted(sql, table))));
    assert_eq!(
        log[1..].iter().map(|statement| tables(&statement.sql)).collect::<Vec<_>>(),
        [[true, false, false], [true, true, false], [false, false, true]]
    );
    assert!(log[1..].iter().all(|statement| !statement.sql.contains("LEFT")), "{log:?}");

    session.clear();
    Vehicle::query().filter(Vehicle::plate.in_(["it", "bike"])).all(&mut session)?;
    cx.expect_log(&["select vehicle"]);
    Ok(())
}

/// A name as the statement quotes it.
fn quoted(sql: &str, name: &str) -> String {
    let quote = if sql.contains('`') { '`' } else { '"' };
    format!("{quote}{name}{quote}")
}

pub fn i_013_types_below_a_subtype_are_read_apart(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let motors = Motor::query().order_by(Vehicle::id).all(&mut session)?;
    assert_eq!(plates(&session, &motors, |motor| &motor.vehicle.plate), ["van", "big"]);
    let truck = session.downcast::<Truck>(motors[1]).unwrap();
    assert_eq!((session[truck].cargo, session[motors[1]].power), (20, 400));
    let log = cx.take_log();
    assert_eq!(log.iter().map(|statement| statement.rows).collect::<Vec<_>>(), [2, 1], "{log:?}");
    let below = Vehicle::query().filter(Vehicle::plate.ne("van")).of_type::<Motor>();
    assert_eq!(below.all(&mut session)?, [motors[1]]);
    Ok(())
}

pub fn i_013_limits_and_slices_count_objects(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let last = Vehicle::query().order_by(Vehicle::id.desc()).first(&mut session)?.unwrap();
    assert!(session.downcast::<Truck>(last).is_some_and(|truck| session[truck].cargo == 20));
    cx.expect_log(&["select vehicle", "select vehicle"]);
    session.clear();
    let slice = Vehicle::query().order_by(Vehicle::id).slice(&mut session, 3)?;
    let van = session.downcast::<Motor>(slice.items[2]).unwrap();
    assert_eq!((slice.items.len(), session[van].power), (3, 100));
    cx.expect_log(&["select vehicle", "select vehicle"]);
    let rest = Vehicle::query().order_by(Vehicle::id).after(slice.next).all(&mut session)?;
    assert_eq!(plates(&session, &rest, |vehicle| &vehicle.plate), ["boat", "big"]);
    let page = Vehicle::query().order_by(Vehicle::id).page(&mut session, 2, 3)?;
    assert_eq!((page.items.as_slice(), page.total), (&rest[..], 5));
    Ok(())
}

pub fn i_013_objects_in_memory_follow_their_rows(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    let boat = session.get::<Boat>(4)?.unwrap();
    session[boat].draught = Some(9.0);
    session.set_autoflush(false);
    cx.execute("UPDATE truck SET cargo = 21 WHERE id = 5");
    cx.execute("UPDATE motor SET power = 401 WHERE id = 5");
    cx.execute("UPDATE boat SET draught = 2.5 WHERE id = 4");
    Vehicle::query().all(&mut session)?;
    assert_eq!((session[truck].cargo, session[truck].motor.power), (21, 401));
    assert_eq!(session[boat].draught, Some(9.0)); // unsaved
    Vehicle::query().populate_existing().all(&mut session)?;
    assert_eq!(session[boat].draught, Some(2.5));
    Ok(())
}

pub fn i_013_a_statement_that_fails_leaves_nothing_half_known(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    cx.fail_after(1, StatementKind::Select, ErrorKind::Database);
    expect_error(Vehicle::query().order_by(Vehicle::id).all(&mut session), ErrorKind::Database, &[]);
    session.rollback()?;
    let truck = session.get::<Truck>(5)?.unwrap();
    assert_eq!((session[truck].cargo, session[truck].motor.power), (20, 400));
    cx.clear_log();
    let bikes = Vehicle::query().filter(Vehicle::plate.eq("bike")).all(&mut session)?;
    assert_eq!(session.downcast::<Bicycle>(bikes[0]).map(|bike| session[bike].gears), Some(3));
    cx.expect_log(&["select vehicle"]);
    Ok(())
}

pub fn i_013_rows_are_locked_in_all_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().filter(Vehicle::plate.eq("big")).for_update().one(&mut session)?;
    let truck = session.downcast::<Truck>(found).unwrap();
    let log = cx.take_log();
    assert!(log.len() == 2 && log.iter().all(|statement| statement.sql.contains("FOR UPDATE")), "{log:?}");
    session.refresh_for_update(truck)?;
    assert_eq!(session[truck].cargo, 20);
    assert_eq!(Truck::query().for_update().all(&mut session)?, [truck]);
    session.rollback()
}

pub fn i_014_one_statement_with_left_joins(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().with_subtypes().order_by(Vehicle::id).all(&mut session)?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    assert_eq!((session[truck].cargo, session[truck].motor.power), (20, 400));
    let log = cx.take_log();
    let [statement] = &log[..] else { panic!("{log:?}") };
    assert_eq!(statement.sql.matches("LEFT JOIN").count(), 3, "{}", statement.sql);
    let motors = Motor::query().with_subtypes().include(Motor::journeys).order_by(Vehicle::id).all(&mut session)?;
    assert_eq!(session.related(motors[0], Motor::journeys)?.len(), 2);
    cx.expect_log(&["select vehicle", "select journey"]);
    Ok(())
}

pub fn i_014_left_joined_rows_are_locked_in_the_base(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let query = Vehicle::query().with_subtypes().filter(Vehicle::plate.eq("big")).for_update();
    let found = query.one(&mut session)?;
    assert!(session.downcast::<Truck>(found).is_some_and(|truck| session[truck].cargo == 20));
    cx.expect_log(&["select vehicle"]);
    session.rollback()
}

pub fn i_015_base_only_reads_one_table(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).include(Vehicle::yard).all(&mut session)?;
    assert_eq!(plates(&session, &found, |vehicle| &vehicle.plate), ["it", "bike", "van", "boat", "big"]);
    let yard = session.related(found[2], Vehicle::yard)?.unwrap();
    assert_eq!(session[yard].name, "north");
    // Which type an object is is known, and what is in the table of the base.
    let kinds = found.iter().map(|&vehicle| session.variant(vehicle)).collect::<Result<Vec<_>>>()?;
    let (AnyVehicle::Bicycle(bike), AnyVehicle::Truck(_)) = (kinds[1], kinds[4]) else { panic!("{kinds:?}") };
    assert_eq!(session[bike].gears, 3);
    let log = cx.take_log();
    assert!(log.len() == 2 && !log[0].sql.contains("JOIN"), "{log:?}");
    Ok(())
}

pub fn i_015_the_rest_of_a_result_is_read_by_one_statement(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    cx.clear_log();
    session.complete(found[4])?;
    let [van, big] = [2, 4].map(|index| session.downcast::<Motor>(found[index]).unwrap());
    assert_eq!((session[van].power, session[big].power), (100, 400));
    let boat = session.downcast::<Boat>(found[3]).unwrap();
    assert_eq!(session[boat].draught, Some(1.5));
    session.complete(found[2])?;
    session.complete(found[0])?;
    cx.expect_log(&["select vehicle"]);

    session.clear();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    cx.execute("DELETE FROM truck");
    cx.execute("DELETE FROM journey WHERE motor_id = 5");
    cx.execute("DELETE FROM vehicle WHERE id = 5");
    expect_error(session.complete(found[4]), ErrorKind::NotFound, &["Truck#5", "gone"]);
    assert_eq!(session.state(found[4]), State::Detached);
    Ok(())
}

pub fn i_015_base_only_locks_the_rows_of_the_base(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().filter(Vehicle::plate.eq("big")).for_update().one(&mut session)?;
    cx.expect_log(&["select vehicle"]);
    session[found].plate = "huge".into();
    session.commit()?;
    cx.expect_rows("SELECT plate FROM vehicle WHERE id = 5", &["huge"]);
    Ok(())
}

pub fn i_015_a_part_is_lent_as_the_base_only(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    let motor = session.upcast(truck);
    cx.clear_log();
    expect_error(session.try_get(truck), ErrorKind::NotLoaded, &["Truck#5", "`vehicle`", "complete"]);
    expect_error(session.try_edit(motor), ErrorKind::NotLoaded, &["Truck#5", "complete"]);
    expect_error(session.expunge(truck), ErrorKind::NotLoaded, &["Truck#5", "complete"]);
    expect_error(session.columns_of(found[4]), ErrorKind::NotLoaded, &["Truck#5", "complete"]);
    cx.expect_log(&[]);
    assert_eq!(session.expunge(found[4])?.plate, "big");
    Ok(())
}

pub fn i_015_reads_of_a_subtype_bring_the_rest(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let parts = |session: &mut Session| Vehicle::query().base_only().order_by(Vehicle::id).all(session);
    let found = parts(&mut session)?;
    cx.clear_log();
    let truck = session.get::<Truck>(5)?.unwrap();
    assert_eq!((session.upcast(session.upcast(truck)), session[truck].cargo), (found[4], 20));
    cx.expect_log(&["select vehicle"]);

    session.clear();
    let found = parts(&mut session)?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    let boat = session.load(truck, Truck::pulls)?.unwrap();
    assert_eq!(session[boat].draught, Some(1.5));

    session.clear();
    parts(&mut session)?;
    let oslo = Journey::query().filter(Journey::goal.eq("Oslo")).one(&mut session)?;
    let motor = session.load(oslo, Journey::motor)?;
    assert_eq!(session[motor].power, 400);

    session.clear();
    let found = parts(&mut session)?;
    let trucks = Truck::query().all(&mut session)?;
    assert_eq!((session.upcast(session.upcast(trucks[0])), session[trucks[0]].cargo), (found[4], 20));

    session.clear();
    let found =
        Vehicle::query().base_only().include(Truck::pulls.in_family()).order_by(Vehicle::id).all(&mut session)?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    assert!(session.related(truck, Truck::pulls)?.is_some_and(|boat| session[boat].draught == Some(1.5)));
    Ok(())
}

pub fn i_015_a_part_is_changed_in_the_base(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    cx.clear_log();
    session[found[4]].plate = "huge".into();
    session.commit()?;
    cx.expect_log(&["update vehicle (plate, revision)"]);
    cx.expect_rows("SELECT plate, revision FROM vehicle WHERE id = 5", &["huge|2"]);
    cx.expect_rows("SELECT id, cargo, pulls_id FROM truck", &["5|20|4"]);
    let truck = session.get::<Truck>(5)?.unwrap();
    assert_eq!((session[truck].cargo, session[truck].motor.vehicle.plate.as_str()), (20, "huge"));
    Ok(())
}

pub fn i_015_unsaved_changes_stay_when_the_rest_is_read(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    session.set_autoflush(false);
    session[found[4]].plate = "huge".into();
    session.complete(found[4])?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    assert_eq!((session[truck].cargo, session[truck].motor.vehicle.plate.as_str()), (20, "huge"));
    let boat = session.load(truck, Truck::pulls)?.unwrap();
    assert_eq!(session.load(boat, Boat::puller)?, [truck]);
    session[truck].cargo = 22;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update truck (cargo)", "update vehicle (plate, revision)"]);
    cx.expect_rows("SELECT plate, revision FROM vehicle WHERE id = 5", &["huge|2"]);

    // Of which somebody else has changed a part since.
    session.clear();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    session[found[4]].plate = "large".into();
    cx.execute("UPDATE vehicle SET revision = 3 WHERE id = 5");
    cx.execute("UPDATE truck SET cargo = 23 WHERE id = 5");
    session.complete(found[4])?;
    expect_error(session.commit(), ErrorKind::StaleData, &["Truck#5"]);
    session.rollback()
}

pub fn i_015_what_is_deleted_is_read_as_a_whole(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    session.delete(found[3])?; // the boat, which the truck references
    session.delete(found[4])?;
    session.commit()?;
    cx.expect_rows("SELECT id FROM vehicle ORDER BY id", &["1", "2", "3"]);
    cx.expect_rows("SELECT goal FROM journey ORDER BY id", &["Bern", "Rome"]);
    let deletes: Vec<String> = cx
        .take_log()
        .iter()
        .filter(|sent| sent.kind == StatementKind::Delete)
        .filter_map(|sent| sent.table.clone())
        .collect();
    assert_eq!(deletes, ["journey", "truck", "motor", "vehicle", "boat", "vehicle"]);
    Ok(())
}

pub fn i_015_whole_objects_stay_whole(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    let parts = |session: &mut Session| {
        Vehicle::query().base_only().filter(Vehicle::plate.ne("it")).order_by(Vehicle::id).all(session)
    };
    cx.clear_log();
    parts(&mut session)?;
    assert_eq!(session[truck].cargo, 20);
    cx.expect_log(&["select vehicle"]);
    // The row has changed: what is known of the other tables may be old as well.
    cx.execute("UPDATE vehicle SET revision = 2 WHERE id = 5");
    cx.execute("UPDATE truck SET cargo = 23 WHERE id = 5");
    parts(&mut session)?;
    assert_eq!((session[truck].cargo, session[truck].motor.vehicle.revision), (23, 2));
    let log = cx.take_log();
    assert!(log.len() == 2 && log[1].rows == 1, "{log:?}");
    Ok(())
}

pub fn i_015_a_rollback_keeps_what_was_read(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    session.begin()?;
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    session[found[4]].plate = "huge".into();
    session.flush()?;
    session.complete(found[4])?;
    let truck = session.downcast::<Truck>(found[4]).unwrap();
    session[truck].cargo = 22;
    session.flush()?;
    session.rollback()?;
    assert_eq!((session[truck].cargo, session[truck].motor.vehicle.plate.as_str()), (20, "big"));
    session[truck].motor.power = 500;
    session.commit()?;
    cx.expect_rows("SELECT power FROM motor WHERE id = 5", &["500"]);
    cx.expect_rows("SELECT plate, revision FROM vehicle WHERE id = 5", &["big|2"]);
    Ok(())
}

pub fn i_015_merge_and_bulk_statements_know_parts(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let value = Truck::query().values(&mut session)?.remove(0);
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    let truck = session.merge(Truck { cargo: 24, ..value })?;
    assert_eq!((session.upcast(session.upcast(truck)), session[truck].cargo), (found[4], 24));
    session.commit()?;
    cx.expect_rows("SELECT id, cargo, pulls_id FROM truck", &["5|24|4"]);

    session.clear();
    let found = Vehicle::query().base_only().order_by(Vehicle::id).all(&mut session)?;
    let raised = Motor::query().filter(Motor::power.gt(200)).update(Motor::power.set(Motor::power + 1));
    assert_eq!(raised.execute(&mut session)?, 1);
    session.complete(found[4])?;
    let motor = session.downcast::<Motor>(found[4]).unwrap();
    assert_eq!(session[motor].power, 401);
    Journey::query().delete().execute(&mut session)?;
    assert_eq!(Truck::query().filter(Truck::cargo.eq(24)).delete().execute(&mut session)?, 1);
    assert_eq!(session.get::<Vehicle>(5)?, None);
    session.rollback()
}
