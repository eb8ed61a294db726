use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Post {
    #[orm(primary_key)]
    id: Deferred<i64>,
    #[orm(deferred = "texts")]
    title: String,
    #[orm(version)]
    version: Deferred<i64>,
    #[orm(default_on_insert = 1)]
    edits: Deferred<i64>,
}

fn main() {}
