//! Values whose fields are columns of the models around them.

use orm::functions::{count_all, upper};
use orm::prelude::*;
use orm::{ErrorKind, Result, Synchronize};

use crate::models::{Edition, Handbook, Kiosk, Payment, Pin, Site, Venue};
use crate::{TestContext, expect_error};

cases! { embedded {
    the_fields_are_columns_of_the_model [];
    constraints_name_the_columns [];
    an_update_writes_the_columns_that_differ [];
    a_missing_value_is_null_in_all_columns [];
    half_a_value_is_an_error [];
    values_by_the_database_the_flush_and_the_program [];
    plain_inserts_fill_in_the_same [];
    conditions_read_single_columns_and_whole_values [];
    whole_values_are_selected_and_read_as_structs [];
    an_update_sets_single_columns_and_whole_values [];
    objects_follow_an_update_of_some_columns [];
    an_upsert_writes_whole_values [];
    merging_compares_each_column [];
    a_rollback_brings_whole_values_back [];
    what_was_read_meanwhile_is_taken_over_whole [update_returning];
    variants_are_told_by_a_column [];
    a_variant_that_is_not_whole_is_refused [];
    an_unknown_variant_is_an_error [];
    relations_beside_embedded_values_work [];
    columns_of_a_whole_are_set_with_it [];
    versions_and_compared_columns_may_be_embedded [];
    secrets_stay_secret [];
} }

fn site(city: &str) -> Site {
    Site { street: "Main Street".into(), city: city.into(), floor: None, at: None }
}

fn venue(name: &str, city: &str) -> Venue {
    Venue { name: name.into(), site: site(city), ..Venue::default() }
}

const PIN: Pin = Pin { lat: 47.5, lon: 7.5 };

pub fn the_fields_are_columns_of_the_model(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let stage = Site { floor: Some(2), at: Some(PIN), ..site("Bern") };
    let hall = session.add(Venue { stage: Some(stage), seats: 300, ..venue("hall", "Basel") });
    session.commit()?;
    cx.expect_log(&["insert venue (name, street, town, floor, at_lat, at_lon, stage_street, stage_town, stage_floor, \
        stage_at_lat, stage_at_lon, seats, revision, seed, token, pay_kind, pay_card_number, pay_card_holder, pay_iban, \
        refund_kind, refund_card_number, refund_card_holder, refund_iban, main_id)"]);
    cx.expect_rows(
        "SELECT name, town, at_lat, stage_town, stage_floor, stage_at_lat, seats, pay_kind, refund_kind FROM venue",
        &["hall|Basel|NULL|Bern|2|47.5|300|cash|NULL"],
    );
    let mut other = cx.session();
    let read = other.get::<Venue>(1)?.unwrap();
    assert_eq!(other[read], session[hall]);
    let mut other = cx.session();
    let plain: Vec<Venue> = Venue::query().values(&mut other)?;
    assert_eq!(plain[0].stage, session[hall].stage);
    Ok(())
}

pub fn constraints_name_the_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    session.add(venue("hall", "Basel"));
    session.commit()?;
    session.add(venue("hall", "Basel"));
    expect_error(session.commit(), ErrorKind::UniqueViolation, &["venue"]);
    session.rollback()?;
    session.add(venue("hall", "Nowhere"));
    expect_error(session.commit(), ErrorKind::CheckViolation, &["somewhere"]);
    session.rollback()?;
    session.add(Venue { stage: Some(site("Nowhere")), ..venue("hall", "Bern") });
    expect_error(session.commit(), ErrorKind::CheckViolation, &["stage_somewhere"]);
    session.rollback()?;
    let indexes = Venue::table().indexes.iter().map(|index| (index.unique, &*index.name)).collect::<Vec<_>>();
    assert_eq!(
        indexes,
        [
            (false, "ix_venue__town__street"),
            (false, "ix_venue__stage_town__stage_street"),
            (true, "uq_venue__name__town"),
            (false, "ix_venue_stage_at_lat"),
        ]
    );
    Ok(())
}

