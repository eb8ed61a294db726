use orm::prelude::*;

#[derive(Model)]
struct User {
    name: String,
}

fn main() {}
