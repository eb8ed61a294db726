use orm::prelude::*;

#[derive(Model)]
#[orm(index(name, using = "btree"), unique(name, using = "hash"), index(where = "name IS NULL"))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(index(nulls_not_distinct))]
    name: String,
}

fn main() {}
