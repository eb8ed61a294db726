//! Relations that say when they are loaded.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{Album, Fix, Jotting, Leg, Musician, Piece, Port, Ship, Voyage, stock_albums};
use crate::{TestContext, expect_error};

cases! { load_strategies {
    a_query_brings_what_says_so [];
    a_get_brings_what_says_so [];
    members_of_an_include_bring_what_says_so [];
    a_query_leaves_a_relation_to_be_loaded_on_demand [];
    an_include_says_another [];
    a_limit_and_a_page_count_objects [];
    plain_values_bring_nothing [];
    a_relation_that_raises_is_included [];
    a_relation_that_is_never_loaded_is_written [];
    a_relation_that_is_never_loaded_refuses_what_must_load_it [];
    a_deleted_parent_leaves_its_members_to_the_database [];
    a_query_raises_for_all_that_it_does_not_include [];
    objects_of_included_relations_raise_too [];
    another_query_raises_no_more [];
    what_is_in_memory_does_not_raise [];
    a_query_for_rows_has_nothing_to_raise_for [];
} }

/// Two voyages with two legs each, a remark and two fixes, in a session that has loaded nothing.
fn voyages(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Voyage])?;
    let mut session = cx.session();
    let ports = session.add_all(["Oslo", "Cork"].map(|name| Port { name: name.into(), ..Port::default() }));
    for name in ["out", "home"] {
        let ship = session.add(Ship { name: format!("ship {name}"), ..Ship::default() });
        let legs = [ports[0], ports[1]].map(|port| Leg { port: port.into(), ..Leg::default() });
        session.add(Voyage {
            name: name.into(),
            ship: ship.into(),
            legs: legs.into(),
            jottings: [Jotting { text: "calm".into(), ..Jotting::default() }].into(),
            fixes: [1, 2].map(|latitude| Fix { latitude, ..Fix::default() }).into(),
            ..Voyage::default()
        });
    }
    session.commit()?;
    session.close()?;
    session.begin()?;
    cx.clear_log();
    Ok(session)
}

