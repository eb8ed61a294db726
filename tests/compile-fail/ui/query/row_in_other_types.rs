use orm::prelude::*;

#[derive(Model, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    age: i32,
    weight: f64,
    nick: Option<String>,
}

fn main() {
    let _ = User::query().filter((User::age, User::name).in_([(1, 2)]));
}
