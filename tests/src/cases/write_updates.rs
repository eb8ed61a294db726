//! Updates and deletes that read other tables, and updates of many rows by their keys.

use orm::functions::{coalesce, count_all, sum};
use orm::prelude::*;
use orm::query::Synchronize;
use orm::{ErrorKind, Result};

use crate::models::{
    Buyer, CartLine, Company, Disc, Employee, Genre, Performer, Sale, Shelf, Song, User, Wallet, Worker, hire_workers,
    open_music_shop,
};
use crate::{TestContext, expect_error};

cases! { write_updates {
    an_update_reads_what_it_joins [];
    an_update_joins_itself_and_a_query [ctes_before_changes];
    an_update_reads_a_subquery_of_each_row [];
    objects_follow_an_update_with_joins [];
    a_joined_update_cannot_be_evaluated [];
    a_delete_reads_what_it_joins [];
    a_delete_reads_a_query_under_a_name [ctes_before_changes];
    objects_follow_a_delete_with_joins [];
    left_joins_are_refused [];
    rows_are_updated_by_their_keys [];
    of_a_key_listed_twice_the_last_counts [];
    objects_follow_an_update_by_key [];
    an_update_by_key_of_composite_keys [];
    an_update_by_key_of_nothing [];
    an_update_by_key_sets_no_key [];
    many_rows_are_updated_by_key [];
    computed_columns_expire_with_an_update_by_key [];
} }

derived! {
    struct Sold { song: i64, total: Option<i64> }
}

alias!(Boss = Worker);

const WORKERS: &str = "SELECT name, salary FROM worker ORDER BY name";

fn shop(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Sale, Song, Genre, Disc, Performer])?;
    let mut session = cx.session();
    open_music_shop(&mut session)?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

pub fn an_update_reads_what_it_joins(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let updated = Song::query()
        .join(Song::genre)
        .join(Song::disc)
        .join(Disc::performer)
        .filter(Genre::name.eq("rock"))
        .update(Song::title.set(Song::title.concat(" by ").concat(Performer::name)))
        .execute(&mut session)?;
    assert_eq!(updated, 3);
    session.commit()?;
    cx.expect_log(&["update song (title)"]);
    let titles = ["song 1 by Ann", "song 2 by Ann", "song 3", "song 4 by Bob", "song 5"];
    cx.expect_rows("SELECT title FROM song ORDER BY id", &titles);
    let none = Song::query().join(Song::genre).filter(Genre::name.is_null()).update(Song::title.set(Genre::name));
    assert_eq!(none.execute(&mut session)?, 0);
    Ok(())
}

