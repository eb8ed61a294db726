use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children, order_by = id, on_delete = "delete")]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, on_delete = "cascade", back_popluates = parent)]
    children: HasMany<Node>,
}

fn main() {}
