//! Relations that are loaded by the statement of their owners: joined by `include`, or by the query itself.

use orm::functions::{lower, sum};
use orm::prelude::*;
use orm::{ErrorKind, Result, Session};

use crate::models::{
    Book, Buyer, Company, Disc, Employee, Genre, Passport, Performer, Person, Sale, Shelf, Shop, Song, SongList, Ware,
    Worker, hire_workers, open_music_shop, take_notes,
};
use crate::{TestContext, expect_error};

cases! { joined_includes {
    u_134_a_limit_counts_objects_and_not_joined_members [];
    u_134_the_only_object_has_all_its_joined_members [];
    u_134_the_order_of_the_query_stays [];
    a_joined_target_comes_with_the_row [];
    a_joined_target_that_is_missing_is_none [];
    targets_are_joined_one_behind_the_other [];
    joined_members_come_once_and_in_order [];
    joined_pairs_come_once [];
    joined_only_members [];
    joined_members_with_composite_keys [];
    members_are_joined_to_members [];
    what_is_below_joined_members_is_loaded [];
    a_relation_to_itself_is_joined [];
    joined_members_keep_loaded_and_changed_collections [];
    joined_members_are_populated_again [];
    joined_objects_are_read_once [];
    joined_members_see_what_autoflush_wrote [];
    joined_members_are_loaded_for_objects_at_hand [];
    a_lazy_load_serves_all_joined_members [];
    joins_of_the_query_populate_a_relation [];
    joins_of_the_query_populate_further_relations [];
    joins_of_the_query_populate_pairs [];
    joins_of_the_query_populate_targets [];
    a_left_join_populates_with_nobody [];
    another_name_populates [];
    a_populated_relation_is_not_all [];
    what_is_populated_keeps_what_is_loaded [];
    the_only_object_is_populated_by_all_rows [];
} }

/// The music shop, in a session that has loaded nothing.
fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Sale, SongList])?;
    open_music_shop(&mut cx.session())?;
    cx.clear_log();
    Ok(cx.session())
}

fn names(session: &Session, buyers: &[Handle<Buyer>]) -> Vec<String> {
    buyers.iter().map(|&buyer| session[buyer].name.clone()).collect()
}

/// The prices of what each buyer bought, as far as it is in memory.
fn prices(session: &Session, buyers: &[Handle<Buyer>]) -> Vec<Vec<i32>> {
    let sales = |&buyer| session.related(buyer, Buyer::sales).unwrap();
    buyers.iter().map(|buyer| sales(buyer).into_iter().map(|sale| session[sale].price).collect()).collect()
}

pub fn u_134_a_limit_counts_objects_and_not_joined_members(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Buyer::query().include(Buyer::sales.joined()).order_by(Buyer::id);
    let buyers = query.clone().limit(2).all(&mut session)?;
    cx.expect_log(&["select buyer x4"]);
    assert_eq!(names(&session, &buyers), ["Eve", "Fay"]);
    assert_eq!(prices(&session, &buyers), [vec![10, 12, 3], vec![7]]);
    assert!(session.is_loaded(buyers[0], Buyer::sales)?);
    let buyers = query.offset(2).all(&mut session)?;
    assert_eq!(names(&session, &buyers), ["Gus", "Hal"]);
    assert_eq!(prices(&session, &buyers), [vec![5], vec![]]);
    cx.expect_log(&["select buyer x2"]);
    Ok(())
}

pub fn u_134_the_only_object_has_all_its_joined_members(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Buyer::query().include(Buyer::sales.joined());
    let eve = query.clone().filter(Buyer::name.eq("Eve")).one(&mut session)?;
    assert_eq!(prices(&session, &[eve]), [[10, 12, 3]]);
    cx.expect_log(&["select buyer x3"]);
    session.close()?;
    let first = query.clone().order_by(Buyer::name).first(&mut session)?.unwrap();
    assert_eq!(prices(&session, &[first]), [[10, 12, 3]]);
    expect_error(query.clone().one(&mut session), ErrorKind::MultipleFound, &["Buyer"]);
    assert_eq!(query.clone().count(&mut session)?, 4);
    expect_error(query.values(&mut session), ErrorKind::InvalidState, &["include", "plain values", "all"]);
    Ok(())
}

