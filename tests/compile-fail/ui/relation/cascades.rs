use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children, cascade(save_updates, merge, merge))]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, cascade(everything))]
    children: HasMany<Node>,
}

fn main() {}