pub fn an_update_writes_the_columns_that_differ(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(venue("hall", "Basel"));
    session.commit()?;
    cx.clear_log();
    session[hall].site.city = "Bern".into();
    session.commit()?;
    cx.expect_log(&["update venue (town, revision)"]);
    session[hall].site = site("Bern");
    session.commit()?;
    cx.expect_log(&["select venue"]);
    session[hall].site = Site { at: Some(PIN), ..site("Chur") };
    session[hall].seats = 3;
    session.commit()?;
    cx.expect_log(&["update venue (town, at_lat, at_lon, seats)"]);
    cx.expect_rows("SELECT town, at_lat, seats, revision FROM venue", &["Chur|47.5|3|2"]);
    Ok(())
}

pub fn a_missing_value_is_null_in_all_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(venue("hall", "Basel"));
    session.commit()?;
    session[hall].stage = Some(Site { floor: Some(1), ..site("Bern") });
    session.commit()?;
    cx.clear_log();
    cx.expect_rows(
        "SELECT stage_street, stage_town, stage_floor, stage_at_lat FROM venue",
        &["Main Street|Bern|1|NULL"],
    );
    session[hall].stage = None;
    session.commit()?;
    cx.expect_log(&["update venue (stage_street, stage_town, stage_floor)"]);
    cx.expect_rows("SELECT stage_street, stage_town, stage_floor, stage_at_lat FROM venue", &["NULL|NULL|NULL|NULL"]);
    let mut other = cx.session();
    let read = other.get::<Venue>(1)?.unwrap();
    assert_eq!((&other[read].stage, &other[read].site.at), (&None, &None));
    Ok(())
}

pub fn half_a_value_is_an_error(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "stall")]
    struct Stall {
        #[orm(primary_key)]
        id: i64,
        #[orm(embed, prefix = "old_")]
        old: Option<Pin>,
    }

    cx.create(models![Stall])?;
    cx.execute("INSERT INTO stall (id, old_lon) VALUES (1, 2.5)");
    let mut session = cx.session();
    expect_error(session.get::<Stall>(1), ErrorKind::Decode, &["Stall", "old_lat", "NULL"]);
    Ok(())
}

pub fn values_by_the_database_the_flush_and_the_program(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue, Kiosk])?;
    assert_eq!(Venue::default().trail.revision, 1);
    assert_eq!(Kiosk::default().spot, Pin { lat: 1.5, lon: 2.5 });
    let mut session = cx.session();
    let hall = session.add(venue("hall", "Basel"));
    assert!(session[hall].trail.created.is_unset());
    session.commit()?;
    let trail = session[hall].trail.clone();
    assert_eq!((trail.created.is_unset(), trail.revision, *trail.seed), (false, 1, 7));
    cx.clear_log();
    session[hall].seats = 5;
    session.commit()?;
    cx.expect_log(&["update venue (seats, revision)"]);
    assert_eq!(session[hall].trail.revision, 2);
    Ok(())
}

pub fn plain_inserts_fill_in_the_same(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue, Kiosk])?;
    let mut session = cx.session();
    Venue::insert_all([venue("a", "Basel"), Venue { stage: Some(site("Bern")), ..venue("b", "Chur") }])
        .execute(&mut session)?;
    Kiosk::insert_with(Kiosk::goods.set("beer")).execute(&mut session)?;
    let sites =
        (Venue::name.set("c"), Venue::site.set(site("Davos")), Venue::payment.set(Payment::Cash), Venue::seats.set(1));
    Venue::insert_with(sites).execute(&mut session)?;
    session.commit()?;
    let rows = "SELECT name, town, stage_town, revision, token FROM venue ORDER BY name";
    cx.expect_rows(rows, &["a|Basel|NULL|1|key", "b|Chur|Bern|1|key", "c|Davos|NULL|1|key"]);
    cx.expect_rows("SELECT seed FROM venue ORDER BY name", &["7", "7", "7"]);
    cx.expect_rows("SELECT lat, lon, goods FROM kiosk", &["1.5|2.5|beer"]);
    Ok(())
}

