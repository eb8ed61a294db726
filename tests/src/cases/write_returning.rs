//! `returning`: values of rows that were inserted, updated and deleted.

use orm::prelude::*;
use orm::query::Synchronize;
use orm::{ErrorKind, Result};

use crate::models::{
    Address, Book, Company, Employee, Note, Shelf, Shop, Stamp, User, Wallet, Ware, Worker, hire_workers, take_notes,
};
use crate::{TestContext, expect_error};

cases! { write_returning {
    inserted_keys_come_back_in_order [];
    rows_of_an_insert_from_a_query_come_back [];
    what_the_server_filled_in_comes_back [];
    inserted_objects_are_persistent [];
    inserted_objects_leave_with_a_rollback [];
    inserted_objects_leave_with_a_savepoint [];
    inserted_members_join_loaded_collections [];
    upserted_objects_are_those_of_the_session [];
    upserted_objects_are_read_again_after_a_rollback [];
    updated_rows_come_back [update_returning];
    updated_objects_come_back [update_returning];
    an_update_with_joins_returns_its_own_rows [update_returning];
    an_update_returns_what_it_joins [returning_sources];
    deleted_rows_come_back [];
    deleted_objects_come_back [];
    a_delete_returns_what_it_joins [returning_sources];
    rows_come_back_as_plain_values [update_returning];
    one_row_comes_back_or_none [update_returning];
    rows_come_back_as_structs [update_returning];
    returned_rows_keep_objects_right [update_returning];
    hooks_hear_of_loads_only [update_returning];
    composite_foreign_keys_follow [update_returning];
    a_row_that_does_not_fit_changes_no_object [];
} }

alias!(Boss = Worker);

fn text(value: &str) -> String {
    value.to_owned()
}

fn workers(cx: &mut TestContext) -> Result<Session> {
    cx.create(models![Worker])?;
    let mut session = cx.session();
    hire_workers(&mut session)?;
    session.clear();
    cx.clear_log();
    Ok(session)
}

fn wallets() -> [Wallet; 3] {
    [Wallet::with("ann", 10), Wallet::with("bob", 20), Wallet::with("cid", 30)]
}

pub fn inserted_keys_come_back_in_order(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let rows =
        Wallet::insert_all(wallets()).returning((Wallet::id, Wallet::balance * 2, Wallet::grade)).all(&mut session)?;
    assert_eq!(rows, [(1, 20), (2, 40), (3, 60)].map(|(id, twice)| (id, twice, Some(text("gold")))));
    let mixed =
        [Wallet { id: 70, ..Wallet::with("x", 1) }, Wallet::with("y", 2), Wallet { id: 50, ..Wallet::with("z", 3) }];
    let rows = Wallet::insert_all(mixed).returning((Wallet::owner, Wallet::id)).all(&mut session)?;
    assert_eq!((&rows[0], &rows[2]), (&(text("x"), 70), &(text("z"), 50)));
    assert_eq!(rows[1].0, "y");
    assert_eq!(Wallet::insert(Wallet::with("w", 0)).returning(Wallet::owner).one(&mut session)?, "w");
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM wallet", &["7"]);
    Ok(())
}

pub fn rows_of_an_insert_from_a_query_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    cx.create(models![User])?;
    let query =
        Worker::query().filter(Worker::salary.gt(80)).order_by(Worker::name).select((Worker::name, Worker::salary));
    let mut rows = User::insert_from((User::name, User::age), query)
        .returning((User::name, User::age, User::email))
        .all(&mut session)?;
    rows.sort();
    assert_eq!(rows, [(text("Ann"), 90, None), (text("Cid"), 95, None)]);
    let user = User::insert_with((User::name.set("dan"), User::age.set(1))).returning_objects().one(&mut session)?;
    assert_eq!(session[user].name, "dan");
    Ok(())
}

