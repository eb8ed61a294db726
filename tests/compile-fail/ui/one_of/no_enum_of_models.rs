use orm::prelude::*;

#[derive(Model)]
struct Bot {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    owner: OneOf<String>,
}

fn main() {}
