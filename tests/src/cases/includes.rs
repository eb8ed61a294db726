//! Options of `include`: conditions, orders, limits, branches and levels; and lists that hold only some members.

use orm::prelude::*;
use orm::{ErrorKind, Relation, Result, Session};
use orm_core::model::RelationType;

use crate::models::{
    Address, Book, Buyer, Company, Disc, Employee, Genre, Member, Performer, Sale, Shelf, Song, SongList, User, Worker,
    hire_workers, open_music_shop,
};
use crate::{TestContext, expect_error};

cases! { includes {
    an_include_takes_a_condition [];
    an_include_takes_a_condition_on_further_relations [];
    an_include_takes_an_order [];
    an_include_takes_a_limit_for_each_object [];
    a_limit_goes_by_order_and_key [];
    a_limit_of_pairs [];
    a_limit_with_composite_keys [];
    a_condition_on_pairs [];
    includes_branch_at_any_depth [];
    a_path_goes_along_with_what_another_says [];
    one_relation_in_two_ways_is_refused [];
    u_136_depth_bounds_a_self_reference [];
    u_136_depth_ends_where_there_are_no_more [];
    u_136_depth_follows_keys_up [];
    u_136_depth_ends_in_a_cycle [];
    u_136_what_is_loaded_below_levels_is_loaded_for_all_of_them [];
    relations_of_objects_at_hand_are_loaded [];
    some_members_are_not_all [];
    some_members_follow_changes [];
    some_members_come_back_with_a_rollback [];
    some_members_do_not_hide_the_others_from_a_delete [];
    some_members_do_not_hide_the_others_from_set [];
    some_members_do_not_hide_the_others_from_merge [];
    some_members_are_forgotten_with_their_owner [];
    some_pairs_follow_changes [];
    some_pairs_do_not_hide_the_others_from_a_delete [];
    a_new_condition_takes_the_place_of_another [];
    all_members_stay_unless_they_are_populated_again [];
    some_members_get_what_was_pushed_and_not_flushed [];
    rows_read_again_do_not_enter_a_list_of_some [];
} }

/// The music shop, in a session that has loaded nothing.
fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Sale, SongList])?;
    open_music_shop(&mut cx.session())?;
    cx.clear_log();
    Ok(cx.session())
}

fn buyers(session: &mut Session, path: impl orm::query::types::IncludePath<Buyer>) -> Result<Vec<Handle<Buyer>>> {
    Buyer::query().include(path).order_by(Buyer::id).all(session)
}

/// The prices of what a buyer bought, as far as it is in memory.
fn prices(session: &Session, buyer: Handle<Buyer>) -> Vec<i32> {
    let sales = session.related(buyer, Buyer::sales).unwrap();
    sales.into_iter().map(|sale| session[sale].price).collect()
}

/// The numbers of members, as far as they are in memory.
fn size<M: Model, T: Model, K>(session: &Session, object: Handle<M>, relation: Relation<M, T, K>) -> usize
where
    K: RelationType<Loaded<T> = Vec<Handle<T>>>,
{
    session.related(object, relation).unwrap().len()
}

pub fn an_include_takes_a_condition(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = buyers(&mut session, Buyer::sales.filter(Sale::year.eq(2021)).filter(Sale::price.gt(3)))?;
    cx.expect_log(&["select buyer x4", "select sale x3"]);
    let prices: Vec<Vec<i32>> = buyers.iter().map(|&buyer| prices(&session, buyer)).collect();
    assert_eq!(prices, [vec![12], vec![7], vec![5], vec![]]);
    Ok(())
}

pub fn an_include_takes_a_condition_on_further_relations(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let of_rock = Sale::song.has(Song::genre.has(Genre::name.eq("rock")));
    let buyers = buyers(&mut session, Buyer::sales.filter(of_rock))?;
    cx.expect_log(&["select buyer x4", "select sale x4"]);
    let prices: Vec<Vec<i32>> = buyers.iter().map(|&buyer| prices(&session, buyer)).collect();
    assert_eq!(prices, [vec![10, 12, 3], vec![], vec![5], vec![]]);
    Ok(())
}

