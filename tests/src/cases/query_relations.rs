//! Relations as conditions.

use orm::Result;
use orm::functions::{exists, sum};
use orm::prelude::*;

use crate::TestContext;
use crate::models::{
    Buyer, Disc, Enrollment, Genre, Member, Passport, Performer, Person, Pupil, Sale, Song, SongList, Subject, Worker,
    hire_workers, open_music_shop,
};

cases! { query_relations {
    any_member [];
    no_member [];
    all_members [];
    a_member_that_is_unknown_is_not_all_right [];
    the_one_member [];
    one_member_at_the_other_side [];
    members_of_members [];
    members_through_pairs [];
    members_through_a_model [];
    members_of_the_same_model [];
    pairs_of_the_same_model [];
    members_under_another_name [];
    members_are_counted [];
    members_as_a_query [];
    a_filter_by_members_flushes_them [];
    a_bulk_statement_filters_by_members [];
} }

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Buyer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    Ok(session)
}

/// Checks the names of the rows of a query, in the order of their keys.
macro_rules! expect {
    ($session:expr, $model:ident.$name:ident, $condition:expr, $expected:expr) => {{
        let query = $model::query().filter($condition).order_by($model::id);
        let names: Vec<String> = query.clone().select($model::$name).all($session)?;
        assert_eq!(names, $expected as [&str; _]);
        assert_eq!(query.count($session)?, names.len() as u64);
    }};
}

pub fn any_member(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Buyer.name, Buyer::sales.any(Sale::price.ge(7)), ["Eve", "Fay"]);
    expect!(session, Buyer.name, Buyer::sales.is_not_empty(), ["Eve", "Fay", "Gus"]);
    let both = Buyer::sales.any(Sale::year.eq(2020)).and(Buyer::sales.any(Sale::price.eq(3)));
    expect!(session, Buyer.name, both, ["Eve"]);
    let found = Buyer::query().filter(Buyer::sales.any(Sale::year.eq(2021))).all(session)?;
    assert_eq!(found.len(), 3, "no buyer twice");
    Ok(())
}

pub fn no_member(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Buyer.name, Buyer::sales.none(Sale::price.ge(7)), ["Gus", "Hal"]);
    expect!(session, Buyer.name, Buyer::sales.is_empty(), ["Hal"]);
    expect!(session, Song.title, Song::sales.is_empty(), ["song 5"]);
    Ok(())
}

pub fn all_members(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Buyer.name, Buyer::sales.all(Sale::price.ge(5)), ["Fay", "Gus", "Hal"]);
    let some = Buyer::sales.is_not_empty().and(Buyer::sales.all(Sale::year.eq(2021)));
    expect!(session, Buyer.name, some, ["Fay", "Gus"]);
    Ok(())
}

pub fn a_member_that_is_unknown_is_not_all_right(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    cx.execute("INSERT INTO pupil (id, name) VALUES (1, 'ann')");
    cx.execute("INSERT INTO subject (id, title) VALUES (1, 'art')");
    cx.execute("INSERT INTO enrollment (pupil_id, subject_id, grade) VALUES (1, 1, NULL)");
    let session = &mut cx.session();
    expect!(session, Pupil.name, Pupil::enrollments.all(Enrollment::grade.lt(3)), []);
    expect!(session, Pupil.name, !Pupil::enrollments.all(Enrollment::grade.lt(3)), ["ann"]);
    Ok(())
}

pub fn the_one_member(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Song.title, Song::genre.has(Genre::name.eq("jazz")), ["song 3", "song 5"]);
    expect!(session, Song.title, !Song::genre.has(Genre::name.eq("rock")), ["song 3", "song 5"]);
    Ok(())
}

