//! The flush of families with joined tables, and statements beside it: I-030 to I-051.

use orm::catalog::Catalog;
use orm::prelude::*;
use orm::{ErrorKind, Result, Synchronize};

use crate::fleets::fleet;
use crate::models::{Bicycle, Boat, Bundle, Journey, Mail, Motor, Pier, Truck, Vehicle, Yard};
use crate::{TestContext, expect_error};

cases! { inheritance_joined_writes {
    i_030_an_insert_writes_the_base_and_then_the_joined_row [];
    i_031_all_types_are_inserted_by_one_statement_for_each_table [];
    i_033_an_update_writes_the_tables_that_differ [];
    i_034_a_delete_removes_the_joined_row_first [];
    i_035_the_version_of_the_base_counts_for_all_tables [];
    i_036_an_update_compares_in_each_table [];
    i_036_chosen_columns_are_compared_for_all_tables [];
    i_037_unique_values_move_between_rows_of_joined_tables [];
    i_038_the_order_respects_keys_of_joined_tables [];
    i_039_cascades_and_orphans_reach_joined_types [];
    i_040_merge_finds_the_object_in_several_tables [];
    i_041_a_rollback_gives_joined_types_back [];
    i_041_a_new_object_takes_no_row_of_another_type_over [];
    i_043_expressions_and_server_defaults_are_of_their_tables [];
    i_045_a_bulk_update_changes_one_table [];
    i_045_several_tables_are_refused [];
    i_045_a_bulk_delete_removes_all_rows [];
    i_046_plain_inserts_write_all_tables [];
    i_046_rows_in_bulk_are_written_to_all_tables [];
    i_047_objects_follow_a_statement_about_one_table [];
    i_048_all_tables_of_a_family_are_created [];
    i_050_constraints_are_those_of_the_joined_table [];
    i_051_the_key_of_a_joined_table_goes_with_the_base [];
    a_key_that_changes_takes_the_joined_row_along [];
    a_changed_joined_row_is_seen_by_queries [];
} }

const MOTORS: &str = "SELECT id, power, fuel, permit, state FROM motor ORDER BY id";

pub fn i_030_an_insert_writes_the_base_and_then_the_joined_row(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    let motor = Motor { state: Generated::new("old".into()), ..Motor::of("big") };
    let truck = session.add(Truck { motor, ..Truck::of("") });
    assert_eq!(
        session.explain_flush()?,
        "1. INSERT vehicle (plate, revision, yard_id, kind, gears): Truck#new\n\
         2. INSERT motor (id, power, fuel, permit, state): Truck#new\n\
         3. INSERT truck (id, cargo, pulls_id): Truck#new\n"
    );
    session.commit()?;
    cx.expect_log(&["insert vehicle", "insert motor", "insert truck"]);
    assert_eq!(session[truck].motor.vehicle.id, 1);
    cx.expect_rows("SELECT id, plate, revision, kind FROM vehicle", &["1|big|1|truck"]);
    cx.expect_rows(MOTORS, &["1|100|diesel|NULL|old"]);
    cx.expect_rows("SELECT id, cargo, pulls_id FROM truck", &["1|7|NULL"]);
    Ok(())
}

pub fn i_031_all_types_are_inserted_by_one_statement_for_each_table(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    let old = || Generated::new("old".into());
    session.add(Motor { state: old(), ..Motor::of("van") });
    session.add(Truck { motor: Motor { state: old(), ..Motor::of("big") }, ..Truck::of("") });
    session.add(Motor { state: old(), ..Motor::of("car") });
    session.commit()?;
    cx.expect_log(&["insert vehicle x3", "insert motor x3", "insert truck"]);
    session.add(Vehicle::of("it"));
    session.add(Bicycle::of("bike"));
    session.add(Boat::of("boat"));
    session.commit()?;
    cx.expect_log(&["insert vehicle x3", "insert boat"]);
    cx.expect_rows(
        "SELECT id, plate, kind, gears FROM vehicle WHERE id > 3 ORDER BY id",
        &["4|it|vehicle|NULL", "5|bike|bicycle|3", "6|boat|boat|NULL"],
    );
    cx.expect_rows(MOTORS, &["1|100|diesel|NULL|old", "2|100|diesel|NULL|old", "3|100|diesel|NULL|old"]);
    cx.expect_rows("SELECT id FROM boat", &["6"]);
    Ok(())
}

