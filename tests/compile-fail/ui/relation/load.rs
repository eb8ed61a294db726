use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children)]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, load = "eager")]
    children: HasMany<Node>,
}

#[derive(Model)]
struct Tree {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = tree, load = "write_only", ordering = place, order_by = place)]
    leaves: HasMany<Leaf>,
}

#[derive(Model)]
struct Leaf {
    #[orm(primary_key)]
    id: i64,
    place: i32,
    #[belongs_to(back_populates = leaves, load = "write_only")]
    tree: BelongsTo<Tree>,
}

fn main() {}
