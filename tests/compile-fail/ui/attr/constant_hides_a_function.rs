use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct SearchLog {
    #[orm(primary_key)]
    id: i64,
    query: String,
    #[orm(column = "is_default")]
    default: bool,
}

fn main() {}
