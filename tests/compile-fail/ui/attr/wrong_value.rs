use orm::prelude::*;

#[derive(Model)]
#[orm(table = users, index(), check(age))]
struct User {
    #[orm(primary_key = true)]
    id: i64,
    #[orm(length = "80")]
    name: String,
}

fn main() {}
