use orm::prelude::*;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    name: String,
    #[orm(column = "name")]
    full_name: String,
    #[belongs_to(column = "boss")]
    chief: Option<BelongsTo<User>>,
    boss: String,
}

fn main() {}
