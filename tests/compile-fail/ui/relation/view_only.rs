use orm::prelude::*;

#[derive(Model)]
struct Node {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = children)]
    parent: Option<BelongsTo<Node>>,
    #[has_many(back_populates = parent, view_only, passive_deletes, cascade(all, delete_orphan, expunge))]
    children: HasMany<Node>,
    #[many_to_many(table = "friend", view_only, single_parent, cascade(save_update))]
    friends: ManyToMany<Node>,
    #[many_to_many(table = "friend", view_only, cascade(expunge, refresh_expire))]
    fine: ManyToMany<Node>,
}

fn main() {}
