// A view is never written, and stores no rows.
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
#[orm(table = "report", view = "SELECT 1 AS total", soft_delete = gone, index(total))]
struct Report {
    total: i64,
    gone: bool,
}

fn main() {}
