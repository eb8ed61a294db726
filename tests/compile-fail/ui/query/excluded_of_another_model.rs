use orm::functions::excluded;
use orm::prelude::*;

#[derive(Model, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(unique)]
    name: String,
    age: Option<i32>,
}

#[derive(Model, Clone, Default)]
struct Order {
    #[orm(primary_key)]
    id: i64,
    note: String,
    total: i32,
}

fn main() {
    let _ = User::insert(User::default()).on_conflict(User::name).do_update(User::age.set(excluded(Order::total)));
}
