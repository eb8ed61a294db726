use orm::prelude::*;

#[derive(Model, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
}

#[derive(Model, Clone, Default)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
}

fn main() {
    let _ = User::query().update(Post::title.set("x"));
}
