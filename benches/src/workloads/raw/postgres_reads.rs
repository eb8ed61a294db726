use orm_workloads::{Outcome, Sample, Task, Way, lookup_keys};

use super::postgres::{Postgres, item, items, post, user};
use super::{GROUPS, Group, ITEMS, Nested, User, nest, nest_joined, seen_groups, seen_items, seen_nested};

pub(super) const WAYS: [Way<Postgres>; 8] = [
    Way::new("W3", "", load_all),
    Way::new("W4", "", look_up),
    Way::new("W4", "many", look_up_many),
    Way::new("W5", "", nest_queries),
    Way::new("W5", "joined", nest_join),
    Way::new("W7", "", filter),
    Way::new("W7i", "", filter),
    Way::new("W9", "", aggregate),
];

fn load_all(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let statement = postgres.prepare(ITEMS)?;
            items(&postgres.client.query(&statement, &[])?)
        },
        |items| seen_items(items),
    )
}

/// A statement for each key.
fn look_up(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let statement = postgres.prepare(&format!("{ITEMS} WHERE id = $1"))?;
            let mut look_up = |key: i64| item(&postgres.client.query_one(&statement, &[&key])?);
            lookup_keys().into_iter().map(&mut look_up).collect::<Outcome<Vec<_>>>()
        },
        |items| seen_items(items),
    )
}

/// One statement for all keys.
fn look_up_many(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let statement = postgres.prepare(&format!("{ITEMS} WHERE id = ANY($1)"))?;
            items(&postgres.client.query(&statement, &[&lookup_keys()])?)
        },
        |items| seen_items(items),
    )
}

/// Two statements, the keys of the first one's rows handed to the second.
fn nest_queries(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(|| nested(postgres, task.n), seen_nested)
}

fn nested(postgres: &mut Postgres, n: usize) -> Outcome<Nested> {
    let users = postgres.prepare("SELECT id, name, email FROM users WHERE id <= $1 ORDER BY id")?;
    let posts = postgres.prepare("SELECT id, user_id, title, body FROM posts WHERE user_id = ANY($1)")?;
    let rows = postgres.client.query(&users, &[&i64::try_from(n)?])?;
    let users: Vec<User> = rows.iter().map(user).collect::<Outcome<_>>()?;
    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
    nest(users, postgres.client.query(&posts, &[&keys])?.iter().map(|row| post(row, 0)))
}

fn nest_join(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let sql = "SELECT u.id, u.name, u.email, p.id, p.user_id, p.title, p.body FROM users u \
               LEFT JOIN posts p ON p.user_id = u.id WHERE u.id <= $1 ORDER BY u.id";
    task.measure(
        || {
            let statement = postgres.prepare(sql)?;
            let rows = postgres.client.query(&statement, &[&i64::try_from(task.n)?])?;
            nest_joined(rows.iter().map(|row| {
                let has_post = row.try_get::<_, Option<i64>>(3)?.is_some();
                Ok((user(row)?, has_post.then(|| post(row, 3)).transpose()?))
            }))
        },
        seen_nested,
    )
}

/// Two conditions, an order and a limit.
fn filter(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    let sql = format!("{ITEMS} WHERE active = $1 AND score > $2 ORDER BY created_at DESC LIMIT $3");
    task.measure(
        || {
            let statement = postgres.prepare(&sql)?;
            items(&postgres.client.query(&statement, &[&true, &500.0, &50_i64])?)
        },
        |items| seen_items(items),
    )
}

fn aggregate(postgres: &mut Postgres, task: &Task<'_>) -> Outcome<Sample> {
    task.measure(
        || {
            let statement = postgres.prepare(GROUPS)?;
            let rows = postgres.client.query(&statement, &[&2010_i64])?;
            let group = |row: &postgres::Row| -> Outcome<Group> {
                Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
            };
            rows.iter().map(group).collect::<Outcome<Vec<_>>>()
        },
        |groups| seen_groups(groups),
    )
}