pub fn i_033_an_update_writes_the_tables_that_differ(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.only_writer();
    let truck = session.get::<Truck>(5)?.unwrap();
    let van = session.get::<Motor>(3)?.unwrap();
    cx.clear_log();
    session[truck].cargo = 21;
    session.commit()?;
    cx.expect_log(&["update truck (cargo)", "update vehicle (revision)"]);
    session[truck].motor.vehicle.plate = "huge".into();
    session.commit()?;
    cx.expect_log(&["update vehicle (plate, revision)"]);
    session[truck].motor.power = 500;
    session[van].power = 90;
    session.commit()?;
    cx.expect_log(&["update motor (power) x2", "update vehicle (revision) x2"]);
    session[truck].motor.power += 0;
    session.commit()?;
    cx.expect_log(&[]);
    cx.expect_rows("SELECT plate, revision FROM vehicle WHERE id = 5", &["huge|4"]);
    cx.expect_rows("SELECT power FROM motor ORDER BY id", &["90", "500"]);
    Ok(())
}

pub fn i_034_a_delete_removes_the_joined_row_first(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    let bike = session.get::<Bicycle>(2)?.unwrap();
    let motor: Handle<Motor> = session.upcast(truck);
    session.load(motor, Motor::journeys)?;
    cx.clear_log();
    session.delete(truck)?;
    session.delete(bike)?;
    session.commit()?;
    cx.expect_log(&["delete truck", "delete motor", "delete vehicle x2"]);
    cx.expect_rows("SELECT id FROM vehicle ORDER BY id", &["1", "3", "4"]);
    cx.expect_rows("SELECT id FROM motor", &["3"]);
    cx.expect_rows("SELECT id FROM truck", &[]);
    Ok(())
}

pub fn i_035_the_version_of_the_base_counts_for_all_tables(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let mut other = cx.session();
    let (mine, theirs) = (session.get::<Truck>(5)?.unwrap(), other.get::<Vehicle>(5)?.unwrap());
    other[theirs].plate = "theirs".into();
    other.commit()?;
    session[mine].cargo = 1; // another table
    expect_error(session.commit(), ErrorKind::StaleData, &["Truck#5"]);
    session.rollback()?;
    cx.expect_rows("SELECT cargo FROM truck", &["20"]);
    session.refresh(mine)?;
    session[mine].cargo = 1;
    session.commit()?;
    cx.expect_rows("SELECT plate, revision FROM vehicle WHERE id = 5", &["theirs|3"]);
    cx.expect_rows("SELECT cargo FROM truck", &["1"]);
    let theirs = other.downcast::<Truck>(theirs).unwrap();
    other.delete(theirs)?;
    expect_error(other.commit(), ErrorKind::StaleData, &["Truck#5"]);
    other.rollback()?;
    cx.expect_rows("SELECT cargo FROM truck", &["1"]);
    Ok(())
}

fn mail(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Mail])?;
    let mut session = cx.session();
    let mail = Mail { sender: "Ann".into(), ..Mail::default() };
    session.add(Bundle { mail, weight: 3, color: "red".into() });
    session.commit()?;
    cx.clear_log();
    Ok(())
}

pub fn i_036_an_update_compares_in_each_table(cx: &mut TestContext) -> Result<()> {
    mail(cx)?;
    let mut session = cx.session();
    let bundle = session.get::<Bundle>(1)?.unwrap();
    session.commit()?;
    cx.execute("UPDATE bundle SET weight = 4");
    session[bundle].weight = 5;
    expect_error(session.commit(), ErrorKind::StaleData, &["Bundle#1", "weight"]);
    session.rollback()?;
    session.refresh(bundle)?;
    session.commit()?;
    cx.execute("UPDATE bundle SET color = 'blue'"); // not the column that changes
    session[bundle].weight = 5;
    session.commit()?;
    cx.expect_rows("SELECT weight, color FROM bundle", &["5|blue"]);
    Ok(())
}

