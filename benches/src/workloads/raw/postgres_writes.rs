use orm_workloads::{NewUser, Outcome, Sample, Seen, Task, Way, is_dirty, items};
use postgres::Row;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::Type;

use super::ITEMS;
use super::postgres::{Postgres, items as read};
use crate::ours::{Item, time};

pub(super) const WAYS: [Way<Postgres>; 8] = [
    Way::new("W1", "", insert_graph),
    Way::new("W1", "arrays", insert_graph_arrays),
    Way::new("W2", "", insert),
    Way::new("W2", "copy", copy),
    Way::new("W6", "", update),
    Way::new("W6", "arrays", update_arrays),
    Way::new("W8", "", delete),
    Way::new("W8", "cascade", delete_levels),
];

fn seen(count: &u64) -> Outcome<Seen> {
    Ok(Seen::count(usize::try_from(*count)?))
}

/// A statement for each row.
fn insert_graph(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    task.measure(|| Ok(insert_users(postgres, &graph)?), seen)
}

fn insert_users(postgres: &mut Postgres, graph: &[NewUser]) -> Result<u64, postgres::Error> {
    let users = postgres.prepare("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id")?;
    let posts = postgres.prepare("INSERT INTO posts (user_id, title, body) VALUES ($1, $2, $3) RETURNING id")?;
    let comments = postgres.prepare("INSERT INTO comments (post_id, body) VALUES ($1, $2)")?;
    let mut transaction = postgres.client.transaction()?;
    let mut count = 0;
    for user in graph {
        let user_id: i64 = transaction.query_one(&users, &[&user.name, &user.email])?.try_get(0)?;
        for post in &user.posts {
            let post_id: i64 = transaction.query_one(&posts, &[&user_id, &post.title, &post.body])?.try_get(0)?;
            for body in &post.comments {
                count += transaction.execute(&comments, &[&post_id, body])?;
            }
            count += 1;
        }
        count += 1;
    }
    transaction.commit()?;
    Ok(count)
}

/// A statement for each level, with arrays as parameters; the keys come back in the order of the rows.
fn insert_graph_arrays(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let graph = orm_workloads::graph(task.n);
    task.measure(|| insert_levels(postgres, &graph), seen)
}

fn insert_levels(postgres: &mut Postgres, graph: &[NewUser]) -> Outcome<u64> {
    let users = postgres.prepare(
        "INSERT INTO users (name, email) SELECT a, b FROM UNNEST($1::text[], $2::text[]) WITH ORDINALITY AS t(a, b, o) \
         ORDER BY o RETURNING id",
    )?;
    let posts = postgres.prepare(
        "INSERT INTO posts (user_id, title, body) SELECT u, a, b FROM UNNEST($1::bigint[], $2::text[], $3::text[]) \
         WITH ORDINALITY AS t(u, a, b, o) ORDER BY o RETURNING id",
    )?;
    let comments = postgres.prepare(
        "INSERT INTO comments (post_id, body) SELECT p, b FROM UNNEST($1::bigint[], $2::text[]) \
         WITH ORDINALITY AS t(p, b, o) ORDER BY o RETURNING id",
    )?;
    let keys = |rows: Vec<Row>| rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>();
    let mut transaction = postgres.client.transaction()?;
    let names: Vec<&str> = graph.iter().map(|user| user.name.as_str()).collect();
    let emails: Vec<&str> = graph.iter().map(|user| user.email.as_str()).collect();
    let user_ids = keys(transaction.query(&users, &[&names, &emails])?)?;

    let owners: Vec<i64> = graph.iter().zip(&user_ids).flat_map(|(user, id)| user.posts.iter().map(|_| *id)).collect();
    let all = || graph.iter().flat_map(|user| &user.posts);
    let titles: Vec<&str> = all().map(|post| post.title.as_str()).collect();
    let bodies: Vec<&str> = all().map(|post| post.body.as_str()).collect();
    let post_ids = keys(transaction.query(&posts, &[&owners, &titles, &bodies])?)?;

    let owners: Vec<i64> = all().zip(&post_ids).flat_map(|(post, id)| post.comments.iter().map(|_| *id)).collect();
    let bodies: Vec<&str> = all().flat_map(|post| &post.comments).map(String::as_str).collect();
    let comment_ids = keys(transaction.query(&comments, &[&owners, &bodies])?)?;
    transaction.commit()?;
    Ok(u64::try_from(user_ids.len() + post_ids.len() + comment_ids.len())?)
}

