use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    title: String,
    body: Deferred<String>,
}

fn main() {
    let _ = Post::query().undefer(Post::title);
}