pub fn conditions_read_single_columns_and_whole_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let placed = Site { at: Some(PIN), ..site("Bern") };
    session.add_all([
        venue("a", "Chur"),
        Venue { stage: Some(placed.clone()), ..venue("b", "Basel") },
        Venue { site: placed.clone(), stage: Some(site("Basel")), ..venue("c", "") },
    ]);
    session.commit()?;
    let mut names = |filter: Filter<Venue>| {
        let query = Venue::query().filter(filter).order_by(Venue::site.city.desc()).select(Venue::name);
        query.all(&mut session)
    };
    assert_eq!(names(Venue::site.city.eq("Chur"))?, ["a"]);
    assert_eq!(names(Venue::stage.city.in_(["Bern", "Basel"]).of())?, ["c", "b"]);
    assert_eq!(names(Venue::stage.at.lat.gt(40.0))?, ["b"]);
    assert_eq!(names(Venue::site.at.is_null())?, ["a", "b"]);
    assert_eq!(names(Venue::stage.is_not_null())?, ["c", "b"]);
    assert_eq!(names(Venue::stage.is_null())?, ["a"]);
    assert_eq!(names(Venue::site.eq(&placed))?, ["c"]);
    assert_eq!(names(Venue::site.ne(placed.clone()))?, ["a", "b"]);
    assert_eq!(names(Venue::stage.eq(Some(placed.clone())))?, ["b"]);
    assert_eq!(names(Venue::stage.eq(None))?, ["a"]);
    assert_eq!(names(Venue::site.at.eq(Some(PIN)))?, ["c"]);
    assert_eq!(names(Venue::stage.city.eq(Venue::site.city).of())?, [""; 0]);
    Ok(())
}

pub fn whole_values_are_selected_and_read_as_structs(cx: &mut TestContext) -> Result<()> {
    #[derive(FromRow, Debug, PartialEq)]
    struct Line {
        site: Site,
        seats: i32,
    }

    cx.create(models![Venue])?;
    let mut session = cx.session();
    let placed = Site { at: Some(PIN), ..site("Bern") };
    session.add_all([venue("a", "Chur"), Venue { site: placed.clone(), seats: 4, ..venue("c", "") }]);
    session.commit()?;
    let all = || Venue::query().order_by(Venue::name);
    assert_eq!(all().select(Venue::site).all(&mut session)?, [site("Chur"), placed.clone()]);
    let upper_names = all().select((upper(Venue::name), Venue::site, Venue::payment)).all(&mut session)?;
    assert_eq!(upper_names[1], ("C".to_owned(), placed.clone(), Payment::Cash));
    let lines = all().select((Venue::site, Venue::seats)).rows_as::<Line>().all(&mut session)?;
    assert_eq!(lines[1], Line { site: placed.clone(), seats: 4 });
    let groups = Venue::query().group_by(Venue::site).select((Venue::site, count_all())).all(&mut session)?;
    assert_eq!(groups.len(), 2);
    Ok(())
}

pub fn an_update_sets_single_columns_and_whole_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    session.add_all([venue("a", "Chur"), Venue { stage: Some(site("Bern")), ..venue("b", "Basel") }]);
    session.commit()?;
    let all = Venue::query();
    let placed = Site { at: Some(PIN), ..site("Davos") };
    all.clone().filter(Venue::name.eq("a")).update(Venue::stage.set(Some(placed))).execute(&mut session)?;
    all.clone()
        .filter(Venue::name.eq("b"))
        .update((Venue::stage.set(None), Venue::seats.set(9)))
        .execute(&mut session)?;
    all.update((Venue::site.city.set(Venue::site.city.concat("!")), Venue::trail.revision.set(5)))
        .execute(&mut session)?;
    session.commit()?;
    cx.expect_rows(
        "SELECT town, stage_town, stage_at_lat, seats, revision FROM venue ORDER BY name",
        &["Chur!|Davos|47.5|0|5", "Basel!|NULL|NULL|9|5"],
    );
    Ok(())
}