pub fn an_update_joins_itself_and_a_query(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let raised = Worker::query()
        .join(Worker::boss.to(Boss))
        .filter(Worker::salary.lt(Boss::col(Worker::salary)))
        .update(Worker::salary.set((Worker::salary + Boss::col(Worker::salary)) / 2));
    assert_eq!(raised.execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows(WORKERS, &["Ann|90", "Bob|75", "Cid|95", "Dan|50", "Eve|45", "Fay|10"]);
    drop(session);

    let mut session = shop(cx)?;
    let sold = || Sale::query().group_by(Sale::song_id).select((Sale::song_id, sum(Sale::price)));
    let by_query = Song::query()
        .join(sold().subquery(Sold).on(Sold::song.eq(Song::id)))
        .filter(Sold::total.gt(6))
        .update(Song::title.set("hit"));
    assert_eq!(by_query.execute(&mut session)?, 2);
    let by_name = Song::query()
        .join(sold().cte(Sold).on(Sold::song.eq(Song::id)))
        .filter(Sold::total.lt(4))
        .update(Song::title.set("flop"));
    assert_eq!(by_name.execute(&mut session)?, 1);
    session.commit()?;
    cx.expect_rows("SELECT title FROM song ORDER BY id", &["hit", "flop", "hit", "song 4", "song 5"]);
    Ok(())
}

pub fn an_update_reads_a_subquery_of_each_row(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let spent = Sale::query().correlate::<Buyer>().filter(Sale::buyer_id.eq(Buyer::id)).select(count_all());
    let first = Buyer::sales.query().order_by(Sale::price).select(Sale::price.cast::<String>()).scalar();
    let update = Buyer::query().update((
        Buyer::name.set(Buyer::name.concat(coalesce(spent.scalar(), 0).cast::<String>())),
        Buyer::country.set(coalesce(first, "none")),
    ));
    assert_eq!(update.execute(&mut session)?, 4);
    session.commit()?;
    cx.expect_rows("SELECT name, country FROM buyer ORDER BY id", &["Eve3|3", "Fay1|7", "Gus1|5", "Hal0|none"]);
    Ok(())
}

pub fn objects_follow_an_update_with_joins(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let all = Worker::query().order_by(Worker::name).all(&mut session)?;
    session[all[1]].name = "Bo".into();
    let update = Worker::query().join(Worker::boss.to(Boss)).filter(Boss::col(Worker::name).eq("Ann"));
    let raised = update.clone().update(Worker::salary.set(Boss::col(Worker::salary))).execute(&mut session)?;
    assert_eq!(raised, 2);
    assert_eq!([0, 1, 2, 3].map(|at| session[all[at]].salary), [90, 90, 90, 40]);
    update.update(Worker::salary.set(7)).execute(&mut session)?;
    assert_eq!([0, 1, 2, 3].map(|at| session[all[at]].salary), [90, 7, 7, 40]);
    session.rollback()?;
    assert_eq!([0, 1, 2, 3].map(|at| session[all[at]].salary), [90, 60, 95, 40]);
    assert_eq!(session[all[1]].name, "Bob");
    Ok(())
}

pub fn a_joined_update_cannot_be_evaluated(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let all = Worker::query().all(&mut session)?;
    let query = Worker::query().join(Worker::boss.to(Boss));
    let update = query.clone().update(Worker::salary.set(1)).synchronize(Synchronize::Evaluate).execute(&mut session);
    expect_error(update, ErrorKind::InvalidState, &["Worker", "a join", "Synchronize::Fetch"]);
    let delete = query.delete().synchronize(Synchronize::Evaluate).execute(&mut session);
    expect_error(delete, ErrorKind::InvalidState, &["a join"]);
    assert!(all.iter().all(|&worker| session.contains(worker)));
    Ok(())
}

pub fn a_delete_reads_what_it_joins(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let deleted = Sale::query()
        .join(Sale::buyer)
        .join(Sale::song)
        .join(Song::genre)
        .filter(Buyer::country.eq("Spain").and(Genre::name.eq("rock")))
        .delete()
        .execute(&mut session)?;
    assert_eq!(deleted, 3);
    session.commit()?;
    cx.expect_log(&["delete sale"]);
    cx.expect_rows("SELECT price FROM sale ORDER BY id", &["7", "5"]);
    let crossed = Sale::query().cross_join::<Genre>().filter(Sale::price.eq(5)).delete();
    assert_eq!(crossed.execute(&mut session)?, 1, "two genres, one row");
    session.rollback()
}

pub fn a_delete_reads_a_query_under_a_name(cx: &mut TestContext) -> Result<()> {
    let mut session = shop(cx)?;
    let sold = Sale::query().group_by(Sale::song_id).select((Sale::song_id, sum(Sale::price))).cte(Sold);
    let deleted = Sale::query().join(sold.on(Sold::song.eq(Sale::song_id))).filter(Sold::total.lt(6)).delete();
    assert_eq!(deleted.execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows("SELECT price FROM sale ORDER BY id", &["10", "12", "7"]);
    Ok(())
}

pub fn objects_follow_a_delete_with_joins(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let acme = session.add(Company { name: "acme".into(), ..Default::default() });
    let [eva, fay] = ["eva", "fay"]
        .map(|name| session.add(Employee { name: name.into(), company: acme.into(), ..Default::default() }));
    let gil = session.add(Employee { name: "gil".into(), ..Default::default() });
    session.commit()?;
    let staff =
        Employee::query().join(Employee::company).filter(Company::name.eq("acme").and(Employee::name.ne("fay")));
    assert_eq!(staff.delete().execute(&mut session)?, 1);
    assert_eq!([eva, fay, gil].map(|it| session.state(it)), [State::Deleted, State::Persistent, State::Persistent]);
    assert_eq!(session.related(acme, Company::employees)?, [fay]);
    session.rollback()?;
    assert_eq!(session.state(eva), State::Persistent);
    assert_eq!(session.related(acme, Company::employees)?, [eva, fay]);
    Ok(())
}

pub fn left_joins_are_refused(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let left = Worker::query().left_join(Worker::boss.to(Boss));
    let update = left.clone().update(Worker::salary.set(1)).execute(&mut session);
    expect_error(update, ErrorKind::InvalidState, &["`update`", "Worker", "left", "subquery"]);
    expect_error(left.delete().execute(&mut session), ErrorKind::InvalidState, &["`delete`", "left"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn rows_are_updated_by_their_keys(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let rows = [(3, ("Bo", 61, None)), (9, ("Nobody", 1, Some(1))), (5, ("Da", 41, Some(4)))];
    let update = Worker::update_by_key((Worker::name, Worker::salary, Worker::boss_id), rows);
    assert_eq!(update.execute(&mut session)?, 2);
    assert_eq!(Worker::update_by_key(Worker::salary, [(1, 91)]).execute(&mut session)?, 1);
    session.commit()?;
    let expected = ["Ann|91|NULL", "Bo|61|NULL", "Cid|95|1", "Da|41|4", "Eve|45|5", "Fay|10|NULL"];
    cx.expect_rows("SELECT name, salary, boss_id FROM worker ORDER BY name", &expected);
    Ok(())
}

pub fn of_a_key_listed_twice_the_last_counts(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let rows = [(1, 1), (2, 2), (1, 3)];
    assert_eq!(Worker::update_by_key(Worker::salary, rows).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows("SELECT salary FROM worker WHERE id < 3 ORDER BY id", &["3", "2"]);
    Ok(())
}

pub fn objects_follow_an_update_by_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.only_writer();
    let [acme, birch] = ["acme", "birch"].map(|name| session.add(Company { name: name.into(), ..Default::default() }));
    let [eva, fay] = ["eva", "fay"]
        .map(|name| session.add(Employee { name: name.into(), company: acme.into(), ..Default::default() }));
    session.commit()?;
    let (from, to) = (session[acme].id, session[birch].id);
    let rows = [(session[eva].id, ("Eva", Some(to))), (session[fay].id, ("Fay", Some(from)))];
    let update = Employee::update_by_key((Employee::name, Employee::company_id), rows);
    assert_eq!(update.execute(&mut session)?, 2);
    assert_eq!([eva, fay].map(|it| session[it].name.clone()), ["Eva", "Fay"]);
    assert_eq!(session.related(acme, Company::employees)?, [fay]);
    assert_eq!(session.related(birch, Company::employees)?, [eva]);
    assert!(session.dirty().is_empty());
    session.rollback()?;
    assert_eq!([eva, fay].map(|it| session[it].name.clone()), ["eva", "fay"]);
    assert_eq!(session.related(acme, Company::employees)?, [eva, fay]);
    Ok(())
}

pub fn an_update_by_key_of_composite_keys(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Shelf])?;
    let mut session = cx.session();
    let shelf = |room: &str, number| Shelf { room: room.into(), number, ..Shelf::default() };
    Shelf::insert_all([shelf("a", 1), shelf("a", 2), shelf("b", 1)]).execute(&mut session)?;
    let rows = [(("a".to_owned(), 2), "x"), (("b".to_owned(), 1), "y"), (("b".to_owned(), 2), "z")];
    assert_eq!(Shelf::update_by_key(Shelf::label, rows).execute(&mut session)?, 2);
    session.commit()?;
    cx.expect_rows("SELECT room, number, label FROM shelf ORDER BY room, number", &["a|1|NULL", "a|2|x", "b|1|y"]);
    Ok(())
}

pub fn an_update_by_key_of_nothing(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    assert_eq!(Worker::update_by_key(Worker::salary, Vec::<(i64, i32)>::new()).execute(&mut session)?, 0);
    cx.expect_log(&[]);
    Ok(())
}

pub fn an_update_by_key_sets_no_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine, User])?;
    let mut session = cx.session();
    let key = User::update_by_key(User::id, [(1, 2)]).execute(&mut session);
    expect_error(key, ErrorKind::InvalidState, &["`update_by_key`", "`id`", "primary key"]);
    let computed = CartLine::update_by_key(CartLine::total, [(1, 2)]).execute(&mut session);
    expect_error(computed, ErrorKind::InvalidState, &["`total`", "computes"]);
    cx.expect_log(&[]);
    Ok(())
}

pub fn many_rows_are_updated_by_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    Wallet::insert_all((0..3_000).map(|at| Wallet::with("x", at))).execute(&mut session)?;
    cx.clear_log();
    let rows = (1..=3_000).map(|id| (id, (format!("w{id}"), -id)));
    let count = Wallet::update_by_key((Wallet::owner, Wallet::balance), rows).execute(&mut session)?;
    assert_eq!(count, 3_000);
    cx.expect_log(&["update wallet (owner, balance) x3000"]);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM wallet WHERE balance = -id AND owner <> 'x'", &["3000"]);
    Ok(())
}

pub fn computed_columns_expire_with_an_update_by_key(cx: &mut TestContext) -> Result<()> {
    cx.create(models![CartLine])?;
    let mut session = cx.session();
    let tea = session.add(CartLine::of("tea", 2, 3));
    session.commit()?;
    let id = session[tea].id;
    assert_eq!(CartLine::update_by_key(CartLine::price, [(id, 10)]).execute(&mut session)?, 1);
    assert_eq!(session[tea].price, 10);
    session.get::<CartLine>(id)?;
    assert_eq!(session[tea].total, 30);
    Ok(())
}
