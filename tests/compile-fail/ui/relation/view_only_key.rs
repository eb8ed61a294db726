use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(view_only)]
    parent: Option<BelongsTo<Node>>,
}

fn main() {}