pub fn u_134_the_order_of_the_query_stays(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let spent = Buyer::query()
        .join(Buyer::sales)
        .group_by(Buyer::id)
        .order_by((sum(Sale::price).desc(), Buyer::name))
        .include(Buyer::sales.joined())
        .limit(2);
    let buyers = spent.all(&mut session)?;
    assert_eq!(names(&session, &buyers), ["Eve", "Fay"]);
    assert_eq!(prices(&session, &buyers), [vec![10, 12, 3], vec![7]]);
    cx.expect_log(&["select buyer x4"]);
    session.close()?;
    let sorted = Buyer::query().order_by((Buyer::country, Buyer::name.desc())).include(Buyer::sales.joined()).limit(3);
    let buyers = sorted.all(&mut session)?;
    assert_eq!(names(&session, &buyers), ["Hal", "Gus", "Fay"]);
    session.close()?;
    let all = Buyer::query().order_by(lower(Buyer::name).desc()).include(Buyer::sales.joined()).all(&mut session)?;
    assert_eq!(names(&session, &all), ["Hal", "Gus", "Fay", "Eve"]);
    Ok(())
}

pub fn a_joined_target_comes_with_the_row(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Sale::song.joined().include(Song::genre.joined()).include(Song::disc.joined());
    let sales = Sale::query().include(path).include(Sale::buyer.joined()).order_by(Sale::price).all(&mut session)?;
    cx.expect_log(&["select sale x5"]);
    let song = &session[&session[sales[0]].song];
    assert_eq!((song.title.as_str(), session[&song.genre].name.as_str()), ("song 2", "rock"));
    assert_eq!(session[&session[sales[0]].buyer].name, "Eve");
    assert_eq!(session[&session[&session[sales[1]].song].disc].title, "by Bob");
    assert_eq!(Genre::query().count(&mut session)?, 2);
    Ok(())
}

pub fn a_joined_target_that_is_missing_is_none(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    session.add(Company { employees: [Employee::named("ann")].into(), ..Company::named("acme") });
    session.add(Employee::named("free"));
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let all = Employee::query().include(Employee::company.joined()).order_by(Employee::name).all(&mut session)?;
    cx.expect_log(&["select employee x2"]);
    let acme = session.related(all[0], Employee::company)?.unwrap();
    assert_eq!(session[acme].name, "acme");
    assert_eq!(session.related(all[1], Employee::company)?, None);
    expect_error(session.related(acme, Company::employees), ErrorKind::NotLoaded, &["employees"]);
    Ok(())
}

pub fn targets_are_joined_one_behind_the_other(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Sale::song.joined().then(Song::disc.joined()).then(Disc::performer.joined());
    let sales = Sale::query().include(path).order_by(Sale::price).limit(1).all(&mut session)?;
    cx.expect_log(&["select sale x1"]);
    let disc = &session[&session[&session[sales[0]].song].disc];
    assert_eq!(session[&disc.performer].name, "Ann");
    Ok(())
}

pub fn joined_members_come_once_and_in_order(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Performer::discs
        .joined()
        .then(Disc::songs.joined().include(Song::sales.joined()).include(Song::lists.joined()));
    let performers = Performer::query().include(path).order_by(Performer::id).all(&mut session)?;
    assert_eq!(cx.take_log().len(), 1);
    let mut found = Vec::new();
    for &performer in &performers {
        for disc in session.related(performer, Performer::discs)? {
            for song in session.related(disc, Disc::songs)? {
                let (sales, lists) = (session.related(song, Song::sales)?, session.related(song, Song::lists)?);
                found.push(format!("{} {} {}", session[song].title, sales.len(), lists.len()));
            }
        }
    }
    assert_eq!(performers.len(), 3);
    assert_eq!(found, ["song 1 2 2", "song 2 1 2", "song 3 1 1", "song 4 1 1", "song 5 0 0"]);
    Ok(())
}

