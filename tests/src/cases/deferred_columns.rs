//! Columns that are read on demand.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session, Value};

use crate::models::{Exhibit, Feature, Painting, Reporter, Vase};
use crate::{TestContext, expect_error};

cases! { deferred_columns {
    a_query_leaves_the_column_out [];
    a_load_brings_it_for_all_objects_of_the_result [];
    columns_of_a_group_come_together [];
    a_query_brings_what_it_names [];
    members_leave_it_out_and_bring_it [];
    several_things_are_loaded_at_once [];
    an_update_has_only_what_was_set [];
    null_is_set_where_nothing_was_loaded [];
    a_new_row_needs_a_value [];
    what_was_loaded_stays_in_its_unit [];
    a_rollback_gives_back_what_was_known [];
    what_a_transaction_wrote_is_gone_with_it [];
    a_merge_says_nothing_of_it [];
    queries_use_it_like_any_column [];
    plain_values_leave_it_out [];
    equal_rows_are_merged_by_all_columns [];
    statements_beside_the_objects_are_followed [];
    nobody_knows_what_the_row_held [];
    loads_one_by_one_are_noticed [];
    an_object_without_a_row_has_nothing_to_load [];
    a_family_defers_columns_of_all_its_types [];
} }

/// Three features, two of them by one reporter, in a session that has loaded nothing, within a transaction.
fn features(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Feature])?;
    let mut session = cx.session();
    let outlined = Feature { outline: Some("first, then".to_owned()).into(), ..Feature::titled("frost") };
    let written = [Feature::titled("rain"), outlined].into();
    session.add(Reporter { name: "Ann".into(), photo: Some(vec![7]).into(), features: written, ..Reporter::default() });
    session.add(Feature::titled("wind"));
    session.commit()?;
    session.close()?;
    session.begin()?;
    cx.clear_log();
    Ok(session)
}

pub fn a_query_leaves_the_column_out(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    session.record_statements();
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    let sent = session.recorded_statements();
    assert!(!sent[0].contains("body") && !sent[0].contains("outline"), "{}", sent[0]);
    assert_eq!(session[found[0]].title, "rain");
    assert_eq!(session[found[0]].body.get(), None);
    assert!(!session.is_loaded(found[0], Feature::body)?);
    let cure = "call session.load(handle, Feature::body), or .undefer(Feature::body) in the query";
    expect_error(session.related(found[0], Feature::body), ErrorKind::NotLoaded, &["`body` of Feature#1", cure]);
    cx.expect_log(&["select feature"]);
    let one = session.get::<Feature>(1)?.unwrap();
    assert!(!session[one].body.is_loaded());
    cx.expect_log(&[]);
    session.close()?;
    session.begin()?;
    session.record_statements();
    session.get::<Feature>(1)?;
    assert!(!session.recorded_statements()[0].contains("body"));
    Ok(())
}

pub fn a_load_brings_it_for_all_objects_of_the_result(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    cx.clear_log();
    let bodies: Vec<String> =
        found.iter().map(|&feature| session.load(feature, Feature::body).cloned()).collect::<Result<_>>()?;
    assert_eq!(bodies, ["about rain", "about frost", "about wind"]);
    cx.expect_log(&["select feature"]);
    assert!(session.is_loaded(found[2], Feature::body)?);
    assert_eq!(session.related(found[2], Feature::body)?, "about wind");
    assert_eq!(session[found[2]].body.get().map(String::as_str), Some("about wind"));
    assert!(!session[found[2]].notes.is_loaded(), "it is of a group of its own");
    assert!(!session.is_modified(found[2]));
    Ok(())
}

pub fn columns_of_a_group_come_together(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    cx.clear_log();
    assert_eq!(session.load(found[0], Feature::outline)?, &None);
    assert_eq!(session.load(found[1], Feature::outline)?.as_deref(), Some("first, then"));
    assert_eq!(session.load(found[1], Feature::notes)?, "none");
    cx.expect_log(&["select feature"]);
    assert!(!session[found[0]].body.is_loaded());
    Ok(())
}

pub fn a_query_brings_what_it_names(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let query = Feature::query().undefer(Feature::body).undefer(Feature::notes).order_by(Feature::id);
    let found = query.clone().all(&mut session)?;
    assert_eq!(session.load(found[0], Feature::body)?, "about rain");
    assert_eq!(session.load(found[1], Feature::outline)?.as_deref(), Some("first, then"));
    cx.expect_log(&["select feature"]);
    session.close()?;
    session.begin()?;
    let page = query.clone().page(&mut session, 3, 1)?;
    assert_eq!(session.related(page.items[0], Feature::body)?, "about wind");
    let slice = query.slice(&mut session, 1)?;
    assert_eq!(session.related(slice.items[0], Feature::notes)?, "none");
    Ok(())
}

