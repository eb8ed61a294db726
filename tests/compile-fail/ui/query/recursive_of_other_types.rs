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

derived! {
    struct Homes { user: i64, homes: i64 }
}

fn main() {
    let _ = Address::query().group_by(Address::user_id).select((Address::user_id, count_all())).recursive(Homes, |homes| {
        homes.query().select((Homes::user, Homes::user.eq(1)))
    });
}
