// The field of a mark is one of the struct, and is named once.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "note", soft_delete = deleted)]
struct Note {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "memo", soft_delete)]
struct Memo {
    #[orm(primary_key)]
    id: i64,
    gone: bool,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "letter", soft_delete = gone, soft_delete = gone)]
struct Letter {
    #[orm(primary_key)]
    id: i64,
    gone: bool,
}

fn main() {}
