//! A blog whose schema has a history: two branches, their merge, a rename and a step in Rust.

use orm::migrate::Migrations;
use orm::prelude::*;
use orm::schema::TableDef;

/// Who writes.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author")]
pub struct Author {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// It was called `name` in the first revision.
    #[orm(unique)]
    pub full_name: String,
    /// What it has written.
    #[has_many(back_populates = author)]
    pub posts: HasMany<Post>,
}

/// What is written.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "post")]
pub struct Post {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its place in URLs, which a step in Rust has made for the posts that were there.
    #[orm(index)]
    pub slug: Option<String>,
    /// Its author.
    #[belongs_to(back_populates = posts)]
    pub author: Option<BelongsTo<Author>>,
}

/// What readers say. It came with one branch.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "comment")]
pub struct Comment {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its text.
    pub text: String,
    /// Its post.
    #[belongs_to(on_delete = "cascade")]
    pub post: BelongsTo<Post>,
}

/// What posts are about. It came with the other branch.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tag")]
pub struct Tag {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its name.
    #[orm(unique)]
    pub label: String,
}

/// The tables of all models.
pub fn models() -> [&'static TableDef; 4] {
    models![Author, Post, Comment, Tag]
}

/// The steps in Rust that scripts call.
pub fn with_steps(migrations: Migrations) -> Migrations {
    migrations.step("slugs", |connection| {
        connection.execute("UPDATE post SET slug = replace(lower(title), ' ', '-')", &[]).map(drop)
    })
}

/// The revisions, inside the program.
///
/// # Errors
///
/// What is wrong with their files.
pub fn migrations() -> orm::migrate::Result<Migrations> {
    Ok(with_steps(orm::migrate::embed!("migrations")?))
}