pub fn what_the_server_filled_in_comes_back(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Stamp])?;
    let mut session = cx.session();
    let own = Stamp { label: Some("own".into()), ..Stamp::default() };
    let stamps = Stamp::insert_all([Stamp::default(), own, Stamp::default()]);
    let rows = stamps.returning((Stamp::label, Stamp::count)).all(&mut session)?;
    assert_eq!(rows, ["draft", "own", "draft"].map(|label| (Some(text(label)), Some(7))));
    Ok(())
}

pub fn inserted_objects_are_persistent(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Note, Wallet])?;
    let mut session = cx.session();
    let handles = Wallet::insert_all(wallets()).returning_objects().all(&mut session)?;
    assert_eq!(handles.iter().map(|&it| session[it].owner.as_str()).collect::<Vec<_>>(), ["ann", "bob", "cid"]);
    assert!(handles.iter().all(|&it| session.state(it) == State::Persistent));
    assert_eq!(session[handles[1]].grade.as_deref(), Some("gold"));
    assert_eq!(session.get::<Wallet>(2)?, Some(handles[1]));
    assert!(session.dirty().is_empty() && session.new_objects().is_empty());
    session[handles[0]].balance = 11;
    session.commit()?;
    cx.expect_rows("SELECT balance FROM wallet ORDER BY id", &["11", "20", "30"]);
    let note = Note::insert(Note::default()).returning_objects().one(&mut session)?;
    session[note].weight = 9;
    session.commit()?;
    cx.expect_rows("SELECT weight, version FROM note", &["9|2"]);
    Ok(())
}

pub fn inserted_objects_leave_with_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let mixed = [Wallet::with("ann", 1), Wallet { id: 70, ..Wallet::with("bob", 2) }];
    let handles = Wallet::insert_all(mixed).returning_objects().all(&mut session)?;
    session.rollback()?;
    assert!(handles.iter().all(|&it| session.state(it) == State::Transient));
    assert_eq!(session.get::<Wallet>(70)?, None);
    let (ann, bob) = (session.expunge(handles[0])?, session.expunge(handles[1])?);
    assert_eq!((ann.id, bob.id), (0, 70));
    session.add_all([ann, bob]);
    session.commit()?;
    cx.expect_rows("SELECT count(*) FROM wallet", &["2"]);
    Ok(())
}

pub fn inserted_objects_leave_with_a_savepoint(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let ann = Wallet::insert(Wallet::with("ann", 1)).returning_objects().one(&mut session)?;
    let mut nested = session.begin_nested()?;
    let bob = Wallet::insert(Wallet::with("bob", 2)).returning_objects().one(&mut nested)?;
    nested.rollback()?;
    assert_eq!([ann, bob].map(|it| session.state(it)), [State::Persistent, State::Transient]);
    session.commit()?;
    cx.expect_rows("SELECT owner FROM wallet", &["ann"]);
    Ok(())
}

pub fn inserted_members_join_loaded_collections(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Address])?;
    let mut session = cx.session();
    let ann = session.add(User::named("ann"));
    session.commit()?;
    assert!(session.load(ann, User::addresses)?.is_empty());
    let new = ["Bern", "Rome"].map(|city| Address { user: ann.into(), ..Address::in_city(city) });
    let addresses = Address::insert_all(new).returning_objects().all(&mut session)?;
    assert_eq!(session.related(ann, User::addresses)?, addresses);
    session.rollback()?;
    assert!(session.load(ann, User::addresses)?.is_empty());
    Ok(())
}

pub fn upserted_objects_are_those_of_the_session(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = |name: &str, age, email: &str| User { age, email: Some(email.into()), ..User::named(name) };
    let ann = session.add(user("ann", 30, "a@x"));
    session.commit()?;
    let upsert = User::insert_all([user("cid", 1, "c@x"), user("abe", 2, "a@x")]).on_conflict(User::email);
    let found = upsert.do_update(User::name).returning_objects().all(&mut session)?;
    assert_eq!(found[1], ann);
    assert_eq!((session[ann].name.as_str(), session[ann].age), ("abe", 30));
    assert_eq!(session[found[0]].name, "cid");
    assert!(session.dirty().is_empty());
    session.rollback()?;
    assert_eq!(session[ann].name, "ann");
    Ok(())
}

