//! Brings a database through the history of the blog's schema, with rows in it on the way.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use blog::{Author, Comment, Tag};
use orm::catalog::Catalog;
use orm::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://".to_owned());
    let engine = Engine::connect(&url)?;
    let migrations = blog::migrations()?;
    let run = migrations.on(&engine).watch(|step| {
        if step.time.is_some() {
            println!("{}: {}", step.revision, step.statement.lines().next().unwrap_or_default());
        }
    });

    // The database as it was in the beginning, with a post.
    run.upgrade("+1")?;
    engine.connection()?.execute_script(
        "INSERT INTO author (id, name) VALUES (1, 'Ann Lee'); INSERT INTO post (id, title, author_id) VALUES (1, 'Hello World', 1)",
    )?;

    // A new version of the program starts: both branches, their merge, and what came after it.
    let done = run.upgrade("heads")?;
    println!("{} revisions, now at {}", done.len(), run.current()?.join(", "));

    // The rows are there, under the new names, and the step in Rust has filled the new column.
    let mut session = engine.session();
    let author = Author::query().filter(Author::full_name.eq("Ann Lee")).one(&mut session)?;
    let post = session.load(author, Author::posts)?[0];
    assert_eq!(session[post].slug.as_deref(), Some("hello-world"));
    session.add(Comment { text: "Nice".into(), post: post.into(), ..Default::default() });
    session.add(Tag { label: "greetings".into(), ..Default::default() });
    session.commit()?;

    // An upgraded database and one that was created from the models are the same.
    let mut catalog = engine.reflect()?;
    catalog.tables.retain(|table| table.name.name != "orm_revision");
    assert!(Catalog::of(blog::models(), engine.dialect())?.differences(&catalog).is_empty());

    // The way back loses comments and tags, which has to be allowed.
    assert!(run.downgrade("base").is_err());
    let undone = run.allow_destructive(true).downgrade("base")?;
    println!("{} revisions undone", undone.len());
    Ok(())
}
