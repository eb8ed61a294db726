//! Foreign keys to one of several models.

use orm::catalog::Catalog;
use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Booth, Drone, Guild, Hangar, Keeper, Lab};
use crate::{TestContext, expect_error};

cases! { one_of {
    a_key_for_each_model_and_a_check [];
    what_is_created_is_what_is_reflected [];
    the_object_is_one_of_the_variants [];
    a_load_sends_a_statement_for_each_model_that_occurs [];
    an_include_brings_all_of_them [];
    an_include_goes_on_along_one_of_them [];
    queries_ask_and_join_along_one_of_them [];
    another_model_takes_the_place [];
    a_member_moves_between_lists_of_two_models [];
    a_key_names_a_row [];
    one_has_to_be_set [];
    none_may_be_set_of_an_option [];
    a_deleted_parent_takes_its_members_or_is_refused [];
    a_member_without_a_list_is_an_orphan_of_nobody [];
    a_rollback_brings_the_old_one_back [];
    a_merge_says_what_it_has [];
    plain_values_and_statements_beside_the_objects [];
    a_graph_is_saved_in_one_flush [];
} }

/// A lab with two drones, a guild with one that is the lab's guest, and a booth with one.
fn drones(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Drone])?;
    let mut session = cx.session();
    let lab = Lab { name: "north".into(), drones: ["a", "b"].map(Drone::named).into(), ..Lab::default() };
    let lab = session.add(lab);
    let guest = Drone { host: lab.into(), ..Drone::named("c") };
    session.add(Guild { name: "smiths".into(), drones: [guest].into(), ..Guild::default() });
    session.add(Booth { hall: 4, place: 2, drones: [Drone::named("d")].into() });
    session.commit()?;
    session.close()?;
    session.begin()?;
    cx.clear_log();
    Ok(session)
}

fn by_name(session: &mut Session, name: &str) -> Result<Handle<Drone>> {
    Drone::query().filter(Drone::name.eq(name)).one(session)
}

const KEYS: &str = "SELECT name, keeper_lab_id, keeper_guild_id, keeper_booth_hall, keeper_booth_place, at_lab_id, at_guild_id FROM drone ORDER BY name";

pub fn a_key_for_each_model_and_a_check(cx: &mut TestContext) -> Result<()> {
    let session = drones(cx)?;
    drop(session);
    let rows = [
        "a|1|NULL|NULL|NULL|NULL|NULL",
        "b|1|NULL|NULL|NULL|NULL|NULL",
        "c|NULL|1|NULL|NULL|1|NULL",
        "d|NULL|NULL|4|2|NULL|NULL",
    ];
    cx.expect_rows(KEYS, &rows);
    let mut session = cx.session();
    let insert =
        |columns: &str, values: &str| sql(format!("INSERT INTO drone (name, {columns}) VALUES ('x', {values})"));
    for (columns, values, kind) in [
        ("keeper_lab_id, keeper_guild_id", "1, 1", ErrorKind::CheckViolation),
        ("at_lab_id", "1", ErrorKind::CheckViolation),
        ("keeper_lab_id", "9", ErrorKind::ForeignKeyViolation),
        ("keeper_lab_id, at_lab_id, at_guild_id", "1, 1, 1", ErrorKind::CheckViolation),
    ] {
        let outcome = session.nested(|session| insert(columns, values).execute(session));
        expect_error(outcome, kind, &[]);
    }
    session.rollback()
}

pub fn what_is_created_is_what_is_reflected(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Drone])?;
    let (found, wanted) = (cx.engine.reflect()?, Catalog::of(models![Drone], cx.engine.dialect())?);
    let differences: Vec<String> = found.differences(&wanted).iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    Ok(())
}

pub fn the_object_is_one_of_the_variants(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let found = Drone::query().order_by(Drone::name).all(&mut session)?;
    let keepers: Vec<Keeper> = found.iter().map(|&drone| session.load(drone, Drone::keeper)).collect::<Result<_>>()?;
    let [Keeper::Lab(lab), Keeper::Lab(same), Keeper::Guild(guild), Keeper::Booth(booth)] = keepers[..] else {
        panic!("{keepers:?}");
    };
    assert_eq!((lab == same, &*session[lab].name, &*session[guild].name), (true, "north", "smiths"));
    assert_eq!((session[booth].hall, session[booth].place), (4, 2));
    assert_eq!(session.load(found[2], Drone::host)?, Some(Hangar::Lab(lab)));
    assert_eq!(session.load(found[3], Drone::host)?, None);
    assert!(session[found[0]].keeper.is::<Lab>() && !session[found[0]].keeper.is::<Guild>());
    assert_eq!(session[found[0]].keeper.as_key::<Lab>(), Some(&1));
    assert_eq!(session[found[0]].keeper.as_key::<Guild>(), None);
    assert_eq!(session.load(guild, Guild::drones)?, [found[2]]);
    assert_eq!(session.load(lab, Lab::guests)?, [found[2]]);
    Ok(())
}