pub fn a_query_brings_what_says_so(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    session.record_statements();
    let found = Voyage::query().order_by(Voyage::id).all(&mut session)?;
    cx.expect_log(&["select voyage", "select leg", "select port"]);
    let sent = session.recorded_statements();
    assert!(sent[0].contains(" JOIN "), "{}", sent[0]);
    assert_eq!(session[&session[found[1]].ship].name, "ship home");
    let legs = session.related(found[0], Voyage::legs)?;
    assert_eq!(session[&session[legs[1]].port].name, "Cork");
    assert!(!session.is_loaded(found[0], Voyage::jottings)?);
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_get_brings_what_says_so(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let voyage = session.get::<Voyage>(1)?.unwrap();
    cx.expect_log(&["select voyage", "select ship", "select leg", "select port"]);
    assert!(session.is_loaded(voyage, Voyage::legs)?);
    session.get::<Voyage>(1)?;
    cx.expect_log(&[]);
    assert_eq!(session.get::<Voyage>(9)?, None);
    cx.expect_log(&["select voyage"]);
    Ok(())
}

pub fn members_of_an_include_bring_what_says_so(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let fixes = Fix::query().include(Fix::voyage).all(&mut session)?;
    cx.expect_log(&["select fix", "select voyage", "select leg", "select port"]);
    let voyage = session.related(fixes[0], Fix::voyage)?;
    assert_eq!(session.related(voyage, Voyage::legs)?.len(), 2);
    assert_eq!(session[&session[voyage].ship].name, "ship out");
    Ok(())
}

pub fn a_query_leaves_a_relation_to_be_loaded_on_demand(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let query = Voyage::query().lazy(Voyage::legs).lazy(Voyage::ship).order_by(Voyage::id);
    let found = query.all(&mut session)?;
    cx.expect_log(&["select voyage"]);
    assert_eq!(session.load(found[0], Voyage::legs)?.len(), 2);
    assert!(session.is_loaded(found[1], Voyage::legs)?, "one load serves the whole result");
    cx.expect_log(&["select leg"]);
    Ok(())
}

pub fn an_include_says_another(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let query = Voyage::query().include(Voyage::ship).include(Voyage::legs.limit_each(1)).order_by(Voyage::id);
    let found = query.all(&mut session)?;
    cx.expect_log(&["select voyage", "select ship", "select leg", "select port"]);
    assert_eq!(session.related(found[0], Voyage::legs)?.len(), 1);
    Ok(())
}

pub fn a_limit_and_a_page_count_objects(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let query = Voyage::query().order_by(Voyage::id.desc());
    let home = query.clone().first(&mut session)?.unwrap();
    assert_eq!(session[home].name, "home");
    assert!(session.is_loaded(home, Voyage::legs)?);
    let page = query.clone().page(&mut session, 2, 1)?;
    assert_eq!((page.total, &*session[page.items[0]].name), (2, "out"));
    let slice = query.slice(&mut session, 1)?;
    assert_eq!(slice.items, [home]);
    assert_eq!(session[&session[page.items[0]].ship].name, "ship out");
    Ok(())
}

pub fn plain_values_bring_nothing(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    assert_eq!(Voyage::query().values(&mut session)?.len(), 2);
    assert_eq!(Voyage::query().count(&mut session)?, 2);
    cx.expect_log(&["select voyage", "select voyage"]);
    Ok(())
}

pub fn a_relation_that_raises_is_included(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let voyage = Voyage::query().filter(Voyage::name.eq("out")).one(&mut session)?;
    cx.clear_log();
    let refused = session.load(voyage, Voyage::jottings);
    expect_error(refused, ErrorKind::NotLoaded, &["Voyage#1", "jottings", "raise", "include"]);
    cx.expect_log(&[]);
    session.include([voyage], Voyage::jottings)?;
    let jottings = session.load(voyage, Voyage::jottings)?;
    assert_eq!(session[jottings[0]].text, "calm");
    session.push(voyage, Voyage::jottings, Jotting { text: "storm".into(), ..Jotting::default() })?;
    assert_eq!(session.load(voyage, Voyage::jottings)?.len(), 2);
    let home = Voyage::query().filter(Voyage::name.eq("home")).include(Voyage::jottings).one(&mut session)?;
    assert_eq!(session.load(home, Voyage::jottings)?.len(), 1);
    Ok(())
}

pub fn a_relation_that_is_never_loaded_is_written(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let voyage =
        Voyage::query().lazy(Voyage::legs).lazy(Voyage::ship).order_by(Voyage::id).first(&mut session)?.unwrap();
    cx.clear_log();
    session.push(voyage, Voyage::fixes, Fix { latitude: 3, ..Fix::default() })?;
    session.flush()?;
    cx.expect_log(&["insert fix"]);
    let query = session.query_related(voyage, Voyage::fixes)?;
    assert_eq!(query.clone().count(&mut session)?, 3);
    assert_eq!(query.filter(Fix::latitude.lt(3)).delete().execute(&mut session)?, 2);
    let last = session.query_related(voyage, Voyage::fixes)?.one(&mut session)?;
    assert_eq!(session[last].latitude, 3);
    Ok(())
}

pub fn a_relation_that_is_never_loaded_refuses_what_must_load_it(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    let voyage = session.get::<Voyage>(1)?.unwrap();
    cx.clear_log();
    let words = ["Voyage::fixes", "write_only", "query_related"];
    expect_error(session.load(voyage, Voyage::fixes), ErrorKind::InvalidState, &words);
    expect_error(session.include([voyage], Voyage::fixes), ErrorKind::InvalidState, &words);
    expect_error(session.set(voyage, Voyage::fixes, [Fix::default()]), ErrorKind::InvalidState, &words);
    expect_error(Voyage::query().include(Voyage::fixes).all(&mut session), ErrorKind::InvalidState, &words);
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_deleted_parent_leaves_its_members_to_the_database(cx: &mut TestContext) -> Result<()> {
    let mut session = voyages(cx)?;
    Leg::query().delete().execute(&mut session)?;
    Jotting::query().delete().execute(&mut session)?;
    let voyage = Voyage::query().order_by(Voyage::id).include(Voyage::jottings).first(&mut session)?.unwrap();
    cx.clear_log();
    session.delete(voyage)?;
    session.commit()?;
    cx.expect_log(&["delete voyage"]);
    cx.expect_rows("SELECT voyage_id, count(*) FROM fix GROUP BY voyage_id", &["2|2"]);
    Ok(())
}

/// The shop of music, in a session that has loaded nothing.
fn albums(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Musician])?;
    let mut session = cx.session();
    stock_albums(&mut session)?;
    session.close()?;
    cx.clear_log();
    Ok(session)
}