pub fn objects_follow_an_update_of_some_columns(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let [a, b] =
        [venue("a", "Chur"), Venue { stage: Some(site("Bern")), ..venue("b", "Basel") }].map(|it| session.add(it));
    session.commit()?;
    for how in [Synchronize::Fetch, Synchronize::Evaluate] {
        let update = Venue::query().update((
            Venue::stage.city.set(Some("X")),
            Venue::stage.street.set(Some("Y")),
            Venue::trail.revision.set(6),
        ));
        update.synchronize(how).execute(&mut session)?;
        assert_eq!(session[a].trail.revision, 6);
        session.refresh(a)?;
        session.refresh(b)?;
        assert_eq!(session[a].stage.as_ref().map(|stage| &*stage.city), Some("X"));
        assert_eq!(session[b].stage.as_ref().map(|stage| &*stage.street), Some("Y"));
        let none = Venue::query().filter(Venue::name.eq("a")).update(Venue::stage.set(None)).synchronize(how);
        none.execute(&mut session)?;
        let stages = Venue::query().order_by(Venue::name).all(&mut session)?;
        assert!(session[stages[0]].stage.is_none() && session[stages[1]].stage.is_some());
        session.rollback()?;
        assert_eq!((&session[a].stage, session[a].trail.revision), (&None, 1));
        session.refresh(b)?;
        assert_eq!(session[b].stage, Some(site("Bern")));
    }
    Ok(())
}

pub fn an_upsert_writes_whole_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Kiosk])?;
    let mut session = cx.session();
    let kiosk = |lat: f64| Kiosk { id: 1, spot: Pin { lat, lon: 0.5 }, goods: lat.to_string() };
    for lat in [3.5, 4.5] {
        Kiosk::insert(kiosk(lat)).on_conflict(Kiosk::id).do_update(Kiosk::spot).execute(&mut session)?;
    }
    let fixed = Kiosk::spot.set(PIN);
    session.commit()?;
    cx.expect_rows("SELECT lat, lon, goods FROM kiosk", &["4.5|0.5|3.5"]);
    Kiosk::insert(kiosk(5.5)).on_conflict(Kiosk::id).do_update(fixed).execute(&mut session)?;
    session.commit()?;
    cx.expect_rows("SELECT lat, lon, goods FROM kiosk", &["47.5|7.5|3.5"]);
    Ok(())
}

pub fn merging_compares_each_column(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(Venue { stage: Some(site("Bern")), ..venue("hall", "Basel") });
    session.commit()?;
    let mut copy = session[hall].clone();
    copy.trail.created = Generated::default();
    cx.clear_log();
    session.merge(copy.clone())?;
    session.commit()?;
    cx.expect_log(&["select venue"]);
    copy.stage = None;
    copy.site.floor = Some(3);
    session.merge(copy)?;
    assert!(!session[hall].trail.created.is_unset());
    session.commit()?;
    cx.expect_log(&["select venue", "update venue (floor, stage_street, stage_town, revision)"]);
    cx.expect_rows("SELECT town, floor, stage_town FROM venue", &["Basel|3|NULL"]);
    Ok(())
}

pub fn a_rollback_brings_whole_values_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(Venue { stage: Some(site("Bern")), ..venue("hall", "Basel") });
    session.commit()?;
    session[hall].stage = None;
    session[hall].payment = Payment::Iban("CH93".into());
    session.flush()?;
    let inner = session.nested(|session| {
        session[hall].stage = Some(site("Chur"));
        session.flush()?;
        Err::<(), _>(orm::Error::new(ErrorKind::InvalidState, "no"))
    });
    inner.unwrap_err();
    assert_eq!((&session[hall].stage, &session[hall].payment), (&None, &Payment::Iban("CH93".into())));
    session.rollback()?;
    assert_eq!((&session[hall].stage, &session[hall].payment), (&Some(site("Bern")), &Payment::Cash));
    Ok(())
}

