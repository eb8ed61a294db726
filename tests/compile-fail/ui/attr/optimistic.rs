//! What an UPDATE compares.

use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "a", optimistic(of))]
struct Misspelled {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "b", optimistic(off, columns(id)))]
struct OffAndOn {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "c", optimistic(columns(nothing)))]
struct NoField {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "d", optimistic(off), optimistic(columns(id)))]
struct Twice {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