pub fn a_load_sends_a_statement_for_each_model_that_occurs(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let found = Drone::query().order_by(Drone::name).all(&mut session)?;
    assert!(!session.is_loaded(found[0], Drone::keeper)?);
    let cure = ["`keeper` of Drone#1 is not loaded", "session.load(handle, Drone::keeper)"];
    expect_error(session.related(found[0], Drone::keeper), ErrorKind::NotLoaded, &cure);
    cx.clear_log();
    session.load(found[0], Drone::keeper)?;
    cx.expect_log(&["select lab", "select guild", "select booth"]);
    for drone in found {
        session.related(drone, Drone::keeper)?;
    }
    let c = by_name(&mut session, "c")?;
    let (keeper, host) = session.load(c, (Drone::keeper, Drone::host))?;
    assert!(matches!((keeper, host), (Keeper::Guild(_), Some(Hangar::Lab(_)))));
    session.close()?;
    session.begin()?;
    let c = by_name(&mut session, "c")?;
    cx.clear_log();
    session.load(c, Drone::keeper)?;
    cx.expect_log(&["select guild"]);
    Ok(())
}

pub fn an_include_brings_all_of_them(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let found = Drone::query().include(Drone::keeper).order_by(Drone::name).all(&mut session)?;
    cx.expect_log(&["select drone", "select lab", "select guild", "select booth"]);
    assert!(matches!(session.related(found[3], Drone::keeper)?, Keeper::Booth(_)));
    session.close()?;
    session.begin()?;
    let labs = Lab::query().include(Lab::guests.then(Drone::keeper)).all(&mut session)?;
    cx.expect_log(&["select lab", "select drone", "select guild"]);
    let guests = session.related(labs[0], Lab::guests)?;
    assert!(matches!(session.related(guests[0], Drone::keeper)?, Keeper::Guild(_)));
    let drones = Drone::query().all(&mut session)?;
    session.include(drones.iter().copied(), Drone::host)?;
    assert!(session.is_loaded(drones[0], Drone::host)?);
    Ok(())
}

pub fn an_include_goes_on_along_one_of_them(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let path = Drone::keeper.of::<Lab>().then(Lab::guests);
    let found = Drone::query().include(path).order_by(Drone::name).all(&mut session)?;
    cx.expect_log(&["select drone", "select lab", "select drone"]);
    let lab = session.related(found[0], Drone::keeper.of::<Lab>())?.unwrap();
    assert_eq!(session.related(lab, Lab::guests)?, [found[2]]);
    assert_eq!(session.related(found[2], Drone::keeper.of::<Lab>())?, None);
    session.close()?;
    session.begin()?;
    cx.clear_log();
    let query = Drone::query().include(Drone::keeper.of::<Lab>().joined()).include(Drone::host.of::<Lab>().joined());
    let found = query.order_by(Drone::name).all(&mut session)?;
    assert!(session.related(found[2], Drone::host)?.is_some());
    cx.expect_log(&["select drone"]);
    Ok(())
}

pub fn queries_ask_and_join_along_one_of_them(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let names =
        |session: &mut Session, query: orm::Query<Drone>| query.order_by(Drone::name).select(Drone::name).all(session);
    assert_eq!(names(&mut session, Drone::query().filter(Drone::keeper.is::<Lab>()))?, ["a", "b"]);
    assert_eq!(names(&mut session, Drone::query().filter(Drone::keeper.is::<Booth>()))?, ["d"]);
    assert_eq!(names(&mut session, Drone::query().filter(!Drone::host.is::<Lab>()))?, ["a", "b", "d"]);
    assert_eq!(names(&mut session, Drone::query().filter(Drone::keeper.key::<Guild>().eq(1)))?, ["c"]);
    let of_north = Drone::query().join(Drone::keeper.of::<Lab>()).filter(Lab::name.eq("north"));
    assert_eq!(of_north.count(&mut session)?, 2);
    let kept = Drone::keeper.of::<Guild>().has(Guild::name.eq("smiths"));
    assert_eq!(names(&mut session, Drone::query().filter(kept))?, ["c"]);
    let rows = Drone::query().left_join(Drone::keeper.of::<Lab>()).left_join(Drone::keeper.of::<Guild>());
    let rows = rows.order_by(Drone::name).select((Drone::name, Lab::name, Guild::name)).all(&mut session)?;
    assert_eq!(rows[1], ("b".to_owned(), Some("north".to_owned()), None));
    assert_eq!(rows[2], ("c".to_owned(), None, Some("smiths".to_owned())));
    let labs = Lab::query().filter(Lab::drones.any(Drone::name.eq("b")) & Lab::guests.any(Drone::name.eq("c")));
    assert_eq!(labs.count(&mut session)?, 1);
    Ok(())
}

