use orm::prelude::*;

#[derive(Model)]
enum Color {
    Red,
}

#[derive(Model)]
struct Pair(i64, String);

#[derive(Model)]
struct Nothing;

#[derive(Model)]
struct Generic<T> {
    #[orm(primary_key)]
    id: i64,
    value: T,
}

fn main() {}