pub fn upserted_objects_are_read_again_after_a_rollback(cx: &mut TestContext) -> Result<()> {
    cx.create(models![User])?;
    let mut session = cx.session();
    let user = |name: &str, email: &str| User { email: Some(email.into()), ..User::named(name) };
    User::insert(user("ann", "a@x")).execute(&mut session)?;
    session.commit()?;
    let upsert =
        User::insert_all([user("abe", "a@x"), user("bob", "b@x")]).on_conflict(User::email).do_update(User::name);
    let found = upsert.returning_objects().all(&mut session)?;
    let (old, new) = (session[found[0]].id, session[found[1]].id);
    session.rollback()?;
    assert_eq!(session.get::<User>(old)?, Some(found[0]));
    assert_eq!(session[found[0]].name, "ann");
    assert_eq!(session.get::<User>(new)?, None);
    Ok(())
}

pub fn updated_rows_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let raise = Worker::query().filter(Worker::salary.lt(45)).update(Worker::salary.set(Worker::salary + 5));
    let mut rows = raise.returning((Worker::name, Worker::salary, Worker::salary * 2)).all(&mut session)?;
    rows.sort();
    assert_eq!(rows, [(text("Dan"), 45, 90), (text("Fay"), 15, 30)]);
    cx.expect_log(&["update worker (salary)"]);
    let none = Worker::query().filter(Worker::salary.lt(0)).update(Worker::salary.set(0)).returning(Worker::id);
    assert_eq!(none.all(&mut session)?, Vec::<i64>::new());
    Ok(())
}

pub fn updated_objects_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let dan = Worker::query().filter(Worker::name.eq("Dan")).one(&mut session)?;
    session.set_autoflush(false);
    session[dan].name = "Danny".into();
    let raise = || Worker::query().filter(Worker::salary.lt(45)).update(Worker::salary.set(Worker::salary + 5));
    let found = raise().returning_objects().all(&mut session)?;
    let fay = found.iter().copied().find(|&it| it != dan).expect("two workers");
    assert_eq!(found.len(), 2);
    assert_eq!((session[dan].name.as_str(), session[dan].salary), ("Danny", 45));
    assert_eq!((session[fay].name.as_str(), session[fay].salary), ("Fay", 15));
    assert_eq!(session.dirty().len(), 1);
    let id = session[fay].id;
    session.rollback()?;
    assert_eq!((session[dan].name.as_str(), session[dan].salary), ("Dan", 40));
    assert_eq!(session.get::<Worker>(id)?, Some(fay));
    assert_eq!(session[fay].salary, 10, "it is read again");
    Ok(())
}

pub fn an_update_with_joins_returns_its_own_rows(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let bob = Worker::query().filter(Worker::name.eq("Bob")).one(&mut session)?;
    let under_ann = || Worker::query().join(Worker::boss.to(Boss)).filter(Boss::col(Worker::name).eq("Ann"));
    let mut names = under_ann().update(Worker::salary.set(1)).returning(Worker::name).all(&mut session)?;
    names.sort();
    assert_eq!(names, ["Bob", "Cid"]);
    assert_eq!(session[bob].salary, 1);
    let mut gone =
        under_ann().filter(Worker::name.eq("Cid")).delete().returning((Worker::id, Worker::name)).all(&mut session)?;
    gone.sort();
    assert_eq!(gone, [(4, text("Cid"))]);
    Ok(())
}

pub fn an_update_returns_what_it_joins(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let raise = Worker::query().join(Worker::boss.to(Boss)).update(Worker::salary.set(Boss::col(Worker::salary)));
    let mut rows = raise.returning((Worker::name, Boss::col(Worker::name))).all(&mut session)?;
    rows.sort();
    let expected = [("Bob", "Ann"), ("Cid", "Ann"), ("Dan", "Bob"), ("Eve", "Dan")];
    assert_eq!(rows, expected.map(|(worker, boss)| (text(worker), text(boss))));
    Ok(())
}

