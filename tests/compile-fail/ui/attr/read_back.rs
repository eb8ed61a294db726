// A row is found by its key, before anything comes back.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Counted {
    #[orm(primary_key, read_back)]
    id: i64,
}

fn main() {}
