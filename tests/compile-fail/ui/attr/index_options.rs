use orm::prelude::*;

#[derive(Model)]
#[orm(index(name descending), index(name, where = "x", where = "y"))]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(index(desc, email))]
    name: String,
    email: String,
}

fn main() {}
