//! Queries over families with joined tables: I-012 and I-014, and what else holds for queries over families.

use orm::functions::{count, max};
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::fleets::{busy_fleet, plates};
use crate::models::{Boat, Journey, Motor, Truck, Vehicle, Yard};
use crate::{TestContext, expect_error};

cases! { inheritance_joined_reads {
    i_012_a_query_for_a_joined_subtype_joins_its_table [];
    i_014_tables_that_are_not_named_are_not_joined [];
    i_016_a_query_turns_to_a_joined_subtype [];
    i_018_a_joined_subtype_is_joined_as_a_whole [];
    i_018_outer_joins_choose_the_rows_before_in_several_tables [full_join];
    i_019_counts_and_subqueries_read_the_joined_tables [];
    i_019_relations_as_conditions_read_the_joined_tables [];
    i_020_an_alias_names_all_tables [];
    i_021_values_are_read_from_all_tables [];
    i_011_pages_streams_and_raw_statements_read_all_tables [];
    i_025_relations_to_joined_subtypes_are_loaded_and_included [];
    i_027_relations_of_joined_subtypes_are_included_in_queries_for_the_base [];
    i_003_get_and_refresh_read_all_tables [];
    set_operations_over_joined_tables [];
    filters_of_a_session_name_joined_columns [];
} }

pub fn i_012_a_query_for_a_joined_subtype_joins_its_table(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let query = Truck::query().filter(Motor::power.gt(200).and(Vehicle::plate.eq("big")).and(Truck::cargo.eq(20)));
    let found = query.all(&mut session)?;
    assert_eq!(plates(&session, &found, |truck| &truck.motor.vehicle.plate), ["big"]);
    let log = cx.take_log();
    let [statement] = &log[..] else { panic!("{log:?}") };
    assert!(statement.sql.contains("JOIN") && !statement.sql.contains("LEFT"), "{}", statement.sql);
    let condition = &statement.sql[statement.sql.find("WHERE").unwrap()..];
    assert!(!condition.contains("kind"), "{}", statement.sql);
    Ok(())
}

pub fn i_014_tables_that_are_not_named_are_not_joined(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    assert_eq!(Vehicle::query().count(&mut session)?, 5);
    let plates = Vehicle::query().filter(Vehicle::is::<Motor>()).order_by(Vehicle::id).select(Vehicle::plate);
    assert_eq!(plates.all(&mut session)?, ["van", "big"]);
    assert_eq!(Motor::query().filter(Motor::fuel.eq("diesel")).count(&mut session)?, 2);
    let log = cx.take_log();
    assert!(log[..2].iter().all(|statement| !statement.sql.contains("JOIN")), "{log:?}");
    assert!(log[2].sql.contains("JOIN") && !log[2].sql.contains("truck"), "{log:?}");
    Ok(())
}

pub fn i_016_a_query_turns_to_a_joined_subtype(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let query = Vehicle::query().filter(Vehicle::plate.ne("van")).of_type::<Motor>().filter(Motor::fuel.eq("diesel"));
    let found: Vec<Handle<Motor>> = query.all(&mut session)?;
    assert_eq!(plates(&session, &found, |motor| &motor.vehicle.plate), ["big"]);
    assert_eq!(Motor::query().of_type::<Truck>().filter(Truck::cargo.gt(1)).count(&mut session)?, 1);
    let rows = Vehicle::query().order_by(Vehicle::id).select((Vehicle::plate, Vehicle::is::<Motor>()));
    assert_eq!(rows.all(&mut session)?[4], ("big".to_owned(), true));
    Ok(())
}

pub fn i_018_a_joined_subtype_is_joined_as_a_whole(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let rows = Journey::query().left_join(Journey::motor).order_by(Journey::id);
    let rows = rows.select((Journey::goal, Vehicle::plate, Motor::power)).all(&mut session)?;
    assert_eq!(rows[2], ("Oslo".to_owned(), Some("big".to_owned()), Some(400)));
    let rows = Journey::query().left_join(Truck::on(Journey::motor_id.eq(Vehicle::id))).order_by(Journey::id);
    let rows = rows.select((Journey::goal, Truck::cargo)).all(&mut session)?;
    assert_eq!(rows, [("Bern".to_owned(), None), ("Rome".to_owned(), None), ("Oslo".to_owned(), Some(20))]);
    let yards = Yard::query().left_join(Boat::on(Vehicle::yard_id.eq(Yard::id))).select((Yard::name, Boat::draught));
    assert_eq!(yards.all(&mut session)?, [("north".to_owned(), None)]);
    let goals = Motor::query().join(Motor::journeys).filter(Motor::power.eq(100)).order_by(Journey::id);
    assert_eq!(goals.select(Journey::goal).all(&mut session)?, ["Bern", "Rome"]);
    // The key of the relation is in a joined table.
    alias!(Load = Boat);
    let pulled = Truck::query().join(Truck::pulls.to(Load)).select((Vehicle::plate, Load::col(Boat::draught)));
    assert_eq!(pulled.all(&mut session)?, [("big".to_owned(), Some(1.5))]);
    assert_eq!(Journey::query().cross_join::<Truck>().select((Journey::id, Truck::cargo)).all(&mut session)?.len(), 3);
    Ok(())
}