pub fn joined_pairs_come_once(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let lists = SongList::query().include(SongList::songs.joined()).order_by(SongList::id).all(&mut session)?;
    cx.expect_log(&["select song_list x7"]);
    let sizes: Vec<usize> =
        lists.iter().map(|&list| Ok(session.related(list, SongList::songs)?.len())).collect::<Result<_>>()?;
    assert_eq!(sizes, [3, 3, 0]);
    let song = session.related(lists[1], SongList::songs)?[2];
    assert_eq!(session[song].title, "song 4");
    session.remove(lists[1], SongList::songs, song)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM list_song", &["5"]);
    Ok(())
}

pub fn joined_only_members(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Person])?;
    cx.execute(
        "INSERT INTO person (id, name) VALUES (1, 'ann'), (2, 'bob'), (3, 'cid');
         INSERT INTO passport (id, number, person_id) VALUES (3, 'late', 1), (2, 'early', 1), (4, 'his', 2)",
    );
    let mut session = cx.session();
    let query = Person::query().include(Person::passport.joined()).order_by(Person::id);
    let people = query.clone().limit(2).all(&mut session)?;
    assert_eq!(people.len(), 2);
    let passport = session.related(people[0], Person::passport)?.unwrap();
    assert_eq!(session[passport].number, "early");
    let people = query.all(&mut session)?;
    assert_eq!(session.related(people[2], Person::passport)?, None);
    cx.clear_log();
    let all = Passport::query().include(Passport::person.joined()).order_by(Passport::id).all(&mut session)?;
    cx.expect_log(&["select passport x3"]);
    assert_eq!(session.related(all[2], Passport::person)?, Some(people[1]));
    Ok(())
}

pub fn joined_members_with_composite_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    for number in [1, 2] {
        let books = ["emma", "kim"].map(|title| Book { title: title.into(), ..Default::default() });
        session.add(Shelf { room: "hall".into(), number, books: books.into(), ..Default::default() });
    }
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let query = Shelf::query().include(Shelf::books.joined()).order_by((Shelf::room, Shelf::number.desc()));
    let shelves = query.limit(1).all(&mut session)?;
    cx.expect_log(&["select shelf x2"]);
    assert_eq!(session[shelves[0]].number, 2);
    assert_eq!(session.related(shelves[0], Shelf::books)?.len(), 2);
    let books = Book::query().include(Book::shelf.joined()).all(&mut session)?;
    cx.expect_log(&["select book x4"]);
    assert_eq!(books.len(), 4);
    Ok(())
}

pub fn members_are_joined_to_members(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path =
        Buyer::sales.order_by(Sale::price.desc()).limit_each(2).then(Sale::song.joined().include(Song::lists.joined()));
    let buyers = Buyer::query().include(path).order_by(Buyer::id).all(&mut session)?;
    cx.expect_log(&["select buyer x4", "select sale x6"]);
    assert_eq!(prices(&session, &buyers), [vec![12, 10], vec![7], vec![5], vec![]]);
    let sale = session.related(buyers[2], Buyer::sales)?[0];
    let song = session.related(sale, Sale::song)?;
    assert_eq!(session.related(song, Song::lists)?.len(), 1);

    session.close()?;
    let path = SongList::songs.limit_each(2).then(Song::disc.joined().then(Disc::songs.joined()));
    let lists = SongList::query().include(path).order_by(SongList::id).all(&mut session)?;
    assert_eq!(cx.take_log().len(), 2);
    let songs = session.related(lists[1], SongList::songs)?;
    assert_eq!(songs.len(), 2);
    let disc = session.related(songs[0], Song::disc)?;
    assert_eq!(session.related(disc, Disc::songs)?.len(), 3);
    Ok(())
}

