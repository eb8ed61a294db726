//! Models that are serialized and read back, with serde.

use orm::prelude::*;
use orm::{ErrorKind, Result, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{TestContext, expect_error};

cases! { serializing {
    a_key_is_itself_or_null [];
    composite_keys_are_lists [];
    members_are_the_carried_values [];
    one_member_is_a_value_or_null [];
    a_tree_is_read_and_saved [];
    an_object_that_was_read_comes_back_the_same [];
    a_handle_is_refused [];
    what_does_not_fit_is_refused [];
    a_graph_has_the_relations_that_are_named [];
    a_graph_is_merged_back [];
    a_graph_that_leads_back_is_refused [];
    a_key_of_one_of_several_models_has_the_name_of_its_variant [];
} }

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "author")]
#[serde(default)]
struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[belongs_to(back_populates = students)]
    teacher: Option<BelongsTo<Author>>,
    #[has_many(back_populates = teacher)]
    students: HasMany<Author>,
    #[has_many(back_populates = author, order_by = id)]
    works: HasMany<Work>,
    #[has_one(back_populates = author)]
    portrait: HasOne<Portrait>,
    #[many_to_many(table = "author_prize", back_populates = authors)]
    prizes: ManyToMany<Prize>,
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "work")]
#[serde(default)]
struct Work {
    #[orm(primary_key)]
    id: i64,
    title: String,
    #[belongs_to(back_populates = works)]
    author: BelongsTo<Author>,
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "portrait")]
#[serde(default)]
struct Portrait {
    #[orm(primary_key)]
    id: i64,
    file: String,
    #[belongs_to(back_populates = portrait)]
    author: BelongsTo<Author>,
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "prize")]
#[serde(default)]
struct Prize {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[many_to_many(table = "author_prize", back_populates = prizes)]
    authors: ManyToMany<Author>,
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "award")]
struct Award {
    #[orm(primary_key)]
    #[belongs_to]
    author: BelongsTo<Author>,
    #[orm(primary_key)]
    year: i32,
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "speech")]
struct Speech {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    award: Option<BelongsTo<Award>>,
}

#[derive(OneOf, Debug, Clone, Copy, PartialEq)]
enum Subject {
    Work(Handle<Work>),
    #[orm(rename = "prize")]
    Award(Handle<Award>),
}

#[derive(Model, Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
#[orm(table = "remark")]
#[serde(default)]
struct Remark {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    of: OneOf<Subject>,
    #[belongs_to]
    also: Option<OneOf<Subject>>,
}

fn to_json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap()
}

fn from_json<T: for<'de> Deserialize<'de>>(json: Json) -> T {
    serde_json::from_value(json).unwrap()
}

pub fn a_key_is_itself_or_null(_: &mut TestContext) -> Result<()> {
    let unset = Work::default();
    let set = Work { author: BelongsTo::key(7), ..Work::default() };
    assert_eq!(to_json(&unset), json!({"id": 0, "title": "", "author": null}));
    assert_eq!(to_json(&set), json!({"id": 0, "title": "", "author": 7}));
    assert_eq!(from_json::<Work>(to_json(&unset)), unset);
    assert_eq!(from_json::<Work>(to_json(&set)), set);
    assert_eq!(from_json::<Work>(json!({"title": "t"})).author, BelongsTo::default());
    assert_eq!(from_json::<Author>(json!({"teacher": 7})).teacher, Some(BelongsTo::key(7)));
    assert_eq!(from_json::<Author>(json!({"teacher": null})).teacher, None);
    Ok(())
}

pub fn composite_keys_are_lists(_: &mut TestContext) -> Result<()> {
    let speech = Speech { id: 1, award: Some(BelongsTo::key((7, 1999))) };
    assert_eq!(to_json(&speech), json!({"id": 1, "award": [7, 1999]}));
    assert_eq!(from_json::<Speech>(to_json(&speech)), speech);
    assert_eq!(from_json::<Speech>(json!({"id": 1})).award, None);
    Ok(())
}

pub fn members_are_the_carried_values(_: &mut TestContext) -> Result<()> {
    let works = ["one", "two"].map(|title| Work { title: title.into(), ..Work::default() });
    let author = Author { works: works.into(), ..Author::default() };
    let json = to_json(&author);
    assert_eq!(json["works"][1]["title"], "two");
    assert_eq!(json["students"], json!([]));
    assert_eq!(json["prizes"], json!([]));
    let mut back: Author = from_json(json);
    assert_eq!(back.works.pending(), 2);
    assert_eq!((back.students.pending(), back.prizes.pending()), (0, 0));
    // A missing list differs from an empty one: it leaves the members as they are.
    assert!(back.students.take().is_none() && back.prizes.take().is_none());
    Ok(())
}

pub fn one_member_is_a_value_or_null(_: &mut TestContext) -> Result<()> {
    assert_eq!(to_json(&Author::default())["portrait"], Json::Null);
    let portrait = Portrait { file: "a.png".into(), ..Portrait::default() };
    let json = to_json(&Author { portrait: portrait.into(), ..Author::default() });
    assert_eq!(json["portrait"]["file"], "a.png");
    assert_eq!(from_json::<Author>(json).portrait.pending(), 1);
    Ok(())
}

pub fn a_tree_is_read_and_saved(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Author])?;
    let mut session = cx.session();
    session.add(from_json::<Author>(json!({
        "name": "ann",
        "works": [{"title": "one"}, {"title": "two"}],
        "students": [{"name": "bea", "works": [{"title": "three"}]}],
        "portrait": {"file": "a.png"},
        "prizes": [{"name": "gold"}],
    })));
    session.commit()?;
    session.close()?;
    cx.expect_rows(
        "SELECT author.name, title FROM work JOIN author ON author.id = author_id ORDER BY title",
        &["ann|one", "bea|three", "ann|two"],
    );
    cx.expect_rows("SELECT count(*) FROM author_prize", &["1"]);
    cx.expect_rows("SELECT count(*) FROM portrait WHERE author_id IS NOT NULL", &["1"]);
    cx.expect_rows("SELECT name FROM author WHERE teacher_id IS NOT NULL", &["bea"]);
    Ok(())
}