pub fn i_018_outer_joins_choose_the_rows_before_in_several_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let rows = Truck::query().right_join(Motor::journeys).order_by(Journey::id).select((Journey::goal, Truck::cargo));
    assert_eq!(
        rows.all(&mut session)?,
        [("Bern".to_owned(), None), ("Rome".to_owned(), None), ("Oslo".to_owned(), Some(20))]
    );
    let rows = Yard::query().full_join(Boat::on(Vehicle::yard_id.eq(Yard::id))).select((Yard::name, Boat::draught));
    assert_eq!(rows.all(&mut session)?.len(), 2);
    Ok(())
}

pub fn i_019_counts_and_subqueries_read_the_joined_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    assert_eq!((Truck::query().count(&mut session)?, Boat::query().count(&mut session)?), (1, 1));
    assert!(!Truck::query().filter(Motor::power.eq(100)).exists(&mut session)?);
    assert_eq!(Motor::query().select(max(Motor::power)).one(&mut session)?, Some(400));
    let strong = Motor::query().filter(Motor::power.gt(200)).select(Vehicle::id);
    assert_eq!(Journey::query().filter(Journey::motor_id.in_query(strong)).count(&mut session)?, 1);
    let groups = Motor::query().group_by(Motor::fuel).select((Motor::fuel, count(Vehicle::id))).all(&mut session)?;
    assert_eq!(groups, [("diesel".to_owned(), 2)]);
    Ok(())
}

pub fn i_019_relations_as_conditions_read_the_joined_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let condition = Journey::motor.has(Vehicle::plate.eq("big").and(Motor::power.eq(400)));
    assert_eq!(Journey::query().filter(condition).count(&mut session)?, 1);
    assert_eq!(Motor::query().filter(Motor::journeys.any(Journey::goal.eq("Rome"))).count(&mut session)?, 1);
    assert_eq!(Yard::query().filter(Yard::vehicles.any(Vehicle::is::<Motor>())).count(&mut session)?, 1);
    assert_eq!(Yard::query().filter(Yard::vehicles.any(Vehicle::is::<Boat>())).count(&mut session)?, 0);
    assert_eq!(Truck::query().filter(Truck::pulls.has(Boat::draught.gt(1.0))).count(&mut session)?, 1);
    assert_eq!(Boat::query().filter(Boat::puller.any(Truck::cargo.eq(20))).count(&mut session)?, 1);
    Ok(())
}

pub fn i_020_an_alias_names_all_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    alias!(Strong = Motor);
    assert_eq!(Strong::query().filter(Strong::col(Motor::power).gt(200)).count(&mut session)?, 1);
    let rows = Motor::query()
        .join(Strong::on(Strong::col(Motor::power).gt(Motor::power)))
        .select((Vehicle::plate, Strong::col(Motor::power)));
    assert_eq!(rows.all(&mut session)?, [("van".to_owned(), 400)]);
    let rows = Motor::query()
        .join(Strong::on(Strong::col(Motor::power).gt(Motor::power)))
        .filter(Strong::col(Vehicle::id).gt(0))
        .select((Vehicle::plate, Strong::col(Vehicle::plate)));
    assert_eq!(rows.all(&mut session)?, [("van".to_owned(), "big".to_owned())]);
    Ok(())
}

pub fn i_021_values_are_read_from_all_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let vehicles: Vec<Vehicle> = Vehicle::query().order_by(Vehicle::id).values(&mut session)?;
    assert_eq!(vehicles[4].plate, "big");
    let motors: Vec<Motor> = Motor::query().order_by(Vehicle::id).values(&mut session)?;
    assert_eq!((motors[1].power, motors[1].vehicle.plate.as_str()), (400, "big"));
    let trucks: Vec<Truck> = Truck::query().values(&mut session)?;
    assert_eq!((trucks[0].cargo, trucks[0].motor.power), (20, 400));
    let rows = Journey::query().join(Journey::motor).order_by(Journey::id).select((Journey::goal, Motor::object()));
    let rows: Vec<(String, Handle<Motor>)> = rows.all(&mut session)?;
    assert_eq!(session[rows[2].1].power, 400);
    assert!(session.downcast::<Truck>(rows[2].1).is_some());
    Ok(())
}