pub fn an_include_takes_an_order(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = buyers(&mut session, Buyer::sales.order_by((Sale::year.desc(), Sale::price)))?;
    assert_eq!(prices(&session, buyers[0]), [3, 12, 10]);
    assert!(session.is_loaded(buyers[0], Buyer::sales)?, "an order leaves nobody out");
    Ok(())
}

pub fn an_include_takes_a_limit_for_each_object(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Buyer::sales.order_by(Sale::price.desc()).limit_each(2).filter(Sale::year.lt(2022));
    let buyers = buyers(&mut session, path)?;
    cx.expect_log(&["select buyer x4", "select sale x4"]);
    let prices: Vec<Vec<i32>> = buyers.iter().map(|&buyer| prices(&session, buyer)).collect();
    assert_eq!(prices, [vec![12, 10], vec![7], vec![5], vec![]]);
    Ok(())
}

pub fn a_limit_goes_by_order_and_key(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let eve = buyers(&mut session, Buyer::sales.limit_each(2))?[0];
    assert_eq!(prices(&session, eve), [10, 12], "the relation's own order");
    let eve = buyers(&mut session, Buyer::sales.order_by(Sale::year.desc()).limit_each(1))?[0];
    assert_eq!(prices(&session, eve), [12], "of two in one year, the first by key");
    let eve = buyers(&mut session, Buyer::sales.limit_each(0))?[0];
    assert!(prices(&session, eve).is_empty());
    Ok(())
}

pub fn a_limit_of_pairs(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = SongList::songs.order_by(Song::id.desc()).limit_each(2);
    let lists = SongList::query().include(path).order_by(SongList::id).all(&mut session)?;
    cx.expect_log(&["select song_list x3", "select song x4"]);
    let titles = |list| -> Result<Vec<String>> {
        Ok(session.related(list, SongList::songs)?.into_iter().map(|song| session[song].title.clone()).collect())
    };
    assert_eq!(titles(lists[0])?, ["song 3", "song 2"]);
    assert_eq!(titles(lists[1])?, ["song 4", "song 2"]);
    assert_eq!(titles(lists[2])?, [""; 0]);
    Ok(())
}

pub fn a_limit_with_composite_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    for number in [1, 2] {
        let books = ["emma", "ivanhoe", "kim"].map(|title| Book { title: title.into(), ..Default::default() });
        session.add(Shelf { room: "hall".into(), number, books: books.into(), ..Default::default() });
    }
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let path = Shelf::books.order_by(Book::title.desc()).limit_each(2);
    let shelves = Shelf::query().include(path).order_by(Shelf::number).all(&mut session)?;
    cx.expect_log(&["select shelf x2", "select book x4"]);
    for shelf in shelves {
        let books = session.related(shelf, Shelf::books)?;
        assert_eq!([&session[books[0]].title, &session[books[1]].title], ["kim", "ivanhoe"]);
    }
    Ok(())
}

pub fn a_condition_on_pairs(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = Song::lists.filter(SongList::name.ne("all"));
    let songs = Song::query().include(path).order_by(Song::id).all(&mut session)?;
    cx.expect_log(&["select song x5", "select song_list x3"]);
    let sizes: Vec<usize> = songs.iter().map(|&song| size(&session, song, Song::lists)).collect();
    assert_eq!(sizes, [1, 1, 0, 1, 0]);
    assert!(!session.is_loaded(songs[0], Song::lists)?);
    let lists = session.load(songs[0], Song::lists)?;
    cx.expect_log(&["select song_list x6"]);
    assert_eq!(lists.len(), 2);
    Ok(())
}

pub fn includes_branch_at_any_depth(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let songs = Disc::songs
        .order_by(Song::id.desc())
        .include(Song::sales.filter(Sale::year.eq(2021)).then(Sale::buyer))
        .include(Song::genre)
        .include(Song::lists.limit_each(1));
    let path = Performer::discs.filter(Disc::title.ne("by Cid")).include(songs);
    let performers = Performer::query().include(path).order_by(Performer::id).all(&mut session)?;
    cx.expect_log(&[
        "select performer x3",
        "select disc x2",
        "select song x5",
        "select sale x4",
        "select buyer x3",
        "select genre x2",
        "select song_list x4",
    ]);
    let disc = session.related(performers[0], Performer::discs)?[0];
    let songs = session.related(disc, Disc::songs)?;
    assert_eq!(session[songs[2]].title, "song 1");
    let sales = session.related(songs[2], Song::sales)?;
    assert_eq!(session[&session[sales[0]].buyer].name, "Eve");
    assert_eq!(session[&session[songs[0]].genre].name, "jazz");
    let list = session.related(songs[1], Song::lists)?[0];
    assert_eq!(session[list].name, "all");
    assert_eq!(session.related(performers[2], Performer::discs)?, []);
    cx.expect_log(&[]);
    Ok(())
}

