// What the examples in the documentation share; each includes this file in hidden lines.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author")]
struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[has_many(back_populates = author, order_by = title, cascade(all, delete_orphan))]
    books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "book")]
struct Book {
    #[orm(primary_key)]
    id: i64,
    title: String,
    pages: i32,
    #[belongs_to(back_populates = books)]
    author: BelongsTo<Author>,
}

fn empty_library() -> orm::Result<Session> {
    let engine = Engine::connect("sqlite://")?;
    engine.create_all(models![Author, Book])?;
    Ok(engine.session())
}

fn library() -> orm::Result<Session> {
    let mut session = empty_library()?;
    let author = |name: &str| Author { name: name.into(), ..Default::default() };
    let book = |title: &str, pages| Book { title: title.into(), pages, ..Default::default() };
    session.add_all([
        Author { books: [book("Excession", 451), book("Matter", 593)].into(), ..author("Iain") },
        Author { books: [book("The Dispossessed", 341)].into(), ..author("Ursula") },
        author("Ted"),
    ]);
    session.commit()?;
    session.clear();
    Ok(session)
}