/// The row changes while its object is written to elsewhere.
pub fn what_was_read_meanwhile_is_taken_over_whole(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(venue("hall", "Basel"));
    session.commit()?;
    let update = |city: &str, iban: &str| {
        let stage = Venue::stage.set(Some(site(city)));
        Venue::query().update((stage, Venue::payment.set(Payment::Iban(iban.into())))).returning(Venue::object())
    };
    update("Bern", "CH").all(&mut session)?;
    assert_eq!((&session[hall].stage, &session[hall].payment), (&Some(site("Bern")), &Payment::Iban("CH".into())));
    session.set_autoflush(false);
    session[hall].seats = 8;
    session[hall].payment = Payment::Cash;
    update("Chur", "AT").all(&mut session)?;
    assert_eq!((&session[hall].stage, &session[hall].payment), (&Some(site("Chur")), &Payment::Cash));
    session.commit()?;
    cx.expect_rows("SELECT stage_town, pay_kind, pay_iban, seats FROM venue", &["Chur|cash|NULL|8"]);
    Ok(())
}

pub fn variants_are_told_by_a_column(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let card = Payment::Card { number: "4111".into(), holder: None };
    let [a, b, c] = [("a", Payment::Cash), ("b", card.clone()), ("c", Payment::Iban("CH93".into()))]
        .map(|(name, payment)| session.add(Venue { payment, ..venue(name, "Basel") }));
    session[c].refund = Some(Payment::Card { number: "1".into(), holder: Some("Ann".into()) });
    session.commit()?;
    let columns = "pay_kind, pay_card_number, pay_card_holder, pay_iban, refund_kind, refund_card_holder";
    cx.expect_rows(
        &format!("SELECT {columns} FROM venue ORDER BY id"),
        &["cash|NULL|NULL|NULL|NULL|NULL", "card|4111|NULL|NULL|NULL|NULL", "transfer|NULL|NULL|CH93|card|Ann"],
    );
    cx.clear_log();
    session[b].payment = Payment::Iban("AT61".into());
    session.commit()?;
    cx.expect_log(&["update venue (revision, pay_kind, pay_card_number, pay_iban)"]);
    let mut other = cx.session();
    for handle in [a, b, c] {
        let read = other.get::<Venue>(session[handle].id)?.unwrap();
        assert_eq!((&other[read].payment, &other[read].refund), (&session[handle].payment, &session[handle].refund));
    }
    let by_iban = Venue::query().filter(Venue::payment.kind.eq("transfer") & Venue::payment.iban.eq("AT61"));
    assert_eq!(by_iban.one(&mut session)?, b);
    assert_eq!(Venue::query().filter(Venue::refund.eq(Some(card))).count(&mut session)?, 0);
    Ok(())
}

pub fn a_variant_that_is_not_whole_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    session.add(venue("a", "Basel"));
    session.commit()?;
    let wrong = [
        Venue::payment.kind.set("card"),
        Venue::payment.kind.set("barter"),
        Venue::payment.iban.set(Some("CH")),
        Venue::refund.card_number.set(Some("1")),
        Venue::refund.kind.set(Some("card")),
    ];
    for assignment in wrong {
        let update = Venue::query().update(assignment).execute(&mut session);
        expect_error(update, ErrorKind::CheckViolation, &["venue"]);
        session.rollback()?;
    }
    Ok(())
}