pub fn a_path_goes_along_with_what_another_says(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = Buyer::query()
        .include(Buyer::sales.then(Sale::song))
        .include(Buyer::sales.filter(Sale::price.gt(9)))
        .include(Buyer::sales.filter(Sale::price.gt(9)).then(Sale::song.then(Song::genre)))
        .order_by(Buyer::id)
        .all(&mut session)?;
    cx.expect_log(&["select buyer x4", "select sale x2", "select song x1", "select genre x1"]);
    assert_eq!(prices(&session, buyers[0]), [10, 12]);
    Ok(())
}

pub fn one_relation_in_two_ways_is_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let query = Buyer::query().include(Buyer::sales.limit_each(1)).include(Buyer::sales.limit_each(2));
    expect_error(query.all(&mut session), ErrorKind::InvalidState, &["Buyer::sales", "twice"]);
    let path = Performer::discs.include(Disc::songs.limit_each(1)).then(Disc::songs.limit_each(2));
    let query = Performer::query().include(path);
    expect_error(query.all(&mut session), ErrorKind::InvalidState, &["Disc::songs", "twice"]);
    cx.expect_log(&[]);
    Ok(())
}

/// Ann leads Bob and Cid, Bob leads Dan, Dan leads Eve; nobody leads Fay.
fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    hire_workers(&mut cx.session())?;
    cx.clear_log();
    Ok(cx.session())
}

fn named(session: &mut Session, name: &str) -> Result<Handle<Worker>> {
    Worker::query().filter(Worker::name.eq(name)).one(session)
}

pub fn u_136_depth_bounds_a_self_reference(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let ann = Worker::query().filter(Worker::name.eq("Ann")).include(Worker::reports.depth(2)).one(&mut session)?;
    cx.expect_log(&["select worker x1", "select worker x2", "select worker x1"]);
    let bob = session.related(ann, Worker::reports)?[0];
    let dan = session.related(bob, Worker::reports)?[0];
    assert_eq!(session[dan].name, "Dan");
    expect_error(session.related(dan, Worker::reports), ErrorKind::NotLoaded, &["reports"]);
    session.close()?;

    let mut session = cx.session();
    let ann = Worker::query().filter(Worker::name.eq("Ann")).include(Worker::reports.depth(0)).one(&mut session)?;
    cx.expect_log(&["select worker x1"]);
    assert!(!session.is_loaded(ann, Worker::reports)?);
    let path = Worker::reports.order_by(Worker::salary.desc()).limit_each(1).depth(2);
    session.include([ann], path)?;
    cx.expect_log(&["select worker x1", "select worker x0"]);
    let cid = session.related(ann, Worker::reports)?[0];
    assert_eq!(session[cid].name, "Cid");
    Ok(())
}

pub fn u_136_depth_ends_where_there_are_no_more(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let ann = named(&mut session, "Ann")?;
    cx.clear_log();
    session.include([ann], Worker::reports.depth(u32::MAX))?;
    cx.expect_log(&["select worker x2", "select worker x1", "select worker x1", "select worker x0"]);
    let mut chain = vec![ann];
    while let Some(&next) = session.related(chain[chain.len() - 1], Worker::reports)?.first() {
        chain.push(next);
    }
    let names: Vec<&str> = chain.iter().map(|&worker| session[worker].name.as_str()).collect();
    assert_eq!(names, ["Ann", "Bob", "Dan", "Eve"]);
    Ok(())
}

pub fn u_136_depth_follows_keys_up(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let eve = Worker::query().filter(Worker::name.eq("Eve")).include(Worker::boss.depth(9)).one(&mut session)?;
    cx.expect_log(&["select worker x1"; 4]);
    let mut above = Vec::new();
    let mut next = session.related(eve, Worker::boss)?;
    while let Some(boss) = next {
        above.push(session[boss].name.clone());
        next = session.related(boss, Worker::boss)?;
    }
    assert_eq!(above, ["Dan", "Bob", "Ann"]);
    Ok(())
}

