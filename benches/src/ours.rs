//! The measured work of the framework, which is the same for every database.

use std::time::Duration;

use orm::prelude::*;

use crate::Outcome;
use crate::clock::{Comparison, Side, compare, time};
use crate::data;
use crate::models::{Comment, Person, Post, User};

/// Empty tables.
pub(crate) fn create_tables(engine: &Engine) -> orm::Result<()> {
    engine.drop_all(models![User, Post, Comment, Person])?;
    engine.create_all(models![User, Post, Comment, Person])
}

pub(crate) fn drop_tables(engine: &Engine) -> orm::Result<()> {
    engine.drop_all(models![User, Post, Comment, Person])
}

/// Fills the table that the reading comparisons read.
pub(crate) fn fill(engine: &Engine) -> orm::Result<()> {
    let mut session = engine.session();
    session.add_all(data::people());
    session.commit()
}

/// Measures from `add_all` to the end of `commit`. The values are made before.
pub(crate) fn insert(engine: &Engine, users: Vec<User>) -> orm::Result<Duration> {
    time(|| {
        let mut session = engine.session();
        session.add_all(users);
        session.commit()?;
        Ok(session)
    })
}

/// All rows as objects of a session.
pub(crate) fn load_tracked(engine: &Engine) -> orm::Result<Duration> {
    time(|| {
        let mut session = engine.session();
        let people = Person::query().all(&mut session)?;
        Ok((session, people))
    })
}

/// All rows as plain values.
pub(crate) fn load_untracked(engine: &Engine) -> orm::Result<Duration> {
    time(|| Person::query().values(&mut engine.session()))
}

/// 1,000 rows by their keys, one statement each.
pub(crate) fn get(engine: &Engine) -> orm::Result<Duration> {
    time(|| {
        let mut session = engine.session();
        for key in data::keys() {
            session.get::<Person>(key)?;
        }
        Ok(session)
    })
}

/// Changes one column of all rows, which are loaded already, and commits.
pub(crate) fn update(engine: &Engine) -> orm::Result<Duration> {
    let mut session = engine.session();
    let people = Person::query().all(&mut session)?;
    time(|| {
        for &person in &people {
            session[person].age += 1;
        }
        session.commit()?;
        Ok(session)
    })
}

/// The cost of compared updates: the same change by an engine that compares old values, and by one that does not.
pub(crate) fn compared(name: &str, url: &str, rounds: usize) -> Outcome<Comparison> {
    let comparing = Engine::connect(url)?;
    let trusting = Engine::builder(url).compare_updates(false).build()?;
    create_tables(&comparing)?;
    fill(&comparing)?;
    let sides: Vec<Side<'_>> = vec![
        ("the last writer wins", Box::new(|| Ok(update(&trusting)?))),
        ("compared", Box::new(|| Ok(update(&comparing)?))),
    ];
    let comparison = compare(name, rounds, sides)?;
    drop_tables(&comparing)?;
    Ok(comparison)
}