pub fn i_036_chosen_columns_are_compared_for_all_tables(cx: &mut TestContext) -> Result<()> {
    mail(cx)?;
    let mut session = cx.session();
    let bundle = session.get::<Bundle>(1)?.unwrap();
    session.commit()?;
    cx.execute("UPDATE mail SET sender = 'Bob'");
    session[bundle].weight = 5;
    expect_error(session.commit(), ErrorKind::StaleData, &["Bundle#1", "sender"]);
    session.rollback()?;
    session.refresh(bundle)?;
    session[bundle].weight = 6;
    session.commit()?;
    cx.expect_rows("SELECT sender, weight FROM mail JOIN bundle ON bundle.id = mail.id", &["Bob|6"]);
    Ok(())
}

pub fn i_037_unique_values_move_between_rows_of_joined_tables(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    cx.execute("UPDATE motor SET permit = 'A' WHERE id = 3");
    cx.execute("UPDATE motor SET permit = 'B' WHERE id = 5");
    let mut session = cx.session();
    let (van, truck) = (session.get::<Motor>(3)?.unwrap(), session.get::<Truck>(5)?.unwrap());
    session[van].permit = Some("B".into());
    session[truck].motor.permit = Some("A".into());
    session.commit()?;
    cx.expect_rows("SELECT id, permit FROM motor ORDER BY id", &["3|B", "5|A"]);
    // A new object takes over what a deleted one had, in both tables.
    session.delete(truck)?;
    session.add(Motor { permit: Some("A".into()), ..Motor::of("big") });
    session.commit()?;
    cx.expect_rows(
        "SELECT vehicle.plate, motor.permit FROM vehicle JOIN motor ON motor.id = vehicle.id ORDER BY vehicle.id",
        &["van|B", "big|A"],
    );
    Ok(())
}

pub fn i_038_the_order_respects_keys_of_joined_tables(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    let truck = session.add(Truck::of("big"));
    let boat = session.add(Boat::of("boat"));
    session[truck].pulls = boat.into();
    let port = session.add(Pier { name: "Basel".into(), ..Pier::default() });
    session.push(boat, Boat::piers, port)?;
    let motor = session.upcast(truck);
    session.push(motor, Motor::journeys, Journey::to("Bern"))?;
    session.commit()?;
    cx.expect_rows("SELECT truck.pulls_id = boat.id FROM truck, boat", &["1"]);
    cx.expect_rows("SELECT goal FROM journey JOIN truck ON truck.id = journey.motor_id", &["Bern"]);
    cx.expect_rows("SELECT vehicle_id = boat.id FROM mooring, boat", &["1"]);
    // Both go in one flush, and each is referenced.
    session.delete(boat)?;
    session[truck].pulls = None;
    session.commit()?;
    cx.expect_rows("SELECT id FROM boat", &[]);
    Ok(())
}

pub fn i_039_cascades_and_orphans_reach_joined_types(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let yard = Yard::query().one(&mut session)?;
    let members = session.load(yard, Yard::vehicles)?;
    session.remove(yard, Yard::vehicles, members[1])?; // the van, with a journey
    session.commit()?;
    cx.expect_rows(MOTORS, &["5|100|diesel|NULL|new"]);
    cx.expect_rows("SELECT goal FROM journey", &[]);
    session.delete(yard)?;
    session.commit()?;
    cx.expect_rows("SELECT plate FROM vehicle ORDER BY id", &["bike", "boat", "big"]);
    Ok(())
}