pub fn u_136_depth_ends_in_a_cycle(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    cx.execute("UPDATE worker SET boss_id = (SELECT id FROM worker WHERE name = 'Eve') WHERE name = 'Ann'");
    let ann = named(&mut session, "Ann")?;
    cx.clear_log();
    session.include([ann], Worker::reports.depth(u32::MAX))?;
    cx.expect_log(&["select worker x2", "select worker x1", "select worker x1", "select worker x1"]);
    let query = Worker::query().filter(Worker::name.eq("Ann")).populate_existing();
    query.include(Worker::reports.depth(u32::MAX)).one(&mut session)?;
    let eve = named(&mut session, "Eve")?;
    assert_eq!(session.related(eve, Worker::reports)?, [ann]);

    session.close()?;
    cx.create(models![Member])?;
    let [a, b, c] = ["a", "b", "c"].map(|name| session.add(Member { name: name.into(), ..Default::default() }));
    for (who, whom) in [(a, b), (b, c), (c, a)] {
        session.push(who, Member::follows, whom)?;
    }
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let a = Member::query().filter(Member::name.eq("a")).include(Member::follows.depth(9)).one(&mut session)?;
    cx.expect_log(&["select member x1", "select member x1", "select member x1", "select member x1"]);
    let b = session.related(a, Member::follows)?[0];
    let c = session.related(b, Member::follows)?[0];
    assert_eq!(session.related(c, Member::follows)?, [a]);
    Ok(())
}

pub fn u_136_what_is_loaded_below_levels_is_loaded_for_all_of_them(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Member])?;
    let mut session = cx.session();
    let [a, b, c] = ["a", "b", "c"].map(|name| session.add(Member { name: name.into(), ..Default::default() }));
    for (who, whom) in [(a, b), (b, c)] {
        session.push(who, Member::follows, whom)?;
    }
    session.commit()?;
    let mut session = cx.session();
    cx.clear_log();
    let path = Member::follows.depth(2).then(Member::followers);
    Member::query().filter(Member::name.eq("a")).include(path).one(&mut session)?;
    cx.expect_log(&["select member x1", "select member x1", "select member x1", "select member x2"]);
    Ok(())
}

pub fn relations_of_objects_at_hand_are_loaded(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = Buyer::query().order_by(Buyer::id).all(&mut session)?;
    cx.clear_log();
    session.include(buyers[..2].iter().copied(), Buyer::sales.filter(Sale::price.gt(5)).then(Sale::song))?;
    cx.expect_log(&["select sale x3", "select song x2"]);
    assert_eq!(prices(&session, buyers[0]), [10, 12]);
    expect_error(session.related(buyers[2], Buyer::sales), ErrorKind::NotLoaded, &["Buyer#3", "sales"]);
    session.include([], Buyer::sales)?;
    cx.expect_log(&[]);
    let stale = cx.session().add(Buyer::default());
    expect_error(session.include([stale], Buyer::sales), ErrorKind::Detached, &["Buyer"]);
    Ok(())
}

pub fn some_members_are_not_all(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let buyers = buyers(&mut session, Buyer::sales.filter(Sale::price.gt(10)))?;
    cx.clear_log();
    assert!(!session.is_loaded(buyers[0], Buyer::sales)?);
    assert!(!session.is_loaded(buyers[3], Buyer::sales)?, "none was found, and others may be there");
    assert_eq!(prices(&session, buyers[0]), [12]);
    assert_eq!(session.load(buyers[0], Buyer::sales)?.len(), 3);
    cx.expect_log(&["select sale x5"]);
    assert_eq!(prices(&session, buyers[0]), [10, 12, 3]);
    assert!(session.is_loaded(buyers[0], Buyer::sales)? && session.is_loaded(buyers[3], Buyer::sales)?);
    session.load(buyers[1], Buyer::sales)?;
    cx.expect_log(&[]);
    Ok(())
}

