//! How often the hot paths allocate, on SQLite. The numbers are upper bounds: fewer are welcome, more are a reason to look.

#![allow(clippy::unwrap_used, reason = "this is test code")]

use allocation_counter::measure;
use orm::Result;
use orm::prelude::*;
use orm_tests::models::{Address, User};

/// Users with two addresses each.
fn users(count: usize) -> impl Iterator<Item = User> {
    let addresses = |user: usize| [0, 1].map(|address| Address::in_city(&format!("City {user}/{address}")));
    (0..count).map(move |user| User { addresses: addresses(user).into(), ..User::named(&format!("User {user}")) })
}

fn filled(count: usize) -> Result<Engine> {
    let engine = Engine::connect("sqlite://")?;
    engine.create_all(models![User, Address])?;
    let mut session = engine.session();
    session.add_all(users(count));
    session.commit()?;
    Ok(engine)
}

/// The allocations of `work`, once all that is made once has been made.
fn allocations<S>(session: impl Fn() -> S, mut work: impl FnMut(&mut S) -> Result<()>) -> Result<u64> {
    for _ in 0..2 {
        work(&mut session())?;
    }
    let mut session = session();
    let mut outcome = Ok(());
    let counted = measure(|| outcome = work(&mut session));
    outcome.map(|()| counted.count_total)
}

fn expect<N: PartialOrd + std::fmt::Display>(what: &str, count: N, most: N) {
    assert!(count <= most, "{what}: {count} allocations, at most {most} were expected");
}

#[test]
fn an_object_in_memory_allocates_nothing() -> Result<()> {
    let engine = filled(10)?;
    let mut session = engine.session();
    session.begin()?;
    let found = User::query().all(&mut session)?;
    let mut names = 0;
    let counted = measure(|| {
        for (&user, key) in found.iter().zip(1_i64..) {
            let known = session.get::<User>(key).unwrap().unwrap();
            names += session[known].name.len() + session[user].name.len();
        }
    });
    assert_eq!(names, 2 * 10 * "User 0".len());
    assert_eq!(counted.count_total, 0);
    Ok(())
}

#[test]
fn one_row_allocates_a_bounded_number_of_times() -> Result<()> {
    let engine = filled(10)?;
    let session = || engine.session();
    let get = allocations(session, |session| session.get::<User>(7).map(drop))?;
    let values = allocations(session, |session| User::query().filter(User::id.eq(7)).values(session).map(drop))?;
    let object = allocations(session, |session| User::query().filter(User::id.eq(7)).one(session).map(drop))?;
    expect("get", get, 20);
    expect("values", values, 20);
    expect("one", object, 28);
    Ok(())
}

/// What a row more costs: the difference of twice as many rows.
fn per_row(measured: impl Fn(usize) -> Result<u64>) -> Result<f64> {
    const ROWS: usize = 2_000;
    let (once, twice) = (measured(ROWS)?, measured(2 * ROWS)?);
    Ok((twice - once) as f64 / ROWS as f64)
}

#[test]
fn a_row_that_is_loaded_allocates_its_texts() -> Result<()> {
    let values = per_row(|count| {
        let engine = filled(count)?;
        allocations(|| engine.session(), |session| User::query().values(session).map(drop))
    })?;
    let objects = per_row(|count| {
        let engine = filled(count)?;
        allocations(|| engine.session(), |session| User::query().all(session).map(drop))
    })?;
    let members = per_row(|count| {
        let engine = filled(count)?;
        allocations(|| engine.session(), |session| User::query().include(User::addresses).all(session).map(drop))
    })?;
    expect("a value", values, 1.1);
    expect("an object", objects, 1.1);
    // Three texts, a list, and its place while the rows come.
    expect("an object with two members", members, 5.1);
    Ok(())
}

#[test]
fn an_object_that_is_flushed_allocates_its_keys() -> Result<()> {
    let added = per_row(|count| {
        let engine = filled(1)?;
        let mut session = engine.session();
        let users: Vec<User> = users(count).collect();
        let mut outcome = Ok(());
        let counted = measure(|| {
            session.add_all(users);
            outcome = session.commit();
        });
        outcome.map(|()| counted.count_total)
    })?;
    let deleted = per_row(|count| {
        let engine = filled(count)?;
        let mut session = engine.session();
        let all = User::query().include(User::addresses).all(&mut session)?;
        let mut outcome = Ok(());
        let counted = measure(|| {
            outcome = all.into_iter().try_for_each(|user| session.delete(user)).and_then(|()| session.commit());
        });
        outcome.map(|()| counted.count_total)
    })?;
    expect("an object added with two members", added, 2.1);
    expect("an object deleted with two members", deleted, 3.1);
    Ok(())
}
