use orm::prelude::*;

#[derive(Model)]
struct Place {
    #[orm(primary_key)]
    id: i64,
    #[orm(default = Some(1))]
    count: i32,
    #[orm(default = 3)]
    name: String,
}

fn main() {}
