use orm::prelude::*;

#[derive(Embedded, Clone)]
enum Payment {
    Cash,
    #[orm(rename = "cash")]
    Coins { kind: String, #[orm(column = "kind")] amount: i32 },
    Debt(BelongsTo<User>),
}

#[derive(Model, Clone)]
struct User {
    #[orm(primary_key)]
    id: i64,
}

fn main() {}
