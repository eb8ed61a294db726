use orm::prelude::*;

#[derive(FromRow)]
struct Pair<T> {
    name: String,
    value: T,
}

fn main() {}