/// Ann with the addresses a, b and c, and a session that has loaded b.
fn ann(cx: &mut TestContext) -> Result<(Session, Handle<User>)> {
    cx.create(models![User])?;
    let mut session = cx.session();
    session.add(User { addresses: ["a", "b", "c"].map(Address::in_city).into(), ..User::named("ann") });
    session.commit()?;
    let mut session = cx.session();
    let ann = User::query().include(User::addresses.filter(Address::city.eq("b"))).one(&mut session)?;
    cx.clear_log();
    Ok((session, ann))
}

fn cities(session: &Session, user: Handle<User>) -> Vec<String> {
    let addresses = session.related(user, User::addresses).unwrap();
    addresses.into_iter().map(|address| session[address].city.clone()).collect()
}

pub fn some_members_follow_changes(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    let b = session.related(ann, User::addresses)?[0];
    session.push(ann, User::addresses, Address::in_city("d"))?;
    session.add(Address { user: ann.into(), ..Address::in_city("e") });
    assert_eq!(cities(&session, ann), ["b", "d", "e"]);
    session.remove(ann, User::addresses, b)?;
    assert_eq!(cities(&session, ann), ["d", "e"]);
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&["insert address x2", "delete address"]);
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["a", "c", "d", "e"]);
    assert!(!session.is_loaded(ann, User::addresses)?);
    session.load(ann, User::addresses)?;
    assert_eq!(cities(&session, ann), ["a", "c", "d", "e"]);
    Ok(())
}

pub fn some_members_come_back_with_a_rollback(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    let b = session.related(ann, User::addresses)?[0];
    session.push(ann, User::addresses, Address::in_city("d"))?;
    session.remove(ann, User::addresses, b)?;
    session.flush()?;
    session.load(ann, User::addresses)?;
    assert_eq!(cities(&session, ann), ["a", "c", "d"]);
    session.rollback()?;
    assert_eq!(cities(&session, ann), ["b"]);
    assert!(!session.is_loaded(ann, User::addresses)?);

    let mut nested = session.begin_nested()?;
    nested.remove(ann, User::addresses, b)?;
    nested.rollback()?;
    assert_eq!(cities(&session, ann), ["b"]);
    session.load(ann, User::addresses)?;
    assert_eq!(cities(&session, ann), ["a", "b", "c"]);
    Ok(())
}

pub fn some_members_do_not_hide_the_others_from_a_delete(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    session.delete(ann)?;
    session.commit()?;
    cx.expect_log(&["select address x3", "delete address x3", "delete user"]);

    cx.create(models![Company])?;
    session.add(Company { employees: ["x", "y"].map(Employee::named).into(), ..Company::named("acme") });
    session.commit()?;
    let mut session = cx.session();
    let path = Company::employees.filter(Employee::name.eq("x"));
    let acme = Company::query().include(path).one(&mut session)?;
    session.delete(acme)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM employee WHERE company_id IS NULL", &["2"]);
    Ok(())
}

pub fn some_members_do_not_hide_the_others_from_set(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    session.set(ann, User::addresses, [Address::in_city("z")])?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["z"]);
    Ok(())
}

pub fn some_members_do_not_hide_the_others_from_merge(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    let b = session.related(ann, User::addresses)?[0];
    let (user, kept) = (session[ann].id, session[b].id);
    let kept = Address { id: kept, city: "b".into(), ..Default::default() };
    session.merge(User { id: user, addresses: [kept].into(), ..User::named("ann") })?;
    session.commit()?;
    cx.expect_rows("SELECT city FROM address", &["b"]);
    Ok(())
}

pub fn some_members_are_forgotten_with_their_owner(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    session.expire(ann)?;
    expect_error(session.related(ann, User::addresses), ErrorKind::NotLoaded, &["addresses"]);
    let again = User::query().include(User::addresses.limit_each(1)).one(&mut session)?;
    assert_eq!((again, cities(&session, ann)), (ann, vec!["a".to_owned()]));
    let a = session.related(ann, User::addresses)?[0];
    session.expunge(a)?;
    assert!(cities(&session, ann).is_empty());
    session.rollback()?;
    assert_eq!(cities(&session, ann), ["b"], "as before the expire; who was expunged does not come back");
    Ok(())
}

