use orm::functions::*;
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
    let _ = User::query().select(case().when(User::age.lt(18), "minor"));
}
