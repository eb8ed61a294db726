// A filter of a model reads that model.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author")]
struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "book", filter = Author::name.eq("Iain"))]
struct Book {
    #[orm(primary_key)]
    id: i64,
    title: String,
}

fn main() {}
