use orm::prelude::*;

#[derive(Model)]
#[orm(table = "visit")]
struct Visit {
    #[orm(primary_key, format = "blob")]
    id: i64,
}

fn main() {}