/// A statement for each row.
fn insert(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let new = items(task.first, task.n);
    let sql =
        "INSERT INTO items (id, a, b, c, score, active, created_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    task.measure(
        || {
            let statement = postgres.prepare(sql)?;
            let mut transaction = postgres.client.transaction()?;
            let mut count = 0;
            for row in &new {
                let created_at = time(row.created_at)?;
                count += transaction.execute(
                    &statement,
                    &[&row.id, &row.a, &row.b, &row.c, &row.score, &row.active, &created_at, &row.note],
                )?;
            }
            transaction.commit()?;
            Ok(count)
        },
        seen,
    )
}

/// COPY in binary form.
fn copy(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    const TYPES: [Type; 8] =
        [Type::INT8, Type::TEXT, Type::TEXT, Type::TEXT, Type::FLOAT8, Type::BOOL, Type::TIMESTAMP, Type::TEXT];
    let new = items(task.first, task.n);
    task.measure(
        || {
            let mut transaction = postgres.client.transaction()?;
            let rows = "COPY items (id, a, b, c, score, active, created_at, note) FROM STDIN BINARY";
            let mut writer = BinaryCopyInWriter::new(transaction.copy_in(rows)?, &TYPES);
            for row in &new {
                let created_at = time(row.created_at)?;
                writer.write(&[&row.id, &row.a, &row.b, &row.c, &row.score, &row.active, &created_at, &row.note])?;
            }
            let count = writer.finish()?;
            transaction.commit()?;
            Ok(count)
        },
        seen,
    )
}

/// The rows with every tenth changed, and the indices of those.
fn changed(rows: &[Row]) -> Outcome<(Vec<Item>, Vec<usize>)> {
    let mut all = read(rows)?;
    let dirty: Vec<usize> = (0..all.len()).filter(|index| is_dirty(*index)).collect();
    dirty.iter().for_each(|index| all[*index].score += 1.0);
    Ok((all, dirty))
}

/// A statement for each row.
fn update(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let load = postgres.prepare(&format!("{ITEMS} ORDER BY id"))?;
            let write = postgres.prepare("UPDATE items SET score = $1 WHERE id = $2")?;
            let mut transaction = postgres.client.transaction()?;
            let (all, dirty) = changed(&transaction.query(&load, &[])?)?;
            let mut count = 0;
            for index in dirty {
                count += transaction.execute(&write, &[&all[index].score, &all[index].id])?;
            }
            transaction.commit()?;
            Ok((all, count))
        },
        |(_, count)| seen(count),
    )
}

fn update_arrays(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let sql = "UPDATE items SET score = v.score FROM UNNEST($1::float8[], $2::bigint[]) AS v(score, id) WHERE items.id = v.id";
    task.measure(
        || {
            let load = postgres.prepare(&format!("{ITEMS} ORDER BY id"))?;
            let write = postgres.prepare(sql)?;
            let mut transaction = postgres.client.transaction()?;
            let (all, dirty) = changed(&transaction.query(&load, &[])?)?;
            let (scores, keys): (Vec<f64>, Vec<i64>) =
                dirty.iter().map(|index| (all[*index].score, all[*index].id)).unzip();
            let count = transaction.execute(&write, &[&scores, &keys])?;
            transaction.commit()?;
            Ok((all, count))
        },
        |(_, count)| seen(count),
    )
}

/// One statement; ON DELETE CASCADE does the rest.
fn delete(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    delete_by(postgres, task, &["DELETE FROM users WHERE id = ANY($1)"])
}

/// A statement for each level, the lowest one first.
fn delete_levels(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let levels = [
        "DELETE FROM comments WHERE post_id IN (SELECT id FROM posts WHERE user_id = ANY($1))",
        "DELETE FROM posts WHERE user_id = ANY($1)",
        "DELETE FROM users WHERE id = ANY($1)",
    ];
    delete_by(postgres, task, &levels)
}

/// Runs the statements in a transaction; the last one deletes the users.
fn delete_by(postgres: &mut Postgres, task: &Task<'_>, statements: &[&str]) -> Outcome<Sample> {
    let keys = task.keys();
    task.measure(
        || {
            let statements: Vec<_> = statements.iter().map(|sql| postgres.prepare(sql)).collect::<Result<_, _>>()?;
            let mut transaction = postgres.client.transaction()?;
            let mut count = 0;
            for statement in &statements {
                count = transaction.execute(statement, &[&keys])?;
            }
            transaction.commit()?;
            Ok(count)
        },
        seen,
    )
}