pub fn a_query_raises_for_all_that_it_does_not_include(cx: &mut TestContext) -> Result<()> {
    let mut session = albums(cx)?;
    for limit in [1, 3] {
        let found = Album::query().order_by(Album::id).limit(limit).raise_all().all(&mut session)?;
        cx.clear_log();
        let words = ["`pieces` of Album#1", "raise_all", ".include(Album::pieces)", "session.include"];
        expect_error(session.load(found[0], Album::pieces), ErrorKind::NotLoaded, &words);
        let words = ["`musician` of Album#1", "raise_all", ".include(Album::musician)"];
        expect_error(session.load(found[0], Album::musician), ErrorKind::NotLoaded, &words);
        expect_error(session.load(found[0], (Album::musician, Album::pieces)), ErrorKind::NotLoaded, &words);
        cx.expect_log(&[]);
    }
    let album = Album::query().filter(Album::id.eq(2)).include(Album::pieces).raise_all().one(&mut session)?;
    assert_eq!(session.load(album, Album::pieces)?.len(), 11);
    session.include([album], Album::musician)?;
    assert_eq!(session[session.related(album, Album::musician)?].id, 2);
    Ok(())
}

pub fn objects_of_included_relations_raise_too(cx: &mut TestContext) -> Result<()> {
    let mut session = albums(cx)?;
    let query = Musician::query().filter(Musician::id.eq(1)).raise_all();
    let musician = query.clone().include(Musician::albums).one(&mut session)?;
    let album = session.load(musician, Musician::albums)?[0];
    expect_error(session.load(album, Album::pieces), ErrorKind::NotLoaded, &["Album#1", "raise_all"]);
    let musician = query.include(Musician::albums.then(Album::pieces).then(Piece::medium)).one(&mut session)?;
    let album = session.load(musician, Musician::albums)?[0];
    let piece = session.load(album, Album::pieces)?[0];
    session.load(piece, Piece::medium)?;
    expect_error(session.load(piece, Piece::style), ErrorKind::NotLoaded, &["Piece#1", "Piece::style", "raise_all"]);
    let query = Piece::query().filter(Piece::id.eq(2)).include(Piece::album.joined());
    let piece = query.raise_all().one(&mut session)?;
    let album = session.load(piece, Piece::album)?.unwrap();
    expect_error(session.load(album, Album::musician), ErrorKind::NotLoaded, &["Album", "raise_all"]);
    Ok(())
}

pub fn another_query_raises_no_more(cx: &mut TestContext) -> Result<()> {
    let mut session = albums(cx)?;
    let query = Album::query().filter(Album::id.le(2)).order_by(Album::id);
    let found = query.clone().raise_all().slice(&mut session, 2)?.items;
    expect_error(session.load(found[1], Album::pieces), ErrorKind::NotLoaded, &["raise_all"]);
    query.clone().limit(1).all(&mut session)?;
    let musician = session.load(found[0], Album::musician)?;
    assert_eq!(session[musician].id, 1);
    expect_error(session.load(found[1], Album::pieces), ErrorKind::NotLoaded, &["raise_all"]);
    query.page(&mut session, 1, 2)?;
    assert_eq!(session.load(found[1], Album::pieces)?.len(), 11);
    Ok(())
}

pub fn what_is_in_memory_does_not_raise(cx: &mut TestContext) -> Result<()> {
    let mut session = albums(cx)?;
    session.begin()?;
    let musician = Musician::query().filter(Musician::id.eq(1)).one(&mut session)?;
    let album = Album::query().filter(Album::id.eq(1)).raise_all().one(&mut session)?;
    cx.clear_log();
    assert_eq!(session.load(album, Album::musician)?, musician);
    // What is written is no question.
    session.push(album, Album::pieces, Piece { medium: BelongsTo::key(1), ..Piece::default() })?;
    session.flush()?;
    cx.expect_log(&["insert piece"]);
    session.rollback()
}

pub fn a_query_for_rows_has_nothing_to_raise_for(cx: &mut TestContext) -> Result<()> {
    let mut session = albums(cx)?;
    let words = ["raise_all", "no"];
    expect_error(Album::query().raise_all().select(Album::id).all(&mut session), ErrorKind::InvalidState, &words);
    Ok(())
}
