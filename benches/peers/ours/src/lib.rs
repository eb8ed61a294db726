//! The models of the service, and the rows that all services answer from.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author")]
pub struct Author {
    #[orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i32,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "post", index(author))]
pub struct Post {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(column = "author_id")]
    pub author: BelongsTo<Author>,
    pub title: String,
    pub body: String,
    #[has_many(back_populates = post)]
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "comment", index(post))]
pub struct Comment {
    #[orm(primary_key)]
    pub id: i64,
    #[belongs_to(column = "post_id", back_populates = comments)]
    pub post: BelongsTo<Post>,
    pub body: String,
}

/// The rows of each table.
pub const AUTHORS: i64 = 1_000;
pub const POSTS: i64 = 10_000;
pub const COMMENTS: i64 = 3;

/// Makes the tables anew, with the same rows each time.
///
/// # Errors
///
/// Those of the database.
pub fn seed(engine: &Engine) -> orm::Result<()> {
    engine.drop_all(models![Author, Post, Comment])?;
    engine.create_all(models![Author, Post, Comment])?;
    let mut session = engine.session();
    let author = |id| Author {
        id,
        name: format!("Author {id}"),
        email: format!("author{id}@example.com"),
        age: 20 + (id % 60) as i32,
    };
    Author::bulk_insert((1..=AUTHORS).map(author)).execute(&mut session)?;
    let post = |id| Post {
        id,
        author: BelongsTo::key(1 + id % AUTHORS),
        title: format!("Post {id}"),
        body: "some text of a post. ".repeat(20),
        ..Default::default()
    };
    Post::bulk_insert((1..=POSTS).map(post)).execute(&mut session)?;
    let comment = |number| Comment {
        post: BelongsTo::key(1 + number % POSTS),
        body: format!("Comment {number}"),
        ..Default::default()
    };
    Comment::bulk_insert((0..POSTS * COMMENTS).map(comment)).execute(&mut session)?;
    session.commit()
}
