use orm::prelude::*;

#[derive(Model)]
#[orm(index(nmae), unique(name, name), index(friends))]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[many_to_many(table = "friend")]
    friends: ManyToMany<User>,
}

fn main() {}
