use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    age: Option<i32>,
}

#[derive(FromRow)]
struct Person {
    name: String,
    age: Option<i32>,
}

fn main() {
    let _ = User::query().select((User::name, User::id)).rows_as::<Person>();
}
