use orm_workloads::{NewItem, NewUser, Outcome, Sample, Seen, Task, Way, is_dirty, items};
use rusqlite::{Connection, params};

use super::ITEMS;
use super::sqlite::{Sqlite, array, item};
use crate::ours::{Item, time};

pub(super) const WAYS: [Way<Sqlite>; 5] = [
    Way::new("W1", "", insert_graph),
    Way::new("W2", "", insert),
    Way::new("W6", "", update),
    Way::new("W8", "", delete),
    Way::new("W8", "cascade", delete_levels),
];

fn insert_graph(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    task.measure(|| Ok(insert_users(connection, &graph)?), |count| Ok(Seen::count(*count)))
}

fn insert_users(connection: &mut Connection, graph: &[NewUser]) -> rusqlite::Result<usize> {
    let transaction = connection.transaction()?;
    let mut users = transaction.prepare_cached("INSERT INTO users (name, email) VALUES (?, ?)")?;
    let mut posts = transaction.prepare_cached("INSERT INTO posts (user_id, title, body) VALUES (?, ?, ?)")?;
    let mut comments = transaction.prepare_cached("INSERT INTO comments (post_id, body) VALUES (?, ?)")?;
    let mut count = 0;
    for user in graph {
        let user_id = users.insert(params![user.name, user.email])?;
        for post in &user.posts {
            let post_id = posts.insert(params![user_id, post.title, post.body])?;
            for body in &post.comments {
                comments.insert(params![post_id, body])?;
            }
            count += 1 + post.comments.len();
        }
        count += 1;
    }
    drop((users, posts, comments));
    transaction.commit()?;
    Ok(count)
}

fn insert(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let new = items(task.first, task.n);
    task.measure(|| insert_items(connection, &new), |count| Ok(Seen::count(*count)))
}

fn insert_items(connection: &mut Connection, new: &[NewItem]) -> Outcome<usize> {
    let transaction = connection.transaction()?;
    let mut statement = transaction.prepare_cached(
        "INSERT INTO items (id, a, b, c, score, active, created_at, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for new in new {
        let created_at = time(new.created_at)?;
        statement.execute(params![new.id, new.a, new.b, new.c, new.score, new.active, created_at, new.note])?;
    }
    drop(statement);
    transaction.commit()?;
    Ok(new.len())
}

fn update(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| Ok(load_and_change(connection)?), |(_, count)| Ok(Seen::count(*count)))
}

fn load_and_change(connection: &mut Connection) -> rusqlite::Result<(Vec<Item>, usize)> {
    let transaction = connection.transaction()?;
    let mut load = transaction.prepare_cached(&format!("{ITEMS} ORDER BY id"))?;
    let mut all = load.query_map([], item)?.collect::<rusqlite::Result<Vec<Item>>>()?;
    let mut write = transaction.prepare_cached("UPDATE items SET score = ? WHERE id = ?")?;
    let mut count = 0;
    for (_, item) in all.iter_mut().enumerate().filter(|(index, _)| is_dirty(*index)) {
        item.score += 1.0;
        count += write.execute(params![item.score, item.id])?;
    }
    drop((load, write));
    transaction.commit()?;
    Ok((all, count))
}

/// One statement; ON DELETE CASCADE does the rest.
fn delete(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    let mut delete = || -> rusqlite::Result<usize> {
        let transaction = connection.transaction()?;
        let mut statement = transaction.prepare_cached("DELETE FROM users WHERE id IN rarray(?)")?;
        let count = statement.execute([array(&keys)])?;
        drop(statement);
        transaction.commit()?;
        Ok(count)
    };
    task.measure(|| Ok(delete()?), |count| Ok(Seen::count(*count)))
}

/// A statement for each level, the lowest one first.
fn delete_levels(Sqlite(connection): &mut Sqlite, task: &Task<'_>) -> Outcome<Sample> {
    let keys = task.keys();
    let mut delete = || -> rusqlite::Result<usize> {
        let transaction = connection.transaction()?;
        let mut count = 0;
        for sql in [
            "DELETE FROM comments WHERE post_id IN (SELECT id FROM posts WHERE user_id IN rarray(?))",
            "DELETE FROM posts WHERE user_id IN rarray(?)",
            "DELETE FROM users WHERE id IN rarray(?)",
        ] {
            count = transaction.prepare_cached(sql)?.execute([array(&keys)])?;
        }
        transaction.commit()?;
        Ok(count)
    };
    task.measure(|| Ok(delete()?), |count| Ok(Seen::count(*count)))
}