pub fn members_leave_it_out_and_bring_it(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let ann = Reporter::query().include(Reporter::features).one(&mut session)?;
    let written = session.related(ann, Reporter::features)?;
    assert!(!session[ann].photo.is_loaded() && !session[written[1]].body.is_loaded());
    cx.expect_log(&["select reporter", "select feature"]);
    assert_eq!(session.load(written[1], Feature::body)?, "about frost");
    assert!(session[written[0]].body.is_loaded(), "members of one include came together");
    cx.expect_log(&["select feature"]);

    session.close()?;
    session.begin()?;
    let features = Reporter::features.undefer(Feature::body).order_by(Feature::id.desc());
    let ann = Reporter::query().include(features).undefer(Reporter::photo).one(&mut session)?;
    let written = session.related(ann, Reporter::features)?;
    assert_eq!(session[written[0]].body.get().map(String::as_str), Some("about frost"));
    assert_eq!(session[ann].photo.get(), Some(&Some(vec![7])));
    assert!(!session[written[0]].notes.is_loaded());
    cx.expect_log(&["select reporter", "select feature"]);

    session.close()?;
    session.begin()?;
    let query = Feature::query().order_by(Feature::id).limit(2);
    let found = query.clone().include(Feature::reporter.joined()).all(&mut session)?;
    assert!(!session[found[0]].body.is_loaded());
    let ann = session.related(found[0], Feature::reporter)?.unwrap();
    assert!(!session[ann].photo.is_loaded());
    cx.expect_log(&["select feature"]);

    session.close()?;
    session.begin()?;
    let ann =
        Reporter::query().include(Reporter::features.joined().undefer(Feature::body)).limit(1).one(&mut session)?;
    let written = session.related(ann, Reporter::features)?;
    assert_eq!(session[written[1]].body.get().map(String::as_str), Some("about frost"));
    assert!(!session[written[1]].notes.is_loaded());
    Ok(())
}

pub fn several_things_are_loaded_at_once(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    cx.clear_log();
    let (body, reporter) = session.load(found[1], (Feature::body, Feature::reporter))?;
    assert_eq!((body.as_str(), reporter.is_some()), ("about frost", true));
    cx.expect_log(&["select feature", "select reporter"]);
    assert!(session.is_loaded(found[0], (Feature::body, Feature::reporter))?);
    let (body, reporter, notes) = session.load(found[2], (Feature::body, Feature::reporter, Feature::notes))?;
    assert_eq!((body.as_str(), reporter, notes.as_str()), ("about wind", None, "none"));
    cx.expect_log(&["select feature"]);
    Ok(())
}

pub fn an_update_has_only_what_was_set(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    cx.clear_log();
    session[found[0]].title = "hail".into();
    session[found[1]].body = "all about frost".into();
    session[found[2]].body = Deferred::default();
    assert!(!session.is_modified(found[2]), "what is not there says nothing");
    session.commit()?;
    cx.expect_log(&["update feature (title)", "update feature (body)"]);
    let rows = ["hail|about rain", "frost|all about frost", "wind|about wind"];
    cx.expect_rows("SELECT title, body FROM feature ORDER BY id", &rows);

    session.begin()?;
    assert_eq!(session.load(found[0], Feature::body)?, "about rain");
    session[found[0]].body.get_mut().unwrap().push_str(" and hail");
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update feature (body)"]);
    cx.expect_rows("SELECT body FROM feature WHERE id = 1", &["about rain and hail"]);
    Ok(())
}

pub fn null_is_set_where_nothing_was_loaded(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let frost = Feature::query().filter(Feature::title.eq("frost")).one(&mut session)?;
    session[frost].outline = None.into();
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update feature (outline)"]);
    cx.expect_rows("SELECT outline, notes FROM feature WHERE title = 'frost'", &["NULL|none"]);
    Ok(())
}

pub fn a_new_row_needs_a_value(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Feature])?;
    let mut session = cx.session();
    let feature = session.add(Feature { title: "fog".into(), ..Feature::default() });
    let words = ["Feature#new: the deferred column `body` was not set", "assign a value"];
    expect_error(session.flush(), ErrorKind::NotNullViolation, &words);
    cx.expect_log(&[]);
    expect_error(Feature::insert(Feature::default()).execute(&mut session), ErrorKind::NotNullViolation, &["`body`"]);
    session[feature].body = "about fog".into();
    session.commit()?;
    cx.expect_rows("SELECT title, body, outline, notes FROM feature", &["fog|about fog|NULL|none"]);
    session.begin()?;
    cx.clear_log();
    assert_eq!(session.load(feature, Feature::notes)?, "none");
    Ok(())
}