/// The table has no check.
pub fn an_unknown_variant_is_an_error(cx: &mut TestContext) -> Result<()> {
    #[derive(Model, Debug, Clone, Default)]
    #[orm(table = "till")]
    struct Till {
        #[orm(primary_key)]
        id: i64,
        #[orm(embed)]
        payment: Payment,
    }

    cx.execute("CREATE TABLE till (id BIGINT PRIMARY KEY, kind TEXT, card_number TEXT, card_holder TEXT, iban TEXT)");
    cx.execute("INSERT INTO till (id, kind) VALUES (1, 'barter'), (2, 'card')");
    let mut session = cx.session();
    expect_error(
        session.get::<Till>(1),
        ErrorKind::Decode,
        &["Till", "kind", "barter", "\"cash\", \"card\", \"transfer\""],
    );
    expect_error(session.get::<Till>(2), ErrorKind::Decode, &["Till", "card_number", "NULL"]);
    Ok(())
}

pub fn relations_beside_embedded_values_work(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let annexes = [venue("b", "Zug"), venue("c", "Aarau")];
    let main = session.add(Venue { annexes: annexes.into(), ..venue("a", "Basel") });
    session.commit()?;
    cx.expect_rows("SELECT name, main_id FROM venue ORDER BY name", &["a|NULL", "b|1", "c|1"]);
    let mut other = cx.session();
    let read = Venue::query().filter(Venue::name.eq("a")).include(Venue::annexes).one(&mut other)?;
    let annexes = other.load(read, Venue::annexes)?;
    let cities: Vec<&str> = annexes.iter().map(|&it| &*other[it].site.city).collect();
    assert_eq!(cities, ["Aarau", "Zug"]);
    let zug = Venue::query().filter(Venue::main.has(Venue::site.city.eq("Basel")) & Venue::site.city.eq("Zug"));
    let zug = zug.one(&mut session)?;
    assert_eq!(session.load(zug, Venue::main)?, Some(main));
    session[zug].main = None;
    session.commit()?;
    cx.expect_rows("SELECT name, main_id FROM venue ORDER BY name", &["a|NULL", "b|NULL", "c|1"]);
    Ok(())
}

pub fn columns_of_a_whole_are_set_with_it(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    let hall = session.add(venue("hall", "Basel"));
    session.commit()?;
    let alone = session.set_null(hall, Venue::stage.floor);
    expect_error(alone, ErrorKind::InvalidState, &["stage.floor", "assign the whole field"]);
    session.set_expr(hall, Venue::trail.revision, Venue::trail.revision + 10)?;
    session.commit()?;
    assert_eq!(session[hall].trail.revision, 11);
    Ok(())
}

pub fn versions_and_compared_columns_may_be_embedded(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Handbook, Kiosk])?;
    let mut session = cx.session();
    let edition = Edition { editor: "Ann".into(), ..Edition::default() };
    let book = session.add(Handbook { edition, title: "a".into(), ..Handbook::default() });
    let kiosk = session.add(Kiosk::default());
    session.commit()?;
    cx.clear_log();
    session[book].title = "b".into();
    session.commit()?;
    cx.expect_log(&["update handbook (edition_number, title)"]);
    assert_eq!(session[book].edition.number, 2);
    session[book].title = "c".into();
    cx.execute("UPDATE handbook SET edition_number = 9");
    expect_error(session.commit(), ErrorKind::StaleData, &["Handbook#1"]);
    session.rollback()?;
    session[kiosk].goods = "ice".into();
    cx.execute("UPDATE kiosk SET lat = 0");
    expect_error(session.commit(), ErrorKind::StaleData, &["Kiosk#1"]);
    session.rollback()
}

pub fn secrets_stay_secret(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Venue])?;
    let mut session = cx.session();
    session.add(venue("hall", "Basel"));
    let plan = session.explain_flush()?;
    assert!(plan.contains("token"), "{plan}");
    let mut twice = [venue("a", "Basel"), venue("a", "Basel")];
    twice.iter_mut().for_each(|it| it.trail.token = "hush".into());
    session.add_all(twice);
    let error = session.flush().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hush"));
    session.rollback()
}
