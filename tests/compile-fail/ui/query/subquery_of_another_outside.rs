use orm::functions::exists;
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

fn main() {
    let homes = Address::query().correlate::<User>().filter(Address::user_id.eq(User::id));
    let _ = Address::query().filter(exists(homes));
}
