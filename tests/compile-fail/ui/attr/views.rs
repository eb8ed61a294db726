// A view is never written, and its query makes its columns.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", view, read_only)]
struct ReadTwice {
    total: i64,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", view = "SELECT 1 AS total", soft_delete = gone, index(total))]
struct Written {
    total: i64,
    gone: bool,
}

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", read_only)]
struct Counted {
    #[orm(primary_key)]
    id: i64,
    #[orm(version)]
    version: i32,
}

fn main() {}
