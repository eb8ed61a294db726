use orm::prelude::*;

#[derive(Model, Default)]
#[orm(table = "user")]
struct User {
    #[orm(primary_key, shard_key)]
    id: i64,
    #[orm(shard_key)]
    region: i64,
    #[has_many(back_populates = user)]
    #[orm(shard_key)]
    orders: HasMany<Order>,
}

#[derive(Model, Default)]
#[orm(table = "orders")]
struct Order {
    #[orm(primary_key)]
    id: i64,
    #[belongs_to(back_populates = orders)]
    #[orm(shard_key)]
    user: Option<BelongsTo<User>>,
}

fn main() {}