pub fn deleted_rows_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let [eve, fay] =
        Worker::query().filter(Worker::name.in_(["Eve", "Fay"])).order_by(Worker::name).all(&mut session)?[..]
    else {
        panic!("two workers")
    };
    let mut rows = Worker::query()
        .filter(Worker::name.in_(["Eve", "Fay"]))
        .delete()
        .returning((Worker::name, Worker::salary))
        .all(&mut session)?;
    rows.sort();
    assert_eq!(rows, [(text("Eve"), 45), (text("Fay"), 10)]);
    assert_eq!([eve, fay].map(|it| session.state(it)), [State::Deleted; 2]);
    session.rollback()?;
    assert_eq!([eve, fay].map(|it| session.state(it)), [State::Persistent; 2]);
    Ok(())
}

pub fn deleted_objects_come_back(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let eve = Worker::query().filter(Worker::name.eq("Eve")).one(&mut session)?;
    let gone =
        Worker::query().filter(Worker::name.in_(["Eve", "Fay"])).delete().returning_objects().all(&mut session)?;
    assert_eq!(gone.len(), 2);
    assert!(gone.contains(&eve));
    assert!(gone.iter().all(|&it| session.state(it) == State::Deleted));
    assert_eq!(gone.iter().map(|&it| session[it].salary).sum::<i32>(), 55);
    session.rollback()?;
    assert!(gone.iter().all(|&it| session.state(it) == State::Persistent));
    Worker::query().filter(Worker::name.in_(["Eve", "Fay"])).delete().returning_objects().all(&mut session)?;
    session.commit()?;
    assert!(gone.iter().all(|&it| session.state(it) == State::Detached));
    cx.expect_rows("SELECT count(*) FROM worker", &["4"]);
    Ok(())
}

pub fn a_delete_returns_what_it_joins(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let gone = Worker::query().join(Worker::boss.to(Boss)).filter(Worker::name.eq("Eve")).delete();
    let rows = gone.returning((Worker::name, Boss::col(Worker::salary))).all(&mut session)?;
    assert_eq!(rows, [(text("Eve"), 40)]);
    Ok(())
}

pub fn rows_come_back_as_plain_values(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Wallet])?;
    let mut session = cx.session();
    let values = Wallet::insert_all(wallets()).returning_objects().values(&mut session)?;
    assert_eq!(
        values.iter().map(|it| (it.id, it.owner.as_str())).collect::<Vec<_>>(),
        [(1, "ann"), (2, "bob"), (3, "cid")]
    );
    let ann = session.get::<Wallet>(1)?.expect("a row");
    let all = Wallet::query().update(Wallet::balance.set(0)).returning_objects().values(&mut session)?;
    assert_eq!(all.len(), 3);
    assert_eq!(session[ann].balance, 0);
    let gone = Wallet::query().delete().returning_objects().values(&mut session)?;
    assert_eq!(gone.len(), 3);
    assert_eq!(session.state(ann), State::Deleted);
    Ok(())
}

pub fn one_row_comes_back_or_none(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let named = |name: &str| Worker::query().filter(Worker::name.eq(name)).update(Worker::salary.set(0));
    assert_eq!(named("Ann").returning(Worker::name).one(&mut session)?, "Ann");
    assert_eq!(named("Zoe").returning(Worker::name).one_or_none(&mut session)?, None);
    expect_error(named("Zoe").returning(Worker::name).one(&mut session), ErrorKind::NotFound, &["row"]);
    expect_error(named("Zoe").returning_objects().one(&mut session), ErrorKind::NotFound, &["Worker"]);
    let all = Worker::query().update(Worker::salary.set(1)).returning_objects();
    expect_error(all.one(&mut session), ErrorKind::MultipleFound, &["Worker"]);
    Ok(())
}