pub fn one_member_at_the_other_side(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    let session = &mut cx.session();
    session.add(Person { passport: Passport::numbered("P1").into(), ..Person::named("ann") });
    session.add(Person::named("bea"));
    session.add(Passport::numbered("P2"));
    expect!(session, Person.name, Person::passport.has(Passport::number.eq("P1")), ["ann"]);
    expect!(session, Person.name, Person::passport.is_empty(), ["bea"]);
    expect!(session, Passport.number, Passport::person.is_empty(), ["P2"]);
    Ok(())
}

pub fn members_of_members(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let sold = Performer::discs.any(Disc::songs.any(Song::sales.any(Sale::buyer.has(Buyer::country.eq("Italy")))));
    expect!(session, Performer.name, sold, ["Bob"]);
    let unsold = Performer::discs.none(Disc::songs.any(Song::sales.is_not_empty()));
    expect!(session, Performer.name, unsold, ["Cid"]);
    let again = Song::sales.any(Sale::song.has(Song::title.eq("song 1")));
    expect!(session, Song.title, again, ["song 1"]);
    Ok(())
}

pub fn members_through_pairs(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, SongList.name, SongList::songs.any(Song::title.eq("song 4")), ["some"]);
    expect!(session, SongList.name, SongList::songs.is_empty(), ["none"]);
    let rock = SongList::songs.all(Song::genre.has(Genre::name.eq("rock")));
    expect!(session, SongList.name, rock, ["some", "none"]);
    let shared = Song::lists.any(SongList::name.eq("all")).and(Song::lists.any(SongList::name.eq("some")));
    expect!(session, Song.title, shared, ["song 1", "song 2"]);
    let joined = SongList::query().join(SongList::songs).filter(SongList::songs.any(Song::title.eq("song 4")));
    assert_eq!(joined.count(session)?, 3);
    Ok(())
}

pub fn members_through_a_model(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Pupil])?;
    cx.execute("INSERT INTO pupil (id, name) VALUES (1, 'ann'), (2, 'bea')");
    cx.execute("INSERT INTO subject (id, title) VALUES (1, 'art')");
    cx.execute("INSERT INTO enrollment (pupil_id, subject_id, grade) VALUES (1, 1, NULL)");
    let session = &mut cx.session();
    expect!(session, Pupil.name, Pupil::subjects.any(Subject::title.eq("art")), ["ann"]);
    expect!(session, Pupil.name, Pupil::subjects.none(Subject::title.eq("art")), ["bea"]);
    Ok(())
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    Ok(session)
}

pub fn members_of_the_same_model(cx: &mut TestContext) -> Result<()> {
    let session = &mut workers(cx)?;
    expect!(session, Worker.name, Worker::boss.has(Worker::name.eq("Ann")), ["Bob", "Cid"]);
    expect!(session, Worker.name, Worker::reports.any(Worker::salary.lt(50)), ["Bob", "Dan"]);
    expect!(session, Worker.name, Worker::boss.has(Worker::boss.has(Worker::name.eq("Ann"))), ["Dan"]);
    let grand = Worker::reports.any(Worker::reports.any(Worker::reports.any(Worker::name.eq("Eve"))));
    expect!(session, Worker.name, grand, ["Ann"]);
    let up_and_down = Worker::boss.has(Worker::reports.any(Worker::name.eq("Cid")));
    expect!(session, Worker.name, up_and_down, ["Bob", "Cid"]);
    let twice = Worker::reports.any(Worker::name.eq("Bob")).and(Worker::reports.any(Worker::name.eq("Cid")));
    expect!(session, Worker.name, twice, ["Ann"]);
    expect!(session, Worker.name, Worker::reports.count().eq(2), ["Ann"]);
    let leads =
        Worker::reports.any(Worker::id.in_query(Worker::query().filter(Worker::name.eq("Dan")).select(Worker::id)));
    expect!(session, Worker.name, leads, ["Bob"]);
    Ok(())
}