pub fn what_was_loaded_stays_in_its_unit(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let rain = session.get::<Feature>(1)?.unwrap();
    session.load(rain, Feature::body)?;
    Feature::query().all(&mut session)?;
    assert_eq!(session.related(rain, Feature::body)?, "about rain");
    Feature::query().populate_existing().all(&mut session)?;
    assert!(!session[rain].body.is_loaded());
    session.load(rain, Feature::body)?;
    session.refresh(rain)?;
    assert!(!session[rain].body.is_loaded());
    session.load(rain, Feature::body)?;
    session.commit()?;

    cx.execute("UPDATE feature SET body = 'by others'");
    session.begin()?;
    assert!(!session.is_loaded(rain, Feature::body)?, "it is of an earlier unit");
    assert_eq!(session.load(rain, Feature::body)?, "by others");
    Ok(())
}

pub fn a_rollback_gives_back_what_was_known(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let (rain, frost) = (session.get::<Feature>(1)?.unwrap(), session.get::<Feature>(2)?.unwrap());
    session.load(rain, Feature::body)?;
    let mut nested = session.begin_nested()?;
    nested[rain].body = "wet".into();
    nested[frost].body = "cold".into();
    nested.flush()?;
    nested.rollback()?;
    assert_eq!(session.related(rain, Feature::body)?, "about rain");
    assert!(!session[frost].body.is_loaded());
    assert_eq!(session.load(frost, Feature::body)?, "about frost");
    session[frost].body = "cold".into();
    session.rollback()?;
    assert_eq!(session[frost].body.get().map(String::as_str), Some("about frost"));
    assert!(!session.is_modified(frost));
    Ok(())
}

pub fn what_a_transaction_wrote_is_gone_with_it(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let rain = session.get::<Feature>(1)?.unwrap();
    let mut nested = session.begin_nested()?;
    sql("UPDATE feature SET body = 'for now'").execute(&mut nested)?;
    assert_eq!(nested.load(rain, Feature::body)?, "for now");
    nested.rollback()?;
    assert_eq!(session.load(rain, Feature::body)?, "about rain");
    Ok(())
}

pub fn a_merge_says_nothing_of_it(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    session.set_autoflush(false);
    let rain = session.merge(Feature { id: 1, title: "hail".into(), ..Feature::default() })?;
    let frost = session.merge(Feature { id: 2, ..Feature::titled("snow") })?;
    cx.clear_log();
    session.commit()?;
    cx.expect_log(&["update feature (title, reporter_id)", "update feature (title, body, reporter_id)"]);
    let rows = ["hail|about rain|none", "snow|about snow|none"];
    cx.expect_rows("SELECT title, body, notes FROM feature WHERE id < 3 ORDER BY id", &rows);
    assert!(!session[rain].body.is_loaded() && session[frost].body.is_loaded());
    Ok(())
}

pub fn queries_use_it_like_any_column(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let query = Feature::query().filter(Feature::body.contains("o")).order_by((Feature::body.desc(), Feature::id));
    let titles = query.clone().select((Feature::title, Feature::body)).all(&mut session)?;
    assert_eq!(titles[0], ("wind".to_owned(), "about wind".to_owned()));
    let found = query.all(&mut session)?;
    assert_eq!(session[found[2]].title, "frost");
    let bare = Feature::query().filter(Feature::outline.is_null() & Feature::notes.eq("none"));
    assert_eq!(bare.count(&mut session)?, 2);
    Ok(())
}

pub fn plain_values_leave_it_out(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let values = Feature::query().order_by(Feature::id).values(&mut session)?;
    assert_eq!((values[0].title.as_str(), values[0].body.is_loaded()), ("rain", false));
    let values = Feature::query().undefer(Feature::body).order_by(Feature::id).values(&mut session)?;
    assert_eq!(values[1].body, Deferred::new("about frost".to_owned()));
    for value in Feature::query().iter(&mut session)? {
        assert!(!value?.body.is_loaded());
    }
    Ok(())
}

pub fn equal_rows_are_merged_by_all_columns(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().distinct().order_by(Feature::body.desc()).all(&mut session)?;
    assert_eq!(session.related(found[0], Feature::body)?, "about wind");
    let all = Feature::query().filter(Feature::id.eq(1)).union(Feature::query().filter(Feature::id.gt(1)));
    assert_eq!(all.all(&mut session)?.len(), 3);
    Ok(())
}

