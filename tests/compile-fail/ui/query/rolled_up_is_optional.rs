use orm::functions::count_all;
use orm::prelude::*;

#[derive(Model, Debug, Clone, Default)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    age: i32,
    #[has_many(back_populates = user)]
    addresses: HasMany<Address>,
}

#[derive(Model, Debug, Clone, Default)]
struct Address {
    #[orm(primary_key)]
    id: i64,
    city: String,
    #[belongs_to(back_populates = addresses)]
    user: BelongsTo<User>,
}

fn main() -> orm::Result<()> {
    let mut session = Engine::connect("sqlite://")?.session();
    let _: Vec<(String, i64)> =
        User::query().group_by_rollup(User::name).select((User::name, count_all())).all(&mut session)?;
    Ok(())
}
