// What is never written has no versions.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", read_only)]
struct Counted {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: i32,
}

fn main() {}