pub fn another_model_takes_the_place(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let (a, c) = (by_name(&mut session, "a")?, by_name(&mut session, "c")?);
    let (Keeper::Lab(lab), Keeper::Guild(guild)) = (session.load(a, Drone::keeper)?, session.load(c, Drone::keeper)?)
    else {
        panic!("other keepers");
    };
    assert_eq!((session.load(lab, Lab::drones)?.len(), session.load(guild, Guild::drones)?), (2, vec![c]));
    cx.clear_log();
    session[a].keeper = guild.into();
    assert_eq!(session.related(a, Drone::keeper)?, Keeper::Guild(guild));
    assert_eq!(session.related(lab, Lab::drones)?.len(), 1);
    assert_eq!(session.related(guild, Guild::drones)?, [c, a]);
    session.commit()?;
    cx.expect_log(&["update drone (keeper_lab_id, keeper_guild_id)"]);
    cx.expect_rows("SELECT keeper_lab_id, keeper_guild_id FROM drone WHERE name = 'a'", &["NULL|1"]);
    assert!(session.contains(a), "who has another keeper is no orphan of the first");
    Ok(())
}

pub fn a_member_moves_between_lists_of_two_models(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let (a, c) = (by_name(&mut session, "a")?, by_name(&mut session, "c")?);
    let (Keeper::Lab(lab), Keeper::Guild(guild)) = (session.load(a, Drone::keeper)?, session.load(c, Drone::keeper)?)
    else {
        panic!("other keepers");
    };
    session.push(lab, Lab::drones, c)?;
    let new = session.push(guild, Guild::drones, Drone::named("e"))?;
    session.push(lab, Lab::drones, new)?;
    assert!(session.load(guild, Guild::drones)?.is_empty());
    assert_eq!(session.load(lab, Lab::drones)?.len(), 4);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM drone WHERE keeper_lab_id = 1 AND keeper_guild_id IS NULL", &["4"]);
    Ok(())
}

pub fn a_key_names_a_row(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let e = session.add(Drone {
        keeper: OneOf::key::<Booth>((4, 2)),
        host: Some(OneOf::key::<Guild>(1)),
        ..Drone::named("e")
    });
    session.flush()?;
    let Keeper::Booth(booth) = session.load(e, Drone::keeper)? else { panic!("no booth") };
    assert_eq!(session.load(booth, Booth::drones)?.len(), 2);
    session[e].keeper = OneOf::key::<Lab>(9);
    let error = expect_error(session.flush(), ErrorKind::ForeignKeyViolation, &[]);
    assert!(error.to_string().contains("Drone#"), "{error}");
    Ok(())
}

