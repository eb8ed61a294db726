use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to]
    parent: Option<BelongsTo<Node>>,
    #[belongs_to(back_populates = children, deferrable, deferrable)]
    other: BelongsTo<Node>,
    #[has_many(back_populates = other, deferrable)]
    children: HasMany<Node>,
    #[orm(deferrable)]
    name: String,
}

fn main() {}
