use orm::prelude::*;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(computed = "id + 1", validate = positive)]
    next: i64,
    #[belongs_to]
    #[orm(validate = known)]
    friend: Option<BelongsTo<User>>,
}

fn main() {}