pub fn pairs_of_the_same_model(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Member])?;
    let session = &mut cx.session();
    let [ann, bea, cid] =
        ["ann", "bea", "cid"].map(|name| session.add(Member { name: name.into(), ..Member::default() }));
    session.push(ann, Member::follows, bea)?;
    session.push(bea, Member::follows, cid)?;
    expect!(session, Member.name, Member::follows.any(Member::name.eq("cid")), ["bea"]);
    expect!(session, Member.name, Member::followers.any(Member::follows.any(Member::name.eq("cid"))), ["cid"]);
    expect!(session, Member.name, Member::follows.any(Member::follows.any(Member::name.eq("cid"))), ["ann"]);
    expect!(session, Member.name, Member::follows.is_empty(), ["cid"]);
    Ok(())
}

pub fn members_under_another_name(cx: &mut TestContext) -> Result<()> {
    alias!(Boss = Worker);
    let session = &mut workers(cx)?;
    let query = Worker::query().join(Worker::boss.to(Boss)).filter(Boss::rel(Worker::boss).has(Worker::name.eq("Ann")));
    assert_eq!(query.select(Worker::name).all(session)?, ["Dan"]);
    let better = Worker::boss.to(Boss).query().filter(Boss::col(Worker::salary).lt(Worker::salary));
    expect!(session, Worker.name, exists(better), ["Cid", "Eve"]);
    Ok(())
}

pub fn members_are_counted(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    expect!(session, Buyer.name, Buyer::sales.count().gt(1), ["Eve"]);
    let rows: Vec<(String, i64)> = SongList::query()
        .order_by((SongList::songs.count().desc(), SongList::name))
        .select((SongList::name, SongList::songs.count()))
        .all(session)?;
    assert_eq!(rows, [("all".to_owned(), 3), ("some".to_owned(), 3), ("none".to_owned(), 0)]);
    Ok(())
}

pub fn members_as_a_query(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let spent = || Buyer::sales.query().select(sum(Sale::price)).scalar();
    let rows: Vec<(String, Option<i64>)> =
        Buyer::query().order_by(Buyer::id).select((Buyer::name, spent())).all(session)?;
    let row = |name: &str, spent| (name.to_owned(), spent);
    assert_eq!(rows, [row("Eve", Some(25)), row("Fay", Some(7)), row("Gus", Some(5)), row("Hal", None)]);
    expect!(session, Buyer.name, spent().gt(6), ["Eve", "Fay"]);
    let named = Song::lists.query().filter(SongList::name.lt(Song::title));
    expect!(session, Song.title, exists(named.filter(SongList::name.ne("all"))), ["song 1", "song 2", "song 4"]);
    Ok(())
}

pub fn a_filter_by_members_flushes_them(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let hal = Buyer::query().filter(Buyer::name.eq("Hal")).one(session)?;
    let song = Song::query().filter(Song::title.eq("song 5")).one(session)?;
    session.add(Sale { year: 2022, price: 1, buyer: hal.into(), song: song.into(), ..Sale::default() });
    expect!(session, Buyer.name, Buyer::sales.any(Sale::year.eq(2022)), ["Hal"]);
    session.rollback()?;
    let hal = Buyer::query().filter(Buyer::name.eq("Hal")).one(session)?;
    session.add(Sale { year: 2022, price: 1, buyer: hal.into(), song: song.into(), ..Sale::default() });
    assert_eq!(Buyer::query().select(Buyer::sales.count()).order_by(Buyer::id).all(session)?, [3, 1, 1, 1]);
    Ok(())
}

pub fn a_bulk_statement_filters_by_members(cx: &mut TestContext) -> Result<()> {
    let session = &mut shop(cx)?;
    let spain = Buyer::query().filter(Buyer::sales.any(Sale::price.gt(9)));
    let loaded = spain.clone().one(session)?;
    assert_eq!(spain.update(Buyer::country.set("Malta")).execute(session)?, 1);
    assert_eq!(session[loaded].country, "Malta");
    let unsold = Song::query().filter(Song::sales.is_empty());
    assert_eq!(unsold.delete().execute(session)?, 1);
    assert_eq!(Song::query().count(session)?, 4);
    Ok(())
}
