use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children, passive_deletes)]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, passive_deletes = "some")]
    children: HasMany<Node>,
}

fn main() {}