pub fn i_011_pages_streams_and_raw_statements_read_all_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let page = Motor::query().order_by(Motor::power.desc()).page(&mut session, 1, 1)?;
    assert_eq!((page.items.len(), page.total, session[page.items[0]].power), (1, 2, 400));
    let slice = Motor::query().order_by((Motor::power, Vehicle::id)).slice(&mut session, 1)?;
    let next = Motor::query().order_by((Motor::power, Vehicle::id)).after(slice.next).all(&mut session)?;
    assert_eq!(plates(&session, &next, |motor| &motor.vehicle.plate), ["big"]);
    let mut read = Vec::new();
    Motor::query().order_by(Vehicle::id).each(&mut session, |motor| {
        read.push(motor.power);
        Ok(())
    })?;
    assert_eq!(read, [100, 400]);
    let text =
        "SELECT v.*, m.power, m.fuel, m.permit, m.state FROM vehicle v JOIN motor m ON m.id = v.id WHERE v.id = 3";
    let vans = Motor::from_sql(sql(text)).all(&mut session)?;
    assert_eq!(session[vans[0]].power, 100);
    let others = Motor::from_sql(sql("SELECT * FROM vehicle WHERE id = 3")).values(&mut session);
    expect_error(others, ErrorKind::Decode, &["`power`"]);
    Ok(())
}

pub fn i_025_relations_to_joined_subtypes_are_loaded_and_included(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let oslo = Journey::query().filter(Journey::goal.eq("Oslo")).one(&mut session)?;
    let motor = session.load(oslo, Journey::motor)?;
    assert_eq!(session[motor].power, 400);
    let truck = session.downcast::<Truck>(motor).unwrap();
    let boat = session.load(truck, Truck::pulls)?.unwrap();
    assert_eq!(session.load(boat, Boat::puller)?, [truck]);
    session.clear();
    cx.clear_log();
    let journeys = Journey::query().order_by(Journey::id).include(Journey::motor.joined()).all(&mut session)?;
    let motor = session.related(journeys[2], Journey::motor)?;
    assert_eq!((session[motor].power, session.downcast::<Truck>(motor).is_some()), (400, true));
    assert_eq!(cx.take_log().len(), 1);
    session.clear();
    let yards = Yard::query().include(Yard::vehicles).all(&mut session)?;
    assert_eq!(session.related(yards[0], Yard::vehicles)?.len(), 2);
    session.clear();
    let yards = Yard::query().include(Yard::vehicles.joined()).limit(1).all(&mut session)?;
    let vehicles = session.related(yards[0], Yard::vehicles)?;
    assert_eq!(session.downcast::<Motor>(vehicles[1]).map(|van| session[van].power), Some(100));
    let first = Yard::query().include(Yard::vehicles.limit_each(1)).populate_existing().one(&mut session)?;
    assert!(session.contains(first));
    Ok(())
}

pub fn i_027_relations_of_joined_subtypes_are_included_in_queries_for_the_base(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let found = Vehicle::query().order_by(Vehicle::id).include(Motor::journeys.in_family()).all(&mut session)?;
    let van = session.downcast::<Motor>(found[2]).unwrap();
    cx.clear_log();
    assert_eq!(session.related(van, Motor::journeys)?.len(), 2);
    cx.expect_log(&[]);
    Ok(())
}

pub fn i_003_get_and_refresh_read_all_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let big = session.get::<Vehicle>(5)?.unwrap();
    let truck = session.downcast::<Truck>(big).unwrap();
    assert_eq!((session[truck].cargo, session[truck].motor.power), (20, 400));
    assert_eq!(session.get::<Truck>(5)?, Some(truck));
    assert_eq!(session.get::<Boat>(5)?, None);
    assert_eq!(cx.take_log().len(), 1);
    cx.execute("UPDATE truck SET cargo = 21 WHERE id = 5");
    session.refresh(truck)?;
    assert_eq!(session[truck].cargo, 21);
    Ok(())
}

pub fn set_operations_over_joined_tables(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    let both = Truck::query().select(Vehicle::plate).union_all(Boat::query().select(Vehicle::plate));
    assert_eq!(both.all(&mut session)?.len(), 2);
    let weak = Motor::query().filter(Motor::power.lt(200));
    let found = weak.union(Motor::query().filter(Motor::power.gt(200))).order_by(Vehicle::id).all(&mut session)?;
    assert_eq!(plates(&session, &found, |motor| &motor.vehicle.plate), ["van", "big"]);
    Ok(())
}

pub fn filters_of_a_session_name_joined_columns(cx: &mut TestContext) -> Result<()> {
    busy_fleet(cx)?;
    let mut session = cx.session();
    session.set_filter::<Motor>(Motor::power.lt(300)); // says nothing of other types
    assert_eq!((Vehicle::query().count(&mut session)?, Motor::query().count(&mut session)?), (4, 1));
    assert_eq!((Truck::query().count(&mut session)?, session.get::<Truck>(5)?), (0, None));
    session.clear_filter::<Motor>();
    assert_eq!(Vehicle::query().count(&mut session)?, 5);
    Ok(())
}
