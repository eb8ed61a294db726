use orm::prelude::*;

#[derive(Model)]
struct Tree {
    #[orm(primary_key)]
    id: i64,
    #[has_many(back_populates = tree, ordering = name)]
    leaves: HasMany<Leaf>,
}

#[derive(Model)]
struct Leaf {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[belongs_to(back_populates = leaves)]
    tree: BelongsTo<Tree>,
}

fn main() {}
