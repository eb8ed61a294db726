use orm::prelude::*;

#[derive(Model, Default)]
struct User {
    #[orm(primary_kye)]
    id: i64,
    name: String,
    #[has_many(back_populates = user)]
    posts: HasMany<Post>,
}

#[derive(Model, Default)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = posts)]
    user: BelongsTo<User>,
}

fn use_both() {
    let _ = (User::name, User::posts, Post::user_id, User::default().snapshot());
}

fn main() {}
