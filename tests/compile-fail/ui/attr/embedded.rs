use orm::prelude::*;

#[derive(Embedded, Clone)]
#[orm(index(town))]
struct Address {
    #[orm(primary_key)]
    id: i64,
    city: String,
    #[belongs_to]
    owner: BelongsTo<User>,
}

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
    #[orm(prefix = "home_")]
    home: String,
    #[orm(embed, unique)]
    work: Address,
}

fn main() {}