pub fn some_pairs_follow_changes(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = SongList::songs.filter(Song::id.le(2));
    let all = SongList::query().filter(SongList::name.eq("all")).include(path.clone()).one(&mut session)?;
    let [one, two] = session.related(all, SongList::songs)?[..] else { panic!("two songs") };
    cx.clear_log();
    session.remove(all, SongList::songs, one)?;
    assert_eq!(session.related(all, SongList::songs)?, [two]);
    session.push(all, SongList::songs, one)?;
    session.push(all, SongList::songs, two)?;
    cx.expect_log(&[]);
    session.commit()?;
    cx.expect_log(&[]);
    session.remove(all, SongList::songs, one)?;
    session.rollback()?;
    // Whether the song was there, the list of an earlier unit did not tell: all of it was loaded.
    assert_eq!(size(&session, all, SongList::songs), 3);
    assert!(!session.is_loaded(all, SongList::songs)?);

    // A song that is in the list though the session has not seen it there.
    let three = session.get::<Song>(3)?.unwrap();
    cx.clear_log();
    session.push(all, SongList::songs, three)?;
    cx.expect_log(&["select song x3"]);
    session.commit()?;
    cx.expect_log(&[]);
    let mut session = cx.only_writer();
    let all = SongList::query().filter(SongList::name.eq("all")).include(path).one(&mut session)?;
    let three = session.get::<Song>(3)?.unwrap();
    session.remove(all, SongList::songs, three)?;
    session.commit()?;
    cx.expect_rows("SELECT song_id FROM list_song WHERE song_list_id = 1 ORDER BY song_id", &["1", "2"]);
    Ok(())
}

pub fn some_pairs_do_not_hide_the_others_from_a_delete(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let path = SongList::songs.limit_each(1);
    let all = SongList::query().filter(SongList::name.eq("all")).include(path).one(&mut session)?;
    session.delete(all)?;
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM list_song", &["3"]);
    cx.expect_rows("SELECT name FROM song_list ORDER BY id", &["some", "none"]);
    Ok(())
}

pub fn a_new_condition_takes_the_place_of_another(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let eve = buyers(&mut session, Buyer::sales.filter(Sale::price.gt(10)))?[0];
    assert_eq!(prices(&session, eve), [12]);
    buyers(&mut session, Buyer::sales.filter(Sale::price.lt(10)))?;
    assert_eq!(prices(&session, eve), [3]);
    buyers(&mut session, Buyer::sales)?;
    assert_eq!(prices(&session, eve), [10, 12, 3]);
    assert!(session.is_loaded(eve, Buyer::sales)?);
    Ok(())
}

pub fn all_members_stay_unless_they_are_populated_again(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let eve = buyers(&mut session, Buyer::sales)?[0];
    cx.clear_log();
    let path = Buyer::sales.filter(Sale::price.gt(10));
    buyers(&mut session, path.clone())?;
    cx.expect_log(&["select buyer x4"]);
    assert_eq!(prices(&session, eve), [10, 12, 3]);
    session.commit()?;
    cx.execute("UPDATE sale SET price = 20 WHERE price = 3");
    Buyer::query().include(path).populate_existing().all(&mut session)?;
    cx.expect_log(&["select buyer x4", "select sale x2"]);
    assert_eq!(prices(&session, eve), [12, 20]);
    assert!(!session.is_loaded(eve, Buyer::sales)?);
    Ok(())
}

pub fn some_members_get_what_was_pushed_and_not_flushed(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    session.set_autoflush(false);
    let a = Address::query().filter(Address::city.eq("a")).one(&mut session)?;
    let b = session.related(ann, User::addresses)?[0];
    session[a].street = Some("a street".into());
    session[b].city = "moved".into();
    let d = session.push(ann, User::addresses, Address::in_city("d"))?;
    User::query().include(User::addresses.filter(Address::city.eq("b"))).one(&mut session)?;
    assert_eq!(session.related(ann, User::addresses)?, [b, d], "the condition is the database's to judge");
    session.commit()?;
    cx.expect_rows("SELECT city FROM address ORDER BY id", &["a", "moved", "c", "d"]);
    Ok(())
}

pub fn rows_read_again_do_not_enter_a_list_of_some(cx: &mut TestContext) -> Result<()> {
    let (mut session, ann) = ann(cx)?;
    Address::query().all(&mut session)?;
    Address::query().populate_existing().all(&mut session)?;
    assert_eq!(cities(&session, ann), ["b"]);
    Ok(())
}
