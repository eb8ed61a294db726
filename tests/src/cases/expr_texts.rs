//! Functions of text.

use orm::functions::*;
use orm::prelude::*;
use orm::{ErrorKind, Result};

use crate::models::Measure;
use crate::{TestContext, expect_error};

cases! { expr_texts {
    texts_are_put_together [];
    null_makes_null_of_texts [];
    the_case_of_every_letter [];
    characters_are_counted [];
    spaces_are_taken_away [];
    parts_of_texts [];
    a_negative_length_is_an_error [];
    texts_are_replaced [];
    places_in_texts [];
    texts_filter_sort_and_group [];
    regular_expressions_match [regular_expressions];
} }

fn measures(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Measure])?;
    let mut session = cx.session();
    session.add(Measure { note: Some("Grüße, 東京!".into()), count: Some(3), ..Measure::named("  Ada ") });
    session.add(Measure::named(""));
    session.commit()?;
    Ok(session)
}

macro_rules! all {
    ($session:expr, $selection:expr) => {
        Measure::query().order_by(Measure::id).select($selection).all($session)?
    };
}

pub fn texts_are_put_together(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, Measure::name.concat("|")), ["  Ada |", "|"]);
    assert_eq!(all!(session, value("<").concat(Measure::name).concat(">")), ["<  Ada >", "<>"]);
    assert_eq!(all!(session, Measure::name.concat(Measure::count.cast::<String>())), [Some("  Ada 3".into()), None]);
    Ok(())
}

pub fn null_makes_null_of_texts(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = Measure::note;
    let row = all!(session, (note.concat("x"), upper(note), length(note), trim(note), substr(note, 1, 1)));
    assert_eq!(row[1], (None, None, None, None, None));
    let row =
        all!(session, (replace(value("abc"), "b", note), position(Measure::name, note), Measure::name.concat(note)));
    assert_eq!(row[1], (None, None, None));
    assert_eq!(
        all!(session, (substr(Measure::name, Measure::count, 1), substr_from(Measure::name, Measure::count)))[1],
        (None, None)
    );
    Ok(())
}

pub fn the_case_of_every_letter(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(
        all!(session, (upper(Measure::note), lower(Measure::note)))[0],
        (Some("GRÜßE, 東京!".into()), Some("grüße, 東京!".into()))
    );
    assert_eq!(Measure::query().filter(lower(Measure::note).eq("grüße, 東京!")).count(session)?, 1);
    Ok(())
}

pub fn characters_are_counted(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(all!(session, (length(Measure::note), length(Measure::name))), [(Some(10), 6), (None, 0)]);
    Ok(())
}

pub fn spaces_are_taken_away(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let name = Measure::name;
    assert_eq!(
        all!(session, (trim(name), trim_start(name), trim_end(name)))[0],
        ("Ada".into(), "Ada ".into(), "  Ada".into())
    );
    assert_eq!(all!(session, trim(value("\t x \n")))[0], "\t x \n", "only spaces are taken away");
    Ok(())
}

pub fn parts_of_texts(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = Measure::note;
    for (from, count, expected) in
        [(1, 3, "Grü"), (9, 5, "京!"), (0, 2, "G"), (-3, 5, "G"), (-3, 2, ""), (99, 1, ""), (2, 0, "")]
    {
        assert_eq!(all!(session, substr(note, from, count))[0].as_deref(), Some(expected), "{from} {count}");
    }
    for (from, expected) in [(8, "東京!"), (1, "Grüße, 東京!"), (-5, "Grüße, 東京!"), (99, "")] {
        assert_eq!(all!(session, substr_from(note, from))[0].as_deref(), Some(expected), "{from}");
    }
    let last_two = substr_from(note, length(note) - 1);
    assert_eq!(all!(session, last_two)[0].as_deref(), Some("京!"));
    Ok(())
}

pub fn a_negative_length_is_an_error(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    if !cx.capabilities().arithmetic_errors {
        // It is no length, and there is no text.
        let found: Vec<String> = Measure::query().select(substr(Measure::name, 1, -1)).all(session)?;
        assert!(found.iter().all(String::is_empty));
        return Ok(());
    }
    expect_error(
        Measure::query().select(substr(Measure::name, 1, -1)).all(session),
        ErrorKind::Database,
        &["negative"],
    );
    Ok(())
}

pub fn texts_are_replaced(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = Measure::note;
    assert_eq!(
        all!(session, (replace(note, "ß", "ss"), replace(note, "", "x")))[0],
        (Some("Grüsse, 東京!".into()), Some("Grüße, 東京!".into()))
    );
    assert_eq!(all!(session, replace(Measure::name, " ", ""))[0], "Ada");
    assert_eq!(all!(session, replace(replace(Measure::name, "A", "E"), "a", ""))[0], "  Ed ");
    Ok(())
}

pub fn places_in_texts(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    let note = Measure::note;
    assert_eq!(
        all!(session, (position(note, "東"), position(note, "x"), position(note, "")))[0],
        (Some(8), Some(0), Some(1))
    );
    assert_eq!(Measure::query().filter(position(Measure::name, "Ada").gt(0)).count(session)?, 1);
    assert_eq!(all!(session, position(Measure::name, Measure::name)), [1, 1]);
    Ok(())
}

pub fn texts_filter_sort_and_group(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().filter(trim(Measure::name).eq("Ada")).count(session)?, 1);
    assert_eq!(Measure::query().filter(upper(Measure::name).contains("AD")).count(session)?, 1);
    let size = || length(trim(Measure::name));
    let rows: Vec<(i32, i64)> =
        Measure::query().group_by(size()).order_by(size().desc()).select((size(), count_all())).all(session)?;
    assert_eq!(rows, [(3, 1), (0, 1)]);
    Ok(())
}

pub fn regular_expressions_match(cx: &mut TestContext) -> Result<()> {
    let session = &mut measures(cx)?;
    assert_eq!(Measure::query().filter(Measure::name.matches("^ +A.a")).count(session)?, 1);
    assert_eq!(Measure::query().filter(!Measure::name.matches("A")).count(session)?, 1);
    assert_eq!(Measure::query().filter(!Measure::note.matches("[0-9]")).count(session)?, 1, "NULL matches neither way");
    Ok(())
}
