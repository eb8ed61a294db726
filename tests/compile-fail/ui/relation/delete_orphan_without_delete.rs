use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children)]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, cascade(save_update, delete_orphan))]
    children: HasMany<Node>,
}

fn main() {}
