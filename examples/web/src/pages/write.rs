use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{page, read};
use crate::accounts::{Account, Visitor};
use crate::db::Db;
use crate::posts::{self, Article, Draft};
use crate::problem::Problem;

/// The form of a post, as a browser sends it.
#[derive(Deserialize, Default)]
pub(super) struct PostForm {
    title: String,
    body: String,
    /// With commas between them.
    tags: String,
    /// The version that is changed.
    #[serde(default)]
    version: i64,
}

#[derive(Deserialize)]
pub(super) struct CommentForm {
    text: String,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormPage {
    visitor: Visitor,
    /// The post that is changed; a new one has none.
    slug: Option<String>,
    form: PostForm,
    problem: Option<Problem>,
    /// What somebody else has saved meanwhile.
    theirs: Option<Article>,
}

impl PostForm {
    fn draft(&self) -> Draft {
        let tags = self.tags.split(',').map(str::to_owned).collect();
        // Browsers end lines as the protocol does.
        Draft { title: self.title.trim().to_owned(), body: self.body.replace("\r\n", "\n"), tags }
    }

    fn of(post: Article) -> Self {
        Self { title: post.title, body: post.body, tags: post.tags.join(", "), version: post.version }
    }
}

pub(super) async fn blank(visitor: Visitor, _: Account) -> Response {
    page(StatusCode::OK, &FormPage { visitor, slug: None, form: PostForm::default(), problem: None, theirs: None })
}

pub(super) async fn create(
    visitor: Visitor,
    account: Account,
    mut db: Db,
    Form(form): Form<PostForm>,
) -> Result<Response, Problem> {
    let draft = form.draft();
    match db.run(move |session| posts::create(session, account.id, draft)).await {
        Ok(slug) => Ok(to_post(&slug)),
        Err(problem) if problem.fields.is_empty() => Err(problem),
        Err(problem) => {
            let status = problem.status();
            Ok(page(status, &FormPage { visitor, slug: None, form, problem: Some(problem), theirs: None }))
        }
    }
}

pub(super) async fn edit(
    visitor: Visitor,
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
) -> Result<Response, Problem> {
    let wanted = slug.clone();
    let post = db.run(move |session| posts::show(session, &wanted)).await?;
    if post.author != account.name {
        return Err(Problem::forbidden());
    }
    let form = PostForm::of(post);
    Ok(page(StatusCode::OK, &FormPage { visitor, slug: Some(slug), form, problem: None, theirs: None }))
}

/// Saves a change. When there is a newer version, the form comes back with both, and is then one of the newer version: to send it again is to
/// overwrite knowingly.
pub(super) async fn change(
    visitor: Visitor,
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
    Form(mut form): Form<PostForm>,
) -> Result<Response, Problem> {
    let (draft, wanted, version) = (form.draft(), slug.clone(), form.version);
    let changed = db.run(move |session| posts::change(session, &wanted, account.id, draft, version));
    let Err(problem) = changed.await else { return Ok(to_post(&slug)) };
    let mut theirs = None;
    if problem.is_stale() {
        let wanted = slug.clone();
        let newer = db.run(move |session| {
            session.rollback()?;
            posts::show(session, &wanted)
        });
        let newer = newer.await?;
        form.version = newer.version;
        theirs = Some(newer);
    } else if problem.fields.is_empty() {
        return Err(problem);
    }
    Ok(page(problem.status(), &FormPage { visitor, slug: Some(slug), form, problem: Some(problem), theirs }))
}

pub(super) async fn delete(account: Account, mut db: Db, Path(slug): Path<String>) -> Result<Response, Problem> {
    db.run(move |session| posts::delete(session, &slug, account.id)).await?;
    Ok(Redirect::to("/deleted").into_response())
}

pub(super) async fn restore(account: Account, mut db: Db, Path(slug): Path<String>) -> Result<Response, Problem> {
    let wanted = slug.clone();
    db.run(move |session| posts::restore(session, &wanted, account.id)).await?;
    Ok(to_post(&slug))
}

pub(super) async fn comment(
    visitor: Visitor,
    account: Account,
    mut db: Db,
    Path(slug): Path<String>,
    Form(form): Form<CommentForm>,
) -> Result<Response, Problem> {
    let (wanted, text) = (slug.clone(), form.text.clone());
    let added = db.run(move |session| posts::comment(session, &wanted, account.id, text)).await;
    match added {
        Ok(()) => Ok(Redirect::to(&format!("/posts/{slug}#comments")).into_response()),
        Err(problem) if problem.fields.is_empty() => Err(problem),
        Err(problem) => {
            let post = db.run(move |session| {
                session.rollback()?;
                posts::show(session, &slug)
            });
            Ok(read::with_refused_comment(visitor, post.await?, form.text, problem))
        }
    }
}

fn to_post(slug: &str) -> Response {
    Redirect::to(&format!("/posts/{slug}")).into_response()
}
