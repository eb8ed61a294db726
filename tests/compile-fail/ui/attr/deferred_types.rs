use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct Post {
    #[orm(primary_key)]
    id: i64,
    #[orm(json)]
    tags: Deferred<Vec<String>>,
    #[orm(with = rot)]
    secret: Deferred<String>,
    nested: Deferred<Deferred<String>>,
    filled: Deferred<Generated<String>>,
    subtitle: Option<Deferred<String>>,
}

fn main() {}