pub fn what_is_below_joined_members_is_loaded(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Sale::song.joined().then(Song::lists.filter(SongList::name.eq("some")));
    let sales = Sale::query().include(path).order_by(Sale::price.desc()).all(&mut session)?;
    cx.expect_log(&["select sale x5", "select song_list x3"]);
    let song = session.related(sales[0], Sale::song)?;
    assert_eq!(session.related(song, Song::lists)?.len(), 1);
    Ok(())
}

pub fn a_relation_to_itself_is_joined(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker])?;
    hire_workers(&mut cx.session())?;
    cx.clear_log();
    let mut session = cx.session();
    let path = Worker::reports.joined().then(Worker::reports.joined());
    let workers = Worker::query().include(path).order_by(Worker::name).all(&mut session)?;
    assert_eq!(cx.take_log().len(), 1);
    let names: Vec<&str> = workers.iter().map(|&worker| session[worker].name.as_str()).collect();
    assert_eq!(names, ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay"]);
    let sizes: Vec<usize> =
        workers.iter().map(|&worker| Ok(session.related(worker, Worker::reports)?.len())).collect::<Result<_>>()?;
    assert_eq!(sizes, [2, 1, 0, 1, 0, 0]);
    Ok(())
}

pub fn joined_members_keep_loaded_and_changed_collections(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    for name in ["acme", "beta"] {
        session.add(Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named(name) });
    }
    session.commit()?;
    let mut session = cx.session();
    session.set_autoflush(false);
    let acme = session.get::<Company>(1)?.unwrap();
    let members = session.load(acme, Company::employees)?;
    let eve = session.push(acme, Company::employees, Employee::named("eve"))?;
    session.remove(acme, Company::employees, members[0])?;
    let all = Company::query().include(Company::employees.joined()).order_by(Company::id).all(&mut session)?;
    assert_eq!(session.related(acme, Company::employees)?, [members[1], eve]);
    let fay = session.push(all[1], Company::employees, Employee::named("fay"))?;
    assert_eq!(session.related(all[1], Company::employees)?.len(), 3);

    let new = session.add(Employee { company: Some(all[1].into()), ..Employee::named("gus") });
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM employee WHERE company_id = 2", &["4"]);
    assert_eq!(session.related(all[1], Company::employees)?[2..], [fay, new]);
    Ok(())
}

pub fn joined_members_are_populated_again(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let both = ["acme", "beta"].map(|name| {
        session.add(Company { employees: ["ann", "bob"].map(Employee::named).into(), ..Company::named(name) })
    });
    session.commit()?;
    cx.execute("UPDATE employee SET company_id = 2, name = 'anna' WHERE id = 1");
    let query = Company::query().include(Company::employees.joined());
    let all = query.order_by(Company::id).populate_existing().all(&mut session)?;
    assert_eq!(all, both);
    let sizes = both.map(|company| session.related(company, Company::employees).unwrap().len());
    assert_eq!(sizes, [1, 3]);
    let anna = session.get::<Employee>(1)?.unwrap();
    assert_eq!(session[anna].name, "anna");
    session.commit()?;
    cx.expect_rows("SELECT company_id FROM employee WHERE id = 1", &["2"]);
    Ok(())
}

pub fn joined_objects_are_read_once(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shop])?;
    let mut session = cx.session();
    let wares = [Ware::priced("tea", 1), Ware::priced("milk", 2), Ware::priced("salt", 3)];
    session.add(Shop { wares: wares.into(), ..Shop::named("Corner") });
    session.commit()?;
    session.close()?;
    take_notes();
    let query = Shop::query().include(Shop::wares.joined());
    let shop = query.clone().one(&mut session)?;
    assert_eq!(take_notes(), ["after_load Shop Corner"]);
    session[shop].slug = "changed".into();
    session.no_autoflush(|session| query.populate_existing().one(session))?;
    assert_eq!(take_notes(), ["after_load Shop Corner"]);
    assert_eq!(session[shop].slug, "corner!");
    assert_eq!(session.related(shop, Shop::wares)?.len(), 3);
    Ok(())
}

