use orm::prelude::*;

#[derive(Model)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(server_default = "now()")]
    created: String,
    #[orm(version)]
    version: i64,
    #[orm(version)]
    revision: i64,
    #[belongs_to]
    #[orm(length = 3, column = "boss")]
    boss: Option<BelongsTo<User>>,
    #[many_to_many(table = "friend")]
    #[orm(unique)]
    friends: ManyToMany<User>,
}

fn main() {}
