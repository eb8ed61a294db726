use orm::prelude::*;
use orm_workloads::{Outcome, Sample, Seen, Task, Way, is_dirty, items};

use super::Ours;
use super::models::graph::{Post, User};
use super::models::{Item, passive, users};

pub(super) const WAYS: [Way<Ours>; 10] = [
    Way::new("W1", "", insert_graph),
    Way::new("W2", "", insert_all),
    Way::new("W2", "tracked", add_all),
    Way::new("W6", "", |ours, task| update(&ours.engine, task)),
    Way::new("W6", "last-writer-wins", |ours, task| update(&ours.trusting, task)),
    Way::new("W6", "by-key", update_by_key),
    Way::new("W8", "", delete),
    Way::new("W8", "passive", delete_passive),
    Way::new("W8", "cascade", cascade),
    Way::new("W8", "cascade-unloaded", cascade_unloaded),
];

/// New objects, added and committed.
fn insert_graph(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    task.measure(
        || {
            let mut session = ours.engine.session();
            let added = session.add_all(users(graph));
            session.commit()?;
            Ok((session, added))
        },
        |(session, added)| Ok(Seen::count(10 * added.iter().filter(|&&user| session[user].id > 0).count())),
    )
}

fn insert_all(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let new = items(task.first, task.n);
    task.measure(
        || {
            let mut session = ours.engine.session();
            let rows: Vec<Item> = new.into_iter().map(Item::new).collect::<Outcome<_>>()?;
            let count = Item::insert_all(rows).execute(&mut session)?;
            session.commit()?;
            Ok(count)
        },
        |count| Ok(Seen::count(usize::try_from(*count)?)),
    )
}

fn add_all(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let new = items(task.first, task.n);
    task.measure(
        || {
            let mut session = ours.engine.session();
            let rows: Vec<Item> = new.into_iter().map(Item::new).collect::<Outcome<_>>()?;
            let added = session.add_all(rows);
            session.commit()?;
            Ok((session, added))
        },
        |(_, added)| Ok(Seen::count(added.len())),
    )
}

/// Loads all rows as objects and changes every tenth.
fn update(engine: &Engine, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let mut session = engine.session();
            let all = Item::query().order_by(Item::id).all(&mut session)?;
            let mut changed = 0;
            for (_, &item) in all.iter().enumerate().filter(|(index, _)| is_dirty(*index)) {
                session[item].score += 1.0;
                changed += 1;
            }
            session.commit()?;
            Ok((session, all, changed))
        },
        |(.., changed)| Ok(Seen::count(*changed)),
    )
}

/// The same with values in place of objects.
fn update_by_key(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let mut session = ours.engine.session();
            let all = Item::query().order_by(Item::id).values(&mut session)?;
            let dirty = all.iter().enumerate().filter(|(index, _)| is_dirty(*index));
            let rows = dirty.map(|(_, item)| (item.id, item.score + 1.0));
            let changed = Item::update_by_key(Item::score, rows).execute(&mut session)?;
            session.commit()?;
            Ok((all, changed))
        },
        |(_, changed)| Ok(Seen::count(usize::try_from(*changed)?)),
    )
}

/// One statement; ON DELETE CASCADE does the rest.
fn delete(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            let mut session = ours.engine.session();
            let count = User::query().filter(User::id.in_(keys)).delete().execute(&mut session)?;
            session.commit()?;
            Ok(count)
        },
        |count| Ok(Seen::count(usize::try_from(*count)?)),
    )
}

/// Loads the users and deletes them; their posts are left to the database.
fn delete_passive(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            let mut session = ours.engine.session();
            let all = passive::User::query().filter(passive::User::id.in_(keys)).all(&mut session)?;
            all.iter().try_for_each(|&user| session.delete(user))?;
            session.commit()?;
            Ok((session, all))
        },
        |(_, all)| Ok(Seen::count(all.len())),
    )
}

/// Loads all three levels, and deletes the users: the session deletes what belongs to them.
fn cascade(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            let mut session = ours.engine.session();
            let all = User::query().filter(User::id.in_(keys));
            let all = all.include(User::posts.then(Post::comments)).all(&mut session)?;
            all.iter().try_for_each(|&user| session.delete(user))?;
            session.commit()?;
            Ok((session, all))
        },
        |(_, all)| Ok(Seen::count(all.len())),
    )
}

/// Loads the users alone: the session looks for what belongs to them.
fn cascade_unloaded(ours: &mut Ours, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            let mut session = ours.engine.session();
            let all = User::query().filter(User::id.in_(keys)).all(&mut session)?;
            all.iter().try_for_each(|&user| session.delete(user))?;
            session.commit()?;
            Ok((session, all))
        },
        |(_, all)| Ok(Seen::count(all.len())),
    )
}
