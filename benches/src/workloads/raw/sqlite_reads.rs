use orm_workloads::{Outcome, Sample, Task, Way, lookup_keys};
use rusqlite::{Connection, params};

use super::sqlite::{Sqlite, array, item, post, user};
use super::{GROUPS, Group, ITEMS, Nested, Post, User, nest, nest_joined, seen_groups, seen_items, seen_nested};
use crate::ours::Item;

pub(super) const WAYS: [Way<Sqlite>; 8] = [
    Way::new("W3", "", load_all),
    Way::new("W4", "", look_up),
    Way::new("W4", "many", look_up_many),
    Way::new("W5", "", nest_queries),
    Way::new("W5", "joined", nest_join),
    Way::new("W7", "", filter),
    Way::new("W7i", "", filter),
    Way::new("W9", "", aggregate),
];

fn load_all(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let load = || connection.prepare_cached(ITEMS)?.query_map([], item)?.collect::<rusqlite::Result<Vec<Item>>>();
    task.measure(|| Ok(load()?), |items| seen_items(items))
}

/// A statement for each key.
fn look_up(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let sql = format!("{ITEMS} WHERE id = ?");
    let look_up = |key: i64| connection.prepare_cached(&sql)?.query_row([key], item);
    task.measure(
        || Ok(lookup_keys().into_iter().map(look_up).collect::<rusqlite::Result<Vec<Item>>>()?),
        |items| seen_items(items),
    )
}

/// One statement for all keys.
fn look_up_many(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let look_up = || {
        let mut statement = connection.prepare_cached(&format!("{ITEMS} WHERE id IN rarray(?)"))?;
        statement.query_map([array(&lookup_keys())], item)?.collect::<rusqlite::Result<Vec<Item>>>()
    };
    task.measure(|| Ok(look_up()?), |items| seen_items(items))
}

/// Two statements, the keys of the first one's rows handed to the second.
fn nest_queries(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| nested(connection, task.n), seen_nested)
}

fn nested(connection: &Connection, n: usize) -> Outcome<Nested> {
    let mut statement = connection.prepare_cached("SELECT id, name, email FROM users WHERE id <= ? ORDER BY id")?;
    let users = statement.query_map([i64::try_from(n)?], user)?.collect::<rusqlite::Result<Vec<User>>>()?;
    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
    let mut statement =
        connection.prepare_cached("SELECT id, user_id, title, body FROM posts WHERE user_id IN rarray(?)")?;
    let posts = statement.query_map([array(&keys)], |row| post(row, 0))?;
    nest(users, posts.map(|post| Ok(post?)))
}

fn nest_join(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| joined(connection, task.n), seen_nested)
}

fn joined(connection: &Connection, n: usize) -> Outcome<Nested> {
    let mut statement = connection.prepare_cached(
        "SELECT u.id, u.name, u.email, p.id, p.user_id, p.title, p.body FROM users u \
         LEFT JOIN posts p ON p.user_id = u.id WHERE u.id <= ? ORDER BY u.id",
    )?;
    let rows = statement.query_map([i64::try_from(n)?], |row| -> rusqlite::Result<(User, Option<Post>)> {
        let has_post = row.get::<_, Option<i64>>(3)?.is_some();
        Ok((user(row)?, has_post.then(|| post(row, 3)).transpose()?))
    })?;
    nest_joined(rows.map(|row| Ok(row?)))
}

/// Two conditions, an order and a limit.
fn filter(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let sql = format!("{ITEMS} WHERE active = ? AND score > ? ORDER BY created_at DESC LIMIT ?");
    let filter = || {
        let mut statement = connection.prepare_cached(&sql)?;
        statement.query_map(params![true, 500.0, 50], item)?.collect::<rusqlite::Result<Vec<Item>>>()
    };
    task.measure(|| Ok(filter()?), |items| seen_items(items))
}

fn aggregate(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let aggregate = || {
        let mut statement = connection.prepare_cached(GROUPS)?;
        let rows = statement.query_map([2010], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.collect::<rusqlite::Result<Vec<Group>>>()
    };
    task.measure(|| Ok(aggregate()?), |groups| seen_groups(groups))
}
