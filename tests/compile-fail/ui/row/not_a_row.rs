use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    age: Option<i32>,
}

struct Person {
    name: String,
}

fn main() {
    let _ = User::query().select((User::name,)).rows_as::<Person>();
}
