use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;

use super::page;
use crate::accounts::{Account, Visitor};
use crate::db::Db;
use crate::posts::{self, Article, Card, Entry, Listing, Search, TagCount};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    visitor: Visitor,
    search: Search,
    listing: Listing,
    tags: Vec<TagCount>,
}

#[derive(Template)]
#[template(path = "post.html")]
struct PostPage {
    visitor: Visitor,
    post: Article,
    comment: String,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "deleted.html")]
struct DeletedPage {
    visitor: Visitor,
    posts: Vec<Card>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage {
    visitor: Visitor,
    slug: String,
    title: String,
    entries: Vec<Entry>,
}

pub(super) async fn list(visitor: Visitor, mut db: Db, Query(search): Query<Search>) -> Result<Response, Problem> {
    let search = search.filled();
    let wanted = search.clone();
    let found = db.run(move |session| Ok((posts::search(session, &wanted)?, posts::tags(session)?)));
    let (listing, tags) = found.await?;
    Ok(page(StatusCode::OK, &ListPage { visitor, search, listing, tags }))
}

pub(super) async fn show(visitor: Visitor, mut db: Db, Path(slug): Path<String>) -> Result<Response, Problem> {
    let post = db.run(move |session| posts::show(session, &slug)).await?;
    Ok(page(StatusCode::OK, &PostPage { visitor, post, comment: String::new(), problem: None }))
}

/// The page of a post, with the comment that could not be added.
pub(super) fn with_refused_comment(visitor: Visitor, post: Article, comment: String, problem: Problem) -> Response {
    page(problem.status(), &PostPage { visitor, post, comment, problem: Some(problem) })
}

pub(super) async fn deleted(visitor: Visitor, account: Account, mut db: Db) -> Result<Response, Problem> {
    let posts = db.run(move |session| posts::deleted(session, account.id)).await?;
    Ok(page(StatusCode::OK, &DeletedPage { visitor, posts }))
}

pub(super) async fn history(
    visitor: Visitor,
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let wanted = slug.clone();
    let (title, entries) = db.run(move |session| posts::history(session, &wanted, account.id)).await?;
    Ok(page(StatusCode::OK, &HistoryPage { visitor, slug, title, entries }))
}
