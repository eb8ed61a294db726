//! The workloads with the drivers alone.

mod postgres;
mod postgres_reads;
mod postgres_writes;
mod sqlite;
mod sqlite_reads;
mod sqlite_writes;

use std::collections::HashMap;

use orm_workloads::{Outcome, Seen, rows};

pub(crate) use postgres::{Postgres, ways as postgres_ways};
pub(crate) use sqlite::sqlite;

use crate::ours::Item;

struct User {
    id: i64,
    name: String,
    email: String,
}

struct Post {
    id: i64,
    user_id: i64,
    title: String,
    body: String,
}

type Nested = Vec<(User, Vec<Post>)>;

/// Brand, model, count and average price.
type Group = (String, String, i64, f64);

const ITEMS: &str = "SELECT id, a, b, c, score, active, created_at, note FROM items";

const GROUPS: &str = "SELECT b.name, m.name, count(*), avg(c.price) FROM cars c JOIN models m ON m.id = c.model_id \
                      JOIN brands b ON b.id = m.brand_id WHERE c.year >= $1 GROUP BY b.id, b.name, m.id, m.name \
                      ORDER BY avg(c.price) DESC";

/// Puts the posts into the lists of their users.
fn nest(users: Vec<User>, posts: impl Iterator<Item = Outcome<Post>>) -> Outcome<Nested> {
    let places: HashMap<i64, usize> = users.iter().enumerate().map(|(place, user)| (user.id, place)).collect();
    let mut nested: Nested = users.into_iter().map(|user| (user, Vec::new())).collect();
    for post in posts {
        let post = post?;
        nested[places[&post.user_id]].1.push(post);
    }
    Ok(nested)
}

/// Puts the posts of a join into lists: the rows of a user follow each other.
fn nest_joined(rows: impl Iterator<Item = Outcome<(User, Option<Post>)>>) -> Outcome<Nested> {
    let mut nested = Nested::new();
    for row in rows {
        let (user, post) = row?;
        if nested.last().is_none_or(|(last, _)| last.id != user.id) {
            nested.push((user, Vec::new()));
        }
        if let (Some((_, posts)), Some(post)) = (nested.last_mut(), post) {
            posts.push(post);
        }
    }
    Ok(nested)
}

fn seen_items(items: &[Item]) -> Outcome<Seen> {
    Ok(Seen::of(items.iter().map(Item::row)))
}

fn seen_nested(nested: &Nested) -> Outcome<Seen> {
    Ok(Seen::of(nested.iter().flat_map(|(user, posts)| {
        let posts = posts.iter().map(|post| rows::post(user.id, post.id, &post.title, &post.body));
        std::iter::once(rows::user(user.id, &user.name, &user.email)).chain(posts)
    })))
}

fn seen_groups(groups: &[Group]) -> Outcome<Seen> {
    Ok(Seen::of(groups.iter().map(|(brand, model, count, average)| rows::group(brand, model, *count, *average))))
}
