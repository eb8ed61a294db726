use orm::prelude::*;

#[derive(FromRow)]
struct Person {
    name: String,
    age: usize,
}

fn main() {}
