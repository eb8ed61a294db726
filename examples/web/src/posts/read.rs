use std::collections::HashMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use orm::functions::{count, count_all, lower};
use orm::prelude::*;
use orm::{Cursor, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::write::own;
use crate::models::{Audit, Change, Comment, Post, Tag, User};
use crate::problem::Problem;

/// How many posts a page has.
const PAGE: u64 = 6;

/// How many characters of a post a list shows.
const SUMMARY: usize = 220;

/// What is searched for. Each field may be missing.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// A text in the title or in the body.
    pub q: Option<String>,
    /// The name of the author.
    pub author: Option<String>,
    /// A tag.
    pub tag: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
}

/// One page of posts, the newest first.
#[derive(Serialize, ToSchema, Debug)]
pub struct Listing {
    /// The posts.
    pub posts: Vec<Card>,
    /// For `after`, to go on; missing on the last page.
    pub next: Option<String>,
}

/// A post in a list.
#[derive(Serialize, ToSchema, Debug)]
pub struct Card {
    /// Its place in URLs.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How it begins.
    pub summary: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// What it is about.
    pub tags: Vec<String>,
    /// How many comments it has.
    pub comments: i64,
}

/// A post as a whole.
#[derive(Serialize, ToSchema, Debug, Clone, Default)]
pub struct Article {
    /// Its place in URLs.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
    /// Counts the changes. A change names the version that it changes.
    pub version: i64,
    /// What it is about.
    pub tags: Vec<String>,
    /// What readers say.
    pub comments: Vec<Remark>,
}

/// A comment.
#[derive(Serialize, ToSchema, Debug, Clone)]
pub struct Remark {
    /// Who wrote it.
    pub author: String,
    /// Its text.
    pub text: String,
    /// When.
    pub written_at: DateTime<Utc>,
}

/// A change of a post.
#[derive(Debug)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// `Insert`, `Update` or `Delete`.
    pub action: String,
    /// The fields.
    pub changes: Vec<Change>,
}

/// A tag, and how many posts have it.
#[derive(FromRow, Debug)]
pub struct TagCount {
    /// Its name.
    pub name: String,
    /// How many.
    pub posts: i64,
}

impl Search {
    /// A field that a form sends empty is one that is missing.
    #[must_use]
    pub fn filled(self) -> Self {
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self { q: filled(self.q), author: filled(self.author), tag: filled(self.tag), after: filled(self.after) }
    }

    /// Whether it asks for something.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        self.q.is_some() || self.author.is_some() || self.tag.is_some()
    }

    fn query(&self) -> Result<Query<Post>, Problem> {
        let after = self.after.as_deref().map(str::parse::<Cursor>).transpose();
        let after = after.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "There is no such page"))?;
        let has_text = |q: &str| {
            let q = q.to_lowercase();
            (lower(Post::title).contains(&q) | lower(Post::body).contains(&q)).of()
        };
        Ok(Post::live()
            .filter_opt(self.q.as_deref().map(has_text))
            .filter_opt(self.author.as_deref().map(|name| Post::author.has(User::name.eq(name))))
            .filter_opt(self.tag.as_deref().map(|tag| Post::tags.any(Tag::name.eq(tag))))
            .order_by(Post::written_at.desc())
            .after(after))
    }
}

/// A page of the posts that are searched for: their authors come with them, tags and numbers of comments in a statement each.
///
/// # Errors
///
/// 400 for a page that is none.
pub fn search(session: &mut Session, search: &Search) -> Result<Listing, Problem> {
    let query = search.query()?.include(Post::author.joined()).include(Post::tags);
    let slice = query.slice(session, PAGE)?;
    Ok(Listing { posts: cards(session, &slice.items)?, next: slice.next.map(|cursor| cursor.to_string()) })
}