pub fn joined_members_see_what_autoflush_wrote(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let eve = Buyer::query().filter(Buyer::name.eq("Eve")).one(&mut session)?;
    let song = session.get::<Song>(1)?.unwrap();
    session.add(Sale { year: 2022, price: 99, buyer: eve.into(), song: song.into(), ..Sale::default() });
    cx.clear_log();
    let query = Buyer::query().filter(Buyer::name.eq("Eve")).include(Buyer::sales.joined());
    query.one(&mut session)?;
    cx.expect_log(&["insert sale", "select buyer x4"]);
    assert_eq!(prices(&session, &[eve]), [[10, 12, 3, 99]]);
    Ok(())
}

pub fn joined_members_are_loaded_for_objects_at_hand(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = Buyer::query().order_by(Buyer::id).all(&mut session)?;
    cx.clear_log();
    session.include(buyers.iter().copied(), Buyer::sales.joined().then(Sale::song.joined()))?;
    cx.expect_log(&["select sale x5"]);
    assert_eq!(prices(&session, &buyers[..1]), [[10, 12, 3]]);
    let sale = session.related(buyers[0], Buyer::sales)?[0];
    session.related(sale, Sale::song)?;
    Ok(())
}

pub fn a_lazy_load_serves_all_joined_members(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let sales = Sale::query().include(Sale::song.joined()).all(&mut session)?;
    cx.clear_log();
    for sale in sales {
        let song = session.load(sale, Sale::song)?;
        session.load(song, Song::lists)?;
    }
    cx.expect_log(&["select song_list"]);
    Ok(())
}

pub fn joins_of_the_query_populate_a_relation(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query =
        Buyer::query().join(Buyer::sales).filter(Sale::year.eq(2021)).order_by((Buyer::name.desc(), Sale::price));
    let buyers = query.populate(Buyer::sales).all(&mut session)?;
    cx.expect_log(&["select buyer x4"]);
    assert_eq!(names(&session, &buyers), ["Gus", "Fay", "Eve"]);
    assert_eq!(prices(&session, &buyers), [vec![5], vec![7], vec![3, 12]]);
    Ok(())
}

pub fn joins_of_the_query_populate_further_relations(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = Buyer::query()
        .join(Buyer::sales)
        .join(Sale::song)
        .filter(Song::title.eq("song 1"))
        .populate(Buyer::sales)
        .populate(Sale::song)
        .include(Buyer::sales.then(Sale::song.then(Song::genre)))
        .all(&mut session)?;
    cx.expect_log(&["select buyer x2", "select genre x1"]);
    assert_eq!(names(&session, &buyers), ["Eve"]);
    let sales = session.related(buyers[0], Buyer::sales)?;
    assert_eq!(sales.len(), 2);
    let song = &session[&session[sales[0]].song];
    assert_eq!((song.title.as_str(), session[&song.genre].name.as_str()), ("song 1", "rock"));
    Ok(())
}

pub fn joins_of_the_query_populate_pairs(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = SongList::query().join(SongList::songs).filter(Song::id.gt(1)).order_by((SongList::id, Song::id));
    let lists = query.populate(SongList::songs).all(&mut session)?;
    assert_eq!(lists.len(), 2);
    let songs = session.related(lists[0], SongList::songs)?;
    assert_eq!([&session[songs[0]].title, &session[songs[1]].title], ["song 2", "song 3"]);
    session.remove(lists[0], SongList::songs, songs[0])?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM list_song", &["5"]);
    assert_eq!(session.load(lists[0], SongList::songs)?.len(), 2);
    Ok(())
}

