// A filter is a condition over the model itself, and a mark is the time of a deletion or a `bool`.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "author", filter = Author::name)]
struct Author {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "note", soft_delete = text)]
struct Note {
    #[orm(primary_key)]
    id: i64,
    text: String,
}

fn main() {}
