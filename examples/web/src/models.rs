//! What the blog keeps.

use chrono::{DateTime, Utc};
use orm::prelude::*;
use serde::{Deserialize, Serialize};

/// Who writes posts and comments.
#[derive(Model, Clone, Default)]
#[orm(table = "users")]
pub struct User {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// The name that everybody sees.
    #[orm(unique, length = 40, validate = is_name)]
    pub name: String,
    /// The hash of the password, with its salt, as Argon2 writes it.
    #[orm(secret)]
    pub password: String,
    /// When the account was opened.
    #[orm(default_on_insert = Utc::now())]
    pub joined_at: Generated<DateTime<Utc>>,
    /// What this user wrote.
    #[has_many(back_populates = author)]
    pub posts: HasMany<Post>,
}

/// A browser, or a client of the API, that has signed in.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "sign_in")]
pub struct SignIn {
    /// The SHA-256 of the token that the client has. Who reads the table cannot sign in with it.
    #[orm(primary_key)]
    pub token: String,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Whose it is.
    #[orm(index)]
    #[belongs_to(on_delete = "cascade")]
    pub user: BelongsTo<User>,
}

/// A post.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "post")]
pub struct Post {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its place in URLs. It stays when the title changes.
    #[orm(unique, length = 200)]
    pub slug: String,
    /// Its title.
    #[orm(length = 200, validate = is_title)]
    pub title: String,
    /// Its text: paragraphs with blank lines between them.
    #[orm(validate = is_text)]
    pub body: String,
    /// Counts the changes, so that an edit does not overwrite another one.
    #[orm(version)]
    pub version: i64,
    /// When it was written. The list of posts is in this order.
    #[orm(index, default_on_insert = Utc::now())]
    pub written_at: Generated<DateTime<Utc>>,
    /// When it was changed last.
    #[orm(default_on_insert = Utc::now())]
    pub changed_at: Generated<DateTime<Utc>>,
    /// When it was deleted. It is kept, and its author may bring it back.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Who wrote it.
    #[orm(index)]
    #[belongs_to(back_populates = posts)]
    pub author: BelongsTo<User>,
    /// What it is about.
    #[many_to_many(table = "post_tag", back_populates = posts, order_by = name)]
    pub tags: ManyToMany<Tag>,
    /// What readers say.
    #[has_many(back_populates = post, order_by = id)]
    pub comments: HasMany<Comment>,
}

impl Post {
    /// The posts that are not deleted. Whatever readers see begins here.
    pub fn live() -> orm::Query<Self> {
        Self::query().filter(Self::deleted_at.is_null())
    }
}

/// What a reader says about a post.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "comment")]
pub struct Comment {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its text.
    #[orm(validate = is_text)]
    pub text: String,
    /// When it was written.
    #[orm(default_on_insert = Utc::now())]
    pub written_at: Generated<DateTime<Utc>>,
    /// Who wrote it.
    #[belongs_to]
    pub author: BelongsTo<User>,
    /// The post.
    #[orm(index)]
    #[belongs_to(back_populates = comments)]
    pub post: BelongsTo<Post>,
}

/// What posts are about.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "tag")]
pub struct Tag {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// Its name, in small letters.
    #[orm(unique, length = 40, validate = is_name)]
    pub name: String,
    /// The posts about it.
    #[many_to_many(table = "post_tag", back_populates = tags)]
    pub posts: ManyToMany<Post>,
}

/// A row that somebody wrote, with what changed in it.
#[derive(Model, Debug, Clone, Default)]
#[orm(table = "audit", index(model, row))]
pub struct Audit {
    /// Its key.
    #[orm(primary_key)]
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the name of a user.
    pub actor: String,
    /// `Insert`, `Update` or `Delete`.
    pub action: String,
    /// The model of the row.
    pub model: String,
    /// The key of the row.
    pub row: String,
    /// The columns.
    #[orm(json)]
    pub changes: Vec<Change>,
}

/// A column that changed.
#[derive(Serialize, Deserialize, Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The field of the model.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

fn is_name<M>(name: &str, _: &M) -> Result<(), &'static str> {
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    match name.chars().count() {
        2..=40 if name.chars().all(is_fit) => Ok(()),
        2..=40 => Err("may have letters, digits, hyphens, underscores and dots only"),
        _ => Err("needs 2 to 40 characters"),
    }
}

fn is_title<M>(title: &str, _: &M) -> Result<(), &'static str> {
    match title.trim().chars().count() {
        0 => Err("must not be empty"),
        1..=120 => Ok(()),
        _ => Err("may have at most 120 characters"),
    }
}

fn is_text<M>(text: &str, _: &M) -> Result<(), &'static str> {
    if text.trim().is_empty() { Err("must not be empty") } else { Ok(()) }
}