pub fn i_040_merge_finds_the_object_in_several_tables(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let motor = Motor { vehicle: Vehicle { id: 5, revision: 1, ..Vehicle::of("big") }, power: 7, ..Motor::of("") };
    let merged = session.merge(Truck { motor, cargo: 9, pulls: None })?;
    session.commit()?;
    assert_eq!((session[merged].cargo, session[merged].motor.power), (9, 7));
    cx.expect_rows("SELECT cargo, pulls_id FROM truck", &["9|NULL"]);
    let other = Boat { vehicle: Vehicle { id: 5, ..Vehicle::of("big") }, ..Boat::default() };
    expect_error(session.merge(other), ErrorKind::InvalidState, &["Truck#5", "Boat"]);
    Ok(())
}

pub fn i_041_a_rollback_gives_joined_types_back(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    session[truck].cargo = 1;
    let boat = session.add(Boat::of("sub"));
    session.flush()?;
    assert_eq!(session[boat].vehicle.id, 6);
    session.rollback()?;
    assert_eq!(session[truck].cargo, 20);
    assert!(!session.contains(boat));
    let outcome: Result<()> = session.nested(|session| {
        session[truck].motor.power = 3;
        session.delete(truck)?;
        session.flush()?;
        Err(orm::Error::new(ErrorKind::InvalidState, "back"))
    });
    assert!(outcome.is_err());
    assert_eq!(session[truck].motor.power, 100);
    session.commit()?;
    cx.expect_rows("SELECT cargo, power FROM truck JOIN motor ON motor.id = truck.id", &["20|100"]);
    Ok(())
}

pub fn i_041_a_new_object_takes_no_row_of_another_type_over(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let boat = session.get::<Boat>(4)?.unwrap();
    let truck = session.get::<Truck>(5)?.unwrap();
    session[truck].pulls = None;
    session.delete(boat)?;
    session.add(Motor { vehicle: Vehicle { id: 4, ..Vehicle::of("boat") }, ..Motor::of("") });
    session.commit()?;
    cx.expect_rows("SELECT plate, kind FROM vehicle WHERE id = 4", &["boat|motor"]);
    cx.expect_rows("SELECT id FROM boat", &[]);
    cx.expect_rows("SELECT id FROM motor ORDER BY id", &["3", "4", "5"]);
    // The same type takes over, by an UPDATE of the tables that differ.
    let truck = session.get::<Truck>(5)?.unwrap();
    session.delete(truck)?;
    let motor =
        Motor { vehicle: Vehicle { id: 5, ..Vehicle::of("big") }, state: Generated::new("x".into()), ..Motor::of("") };
    session.add(Truck { motor, cargo: 99, pulls: None });
    session.commit()?;
    cx.expect_rows("SELECT cargo, state FROM truck JOIN motor ON motor.id = truck.id", &["99|x"]);
    Ok(())
}

pub fn i_043_expressions_and_server_defaults_are_of_their_tables(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.add(Truck::of("new"));
    session.commit()?;
    assert_eq!(session[truck].motor.state.as_str(), "new");
    session.set_expr(truck, Truck::cargo, Truck::cargo + 5)?;
    session.commit()?;
    assert_eq!(session[truck].cargo, 12);
    cx.expect_rows("SELECT cargo FROM truck ORDER BY id", &["20", "12"]);
    Ok(())
}

