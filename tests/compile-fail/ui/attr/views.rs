// A view is read-only already.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", view, read_only)]
struct Report {
    total: i64,
}

fn main() {}
