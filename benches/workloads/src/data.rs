//! The values that are written. They are made outside of what is measured, without types of any peer.

/// A user with posts that are not stored.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its name.
    pub name: String,
    /// Its address.
    pub email: String,
    /// Three of them.
    pub posts: Vec<NewPost>,
}

/// A post with the texts of its comments.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The texts of two comments.
    pub comments: Vec<String>,
}

/// A row of eight columns.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// The key, which the database does not choose.
    pub id: i64,
    /// A short text.
    pub a: String,
    /// One of twenty texts.
    pub b: String,
    /// A longer text.
    pub c: String,
    /// A number of tenths.
    pub score: f64,
    /// True for two of three.
    pub active: bool,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// NULL in every other row.
    pub note: Option<String>,
}

/// `users` users with three posts each with two comments each.
pub fn graph(users: usize) -> Vec<NewUser> {
    let post = |user: usize, post: usize| NewPost {
        title: format!("Post {post} of {user}"),
        body: format!("The body of post number {post} is a bit longer than the title"),
        comments: (0..2).map(|comment| format!("Comment number {comment}")).collect(),
    };
    let user = |user: usize| NewUser {
        name: format!("User {user}"),
        email: format!("user{user}@example.com"),
        posts: (0..3).map(|number| post(user, number)).collect(),
    };
    (1..=users).map(user).collect()
}

/// `count` rows with the keys from `first` on.
pub fn items(first: i64, count: usize) -> Vec<NewItem> {
    let item = |id: i64| NewItem {
        id,
        a: format!("name-{id}"),
        b: format!("category-{}", id % 20),
        c: format!("a somewhat longer description text of row number {id}"),
        score: (id * 6007 % 10007) as f64 / 10.0,
        active: id % 3 != 0,
        created_at: (1_767_225_600 + id * 7919 % 10007) * 1_000_000 + 123_456,
        note: (id % 2 != 0).then(|| format!("note {id}")),
    };
    (first..).take(count).map(item).collect()
}

/// A thousand keys of 1 to 10,000, spread.
pub fn lookup_keys() -> Vec<i64> {
    (0..1000).map(|number| 1 + number * 7919 % 10_000).collect()
}

/// Whether the loaded row of this number is changed: every tenth is.
pub fn is_dirty(index: usize) -> bool {
    index.is_multiple_of(10)
}
