use orm::prelude::*;

fn short(text: &str, _: &User) -> Result<(), &'static str> {
    if text.len() < 9 { Ok(()) } else { Err("is too long") }
}

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(validate = short)]
    age: i32,
    #[orm(validate = unknown)]
    name: String,
}

fn main() {}
