use orm::prelude::*;

#[derive(Model, Clone, Default)]
#[orm(renamed_from = "authors", renamed_from = "writers")]
struct Author {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = author, renamed_from = "texts")]
    books: HasMany<Book>,
}

#[derive(Model, Clone, Default)]
struct Book {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = books)]
    #[orm(renamed_from = "writer_id")]
    author: Option<BelongsTo<Author>>,
}

fn main() {}
