use chrono::Utc;
use orm::BelongsTo;
use orm::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::models::{Comment, Post, Tag};
use crate::problem::Problem;

/// What an author writes.
#[derive(Deserialize, ToSchema, Debug, Clone, Default)]
pub struct Draft {
    /// The title.
    pub title: String,
    /// Paragraphs with blank lines between them.
    pub body: String,
    /// What it is about.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Writes a new post, and returns its slug.
///
/// # Errors
///
/// Fields that are wrong, and a title that another post has.
pub fn create(session: &mut Session, author: i64, draft: Draft) -> Result<String, Problem> {
    let post = add(session, author, draft)?;
    flush(session)?;
    Ok(session[post].slug.clone())
}

/// Adds a new post, for the next flush.
///
/// # Errors
///
/// 422 for a title that no slug can be made of.
pub fn add(session: &mut Session, author: i64, draft: Draft) -> Result<Handle<Post>, Problem> {
    let Draft { title, body, tags } = draft;
    let slug = slug(&title);
    if slug.is_empty() {
        return Err(Problem::field("title", "needs a letter or a digit"));
    }
    let post = session.add(Post { slug, title, body, author: BelongsTo::key(author), ..Default::default() });
    set_tags(session, post, tags)?;
    Ok(post)
}

/// Changes the version of a post that its author has seen.
///
/// # Errors
///
/// 409 when there is a newer version, which the UPDATE itself finds out if two are as quick as that; fields that are wrong, and as `own`.
pub fn change(session: &mut Session, slug: &str, by: i64, draft: Draft, version: i64) -> Result<(), Problem> {
    let post = own(session, slug, by)?;
    if session[post].version != version {
        return Err(Problem::stale());
    }
    session[post].title = draft.title;
    session[post].body = draft.body;
    session[post].changed_at = Utc::now().into(); // so that tags alone make a new version, too
    set_tags(session, post, draft.tags)?;
    flush(session)
}

/// Marks a post as deleted.
///
/// # Errors
///
/// As `own`.
pub fn delete(session: &mut Session, slug: &str, by: i64) -> Result<(), Problem> {
    let post = own(session, slug, by)?;
    session[post].deleted_at = Some(Utc::now());
    Ok(session.flush()?)
}

/// Brings a deleted post back.
///
/// # Errors
///
/// As `own`.
pub fn restore(session: &mut Session, slug: &str, by: i64) -> Result<(), Problem> {
    let post = own(session, slug, by)?;
    session[post].deleted_at = None;
    Ok(session.flush()?)
}

/// Adds a comment to a post.
///
/// # Errors
///
/// 404 when there is no such post, 422 for an empty comment.
pub fn comment(session: &mut Session, slug: &str, author: i64, text: String) -> Result<(), Problem> {
    let post = Post::live().filter(Post::slug.eq(slug)).one(session)?;
    session.add(Comment { text, author: BelongsTo::key(author), post: post.into(), ..Default::default() });
    Ok(session.flush()?)
}

/// A post of the user `by`, deleted or not.
///
/// # Errors
///
/// 404 when there is none, 403 when it is somebody else's.
pub(super) fn own(session: &mut Session, slug: &str, by: i64) -> Result<Handle<Post>, Problem> {
    let post = Post::query().filter(Post::slug.eq(slug)).one(session)?;
    if session[post].author.as_key() == Some(&by) { Ok(post) } else { Err(Problem::forbidden()) }
}

/// Gives a post these tags. Those that there are none of yet are made.
fn set_tags(session: &mut Session, post: Handle<Post>, names: Vec<String>) -> Result<(), Problem> {
    let mut names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    let known = Tag::query().filter(Tag::name.in_(&names)).all(session)?;
    let mut tags = Vec::new();
    for name in names {
        let found = known.iter().copied().find(|&tag| session[tag].name == name);
        tags.push(found.unwrap_or_else(|| session.add(Tag { name, ..Default::default() })));
    }
    session.set(post, Post::tags, tags)?;
    Ok(())
}

/// Names what is wrong as the draft does: a slug is made of a title, and the name of a tag is one of the tags.
fn flush(session: &mut Session) -> Result<(), Problem> {
    session.flush().map_err(|error| Problem::from(error).renamed("slug", "title").renamed("name", "tags"))
}

/// The letters and digits of a title, with hyphens between the words.
fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
