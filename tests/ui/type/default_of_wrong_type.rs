use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    #[orm(default = "many")]
    count: i32,
    #[orm(default = 3)]
    name: String,
}

fn main() {}
