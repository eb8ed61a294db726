use orm::prelude::*;

#[derive(Model)]
struct Detail {
    #[orm(primary_key)]
    id: i64,
}

#[derive(Model)]
struct Order {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(cascade(all, delete_orphan))]
    detail: Option<BelongsTo<Detail>>,
    #[many_to_many(table = "order_detail", cascade(all, delete_orphan))]
    details: ManyToMany<Detail>,
    #[belongs_to(single_parent, cascade(all, delete_orphan))]
    other: Option<BelongsTo<Detail>>,
}

fn main() {}