pub fn an_object_that_was_read_comes_back_the_same(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Author])?;
    let mut session = cx.session();
    let ann = session.add(Author { name: "ann".into(), ..Author::default() });
    let work = session.add(Work { title: "one".into(), author: ann.into(), ..Work::default() });
    assert_eq!(to_json(&session[work])["author"], Json::Null);
    session.commit()?;
    let id = session[ann].id;
    let json = to_json(&session[work]);
    assert_eq!(json["author"], id);
    assert_eq!(from_json::<Work>(json), session[work]);
    session.load(ann, Author::works)?;
    assert_eq!(to_json(&session[ann])["works"], json!([]));
    Ok(())
}

pub fn a_handle_is_refused(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Author])?;
    let mut session = cx.session();
    let work = session.add(Work::default());
    let author = Author { works: [work].into(), ..Author::default() };
    let error = serde_json::to_string(&author).unwrap_err().to_string();
    assert!(error.contains("a handle, which means nothing outside its session"), "{error}");
    Ok(())
}

pub fn what_does_not_fit_is_refused(_: &mut TestContext) -> Result<()> {
    for json in [json!({"author": "x"}), json!({"author": [1]})] {
        assert!(serde_json::from_value::<Work>(json).is_err());
    }
    for json in [json!({"works": {}}), json!({"works": [1]}), json!({"works": null}), json!({"portrait": 1})] {
        assert!(serde_json::from_value::<Author>(json).is_err());
    }
    Ok(())
}

/// An author with two works that share a prize winner, committed, in a session that has loaded nothing.
fn library(cx: &mut TestContext) -> Result<(Session, Handle<Author>)> {
    cx.create(models![Author])?;
    let mut session = cx.session();
    let work = |title: &str| Work { title: title.into(), ..Work::default() };
    let author = Author { name: "Iain".into(), works: [work("Matter"), work("Excession")].into(), ..Author::default() };
    session.add(author);
    session.commit()?;
    session.close()?;
    let author = session.get::<Author>(1)?.unwrap();
    cx.clear_log();
    Ok((session, author))
}

pub fn a_graph_has_the_relations_that_are_named(cx: &mut TestContext) -> Result<()> {
    let (mut session, author) = library(cx)?;
    let graph = session.to_value(author, |author| {
        author.with(Author::works, |_| Ok(()))?;
        author.with(Author::portrait, |_| Ok(()))?;
        author.with(Author::teacher, |_| Ok(()))
    })?;
    cx.expect_log(&["select work", "select portrait"]);
    assert_eq!(
        graph["works"],
        json!([
            { "id": 1, "title": "Matter", "author": 1 },
            { "id": 2, "title": "Excession", "author": 1 },
        ])
    );
    assert_eq!((&graph["name"], &graph["portrait"], &graph["teacher"]), (&json!("Iain"), &Json::Null, &Json::Null));
    let works = session.load(author, Author::works)?;
    session.commit()?;
    let graph = session.to_value(works[0], |work| work.with(Work::author, |_| Ok(())))?;
    assert_eq!(graph["author"]["name"], json!("Iain"));
    Ok(())
}

pub fn a_graph_is_merged_back(cx: &mut TestContext) -> Result<()> {
    let (mut session, author) = library(cx)?;
    let mut graph = session.to_value(author, |author| author.with(Author::works, |_| Ok(())))?;
    graph["works"][0]["title"] = json!("Surface Detail");
    graph["works"].as_array_mut().unwrap().push(json!({ "title": "Inversions" }));
    let value: Author = serde_json::from_value(graph).unwrap();
    assert_eq!(session.merge(value)?, author);
    session.commit()?;
    cx.expect_rows("SELECT id, title FROM work ORDER BY id", &["1|Surface Detail", "2|Excession", "3|Inversions"]);
    Ok(())
}

pub fn a_graph_that_leads_back_is_refused(cx: &mut TestContext) -> Result<()> {
    let (mut session, author) = library(cx)?;
    let back =
        session.to_value(author, |author| author.with(Author::works, |work| work.with(Work::author, |_| Ok(()))));
    expect_error(back, ErrorKind::InvalidState, &["works.author", "Author#1"]);
    Ok(())
}

pub fn a_key_of_one_of_several_models_has_the_name_of_its_variant(_: &mut TestContext) -> Result<()> {
    let unset = Remark::default();
    assert_eq!(to_json(&unset), json!({"id": 0, "of": null, "also": null}));
    let set = Remark { id: 1, of: OneOf::key::<Work>(7), also: Some(OneOf::key::<Award>((3, 1974))) };
    assert_eq!(to_json(&set), json!({"id": 1, "of": {"Work": 7}, "also": {"prize": [3, 1974]}}));
    for remark in [unset, set] {
        assert_eq!(from_json::<Remark>(to_json(&remark)), remark);
    }
    assert_eq!(from_json::<Remark>(json!({"id": 2})), Remark { id: 2, ..Remark::default() });
    let refused = |json: Json| serde_json::from_value::<Remark>(json).unwrap_err().to_string();
    assert!(refused(json!({"of": {"Author": 1}})).contains("expected `Work` or `prize`"));
    assert!(refused(json!({"of": {"Work": "seven"}})).contains("seven"));
    assert!(refused(json!({"of": 7})).contains("expected"));
    Ok(())
}