#[derive(orm::FromRow, Debug, PartialEq)]
struct Paid {
    name: String,
    twice: i32,
}

pub fn rows_come_back_as_structs(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let raise = Worker::query().filter(Worker::name.eq("Fay")).update(Worker::salary.set(20));
    let rows = raise.returning((Worker::name, Worker::salary * 2)).rows_as::<Paid>().all(&mut session)?;
    assert_eq!(rows, [Paid { name: text("Fay"), twice: 40 }]);
    Ok(())
}

pub fn returned_rows_keep_objects_right(cx: &mut TestContext) -> Result<()> {
    let mut session = workers(cx)?;
    let all = Worker::query().order_by(Worker::name).all(&mut session)?;
    let set = |to: i32| Worker::query().filter(Worker::salary.gt(80)).update(Worker::salary.set(to + Worker::salary));
    set(1).returning(Worker::name).all(&mut session)?;
    assert_eq!([0, 1, 2].map(|at| session[all[at]].salary), [91, 60, 96]);
    let evaluated = Worker::query().filter(Worker::salary.gt(95)).update(Worker::salary.set(5));
    let rows = evaluated.synchronize(Synchronize::Evaluate).returning(Worker::salary).all(&mut session)?;
    assert_eq!(rows, [5]);
    assert_eq!([0, 1, 2].map(|at| session[all[at]].salary), [91, 60, 5]);
    let unseen = Worker::query().update(Worker::salary.set(0)).synchronize(Synchronize::None);
    assert_eq!(unseen.returning(Worker::id).all(&mut session)?.len(), 6);
    assert_eq!([0, 1, 2].map(|at| session[all[at]].salary), [91, 60, 5]);
    Ok(())
}

pub fn hooks_hear_of_loads_only(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Ware])?;
    let mut session = cx.session();
    take_notes();
    let shop = Shop { slug: "s".into(), ..Shop::named("Tea") };
    let shop = Shop::insert(shop).returning_objects().one(&mut session)?;
    assert_eq!(take_notes(), ["validate Shop Tea", "after_load Shop Tea"]);
    assert_eq!(session[shop].slug, "s!");
    Shop::query().update(Shop::edits.set(1)).returning_objects().all(&mut session)?;
    Shop::query().delete().returning(Shop::id).all(&mut session)?;
    assert_eq!(take_notes(), Vec::<String>::new());
    Ok(())
}

pub fn composite_foreign_keys_follow(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Book])?;
    let mut session = cx.only_writer();
    let shelf = |number| Shelf { room: "a".into(), number, ..Shelf::default() };
    let [one, two] = [session.add(shelf(1)), session.add(shelf(2))];
    let book = session.add(Book { title: "x".into(), shelf: Some(one.into()), ..Book::default() });
    session.commit()?;
    assert_eq!(session.load(one, Shelf::books)?, [book]);
    assert!(session.load(two, Shelf::books)?.is_empty());
    let number = cx.rows("SELECT * FROM book").len();
    assert_eq!(number, 1);
    cx.execute("UPDATE book SET shelf_number = 2");
    let all = Book::query().update(Book::title.set("y")).returning_objects().all(&mut session)?;
    assert_eq!(all, [book]);
    assert!(session.related(one, Shelf::books)?.is_empty());
    assert_eq!(session.related(two, Shelf::books)?, [book]);
    Ok(())
}

pub fn a_row_that_does_not_fit_changes_no_object(cx: &mut TestContext) -> Result<()> {
    cx.create(models![Company])?;
    let mut session = cx.session();
    let acme = session.add(Company { name: "acme".into(), ..Default::default() });
    session.add(Employee { name: "eva".into(), company: acme.into(), ..Default::default() });
    session.commit()?;
    let failed = Company::query().delete().returning_objects().all(&mut session);
    expect_error(failed, ErrorKind::ForeignKeyViolation, &[]);
    assert_eq!(session.state(acme), State::Persistent);
    session.rollback()
}