/// The posts that a user has deleted.
///
/// # Errors
///
/// Those of the database.
pub fn deleted(session: &mut Session, author: i64) -> Result<Vec<Card>, Problem> {
    let query = Post::query().filter(Post::deleted_at.is_not_null()).filter(Post::author_id.eq(author));
    let query = query.include(Post::author.joined()).include(Post::tags).order_by(Post::deleted_at.desc());
    let posts = query.all(session)?;
    cards(session, &posts)
}

fn cards(session: &mut Session, posts: &[Handle<Post>]) -> Result<Vec<Card>, Problem> {
    let ids: Vec<i64> = posts.iter().map(|&post| session[post].id).collect();
    let comments: HashMap<i64, i64> = Comment::query()
        .filter(Comment::post_id.in_(ids))
        .group_by(Comment::post_id)
        .select((Comment::post_id, count_all()))
        .all(session)?
        .into_iter()
        .collect();
    let card = |&handle: &Handle<Post>| {
        let post = &session[handle];
        Ok(Card {
            slug: post.slug.clone(),
            title: post.title.clone(),
            summary: summary(&post.body),
            author: session[&post.author].name.clone(),
            written_at: *post.written_at,
            tags: tag_names(session, handle)?,
            comments: comments.get(&post.id).copied().unwrap_or_default(),
        })
    };
    posts.iter().map(card).collect()
}

fn tag_names(session: &Session, post: Handle<Post>) -> Result<Vec<String>, Problem> {
    Ok(session.related(post, Post::tags)?.iter().map(|&tag| session[tag].name.clone()).collect())
}

/// The first paragraph, cut after a word.
fn summary(body: &str) -> String {
    let first = body.trim().lines().next().unwrap_or_default();
    let Some((end, _)) = first.char_indices().nth(SUMMARY) else { return first.to_owned() };
    let cut = &first[..end];
    format!("{}…", cut.rsplit_once(' ').map_or(cut, |(words, _)| words))
}

/// A post with its comments.
///
/// # Errors
///
/// 404 when there is none, or it was deleted.
pub fn show(session: &mut Session, slug: &str) -> Result<Article, Problem> {
    let query = Post::live().filter(Post::slug.eq(slug));
    let query = query.include(Post::author.joined()).include(Post::tags).include(Post::comments.then(Comment::author));
    let handle = query.one(session)?;
    let post = &session[handle];
    let remark = |&comment: &Handle<Comment>| {
        let comment = &session[comment];
        let author = session[&comment.author].name.clone();
        Remark { author, text: comment.text.clone(), written_at: *comment.written_at }
    };
    Ok(Article {
        slug: post.slug.clone(),
        title: post.title.clone(),
        body: post.body.clone(),
        author: session[&post.author].name.clone(),
        written_at: *post.written_at,
        changed_at: *post.changed_at,
        version: post.version,
        tags: tag_names(session, handle)?,
        comments: session.related(handle, Post::comments)?.iter().map(remark).collect(),
    })
}

/// The tags of the posts, the most frequent ones first.
///
/// # Errors
///
/// Those of the database.
pub fn tags(session: &mut Session) -> Result<Vec<TagCount>, Problem> {
    let query = Tag::query().join(Tag::posts).filter(Post::deleted_at.is_null()).group_by(Tag::name);
    let query = query.order_by((count(Post::id).desc(), Tag::name)).limit(12);
    Ok(query.select((Tag::name, count(Post::id))).rows_as::<TagCount>().all(session)?)
}

/// What happened to a post, the latest change first, for its author.
///
/// # Errors
///
/// 404 when there is no such post, 403 for others.
pub fn history(session: &mut Session, slug: &str, by: i64) -> Result<(String, Vec<Entry>), Problem> {
    let post = own(session, slug, by)?;
    let row = session[post].id.to_string();
    let query = Audit::query().filter(Audit::model.eq("Post")).filter(Audit::row.eq(row)).order_by(Audit::id.desc());
    let entry = |line: Audit| Entry { at: line.at, actor: line.actor, action: line.action, changes: line.changes };
    let entries = query.values(session)?.into_iter().map(entry).collect();
    Ok((session[post].title.clone(), entries))
}