pub fn i_045_a_bulk_update_changes_one_table(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let changed = Motor::query().filter(Vehicle::plate.eq("van")).update(Motor::fuel.set("petrol"));
    assert_eq!(changed.execute(&mut session)?, 1);
    let changed = Truck::query().filter(Motor::fuel.eq("diesel").and(Vehicle::plate.like("b%")));
    assert_eq!(changed.update(Truck::cargo.set(Truck::cargo + 1)).execute(&mut session)?, 1);
    let changed = Motor::query().filter(Motor::power.lt(300)).update(Vehicle::plate.set(Vehicle::plate.concat("!")));
    assert_eq!(changed.execute(&mut session)?, 2);
    assert_eq!(Truck::query().update(Motor::power.set(400)).execute(&mut session)?, 1);
    assert_eq!(Motor::update_by_key(Motor::power, [(3, 5), (4, 5)]).execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT plate FROM vehicle ORDER BY id", &["it", "bike", "van!", "boat", "big!"]);
    cx.expect_rows("SELECT id, power, fuel FROM motor ORDER BY id", &["3|5|petrol", "5|400|diesel"]);
    cx.expect_rows("SELECT cargo FROM truck", &["21"]);
    Ok(())
}

pub fn i_045_several_tables_are_refused(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let words = ["Truck", "several tables", "`motor`", "`truck`", "one statement for each"];
    let update = Truck::query().update((Truck::cargo.set(1), Motor::power.set(1))).execute(&mut session);
    expect_error(update, ErrorKind::Unsupported, &words);
    session.rollback()?;
    let update = Truck::query().update(Truck::cargo.set(Vehicle::id + Truck::cargo)).execute(&mut session)?;
    assert_eq!(update, 1); // the key is in all tables
    session.rollback()?;
    let update = Truck::query().update(Motor::fuel.set(Vehicle::plate)).execute(&mut session);
    expect_error(update, ErrorKind::Unsupported, &words);
    session.rollback()?;
    let rows = Truck::bulk_save([Truck::of("t")]).execute(&mut session);
    expect_error(rows, ErrorKind::Unsupported, &["Truck", "several tables", "add()"]);
    session.rollback()?;
    let rows = Motor::insert_all([Motor::of("m")]).on_conflict(Vehicle::plate).do_nothing().execute(&mut session);
    expect_error(rows, ErrorKind::Unsupported, &["Motor", "several tables", "add()"]);
    session.rollback()?;
    let rows = Boat::insert_with((Vehicle::plate.set("b"), Boat::draught.set(Some(1.0)))).execute(&mut session);
    expect_error(rows, ErrorKind::Unsupported, &["Boat", "several tables"]);
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM vehicle", &["5"]);
    Ok(())
}

pub fn i_045_a_bulk_delete_removes_all_rows(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    assert_eq!(Motor::query().filter(Motor::power.gt(200)).delete().execute(&mut session)?, 0);
    assert_eq!(Truck::query().filter(Truck::cargo.eq(20)).delete().execute(&mut session)?, 1);
    assert!(!session.contains(truck));
    assert_eq!(Boat::query().delete().execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT plate FROM vehicle ORDER BY id", &["it", "bike", "van"]);
    cx.expect_rows("SELECT id FROM motor", &["3"]);
    cx.expect_rows("SELECT count(*) FROM truck", &["0"]);
    Ok(())
}

pub fn i_046_plain_inserts_write_all_tables(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    Truck::insert_all([Truck::of("t1"), Truck::of("t2")]).execute(&mut session)?;
    Vehicle::insert_all([Vehicle::of("it")]).execute(&mut session)?;
    let rows = (0..2).map(|number| Bicycle::of(&format!("b{number}")));
    assert_eq!(Bicycle::bulk_insert(rows).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows(
        "SELECT plate, kind FROM vehicle ORDER BY id",
        &["t1|truck", "t2|truck", "it|vehicle", "b0|bicycle", "b1|bicycle"],
    );
    cx.expect_rows("SELECT plate, power, cargo FROM vehicle JOIN motor ON motor.id = vehicle.id JOIN truck ON truck.id = motor.id ORDER BY plate", &["t1|100|7", "t2|100|7"]);
    Ok(())
}

pub fn i_046_rows_in_bulk_are_written_to_all_tables(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let mut session = cx.session();
    let rows = |count: i64| (0..count).map(|number| Truck { cargo: number, ..Truck::of(&format!("t{number}")) });
    assert_eq!(Truck::bulk_insert(rows(9_000)).execute(&mut session)?, 9_000);
    session.commit()?;
    let same = "SELECT count(*) FROM vehicle JOIN motor ON motor.id = vehicle.id JOIN truck ON truck.id = motor.id";
    cx.expect_rows(&format!("{same} WHERE plate = {}", cx.spelled("'t' || cargo", "concat('t', cargo)")), &["9000"]);
    let error = Truck::bulk_insert(rows(1)).execute(&mut session);
    expect_error(error, ErrorKind::UniqueViolation, &["rows 1 to 1", "Truck#new"]);
    session.rollback()
}

pub fn i_047_objects_follow_a_statement_about_one_table(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    for how in [Synchronize::Auto, Synchronize::Evaluate, Synchronize::Fetch] {
        let mut session = cx.session();
        let (truck, van) = (session.get::<Truck>(5)?.unwrap(), session.get::<Motor>(3)?.unwrap());
        Motor::query().filter(Vehicle::id.gt(1)).update(Motor::power.set(7)).synchronize(how).execute(&mut session)?;
        assert_eq!((session[truck].motor.power, session[van].power), (7, 7));
        Truck::query().filter(Motor::power.eq(7)).update(Truck::cargo.set(8)).synchronize(how).execute(&mut session)?;
        assert_eq!(session[truck].cargo, 8);
        Truck::query().delete().synchronize(how).execute(&mut session)?;
        assert!(!session.contains(truck) && session.contains(van));
        session.rollback()?;
        assert_eq!((session[truck].cargo, session[truck].motor.power), (20, 100));
    }
    Ok(())
}

pub fn i_048_all_tables_of_a_family_are_created(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Truck])?;
    cx.create(models![Vehicle])?; // all are there
    let mut session = cx.session();
    session.add(Truck::of("big"));
    session.commit()?;
    cx.expect_rows("SELECT cargo FROM truck", &["7"]);
    assert!(std::ptr::eq(Truck::table(), Vehicle::table()));
    session.rollback()?;
    drop(session);
    cx.engine.drop_all(models![Truck])?;
    assert!(cx.engine.reflect()?.tables.is_empty());
    Ok(())
}

pub fn i_050_constraints_are_those_of_the_joined_table(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Yard])?;
    let catalog = cx.engine.reflect()?;
    let motor = catalog.tables.iter().find(|table| table.name.name == "motor").unwrap();
    let columns: Vec<&str> = motor.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["id", "power", "fuel", "permit", "state"]);
    assert!(motor.columns.iter().all(|column| column.nullable == (column.name == "permit")));
    assert_eq!((motor.uniques.len(), motor.indexes.len()), (1, 1));
    let mut session = cx.session();
    session.add(Motor { power: -1, ..Motor::of("x") });
    expect_error(session.commit(), ErrorKind::CheckViolation, &["no_negative_power"]);
    session.rollback()?;
    cx.expect_rows("SELECT count(*) FROM vehicle", &["0"]);
    Ok(())
}

