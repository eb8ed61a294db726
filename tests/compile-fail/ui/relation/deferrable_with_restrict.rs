use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(on_delete = "restrict", deferrable)]
    parent: Option<BelongsTo<Node>>,
}

fn main() {}
