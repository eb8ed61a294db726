use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    body: Deferred<String>,
}

fn length(post: &Post) -> usize {
    post.body.len()
}

fn main() {}