pub fn joins_of_the_query_populate_targets(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Sale::query().join(Sale::buyer).filter(Buyer::country.eq("Italy"));
    let sale = query.populate(Sale::buyer).one(&mut session)?;
    cx.expect_log(&["select sale x1"]);
    assert_eq!(session[&session[sale].buyer].name, "Gus");
    Ok(())
}

pub fn a_left_join_populates_with_nobody(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Buyer::query().left_join(Buyer::sales).populate(Buyer::sales).order_by((Buyer::id, Sale::id));
    let buyers = query.all(&mut session)?;
    assert_eq!(prices(&session, &buyers), [vec![10, 12, 3], vec![7], vec![5], vec![]]);
    session.close()?;
    cx.create(models![Person])?;
    session.add(Person { name: "ann".into(), ..Default::default() });
    session.commit()?;
    session.close()?;
    let ann = Person::query().left_join(Person::passport).populate(Person::passport).one(&mut session)?;
    assert!(!session.is_loaded(ann, Person::passport)?, "no row says nothing about all rows");
    Ok(())
}

pub fn another_name_populates(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Worker])?;
    hire_workers(&mut cx.session())?;
    let mut session = cx.session();
    alias!(Report = Worker);
    let workers = Worker::query()
        .join(Worker::reports.to(Report))
        .filter(Report::col(Worker::salary).gt(Worker::salary))
        .populate(Worker::reports.to(Report))
        .order_by(Worker::id)
        .all(&mut session)?;
    let found: Vec<(String, String)> = workers
        .iter()
        .map(|&worker| {
            let report = session.related(worker, Worker::reports)?[0];
            Ok((session[worker].name.clone(), session[report].name.clone()))
        })
        .collect::<Result<_>>()?;
    assert_eq!(found, [("Ann".to_owned(), "Cid".to_owned()), ("Dan".to_owned(), "Eve".to_owned())]);
    Ok(())
}

pub fn a_populated_relation_is_not_all(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Performer::query().join(Performer::discs).filter(Disc::title.eq("by Ann"));
    let ann = query.populate(Performer::discs).one(&mut session)?;
    assert_eq!(session.related(ann, Performer::discs)?.len(), 1);
    assert!(!session.is_loaded(ann, Performer::discs)?);
    session.close()?;
    cx.execute("INSERT INTO disc (id, title, performer_id) VALUES (9, 'more', 1)");
    let query = Performer::query().join(Performer::discs).filter(Disc::title.eq("more"));
    let ann = query.populate(Performer::discs).one(&mut session)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_rows("SELECT title FROM disc ORDER BY id", &["by Bob", "by Cid"]);
    Ok(())
}

pub fn what_is_populated_keeps_what_is_loaded(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let eve = Buyer::query().filter(Buyer::name.eq("Eve")).include(Buyer::sales).one(&mut session)?;
    let query = || Buyer::query().join(Buyer::sales).filter(Sale::price.lt(10)).populate(Buyer::sales);
    query().all(&mut session)?;
    assert_eq!(prices(&session, &[eve]), [[10, 12, 3]]);
    query().populate_existing().all(&mut session)?;
    assert_eq!(prices(&session, &[eve]), [[3]]);
    assert!(!session.is_loaded(eve, Buyer::sales)?);
    Ok(())
}

pub fn the_only_object_is_populated_by_all_rows(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Buyer::query().join(Buyer::sales).populate(Buyer::sales).order_by((Buyer::id, Sale::id));
    let eve = query.clone().filter(Buyer::name.eq("Eve")).one(&mut session)?;
    assert_eq!(prices(&session, &[eve]), [[10, 12, 3]]);
    session.close()?;
    let eve = query.clone().first(&mut session)?.unwrap();
    assert_eq!(prices(&session, &[eve]), [[10, 12, 3]]);
    expect_error(query.one(&mut session), ErrorKind::MultipleFound, &["Buyer"]);
    Ok(())
}
