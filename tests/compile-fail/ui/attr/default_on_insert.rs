use orm::prelude::*;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(default_on_insert = 1)]
    age: i32,
    #[orm(default = None, default_on_insert = Some(3))]
    size: Option<i32>,
    #[belongs_to]
    #[orm(default_on_insert = None)]
    friend: Option<BelongsTo<User>>,
}

fn main() {}
