use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(on_delete = "set null")]
    parent: BelongsTo<Node>,
}

fn main() {}
