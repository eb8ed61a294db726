use orm::prelude::*;

#[derive(FromRow)]
#[orm(table = "person")]
struct Person {
    #[orm(colum = "full_name")]
    name: String,
    #[orm(column = "")]
    city: String,
    #[orm(column = "age", column = "years")]
    age: i32,
}

#[derive(FromRow)]
struct Twice {
    name: String,
    #[orm(column = "name")]
    full_name: String,
}

fn main() {}
