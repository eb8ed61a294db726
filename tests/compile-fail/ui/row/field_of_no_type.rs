use orm::prelude::*;

#[derive(FromRow)]
struct Person {
    name: String,
    age: u8,
}

fn main() {}