pub fn statements_beside_the_objects_are_followed(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let found = Feature::query().order_by(Feature::id).all(&mut session)?;
    session.load(found[0], Feature::body)?;
    Feature::query().update(Feature::body.set("new")).execute(&mut session)?;
    assert_eq!(session.load(found[0], Feature::body)?, "new");
    assert_eq!(session.load(found[1], Feature::body)?, "new");
    Feature::query().filter(Feature::body.eq("new")).delete().execute(&mut session)?;
    assert!(!session.contains(found[1]));
    let saved = Feature { id: 9, ..Feature::titled("sleet") };
    Feature::bulk_save([saved]).execute(&mut session)?;
    Feature::bulk_update(Feature::body, [(9, "mixed")]).execute(&mut session)?;
    assert_eq!(Feature::query().select(Feature::body).all(&mut session)?, ["mixed"]);
    Ok(())
}

pub fn nobody_knows_what_the_row_held(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    session.commit()?;
    session.on_after_flush(|session| {
        for row in session.flushed().iter() {
            assert_eq!(row.columns.len(), 1);
            assert!(row.columns[0].before.is_none());
            assert_eq!(row.columns[0].after, Some(Value::Text("mine".into())));
        }
        Ok(())
    });
    let rain = session.get::<Feature>(1)?.unwrap();
    session.commit()?;
    cx.execute("UPDATE feature SET body = 'by others'");
    session[rain].body = "mine".into();
    session.commit()?;
    cx.expect_rows("SELECT body FROM feature WHERE id = 1", &["mine"]);
    Ok(())
}

pub fn loads_one_by_one_are_noticed(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    session.watch_lazy_loads(orm::LazyLoads::Fail(1));
    let mut outcome = Ok(());
    for id in 1..=3 {
        let feature = session.get::<Feature>(id)?.unwrap();
        outcome = session.load(feature, Feature::body).map(drop);
        if outcome.is_err() {
            break;
        }
    }
    expect_error(outcome, ErrorKind::RepeatedLoad, &["`Feature::body`", ".undefer(Feature::body)"]);
    Ok(())
}

pub fn an_object_without_a_row_has_nothing_to_load(cx: &mut TestContext) -> Result<()> {
    let mut session = features(cx)?;
    let new = session.add(Feature::default());
    let words = ["`body` of Feature#new was not set, and there is no row to load it from"];
    expect_error(session.load(new, Feature::body), ErrorKind::InvalidState, &words);
    session.expunge(new)?;
    let rain = session.get::<Feature>(1)?.unwrap();
    sql("DELETE FROM feature WHERE id = 1").execute(&mut session)?;
    expect_error(session.load(rain, Feature::body), ErrorKind::NotFound, &["`body` of Feature#1: its row is gone"]);
    Ok(())
}

pub fn a_family_defers_columns_of_all_its_types(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Exhibit])?;
    let mut session = cx.session();
    let exhibit =
        |name: &str| Exhibit { name: name.into(), story: Some(format!("of {name}")).into(), ..Exhibit::default() };
    session.add(exhibit("coin"));
    session.add(Vase { exhibit: exhibit("vase"), sketch: Some("round".to_owned()).into() });
    session.add(Painting { exhibit: exhibit("oil"), restoration: "cleaned".into() });
    session.commit()?;
    session.close()?;
    session.begin()?;
    cx.clear_log();

    let found = Exhibit::query().order_by(Exhibit::id).all(&mut session)?;
    let (vase, oil) = (session.downcast::<Vase>(found[1]).unwrap(), session.downcast::<Painting>(found[2]).unwrap());
    assert!(!session[vase].sketch.is_loaded() && !session[oil].exhibit.story.is_loaded());
    cx.clear_log();
    assert_eq!(session.load(found[0], Exhibit::story)?.as_deref(), Some("of coin"));
    assert_eq!(session.load(oil, Exhibit::story)?.as_deref(), Some("of oil"));
    cx.expect_log(&["select exhibit"]);
    assert_eq!(session.load(vase, Vase::sketch)?.as_deref(), Some("round"));
    assert_eq!(session.load(oil, Painting::restoration)?, "cleaned");
    assert_eq!(session[oil].restoration.get().map(String::as_str), Some("cleaned"));

    session[oil].restoration = "framed".into();
    session[vase].exhibit.story = None.into();
    session.commit()?;
    cx.expect_rows("SELECT restoration FROM painting", &["framed"]);
    session.begin()?;
    let query = Painting::query().undefer(Painting::restoration).undefer(Exhibit::story);
    let oil = query.one(&mut session)?;
    assert_eq!(session.related(oil, Painting::restoration)?, "framed");
    assert_eq!(session.related(oil, Exhibit::story)?.as_deref(), Some("of oil"));
    Ok(())
}
