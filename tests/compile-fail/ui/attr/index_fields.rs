use orm::prelude::*;

#[derive(Model)]
#[orm(index(name, include(emial)), unique(name, include(name)))]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    email: String,
    #[orm(index(desc))]
    #[many_to_many(table = "friend")]
    friends: ManyToMany<User>,
}

fn main() {}