pub fn i_051_the_key_of_a_joined_table_goes_with_the_base(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    cx.execute("DELETE FROM vehicle WHERE id = 5");
    cx.expect_rows("SELECT id FROM motor", &["3"]);
    cx.expect_rows("SELECT count(*) FROM truck", &["0"]);
    let wanted = Catalog::of(models![Yard], cx.engine.dialect())?;
    assert!(cx.engine.reflect()?.differences(&wanted).is_empty());
    let journey = wanted.tables.iter().find(|table| table.name.name == "journey").unwrap();
    assert_eq!(journey.foreign_keys[0].target.name, "motor");
    Ok(())
}

pub fn a_key_that_changes_takes_the_joined_row_along(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    session[truck].motor.vehicle.id = 50;
    session[truck].cargo = 3;
    session.commit()?;
    cx.expect_rows("SELECT id, cargo FROM truck", &["50|3"]);
    cx.expect_rows("SELECT id FROM motor ORDER BY id", &["3", "50"]);
    assert_eq!(session.get::<Truck>(50)?, Some(truck));
    Ok(())
}

pub fn a_changed_joined_row_is_seen_by_queries(cx: &mut TestContext) -> Result<()> {
    fleet(cx)?;
    let mut session = cx.session();
    let truck = session.get::<Truck>(5)?.unwrap();
    session[truck].cargo = 99;
    assert_eq!(Truck::query().filter(Truck::cargo.eq(99)).count(&mut session)?, 1);
    session[truck].cargo = 98;
    let rows: Vec<i64> = sql("SELECT cargo FROM truck").all(&mut session)?;
    assert_eq!(rows, [98]);
    Ok(())
}
