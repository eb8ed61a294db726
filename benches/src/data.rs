//! The data of the benchmarks. It is made once, so that both sides of a comparison work on the same values.

use crate::models::{Comment, Person, Post, User};

pub(crate) const USERS: usize = 10_000;
pub(crate) const POSTS: usize = 3;
pub(crate) const COMMENTS: usize = 2;
pub(crate) const PEOPLE: i64 = 10_000;
pub(crate) const GETS: i64 = 1_000;

/// A user of the inserted graph, without keys and without types of the framework.
pub(crate) struct SeedUser {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) posts: Vec<SeedPost>,
}

pub(crate) struct SeedPost {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) comments: Vec<SeedComment>,
}

pub(crate) struct SeedComment {
    pub(crate) author: String,
    pub(crate) text: String,
}

/// 10,000 users with 3 posts each with 2 comments each: 100,000 rows.
pub(crate) fn graph() -> Vec<SeedUser> {
    (0..USERS)
        .map(|user| SeedUser {
            name: format!("user {user}"),
            email: format!("user{user}@example.com"),
            posts: (0..POSTS).map(|post| seed_post(user, post)).collect(),
        })
        .collect()
}

fn seed_post(user: usize, post: usize) -> SeedPost {
    let comment = |comment| SeedComment {
        author: format!("reader {comment}"),
        text: format!("comment {comment} on post {post} of user {user}"),
    };
    SeedPost {
        title: format!("post {post} of user {user}"),
        body: "A body of a few words, as bodies are.".into(),
        comments: (0..COMMENTS).map(comment).collect(),
    }
}

/// The same graph as values of the models.
pub(crate) fn values(graph: &[SeedUser]) -> Vec<User> {
    let comment =
        |seed: &SeedComment| Comment { author: seed.author.clone(), text: seed.text.clone(), ..Default::default() };
    let post = |seed: &SeedPost| Post {
        title: seed.title.clone(),
        body: seed.body.clone(),
        comments: seed.comments.iter().map(comment).collect(),
        ..Default::default()
    };
    let user = |seed: &SeedUser| User {
        name: seed.name.clone(),
        email: seed.email.clone(),
        posts: seed.posts.iter().map(post).collect(),
        ..Default::default()
    };
    graph.iter().map(user).collect()
}

/// The rows that are read.
pub(crate) fn people() -> impl Iterator<Item = Person> {
    (1..=PEOPLE).map(|id| Person {
        id,
        name: format!("person {id}"),
        email: format!("person{id}@example.com"),
        city: ["Tehran", "Leeds", "Osaka", "Lima"][(id % 4) as usize].into(),
        age: (id % 90) as i32,
        score: id as f64 / 7.0,
        active: id % 3 == 0,
        note: (id % 2 == 0).then(|| format!("note {id}")),
    })
}

/// The keys of the `get`s, spread over the table.
pub(crate) fn keys() -> impl Iterator<Item = i64> {
    (0..GETS).map(|n| n * 7_919 % PEOPLE + 1)
}