pub fn one_has_to_be_set(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let new = session.add(Drone::named("e"));
    let words = ["Drone#new: `keeper` was never set; assign a handle of one of Lab, Guild, Booth"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    cx.expect_log(&[]);
    session.expunge(new)?;
    let c = by_name(&mut session, "c")?;
    let Keeper::Guild(guild) = session.load(c, Drone::keeper)? else { panic!("no guild") };
    session.remove(guild, Guild::drones, c)?;
    cx.clear_log();
    let words = [
        "Drone#3 loses Guild#1, but its `keeper` must reference one of Lab, Guild, Booth",
        "cascade(all, delete_orphan)",
    ];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    cx.expect_log(&[]);
    Ok(())
}

pub fn none_may_be_set_of_an_option(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let c = by_name(&mut session, "c")?;
    let Some(Hangar::Lab(lab)) = session.load(c, Drone::host)? else { panic!("no lab") };
    session.load(lab, Lab::guests)?;
    cx.clear_log();
    session[c].host = None;
    assert!(session.load(lab, Lab::guests)?.is_empty());
    session.commit()?;
    cx.expect_log(&["update drone (at_lab_id)"]);
    session[c].host = lab.into();
    session.commit()?;
    session.remove(lab, Lab::guests, c)?;
    session.commit()?;
    assert_eq!(session[c].host, None);
    cx.expect_rows("SELECT at_lab_id, at_guild_id FROM drone WHERE name = 'c'", &["NULL|NULL"]);
    Ok(())
}

pub fn a_deleted_parent_takes_its_members_or_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let guild = session.get::<Guild>(1)?.unwrap();
    session.delete(guild)?;
    let words = ["Drone#3 loses Guild#1, but its `keeper` must reference one of"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    session.rollback()?;

    let lab = session.get::<Lab>(1)?.unwrap();
    session.delete(lab)?;
    cx.clear_log();
    session.commit()?;
    cx.expect_rows("SELECT name, at_lab_id FROM drone ORDER BY name", &["c|NULL", "d|NULL"]);
    Ok(())
}

pub fn a_member_without_a_list_is_an_orphan_of_nobody(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let a = by_name(&mut session, "a")?;
    let Keeper::Lab(lab) = session.load(a, Drone::keeper)? else { panic!("no lab") };
    session.remove(lab, Lab::drones, a)?;
    session.commit()?;
    assert!(!session.contains(a), "the lab says delete_orphan");
    cx.expect_rows("SELECT name FROM drone ORDER BY name", &["b", "c", "d"]);
    let guild = session.get::<Guild>(1)?.unwrap();
    let b = by_name(&mut session, "b")?;
    session.remove(lab, Lab::drones, b)?;
    session[b].keeper = guild.into();
    session.commit()?;
    assert!(session.contains(b));
    Ok(())
}

pub fn a_rollback_brings_the_old_one_back(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let (a, c) = (by_name(&mut session, "a")?, by_name(&mut session, "c")?);
    let (Keeper::Lab(lab), Keeper::Guild(guild)) = (session.load(a, Drone::keeper)?, session.load(c, Drone::keeper)?)
    else {
        panic!("other keepers");
    };
    session.load(lab, Lab::drones)?;
    session.load(guild, Guild::drones)?;
    let mut nested = session.begin_nested()?;
    nested[a].keeper = guild.into();
    nested.flush()?;
    nested.rollback()?;
    assert_eq!(session.load(a, Drone::keeper)?, Keeper::Lab(lab));
    assert_eq!((session.load(lab, Lab::drones)?.len(), session.load(guild, Guild::drones)?), (2, vec![c]));
    session.commit()?;
    cx.expect_rows("SELECT keeper_lab_id FROM drone WHERE name = 'a'", &["1"]);
    Ok(())
}

pub fn a_merge_says_what_it_has(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    session.merge(Drone { id: 1, ..Drone::named("aa") })?;
    session.merge(Drone { id: 2, keeper: OneOf::key::<Guild>(1), ..Drone::named("b") })?;
    session.commit()?;
    let rows = ["aa|1|NULL", "b|NULL|1", "c|NULL|1", "d|NULL|NULL"];
    cx.expect_rows("SELECT name, keeper_lab_id, keeper_guild_id FROM drone ORDER BY name", &rows);
    Ok(())
}

pub fn plain_values_and_statements_beside_the_objects(cx: &mut TestContext) -> Result<()> {
    let mut session = drones(cx)?;
    let values = Drone::query().order_by(Drone::name).values(&mut session)?;
    assert!(values[3].keeper.is::<Booth>() && values[3].host.is_none());
    let a = by_name(&mut session, "a")?;
    let moved = Drone::query().filter(Drone::keeper.is::<Lab>());
    moved.update((Drone::keeper.key::<Lab>().set(None), Drone::keeper.key::<Guild>().set(1))).execute(&mut session)?;
    assert_eq!(session[a].keeper.as_key::<Guild>(), Some(&1));
    assert_eq!(session[a].keeper.as_key::<Lab>(), None);
    Drone::insert(Drone { keeper: OneOf::key::<Lab>(1), ..Drone::named("e") }).execute(&mut session)?;
    assert_eq!(Drone::query().filter(Drone::keeper.is::<Lab>()).count(&mut session)?, 1);
    Ok(())
}

pub fn a_graph_is_saved_in_one_flush(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Drone])?;
    let mut session = cx.session();
    let guild = session.add(Guild { name: "new".into(), ..Guild::default() });
    let lab = session.add(Lab {
        name: "new".into(),
        drones: [Drone { host: guild.into(), ..Drone::named("x") }].into(),
        ..Lab::default()
    });
    let y = session.add(Drone { keeper: lab.into(), ..Drone::named("y") });
    assert_eq!(session.related(y, Drone::keeper)?, Keeper::Lab(lab));
    session.commit()?;
    cx.expect_rows("SELECT name, keeper_lab_id, at_guild_id FROM drone ORDER BY name", &["x|1|1", "y|1|NULL"]);
    Ok(())
}
